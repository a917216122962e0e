/* Calls of net/call, to a server that behaves and misbehaves. */
#include "tests/test.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "net/call.h"
#include "tests/net/server.h"

#define SHORT_MS 200 /* runs out where a test wants that */
#define N_CALLS  500

static char dir[] = "/tmp/0711fs-call-XXXXXX";
static bool have_certificates;

struct fixture {
	struct server *server;
	struct call_pool *pool;
	struct call_place place;
};

/* What the callbacks saw, and how they answer */
struct seen {
	int heads, status;
	char type[80];
	unsigned pieces;
	size_t bytes;
	bool end_at_head, end_at_piece;
	atomic_bool stop;
};

static const char *in_dir(const char *name)
{
	static char path[2][300];
	static unsigned turn;

	turn = !turn;
	snprintf(path[turn], sizeof(path[turn]), "%s/%s", dir, name);
	return path[turn];
}

static struct call_pool *pool_new(const char *cafile)
{
	struct err e = ERR_INIT;
	struct call_pool *p = call_pool_new(cafile, &e);

	if (!p)
		fail_msg("%s", e.text);
	return p;
}

static int setup(void **state)
{
	struct fixture *f = xcalloc(1, sizeof(*f));

	f->server = server_new(NULL, NULL);
	f->pool = pool_new(NULL);
	f->place.url = xasprintf("http://127.0.0.1:%d", server_port(f->server));
	*state = f;
	return 0;
}

static int setup_unix(void **state)
{
	struct fixture *f = xcalloc(1, sizeof(*f));

	f->place.socket = xstrdup(in_dir("sock"));
	f->place.url = xstrdup("http://localhost");
	f->server = server_new_unix(f->place.socket);
	f->pool = pool_new(NULL);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	call_pool_free(f->pool);
	server_free(f->server);
	if (f->place.socket)
		unlink(f->place.socket);
	free(f->place.url);
	free(f->place.socket);
	free(f);
	return 0;
}

static int on_head(void *ud, int status, const char *type)
{
	struct seen *s = ud;

	s->heads++;
	s->status = status;
	snprintf(s->type, sizeof(s->type), "%s", type);
	return s->end_at_head;
}

static int on_body(void *ud, const void *bytes, size_t len)
{
	struct seen *s = ud;

	assert_non_null(bytes);
	s->pieces++;
	s->bytes += len;
	return s->end_at_piece;
}

static bool on_stop(void *ud)
{
	struct seen *s = ud;

	return atomic_load(&s->stop);
}

static struct call_request request_of(const struct fixture *f, const char *path, struct seen *s)
{
	return (struct call_request){ .place = &f->place,
				      .method = "POST",
				      .path = path,
				      .body = "{}",
				      .len = 2,
				      .ud = s,
				      .on_head = on_head,
				      .on_body = on_body };
}

static int post(const struct fixture *f, const char *path, struct seen *s, struct err *e)
{
	struct call_request r;

	*s = (struct seen){ 0 };
	r = request_of(f, path, s);
	return call_run(f->pool, &r, e);
}

static void ends_with(const struct fixture *f, const char *path, int rc, const char *word)
{
	struct err e = ERR_INIT;
	struct seen s;
	int got = post(f, path, &s, &e);

	if (got != rc || !strstr(e.text, word))
		fail_msg("%s: %d, '%s' and not %d, '%s'", path, got, e.text, rc, word);
}

/* What is sent and what comes back */

static void a_request_arrives_as_given(void **state)
{
	struct fixture *f = *state;
	const char *const header[] = { "Content-Type: application/json", "Authorization: Bearer x", NULL };
	struct seen s = { 0 };
	struct call_request r = request_of(f, "/204?a=b", &s);
	auto_buf last = BUF_INIT;

	r.header = header;
	r.body = "{\"a\":1}";
	r.len = 7;
	assert_int_equal(call_run(f->pool, &r, NULL), 204);
	assert_int_equal(s.heads, 1);
	assert_int_equal(s.status, 204);
	assert_string_equal(s.type, "");
	server_last(f->server, &last);
	assert_true(util_starts(buf_str(&last), "POST /204?a=b HTTP/1.1\r\nHost: "));
	assert_non_null(strstr(buf_str(&last), "\r\nContent-Type: application/json\r\n"));
	assert_non_null(strstr(buf_str(&last), "\r\nAuthorization: Bearer x\r\n"));
	assert_non_null(strstr(buf_str(&last), "\r\nContent-Length: 7\r\n"));
	assert_true(util_ends(buf_str(&last), "\r\n\r\n{\"a\":1}"));
}

static void a_get_has_no_body(void **state)
{
	struct fixture *f = *state;
	const struct call_request r = { .place = &f->place, .method = "GET", .path = "/body/5" };
	struct seen s;
	auto_buf out = BUF_INIT, last = BUF_INIT;

	assert_int_equal(post(f, "/200", &s, NULL), 200); /* on the same handle */
	assert_int_equal(call_text(f->pool, &r, 5, &out, NULL), 200);
	assert_string_equal(buf_str(&out), "xxxxx");
	server_last(f->server, &last);
	assert_true(util_starts(buf_str(&last), "GET /body/5 HTTP/1.1\r\n"));
	assert_null(strstr(buf_str(&last), "Content-"));
	assert_true(util_ends(buf_str(&last), "\r\n\r\n"));
	assert_int_equal(server_connections(f->server), 1);
}

static void big_bodies_go_both_ways(void **state)
{
	struct fixture *f = *state;
	size_t len = 20u << 20;
	auto_free char *body = malloc(len);
	struct seen s = { 0 };
	struct call_request r = request_of(f, "/body/30000000", &s);
	auto_buf last = BUF_INIT;

	memset(body, 'y', len);
	r.body = body;
	r.len = len;
	assert_int_equal(call_run(f->pool, &r, NULL), 200);
	assert_int_equal(s.bytes, 30000000);
	assert_true(s.pieces > 1);
	server_last(f->server, &last);
	assert_null(strstr(buf_str(&last), "Expect:"));
	assert_null(strstr(buf_str(&last), "Content-Type:"));
	assert_true(last.len > len);
	assert_true(util_ends(buf_str(&last), "yyyy"));
}

static void every_status_is_an_answer(void **state)
{
	static const char *const paths[] = { "/200", "/302", "/404", "/500", "/503", "/599" };

	for (size_t i = 0; i < N_ELEMS(paths); i++) {
		struct seen s;

		assert_int_equal(post(*state, paths[i], &s, NULL), atoi(paths[i] + 1));
		assert_int_equal(s.status, atoi(paths[i] + 1));
		assert_int_equal(s.pieces, 0);
	}
}

static void chunks_come_one_by_one(void **state)
{
	const struct fixture *f = *state;
	struct seen s;

	assert_int_equal(post(f, "/chunks/10", &s, NULL), 200);
	assert_string_equal(s.type, "text/event-stream");
	assert_int_equal(s.bytes, strlen("chunk 0\n") * 10);
	assert_int_equal(s.heads, 1);
	assert_int_equal(post(f, "/chunks/0", &s, NULL), 200);
	assert_int_equal(s.bytes, 0);
	assert_int_equal(server_connections(f->server), 1);
}

/* The server waits for us to go: what is seen has come before the answer ended. */
static void a_piece_does_not_wait_for_the_next(void **state)
{
	const struct fixture *f = *state;
	struct seen s = { .end_at_piece = true };
	struct call_request r = request_of(f, "/stall", &s);
	struct err e = ERR_INIT;

	assert_int_equal(call_run(f->pool, &r, &e), -ECANCELED);
	assert_int_equal(s.status, 200);
	assert_int_equal(s.bytes, 10);
}

static void a_text_is_gathered_up_to_its_bound(void **state)
{
	const struct fixture *f = *state;
	const struct call_request r = { .place = &f->place, .method = "POST", .path = "/body/1000" };
	struct err e = ERR_INIT;
	auto_buf out = BUF_INIT;

	assert_int_equal(call_text(f->pool, &r, 1000, &out, &e), 200);
	assert_int_equal(out.len, 1000);
	buf_clear(&out);
	assert_int_equal(call_text(f->pool, &r, 999, &out, &e), -EMSGSIZE);
	assert_non_null(strstr(e.text, "999 bytes"));
}

static void a_bad_request_is_not_sent(void **state)
{
	struct fixture *f = *state;
	const char *const header[] = { "Authorization: secret\r\nX: y", NULL };
	struct seen s = { 0 };
	struct call_request r = request_of(f, "/204", &s);
	struct err e = ERR_INIT;

	r.header = header;
	assert_int_equal(call_run(f->pool, &r, &e), -EINVAL);
	assert_null(strstr(e.text, "secret"));
	r.header = NULL;
	r.path = "/ 204";
	assert_int_equal(call_run(f->pool, &r, &e), -EINVAL);
	assert_int_equal(server_connections(f->server), 0);
}

/* Connections */

static void connections_are_kept(void **state)
{
	const struct fixture *f = *state;
	struct seen s;

	for (int i = 0; i < 20; i++)
		assert_int_equal(post(f, i % 2 ? "/200" : "/body/100", &s, NULL), 200);
	assert_int_equal(server_connections(f->server), 1);
}

static void a_closed_connection_is_opened_again(void **state)
{
	const struct fixture *f = *state;
	struct seen s;

	for (int i = 0; i < 20; i++)
		assert_int_equal(post(f, "/last", &s, NULL), 204);
	assert_int_equal(server_connections(f->server), 20);
	assert_int_equal(server_requests(f->server), 20);
}

static void what_found_a_closed_connection_is_sent_anew(void **state)
{
	const struct fixture *f = *state;
	struct seen s;

	for (int i = 0; i < 5; i++)
		assert_int_equal(post(f, "/once", &s, NULL), 204);
	assert_int_equal(server_connections(f->server), 5);
	assert_int_equal(server_requests(f->server), 9);
}

static void what_finds_no_answer_is_not_sent_for_ever(void **state)
{
	const struct fixture *f = *state;
	struct seen s;

	assert_int_equal(post(f, "/200", &s, NULL), 200);
	ends_with(f, "/close", -ECONNRESET, "");
	assert_int_equal(server_requests(f->server), 3);
	ends_with(f, "/close", -ECONNRESET, "");
	assert_int_equal(server_requests(f->server), 4);
}

struct caller {
	const struct fixture *f;
	pthread_t thread;
	unsigned n_right;
};

static void *call_often(void *ud)
{
	struct caller *c = ud;

	for (int i = 0; i < 50; i++) {
		struct call_request r = { .place = &c->f->place, .method = "POST", .path = "/body/5000" };
		auto_buf out = BUF_INIT;

		c->n_right += call_text(c->f->pool, &r, 5000, &out, NULL) == 200 && out.len == 5000;
	}
	return NULL;
}

static void threads_do_not_meet(void **state)
{
	struct caller callers[8];

	for (size_t i = 0; i < N_ELEMS(callers); i++) {
		callers[i] = (struct caller){ .f = *state };
		assert_int_equal(pthread_create(&callers[i].thread, NULL, call_often, &callers[i]), 0);
	}
	for (size_t i = 0; i < N_ELEMS(callers); i++) {
		pthread_join(callers[i].thread, NULL);
		assert_int_equal(callers[i].n_right, 50);
	}
	assert_in_range(server_connections(callers[0].f->server), 1, N_ELEMS(callers));
}

static void places_are_kept_apart(void **state)
{
	struct fixture *f = *state, *other;
	void *second = NULL;
	struct seen s;

	setup(&second);
	other = second;
	for (int i = 0; i < 5; i++) {
		struct call_request r = request_of(other, "/200", &s);

		assert_int_equal(post(f, "/204", &s, NULL), 204);
		assert_int_equal(call_run(f->pool, &r, NULL), 200);
	}
	assert_int_equal(server_connections(f->server), 1);
	assert_int_equal(server_connections(other->server), 1);
	teardown(&second);
}

/* Failures */

static void broken_answers_are_told_apart(void **state)
{
	ends_with(*state, "/close", -ECONNRESET, "closed without an answer");
	ends_with(*state, "/reset", -ECONNRESET, "broke");
	ends_with(*state, "/short", -ECONNRESET, "");
	ends_with(*state, "/broken", -ECONNRESET, "");
	ends_with(*state, "/garbage", -EPROTO, "not HTTP");
	ends_with(*state, "/fields", -EPROTO, "a head of more than");
	ends_with(*state, "/interim", -EPROTO, "a head of more than");
}

static int free_port(void)
{
	struct sockaddr_in sa = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(sa);
	auto_close int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&sa, len), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&sa, &len), 0);
	return ntohs(sa.sin_port);
}

static void no_listener_is_said(void **state)
{
	struct fixture f = *(struct fixture *)*state;
	auto_free char *url = xasprintf("http://127.0.0.1:%d", free_port());
	auto_free char *socket = xasprintf("%s/nobody", dir);

	f.place.url = url;
	ends_with(&f, "/200", -ECONNREFUSED, "nobody listens at 'http://127.0.0.1:");
	f.place.socket = socket;
	ends_with(&f, "/200", -ECONNREFUSED, "/nobody'");
	f.place = (struct call_place){ .url = (char[]){ "http://name.invalid" } };
	ends_with(&f, "/200", -EHOSTUNREACH, "the host has no address");
}

static void a_listener_that_left_is_said(void **state)
{
	struct fixture *f = *state;
	struct seen s;

	assert_int_equal(post(f, "/200", &s, NULL), 200);
	server_free(f->server);
	ends_with(f, "/200", -ECONNREFUSED, "nobody listens");
	f->server = server_new(NULL, NULL);
}

static void silence_has_bounds(void **state)
{
	const struct fixture *f = *state;
	struct seen s = { 0 };
	struct call_request r = request_of(f, "/hang", &s);
	struct err e = ERR_INIT;

	r.first_ms = r.idle_ms = SHORT_MS;
	assert_int_equal(call_run(f->pool, &r, &e), -ETIMEDOUT);
	assert_non_null(strstr(e.text, "did not begin to answer within 200 ms"));
	assert_int_equal(s.heads, 0);
	r.first_ms = 0;
	r.path = "/stall";
	assert_int_equal(call_run(f->pool, &r, &e), -ETIMEDOUT);
	assert_non_null(strstr(e.text, "said nothing for 200 ms"));
	assert_int_equal(s.bytes, 10);
}

/* All of them take longer than the bound for silence. */
static void what_keeps_coming_is_waited_for(void **state)
{
	struct seen s = { 0 };
	struct call_request r = request_of(*state, "/chunks/200", &s);

	r.idle_ms = 2000;
	r.first_ms = 30000;
	assert_int_equal(call_run(((struct fixture *)*state)->pool, &r, NULL), 200);
	assert_in_range(s.pieces, 1, 200);
}

static void *stop_soon(void *ud)
{
	struct seen *s = ud;

	usleep(20000);
	atomic_store(&s->stop, true);
	return NULL;
}

static void a_call_is_stopped(void **state)
{
	static const char *const paths[] = { "/hang", "/stall", "/chunks/1000000", "/endless" };
	const struct fixture *f = *state;

	for (size_t i = 0; i < N_ELEMS(paths); i++) {
		struct seen s = { 0 };
		struct call_request r = request_of(f, paths[i], &s);
		struct err e = ERR_INIT;
		pthread_t thread;

		r.stop = on_stop;
		assert_int_equal(pthread_create(&thread, NULL, stop_soon, &s), 0);
		assert_int_equal(call_run(f->pool, &r, &e), -ECANCELED);
		assert_non_null(strstr(e.text, "was cancelled"));
		pthread_join(thread, NULL);
	}
	ends_with(f, "/short", -ECONNRESET, ""); /* the pool's next call is none the worse */
}

static void a_callback_ends_a_call(void **state)
{
	const struct fixture *f = *state;
	struct seen s = { .end_at_head = true };
	struct call_request r = request_of(f, "/body/100", &s);

	assert_int_equal(call_run(f->pool, &r, NULL), -ECANCELED);
	assert_int_equal(s.heads, 1);
	assert_int_equal(s.pieces, 0);
	s = (struct seen){ .end_at_piece = true };
	assert_int_equal(call_run(f->pool, &r, NULL), -ECANCELED);
	assert_int_equal(s.pieces, 1);
}

static void the_environment_is_not_asked(void **state)
{
	struct seen s;

	setenv("http_proxy", "http://127.0.0.1:1", 1);
	setenv("ALL_PROXY", "http://127.0.0.1:1", 1);
	assert_int_equal(post(*state, "/200", &s, NULL), 200);
	unsetenv("http_proxy");
	unsetenv("ALL_PROXY");
}

static void a_call_takes_little_time(void **state)
{
	const struct fixture *f = *state;
	int64_t began = clock_mono_ms();
	struct seen s;

	for (int i = 0; i < N_CALLS; i++)
		assert_int_equal(post(f, "/body/1000", &s, NULL), 200);
	print_message("# %d us for a call over %s\n", (int)((clock_mono_ms() - began) * 1000 / N_CALLS),
		      f->place.socket ? "a Unix socket" : "loopback");
	assert_int_equal(server_connections(f->server), 1);
}

/* TLS */

static int make_certificates(void **state UNUSED)
{
	auto_free char *command = NULL;

	if (!mkdtemp(dir))
		return -1;
	command =
		xasprintf("exec >'%s/log' 2>&1; openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes "
			  "-days 2 -subj /CN=test -addext subjectAltName=IP:127.0.0.1 -keyout '%s/key' -out '%s/cert'",
			  dir, dir, dir);
	have_certificates = system(command) == 0;
	return 0;
}

static int remove_dir(void **state UNUSED)
{
	return io_remove_tree(-1, dir);
}

static void tls_is_verified(void **state)
{
	struct fixture *f = *state;
	struct seen s;

	if (!have_certificates)
		skip();
	server_free(f->server);
	f->server = server_new(in_dir("cert"), in_dir("key"));
	free(f->place.url);
	f->place.url = xasprintf("https://127.0.0.1:%d", server_port(f->server));
	ends_with(f, "/200", -EHOSTUNREACH, "certificate is not trusted");
	assert_int_equal(server_requests(f->server), 0);
	call_pool_free(f->pool);
	f->pool = pool_new(in_dir("cert"));
	assert_int_equal(post(f, "/200", &s, NULL), 200);
	assert_int_equal(post(f, "/chunks/3", &s, NULL), 200);
	assert_int_equal(server_connections(f->server), 2);
}

static void a_cafile_holds_certificates(void **state UNUSED)
{
	struct err e = ERR_INIT;

	assert_null(call_pool_new("/nonexistent/ca.pem", &e));
	assert_int_equal(e.code, -ENOENT);
	call_pool_free(NULL);
}

#define CALL_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
#define UNIX_TEST(name)                                                     \
	{                                                                   \
#name " by a Unix socket", name, setup_unix, teardown, NULL \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CALL_TEST(a_request_arrives_as_given),
		UNIX_TEST(a_request_arrives_as_given),
		CALL_TEST(a_get_has_no_body),
		CALL_TEST(big_bodies_go_both_ways),
		UNIX_TEST(big_bodies_go_both_ways),
		CALL_TEST(every_status_is_an_answer),
		CALL_TEST(chunks_come_one_by_one),
		UNIX_TEST(chunks_come_one_by_one),
		CALL_TEST(a_piece_does_not_wait_for_the_next),
		CALL_TEST(a_text_is_gathered_up_to_its_bound),
		CALL_TEST(a_bad_request_is_not_sent),
		CALL_TEST(connections_are_kept),
		UNIX_TEST(connections_are_kept),
		CALL_TEST(a_closed_connection_is_opened_again),
		CALL_TEST(what_found_a_closed_connection_is_sent_anew),
		UNIX_TEST(what_found_a_closed_connection_is_sent_anew),
		CALL_TEST(what_finds_no_answer_is_not_sent_for_ever),
		CALL_TEST(threads_do_not_meet),
		UNIX_TEST(threads_do_not_meet),
		CALL_TEST(places_are_kept_apart),
		CALL_TEST(broken_answers_are_told_apart),
		CALL_TEST(no_listener_is_said),
		CALL_TEST(a_listener_that_left_is_said),
		CALL_TEST(silence_has_bounds),
		CALL_TEST(what_keeps_coming_is_waited_for),
		CALL_TEST(a_call_is_stopped),
		UNIX_TEST(a_call_is_stopped),
		CALL_TEST(a_callback_ends_a_call),
		CALL_TEST(the_environment_is_not_asked),
		CALL_TEST(a_call_takes_little_time),
		UNIX_TEST(a_call_takes_little_time),
		CALL_TEST(tls_is_verified),
		cmocka_unit_test(a_cafile_holds_certificates),
	};

	return cmocka_run_group_tests(tests, make_certificates, remove_dir);
}
