/*
 * probe - what a sandboxed program tries. Each pair of arguments is one attempt, answered by one line on stdout:
 * "VERB ok" or "VERB ERRNO". Built without any library, so that only the sandbox is in the way.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static int streq(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

static int try_read(const char *path)
{
	struct stat sb;
	char bytes[16];
	int fd = open(path, O_RDONLY);
	ssize_t n = fd < 0 ? -1 : fstat(fd, &sb) == 0 && S_ISDIR(sb.st_mode) ? 0 : read(fd, bytes, sizeof(bytes));

	return n < 0 ? -errno : 0;
}

static int try_write(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT, 0600);

	return fd < 0 || write(fd, "x", 1) != 1 ? -errno : 0;
}

static int try_remove(const char *path)
{
	return unlink(path) < 0 ? -errno : 0;
}

static int try_chmod(const char *path)
{
	return chmod(path, 0666) < 0 ? -errno : 0;
}

static int try_tcp(const char *port)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port)) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof(to)) < 0 ? -errno : 0;
}

static int try_udp(const char *port)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port)) };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return fd < 0 || sendto(fd, "x", 1, 0, (struct sockaddr *)&to, sizeof(to)) < 0 ? -errno : 0;
}

static int try_listen(const char *port)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port)) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)) < 0 || listen(fd, 1) < 0 ? -errno : 0;
}

static int try_family(const char *family)
{
	return socket(atoi(family), SOCK_DGRAM, 0) < 0 ? -errno : 0;
}

static int try_netlink(const char *protocol)
{
	return socket(AF_NETLINK, SOCK_RAW, atoi(protocol)) < 0 ? -errno : 0;
}

static int try_open(const char *path)
{
	return open(path, O_RDWR | O_NONBLOCK) < 0 ? -errno : 0;
}

static int try_signal(const char *pid)
{
	return kill(atoi(pid), SIGTERM) < 0 ? -errno : 0;
}

static int try_ptrace(const char *pid)
{
	return ptrace(PTRACE_ATTACH, atoi(pid), NULL, NULL) < 0 ? -errno : 0;
}

static int try_mount(const char *path)
{
	return mount("tmpfs", path, "tmpfs", 0, NULL) < 0 ? -errno : 0;
}

static int try_unshare(const char *what)
{
	return unshare(streq(what, "user") ? CLONE_NEWUSER : CLONE_NEWNS) < 0 ? -errno : 0;
}

static int try_clone(const char *what)
{
	unsigned long flags = streq(what, "user") ? CLONE_NEWUSER : CLONE_NEWNS;
	pid_t pid = (pid_t)syscall(SYS_clone, flags | SIGCHLD, NULL, NULL, NULL, NULL);

	if (pid == 0)
		_exit(0);
	return pid < 0 ? -errno : 0;
}

static int try_setuid(const char *uid)
{
	return setuid((uid_t)atoi(uid)) < 0 ? -errno : 0;
}

static int try_fork(const char *n)
{
	for (int i = atoi(n); i > 0; i--) {
		pid_t pid = fork();

		if (pid < 0)
			return -errno;
		if (pid == 0) {
			pause();
			_exit(0);
		}
	}
	return 0;
}

static int try_memory(const char *mib)
{
	size_t size = (size_t)atoi(mib) << 20;
	char *bytes = malloc(size);

	if (!bytes)
		return -errno;
	for (size_t at = 0; at < size; at += 4096)
		((volatile char *)bytes)[at] = 1;
	return 0;
}

static int try_env(const char *name)
{
	return getenv(name) ? 0 : -ENOENT;
}

/* Not attempts but ways to behave. */

static int be_exit(const char *code)
{
	_exit(atoi(code));
}

static int be_killed(const char *signo)
{
	raise(atoi(signo));
	return 0;
}

static int be_stubborn(const char *seconds)
{
	signal(SIGTERM, SIG_IGN);
	puts("stubborn ok");
	fflush(stdout);
	sleep((unsigned)atoi(seconds));
	return 0;
}

/* Grandchildren in sessions of their own, which outlive their parent if nobody kills them. */
static int be_parent(const char *n)
{
	for (int i = atoi(n); i > 0; i--) {
		if (fork() > 0)
			continue;
		setsid();
		if (fork() > 0)
			_exit(0);
		signal(SIGTERM, SIG_IGN);
		for (;;)
			sleep(1000);
	}
	while (wait(NULL) > 0)
		;
	return 0;
}

/* Listen on a Unix socket, and give a byte to the first that comes. */
static int be_server(const char *path)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0), peer;

	snprintf(at.sun_path, sizeof(at.sun_path), "%s", path);
	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)) < 0 || listen(fd, 1) < 0)
		return -errno;
	puts("server ok");
	fflush(stdout);
	peer = accept(fd, NULL, NULL);
	return peer < 0 || write(peer, "x", 1) != 1 ? -errno : 0;
}

static int be_idle(const char *seconds)
{
	sleep((unsigned)atoi(seconds));
	return 0;
}

static const struct {
	const char *verb;
	int (*run)(const char *arg);
} verbs[] = {
	{ "read", try_read },     { "write", try_write },     { "remove", try_remove },    { "chmod", try_chmod },
	{ "tcp", try_tcp },       { "udp", try_udp },         { "signal", try_signal },    { "ptrace", try_ptrace },
	{ "mount", try_mount },   { "unshare", try_unshare }, { "clone", try_clone },      { "setuid", try_setuid },
	{ "fork", try_fork },     { "memory", try_memory },   { "env", try_env },          { "exit", be_exit },
	{ "listen", try_listen }, { "family", try_family },   { "netlink", try_netlink },  { "open", try_open },
	{ "server", be_server },  { "killed", be_killed },    { "stubborn", be_stubborn }, { "parent", be_parent },
	{ "idle", be_idle },
};

int main(int argc, char **argv)
{
	for (int i = 1; i + 1 < argc; i += 2)
		for (size_t v = 0; v < sizeof(verbs) / sizeof(verbs[0]); v++)
			if (streq(verbs[v].verb, argv[i])) {
				int rc = verbs[v].run(argv[i + 1]);

				printf("%s %s\n", argv[i], rc < 0 ? strerrorname_np(-rc) : "ok");
				fflush(stdout);
			}
	return 0;
}
