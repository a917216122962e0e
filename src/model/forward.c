#include "model/forward.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/cond.h"
#include "base/log.h"
#include "model/stream.h"

#define FIRST_MS     600000      /* a server that hangs holds its memory and a place: what is whole may take minutes */
#define IDLE_MS      120000      /* between two pieces of a stream */
#define WHOLE_BYTES  (64u << 20) /* the longest answer that is no stream */
#define QUEUED_BYTES (1u << 20)  /* of a stream that nobody fetches */
#define LOOK_MS      100
#define TYPE_BYTES   128

struct forward {
	struct forward_conf conf;
	struct mcp_cancel *cancel;
	pthread_t thread;
	int news; /* eventfd */

	/* of its thread alone */
	struct keeper_use use;
	struct stream stream;
	struct buf whole;
	bool streams;
	int64_t tokens;

	pthread_mutex_t lock; /* of all below */
	pthread_cond_t fetched;
	bool begun, ended;
	int rc; /* why it ended, once it did */
	struct err err;
	int status;
	char type[TYPE_BYTES];
	struct buf queue;
	size_t at; /* of the queue: what stands before was fetched */
	int64_t ms;
};

static void tell(struct forward *f)
{
	uint64_t one = 1;

	(void)!write(f->news, &one, sizeof(one));
}

/* --- in its thread --- */

static bool is_stopped(void *ud)
{
	const struct forward *f = ud;

	return mcp_cancel_raised(f->cancel);
}

static int on_head(void *ud, int status, const char *type)
{
	struct forward *f = ud;

	f->streams = status == 200 && util_starts(type, "text/event-stream");
	pthread_mutex_lock(&f->lock);
	f->status = status;
	snprintf(f->type, sizeof(f->type), "%s", type);
	f->begun = f->streams;
	pthread_mutex_unlock(&f->lock);
	if (f->streams)
		tell(f);
	return 0;
}

/* Events of the stream go into the queue; waits while it is full. */
static int queue_events(struct forward *f, const void *bytes, size_t len)
{
	bool failed;

	pthread_mutex_lock(&f->lock);
	while (f->queue.len - f->at > QUEUED_BYTES && !is_stopped(f))
		cond_wait_until(&f->fetched, &f->lock, clock_mono_ms() + LOOK_MS);
	stream_feed(&f->stream, bytes, len, &f->queue);
	failed = f->queue.failed || f->stream.part.failed;
	pthread_mutex_unlock(&f->lock);
	tell(f);
	return failed ? -ENOMEM : 0;
}

static int on_body(void *ud, const void *bytes, size_t len)
{
	struct forward *f = ud;

	if (f->streams)
		return queue_events(f, bytes, len);
	if (f->whole.len + len > WHOLE_BYTES)
		return -EMSGSIZE;
	buf_add(&f->whole, bytes, len);
	return f->whole.failed;
}

/* A place with a path of its own is the base of an API already: "https://host/v1". */
static const char *path_at(const struct call_place *place, const char *path)
{
	const char *host = strstr(place->url, "://");

	return host && strchr(host + 3, '/') ? path + strlen("/v1") : path;
}

/* Servers count the tokens of a stream only when they are asked to. */
static int prepare(struct forward *f)
{
	json_t *body = f->conf.body, *options = json_object_get(body, "stream_options");

	if (json_object_set_new(body, "model", json_string(f->use.served_as)) < 0)
		return -ENOMEM;
	if (!json_is_true(json_object_get(body, "stream")))
		return 0;
	f->stream.keep_usage = json_is_true(json_object_get(options, "include_usage"));
	if (!json_is_object(options)) {
		options = json_object();
		if (json_object_set_new(body, "stream_options", options) < 0)
			return -ENOMEM;
	}
	return json_object_set_new(options, "include_usage", json_true());
}

/* Where a server listens is nothing for an engine: the log has it. */
static int explain(struct forward *f, int rc, struct err *e)
{
	const char *model = f->conf.model;

	if (rc == -ECANCELED && !is_stopped(f))
		return err_set(e, -EMSGSIZE, "the answer of the model '%s' is longer than %u bytes", model,
			       WHOLE_BYTES);
	if (rc >= 0 || rc == -ECANCELED)
		return rc < 0 ? rc : 0;
	log_info("model %s: %s: %s", model, f->conf.for_whom, e->text);
	if (rc == -ECONNREFUSED || rc == -EHOSTUNREACH)
		return err_set(e, rc, "the server of the model '%s' cannot be reached", model);
	if (rc == -ECONNRESET)
		return err_set(e, rc, "the server of the model '%s' ended, or ended the connection", model);
	if (rc == -ETIMEDOUT)
		return err_set(e, rc, "the server of the model '%s' said nothing for too long", model);
	return err_set(e, rc, "the server of the model '%s' did not answer as it should (%s)", model, err_name(rc));
}

static int send_request(struct forward *f, struct err *e)
{
	const char *header[] = { "Content-Type: application/json", f->use.authorization, NULL };
	auto_free char *text = prepare(f) < 0 ? NULL : json_dumps(f->conf.body, JSON_COMPACT);
	struct call_request r = { .place = f->use.place,
				  .method = "POST",
				  .path = path_at(f->use.place, f->conf.path),
				  .header = header,
				  .body = text,
				  .len = text ? strlen(text) : 0,
				  .first_ms = FIRST_MS,
				  .idle_ms = IDLE_MS,
				  .ud = f,
				  .on_head = on_head,
				  .on_body = on_body,
				  .stop = is_stopped };

	if (!text)
		return err_set(e, -ENOMEM, "no memory for a request");
	return explain(f, call_run(f->conf.pool, &r, e), e);
}

static void count_tokens(struct forward *f)
{
	json_t *answer;

	f->tokens = f->stream.tokens;
	if (f->streams)
		return;
	answer = json_loadb(buf_str(&f->whole), f->whole.len, JSON_ALLOW_NUL, NULL);
	f->tokens = stream_tokens(answer);
	json_decref(answer);
}

static void finish(struct forward *f, int rc, const struct err *e, int64_t ms)
{
	pthread_mutex_lock(&f->lock);
	if (rc == 0 && f->streams)
		stream_end(&f->stream, &f->queue);
	if (!f->streams) {
		f->queue = f->whole;
		f->whole = (struct buf)BUF_INIT;
	}
	f->begun = f->begun || rc == 0;
	f->ended = true;
	f->rc = rc;
	f->err = *e;
	f->ms = ms;
	pthread_mutex_unlock(&f->lock);
	tell(f);
}

static enum keeper_end end_of(struct forward *f, int rc)
{
	bool begun;

	if (rc == -ECONNRESET || rc == -ECONNREFUSED || rc == -EHOSTUNREACH)
		return KEEPER_BROKEN;
	pthread_mutex_lock(&f->lock);
	begun = f->begun;
	pthread_mutex_unlock(&f->lock);
	return rc == -ETIMEDOUT || (rc == -ECANCELED && !begun) ? KEEPER_SILENT : KEEPER_ANSWERED;
}

static void *run(void *arg)
{
	struct forward *f = arg;
	struct err e = ERR_INIT;
	int64_t began_ms, ms = 0;
	int rc = keeper_enter(f->conf.keeper, f->conf.model, f->conf.for_whom, f->cancel, &f->use, &e);

	if (rc == 0) {
		began_ms = clock_mono_ms();
		rc = send_request(f, &e);
		ms = clock_mono_ms() - began_ms;
		count_tokens(f);
		keeper_leave(f->conf.keeper, &f->use, f->tokens, end_of(f, rc));
	}
	finish(f, rc, &e, ms);
	return NULL;
}

/* --- for the one who fetches --- */

int forward_start(const struct forward_conf *conf, struct forward **out, struct err *e)
{
	struct forward *f = xcalloc(1, sizeof(*f));

	f->conf = *conf;
	f->cancel = mcp_cancel_new();
	f->news = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	pthread_mutex_init(&f->lock, NULL);
	cond_init(&f->fetched);
	if (f->news >= 0 && pthread_create(&f->thread, NULL, run, f) == 0) {
		*out = f;
		return 0;
	}
	util_close(&f->news);
	pthread_cond_destroy(&f->fetched);
	pthread_mutex_destroy(&f->lock);
	mcp_cancel_free(f->cancel);
	json_decref(f->conf.body);
	free(f);
	return err_set(e, -EAGAIN, "there is no thread for the request");
}

int forward_fd(const struct forward *f)
{
	return f->news;
}

void forward_cancel(struct forward *f)
{
	mcp_cancel_raise(f->cancel);
}

/* Before a look: what comes after it is told anew. */
static void hear(const struct forward *f)
{
	uint64_t n;

	(void)!read(f->news, &n, sizeof(n));
}

int forward_head(struct forward *f, struct forward_head *head, struct err *e)
{
	int rc;

	hear(f);
	pthread_mutex_lock(&f->lock);
	rc = f->begun ? 1 : f->rc;
	if (rc < 0 && e)
		*e = f->err;
	if (rc > 0)
		*head = (struct forward_head){ .status = f->status,
					       .type = f->type,
					       .length = f->streams ? -1 : (int64_t)f->queue.len };
	pthread_mutex_unlock(&f->lock);
	return rc;
}

ssize_t forward_fetch(struct forward *f, char *to, size_t max)
{
	ssize_t n;

	hear(f);
	pthread_mutex_lock(&f->lock);
	n = (ssize_t)(f->queue.len - f->at < max ? f->queue.len - f->at : max);
	if (n > 0) {
		memcpy(to, f->queue.data + f->at, (size_t)n);
		f->at += (size_t)n;
	} else {
		n = f->ended ? f->rc : -EAGAIN;
	}
	if (f->streams && f->at == f->queue.len) {
		buf_clear(&f->queue);
		f->at = 0;
		pthread_cond_signal(&f->fetched);
	}
	pthread_mutex_unlock(&f->lock);
	return n;
}

void forward_end(struct forward *f, struct forward_usage *usage)
{
	if (!f)
		return;
	forward_cancel(f);
	pthread_join(f->thread, NULL);
	*usage = (struct forward_usage){ .failed = f->rc < 0 || f->status >= 400, .tokens = f->tokens, .ms = f->ms };
	stream_release(&f->stream);
	buf_release(&f->whole);
	buf_release(&f->queue);
	close(f->news);
	pthread_cond_destroy(&f->fetched);
	pthread_mutex_destroy(&f->lock);
	mcp_cancel_free(f->cancel);
	json_decref(f->conf.body);
	free(f);
}
