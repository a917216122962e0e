#include "mcp/session_parts.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "mcp/text.h"

#define TAIL_BYTES      300  /* of the server's last words, kept for the sentence about its end */
#define MAX_NOISE_BYTES 2000 /* of one line on its standard output that is no message */
#define REAP_MS         2000 /* from the end of its output to the end of the process */

/* --- what the server says; in the session's thread --- */

/* A line that names no call belongs to the only one that runs, or else to none. */
static void take_line(struct mcp_session *s, const json_t *token, const char *level, const char *text)
{
	struct pending *p;

	pthread_mutex_lock(&s->lock);
	p = token ? session_pending_find(s, token) : s->info.in_flight == 1 ? s->pending : NULL;
	if (p)
		session_pending_add_line(p, level, text);
	pthread_mutex_unlock(&s->lock);
	if (!p && s->on_line)
		s->on_line(s->ud, level, text);
}

static void take_log(struct mcp_session *s, const struct rpc_message *m)
{
	const json_t *data = json_object_get(m->params, "data");
	const char *level = json_string_value(json_object_get(m->params, "level"));
	auto_free char *text = json_is_string(data) ? xstrdup(json_string_value(data))
						    : json_dumps(data, JSON_ENCODE_ANY | JSON_COMPACT);

	take_line(s, json_object_get(json_object_get(m->params, "_meta"), "progressToken"), level ? level : "info",
		  text ? text : "");
}

static void take_progress(struct mcp_session *s, const struct rpc_message *m)
{
	const json_t *done = json_object_get(m->params, "progress"), *total = json_object_get(m->params, "total");
	const char *text = json_string_value(json_object_get(m->params, "message"));
	double percent = -1;
	struct pending *p;

	if (json_is_number(done) && json_number_value(total) > 0)
		percent = 100 * json_number_value(done) / json_number_value(total);
	if (percent > 100)
		percent = 100;
	pthread_mutex_lock(&s->lock);
	p = session_pending_find(s, json_object_get(m->params, "progressToken"));
	if (p) {
		free(p->progress_text);
		p->progress_text = xstrdup(text ? text : "");
		p->percent = percent < -1 ? 0 : percent;
		p->has_progress = true;
		pthread_cond_signal(&p->changed);
	}
	pthread_mutex_unlock(&s->lock);
}

static void take_nothing(struct mcp_session *s UNUSED, const struct rpc_message *m UNUSED)
{
}

static const struct {
	const char *method;
	void (*take)(struct mcp_session *s, const struct rpc_message *m);
} notifications[] = {
	{ "notifications/message", take_log },
	{ "notifications/progress", take_progress },
	{ "notifications/cancelled", take_nothing },
};

static void take_notification(struct mcp_session *s, const struct rpc_message *m)
{
	for (size_t i = 0; i < N_ELEMS(notifications); i++)
		if (streq(m->method, notifications[i].method))
			notifications[i].take(s, m);
}

/* We declare no capability, so a ping is all that a server may ask. */
static void answer_request(struct mcp_session *s, const struct rpc_message *m)
{
	pthread_mutex_lock(&s->lock);
	if (streq(m->method, "ping"))
		rpc_answer(&s->queue, m->id, json_object());
	else
		rpc_refusal(&s->queue, m->id, RPC_NO_METHOD, "this client offers no such method");
	pthread_mutex_unlock(&s->lock);
}

/* The answer changes hands whole: two threads that share references of one value would need more than its counter. */
static void take_answer(struct mcp_session *s, const struct rpc_message *m, json_t **whole)
{
	struct pending *p;

	pthread_mutex_lock(&s->lock);
	p = session_pending_find(s, m->id);
	if (p)
		session_pending_finish(p, 0, steal(*whole));
	pthread_mutex_unlock(&s->lock);
}

static bool take_message(struct mcp_session *s, json_t **value)
{
	struct rpc_message m;

	rpc_classify(*value, &m);
	switch (m.kind) {
	case RPC_NOISE: return false;
	case RPC_REQUEST: answer_request(s, &m); break;
	case RPC_NOTIFICATION: take_notification(s, &m); break;
	case RPC_RESULT:
	case RPC_ERROR: take_answer(s, &m, value); break;
	}
	return true;
}

static void take_noise(struct mcp_session *s, const char *line)
{
	auto_free char *text = text_copy(line, MAX_NOISE_BYTES);

	pthread_mutex_lock(&s->lock);
	s->info.noise++;
	pthread_mutex_unlock(&s->lock);
	if (s->on_line)
		s->on_line(s->ud, "stdout!", text);
}

/* An answer that was too long had an id that nobody has read, so no call can count on its answer any more. */
static void take_too_long(struct mcp_session *s)
{
	pthread_mutex_lock(&s->lock);
	session_pending_finish_all(s, -EMSGSIZE);
	pthread_mutex_unlock(&s->lock);
	take_noise(s, "a line of more than 64 MiB was left out");
}

/* Several messages in one array, which only 2025-03-26 has. */
static void take_batch(struct mcp_session *s, json_t *batch, const char *line)
{
	while (json_array_size(batch) > 0) {
		json_t *value = json_incref(json_array_get(batch, 0));

		json_array_remove(batch, 0);
		if (!take_message(s, &value))
			take_noise(s, line);
		json_decref(value);
	}
}

static int on_out_line(void *ud, const char *line, size_t len)
{
	struct mcp_session *s = ud;
	json_t *value = line ? rpc_decode(line, len) : NULL;

	if (!line)
		take_too_long(s);
	else if (json_is_array(value))
		take_batch(s, value, line);
	else if (!value || !take_message(s, &value))
		take_noise(s, line);
	json_decref(value);
	return 0;
}

/* Keep the end of what it said. */
static void add_tail(struct buf *tail, const char *line)
{
	size_t cut;

	buf_printf(tail, "%s%s", tail->len ? " | " : "", line);
	if (tail->len <= TAIL_BYTES)
		return;
	cut = tail->len - TAIL_BYTES;
	while (cut < tail->len && ((unsigned char)tail->data[cut] & 0xc0) == 0x80)
		cut++;
	buf_drop(tail, cut);
}

static int on_err_line(void *ud, const char *line, size_t len UNUSED)
{
	struct mcp_session *s = ud;
	auto_free char *text = line ? text_copy(line, ERROR_LINE_BYTES) : NULL;

	if (!text)
		return 0;
	pthread_mutex_lock(&s->lock);
	add_tail(&s->tail, text);
	pthread_mutex_unlock(&s->lock);
	take_line(s, NULL, "stderr", text);
	return 0;
}

/* --- the session's thread --- */

/* Returns false at the end of the stream. */
static bool read_some(struct mcp_session *s, int fd, struct rpc_reader *r, int (*on_line)(void *, const char *, size_t))
{
	char bytes[65536];
	ssize_t n = read(fd, bytes, sizeof(bytes));

	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	return n > 0 && rpc_reader_feed(r, bytes, (size_t)n, on_line, s) == 0;
}

/* Returns false when the server has closed its stdin: nothing can be asked of it any more. */
static bool write_some(struct mcp_session *s)
{
	ssize_t n;
	bool open = true;

	pthread_mutex_lock(&s->lock);
	n = write(s->in, s->queue.data + s->sent, s->queue.len - s->sent);
	if (n > 0)
		s->sent += (size_t)n;
	if (n < 0 && errno != EAGAIN && errno != EINTR)
		open = false;
	if (s->sent == s->queue.len) {
		buf_release(&s->queue);
		s->sent = 0;
	}
	pthread_mutex_unlock(&s->lock);
	return open;
}

/* The milliseconds that the thread may sleep, -1 for ever; notices when the session has been idle for too long. */
static int look_around(struct mcp_session *s, struct pollfd *in, int64_t *stop_at_ms)
{
	int64_t now = clock_mono_ms(), left = -1;

	pthread_mutex_lock(&s->lock);
	if (s->timeouts.idle_ms > 0 && !s->pending && !s->stopping) {
		left = s->idle_since_ms + s->timeouts.idle_ms - now;
		if (left <= 0)
			s->stopping = s->info.idle = true;
	}
	if (s->stopping && *stop_at_ms == 0) {
		util_close(&s->in);
		*stop_at_ms = now + s->timeouts.stop_grace_ms;
	}
	/* a pipe without a reader is ready for ever, so it is only looked at with something to write */
	in->fd = s->queue.len ? s->in : -1;
	in->events = POLLOUT;
	pthread_mutex_unlock(&s->lock);
	if (*stop_at_ms > 0)
		left = *stop_at_ms > now ? *stop_at_ms - now : 0;
	return left > 3600000 ? 3600000 : (int)left;
}

static void describe_end(struct mcp_session *s)
{
	char how[80] = "closed its output";

	if (s->child.ended)
		spawner_describe(s->child.status, how, sizeof(how));
	pthread_mutex_lock(&s->lock);
	if (s->info.idle)
		snprintf(s->info.ended, sizeof(s->info.ended), "the server '%s' was idle", s->name);
	else
		snprintf(s->info.ended, sizeof(s->info.ended), "the server '%s' %s%s%s", s->name, how,
			 s->tail.len ? ", its last words: " : "", buf_str(&s->tail));
	s->ended = true;
	s->info.alive = false;
	s->info.pid = 0;
	session_pending_finish_all(s, -ECONNRESET);
	pthread_mutex_unlock(&s->lock);
}

/* Its output has ended: nothing of it may be left, and its last words must be read before its calls fail. */
static void reap(struct mcp_session *s)
{
	if (spawner_wait(&s->child, REAP_MS) < 0) {
		spawner_kill(&s->child, 0);
		spawner_wait(&s->child, REAP_MS);
	}
	while (poll(&(struct pollfd){ .fd = s->err, .events = POLLIN }, 1, 0) > 0 &&
	       read_some(s, s->err, &s->err_lines, on_err_line))
		;
	describe_end(s);
}

/*
 * Time is up after stdin was closed: first SIGTERM (the helper follows it with SIGKILL), then an end even when somebody
 * else still holds its output. Returns false for that end.
 */
static bool press(struct mcp_session *s, int64_t *stop_at_ms, bool *asked)
{
	if (*stop_at_ms == 0 || clock_mono_ms() < *stop_at_ms)
		return true;
	if (*asked)
		return false;
	*asked = true;
	spawner_kill(&s->child, s->timeouts.term_grace_ms);
	*stop_at_ms = clock_mono_ms() + s->timeouts.term_grace_ms + REAP_MS;
	return true;
}

static void block_signals(void)
{
	sigset_t all;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, NULL);
}

void *session_io_run(void *ud)
{
	struct mcp_session *s = ud;
	struct pollfd p[4] = { { .fd = s->wake, .events = POLLIN },
			       { .fd = s->out, .events = POLLIN },
			       { .fd = s->err, .events = POLLIN } };
	int64_t stop_at_ms = 0;
	bool asked = false;

	block_signals();
	for (;;) {
		int rc = poll(p, 4, look_around(s, &p[3], &stop_at_ms));

		if ((rc < 0 && errno != EINTR) || !press(s, &stop_at_ms, &asked))
			break;
		if (rc <= 0)
			continue;
		if (p[0].revents)
			(void)!read(s->wake, &(uint64_t){ 0 }, sizeof(uint64_t));
		if (p[3].revents && !write_some(s))
			break;
		if (p[2].revents && !read_some(s, s->err, &s->err_lines, on_err_line))
			p[2].fd = -1;
		if (p[1].revents && !read_some(s, s->out, &s->out_lines, on_out_line))
			break;
	}
	reap(s);
	return NULL;
}
