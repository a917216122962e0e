#include "model/inference.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "model/logfile.h"
#include "model/port.h"
#include "model/setting.h"

#define LOOK_FIRST_MS   10
#define LOOK_LATER_MS   250
#define LOOK_SHARE      100  /* the later, the rarer: an answer is found within this part of the time that is over */
#define HEALTH_MS       2000 /* for one answer, and at least when the time is nearly over */
#define HEALTH_LEAST_MS 250
#define END_MS          1000 /* to be reaped, after SIGKILL */
#define TAIL_BYTES      300
#define ANSWER_BYTES    65536
#define TMP_BYTES       (1ULL << 30)
#define PROCESSES_MOST  16384 /* threads count */
#define FILES_MOST      65536

struct inference {
	char *name, *health;
	struct call_place place;
	int port;   /* 0: it is spoken to through a Unix socket */
	int work;   /* the directory of the socket */
	int status; /* a copy of the child's status_fd, which other threads may wait for */
	int wake;   /* an eventfd: somebody cancelled */
	pid_t pid;
	struct logfile *log;
	pthread_mutex_t lock; /* of child */
	struct child child;
};

/* --- beginning --- */

/* spawn - start it; the reading end of what it says is *from */
static int spawn(struct inference *s, const struct setting *set, int *from, struct err *e)
{
	auto_close int null = open("/dev/null", O_RDONLY | O_CLOEXEC), to = -1;
	struct spawn_spec spec = {
		.argv = (const char *const *)set->argv,
		.env = set->env,
		.in = null,
		.sandbox = { .dirs = set->dirs,
			     .tmp_dir = set->view ? NULL : set->work,
			     .work_dir = set->work,
			     .devices = set->conf->devices,
			     .network = set->port[0] != '\0',
			     .limits = { .tmp_bytes = TMP_BYTES, .processes = PROCESSES_MOST, .files = FILES_MOST } },
	};
	int pipes[2];

	if (null < 0 || pipe2(pipes, O_CLOEXEC) < 0)
		return err_errno(e, "make a pipe");
	*from = pipes[0];
	to = pipes[1];
	spec.out = spec.err = to;
	return spawner_spawn(set->conf->spawner, &spec, &s->child, e);
}

static int open_log(struct inference *s, const struct setting *set, int from, struct err *e)
{
	char now[CLOCK_TEXT_BYTES];
	auto_buf line = BUF_INIT;

	buf_printf(&line, "%s starting:", clock_format(clock_now_ms(), now));
	for (char **a = set->argv; *a; a++)
		buf_printf(&line, " %s", *a);
	for (char *at = line.data; at && *at; at++)
		if (*at == '\n')
			*at = ' ';
	return logfile_open(set->conf->dir, buf_str(&line), from, &s->log, e);
}

/* The name of a socket has a limit; through its directory's descriptor every one is short. */
static void find_place(struct inference *s, const struct setting *set)
{
	struct sockaddr_un sa;

	if (!set->socket) {
		s->port = atoi(set->port);
		s->place.url = xasprintf("http://127.0.0.1:%s", set->port);
		return;
	}
	s->place.url = xstrdup("http://localhost");
	s->place.socket = xasprintf("%s/sock", set->work);
	if (strlen(s->place.socket) < sizeof(sa.sun_path))
		return;
	s->work = open(set->work, O_PATH | O_DIRECTORY | O_CLOEXEC);
	free(s->place.socket);
	s->place.socket = xasprintf("/proc/self/fd/%d/sock", s->work);
}

static struct inference *inference_new(const struct inference_conf *conf)
{
	struct inference *s = xcalloc(1, sizeof(*s));

	s->name = xstrdup(conf->name);
	s->health = xstrdup(conf->health);
	s->work = s->status = -1;
	s->child = (struct child)CHILD_NONE;
	s->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	pthread_mutex_init(&s->lock, NULL);
	return s;
}

static int start(struct inference *s, const struct inference_conf *conf, struct setting *set, struct err *e)
{
	int from = -1, rc = setting_init(set, conf, e);

	if (rc == 0)
		rc = spawn(s, set, &from, e);
	if (rc < 0) {
		util_close(&from);
		return rc;
	}
	s->pid = s->child.pid;
	s->status = fcntl(s->child.status_fd, F_DUPFD_CLOEXEC, 3);
	find_place(s, set);
	if (s->status < 0 || s->wake < 0) {
		util_close(&from);
		return err_set(e, -EMFILE, "no descriptors for a server");
	}
	return open_log(s, set, from, e);
}

int inference_start(const struct inference_conf *conf, struct inference **out, struct err *e)
{
	struct inference *s = inference_new(conf);
	struct setting set;
	int rc = start(s, conf, &set, e);

	setting_release(&set);
	if (rc < 0) {
		inference_free(s);
		return err_add(e, rc == -EINVAL ? rc : -ECHILD, "the server of model '%s' cannot be started",
			       conf->name);
	}
	*out = s;
	return 0;
}

/* --- is it there? --- */

/* look - true while it runs. Its program may have ended a moment before the last of what it started: wait for that */
static bool look(struct inference *s, int *status)
{
	bool alive;

	pthread_mutex_lock(&s->lock);
	if (spawner_wait(&s->child, 0) < 0 && s->child.pid == 0)
		spawner_wait(&s->child, END_MS);
	alive = !s->child.ended;
	*status = s->child.status;
	pthread_mutex_unlock(&s->lock);
	return alive;
}

static void explain_end(struct inference *s, int status, struct err *e)
{
	char how[80], tail[TAIL_BYTES + 1];

	logfile_drain(s->log, END_MS);
	spawner_describe(status, how, sizeof(how));
	logfile_tail(s->log, tail, sizeof(tail));
	err_set(e, -ECONNRESET, "the server of model '%s' %s%s%s", s->name, how,
		tail[0] ? "; it said last: " : ", without a word", tail);
}

bool inference_alive(struct inference *s, struct err *why)
{
	int status;

	if (look(s, &status))
		return true;
	explain_end(s, status, why);
	return false;
}

int inference_fd(const struct inference *s)
{
	return s->status;
}

pid_t inference_pid(const struct inference *s)
{
	return s->pid;
}

const struct call_place *inference_place(const struct inference *s)
{
	return &s->place;
}

/* --- is it healthy? --- */

struct waiting {
	struct inference *server;
	struct mcp_cancel *cancel;
	struct call_pool *pool;
	int64_t began_ms, until_ms;
	struct err last; /* what the last look found */
};

static void wake_up(void *ud)
{
	const struct inference *s = ud;

	eventfd_write(s->wake, 1);
}

static bool is_over(void *ud)
{
	const struct waiting *w = ud;
	struct pollfd p = { .fd = w->server->status, .events = POLLIN };

	return mcp_cancel_raised(w->cancel) || poll(&p, 1, 0) > 0;
}

/* is_ours - another program may have taken the port before the server did: its answer counts for nothing */
static bool is_ours(const struct inference *s, struct err *e)
{
	enum port_owner owner = s->port ? port_owner(s->port, s->pid) : PORT_OURS;

	if (owner == PORT_OURS || owner == PORT_UNKNOWN)
		return true;
	err_set(e, -EADDRINUSE, "another program of this host listens on port %d", s->port);
	return false;
}

static bool ask_health(struct waiting *w)
{
	int64_t left = w->until_ms - clock_mono_ms(), ms = left < HEALTH_LEAST_MS ? HEALTH_LEAST_MS
							   : left > HEALTH_MS     ? HEALTH_MS
										  : left;
	struct call_request r = { .place = &w->server->place,
				  .method = "GET",
				  .path = w->server->health,
				  .connect_ms = ms,
				  .first_ms = ms,
				  .idle_ms = ms,
				  .ud = w,
				  .stop = is_over };
	auto_buf answer = BUF_INIT;
	struct err e = ERR_INIT;
	int rc = call_text(w->pool, &r, ANSWER_BYTES, &answer, &e);

	if (rc == 200)
		return is_ours(w->server, &w->last);
	if (rc > 0)
		err_set(&w->last, -EAGAIN, "%s answers %d", w->server->health, rc);
	else if (rc != -ECANCELED)
		w->last = e;
	return false;
}

static void pause_between(const struct waiting *w)
{
	struct pollfd p[2] = { { .fd = w->server->status, .events = POLLIN },
			       { .fd = w->server->wake, .events = POLLIN } };
	int64_t now = clock_mono_ms(), ms = (now - w->began_ms) / LOOK_SHARE;

	ms = ms < LOOK_FIRST_MS ? LOOK_FIRST_MS : ms > LOOK_LATER_MS ? LOOK_LATER_MS : ms;
	if (ms > w->until_ms - now)
		ms = w->until_ms - now;
	if (ms > 0)
		poll(p, 2, (int)ms);
}

static int wait_healthy(struct waiting *w, int64_t timeout_ms, struct err *e)
{
	struct inference *s = w->server;

	for (;;) {
		bool healthy = ask_health(w);

		if (!inference_alive(s, e))
			return -ECONNRESET;
		if (healthy)
			return 0;
		if (mcp_cancel_raised(w->cancel))
			return err_set(e, -ECANCELED, "waiting for the server of model '%s' was cancelled", s->name);
		if (clock_mono_ms() >= w->until_ms)
			return err_set(e, -ETIMEDOUT, "the server of model '%s' was not healthy after %.1f s: %s",
				       s->name, (double)timeout_ms / 1000, w->last.text);
		pause_between(w);
	}
}

int inference_wait(struct inference *s, int64_t timeout_ms, struct mcp_cancel *cancel, struct err *e)
{
	struct waiting w = { .server = s,
			     .cancel = cancel,
			     .pool = call_pool_new(NULL, e), /* it goes with its connection, which takes a place */
			     .began_ms = clock_mono_ms(),
			     .last = { .text = "it does not answer" } };
	eventfd_t count;
	int rc;

	if (!w.pool)
		return err_add(e, -ETIMEDOUT, "the server of model '%s' cannot be asked", s->name);
	w.until_ms = w.began_ms + timeout_ms;
	eventfd_read(s->wake, &count);
	mcp_cancel_watch(cancel, wake_up, s);
	rc = wait_healthy(&w, timeout_ms, e);
	mcp_cancel_watch(cancel, NULL, NULL);
	call_pool_free(w.pool);
	return rc;
}

/* --- the end --- */

static bool gone_within(struct inference *s, int64_t ms)
{
	struct pollfd p = { .fd = s->status, .events = POLLIN };
	int64_t until = clock_mono_ms() + ms, left;
	int status;

	while (look(s, &status)) {
		left = until - clock_mono_ms();
		if (left <= 0)
			return false;
		poll(&p, 1, (int)(left < END_MS ? left : END_MS));
	}
	return true;
}

void inference_stop(struct inference *s, int64_t grace_ms)
{
	if (!s->child.id)
		return;
	spawner_kill(&s->child, grace_ms);
	if (!gone_within(s, grace_ms + END_MS))
		log_error("the server of model '%s' (process %d) does not end, even by SIGKILL", s->name, (int)s->pid);
}

void inference_free(struct inference *s)
{
	if (!s)
		return;
	inference_stop(s, 0);
	spawner_release(&s->child);
	if (s->log)
		logfile_drain(s->log, END_MS);
	logfile_close(s->log);
	util_close(&s->work);
	util_close(&s->status);
	util_close(&s->wake);
	pthread_mutex_destroy(&s->lock);
	free(s->place.url);
	free(s->place.socket);
	free(s->health);
	free(s->name);
	free(s);
}

void inference_log(const char *dir, size_t max, struct buf *out)
{
	logfile_read(dir, max, out);
}
