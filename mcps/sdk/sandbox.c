#include "sdk/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef __has_feature
#define __has_feature(x) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || __has_feature(address_sanitizer) || \
	__has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define SANITIZED 1
#else
#define SANITIZED 0
#endif

#if defined(__x86_64__)
#define THIS_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define THIS_ARCH AUDIT_ARCH_AARCH64
#elif defined(__riscv) && __riscv_xlen == 64
#define THIS_ARCH AUDIT_ARCH_RISCV64
#endif

#ifndef PR_SET_VMA
#define PR_SET_VMA 0x53564d41
#endif

bool sandbox_sanitized(void)
{
	return SANITIZED;
}

#if defined(__SANITIZE_THREAD__) || __has_feature(thread_sanitizer)
/*
 * TSan would end a child that makes threads, since it counts its own: to it, each fork is one of many threads. And it
 * takes the locks of libraries that were built without it for none; what a test gives it to ignore does not come here.
 */
const char *__tsan_default_options(void);

const char *__tsan_default_options(void)
{
	return "die_after_fork=0:report_bugs=0";
}
#endif

/* What a rule answers. A call that no rule names gets ENOSYS, on which the C library falls back to an older one. */
enum verdict { ALLOW, REFUSE, ALLOW_IF, ALLOW_THREAD, ALLOW_SELF };

/* ALLOW_IF compares (argument arg & mask) with value; when it differs, the rules after it decide. */
struct rule {
	int nr;
	enum verdict verdict;
	unsigned arg;
	unsigned mask, value;
};

#define READ_ONLY (O_ACCMODE | O_CREAT | O_TRUNC)
#define IF(nr, arg, value)                    \
	{                                     \
		nr, ALLOW_IF, arg, ~0u, value \
	}

static const struct rule rules[] = {
	{ __NR_read, ALLOW, 0, 0, 0 },
	{ __NR_pread64, ALLOW, 0, 0, 0 },
	{ __NR_write, ALLOW, 0, 0, 0 },
	{ __NR_readv, ALLOW, 0, 0, 0 },
	{ __NR_writev, ALLOW, 0, 0, 0 },
	{ __NR_lseek, ALLOW, 0, 0, 0 },
	{ __NR_futex, ALLOW, 0, 0, 0 },
	{ __NR_brk, ALLOW, 0, 0, 0 },
	{ __NR_mmap, ALLOW, 0, 0, 0 },
	{ __NR_munmap, ALLOW, 0, 0, 0 },
	{ __NR_mremap, ALLOW, 0, 0, 0 },
	{ __NR_mprotect, ALLOW, 0, 0, 0 },
	{ __NR_madvise, ALLOW, 0, 0, 0 },
	{ __NR_membarrier, ALLOW, 0, 0, 0 },
	{ __NR_openat, ALLOW_IF, 2, READ_ONLY, O_RDONLY },
	{ __NR_openat, REFUSE, 0, 0, 0 },
	{ __NR_close, ALLOW, 0, 0, 0 },
	{ __NR_fstat, ALLOW, 0, 0, 0 },
	{ __NR_newfstatat, ALLOW, 0, 0, 0 },
	{ __NR_statx, ALLOW, 0, 0, 0 },
	{ __NR_statfs, ALLOW, 0, 0, 0 },
	{ __NR_fstatfs, ALLOW, 0, 0, 0 },
	{ __NR_faccessat, ALLOW, 0, 0, 0 },
	{ __NR_readlinkat, ALLOW, 0, 0, 0 },
	{ __NR_getdents64, ALLOW, 0, 0, 0 },
	{ __NR_getcwd, ALLOW, 0, 0, 0 },
	{ __NR_fadvise64, ALLOW, 0, 0, 0 },
	{ __NR_dup, ALLOW, 0, 0, 0 },
	{ __NR_dup3, ALLOW, 0, 0, 0 },
	{ __NR_pipe2, ALLOW, 0, 0, 0 },
	{ __NR_eventfd2, ALLOW, 0, 0, 0 },
	/* on the one connection that a call may be given; no address: it reaches nobody else */
	IF(__NR_sendto, 5, 0),
	{ __NR_sendto, REFUSE, 0, 0, 0 },
	{ __NR_recvfrom, ALLOW, 0, 0, 0 },
	{ __NR_ppoll, ALLOW, 0, 0, 0 },
	{ __NR_pselect6, ALLOW, 0, 0, 0 },
	IF(__NR_fcntl, 1, F_GETFD),
	IF(__NR_fcntl, 1, F_SETFD),
	IF(__NR_fcntl, 1, F_GETFL),
	IF(__NR_fcntl, 1, F_SETFL),
	IF(__NR_fcntl, 1, F_DUPFD),
	IF(__NR_fcntl, 1, F_DUPFD_CLOEXEC),
	{ __NR_fcntl, REFUSE, 0, 0, 0 }, /* F_SETOWN and F_SETSIG would send signals */
	IF(__NR_ioctl, 1, TCGETS),
	IF(__NR_ioctl, 1, FIONREAD),
	{ __NR_ioctl, REFUSE, 0, 0, 0 },
	{ __NR_getpid, ALLOW, 0, 0, 0 },
	{ __NR_gettid, ALLOW, 0, 0, 0 },
	{ __NR_getppid, ALLOW, 0, 0, 0 },
	{ __NR_getuid, ALLOW, 0, 0, 0 },
	{ __NR_geteuid, ALLOW, 0, 0, 0 },
	{ __NR_getgid, ALLOW, 0, 0, 0 },
	{ __NR_getegid, ALLOW, 0, 0, 0 },
	{ __NR_uname, ALLOW, 0, 0, 0 },
	{ __NR_sysinfo, ALLOW, 0, 0, 0 },
	{ __NR_getrusage, ALLOW, 0, 0, 0 },
	IF(__NR_prlimit64, 0, 0),
	{ __NR_prlimit64, ALLOW_SELF, 0, 0, 0 },
	{ __NR_prlimit64, REFUSE, 0, 0, 0 },
	{ __NR_clock_gettime, ALLOW, 0, 0, 0 },
	{ __NR_clock_getres, ALLOW, 0, 0, 0 },
	{ __NR_clock_nanosleep, ALLOW, 0, 0, 0 },
	{ __NR_nanosleep, ALLOW, 0, 0, 0 },
	{ __NR_gettimeofday, ALLOW, 0, 0, 0 },
	{ __NR_getrandom, ALLOW, 0, 0, 0 },
	{ __NR_getcpu, ALLOW, 0, 0, 0 },
	{ __NR_sched_yield, ALLOW, 0, 0, 0 },
	{ __NR_sched_getaffinity, ALLOW, 0, 0, 0 },
	{ __NR_rt_sigaction, ALLOW, 0, 0, 0 },
	{ __NR_rt_sigprocmask, ALLOW, 0, 0, 0 },
	{ __NR_rt_sigreturn, ALLOW, 0, 0, 0 },
	{ __NR_sigaltstack, ALLOW, 0, 0, 0 },
	{ __NR_restart_syscall, ALLOW, 0, 0, 0 },
	{ __NR_set_robust_list, ALLOW, 0, 0, 0 },
	{ __NR_set_tid_address, ALLOW, 0, 0, 0 },
	{ __NR_exit, ALLOW, 0, 0, 0 },
	{ __NR_exit_group, ALLOW, 0, 0, 0 },
	IF(__NR_prctl, 0, PR_SET_NAME),
	IF(__NR_prctl, 0, PR_GET_NAME),
	IF(__NR_prctl, 0, PR_GET_DUMPABLE),
	IF(__NR_prctl, 0, PR_SET_VMA),
	{ __NR_prctl, REFUSE, 0, 0, 0 },
	{ __NR_clone, ALLOW_THREAD, 0, CLONE_THREAD, CLONE_THREAD },
	{ __NR_clone, REFUSE, 0, 0, 0 },
	{ __NR_tgkill, ALLOW_SELF, 0, 0, 0 }, /* abort */
	{ __NR_tgkill, REFUSE, 0, 0, 0 },
#ifdef __NR_rseq
	{ __NR_rseq, ALLOW, 0, 0, 0 },
#endif
#ifdef __x86_64__
	{ __NR_open, ALLOW_IF, 1, READ_ONLY, O_RDONLY },
	{ __NR_open, REFUSE, 0, 0, 0 },
	{ __NR_stat, ALLOW, 0, 0, 0 },
	{ __NR_lstat, ALLOW, 0, 0, 0 },
	{ __NR_access, ALLOW, 0, 0, 0 },
	{ __NR_readlink, ALLOW, 0, 0, 0 },
	{ __NR_poll, ALLOW, 0, 0, 0 },
	{ __NR_select, ALLOW, 0, 0, 0 },
	{ __NR_dup2, ALLOW, 0, 0, 0 },
	{ __NR_pipe, ALLOW, 0, 0, 0 },
	{ __NR_time, ALLOW, 0, 0, 0 },
	{ __NR_arch_prctl, ALLOW, 0, 0, 0 },
	{ __NR_fork, REFUSE, 0, 0, 0 },
	{ __NR_vfork, REFUSE, 0, 0, 0 },
#endif
#ifdef __NR_getrlimit
	{ __NR_getrlimit, ALLOW, 0, 0, 0 },
#endif
	/* These would get ENOSYS too; an honest EPERM is easier to find in a trace. */
	{ __NR_socket, REFUSE, 0, 0, 0 },
	{ __NR_socketpair, REFUSE, 0, 0, 0 },
	{ __NR_connect, REFUSE, 0, 0, 0 },
	{ __NR_execve, REFUSE, 0, 0, 0 },
	{ __NR_execveat, REFUSE, 0, 0, 0 },
	{ __NR_ptrace, REFUSE, 0, 0, 0 },
	{ __NR_process_vm_readv, REFUSE, 0, 0, 0 },
	{ __NR_process_vm_writev, REFUSE, 0, 0, 0 },
	{ __NR_kill, REFUSE, 0, 0, 0 },
	{ __NR_tkill, REFUSE, 0, 0, 0 },
};

#ifdef THIS_ARCH

#define ARG_LOW(i) \
	((unsigned)offsetof(struct seccomp_data, args) + 8 * (i)) /* low word: all of them are little-endian */
#define MOST_STEPS (8 * N_ELEMS(rules) + 8)

struct program {
	struct sock_filter step[MOST_STEPS];
	unsigned short n;
};

static void emit(struct program *p, unsigned short code, unsigned k, unsigned char jt, unsigned char jf)
{
	p->step[p->n++] = (struct sock_filter){ code, jt, jf, k };
}

static void emit_load_nr(struct program *p)
{
	emit(p, BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr), 0, 0);
}

static void emit_always(struct program *p, const struct rule *r)
{
	emit(p, BPF_JMP | BPF_JEQ | BPF_K, (unsigned)r->nr, 0, 1);
	emit(p, BPF_RET | BPF_K, r->verdict == ALLOW ? SECCOMP_RET_ALLOW : SECCOMP_RET_ERRNO | EPERM, 0, 0);
}

static void emit_if(struct program *p, int nr, unsigned arg, unsigned mask, unsigned value)
{
	emit(p, BPF_JMP | BPF_JEQ | BPF_K, (unsigned)nr, 0, 5);
	emit(p, BPF_LD | BPF_W | BPF_ABS, ARG_LOW(arg), 0, 0);
	emit(p, BPF_ALU | BPF_AND | BPF_K, mask, 0, 0);
	emit(p, BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1);
	emit(p, BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0, 0);
	emit_load_nr(p);
}

static void emit_rule(struct program *p, const struct rule *r, bool threads)
{
	if (r->verdict == ALLOW || r->verdict == REFUSE)
		emit_always(p, r);
	else if (r->verdict == ALLOW_SELF)
		emit_if(p, r->nr, r->arg, ~0u, (unsigned)getpid());
	else if (r->verdict == ALLOW_IF || threads)
		emit_if(p, r->nr, r->arg, r->mask, r->value);
}

static int filter_load(bool threads, struct err *e)
{
	struct program p = { .n = 0 };
	struct sock_fprog prog;

	emit(&p, BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch), 0, 0);
	emit(&p, BPF_JMP | BPF_JEQ | BPF_K, THIS_ARCH, 1, 0);
	emit(&p, BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS, 0, 0);
	emit_load_nr(&p);
	for (size_t i = 0; i < N_ELEMS(rules); i++)
		emit_rule(&p, &rules[i], threads);
	emit(&p, BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS, 0, 0);
	prog = (struct sock_fprog){ p.n, p.step };
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog) < 0)
		return err_errno(e, "load the system call filter");
	return 0;
}

#else

static int filter_load(bool threads UNUSED, struct err *e)
{
	return err_set(e, -ENOSYS, "there is no system call filter for this processor");
}

#endif

static int limit_set(int what, rlim_t soft, rlim_t hard, const char *name, struct err *e)
{
	struct rlimit was, lim = { soft, hard };

	/* The server may live under tighter limits of its host's, which a process cannot raise again. */
	if (getrlimit(what, &was) == 0 && was.rlim_max != RLIM_INFINITY) {
		if (lim.rlim_max > was.rlim_max)
			lim.rlim_max = was.rlim_max;
		if (lim.rlim_cur > lim.rlim_max)
			lim.rlim_cur = lim.rlim_max;
	}
	return setrlimit(what, &lim) < 0 ? err_errno(e, "set the limit of %s", name) : 0;
}

static int limits_set(const struct limits *lim, struct err *e)
{
	rlim_t nofile = lim->nofile ? lim->nofile : 64;
	int rc = limit_set(RLIMIT_CORE, 0, 0, "core files", e);

	if (rc == 0)
		rc = limit_set(RLIMIT_FSIZE, 0, 0, "file size", e);
	if (rc == 0)
		rc = limit_set(RLIMIT_NOFILE, nofile, nofile, "open files", e);
	if (rc == 0 && lim->cpu_s)
		rc = limit_set(RLIMIT_CPU, lim->cpu_s, lim->cpu_s + 1, "processor time", e);
	if (rc == 0 && lim->memory_bytes && !SANITIZED)
		rc = limit_set(RLIMIT_AS, lim->memory_bytes, lim->memory_bytes, "memory", e);
	return rc;
}

static int drop_capabilities(struct err *e)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = { { 0, 0, 0 } };

	/* Root without capabilities cannot read the memory of a sibling that is not dumpable. */
	if (syscall(SYS_capset, &head, none) < 0)
		return err_errno(e, "drop the capabilities");
	return 0;
}

int sandbox_enter(const struct limits *lim, pid_t parent, struct err *e)
{
	int rc;

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
		return err_errno(e, "tie the child to its server");
	if (getppid() != parent)
		return err_set(e, -ESRCH, "the server is gone");
	rc = limits_set(lim, e);
	if (rc == 0)
		rc = drop_capabilities(e);
	if (rc < 0)
		return rc;
	if (prctl(PR_SET_DUMPABLE, 0) < 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return err_errno(e, "give up privileges");
	return filter_load(lim->threads, e);
}
