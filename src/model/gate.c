#include "model/gate.h"

#include <errno.h>
#include <microhttpd.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/socket.h"
#include "model/forward.h"

#define CONNECTIONS   64 /* more are closed at once, also while some that have ended are still counted */
#define ASKED         16
#define BODY_BYTES    (16u << 20)
#define READ_BYTES    65536
#define LOOK_MS       100
#define RETRY_AFTER_S "1"

/* One request, from its head to the end of its answer. */
struct question {
	struct gate *gate;
	struct question *next;
	int client; /* the connection's socket */
	bool too_long;
	struct buf body;
	struct forward *forward; /* NULL: not asked, or answered here */
};

struct gate {
	struct gate_conf conf; /* its texts are our own, and these are they: */
	char *path, *for_whom;
	char **models;
	struct MHD_Daemon *daemon;
	pthread_mutex_t lock; /* of all below */
	bool closing;
	unsigned asked; /* questions with a forward */
	struct question *questions;
	struct gate_usage usage;
};

/* --- answers of our own --- */

/* What errors of the keeper and of the forward are for a client; the last row is for all others. */
static const struct refusal {
	int rc;
	unsigned status;
	const char *code;
} refusals[] = {
	{ -ENOENT, 404, "model_not_found" },   { -ENOTSUP, 404, "model_not_complete" },
	{ -ENODEV, 404, "no_device" },         { -ENOMEM, 503, "no_room" },
	{ -EBUSY, 429, "queue_full" },         { -ETIMEDOUT, 504, "timeout" },
	{ -ECONNRESET, 503, "server_died" },   { -ECHILD, 503, "server_not_started" },
	{ -ECONNREFUSED, 503, "server_died" }, { -EHOSTUNREACH, 503, "server_unreachable" },
	{ -ECANCELED, 503, "cancelled" },      { -EPROTO, 502, "bad_answer" },
	{ -EMSGSIZE, 502, "answer_too_long" }, { 0, 500, "internal_error" },
};

static enum MHD_Result respond(struct MHD_Connection *c, unsigned status, json_t *body)
{
	char *text = json_dumps(body, JSON_COMPACT);
	struct MHD_Response *r = NULL;
	enum MHD_Result queued = MHD_NO;

	json_decref(body);
	if (text)
		r = MHD_create_response_from_buffer(strlen(text), text, MHD_RESPMEM_MUST_FREE);
	if (!r)
		return MHD_NO;
	MHD_add_response_header(r, "Content-Type", "application/json");
	if (status == 429 || status == 503)
		MHD_add_response_header(r, "Retry-After", RETRY_AFTER_S);
	queued = MHD_queue_response(c, status, r);
	MHD_destroy_response(r);
	return queued;
}

static enum MHD_Result refuse(struct MHD_Connection *c, unsigned status, const char *code, const char *message)
{
	const char *type = status == 429 ? "rate_limit_error" : status < 500 ? "invalid_request_error" : "server_error";

	return respond(c, status,
		       json_pack("{s:{s:s, s:s, s:s}}", "error", "message", message, "type", type, "code", code));
}

static enum MHD_Result refuse_error(struct MHD_Connection *c, int rc, const struct err *e)
{
	const struct refusal *r = refusals;

	while (r->rc && r->rc != rc)
		r++;
	return refuse(c, r->status, r->code, e->text);
}

/* --- waiting for a model --- */

/* False when the client went away: what it asked for is ended. */
static bool wait_news(const struct question *q)
{
	struct pollfd p[] = { { .fd = q->client }, { .fd = forward_fd(q->forward), .events = POLLIN } };

	poll(p, N_ELEMS(p), LOOK_MS);
	if (p[0].revents || mcp_cancel_raised(q->gate->conf.cancel))
		forward_cancel(q->forward);
	return p[0].revents == 0;
}

static ssize_t read_answer(void *cls, uint64_t pos UNUSED, char *to, size_t max)
{
	struct question *q = cls;
	ssize_t n;

	while ((n = forward_fetch(q->forward, to, max)) == -EAGAIN)
		if (!wait_news(q))
			return MHD_CONTENT_READER_END_WITH_ERROR;
	if (n > 0)
		return n;
	return n == 0 ? MHD_CONTENT_READER_END_OF_STREAM : MHD_CONTENT_READER_END_WITH_ERROR;
}

static enum MHD_Result pass_on(struct question *q, struct MHD_Connection *c, const struct forward_head *head)
{
	uint64_t length = head->length < 0 ? MHD_SIZE_UNKNOWN : (uint64_t)head->length;
	struct MHD_Response *r = MHD_create_response_from_callback(length, READ_BYTES, read_answer, q, NULL);
	enum MHD_Result queued;

	if (!r)
		return MHD_NO;
	if (*head->type)
		MHD_add_response_header(r, "Content-Type", head->type);
	if (head->status == 429 || head->status == 503)
		MHD_add_response_header(r, "Retry-After", RETRY_AFTER_S);
	queued = MHD_queue_response(c, (unsigned)head->status, r);
	MHD_destroy_response(r);
	return queued;
}

static enum MHD_Result wait_answer(struct question *q, struct MHD_Connection *c)
{
	struct forward_head head;
	struct err e = ERR_INIT;
	int rc;

	while ((rc = forward_head(q->forward, &head, &e)) == 0)
		if (!wait_news(q))
			return MHD_NO;
	if (rc < 0)
		return refuse_error(c, rc, &e);
	/* what a remote server says of the key may show some of it */
	if (head.status == 401 || head.status == 403)
		return refuse(c, 502, "key_refused", "the server of the model does not take the key that it was given");
	return pass_on(q, c, &head);
}

/* --- requests --- */

static const char *offered(const struct gate *g, const char *model)
{
	for (const char *const *m = g->conf.models; model && *m; m++)
		if (streq(*m, model))
			return *m;
	return NULL;
}

/* Takes body. From here on gate_close ends the question. */
static int start(struct question *q, const char *path, const char *model, json_t *body, struct err *e)
{
	struct gate *g = q->gate;
	struct forward_conf conf = { .keeper = g->conf.keeper,
				     .pool = g->conf.pool,
				     .for_whom = g->conf.for_whom,
				     .model = model,
				     .path = path,
				     .body = body };
	int rc;

	pthread_mutex_lock(&g->lock);
	if (g->closing) {
		json_decref(body);
		rc = err_set(e, -ECANCELED, "the call is over");
	} else if (g->asked >= ASKED) {
		json_decref(body);
		rc = err_set(e, -EBUSY, "this call has %d requests under way, and may have no more", ASKED);
	} else {
		rc = forward_start(&conf, &q->forward, e);
		g->asked += rc == 0;
	}
	g->usage.requests++;
	g->usage.failures += rc < 0;
	pthread_mutex_unlock(&g->lock);
	return rc;
}

static enum MHD_Result ask(struct question *q, struct MHD_Connection *c, const char *path)
{
	json_error_t bad;
	json_t *body = json_loadb(buf_str(&q->body), q->body.len, JSON_ALLOW_NUL, &bad);
	const char *name = json_string_value(json_object_get(body, "model")), *model = offered(q->gate, name);
	auto_free char *message = NULL;
	struct err e = ERR_INIT;
	int rc;

	if (!json_is_object(body))
		message = xasprintf("the body is no JSON object: %s", body ? "it is other JSON" : bad.text);
	else if (!model)
		message = xasprintf("the model '%s' is not among those that the manifest names and the host has",
				    name ? name : "");
	if (message) {
		rc = json_is_object(body) ? 404 : 400;
		json_decref(body);
		return refuse(c, (unsigned)rc, rc == 404 ? "model_not_found" : "invalid_json", message);
	}
	rc = start(q, path, model, body, &e);
	return rc < 0 ? refuse_error(c, rc, &e) : wait_answer(q, c);
}

static enum MHD_Result list(struct question *q, struct MHD_Connection *c, const char *path UNUSED)
{
	json_t *data = json_array();

	for (const char *const *m = q->gate->conf.models; *m; m++)
		json_array_append_new(data, json_pack("{s:s, s:s, s:i, s:s}", "id", *m, "object", "model", "created", 0,
						      "owned_by", "0711fs"));
	return respond(c, 200, json_pack("{s:s, s:o}", "object", "list", "data", data));
}

static const struct route {
	const char *path, *method;
	enum MHD_Result (*answer)(struct question *q, struct MHD_Connection *c, const char *path);
} routes[] = {
	{ "/v1/chat/completions", "POST", ask },
	{ "/v1/embeddings", "POST", ask },
	{ "/v1/models", "GET", list },
};

static enum MHD_Result answer(struct question *q, struct MHD_Connection *c, const char *path, const char *method)
{
	const struct route *r = routes;

	while (r < routes + N_ELEMS(routes) && !streq(r->path, path))
		r++;
	if (r == routes + N_ELEMS(routes))
		return refuse(c, 404, "not_found",
			      "there is nothing here but /v1/chat/completions, /v1/embeddings and /v1/models");
	if (!streq(r->method, method))
		return refuse(c, 405, "method_not_allowed", "this is asked with the other one of GET and POST");
	if (q->too_long || q->body.failed)
		return refuse(c, 413, "request_too_long", "a request may have 16 MiB at most");
	return r->answer(q, c, path);
}

static struct question *question_new(struct gate *g, struct MHD_Connection *c)
{
	struct question *q = xcalloc(1, sizeof(*q));
	const char *length = MHD_lookup_connection_value(c, MHD_HEADER_KIND, "Content-Length");

	q->gate = g;
	q->client = MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
	q->too_long = length && strtoull(length, NULL, 10) > BODY_BYTES;
	pthread_mutex_lock(&g->lock);
	q->next = g->questions;
	g->questions = q;
	pthread_mutex_unlock(&g->lock);
	return q;
}

static void take_body(struct question *q, const char *bytes, size_t len)
{
	q->too_long = q->too_long || q->body.len + len > BODY_BYTES;
	if (!q->too_long)
		buf_add(&q->body, bytes, len);
}

/* Called with the head, with each piece of the body, and at its end. */
static enum MHD_Result on_request(void *cls, struct MHD_Connection *c, const char *path, const char *method,
				  const char *version UNUSED, const char *bytes, size_t *len, void **state)
{
	struct question *q = *state;

	if (!q) {
		*state = q = question_new(cls, c);
		/* an answer at once ends the connection: no need to read what is too long */
		return q->too_long ? answer(q, c, path, method) : MHD_YES;
	}
	if (*len > 0) {
		take_body(q, bytes, *len);
		*len = 0;
		return MHD_YES;
	}
	return answer(q, c, path, method);
}

static void on_end(void *cls, struct MHD_Connection *c UNUSED, void **state, enum MHD_RequestTerminationCode how UNUSED)
{
	struct question *q = steal_ptr(state), **at;
	struct forward_usage u = { 0 };
	struct gate *g = cls;

	if (!q)
		return;
	pthread_mutex_lock(&g->lock);
	for (at = &g->questions; *at != q; at = &(*at)->next)
		;
	*at = q->next;
	pthread_mutex_unlock(&g->lock);
	forward_end(q->forward, &u);
	pthread_mutex_lock(&g->lock);
	g->asked -= q->forward != NULL;
	g->usage.failures += u.failed;
	g->usage.tokens += u.tokens;
	g->usage.ms += u.ms;
	pthread_mutex_unlock(&g->lock);
	buf_release(&q->body);
	free(q);
}

/* --- the gate itself --- */

static void gate_free(struct gate *g)
{
	for (char **m = g->models; *m; m++)
		free(*m);
	free(g->models);
	free(g->path);
	free(g->for_whom);
	pthread_mutex_destroy(&g->lock);
	free(g);
}

static struct gate *gate_new(const struct gate_conf *conf)
{
	struct gate *g = xcalloc(1, sizeof(*g));
	size_t n = 0, offered_n = 0;

	while (conf->models[n])
		n++;
	g->models = xcalloc(n + 1, sizeof(*g->models));
	for (size_t i = 0; i < n; i++)
		if (keeper_offers(conf->keeper, conf->models[i]))
			g->models[offered_n++] = xstrdup(conf->models[i]);
	g->conf = *conf;
	g->conf.path = g->path = xstrdup(conf->path);
	g->conf.for_whom = g->for_whom = xstrdup(conf->for_whom);
	g->conf.models = (const char *const *)g->models;
	pthread_mutex_init(&g->lock, NULL);
	return g;
}

static int listen_at(struct gate *g, struct err *e)
{
	int fd = socket_listen(g->path, g->conf.mode, CONNECTIONS, e);

	if (fd < 0)
		return fd;
	g->daemon = MHD_start_daemon(
		MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_POLL | MHD_USE_ITC, 0, NULL,
		NULL, on_request, g, MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_NOTIFY_COMPLETED, on_end, g,
		MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
		(size_t)4 * READ_BYTES, MHD_OPTION_END);
	if (g->daemon)
		return 1;
	/* whether fd is closed by now is not said: better it stays open than that another's is closed */
	unlink(g->path);
	return err_set(e, -EAGAIN, "nothing can listen at '%s': there is no thread", g->path);
}

int gate_open(const struct gate_conf *conf, struct gate **out, struct err *e)
{
	struct gate *g = gate_new(conf);
	int rc = *g->models ? listen_at(g, e) : 0;

	if (rc <= 0)
		gate_free(g);
	else
		*out = g;
	return rc;
}

void gate_close(struct gate *g, struct gate_usage *usage)
{
	if (!g)
		return;
	pthread_mutex_lock(&g->lock);
	g->closing = true;
	for (struct question *q = g->questions; q; q = q->next)
		if (q->forward)
			forward_cancel(q->forward);
	pthread_mutex_unlock(&g->lock);
	MHD_stop_daemon(g->daemon);
	unlink(g->path);
	if (usage)
		*usage = g->usage;
	gate_free(g);
}
