/*
 * The helper and the keepers. Each child of the helper is a keeper: the first process of the new namespaces, which
 * builds the view, starts the program, reaps what the program leaves behind, and ends last. In a PID namespace the
 * keeper is its init, so that the kernel kills the rest when it goes; elsewhere it adopts orphans and kills them
 * itself.
 *
 * Signals between them: SIGTERM asks a keeper to pass SIGTERM on; SIGUSR1 (or SIGKILL, in a PID namespace) ends all.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "run/sandbox_parts.h"
#include "run/spawn_wire.h"

#define LAST_WAIT_MS   5000
#define ORPHAN_LOOKS   50
#define ORPHAN_LOOK_MS 10

struct kid {
	struct kid *next;
	uint64_t id;
	pid_t pid;
	int status_fd;
	int64_t kill_at_ms; /* 0: not asked to end */
	struct sandbox_group group;
};

struct helper {
	int socket, signals;
	int will; /* -1: none */
	struct sandbox_layers layers;
	struct kid *kids;
};

/* One request, its strings in place. fds are closed with it. */
struct order {
	struct spawn_request head;
	const char *cwd;
	const char **argv, **env, **dirs, **devices;
	struct sandbox_spec sandbox;
	int fds[SPAWN_FDS]; /* in, out, err, status */
};

static void report(int fd, enum spawn_event event, int value, const char *what)
{
	struct spawn_status record = { .event = event, .value = value };

	snprintf(record.what, sizeof(record.what), "%s", what ? what : "");
	(void)!write(fd, &record, sizeof(record));
}

static bool own_pids(const struct helper *h)
{
	return h->layers.namespaces & CLONE_NEWPID;
}

/* --- the program's own process, until exec --- */

static int move_fds(const int *fds)
{
	int high[3];

	for (int i = 0; i < 3; i++)
		high[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, 10);
	for (int i = 0; i < 3; i++)
		if (high[i] < 0 || dup2(high[i], i) < 0)
			return -errno;
	return 0;
}

static void reset_signals(void)
{
	sigset_t none;

	sigemptyset(&none);
	signal(SIGPIPE, SIG_DFL);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static void program_run(const struct helper *h, const struct order *o, int failed_fd, pid_t keeper)
{
	const char *what = "prepare its descriptors";
	int rc = move_fds(o->fds);

	setsid();
	if (rc == 0)
		rc = sandbox_confine(&h->layers, &o->sandbox, o->argv[0], &what);
	/* a change of user clears it, so it is set last */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != keeper)
		_exit(127);
	if (rc == 0 && chdir(o->cwd[0] ? o->cwd : "/") < 0) {
		what = "change to its directory";
		rc = -errno;
	}
	if (rc == 0) {
		reset_signals();
		execve(o->argv[0], (char **)o->argv, (char **)o->env);
		what = "execute the program";
		rc = -errno;
	}
	report(failed_fd, SPAWN_FAILED, rc, what);
	_exit(127);
}

/* --- the keeper --- */

/* Without a PID namespace: whoever was adopted is killed until there is no one left. */
static void kill_descendants(void)
{
	auto_free char *path = xasprintf("/proc/self/task/%d/children", (int)getpid());

	for (;;) {
		auto_buf text = BUF_INIT;
		char *rest = NULL;
		pid_t pid;

		if (io_read_file(AT_FDCWD, path, &text, 1 << 20) < 0 || text.len == 0)
			break;
		for (char *p = strtok_r(text.data, " ", &rest); p; p = strtok_r(NULL, " ", &rest))
			if (atoi(p) > 0)
				kill(atoi(p), SIGKILL);
		do
			pid = waitpid(-1, NULL, 0);
		while (pid < 0 && errno == EINTR);
		if (pid < 0)
			break;
	}
}

static void pass_signal(const struct helper *h, pid_t program, int signo)
{
	if (own_pids(h))
		kill(-1, signo);
	else
		kill(-program, signo);
}

/* Reap until the program itself has ended; returns its status. */
static int keep(const struct helper *h, pid_t program, const sigset_t *wanted)
{
	for (;;) {
		int status, signo = sigwaitinfo(wanted, NULL);
		pid_t pid;

		if (signo == SIGTERM)
			pass_signal(h, program, SIGTERM);
		else if (signo == SIGUSR1)
			pass_signal(h, program, SIGKILL);
		while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
			if (pid == program)
				return status;
	}
}

static int enter(const struct helper *h, const struct order *o, uid_t uid, gid_t gid, const char **what)
{
	int rc = 0;

	if (h->layers.namespaces & CLONE_NEWUSER)
		rc = sandbox_map_user(uid, gid, what);
	if (rc == 0 && h->layers.namespaces & CLONE_NEWUTS)
		(void)!sethostname("mcp", 3);
	if (rc == 0 && h->layers.view)
		rc = sandbox_view(&o->sandbox, own_pids(h), what);
	return rc;
}

/* Start the program and learn whether its exec worked: the pipe closes then. Returns its pid or -errno (reported). */
static pid_t start_program(const struct helper *h, const struct order *o)
{
	struct spawn_status failed;
	int pipes[2];
	pid_t keeper = getpid(), program;
	ssize_t n;

	if (pipe2(pipes, O_CLOEXEC) < 0 || (program = fork()) < 0) {
		report(o->fds[3], SPAWN_FAILED, -errno, "fork");
		return -1;
	}
	if (program == 0)
		program_run(h, o, pipes[1], keeper);
	close(pipes[1]);
	for (int i = 0; i < 3; i++)
		close(o->fds[i]);
	do
		n = read(pipes[0], &failed, sizeof(failed));
	while (n < 0 && errno == EINTR);
	close(pipes[0]);
	if (n <= 0) {
		report(o->fds[3], SPAWN_RUNS, 0, NULL);
		return program;
	}
	report(o->fds[3], SPAWN_FAILED, failed.value, failed.what);
	return -1;
}

static void close_helper(struct helper *h)
{
	close(h->socket);
	close(h->signals);
	util_close(&h->will);
	for (struct kid *k = h->kids; k; k = k->next)
		close(k->status_fd);
}

static void __attribute__((noreturn)) keeper_run(struct helper *h, const struct order *o, int go, uid_t uid, gid_t gid)
{
	const char *what = "";
	sigset_t wanted;
	char byte;
	pid_t program;
	int rc;

	prctl(PR_SET_PDEATHSIG, own_pids(h) ? SIGKILL : SIGUSR1);
	prctl(PR_SET_NAME, "0711-keeper");
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	close_helper(h);
	/* nothing starts before we are in our group; a helper that died meanwhile closes the pipe */
	if (read(go, &byte, 1) != 1)
		_exit(127);
	close(go);
	rc = enter(h, o, uid, gid, &what);
	if (rc < 0) {
		report(o->fds[3], SPAWN_FAILED, rc, what);
		_exit(127);
	}
	program = start_program(h, o);
	if (program < 0)
		_exit(127);
	sandbox_keep_caps(1ULL << CAP_KILL);
	sigemptyset(&wanted);
	sigaddset(&wanted, SIGCHLD);
	sigaddset(&wanted, SIGTERM);
	sigaddset(&wanted, SIGUSR1);
	report(o->fds[3], SPAWN_ENDED, keep(h, program, &wanted), NULL);
	if (!own_pids(h))
		kill_descendants();
	_exit(0);
}

/* --- the helper --- */

static const char *take_string(const char **at, const char *end)
{
	const char *start = *at, *nul = start < end ? memchr(start, '\0', (size_t)(end - start)) : NULL;

	if (!nul)
		return NULL;
	*at = nul + 1;
	return start;
}

static const char **take_strings(const char **at, const char *end, uint32_t n)
{
	const char **list = xcalloc((size_t)n + 1, sizeof(*list));

	for (uint32_t i = 0; i < n; i++) {
		list[i] = take_string(at, end);
		if (!list[i]) {
			free(list);
			return NULL;
		}
	}
	return list;
}

static const char *take_path(const char **at, const char *end)
{
	const char *path = take_string(at, end);

	return path && path[0] ? path : NULL;
}

static bool unpack(struct order *o, const char *at, const char *end)
{
	o->cwd = take_string(&at, end);
	o->sandbox.in_dir = take_path(&at, end);
	o->sandbox.tmp_dir = take_path(&at, end);
	o->sandbox.work_dir = take_path(&at, end);
	o->argv = o->cwd ? take_strings(&at, end, o->head.n_argv) : NULL;
	o->env = o->argv ? take_strings(&at, end, o->head.n_env) : NULL;
	o->dirs = o->env ? take_strings(&at, end, o->head.n_dirs) : NULL;
	o->devices = o->dirs ? take_strings(&at, end, o->head.n_devices) : NULL;
	o->sandbox.dirs = o->dirs;
	o->sandbox.devices = o->devices;
	o->sandbox.network = o->head.network;
	o->sandbox.limits = o->head.limits;
	return o->devices && o->head.n_argv > 0;
}

static void order_release(struct order *o)
{
	free(o->argv);
	free(o->env);
	free(o->dirs);
	free(o->devices);
	for (int i = 0; i < SPAWN_FDS; i++)
		util_close(&o->fds[i]);
}

static void spawn_kid(struct helper *h, struct order *o)
{
	uid_t uid = geteuid();
	gid_t gid = getegid();
	struct kid *k = xcalloc(1, sizeof(*k));
	int go[2];

	if (pipe2(go, O_CLOEXEC) < 0) {
		report(o->fds[3], SPAWN_FAILED, -errno, "make a pipe");
		free(k);
		return;
	}
	sandbox_cgroup_make(h->layers.cgroup, o->head.id, &o->head.limits, &k->group);
	k->pid = sandbox_fork(h->layers.namespaces & ~(o->sandbox.network ? (unsigned)CLONE_NEWNET : 0));
	if (k->pid == 0) {
		close(go[1]);
		keeper_run(h, o, go[0], uid, gid);
	}
	close(go[0]);
	if (k->pid < 0) {
		report(o->fds[3], SPAWN_FAILED, -errno, "fork");
		sandbox_cgroup_drop(h->layers.cgroup, &k->group);
		free(k);
	} else {
		report(o->fds[3], SPAWN_PID, k->pid, NULL);
		sandbox_cgroup_enter(h->layers.cgroup, &k->group, k->pid);
		(void)!write(go[1], "", 1);
		k->id = o->head.id;
		k->status_fd = steal_fd(&o->fds[3]);
		k->next = h->kids;
		h->kids = k;
	}
	close(go[1]);
}

static void kill_now(const struct helper *h, const struct kid *k)
{
	kill(k->pid, own_pids(h) ? SIGKILL : SIGUSR1);
}

static void kill_kid(struct helper *h, const struct spawn_request *r)
{
	int64_t at = clock_mono_ms() + r->grace_ms;

	for (struct kid *k = h->kids; k; k = k->next) {
		if (k->id != r->id)
			continue;
		if (r->grace_ms <= 0)
			kill_now(h, k);
		else
			kill(k->pid, SIGTERM);
		if (!k->kill_at_ms || at < k->kill_at_ms)
			k->kill_at_ms = at;
	}
}

/* Kill what had its time; returns the milliseconds until the next, -1 for none. */
static int kill_due(const struct helper *h)
{
	int64_t now = clock_mono_ms(), next = -1;

	for (struct kid *k = h->kids; k; k = k->next) {
		if (!k->kill_at_ms)
			continue;
		if (k->kill_at_ms <= now) {
			kill_now(h, k);
			k->kill_at_ms = now + 1000;
		}
		if (next < 0 || k->kill_at_ms - now < next)
			next = k->kill_at_ms - now;
	}
	return next > 3600000 ? 3600000 : (int)next;
}

static bool is_kid(const struct helper *h, pid_t pid)
{
	const struct kid *k = h->kids;

	while (k && k->pid != pid)
		k = k->next;
	return k;
}

/* kill_strangers - our children that are no keepers; how many there were */
static unsigned kill_strangers(const struct helper *h)
{
	auto_free char *path = xasprintf("/proc/self/task/%d/children", (int)getpid());
	auto_buf text = BUF_INIT;
	char *rest = NULL;
	unsigned n = 0;

	if (io_read_file(AT_FDCWD, path, &text, 1 << 20) < 0 || text.len == 0)
		return 0;
	for (char *p = strtok_r(text.data, " ", &rest); p; p = strtok_r(NULL, " ", &rest)) {
		pid_t pid = (pid_t)atoi(p);

		if (pid <= 0 || is_kid(h, pid))
			continue;
		kill(pid, SIGKILL);
		waitpid(pid, NULL, WNOHANG);
		n++;
	}
	return n;
}

/*
 * Without a PID namespace, what a keeper kept comes to us when it is killed, and only then: it ends last. One that
 * hangs in the kernel is not waited for.
 */
static void kill_orphans(const struct helper *h)
{
	for (int i = 0; i < ORPHAN_LOOKS && kill_strangers(h) > 0; i++)
		poll(NULL, 0, ORPHAN_LOOK_MS);
}

static void reap(struct helper *h)
{
	pid_t pid;

	while ((pid = waitpid(-1, NULL, WNOHANG)) > 0) {
		for (struct kid **at = &h->kids; *at; at = &(*at)->next) {
			struct kid *k = *at;

			if (k->pid != pid)
				continue;
			*at = k->next;
			if (!own_pids(h))
				kill_orphans(h);
			sandbox_cgroup_drop(h->layers.cgroup, &k->group);
			close(k->status_fd);
			free(k);
			break;
		}
	}
}

static void take_fds(struct msghdr *msg, int *fds)
{
	struct cmsghdr *c = CMSG_FIRSTHDR(msg);

	for (int i = 0; i < SPAWN_FDS; i++)
		fds[i] = -1;
	if (c && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS &&
	    c->cmsg_len <= CMSG_LEN(SPAWN_FDS * sizeof(int)))
		memcpy(fds, CMSG_DATA(c), c->cmsg_len - CMSG_LEN(0));
}

static void take_will(struct helper *h, int *fd)
{
	util_close(&h->will);
	h->will = steal_fd(fd);
}

/* false when the daemon is gone */
static bool serve(struct helper *h, char *bytes)
{
	union {
		struct cmsghdr head;
		char space[CMSG_SPACE(SPAWN_FDS * sizeof(int))];
	} control;
	struct iovec iov = { .iov_base = bytes, .iov_len = SPAWN_MAX_BYTES };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control)
	};
	struct order o = { .cwd = NULL };
	ssize_t n = recvmsg(h->socket, &msg, MSG_CMSG_CLOEXEC);

	if (n < 0)
		return errno == EINTR || errno == EAGAIN;
	if (n < (ssize_t)sizeof(o.head))
		return false;
	memcpy(&o.head, bytes, sizeof(o.head));
	take_fds(&msg, o.fds);
	if (o.head.op == SPAWN_OP_KILL)
		kill_kid(h, &o.head);
	else if (o.head.op == SPAWN_OP_WILL)
		take_will(h, &o.fds[0]);
	else if (o.fds[3] >= 0 && unpack(&o, bytes + sizeof(o.head), bytes + n))
		spawn_kid(h, &o);
	order_release(&o);
	return true;
}

static void end_all(struct helper *h)
{
	int64_t until = clock_mono_ms() + LAST_WAIT_MS;

	if (h->will >= 0)
		(void)!write(h->will, "1", 1);
	for (struct kid *k = h->kids; k; k = k->next)
		kill_now(h, k);
	while (h->kids && clock_mono_ms() < until) {
		struct pollfd p = { .fd = h->signals, .events = POLLIN };
		struct signalfd_siginfo info;

		poll(&p, 1, 100);
		(void)!read(h->signals, &info, sizeof(info));
		reap(h);
	}
}

static int listen_signals(void)
{
	sigset_t all, wanted;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	sigemptyset(&wanted);
	sigaddset(&wanted, SIGCHLD);
	sigaddset(&wanted, SIGUSR1);
	return signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* Descriptors of the daemon (locks above all) must not live on in here; stderr stays for the worst case. */
static int let_go(int socket)
{
	int null;

	if (socket != 3 && dup3(socket, 3, O_CLOEXEC) < 0)
		_exit(1);
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null >= 0) {
		dup2(null, STDIN_FILENO);
		dup2(null, STDOUT_FILENO);
	}
	syscall(SYS_close_range, 4u, ~0u, 0u);
	(void)!chdir("/");
	return 3;
}

/*
 * SIGUSR1 is the death of the daemon's main thread. SIGTERM is not for us: a service manager sends it to all processes
 * at once, and the daemon still has its children's answers to wait for.
 */
void spawn_helper_run(int socket, pid_t daemon)
{
	struct helper h = { .will = -1 };
	char *bytes = xmalloc(SPAWN_MAX_BYTES);
	bool alive = true;

	prctl(PR_SET_NAME, "0711-spawn");
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	setsid();
	h.socket = let_go(socket);
	signal(SIGPIPE, SIG_IGN);
	prctl(PR_SET_PDEATHSIG, SIGUSR1);
	if (getppid() != daemon)
		_exit(1);
	sandbox_probe(&h.layers);
	h.signals = listen_signals();
	if (send(h.socket, &h.layers, sizeof(h.layers), MSG_NOSIGNAL) < 0 || h.signals < 0)
		_exit(1);
	while (alive) {
		struct pollfd p[2] = { { .fd = h.socket, .events = POLLIN }, { .fd = h.signals, .events = POLLIN } };
		struct signalfd_siginfo info;

		if (poll(p, 2, kill_due(&h)) < 0 && errno != EINTR)
			break;
		while (read(h.signals, &info, sizeof(info)) == (ssize_t)sizeof(info))
			if (info.ssi_signo == SIGUSR1)
				alive = false;
		reap(&h);
		if (alive && p[0].revents)
			alive = serve(&h, bytes);
	}
	end_all(&h);
	free(bytes);
	_exit(0);
}
