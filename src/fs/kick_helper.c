#include "fs/kick_helper.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef STATX_MNT_ID_UNIQUE /* Linux 6.8 */
#define STATX_MNT_ID_UNIQUE 0x4000u
#endif

struct mount {
	const char *path;
	uint64_t id; /* one that no other mount ever has; 0: not known */
};

/* A name in the root of our own daemon's mount is answered as nobody else would. */
static bool is_ours(int fd)
{
	struct stat st;

	return fstatat(fd, KICK_PROBE, &st, AT_SYMLINK_NOFOLLOW) < 0 && errno == KICK_PROBE_ERRNO;
}

/* What is opened holds on to that mount, whatever is mounted there next. Asks the daemon only what the kernel cannot
 * say.
 */
static int open_mount(struct mount *m)
{
	auto_close int fd = open(m->path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct statx st;

	if (fd < 0 || statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_MNT_ID_UNIQUE, &st) < 0)
		return -errno;
	if ((!m->id || st.stx_mnt_id != m->id) && !is_ours(fd))
		return -ESTALE;
	m->id = st.stx_mask & STATX_MNT_ID_UNIQUE ? st.stx_mnt_id : 0;
	return steal_fd(&fd);
}

/* Nobody's other mount below ours is touched. */
static int open_dir(int mount, const char *dir)
{
	struct open_how how = { .flags = O_PATH | O_DIRECTORY | O_CLOEXEC,
				.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV };
	int fd = (int)syscall(SYS_openat2, mount, *dir ? dir : ".", &how, sizeof(how));

	return fd < 0 ? -errno : fd;
}

static int create(int dir, const char *name)
{
	auto_close int fd = openat(dir, name, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0644);

	return fd < 0 ? -1 : 0;
}

static int act_in(int dir, enum kick_act act, const char *name)
{
	switch (act) {
	case KICK_CREATE: return create(dir, name);
	case KICK_SYMLINK: return symlinkat(".", dir, name);
	case KICK_MKDIR: return mkdirat(dir, name, 0755);
	case KICK_UNLINK: return unlinkat(dir, name, 0);
	case KICK_RMDIR: return unlinkat(dir, name, AT_REMOVEDIR);
	case KICK_TOUCH: return utimensat(dir, name, NULL, AT_SYMLINK_NOFOLLOW);
	}
	errno = EINVAL;
	return -1;
}

static int obey(struct mount *m, const struct kick_order *order)
{
	auto_close int mount = open_mount(m);
	auto_close int dir = mount < 0 ? mount : open_dir(mount, order->dir);

	if (dir < 0)
		return dir;
	return act_in(dir, order->act, order->name) < 0 ? -errno : 0;
}

/* It keeps nothing of its parent but the socket. */
static int let_go(int socket)
{
	int null;

	if (socket != 3 && dup3(socket, 3, O_CLOEXEC) < 0)
		_exit(1);
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	for (int fd = STDIN_FILENO; null >= 0 && fd <= STDERR_FILENO; fd++)
		dup2(null, fd);
	syscall(SYS_close_range, 4u, ~0u, 0u);
	(void)!chdir("/");
	return 3;
}

static _Noreturn void run(int socket, const char *mountpoint, pid_t parent)
{
	struct mount mount = { .path = mountpoint };
	struct kick_order order;

	prctl(PR_SET_NAME, "0711-kick");
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setsid();
	socket = let_go(socket);
	signal(SIGPIPE, SIG_IGN);
	while (getppid() == parent && recv(socket, &order, sizeof(order), 0) == (ssize_t)sizeof(order)) {
		struct kick_answer answer = { .id = order.id };

		answer.rc = obey(&mount, &order);
		send(socket, &answer, sizeof(answer), MSG_NOSIGNAL);
	}
	_exit(0);
}

int kick_helper_start(const char *mountpoint, struct kick_helper *out, struct err *e)
{
	pid_t parent = getpid();
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return err_errno(e, "make the socket of the helper for inotify");
	out->pid = fork();
	if (out->pid == 0) {
		close(pair[0]);
		run(pair[1], mountpoint, parent);
	}
	close(pair[1]);
	out->socket = pair[0];
	if (out->pid > 0)
		return 0;
	err_errno(e, "fork the helper for inotify");
	util_close(&out->socket);
	return e->code;
}

void kick_helper_end(struct kick_helper *h)
{
	if (h->pid <= 0)
		return;
	kill(h->pid, SIGKILL);
	close(h->socket);
	while (waitpid(h->pid, NULL, 0) < 0 && errno == EINTR)
		;
	h->pid = 0;
}
