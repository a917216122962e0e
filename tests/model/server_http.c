#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/model/server.h"

#define BODY_MOST (64u << 20)

/* A request while its body comes. */
struct question {
	struct buf body;
};

static pthread_mutex_t last_lock = PTHREAD_MUTEX_INITIALIZER;
static json_t *last;
static atomic_llong questions;

/* keep - for GET /last */
static void keep(const char *path, const char *authorization, const json_t *body)
{
	json_t *now = json_pack("{s:s, s:s?, s:O}", "path", path, "authorization", authorization, "body", body);

	pthread_mutex_lock(&last_lock);
	json_decref(last);
	last = now;
	pthread_mutex_unlock(&last_lock);
}

static json_t *kept(void)
{
	json_t *was;

	pthread_mutex_lock(&last_lock);
	was = last ? json_incref(last) : json_null();
	pthread_mutex_unlock(&last_lock);
	return was;
}

/* count - one more question: this may be the one that it dies of, or never answers */
static void count(const struct server_options *o)
{
	long long n = atomic_fetch_add(&questions, 1) + 1;

	if (n == o->crash_on) {
		fprintf(stderr, "server: question %lld is too much\n", n);
		abort();
	}
	while (n == o->hang_on)
		pause();
}

static void get(const struct server_options *o, const char *path, struct reply *r)
{
	if (streq(path, "/health") && !server_healthy())
		answer_json(r, 503, json_pack("{s:s}", "status", "loading model"));
	else if (streq(path, "/health"))
		answer_json(r, 200, json_pack("{s:s}", "status", "ok"));
	else if (streq(path, "/v1/models"))
		answer_models(o, r);
	else if (streq(path, "/last"))
		answer_json(r, 200, kept());
	else if (o->sleep_endpoints && streq(path, "/is_sleeping"))
		answer_json(r, 200, json_pack("{s:b}", "is_sleeping", server_asleep()));
	else
		answer_error(r, 404, "there is nothing here");
}

static void ask(const struct server_options *o, const char *path, const char *authorization, const struct buf *body,
		struct reply *r)
{
	void (*answer)(const struct server_options *o, const json_t *request, struct reply *r) = NULL;
	json_t *request = json_loadb(buf_str(body), body->len, 0, NULL);

	if (streq(path, "/v1/chat/completions"))
		answer = answer_chat;
	else if (streq(path, "/v1/embeddings"))
		answer = answer_embeddings;
	if (!answer) {
		answer_error(r, 404, "there is nothing here");
	} else if (!server_healthy() || server_asleep()) {
		answer_error(r, 503, "the model is not loaded");
	} else if (!json_is_object(request)) {
		answer_error(r, 400, "the body is no JSON object");
	} else {
		keep(path, authorization, request);
		count(o);
		answer(o, request, r);
	}
	json_decref(request);
}

static void post(const struct server_options *o, const char *path, const char *authorization, const struct buf *body,
		 struct reply *r)
{
	if (o->sleep_endpoints && (streq(path, "/sleep") || streq(path, "/wake_up"))) {
		if (streq(path, "/wake_up"))
			usleep((useconds_t)o->wake_ms * 1000);
		server_sleep(streq(path, "/sleep"));
		answer_json(r, 200, json_object());
	} else {
		ask(o, path, authorization, body, r);
	}
}

static bool allowed(const struct server_options *o, const char *path, const char *authorization)
{
	auto_free char *wanted = o->key ? xasprintf("Bearer %s", o->key) : NULL;

	return !wanted || streq(path, "/health") || (authorization && streq(authorization, wanted));
}

/* A stream on its way. */
struct stream {
	struct buf text;
	size_t at;
	int64_t chunk_ms;
};

/* send_event - one at a time, so that each goes out as it is made */
static ssize_t send_event(void *cls, uint64_t pos UNUSED, char *to, size_t max)
{
	struct stream *s = cls;
	const char *from = s->text.data + s->at, *end;
	size_t len;

	if (s->at == s->text.len)
		return MHD_CONTENT_READER_END_OF_STREAM;
	if (s->at > 0 && s->chunk_ms > 0)
		usleep((useconds_t)s->chunk_ms * 1000);
	end = strstr(from, "\n\n");
	len = end ? (size_t)(end - from) + 2 : s->text.len - s->at;
	if (len > max)
		len = max;
	memcpy(to, from, len);
	s->at += len;
	return (ssize_t)len;
}

static void free_stream(void *cls)
{
	struct stream *s = cls;

	buf_release(&s->text);
	free(s);
}

/* response_of - r's text becomes the response's */
static struct MHD_Response *response_of(struct reply *r, int64_t chunk_ms)
{
	struct MHD_Response *response;
	struct stream *s;
	size_t len = r->text.len;

	if (!r->events) {
		response = MHD_create_response_from_buffer(len, buf_steal(&r->text), MHD_RESPMEM_MUST_FREE);
		MHD_add_response_header(response, "Content-Type", "application/json");
		return response;
	}
	s = xcalloc(1, sizeof(*s));
	*s = (struct stream){ r->text, 0, chunk_ms };
	r->text = (struct buf)BUF_INIT;
	response = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 4096, send_event, s, free_stream);
	MHD_add_response_header(response, "Content-Type", "text/event-stream");
	return response;
}

static enum MHD_Result reply(const struct server_options *o, struct MHD_Connection *c, const char *path,
			     const char *method, const struct buf *body)
{
	const char *authorization = MHD_lookup_connection_value(c, MHD_HEADER_KIND, "Authorization");
	struct reply r = { .status = 200, .text = BUF_INIT };
	struct MHD_Response *response;
	enum MHD_Result result;

	if (!allowed(o, path, authorization))
		answer_error(&r, 401, "the key is wrong");
	else if (streq(method, "GET"))
		get(o, path, &r);
	else if (streq(method, "POST"))
		post(o, path, authorization, body, &r);
	else
		answer_error(&r, 405, "there is GET and POST");
	if (r.wait_ms > 0)
		usleep((useconds_t)r.wait_ms * 1000);
	response = response_of(&r, o->chunk_ms);
	result = MHD_queue_response(c, (unsigned)r.status, response);
	MHD_destroy_response(response);
	return result;
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *c, const char *path, const char *method,
				  const char *version UNUSED, const char *body, size_t *len, void **state)
{
	struct question *q = *state;

	if (!q) {
		*state = xcalloc(1, sizeof(*q));
		return MHD_YES;
	}
	if (*len > 0) {
		if (q->body.len + *len > BODY_MOST)
			return MHD_NO;
		buf_add(&q->body, body, *len);
		*len = 0;
		return MHD_YES;
	}
	return reply(cls, c, path, method, &q->body);
}

static void on_end(void *cls UNUSED, struct MHD_Connection *c UNUSED, void **state,
		   enum MHD_RequestTerminationCode how UNUSED)
{
	struct question *q = steal_ptr(state);

	if (!q)
		return;
	buf_release(&q->body);
	free(q);
}

static int listen_socket(const char *path)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(at.sun_path, sizeof(at.sun_path), "%s", path);
	unlink(path);
	if (fd >= 0 && bind(fd, (struct sockaddr *)&at, sizeof(at)) == 0 && listen(fd, SOMAXCONN) == 0)
		return fd;
	fprintf(stderr, "server: %s: %s\n", path, strerror(errno));
	return -1;
}

static int listen_port(int64_t port)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_port = htons((uint16_t)port),
				  .sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t len = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){ 1 }, sizeof(int)) < 0 ||
	    bind(fd, (struct sockaddr *)&at, sizeof(at)) < 0 || listen(fd, SOMAXCONN) < 0 ||
	    getsockname(fd, (struct sockaddr *)&at, &len) < 0) {
		fprintf(stderr, "server: port %lld: %s\n", (long long)port, strerror(errno));
		return -1;
	}
	if (port == 0)
		printf("%d\n", ntohs(at.sin_port));
	fflush(stdout);
	return fd;
}

/* A thread for each connection: a question that hangs holds up no other, nor the health. */
struct MHD_Daemon *server_listen(const struct server_options *o)
{
	int fd = o->socket ? listen_socket(o->socket) : listen_port(o->port);

	if (fd < 0)
		return NULL;
	return MHD_start_daemon(MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_POLL |
					MHD_USE_ERROR_LOG,
				0, NULL, NULL, on_request, (void *)o, MHD_OPTION_LISTEN_SOCKET, fd,
				MHD_OPTION_NOTIFY_COMPLETED, on_end, NULL, MHD_OPTION_END);
}
