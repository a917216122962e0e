/* The gate between a made-up keeper and tests/model/server, asked as the SDK asks it. */
#include "tests/test.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/cond.h"
#include "base/io.h"
#include "base/socket.h"
#include "model/gate.h"
#include "sdk/exchange.h"

#define WAIT_MS         20000
#define QUESTION(model) "{\"model\":\"" model "\",\"messages\":[{\"role\":\"user\",\"content\":\"one two three\"}]}"
#define STREAM(more) \
	"{\"model\":\"small\",\"stream\":true," more "\"messages\":[{\"role\":\"user\",\"content\":\"one two three\"}]}"

static char dir[] = "/tmp/0711-gate-XXXXXX";
static char server_path[4096];

/* --- the keeper --- */

static struct fake {
	struct call_place place;
	const char *authorization;
	int refuse; /* keeper_enter's answer, or 0 */
	bool waits; /* until it is cancelled */

	pthread_mutex_t lock; /* of all below */
	pthread_cond_t changed;
	unsigned waiting, entered, left, broken, silent, cancelled;
	int64_t tokens;
} fake = { .lock = PTHREAD_MUTEX_INITIALIZER };

static void wake(void *ud UNUSED)
{
	pthread_mutex_lock(&fake.lock);
	pthread_cond_broadcast(&fake.changed);
	pthread_mutex_unlock(&fake.lock);
}

static int wait_cancelled(struct mcp_cancel *cancel, struct err *e)
{
	mcp_cancel_watch(cancel, wake, NULL);
	pthread_mutex_lock(&fake.lock);
	fake.waiting++;
	pthread_cond_broadcast(&fake.changed);
	while (!mcp_cancel_raised(cancel))
		pthread_cond_wait(&fake.changed, &fake.lock);
	fake.cancelled++;
	pthread_cond_broadcast(&fake.changed);
	pthread_mutex_unlock(&fake.lock);
	mcp_cancel_watch(cancel, NULL, NULL);
	return err_set(e, -ECANCELED, "nobody waits any more");
}

bool keeper_offers(struct keeper *k UNUSED, const char *model)
{
	return !streq(model, "missing");
}

int keeper_enter(struct keeper *k UNUSED, const char *model, const char *for_whom, struct mcp_cancel *cancel,
		 struct keeper_use *out, struct err *e)
{
	assert_string_equal(model, "small");
	assert_string_equal(for_whom, "task 'a'");
	if (fake.waits)
		return wait_cancelled(cancel, e);
	if (fake.refuse)
		return err_set(e, fake.refuse, "needs 12.0 GB, 9.1 free on gpu0");
	*out = (struct keeper_use){ .model = (struct kept *)&fake,
				    .place = &fake.place,
				    .served_as = "served",
				    .authorization = fake.authorization };
	pthread_mutex_lock(&fake.lock);
	fake.entered++;
	pthread_cond_broadcast(&fake.changed);
	pthread_mutex_unlock(&fake.lock);
	return 0;
}

void keeper_leave(struct keeper *k UNUSED, struct keeper_use *use, int64_t tokens, enum keeper_end end)
{
	assert_ptr_equal(use->model, &fake);
	pthread_mutex_lock(&fake.lock);
	fake.left++;
	fake.broken += end == KEEPER_BROKEN;
	fake.silent += end == KEEPER_SILENT;
	fake.tokens += tokens;
	pthread_cond_broadcast(&fake.changed);
	pthread_mutex_unlock(&fake.lock);
	*use = (struct keeper_use){ .model = NULL };
}

static void wait_count(const unsigned *count, unsigned n)
{
	int64_t until = clock_mono_ms() + WAIT_MS;

	pthread_mutex_lock(&fake.lock);
	while (*count < n && clock_mono_ms() < until)
		cond_wait_until(&fake.changed, &fake.lock, until);
	assert_int_equal(*count, n);
	pthread_mutex_unlock(&fake.lock);
}

/* --- the server behind it, the gate, and who asks --- */

struct fixture {
	pid_t server;
	struct call_pool *pool;
	struct mcp_cancel *cancel;
	struct gate *gate;
	char path[128]; /* of the gate */
};

static pid_t spawn(const char *const *argv, int out)
{
	pid_t pid = fork();

	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(out, 1);
		execv(server_path, (char *const *)argv);
		_exit(127);
	}
	return pid;
}

static void server_end(struct fixture *f)
{
	if (f->server <= 0)
		return;
	kill(f->server, SIGKILL);
	waitpid(f->server, NULL, 0);
	f->server = 0;
}

static void wait_healthy(const struct fixture *f, const struct call_place *place)
{
	struct call_request r = { .place = place, .method = "GET", .path = "/health" };
	int64_t until = clock_mono_ms() + WAIT_MS;

	while (call_run(f->pool, &r, NULL) != 200) {
		assert_true(clock_mono_ms() < until);
		usleep(2000);
	}
}

static int read_port(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char port[16] = "";

	assert_int_equal(poll(&p, 1, WAIT_MS), 1);
	assert_true(read(fd, port, sizeof(port) - 1) > 0);
	return atoi(port);
}

/* key NULL: on a socket, else on a port, as a remote server whose place has a path. */
static void server_start(struct fixture *f, const char *option, const char *value, const char *key)
{
	static char socket_path[128], url[64];
	const char *argv[] = { "server",
			       "--name",
			       "served",
			       key ? "--port" : "--socket",
			       key ? "0" : socket_path,
			       key ? "--key" : option,
			       key ? key : value,
			       NULL };
	int out[2];

	snprintf(socket_path, sizeof(socket_path), "%s/server.sock", dir);
	assert_int_equal(pipe(out), 0);
	f->server = spawn(argv, out[1]);
	close(out[1]);
	fake.place = (struct call_place){ .url = url, .socket = key ? NULL : socket_path };
	snprintf(url, sizeof(url), "http://127.0.0.1:%d", key ? read_port(out[0]) : 80);
	close(out[0]);
	wait_healthy(f, &fake.place);
	if (key)
		strcat(url, "/v1");
}

static void gate_begin(struct fixture *f)
{
	static const char *const models[] = { "small", "missing", "other", NULL };
	struct gate_conf conf = { .pool = f->pool,
				  .path = f->path,
				  .mode = 0600,
				  .models = models,
				  .for_whom = "task 'a'",
				  .cancel = f->cancel };
	struct err e = ERR_INIT;

	if (gate_open(&conf, &f->gate, &e) != 1)
		fail_msg("%s", e.text);
}

static int begin(void **state)
{
	struct fixture *f = xcalloc(1, sizeof(*f));
	struct err e = ERR_INIT;

	fake = (struct fake){ .lock = PTHREAD_MUTEX_INITIALIZER };
	cond_init(&fake.changed);
	f->pool = call_pool_new(NULL, &e);
	f->cancel = mcp_cancel_new();
	snprintf(f->path, sizeof(f->path), "%s/models.sock", dir);
	*state = f;
	if (!f->pool)
		return -1;
	gate_begin(f);
	return 0;
}

static int end(void **state)
{
	struct fixture *f = *state;

	gate_close(f->gate, NULL);
	server_end(f);
	call_pool_free(f->pool);
	mcp_cancel_free(f->cancel);
	free(f);
	return fake.entered == fake.left ? 0 : -1;
}

/* What was asked through the gate, which is closed; a new one is opened. */
static struct gate_usage usage_of(struct fixture *f)
{
	struct gate_usage u;

	gate_close(f->gate, &u);
	assert_int_not_equal(access(f->path, F_OK), 0);
	gate_begin(f);
	return u;
}

static json_t *answer_json(const struct answer *a)
{
	return json_loadb(buf_str(&a->body), a->body.len, 0, NULL);
}

/* One request on a connection of its own; the answer's status, and its JSON (a new reference). */
static int ask(struct fixture *f, const char *method, const char *path, const char *body, json_t **got)
{
	struct answer a = ANSWER_INIT(EXCHANGE_BYTES);
	struct err e = ERR_INIT;
	struct exchange x;
	int fd = socket_connect(f->path, &e), rc;

	exchange_init(&x, fd, clock_mono_ms() + WAIT_MS);
	rc = exchange_run(&x, method, path, body, body ? strlen(body) : 0, &a, &e);
	if (rc < 0)
		fail_msg("%s", e.text);
	*got = answer_json(&a);
	rc = a.status;
	answer_release(&a);
	close(fd);
	return rc;
}

static const char *text_at(const json_t *o, const char *one, const char *two)
{
	const char *text = json_string_value(json_object_get(json_object_get(o, one), two));

	return text ? text : "";
}

static void expect_refusal(struct fixture *f, const char *method, const char *path, const char *body, int status,
			   const char *code, const char *words)
{
	json_t *got;
	int rc = ask(f, method, path, body, &got);

	if (rc != status || !streq(text_at(got, "error", "code"), code) ||
	    !strstr(text_at(got, "error", "message"), words) || !*text_at(got, "error", "type"))
		fail_msg("%s %s: %d %s: %s", method, path, rc, text_at(got, "error", "code"),
			 text_at(got, "error", "message"));
	json_decref(got);
}

static const char *content_of(const json_t *got)
{
	const json_t *choice = json_array_get(json_object_get(got, "choices"), 0);

	return text_at(choice, "message", "content");
}

/* What the server was asked last. */
static json_t *asked_last(struct fixture *f)
{
	struct call_request r = { .place = &fake.place, .method = "GET", .path = "/last" };
	struct err e = ERR_INIT;
	auto_buf out = BUF_INIT;

	if (call_text(f->pool, &r, 1 << 20, &out, &e) != 200)
		fail_msg("%s", e.text);
	return json_loadb(buf_str(&out), out.len, 0, NULL);
}

/* --- tests --- */

static void the_models_are_listed(void **state)
{
	json_t *got;

	assert_int_equal(ask(*state, "GET", "/v1/models", NULL, &got), 200);
	assert_string_equal(json_string_value(json_object_get(json_array_get(json_object_get(got, "data"), 1), "id")),
			    "other");
	assert_int_equal(json_array_size(json_object_get(got, "data")), 2);
	json_decref(got);
	assert_int_equal(usage_of(*state).requests, 0);
}

static void a_question_is_answered(void **state)
{
	struct fixture *f = *state;
	struct gate_usage u;
	json_t *got, *last;

	server_start(f, NULL, NULL, NULL);
	assert_int_equal(ask(f, "POST", "/v1/chat/completions", QUESTION("small"), &got), 200);
	assert_string_equal(content_of(got), "echo: one two three");
	json_decref(got);
	last = asked_last(f);
	assert_string_equal(text_at(last, "body", "model"), "served");
	json_decref(last);
	u = usage_of(f);
	assert_int_equal(u.requests, 1);
	assert_int_equal(u.failures, 0);
	assert_int_equal(u.tokens, 7); /* three words asked, four answered */
	assert_int_equal(fake.tokens, 7);
	assert_int_equal(fake.left, 1);
}

static void embeddings_are_made(void **state)
{
	struct fixture *f = *state;
	json_t *got;

	server_start(f, NULL, NULL, NULL);
	assert_int_equal(ask(f, "POST", "/v1/embeddings", "{\"model\":\"small\",\"input\":\"one two\"}", &got), 200);
	assert_int_equal(json_array_size(json_object_get(got, "data")), 1);
	json_decref(got);
	assert_int_equal(usage_of(f).tokens, 2);
}

static void nothing_to_offer(void **state UNUSED)
{
	static const char *const models[] = { "missing", NULL };
	auto_free char *path = xasprintf("%s/none.sock", dir);
	struct gate_conf conf = { .path = path, .mode = 0600, .models = models, .for_whom = "task 'a'" };
	struct gate *g = NULL;

	assert_int_equal(gate_open(&conf, &g, NULL), 0);
	assert_null(g);
	assert_int_not_equal(access(path, F_OK), 0);
}

static void what_is_not_offered(void **state)
{
	struct fixture *f = *state;

	expect_refusal(f, "POST", "/v1/embeddings", QUESTION("missing"), 404, "model_not_found", "'missing'");
	expect_refusal(f, "POST", "/v1/chat/completions", QUESTION("large"), 404, "model_not_found", "'large'");
	expect_refusal(f, "POST", "/v1/chat/completions", "{\"messages\":[]}", 404, "model_not_found", "''");
	expect_refusal(f, "POST", "/v1/chat/completions", "{\"model\":", 400, "invalid_json", "no JSON object");
	expect_refusal(f, "POST", "/v1/chat/completions", "[]", 400, "invalid_json", "no JSON object");
	expect_refusal(f, "POST", "/v1/completions", "{}", 404, "not_found", "/v1/embeddings");
	expect_refusal(f, "GET", "/v1/chat/completions", NULL, 405, "method_not_allowed", "");
	expect_refusal(f, "POST", "/v1/models", "{}", 405, "method_not_allowed", "");
	assert_int_equal(fake.entered, 0);
}

static void what_is_too_long(void **state)
{
	struct fixture *f = *state;
	size_t len = (16u << 20) + 1;
	char *body = xmalloc(len + 1);

	memset(body, ' ', len);
	body[len] = '\0';
	expect_refusal(f, "POST", "/v1/chat/completions", body, 413, "request_too_long", "16 MiB");
	body[len - 1] = '\0'; /* 16 MiB are not */
	expect_refusal(f, "POST", "/v1/chat/completions", body, 400, "invalid_json", "");
	free(body);
}

static void what_the_keeper_refuses(void **state)
{
	static const struct {
		int rc, status;
		const char *code;
	} rows[] = {
		{ -ENOENT, 404, "model_not_found" },    { -ENOTSUP, 404, "model_not_complete" },
		{ -ENODEV, 404, "no_device" },          { -ENOMEM, 503, "no_room" },
		{ -EBUSY, 429, "queue_full" },          { -ETIMEDOUT, 504, "timeout" },
		{ -ECHILD, 503, "server_not_started" }, { -ECONNRESET, 503, "server_died" },
		{ -EXDEV, 500, "internal_error" },
	};
	struct gate_usage u;

	for (size_t i = 0; i < N_ELEMS(rows); i++) {
		fake.refuse = rows[i].rc;
		expect_refusal(*state, "POST", "/v1/embeddings", QUESTION("small"), rows[i].status, rows[i].code,
			       "needs 12.0 GB");
	}
	u = usage_of(*state);
	assert_int_equal(u.requests, N_ELEMS(rows));
	assert_int_equal(u.failures, N_ELEMS(rows));
	assert_int_equal(fake.left, 0);
}

static void a_server_that_is_gone(void **state)
{
	struct fixture *f = *state;

	server_start(f, "--crash-on", "1", NULL);
	expect_refusal(f, "POST", "/v1/chat/completions", QUESTION("small"), 503, "server_died", "");
	expect_refusal(f, "POST", "/v1/chat/completions", QUESTION("small"), 503, "server_died", "the model 'small'");
	assert_int_equal(fake.broken, 2);
	assert_int_equal(fake.silent, 0);
	assert_int_equal(fake.left, 2);
	assert_int_equal(usage_of(f).failures, 2);
}

static void what_the_server_refuses(void **state)
{
	struct fixture *f = *state;
	auto_free char *answers = xasprintf("%s/answers.json", dir);
	json_t *rows = json_pack("[{s:s, s:i}]", "contains", "two", "status", 400), *got;

	assert_int_equal(json_dump_file(rows, answers, 0), 0);
	json_decref(rows);
	server_start(f, "--answers", answers, NULL);
	assert_int_equal(ask(f, "POST", "/v1/chat/completions", QUESTION("small"), &got), 400);
	assert_string_equal(text_at(got, "error", "message"), "as it was told");
	json_decref(got);
	assert_int_equal(usage_of(f).failures, 1);
	unlink(answers);
}

static void a_remote_server(void **state)
{
	struct fixture *f = *state;
	json_t *got;

	server_start(f, NULL, NULL, "secret");
	fake.authorization = "Authorization: Bearer secret";
	assert_int_equal(ask(f, "POST", "/v1/chat/completions", QUESTION("small"), &got), 200);
	assert_string_equal(content_of(got), "echo: one two three");
	json_decref(got);
	fake.authorization = "Authorization: Bearer false";
	expect_refusal(f, "POST", "/v1/chat/completions", QUESTION("small"), 502, "key_refused", "the key");
}

/* --- streams --- */

static int begin_stream(struct fixture *f, const char *body)
{
	auto_free char *text = xasprintf(
		"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: %zu\r\n\r\n%s", strlen(body), body);
	int fd = socket_connect(f->path, NULL);

	assert_true(fd >= 0);
	assert_int_equal(io_write_all(fd, text, strlen(text)), 0);
	return fd;
}

/* Until the answer holds that text, or is complete (NULL). False when the connection ended before. */
static bool read_until(int fd, struct answer *a, const char *text)
{
	char part[4096];
	int rc = 0;

	while (rc == 0 && !(text && strstr(buf_str(&a->body), text))) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		ssize_t n = poll(&p, 1, WAIT_MS) == 1 ? read(fd, part, sizeof(part)) : -1;

		if (n <= 0)
			return false;
		rc = answer_feed(a, part, (size_t)n);
	}
	return rc >= 0;
}

static char *stream_text(struct fixture *f, const char *body)
{
	struct answer a = ANSWER_INIT(EXCHANGE_BYTES);
	int fd = begin_stream(f, body);
	char *text;

	assert_true(read_until(fd, &a, NULL));
	assert_int_equal(a.status, 200);
	close(fd);
	text = buf_steal(&a.body);
	answer_release(&a);
	return text;
}

static void a_stream_passes(void **state)
{
	struct fixture *f = *state;
	auto_free char *text = NULL, *with_usage = NULL;
	json_t *last;

	server_start(f, NULL, NULL, NULL);
	text = stream_text(f, STREAM(""));
	assert_non_null(strstr(text, "\"content\": \" three\"") ?: strstr(text, "\"content\":\" three\""));
	assert_non_null(strstr(text, "data: [DONE]"));
	assert_null(strstr(text, "usage"));
	last = asked_last(f);
	assert_true(json_is_true(
		json_object_get(json_object_get(json_object_get(last, "body"), "stream_options"), "include_usage")));
	json_decref(last);
	with_usage = stream_text(f, STREAM("\"stream_options\":{\"include_usage\":true},"));
	assert_non_null(strstr(with_usage, "total_tokens"));
	assert_int_equal(usage_of(f).tokens, 14);
	assert_int_equal(fake.tokens, 14);
}

/* The second event comes after an hour: the first is there all the same, and the hour is not waited for. */
static void a_client_that_goes_away(void **state)
{
	struct fixture *f = *state;
	struct answer a = ANSWER_INIT(EXCHANGE_BYTES);
	int fd;

	server_start(f, "--chunk-ms", "3600000", NULL);
	fd = begin_stream(f, STREAM(""));
	assert_true(read_until(fd, &a, "assistant"));
	close(fd);
	wait_count(&fake.left, 1);
	assert_int_equal(fake.broken, 0);
	answer_release(&a);
}

static void a_client_that_goes_away_while_it_waits(void **state)
{
	int fd;

	fake.waits = true;
	fd = begin_stream(*state, STREAM(""));
	wait_count(&fake.waiting, 1);
	close(fd);
	wait_count(&fake.cancelled, 1);
}

static void a_server_that_dies_in_the_middle(void **state)
{
	struct fixture *f = *state;
	struct answer a = ANSWER_INIT(EXCHANGE_BYTES);
	int fd;

	server_start(f, "--chunk-ms", "3600000", NULL);
	fd = begin_stream(f, STREAM(""));
	assert_true(read_until(fd, &a, "assistant"));
	server_end(f);
	assert_false(read_until(fd, &a, NULL)); /* it looks like no end */
	wait_count(&fake.left, 1);
	assert_int_equal(fake.broken, 1);
	assert_int_equal(usage_of(f).failures, 1);
	answer_release(&a);
	close(fd);
}

/* --- the end --- */

static void what_runs_is_ended(void **state)
{
	struct fixture *f = *state;
	struct answer a = ANSWER_INIT(EXCHANGE_BYTES);
	int one, two;

	server_start(f, "--hang-on", "1", NULL);
	one = begin_stream(f, STREAM(""));
	wait_count(&fake.entered, 1);
	fake.waits = true;
	two = begin_stream(f, STREAM(""));
	wait_count(&fake.waiting, 1);
	assert_int_equal(usage_of(f).failures, 2);
	assert_int_equal(fake.left, 1);
	assert_int_equal(fake.cancelled, 1);
	answer_release(&a);
	close(one);
	close(two);
}

static void the_call_is_cancelled(void **state)
{
	struct fixture *f = *state;
	struct answer a = ANSWER_INIT(EXCHANGE_BYTES);
	int fd;

	fake.waits = true;
	fd = begin_stream(f, STREAM(""));
	wait_count(&fake.waiting, 1);
	mcp_cancel_raise(f->cancel);
	assert_true(read_until(fd, &a, NULL));
	assert_int_equal(a.status, 503);
	answer_release(&a);
	close(fd);
}

/* One of many clients: ten questions over one connection. cmocka is not to be asked in its thread. */
struct client {
	struct fixture *f;
	pthread_t thread;
	int answered;
};

static void *ask_ten(void *arg)
{
	static const char question[] = QUESTION("small");
	struct client *c = arg;
	auto_close int fd = socket_connect(c->f->path, NULL);
	struct exchange x;

	exchange_init(&x, fd, clock_mono_ms() + WAIT_MS);
	for (int i = 0; i < 10; i++) {
		struct answer a = ANSWER_INIT(EXCHANGE_BYTES);

		c->answered +=
			exchange_run(&x, "POST", "/v1/chat/completions", question, strlen(question), &a, NULL) == 0 &&
			a.status == 200;
		answer_release(&a);
	}
	return NULL;
}

static void many_at_once(void **state)
{
	struct client clients[12] = { 0 };
	struct fixture *f = *state;
	struct gate_usage u;

	server_start(f, NULL, NULL, NULL);
	for (size_t i = 0; i < N_ELEMS(clients); i++) {
		clients[i].f = f;
		assert_int_equal(pthread_create(&clients[i].thread, NULL, ask_ten, &clients[i]), 0);
	}
	for (size_t i = 0; i < N_ELEMS(clients); i++) {
		pthread_join(clients[i].thread, NULL);
		assert_int_equal(clients[i].answered, 10);
	}
	u = usage_of(f);
	assert_int_equal(u.requests, 120);
	assert_int_equal(u.tokens, 7 * 120);
}

static void too_many_at_once(void **state)
{
	int fd[16];

	fake.waits = true;
	for (size_t i = 0; i < N_ELEMS(fd); i++)
		fd[i] = begin_stream(*state, STREAM(""));
	wait_count(&fake.waiting, N_ELEMS(fd));
	expect_refusal(*state, "POST", "/v1/embeddings", QUESTION("small"), 429, "queue_full", "16 requests");
	for (size_t i = 0; i < N_ELEMS(fd); i++)
		close(fd[i]);
	wait_count(&fake.cancelled, N_ELEMS(fd));
}

static void the_socket_is_the_users_own(void **state)
{
	struct fixture *f = *state;
	struct stat sb;

	assert_int_equal(stat(f->path, &sb), 0);
	assert_int_equal(sb.st_mode & 07777, 0600);
}

#define WITH_GATE(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		WITH_GATE(the_models_are_listed),
		WITH_GATE(a_question_is_answered),
		WITH_GATE(embeddings_are_made),
		WITH_GATE(nothing_to_offer),
		WITH_GATE(what_is_not_offered),
		WITH_GATE(what_is_too_long),
		WITH_GATE(what_the_keeper_refuses),
		WITH_GATE(a_server_that_is_gone),
		WITH_GATE(what_the_server_refuses),
		WITH_GATE(a_remote_server),
		WITH_GATE(a_stream_passes),
		WITH_GATE(a_client_that_goes_away),
		WITH_GATE(a_client_that_goes_away_while_it_waits),
		WITH_GATE(a_server_that_dies_in_the_middle),
		WITH_GATE(what_runs_is_ended),
		WITH_GATE(the_call_is_cancelled),
		WITH_GATE(many_at_once),
		WITH_GATE(too_many_at_once),
		WITH_GATE(the_socket_is_the_users_own),
	};
	ssize_t n = readlink("/proc/self/exe", server_path, sizeof(server_path) - sizeof("/server"));
	int rc;

	signal(SIGPIPE, SIG_IGN);
	if (n < 0 || !mkdtemp(dir))
		return 99;
	strcpy(strrchr(server_path, '/'), "/server");
	rc = RUN_TESTS(tests);
	io_remove_tree(AT_FDCWD, dir);
	return rc;
}
