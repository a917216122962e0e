#include "tests/test.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/io.h"
#include "net/http.h"
#include "tests/net/server.h"

#define LIMIT_MS 30000 /* a test that waits longer has failed */
#define SHORT_MS 2000  /* runs out where a test wants that, and is enough for what does answer on a busy machine */

/* What done was told, kept */
struct outcome {
	bool ended, refused;
	int status;
	int64_t retry_after_s;
	size_t head_len;
	char head[HTTP_HEAD_BYTES + 1];
	char error[600];
};

/* A server, and a loop to reach it with */
struct fixture {
	struct server *server;
	struct http *http;
	struct cidrs loopback;
};

static void on_done(void *ud, const struct http_answer *a)
{
	struct outcome *o = ud;

	assert_false(o->ended);
	o->ended = true;
	o->refused = a->refused;
	o->status = a->status;
	o->retry_after_s = a->retry_after_s;
	o->head_len = a->head_len;
	memcpy(o->head, a->head, a->head_len + 1);
	snprintf(o->error, sizeof(o->error), "%s", a->error ? a->error : "");
	assert_int_equal(a->status == 0, a->error != NULL);
	assert_true(a->took_ms >= 0);
}

static struct http *loop_new(const char *cafile, size_t most, long timeout_ms)
{
	const struct http_options o = {
		.cafile = cafile, .most_connections = most, .timeout_ms = timeout_ms, .agent = "0711fs-test"
	};
	struct err e = ERR_INIT;
	struct http *h = http_new(&o, &e);

	if (!h)
		fail_msg("%s", e.text);
	return h;
}

static void run_to_end(struct http *h)
{
	int64_t end = clock_mono_ms() + LIMIT_MS;

	while (http_running(h) > 0) {
		assert_true(http_run(h, 1000) >= 0);
		assert_true(clock_mono_ms() < end);
	}
}

static int setup(void **state)
{
	struct fixture *f = xcalloc(1, sizeof(*f));

	f->server = server_new(NULL, NULL);
	f->http = loop_new(NULL, 8, LIMIT_MS);
	assert_int_equal(cidrs_parse("127.0.0.0/8\n::1", &f->loopback, NULL), 0);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	http_free(f->http);
	server_free(f->server);
	cidrs_free(&f->loopback);
	free(f);
	return 0;
}

static const char *url_of(const struct server *s, const char *scheme, const char *host, const char *path)
{
	static char url[300];

	snprintf(url, sizeof(url), "%s://%s:%d%s", scheme, host, server_port(s), path);
	return url;
}

static void begin(struct fixture *f, const char *path, const struct cidrs *allow, struct outcome *o)
{
	const struct http_request r = { .url = url_of(f->server, "http", "127.0.0.1", path),
					.body = "{}",
					.len = 2,
					.allow = allow,
					.ud = o,
					.done = on_done };
	struct err e = ERR_INIT;

	memset(o, 0, sizeof(*o));
	if (http_post(f->http, &r, &e) < 0)
		fail_msg("%s", e.text);
}

static struct outcome post(struct fixture *f, const char *path)
{
	struct outcome o;

	begin(f, path, &f->loopback, &o);
	run_to_end(f->http);
	assert_true(o.ended);
	return o;
}

static void fails_with(struct fixture *f, const char *path, const char *word)
{
	struct outcome o = post(f, path);

	assert_int_equal(o.status, 0);
	assert_false(o.refused);
	if (!strstr(o.error, word))
		fail_msg("%s: '%s' has no '%s'", path, o.error, word);
}

/* What is sent and what comes back */

static void a_request_arrives_as_given(void **state)
{
	struct fixture *f = *state;
	const char *const header[] = { "Content-Type: application/json", "webhook-id: msg_1", NULL };
	struct outcome o = { 0 };
	const struct http_request r = { .url = url_of(f->server, "http", "127.0.0.1", "/200?a=b"),
					.header = header,
					.body = "{\"a\":1}",
					.len = 7,
					.allow = &f->loopback,
					.ud = &o,
					.done = on_done };
	auto_buf last = BUF_INIT;

	assert_int_equal(http_post(f->http, &r, NULL), 0);
	assert_int_equal(http_running(f->http), 1);
	run_to_end(f->http);
	assert_int_equal(o.status, 200);
	assert_int_equal(o.retry_after_s, -1);
	server_last(f->server, &last);
	assert_true(util_starts(buf_str(&last), "POST /200?a=b HTTP/1.1\r\nHost: 127.0.0.1:"));
	assert_non_null(strstr(buf_str(&last), "\r\nUser-Agent: 0711fs-test\r\n"));
	assert_non_null(strstr(buf_str(&last), "\r\nContent-Type: application/json\r\n"));
	assert_non_null(strstr(buf_str(&last), "\r\nwebhook-id: msg_1\r\n"));
	assert_non_null(strstr(buf_str(&last), "\r\nContent-Length: 7\r\n"));
	assert_true(util_ends(buf_str(&last), "\r\n\r\n{\"a\":1}"));
}

static void nothing_is_added_to_the_header(void **state)
{
	struct fixture *f = *state;
	auto_free char *body = malloc(3 << 20);
	struct outcome o = { 0 };
	struct http_request r = { .url = url_of(f->server, "http", "127.0.0.1", "/200"),
				  .body = body,
				  .len = 3 << 20,
				  .allow = &f->loopback,
				  .ud = &o,
				  .done = on_done };
	auto_buf last = BUF_INIT;

	memset(body, 'y', 3 << 20);
	assert_int_equal(http_post(f->http, &r, NULL), 0);
	run_to_end(f->http);
	assert_int_equal(o.status, 200);
	server_last(f->server, &last);
	assert_null(strstr(buf_str(&last), "Expect:"));
	assert_null(strstr(buf_str(&last), "Content-Type:"));
	assert_null(strstr(buf_str(&last), "Cookie:"));
	assert_null(strstr(buf_str(&last), "Authorization:"));
	assert_true(util_ends(buf_str(&last), "yyyy"));
	assert_true(last.len > 3 << 20);
}

static void an_empty_body_is_sent(void **state)
{
	struct fixture *f = *state;
	struct outcome o = { 0 };
	const struct http_request r = {
		.url = url_of(f->server, "http", "127.0.0.1", "/204"), .allow = &f->loopback, .ud = &o, .done = on_done
	};
	auto_buf last = BUF_INIT;

	assert_int_equal(http_post(f->http, &r, NULL), 0);
	run_to_end(f->http);
	assert_int_equal(o.status, 204);
	assert_string_equal(o.head, "");
	server_last(f->server, &last);
	assert_non_null(strstr(buf_str(&last), "\r\nContent-Length: 0\r\n"));
}

static void every_status_counts(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(post(f, "/200").status, 200);
	assert_int_equal(post(f, "/204").status, 204);
	assert_int_equal(post(f, "/410").status, 410);
	assert_int_equal(post(f, "/500").status, 500);
	assert_int_equal(post(f, "/599").status, 599);
}

static void the_first_bytes_are_kept(void **state)
{
	struct fixture *f = *state;
	struct outcome o = post(f, "/body/5000");

	assert_int_equal(o.status, 200);
	assert_int_equal(o.head_len, HTTP_HEAD_BYTES);
	assert_int_equal(strspn(o.head, "x"), HTTP_HEAD_BYTES);
	o = post(f, "/body/3");
	assert_string_equal(o.head, "xxx");
	assert_int_equal(server_connections(f->server), 1);
}

static void a_bad_request_is_not_begun(void **state)
{
	struct fixture *f = *state;
	const char *const header[] = { "X-A: b\r\nHost: other", NULL };
	struct outcome o = { 0 };
	struct http_request r = { .url = "ftp://127.0.0.1/", .ud = &o, .done = on_done };
	struct err e = ERR_INIT;

	assert_int_equal(http_post(f->http, &r, &e), -EINVAL);
	r.url = url_of(f->server, "http", "127.0.0.1", "/200");
	r.header = header;
	assert_int_equal(http_post(f->http, &r, &e), -EINVAL);
	assert_int_equal(http_running(f->http), 0);
	assert_int_equal(http_run(f->http, 0), 0);
	assert_false(o.ended);
}

static void header_fields_are_checked(void **state UNUSED)
{
	static const char *const good[] = { "X-Token: a b", "authorization:Bearer x", "X-Tab: a\tb" };
	static const char *const bad[] = { "",
					   "X-Token",
					   ": x",
					   "X Y: z",
					   "X-Token:",
					   "X-Token: ",
					   "X-A: b\nc",
					   "X-A: b\x7f",
					   "host: other",
					   "Content-Length: 5",
					   "Expect: x",
					   "TE: x",
					   "X-T\xc3\xa4: b",
					   "Transfer-Encoding: chunked" };

	for (size_t i = 0; i < N_ELEMS(good); i++)
		assert_int_equal(http_header_check(good[i], NULL), 0);
	for (size_t i = 0; i < N_ELEMS(bad); i++) {
		struct err e = ERR_INIT;

		if (http_header_check(bad[i], &e) != -EINVAL || !e.text[0])
			fail_msg("'%s' is taken", bad[i]);
	}
}

static void retry_after_is_read(void **state)
{
	struct fixture *f = *state;
	time_t at = time(NULL) + 3000;
	struct outcome o = post(f, "/retry/120");
	char path[100];

	assert_int_equal(o.status, 503);
	assert_int_equal(o.retry_after_s, 120);
	assert_int_equal(post(f, "/retry/0").retry_after_s, 0);
	strftime(path, sizeof(path), "/retry/%a,_%d_%b_%Y_%H:%M:%S_GMT", gmtime(&at));
	o = post(f, path);
	assert_in_range(o.retry_after_s, 2900, 3000);
	assert_int_equal(post(f, "/retry/Fri,_31_Dec_1999_23:59:59_GMT").retry_after_s, 0);
	assert_int_equal(post(f, "/retry/soon").retry_after_s, -1);
	assert_int_equal(post(f, "/retry/-5").retry_after_s, -1);
	assert_int_equal(post(f, "/retry/99999999999999999999999").retry_after_s, 365 * 86400);
	assert_int_equal(post(f, "/200").retry_after_s, -1);
}

/* Connections */

static void connections_are_kept(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < 5; i++)
		assert_int_equal(post(f, "/204").status, 204);
	assert_int_equal(server_requests(f->server), 5);
	assert_int_equal(server_connections(f->server), 1);
}

static void connections_have_a_limit(void **state)
{
	struct fixture *f = *state;
	struct outcome o[200];

	for (size_t i = 0; i < N_ELEMS(o); i++)
		begin(f, "/204", &f->loopback, &o[i]);
	run_to_end(f->http);
	for (size_t i = 0; i < N_ELEMS(o); i++)
		assert_int_equal(o[i].status, 204);
	assert_int_equal(server_requests(f->server), N_ELEMS(o));
	assert_in_range(server_connections(f->server), 1, 8);
}

struct chain {
	struct fixture *f;
	int left;
};

static void on_link(void *ud, const struct http_answer *a)
{
	struct chain *c = ud;
	const struct http_request r = { .url = url_of(c->f->server, "http", "127.0.0.1", "/204"),
					.allow = &c->f->loopback,
					.ud = c,
					.done = on_link };

	assert_int_equal(a->status, 204);
	if (--c->left > 0)
		assert_int_equal(http_post(c->f->http, &r, NULL), 0);
}

static void done_may_begin_another(void **state)
{
	struct fixture *f = *state;
	struct chain c = { f, 4 };

	on_link(&c, &(struct http_answer){ .status = 204 });
	run_to_end(f->http);
	assert_int_equal(c.left, 0);
	assert_int_equal(server_requests(f->server), 3);
	assert_int_equal(server_connections(f->server), 1);
}

static void a_closed_connection_is_opened_again(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(post(f, "/204").status, 204);
	fails_with(f, "/close", "closed without an answer");
	assert_int_equal(post(f, "/204").status, 204);
}

/* Hosts that misbehave */

static void redirects_are_not_followed(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(post(f, "/redirect").status, 302);
	assert_int_equal(server_requests(f->server), 1);
}

static void a_long_answer_is_cut(void **state)
{
	struct fixture *f = *state;
	struct outcome o = post(f, "/endless");

	assert_int_equal(o.status, 200);
	assert_int_equal(o.head_len, HTTP_HEAD_BYTES);
	assert_int_equal(post(f, "/204").status, 204);
	assert_int_equal(server_connections(f->server), 2);
	assert_int_equal(post(f, "/body/60000").status, 200);
	assert_int_equal(server_connections(f->server), 2);
}

static void a_head_without_an_end_is_cut(void **state)
{
	struct fixture *f = *state;

	fails_with(f, "/fields", "head of the answer is longer");
	fails_with(f, "/interim", "head of the answer is longer");
}

static void slow_answers_run_out_of_time(void **state)
{
	static const struct {
		const char *path, *said;
	} slow[] = {
		{ "/drip", "time for a request is over" },
		{ "/hang", "time for a request is over" },
		{ "/stall", "of status 200, did not end" },
	};
	struct fixture *f = *state;
	struct outcome o[N_ELEMS(slow)];

	http_free(f->http);
	f->http = loop_new(NULL, 8, SHORT_MS);
	for (size_t i = 0; i < N_ELEMS(slow); i++)
		begin(f, slow[i].path, &f->loopback, &o[i]);
	run_to_end(f->http);
	for (size_t i = 0; i < N_ELEMS(slow); i++) {
		assert_int_equal(o[i].status, 0);
		if (!strstr(o[i].error, slow[i].said))
			fail_msg("%s: '%s'", slow[i].path, o[i].error);
	}
	assert_int_equal(post(f, "/204").status, 204);
}

/* The body does not fit into the sockets, so the request itself cannot end. */
static void a_whole_answer_counts_when_early(void **state)
{
	struct fixture *f = *state;
	size_t len = (size_t)64 << 20;
	auto_free char *body = calloc(1, len);
	struct outcome o = { 0 };
	struct http_request r = { .url = url_of(f->server, "http", "127.0.0.1", "/early"),
				  .body = body,
				  .len = len,
				  .allow = &f->loopback,
				  .timeout_ms = SHORT_MS,
				  .ud = &o,
				  .done = on_done };

	assert_int_equal(http_post(f->http, &r, NULL), 0);
	run_to_end(f->http);
	assert_string_equal(o.error, "");
	assert_int_equal(o.status, 204);
}

static void slow_answers_hold_nobody_up(void **state)
{
	struct fixture *f = *state;
	struct outcome slow[3], quick;
	int64_t end = clock_mono_ms() + LIMIT_MS;

	for (size_t i = 0; i < N_ELEMS(slow); i++)
		begin(f, "/hang", &f->loopback, &slow[i]);
	begin(f, "/204", &f->loopback, &quick);
	while (!quick.ended && clock_mono_ms() < end)
		http_run(f->http, 1000);
	assert_int_equal(quick.status, 204);
	for (size_t i = 0; i < N_ELEMS(slow); i++)
		assert_false(slow[i].ended);
	assert_int_equal(http_running(f->http), N_ELEMS(slow));
}

static void broken_answers_have_no_status(void **state)
{
	struct fixture *f = *state;

	fails_with(f, "/reset", "connection broke");
	fails_with(f, "/short", "of status 200, did not end");
	fails_with(f, "/garbage", "not HTTP");
}

static void a_closed_port_is_said(void **state)
{
	struct fixture *f = *state;
	struct server *gone = server_new(NULL, NULL);
	char url[100];
	struct outcome o = { 0 };
	const struct http_request r = { .url = url, .allow = &f->loopback, .ud = &o, .done = on_done };

	snprintf(url, sizeof(url), "%s", url_of(gone, "http", "127.0.0.1", "/"));
	server_free(gone);
	assert_int_equal(http_post(f->http, &r, NULL), 0);
	run_to_end(f->http);
	assert_int_equal(o.status, 0);
	assert_false(o.refused);
	assert_non_null(strstr(o.error, "there is no connection"));
}

/* What is not allowed */

static void refused_addresses_see_nothing(void **state)
{
	struct fixture *f = *state;
	struct outcome o;

	begin(f, "/200", NULL, &o);
	run_to_end(f->http);
	assert_true(o.refused);
	assert_int_equal(o.status, 0);
	assert_string_equal(o.error, "the address 127.0.0.1 is loopback, and no allowed range holds it");
	assert_int_equal(server_connections(f->server), 0);
}

static void a_kept_connection_is_checked_again(void **state)
{
	struct fixture *f = *state;
	auto_cidrs other = { NULL, 0 };
	struct outcome o;

	assert_int_equal(post(f, "/204").status, 204);
	assert_int_equal(cidrs_parse("10.0.0.0/8", &other, NULL), 0);
	begin(f, "/200", &other, &o);
	run_to_end(f->http);
	assert_true(o.refused);
	assert_int_equal(server_requests(f->server), 1);
	assert_int_equal(server_connections(f->server), 1);
	assert_int_equal(post(f, "/204").status, 204);
}

static void permission_ends_with_its_request(void **state)
{
	struct fixture *f = *state;
	struct outcome o;

	assert_int_equal(post(f, "/close").status, 0);
	begin(f, "/200", NULL, &o);
	run_to_end(f->http);
	assert_true(o.refused);
	assert_int_equal(server_requests(f->server), 1);
}

static void the_list_may_go_after_posting(void **state)
{
	struct fixture *f = *state;
	struct cidrs allow = { NULL, 0 };
	struct outcome o;

	assert_int_equal(cidrs_parse("127.0.0.1", &allow, NULL), 0);
	begin(f, "/204", &allow, &o);
	memset(allow.one, 0xff, sizeof(*allow.one));
	cidrs_free(&allow);
	run_to_end(f->http);
	assert_int_equal(o.status, 204);
}

static void names_are_checked_by_their_address(void **state)
{
	struct fixture *f = *state;
	struct outcome o = { 0 };
	struct http_request r = { .url = url_of(f->server, "http", "localhost", "/204"), .ud = &o, .done = on_done };

	assert_int_equal(http_post(f->http, &r, NULL), 0);
	run_to_end(f->http);
	assert_true(o.refused);
	memset(&o, 0, sizeof(o));
	r.allow = &f->loopback;
	assert_int_equal(http_post(f->http, &r, NULL), 0);
	run_to_end(f->http);
	assert_int_equal(o.status, 204);
}

static void proxies_of_the_environment_are_ignored(void **state)
{
	static const char *const names[] = { "http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY" };
	struct fixture *f = *state;
	struct server *proxy = server_new(NULL, NULL);

	for (size_t i = 0; i < N_ELEMS(names); i++)
		setenv(names[i], url_of(proxy, "http", "127.0.0.1", ""), 1);
	assert_int_equal(post(f, "/204").status, 204);
	for (size_t i = 0; i < N_ELEMS(names); i++)
		unsetenv(names[i]);
	assert_int_equal(server_connections(proxy), 0);
	assert_int_equal(server_requests(f->server), 1);
	server_free(proxy);
}

/* The loop */

static void free_ends_what_is_under_way(void **state)
{
	struct fixture *f = *state;
	struct outcome o, never;
	int64_t end = clock_mono_ms() + LIMIT_MS;

	begin(f, "/hang", &f->loopback, &o);
	while (server_requests(f->server) == 0 && clock_mono_ms() < end)
		http_run(f->http, 10);
	begin(f, "/200", &f->loopback, &never);
	http_free(f->http);
	f->http = NULL;
	assert_false(o.ended);
	assert_false(never.ended);
}

static void *wake_it(void *http)
{
	http_wake(http);
	return NULL;
}

/* Without the wake this blocks until the harness ends it. */
static void wake_ends_a_wait(void **state)
{
	struct fixture *f = *state;
	pthread_t thread;

	assert_int_equal(pthread_create(&thread, NULL, wake_it, f->http), 0);
	assert_int_equal(http_run(f->http, 3600 * 1000), 0);
	pthread_join(thread, NULL);
	assert_int_equal(http_run(f->http, 0), 0);
}

/* TLS: an authority of its own, and a certificate of it for 127.0.0.1 */

static char dir[] = "/tmp/http-test.XXXXXX";
static bool have_certificates;

static const char *in_dir(const char *name)
{
	static char path[2][100];
	static unsigned turn;

	snprintf(path[++turn % 2], sizeof(path[0]), "%s/%s", dir, name);
	return path[turn % 2];
}

static int make_certificates(void **state UNUSED)
{
	static const char script[] =
		"cd '%s' && exec >log 2>&1 && "
		"openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -keyout ca.key -out ca.pem "
		"-subj '/CN=authority of a test' -addext basicConstraints=critical,CA:true && "
		"openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout host.key -out host.csr "
		"-subj /CN=host && "
		"echo subjectAltName=IP:127.0.0.1 >host.ext && "
		"openssl x509 -req -in host.csr -CA ca.pem -CAkey ca.key -set_serial 1 -days 2 -extfile host.ext -out "
		"host.pem";
	char command[1000];

	if (!mkdtemp(dir))
		return -1;
	snprintf(command, sizeof(command), script, dir);
	have_certificates = system(command) == 0;
	return 0;
}

static int remove_certificates(void **state UNUSED)
{
	return io_remove_tree(-1, dir);
}

static int setup_tls(void **state)
{
	struct fixture *f;

	setup(state);
	f = *state;
	if (!have_certificates)
		return 0;
	server_free(f->server);
	f->server = server_new(in_dir("host.pem"), in_dir("host.key"));
	return 0;
}

static struct outcome post_tls(struct fixture *f, const char *cafile, const char *host, const struct cidrs *allow)
{
	struct outcome o = { 0 };
	const struct http_request r = {
		.url = url_of(f->server, "https", host, "/204"), .allow = allow, .ud = &o, .done = on_done
	};

	if (!have_certificates)
		skip();
	http_free(f->http);
	f->http = loop_new(cafile, 8, LIMIT_MS);
	assert_int_equal(http_post(f->http, &r, NULL), 0);
	run_to_end(f->http);
	return o;
}

static void an_authority_is_trusted_when_named(void **state)
{
	struct fixture *f = *state;
	struct outcome o = post_tls(f, in_dir("ca.pem"), "127.0.0.1", &f->loopback);

	assert_string_equal(o.error, "");
	assert_int_equal(o.status, 204);
	assert_int_equal(server_requests(f->server), 1);
}

static void an_unknown_authority_is_not_trusted(void **state)
{
	struct fixture *f = *state;
	struct outcome o = post_tls(f, NULL, "127.0.0.1", &f->loopback);

	assert_int_equal(o.status, 0);
	assert_false(o.refused);
	assert_non_null(strstr(o.error, "certificate is not trusted"));
	assert_int_equal(server_requests(f->server), 0);
}

static void a_certificate_is_for_its_host(void **state)
{
	struct fixture *f = *state;
	struct outcome o = post_tls(f, in_dir("ca.pem"), "localhost", &f->loopback);

	assert_int_equal(o.status, 0);
	assert_non_null(strstr(o.error, "certificate is not trusted"));
	assert_int_equal(server_requests(f->server), 0);
}

static void tls_needs_permission_too(void **state)
{
	struct fixture *f = *state;
	struct outcome o = post_tls(f, in_dir("ca.pem"), "127.0.0.1", NULL);

	assert_true(o.refused);
	assert_int_equal(server_connections(f->server), 0);
}

static void a_cafile_holds_certificates(void **state UNUSED)
{
	struct http_options o = { .cafile = "/nonexistent/ca.pem" };
	struct err e = ERR_INIT;

	assert_null(http_new(&o, &e));
	assert_int_equal(e.code, -ENOENT);
	assert_non_null(strstr(e.text, "/nonexistent/ca.pem"));
	o.cafile = "/dev/null";
	assert_null(http_new(&o, &e));
	assert_int_equal(e.code, -EINVAL);
}

#define HTTP_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
#define TLS_TEST(name)  cmocka_unit_test_setup_teardown(name, setup_tls, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		HTTP_TEST(a_request_arrives_as_given),
		HTTP_TEST(nothing_is_added_to_the_header),
		HTTP_TEST(an_empty_body_is_sent),
		HTTP_TEST(every_status_counts),
		HTTP_TEST(the_first_bytes_are_kept),
		HTTP_TEST(a_bad_request_is_not_begun),
		cmocka_unit_test(header_fields_are_checked),
		HTTP_TEST(retry_after_is_read),
		HTTP_TEST(connections_are_kept),
		HTTP_TEST(connections_have_a_limit),
		HTTP_TEST(done_may_begin_another),
		HTTP_TEST(a_closed_connection_is_opened_again),
		HTTP_TEST(redirects_are_not_followed),
		HTTP_TEST(a_long_answer_is_cut),
		HTTP_TEST(a_head_without_an_end_is_cut),
		HTTP_TEST(slow_answers_run_out_of_time),
		HTTP_TEST(a_whole_answer_counts_when_early),
		HTTP_TEST(slow_answers_hold_nobody_up),
		HTTP_TEST(broken_answers_have_no_status),
		HTTP_TEST(a_closed_port_is_said),
		HTTP_TEST(refused_addresses_see_nothing),
		HTTP_TEST(a_kept_connection_is_checked_again),
		HTTP_TEST(permission_ends_with_its_request),
		HTTP_TEST(the_list_may_go_after_posting),
		HTTP_TEST(names_are_checked_by_their_address),
		HTTP_TEST(proxies_of_the_environment_are_ignored),
		HTTP_TEST(free_ends_what_is_under_way),
		HTTP_TEST(wake_ends_a_wait),
		TLS_TEST(an_authority_is_trusted_when_named),
		TLS_TEST(an_unknown_authority_is_not_trusted),
		TLS_TEST(a_certificate_is_for_its_host),
		TLS_TEST(tls_needs_permission_too),
		cmocka_unit_test(a_cafile_holds_certificates),
	};

	return cmocka_run_group_tests(tests, make_certificates, remove_certificates);
}
