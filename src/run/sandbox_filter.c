/*
 * The seccomp filter is written by hand: it is one list of refused calls, the same on every processor, and a library
 * to compile it would be one more thing that a system may lack.
 */
#include "run/sandbox_parts.h"

#include <endian.h>
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/netlink.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#if defined(__x86_64__)
#define FILTER_ARCH AUDIT_ARCH_X86_64
#elif defined(__i386__)
#define FILTER_ARCH AUDIT_ARCH_I386
#elif defined(__aarch64__)
#define FILTER_ARCH AUDIT_ARCH_AARCH64
#elif defined(__arm__)
#define FILTER_ARCH AUDIT_ARCH_ARM
#elif defined(__riscv) && __riscv_xlen == 64
#define FILTER_ARCH AUDIT_ARCH_RISCV64
#elif defined(__powerpc64__) && __BYTE_ORDER == __LITTLE_ENDIAN
#define FILTER_ARCH AUDIT_ARCH_PPC64LE
#endif

#define NEW_NAMESPACES \
	(CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET)
#define X32_BIT    0x40000000
#define REFUSE(no) (SECCOMP_RET_ERRNO | (no))
#define ARG_LOW(n) (offsetof(struct seccomp_data, args) + 8 * (n) + (__BYTE_ORDER == __BIG_ENDIAN ? 4 : 0))

#define ADD(...) (*at++ = (struct sock_filter)__VA_ARGS__)

static const int refused[] = {
	/* the file system's shape */
	SYS_mount,
	SYS_umount2,
	SYS_pivot_root,
	SYS_chroot,
	SYS_open_by_handle_at,
	SYS_name_to_handle_at,
	SYS_quotactl,
	SYS_swapon,
	SYS_swapoff,
	SYS_fanotify_init,
#ifdef SYS_fsopen
	SYS_fsopen,
	SYS_fsconfig,
	SYS_fsmount,
	SYS_fspick,
	SYS_move_mount,
	SYS_open_tree,
#endif
#ifdef SYS_mount_setattr
	SYS_mount_setattr,
#endif
	/* other processes and other namespaces */
	SYS_ptrace,
	SYS_process_vm_readv,
	SYS_process_vm_writev,
	SYS_kcmp,
	SYS_unshare,
	SYS_setns,
#ifdef SYS_pidfd_getfd
	SYS_pidfd_getfd,
#endif
#ifdef SYS_process_madvise
	SYS_process_madvise,
#endif
	/* the kernel itself */
	SYS_bpf,
	SYS_perf_event_open,
	SYS_keyctl,
	SYS_add_key,
	SYS_request_key,
	SYS_init_module,
	SYS_finit_module,
	SYS_delete_module,
	SYS_kexec_load,
	SYS_reboot,
	SYS_syslog,
	SYS_acct,
	SYS_userfaultfd,
	SYS_vhangup,
#ifdef SYS_kexec_file_load
	SYS_kexec_file_load,
#endif
#ifdef SYS_io_uring_setup
	SYS_io_uring_setup,
	SYS_io_uring_enter,
	SYS_io_uring_register,
#endif
#ifdef SYS_iopl
	SYS_iopl,
	SYS_ioperm,
#endif
#ifdef SYS_modify_ldt
	SYS_modify_ldt,
#endif
	/* clocks and names of the machine */
	SYS_settimeofday,
	SYS_clock_settime,
	SYS_clock_adjtime,
	SYS_adjtimex,
	SYS_sethostname,
	SYS_setdomainname,
	/* memory of the machine */
	SYS_migrate_pages,
	SYS_move_pages,
#ifdef SYS_socketcall
	SYS_socketcall,
#endif
};

#ifdef FILTER_ARCH
static struct sock_filter *add_head(struct sock_filter *at)
{
	ADD(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)));
	ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, FILTER_ARCH, 1, 0));
	ADD(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS));
	ADD(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)));
#ifdef __x86_64__
	ADD(BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, X32_BIT, 0, 1));
	ADD(BPF_STMT(BPF_RET | BPF_K, REFUSE(ENOSYS)));
#endif
	return at;
}

static struct sock_filter *add_refusal(struct sock_filter *at, int nr, int error)
{
	ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)nr, 0, 1));
	ADD(BPF_STMT(BPF_RET | BPF_K, REFUSE((unsigned)error)));
	return at;
}

/* jump is BPF_JEQ or BPF_JSET: whether argument arg of call nr compares to value decides between two answers */
static struct sock_filter *add_choice(struct sock_filter *at, int nr, unsigned arg, unsigned jump, unsigned value,
				      unsigned on_true, unsigned on_false)
{
	ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)nr, 0, 4));
	ADD(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, ARG_LOW(arg)));
	ADD(BPF_JUMP(BPF_JMP | jump | BPF_K, value, 0, 1));
	ADD(BPF_STMT(BPF_RET | BPF_K, on_true));
	ADD(BPF_STMT(BPF_RET | BPF_K, on_false));
	return at;
}

#ifdef SYS_socket
/*
 * Families of sockets: Unix ones are always allowed. With the network those of the internet are, and netlink's for
 * routes, from which the C library learns the addresses of this host (to change them takes a capability).
 */
static struct sock_filter *add_socket(struct sock_filter *at, bool network)
{
	if (!network)
		return add_choice(at, SYS_socket, 0, BPF_JEQ, AF_UNIX, SECCOMP_RET_ALLOW, REFUSE(EAFNOSUPPORT));
	ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 0, 9));
	ADD(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, ARG_LOW(0)));
	ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_UNIX, 5, 0));
	ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_INET, 4, 0));
	ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_INET6, 3, 0));
	ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_NETLINK, 0, 3));
	ADD(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, ARG_LOW(2)));
	ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, NETLINK_ROUTE, 0, 1));
	ADD(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
	ADD(BPF_STMT(BPF_RET | BPF_K, REFUSE(EAFNOSUPPORT)));
	return at;
}
#endif

int sandbox_filter(bool network, const char **what)
{
	struct sock_filter program[2 * N_ELEMS(refused) + 48], *at = add_head(program);
	struct sock_fprog prog = { .filter = program };

	for (size_t i = 0; i < N_ELEMS(refused); i++)
		at = add_refusal(at, refused[i], EPERM);
	at = add_choice(at, SYS_clone, 0, BPF_JSET, NEW_NAMESPACES, REFUSE(EPERM), SECCOMP_RET_ALLOW);
	/* its flags lie in memory where a filter cannot look; the C library then uses clone */
#ifdef SYS_clone3
	at = add_refusal(at, SYS_clone3, ENOSYS);
#endif
#ifdef SYS_socket
	at = add_socket(at, network);
#endif
	ADD(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
	prog.len = (unsigned short)(at - program);
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog) == 0)
		return 0;
	*what = "load the seccomp filter";
	return -errno;
}
#else
int sandbox_filter(bool network UNUSED, const char **what)
{
	*what = "find the seccomp filter for this processor";
	return -ENOSYS;
}
#endif
