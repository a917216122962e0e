#include "run/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "run/spawn_wire.h"

#define START_MS 20000 /* for the helper's probe, and for a child to reach its exec */

struct spawner {
	pid_t pid;
	int socket;
	struct sandbox_layers layers;
	atomic_uint_fast64_t next_id;
};

/* Without control groups, as for most plain users, a server is still shut in; it is only less well measured. */
static void log_layers(const struct sandbox_layers *l)
{
	if (!l->missing[0])
		log_info("sandbox: all layers are active (Landlock ABI %d)", l->landlock);
	else if (l->seccomp && (l->view || l->landlock))
		log_info("sandbox: not available here: %s; the other layers are active", l->missing);
	else
		log_warn("sandbox: not available here: %s; servers run with the layers that are left", l->missing);
}

static int receive_layers(struct spawner *s, struct err *e)
{
	struct pollfd p = { .fd = s->socket, .events = POLLIN };
	ssize_t n;

	while (poll(&p, 1, START_MS) < 0)
		if (errno != EINTR)
			return err_errno(e, "wait for the spawn helper");
	n = recv(s->socket, &s->layers, sizeof(s->layers), MSG_DONTWAIT);
	if (n != (ssize_t)sizeof(s->layers))
		return err_set(e, -ECHILD, "the spawn helper did not start");
	return 0;
}

int spawner_start(struct spawner **out, struct err *e)
{
	int pair[2], rc;
	pid_t daemon = getpid();
	struct spawner *s;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return err_errno(e, "make the spawn helper's socket");
	s = xcalloc(1, sizeof(*s));
	s->socket = pair[0];
	atomic_init(&s->next_id, 1);
	s->pid = fork();
	if (s->pid == 0) {
		close(pair[0]);
		free(s);
		spawn_helper_run(pair[1], daemon);
	}
	close(pair[1]);
	rc = s->pid < 0 ? err_errno(e, "fork the spawn helper") : receive_layers(s, e);
	if (rc < 0) {
		spawner_stop(s);
		return rc;
	}
	log_layers(&s->layers);
	*out = s;
	return 0;
}

const struct sandbox_layers *spawner_layers(const struct spawner *s)
{
	return &s->layers;
}

pid_t spawner_pid(const struct spawner *s)
{
	return s->pid;
}

void spawner_stop(struct spawner *s)
{
	if (!s)
		return;
	close(s->socket);
	while (s->pid > 0 && waitpid(s->pid, NULL, 0) < 0 && errno == EINTR)
		;
	free(s);
}

static uint32_t add_strings(struct buf *b, const char *const *strings)
{
	uint32_t n = 0;

	for (; strings && strings[n]; n++)
		buf_add(b, strings[n], strlen(strings[n]) + 1);
	return n;
}

static void add_string(struct buf *b, const char *string)
{
	buf_add(b, string ? string : "", string ? strlen(string) + 1 : 1);
}

static void pack(struct buf *b, const struct spawn_spec *spec, uint64_t id)
{
	struct spawn_request head = {
		.op = SPAWN_OP_SPAWN, .id = id, .network = spec->sandbox.network, .limits = spec->sandbox.limits
	};

	buf_add(b, &head, sizeof(head));
	add_string(b, spec->cwd);
	add_string(b, spec->sandbox.in_dir);
	add_string(b, spec->sandbox.tmp_dir);
	add_string(b, spec->sandbox.work_dir);
	head.n_argv = add_strings(b, spec->argv);
	head.n_env = add_strings(b, spec->env);
	head.n_dirs = add_strings(b, spec->sandbox.dirs);
	head.n_devices = add_strings(b, spec->sandbox.devices);
	if (!b->failed)
		memcpy(b->data, &head, sizeof(head));
}

static int send_request(struct spawner *s, void *bytes, size_t len, const int *fds, size_t n_fds)
{
	union {
		struct cmsghdr head;
		char space[CMSG_SPACE(SPAWN_FDS * sizeof(int))];
	} control = { .space = { 0 } };
	struct iovec iov = { .iov_base = bytes, .iov_len = len };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	ssize_t n;

	if (n_fds > 0) {
		msg.msg_control = &control;
		msg.msg_controllen = CMSG_SPACE(n_fds * sizeof(int));
		control.head.cmsg_level = SOL_SOCKET;
		control.head.cmsg_type = SCM_RIGHTS;
		control.head.cmsg_len = CMSG_LEN(n_fds * sizeof(int));
		memcpy(CMSG_DATA(&control.head), fds, n_fds * sizeof(int));
	}
	do
		n = sendmsg(s->socket, &msg, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : 0;
}

/* Returns 1 with a record, 0 at the end of file, -ETIMEDOUT, or another -errno. */
static int read_status(int fd, struct spawn_status *record, int64_t timeout_ms)
{
	int64_t until = clock_mono_ms() + timeout_ms;

	for (;;) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		int64_t left = until - clock_mono_ms();
		int rc = poll(&p, 1, timeout_ms < 0 ? -1 : left < 0 ? 0 : left > 1000000 ? 1000000 : (int)left);

		if (rc < 0 && errno != EINTR)
			return -errno;
		if (rc > 0) {
			ssize_t n = read(fd, record, sizeof(*record));

			return n < 0 ? -errno : n == (ssize_t)sizeof(*record);
		}
		if (rc == 0 && timeout_ms >= 0 && clock_mono_ms() >= until)
			return -ETIMEDOUT;
	}
}

static int await_start(struct child *c, const char *program, struct err *e)
{
	struct spawn_status record;
	int rc;

	while ((rc = read_status(c->status_fd, &record, START_MS)) == 1) {
		switch (record.event) {
		case SPAWN_PID: c->pid = record.value; break;
		case SPAWN_RUNS: return 0;
		case SPAWN_FAILED:
			record.what[sizeof(record.what) - 1] = '\0';
			return err_set(e, record.value, "cannot run '%s': %s: %s", program, record.what,
				       strerror(-record.value));
		}
	}
	if (rc == -ETIMEDOUT)
		return err_set(e, rc, "cannot run '%s': it did not start in %d s", program, START_MS / 1000);
	return err_set(e, -EPIPE, "cannot run '%s': its keeper or the spawn helper died", program);
}

int spawner_spawn(struct spawner *s, const struct spawn_spec *spec, struct child *out, struct err *e)
{
	auto_buf request = BUF_INIT;
	auto_close int status_write = -1;
	int pipes[2], rc;

	*out = (struct child)CHILD_NONE;
	out->id = atomic_fetch_add(&s->next_id, 1);
	pack(&request, spec, out->id);
	if (request.failed || request.len > SPAWN_MAX_BYTES)
		return err_set(e, -E2BIG, "the arguments of '%s' are too long", spec->argv[0]);
	if (pipe2(pipes, O_CLOEXEC) < 0)
		return err_errno(e, "make a pipe for '%s'", spec->argv[0]);
	out->spawner = s;
	out->status_fd = pipes[0];
	status_write = pipes[1];

	const int fds[SPAWN_FDS] = { spec->in, spec->out, spec->err, status_write };

	rc = send_request(s, request.data, request.len, fds, SPAWN_FDS);
	util_close(&status_write);
	if (rc < 0)
		err_set(e, rc, "the spawn helper does not answer: %s", strerror(-rc));
	else
		rc = await_start(out, spec->argv[0], e);
	if (rc < 0)
		spawner_release(out);
	return rc;
}

int spawner_will(struct spawner *s, int fd)
{
	struct spawn_request r = { .op = SPAWN_OP_WILL };

	return send_request(s, &r, sizeof(r), &fd, 1);
}

void spawner_kill(const struct child *c, int64_t grace_ms)
{
	struct spawn_request r = { .op = SPAWN_OP_KILL, .id = c->id, .grace_ms = grace_ms };

	if (c->id)
		send_request(c->spawner, &r, sizeof(r), NULL, 0);
}

int spawner_wait(struct child *c, int64_t timeout_ms)
{
	int64_t until = clock_mono_ms() + timeout_ms;

	while (!c->ended) {
		struct spawn_status record = { .event = SPAWN_PID };
		int64_t left = timeout_ms < 0 ? -1 : until - clock_mono_ms();
		int rc = read_status(c->status_fd, &record, left < 0 && timeout_ms >= 0 ? 0 : left);

		if (rc == -ETIMEDOUT)
			return rc;
		if (rc == 1 && record.event == SPAWN_ENDED) {
			c->status = record.value;
			c->pid = 0;
		} else if (rc <= 0) {
			c->ended = true;
			if (c->pid != 0)
				c->status = SIGKILL;
			c->pid = 0;
		}
	}
	return 0;
}

void spawner_release(struct child *c)
{
	if (c->id && !c->ended)
		spawner_kill(c, 0);
	util_close(&c->status_fd);
	*c = (struct child)CHILD_NONE;
}

const char *spawner_describe(int status, char *text, size_t size)
{
	if (WIFEXITED(status))
		snprintf(text, size, "exited with code %d", WEXITSTATUS(status));
	else
		snprintf(text, size, "was killed by signal %d (%s)", WTERMSIG(status), strsignal(WTERMSIG(status)));
	return text;
}
