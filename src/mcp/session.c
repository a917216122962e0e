#include "mcp/session_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/cond.h"

#define NEWEST_PROTOCOL "2025-11-25"

static const char *const protocols[] = { NEWEST_PROTOCOL, "2025-06-18", "2025-03-26", "2024-11-05" };

/* --- requests; in the caller's thread --- */

void session_kick(const struct mcp_session *s)
{
	(void)!write(s->wake, &(uint64_t){ 1 }, sizeof(uint64_t));
}

static void wake_pending(void *ud)
{
	struct pending *p = ud;

	pthread_mutex_lock(&p->session->lock);
	pthread_cond_signal(&p->changed);
	pthread_mutex_unlock(&p->session->lock);
}

/* Hand over what came for the caller; takes and leaves the lock around its callbacks. False when there was nothing. */
static bool deliver(struct mcp_session *s, struct pending *p, const struct session_request *r)
{
	struct log_line *lines = steal(p->lines);
	auto_free char *text = steal(p->progress_text);
	bool has_progress = p->has_progress;
	double percent = p->percent;

	p->lines_end = &p->lines;
	p->n_lines = 0;
	p->has_progress = false;
	if (!lines && !has_progress)
		return false;
	pthread_mutex_unlock(&s->lock);
	for (struct log_line *line = lines; line; line = line->next)
		if (r->on_log)
			r->on_log(r->ud, line->level, line->text);
	if (has_progress && r->on_progress)
		r->on_progress(r->ud, percent, text ? text : "");
	session_lines_free(lines);
	pthread_mutex_lock(&s->lock);
	return true;
}

/* Wait with the lock; returns when p is done, or with a reason to stop waiting. */
static int await(struct mcp_session *s, struct pending *p, const struct session_request *r)
{
	int64_t until = clock_mono_ms() + r->timeout_ms;

	for (;;) {
		if (deliver(s, p, r))
			continue;
		if (p->done)
			return p->rc;
		if (mcp_cancel_raised(r->cancel))
			return -ECANCELED;
		if (clock_mono_ms() >= until)
			return -ETIMEDOUT;
		cond_wait_until(&p->changed, &s->lock, until);
	}
}

/* Stop waiting: an answer that comes later finds nobody. */
static void abandon(struct mcp_session *s, struct pending *p, const struct session_request *r, int rc)
{
	session_pending_unlink(s, p);
	if (!r->quiet && !s->ended)
		rpc_notification(&s->queue, "notifications/cancelled",
				 json_pack("{s:I, s:s}", "requestId", (json_int_t)p->id, "reason",
					   rc == -ETIMEDOUT ? "it took too long" : "the caller cancelled"));
}

static int send_request(struct mcp_session *s, struct pending *p, struct session_request *r)
{
	json_t *params = steal(r->params), *meta = json_object_get(params, "_meta");
	size_t queued = s->queue.len;

	if (!meta)
		json_object_set_new(params, "_meta", meta = json_object());
	session_pending_link(s, p);
	json_object_set_new(meta, "progressToken", json_integer(p->id));
	if (rpc_request(&s->queue, p->id, r->method, params) == 0)
		return 0;
	session_pending_unlink(s, p);
	s->queue.len = queued;
	s->queue.failed = false;
	return -ENOMEM;
}

static int read_answer(const struct mcp_session *s, const struct session_request *r, const struct pending *p,
		       json_t **result, struct err *e)
{
	struct rpc_message m;

	rpc_classify(p->answer, &m);
	if (m.kind == RPC_RESULT) {
		*result = json_incref((json_t *)m.result);
		return 0;
	}
	return err_set(e,
		       m.code == RPC_BAD_PARAMS  ? -EINVAL
		       : m.code == RPC_NO_METHOD ? -ENOSYS
						 : -EPROTO,
		       "the server '%s' refused %s: %.300s (code %lld)", s->name, r->method, m.text, (long long)m.code);
}

static int explain(struct mcp_session *s, const struct session_request *r, int rc, struct err *e)
{
	switch (rc) {
	case -ECONNRESET:
	case -ESHUTDOWN: return err_set(e, rc, "%s", s->info.ended[0] ? s->info.ended : "the server is being stopped");
	case -ETIMEDOUT:
		return err_set(e, rc, "the server '%s' did not answer %s within %lld ms", s->name, r->method,
			       (long long)(r->limit_ms ? r->limit_ms : r->timeout_ms));
	case -ECANCELED: return err_set(e, rc, "%s was cancelled", r->method);
	case -EMSGSIZE:
		return err_set(e, rc, "the server '%s' gave an answer of more than %u MiB", s->name,
			       RPC_LINE_BYTES >> 20);
	default: return err_set(e, rc, "%s: %s", r->method, strerror(-rc));
	}
}

int session_request(struct mcp_session *s, struct session_request *r, json_t **result, struct err *e)
{
	struct pending p;
	int rc;

	session_pending_init(&p, s);
	mcp_cancel_watch(r->cancel, wake_pending, &p);
	pthread_mutex_lock(&s->lock);
	rc = s->ended || s->stopping ? -ESHUTDOWN : send_request(s, &p, r);
	if (rc == 0) {
		session_kick(s);
		rc = await(s, &p, r);
		if (!p.done)
			abandon(s, &p, r, rc);
		session_kick(s);
	}
	if (rc < 0)
		explain(s, r, rc, e);
	pthread_mutex_unlock(&s->lock);
	mcp_cancel_watch(r->cancel, NULL, NULL);
	if (rc == 0)
		rc = read_answer(s, r, &p, result, e);
	json_decref(r->params);
	r->params = NULL;
	session_pending_release(&p);
	return rc;
}

void session_cancel_all(struct mcp_session *s)
{
	pthread_mutex_lock(&s->lock);
	for (struct pending *p = s->pending; p; p = p->next)
		rpc_notification(&s->queue, "notifications/cancelled",
				 json_pack("{s:I, s:s}", "requestId", (json_int_t)p->id, "reason", "the host stops"));
	session_pending_finish_all(s, -ECANCELED);
	pthread_mutex_unlock(&s->lock);
	session_kick(s);
}

void session_info(struct mcp_session *s, struct session_info *out)
{
	pthread_mutex_lock(&s->lock);
	*out = s->info;
	out->alive = s->info.alive && !s->stopping;
	pthread_mutex_unlock(&s->lock);
}

/* --- beginning and end --- */

static int start_process(struct mcp_session *s, const struct session_conf *conf, struct err *e)
{
	struct spawn_spec spec = conf->spawn;
	int pipes[3][2] = { { -1, -1 }, { -1, -1 }, { -1, -1 } }, rc = 0;

	for (int i = 0; rc == 0 && i < 3; i++)
		if (pipe2(pipes[i], O_CLOEXEC) < 0)
			rc = err_errno(e, "make pipes for the server '%s'", s->name);
	spec.in = pipes[0][0];
	spec.out = pipes[1][1];
	spec.err = pipes[2][1];
	s->in = pipes[0][1];
	s->out = pipes[1][0];
	s->err = pipes[2][0];
	if (rc == 0)
		rc = spawner_spawn(conf->spawner, &spec, &s->child, e);
	util_close(&pipes[0][0]);
	util_close(&pipes[1][1]);
	util_close(&pipes[2][1]);
	if (rc < 0)
		return rc;
	fcntl(s->in, F_SETFL, O_NONBLOCK);
	fcntl(s->out, F_SETFL, O_NONBLOCK);
	fcntl(s->err, F_SETFL, O_NONBLOCK);
	s->info.pid = s->child.pid;
	s->info.alive = true;
	return 0;
}

static int check_protocol(struct mcp_session *s, const json_t *result, struct err *e)
{
	const char *version = json_string_value(json_object_get(result, "protocolVersion"));

	for (size_t i = 0; version && i < N_ELEMS(protocols); i++) {
		if (!streq(version, protocols[i]))
			continue;
		pthread_mutex_lock(&s->lock);
		strcpy(s->info.protocol, protocols[i]);
		pthread_mutex_unlock(&s->lock);
		return 0;
	}
	return err_set(e, -ECHILD, "the server '%s' speaks MCP revision '%.40s', which is not known here; up to %s is",
		       s->name, version ? version : "", NEWEST_PROTOCOL);
}

static int shake_hands(struct mcp_session *s, struct mcp_cancel *cancel, struct err *e)
{
	struct session_request r = {
		.method = "initialize",
		.params = json_pack("{s:s, s:{}, s:{s:s, s:s}}", "protocolVersion", NEWEST_PROTOCOL, "capabilities",
				    "clientInfo", "name", "0711fs", "version", "1"),
		.timeout_ms = s->timeouts.start_ms,
		.cancel = cancel,
		.quiet = true,
	};
	json_t *result = NULL;
	int rc = session_request(s, &r, &result, e);

	if (rc == 0)
		rc = check_protocol(s, result, e);
	json_decref(result);
	if (rc < 0)
		return rc;
	pthread_mutex_lock(&s->lock);
	rpc_notification(&s->queue, "notifications/initialized", NULL);
	s->idle_since_ms = clock_mono_ms();
	pthread_mutex_unlock(&s->lock);
	session_kick(s);
	return 0;
}

static void session_free(struct mcp_session *s)
{
	util_close(&s->in);
	util_close(&s->out);
	util_close(&s->err);
	util_close(&s->wake);
	spawner_release(&s->child);
	rpc_reader_release(&s->out_lines);
	rpc_reader_release(&s->err_lines);
	buf_release(&s->queue);
	buf_release(&s->tail);
	pthread_mutex_destroy(&s->lock);
	free(s->name);
	free(s);
}

static struct mcp_session *session_new(const struct session_conf *conf)
{
	struct mcp_session *s = xcalloc(1, sizeof(*s));

	s->name = xstrdup(conf->name);
	s->timeouts = conf->timeouts;
	s->on_line = conf->on_line;
	s->ud = conf->ud;
	s->in = s->out = s->err = -1;
	s->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	s->child = (struct child)CHILD_NONE;
	s->err_lines.cap = ERROR_LINE_BYTES;
	s->next_id = 1;
	s->idle_since_ms = clock_mono_ms();
	s->info.since_ms = clock_now_ms();
	pthread_mutex_init(&s->lock, NULL);
	return s;
}

int session_open(const struct session_conf *conf, struct mcp_cancel *cancel, struct mcp_session **out, struct err *e)
{
	struct mcp_session *s = session_new(conf);
	int rc = s->wake < 0 ? err_errno(e, "make an event descriptor") : start_process(s, conf, e);

	if (rc == 0 && pthread_create(&s->thread, NULL, session_io_run, s) != 0)
		rc = err_set(e, -EAGAIN, "no thread for the server '%s'", s->name);
	if (rc < 0) {
		session_free(s);
		return err_add(e, -ECHILD, "cannot start");
	}
	rc = shake_hands(s, cancel, e);
	if (rc < 0) {
		pthread_mutex_lock(&s->lock);
		s->timeouts.stop_grace_ms = 0;
		pthread_mutex_unlock(&s->lock);
		session_close(s);
		return rc == -ECANCELED ? rc : err_add(e, -ECHILD, "cannot start");
	}
	*out = s;
	return 0;
}

void session_stop(struct mcp_session *s)
{
	pthread_mutex_lock(&s->lock);
	s->stopping = true;
	pthread_mutex_unlock(&s->lock);
	session_kick(s);
}

void session_close(struct mcp_session *s)
{
	if (!s)
		return;
	session_stop(s);
	pthread_join(s->thread, NULL);
	session_free(s);
}
