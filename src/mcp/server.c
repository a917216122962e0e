#include "mcp/host_parts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/cond.h"
#include "base/log.h"
#include "mcp/text.h"

#define FIRST_PAUSE_MS 200 /* before the second start in a row; it doubles */
#define MAX_PAUSE_MS   30000

#ifndef __has_feature
#define __has_feature(x) 0
#endif

struct server *server_new(struct mcp_host *h, const char *id)
{
	struct server *s = xcalloc(1, sizeof(*s));

	s->host = h;
	s->id = xstrdup(id);
	s->dir = xasprintf("%s/%s", h->dir, id);
	s->in_dir = xasprintf("%s/in", s->dir);
	s->tmp_dir = xasprintf("%s/tmp", s->dir);
	return s;
}

int server_make_dirs(const struct server *s, struct err *e)
{
	int rc = host_make_dir(s->dir, 0755, e);

	if (rc == 0)
		rc = host_make_dir(s->in_dir, 0755, e);
	if (rc == 0)
		rc = host_make_dir(s->tmp_dir, 0700, e);
	return rc;
}

/* --- starting --- */

static void on_server_line(void *ud, const char *level, const char *line)
{
	const struct server *s = ud;

	if (s->host->on_line)
		s->host->on_line(s->host->ud, s->id, level, line);
	else
		log_debug("%s: %s: %s", s->id, level, line);
}

static size_t count_strings(char **strings)
{
	size_t n = 0;

	while (strings[n])
		n++;
	return n;
}

/* Nothing of our own environment: what a server needs and what its manifest declares, which comes last and wins. */
static const char **make_env(const struct server *s, const struct mcp_manifest *m, char **tmp)
{
	size_t n = 0;
	const char **env = xcalloc(count_strings(m->env) + 8, sizeof(*env));

	*tmp = xasprintf("TMPDIR=%s", s->host->view ? "/tmp" : s->tmp_dir);
	env[n++] = "PATH=/usr/local/bin:/usr/bin:/bin";
	env[n++] = "HOME=/";
	env[n++] = "LANG=C.UTF-8";
	env[n++] = *tmp;
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
	/* the search for leaks traces the process, which the sandbox refuses */
	env[n++] = "ASAN_OPTIONS=detect_leaks=0";
#endif
	for (char **one = m->env; *one; one++)
		env[n++] = *one;
	return env;
}

static int start_session(struct server *s, const struct mcp_manifest *m, struct mcp_cancel *cancel,
			 struct mcp_session **out, struct err *e)
{
	const char *dirs[] = { m->dir, NULL };
	auto_free char *tmp = NULL;
	auto_free const char **env = make_env(s, m, &tmp);
	struct session_conf conf = {
		.spawner = s->host->spawner,
		.name = m->id,
		.spawn = { .argv = (const char *const *)m->argv,
			   .env = env,
			   .sandbox = { .dirs = dirs,
					.in_dir = s->in_dir,
					.tmp_dir = s->tmp_dir,
					.limits = m->limits } },
		.timeouts = m->timeouts,
		.on_line = on_server_line,
		.ud = s,
	};

	return session_open(&conf, cancel, out, e);
}

static int64_t pause_ms(unsigned failures)
{
	/* a first death may be one document's fault */
	if (failures < 2)
		return 0;
	return failures > 9 ? MAX_PAUSE_MS : (int64_t)FIRST_PAUSE_MS << (failures - 2);
}

/* With the lock. */
static void count_failure(struct server *s, const char *why)
{
	s->failures++;
	s->next_start_ms = clock_mono_ms() + pause_ms(s->failures);
	snprintf(s->last_error, sizeof(s->last_error), "%s", why);
	text_clean(s->last_error);
	log_warn("%s: %s", s->id, s->last_error);
}

/* With the lock: forget the run; close it unless somebody still uses it. Leaves the lock while it closes. */
static void drop_run(struct server *s)
{
	struct run *run = s->run;
	struct session_info info;

	if (!run)
		return;
	session_info(run->session, &info);
	s->noise += info.noise;
	s->run = NULL;
	if (run->users > 0)
		return;
	pthread_mutex_unlock(&s->host->lock);
	session_close(run->session);
	free(run);
	pthread_mutex_lock(&s->host->lock);
}

static void wake_host(void *ud)
{
	struct mcp_host *h = ud;

	pthread_mutex_lock(&h->lock);
	pthread_cond_broadcast(&h->changed);
	pthread_mutex_unlock(&h->lock);
}

static void pass_cancel(void *start)
{
	mcp_cancel_raise(start);
}

/* Without the lock. The start ends when its caller is cancelled, and when the host closes (which raises s->start). */
static int start_cancellable(struct server *s, const struct mcp_call *call, struct mcp_session **out, struct err *e)
{
	int rc;

	mcp_cancel_watch(call->cancel, pass_cancel, s->start);
	if (mcp_cancel_raised(call->cancel))
		mcp_cancel_raise(s->start);
	rc = start_session(s, call->mcp, s->start, out, e);
	mcp_cancel_watch(call->cancel, wake_host, s->host);
	return rc;
}

/* With the lock, which it leaves meanwhile: start the server. */
static int start(struct server *s, const struct mcp_call *call, struct err *e)
{
	struct mcp_host *h = s->host;
	struct mcp_session *session = NULL;
	int rc;

	s->start = mcp_cancel_new();
	pthread_mutex_unlock(&h->lock);
	rc = server_make_dirs(s, e);
	if (rc == 0)
		rc = start_cancellable(s, call, &session, e);
	pthread_mutex_lock(&h->lock);
	mcp_cancel_free(steal(s->start));
	pthread_cond_broadcast(&h->changed);
	if (rc == -ECANCELED)
		return rc;
	if (rc < 0) {
		count_failure(s, e->text);
		return -ECHILD;
	}
	s->starts++;
	free(s->version);
	s->version = xstrdup(call->mcp->version);
	s->run = xcalloc(1, sizeof(*s->run));
	s->run->session = session;
	return 0;
}

/* --- waiting for a server --- */

static void wait_changed(struct mcp_host *h, int64_t until_ms)
{
	cond_wait_until(&h->changed, &h->lock, until_ms);
}

/* With the lock: the run if it can take a call; one that has ended is dropped, and counted if that was no wish of ours.
 */
static struct run *usable_run(struct server *s, const struct mcp_manifest *m)
{
	struct session_info info;

	if (!s->run)
		return NULL;
	session_info(s->run->session, &info);
	if (info.alive && streq(s->version, m->version))
		return s->run;
	if (!info.alive && !info.idle && !s->run->counted)
		count_failure(s, info.ended);
	drop_run(s);
	return NULL;
}

/* With the lock. Waits out another's start and the pause after failures; 0 when the caller may look again. */
static int wait_turn(struct server *s, const struct mcp_call *call, int64_t until_ms, struct err *e)
{
	struct mcp_host *h = s->host;
	int64_t now = clock_mono_ms();

	if (h->closing || mcp_cancel_raised(call->cancel))
		return err_set(e, -ECANCELED, "the call was cancelled before it began");
	if (now >= until_ms)
		return err_set(e, -ETIMEDOUT, "the server '%s' did not start in time: %.300s", s->id,
			       s->last_error[0] ? s->last_error : "others are waiting for it too");
	if (s->start)
		wait_changed(h, until_ms);
	else if (now < s->next_start_ms)
		wait_changed(h, s->next_start_ms < until_ms ? s->next_start_ms : until_ms);
	else
		return start(s, call, e);
	return 0;
}

int server_acquire(struct server *s, const struct mcp_call *call, int64_t until_ms, struct run **out, struct err *e)
{
	struct mcp_host *h = s->host;
	struct run *run;
	int rc = 0;

	mcp_cancel_watch(call->cancel, wake_host, h);
	pthread_mutex_lock(&h->lock);
	while (!(run = usable_run(s, call->mcp)) && rc == 0)
		rc = wait_turn(s, call, until_ms, e);
	if (run && h->closing)
		rc = err_set(e, -ECANCELED, "the host is closing");
	else if (run)
		run->users++;
	*out = run;
	pthread_mutex_unlock(&h->lock);
	mcp_cancel_watch(call->cancel, NULL, NULL);
	return rc;
}

void server_release(struct server *s, struct run *run, int rc, const struct err *e)
{
	struct mcp_host *h = s->host;
	bool last;

	pthread_mutex_lock(&h->lock);
	if (rc == 0)
		s->failures = 0;
	if (rc == -ECONNRESET && !run->counted) {
		run->counted = true;
		count_failure(s, e->text);
	}
	last = --run->users == 0 && s->run != run;
	pthread_mutex_unlock(&h->lock);
	if (last) {
		session_close(run->session);
		free(run);
	}
}

void server_stop(struct server *s)
{
	if (!s->run)
		return;
	s->run->counted = true;
	if (s->run->users > 0)
		session_stop(s->run->session);
	drop_run(s);
}

void server_free(struct server *s)
{
	if (s->run) {
		session_close(s->run->session);
		free(s->run);
	}
	free(s->id);
	free(s->dir);
	free(s->in_dir);
	free(s->tmp_dir);
	free(s->version);
	free(s);
}

/* --- the rest --- */

static const char *state_of(const struct server *s, const struct session_info *info)
{
	if (s->start)
		return "starting";
	if (info->alive)
		return "ready";
	return s->failures > 0 ? "failed" : "off";
}

json_t *server_status(struct server *s)
{
	struct session_info info = { .alive = false };
	char since[CLOCK_TEXT_BYTES];
	json_int_t noise = (json_int_t)s->noise;
	bool alive;

	if (s->run)
		session_info(s->run->session, &info);
	noise += (json_int_t)info.noise;
	alive = info.alive;
	return json_pack("{s:s, s:o, s:s?, s:s?, s:s?, s:I, s:I, s:I, s:I, s:s?, s:I}", "state", state_of(s, &info),
			 "pid", alive ? json_integer(info.pid) : json_null(), "version", s->version, "protocol",
			 alive ? info.protocol : NULL, "since", alive ? clock_format(info.since_ms, since) : NULL,
			 "in_flight", (json_int_t)info.in_flight, "calls", (json_int_t)s->calls, "errors",
			 (json_int_t)s->errors, "restarts", (json_int_t)(s->starts ? s->starts - 1 : 0), "last_error",
			 s->last_error[0] ? s->last_error : NULL, "stdout_noise", noise);
}
