/* The host against tests/mcp/server, which misbehaves on request. */
#include "tests/test.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/socket.h"
#include "mcp/host.h"

static struct spawner *spawner;
static struct mcp_host *host;
static char dir[] = "/var/tmp/0711fs-host-XXXXXX";
static char *server_dir, *doc_path;
static atomic_uint noise_lines;

/* A manifest for one way of beginning. */
static struct mcp_manifest *manifest(const char *id, const char *mode)
{
	static const char *const names[] = { "slow",   "never", "die", "noise",     "progress", "huge",  "fail",
					     "refuse", "files", "ask", "cancelled", "env",      "models" };
	json_t *tools =
		json_pack("[{s:s, s:{s:s, s:{s:{s:s}, s:{s:s, s:{s:s}}}}}, {s:s, s:{}, s:{s:{s:{s:{s:{s:s}}}}}}]",
			  "name", "echo", "inputSchema", "type", "object", "properties", "text", "type", "string",
			  "paths", "type", "array", "items", "type", "string", "name", "wrong", "inputSchema",
			  "outputSchema", "properties", "page", "properties", "number", "type", "integer");
	json_t *json = json_pack("{s:s, s:s, s:s, s:[s], s:s, s:s, s:{s:s}, s:{s:i, s:i, s:i}, s:o}", "id", id,
				 "version", "1.0", "command", "${dir}/server", "args", mode, "default_tool", "echo",
				 "input", "paths", "env", "DECLARED", "${dir}", "timeouts", "start_ms", 3000,
				 "stop_grace_ms", 200, "term_grace_ms", 200, "tools", tools);
	struct mcp_manifest *m = NULL;
	struct err e = ERR_INIT;

	for (size_t i = 0; i < N_ELEMS(names); i++)
		json_array_append_new(tools, json_pack("{s:s, s:{}}", "name", names[i], "inputSchema"));
	if (manifest_parse(server_dir, json, &m, &e) < 0)
		fail_msg("%s", e.text);
	return m;
}

static int call(const struct mcp_manifest *m, const char *tool, json_t *args, int64_t timeout_ms, struct mcp_result *r,
		struct err *e)
{
	struct mcp_call c = { .mcp = m, .tool = tool, .arguments = args, .timeout_ms = timeout_ms };
	int rc = mcp_host_call(host, &c, r, e);

	json_decref(args);
	return rc;
}

static void expect_call(const struct mcp_manifest *m, const char *tool, json_t *args, struct mcp_result *r)
{
	struct err e = ERR_INIT;

	if (call(m, tool, args, 20000, r, &e) < 0)
		fail_msg("%s: %s", tool, e.text);
}

static void expect_error(const struct mcp_manifest *m, const char *tool, json_t *args, int64_t timeout_ms, int rc,
			 const char *words)
{
	struct mcp_result r;
	struct err e = ERR_INIT;
	int got = call(m, tool, args, timeout_ms, &r, &e);

	if (got != rc || !strstr(e.text, words))
		fail_msg("%s answered %s: %s", tool, err_name(got), e.text);
	mcp_result_release(&r);
}

static json_int_t status_number(const char *id, const char *key)
{
	json_t *status = mcp_host_status(host, id);
	json_int_t n = json_integer_value(json_object_get(status, key));

	json_decref(status);
	return n;
}

static void test_echo_with_documents(void **state UNUSED)
{
	struct mcp_manifest *m = manifest("ECHO", "good");
	const struct mcp_document docs[] = { { "RFP (1).pdf", doc_path }, { "RFP (1).pdf", doc_path } };
	json_t *args = json_pack("{s:s}", "text", "hello");
	struct mcp_call c = { .mcp = m, .arguments = args, .documents = docs, .n_documents = 2 };
	struct mcp_result r;
	struct err e = ERR_INIT;
	const json_t *lines, *paths;

	if (mcp_host_call(host, &c, &r, &e) < 0)
		fail_msg("%s", e.text);
	lines = json_object_get(r.structured, "lines");
	paths = json_object_get(r.structured, "paths");
	assert_string_equal(json_string_value(json_object_get(r.structured, "text")), "hello");
	assert_string_equal(json_string_value(json_array_get(lines, 0)), "a document");
	assert_string_equal(json_string_value(json_array_get(lines, 1)), "a document");
	assert_non_null(strstr(json_string_value(json_array_get(paths, 0)), "/RFP (1).pdf"));
	assert_non_null(strstr(json_string_value(json_array_get(paths, 1)), "/2-RFP (1).pdf"));
	auto_free char *in = xasprintf("%s/mcp/ECHO/in", dir);
	assert_int_equal(rmdir(in), 0); /* the documents are gone after the call */
	assert_int_equal(mkdir(in, 0755), 0);
	assert_string_equal(r.text, "done");
	mcp_result_release(&r);
	json_decref(args);
	mcp_host_stop(host, "ECHO");
	manifest_free(m);
}

/* A gate of one connection, that says one thing. */
struct gate {
	int fd;
	char path[4096];
	pthread_t thread;
	int opened, closed, answer;
};

static void *gate_run(void *arg)
{
	struct gate *g = arg;
	struct pollfd p = { .fd = g->fd, .events = POLLIN };
	auto_close int fd = poll(&p, 1, 20000) == 1 ? accept(g->fd, NULL, NULL) : -1;

	if (fd >= 0)
		io_write_all(fd, "come in", 7);
	return NULL;
}

static int gate_open(void *ud, const char *path, struct err *e)
{
	struct gate *g = ud;

	g->opened++;
	snprintf(g->path, sizeof(g->path), "%s", path);
	if (g->answer <= 0)
		return g->answer < 0 ? err_set(e, g->answer, "the gate is shut") : 0;
	g->fd = socket_listen(path, geteuid() == 0 ? 0666 : 0600, 1, e);
	if (g->fd < 0)
		return g->fd;
	assert_int_equal(pthread_create(&g->thread, NULL, gate_run, g), 0);
	return 1;
}

static void gate_close(void *ud)
{
	struct gate *g = ud;

	g->closed++;
	pthread_join(g->thread, NULL);
	close(g->fd);
}

static int call_models(const struct mcp_manifest *m, struct gate *g, const char *end, struct mcp_result *r,
		       struct err *e)
{
	json_t *args = json_pack("{s:s}", "end", end);
	struct mcp_call c = { .mcp = m,
			      .tool = "models",
			      .arguments = args,
			      .open_models = gate_open,
			      .close_models = gate_close,
			      .ud = g };
	int rc = mcp_host_call(host, &c, r, e);

	json_decref(args);
	return rc;
}

static const char *said(const struct mcp_result *r, const char *key)
{
	const char *text = json_string_value(json_object_get(r->structured, key));

	return text ? text : "";
}

static void test_models(void **state UNUSED)
{
	struct mcp_manifest *m = manifest("MODELS", "good"), *none;
	struct gate g = { .answer = 1 };
	const char *one[] = { "small", NULL }, **empty = m->models;
	struct mcp_result r;
	struct err e = ERR_INIT;

	m->models = one;
	assert_int_equal(call_models(m, &g, "", &r, &e), 0);
	if (!streq(said(&r, "said"), "come in"))
		fail_msg("'%s': %s", said(&r, "gate"), said(&r, "error"));
	assert_non_null(strstr(said(&r, "gate"), "/models.sock"));
	assert_int_equal(g.closed, 1);
	assert_int_not_equal(access(g.path, F_OK), 0);
	mcp_result_release(&r);

	assert_int_equal(call_models(m, &g, "die", &r, &e), -ECONNRESET);
	assert_int_equal(g.closed, 2);

	g.answer = 0; /* the host has none of them */
	assert_int_equal(call_models(m, &g, "", &r, &e), 0);
	assert_string_equal(said(&r, "gate"), "");
	assert_int_equal(g.closed, 2);
	mcp_result_release(&r);

	g.answer = -EIO;
	assert_int_equal(call_models(m, &g, "", &r, &e), -EIO);
	assert_string_equal(e.text, "the gate is shut");
	assert_int_equal(g.closed, 2);

	none = manifest("MODELS", "good"); /* names none: nobody is asked */
	g.opened = 0;
	assert_int_equal(call_models(none, &g, "", &r, &e), 0);
	assert_int_equal(g.opened, 0);
	mcp_result_release(&r);
	mcp_host_stop(host, "MODELS");
	m->models = empty;
	manifest_free(none);
	manifest_free(m);
}

/* The name of the socket is never that of a document. */
static void test_document_like_the_socket(void **state UNUSED)
{
	struct mcp_manifest *m = manifest("SOCKET", "good");
	const struct mcp_document doc = { "models.sock", doc_path };
	struct mcp_call c = { .mcp = m, .documents = &doc, .n_documents = 1 };
	struct mcp_result r;
	struct err e = ERR_INIT;

	assert_int_equal(mcp_host_call(host, &c, &r, &e), 0);
	assert_non_null(
		strstr(json_string_value(json_array_get(json_object_get(r.structured, "paths"), 0)), "/2-models.sock"));
	mcp_result_release(&r);
	mcp_host_stop(host, "SOCKET");
	manifest_free(m);
}

static void test_missing_document(void **state UNUSED)
{
	struct mcp_manifest *m = manifest("MISSING", "good");
	const struct mcp_document doc = { "gone.pdf", "/nonexistent/blob" };
	struct mcp_call c = { .mcp = m, .documents = &doc, .n_documents = 1 };
	struct mcp_result r;
	struct err e = ERR_INIT;

	assert_int_equal(mcp_host_call(host, &c, &r, &e), -ENOENT);
	assert_non_null(strstr(e.text, "gone.pdf"));
	manifest_free(m);
}

static void test_arguments(void **state UNUSED)
{
	struct mcp_manifest *m = manifest("ARGS", "good");
	size_t size = 9u << 20;
	char *big = xmalloc(size + 1);

	memset(big, 'x', size);
	big[size] = '\0';
	expect_error(m, "echo", json_pack("{s:i}", "text", 1), 5000, -EINVAL, "'/text' is a number");
	expect_error(m, "echo", json_pack("{s:s}", "text", big), 5000, -E2BIG, "8388608 are allowed");
	expect_error(m, "none", json_object(), 5000, -ENOENT, "no tool 'none'");
	assert_int_equal(status_number("ARGS", "restarts"), 0);
	free(big);
	manifest_free(m);
}

static void test_errors_of_the_tool(void **state UNUSED)
{
	struct mcp_manifest *m = manifest("ERRORS", "good");
	struct mcp_result r;
	struct err e = ERR_INIT;

	assert_int_equal(call(m, "fail", json_pack("{s:s}", "text", "needs a password"), 5000, &r, &e), -EREMOTEIO);
	assert_true(r.is_error);
	assert_string_equal(r.text, "needs a password");
	assert_string_equal(e.text, "needs a password");
	assert_string_equal(json_string_value(json_object_get(r.meta, "kind")), "encrypted");
	mcp_result_release(&r);
	expect_error(m, "refuse", json_pack("{s:i}", "code", -32602), 5000, -EINVAL, "not today");
	expect_error(m, "refuse", json_pack("{s:i}", "code", -32603), 5000, -EPROTO, "not today");
	expect_error(m, "wrong", json_object(), 5000, -EPROTO, "'/page/number' is a string");
	manifest_free(m);
}

static void test_files(void **state UNUSED)
{
	static const char *const names[] = { "summary.md",   "passwd",   "output-3",    "output-4",
					     "2-summary.md", "data.bin", "summäry.txt", "output-8.png" };
	struct mcp_manifest *m = manifest("FILES", "good");
	struct mcp_result r;

	expect_call(m, "files", json_object(), &r);
	assert_int_equal(r.n_outputs, N_ELEMS(names));
	for (size_t i = 0; i < r.n_outputs; i++)
		assert_string_equal(r.outputs[i].name, names[i]);
	assert_string_equal(r.outputs[0].bytes, "# Summary\n");
	assert_int_equal(r.outputs[5].len, 4);
	assert_memory_equal(r.outputs[5].bytes, "\0\1\2\377", 4);
	mcp_result_release(&r);
	manifest_free(m);
}

/* What a call heard while it ran. */
struct heard {
	double percent;
	unsigned lines;
	char text[200];
};

static void hear_progress(void *ud, double percent, const char *message)
{
	struct heard *h = ud;

	h->percent = percent;
	assert_string_equal(message, "a page");
}

static void hear_log(void *ud, const char *level, const char *line)
{
	struct heard *h = ud;

	h->lines++;
	snprintf(h->text + strlen(h->text), sizeof(h->text) - strlen(h->text), "%s=%s;", level, line);
}

static void test_progress_and_log(void **state UNUSED)
{
	struct mcp_manifest *m = manifest("PROGRESS", "good");
	struct heard heard = { .percent = 0 };
	json_t *args = json_pack("{s:i}", "ms", 50);
	struct mcp_call c = { .mcp = m,
			      .tool = "progress",
			      .arguments = args,
			      .on_progress = hear_progress,
			      .on_log = hear_log,
			      .ud = &heard };
	struct mcp_result r;

	assert_int_equal(mcp_host_call(host, &c, &r, NULL), 0);
	assert_true(heard.percent == 100);
	assert_int_equal(heard.lines, 2);
	assert_non_null(strstr(heard.text, "info=a log line;"));
	assert_non_null(strstr(heard.text, "stderr=an error line;"));
	mcp_result_release(&r);
	json_decref(args);
	manifest_free(m);
}

static void test_noise(void **state UNUSED)
{
	struct mcp_manifest *m = manifest("NOISE", "noisy");
	struct mcp_result r;

	expect_call(m, "noise", json_object(), &r);
	mcp_result_release(&r);
	assert_int_equal(status_number("NOISE", "stdout_noise"), 4);
	assert_true(atomic_load(&noise_lines) >= 4);
	manifest_free(m);
}

static void test_requests_of_the_server(void **state UNUSED)
{
	struct mcp_manifest *m = manifest("ASK", "good");
	const json_t *answers;
	struct mcp_result r;

	expect_call(m, "ask", json_object(), &r);
	answers = json_object_get(r.structured, "answers");
	assert_true(json_is_object(json_object_get(json_array_get(answers, 0), "result")));
	assert_int_equal(json_integer_value(json_object_get(json_array_get(answers, 1), "code")), -32601);
	mcp_result_release(&r);
	manifest_free(m);
}

static void test_environment(void **state UNUSED)
{
	struct mcp_manifest *m = manifest("ENV", "good");
	struct mcp_result r;
	bool declared = false;

	setenv("FS0711_SECRET", "x", 1);
	expect_call(m, "env", json_object(), &r);
	for (size_t i = 0; i < json_array_size(json_object_get(r.structured, "env")); i++) {
		const char *one = json_string_value(json_array_get(json_object_get(r.structured, "env"), i));

		assert_null(strstr(one, "FS0711_SECRET"));
		declared |= util_starts(one, "DECLARED=") && streq(one + 9, m->dir);
	}
	assert_true(declared);
	mcp_result_release(&r);
	manifest_free(m);
}

/* Calls from many threads to one server; their answers come in the reverse order. */
struct slow_call {
	const struct mcp_manifest *m;
	int ms, rc;
	char text[16], got[16];
};

static void *run_slow(void *ud)
{
	struct slow_call *s = ud;
	struct mcp_result r;
	struct err e = ERR_INIT;

	s->rc = call(s->m, "slow", json_pack("{s:s, s:i}", "text", s->text, "ms", s->ms), 20000, &r, &e);
	if (s->rc == 0)
		snprintf(s->got, sizeof(s->got), "%s", json_string_value(json_object_get(r.structured, "text")));
	mcp_result_release(&r);
	return NULL;
}

static void test_many_at_once(void **state UNUSED)
{
	struct mcp_manifest *m = manifest("MANY", "good");
	struct slow_call calls[8];
	pthread_t threads[8];
	int64_t began = clock_mono_ms();

	for (int i = 0; i < 8; i++) {
		calls[i] = (struct slow_call){ .m = m, .ms = 800 - i * 50 };
		snprintf(calls[i].text, sizeof(calls[i].text), "call %d", i);
		assert_int_equal(pthread_create(&threads[i], NULL, run_slow, &calls[i]), 0);
	}
	for (int i = 0; i < 8; i++) {
		pthread_join(threads[i], NULL);
		assert_int_equal(calls[i].rc, 0);
		assert_string_equal(calls[i].got, calls[i].text);
	}
	assert_true(clock_mono_ms() - began < 3000);
	assert_int_equal(status_number("MANY", "restarts"), 0);
	assert_int_equal(status_number("MANY", "calls"), 8);
	manifest_free(m);
}

static void test_timeout(void **state UNUSED)
{
	struct mcp_manifest *m = manifest("TIMEOUT", "good");
	struct mcp_result r;

	expect_error(m, "never", json_object(), 300, -ETIMEDOUT, "did not answer tools/call within 300 ms");
	expect_call(m, "cancelled", json_object(), &r);
	assert_int_equal(json_integer_value(json_object_get(r.structured, "cancelled")), 1);
	mcp_result_release(&r);
	manifest_free(m);
}

static void *raise_later(void *ud)
{
	usleep(200000);
	mcp_cancel_raise(ud);
	return NULL;
}

static void cancel_one(const struct mcp_manifest *m, const char *tool)
{
	struct mcp_cancel *cancel = mcp_cancel_new();
	struct mcp_call c = { .mcp = m, .tool = tool, .cancel = cancel, .timeout_ms = 20000 };
	int64_t began = clock_mono_ms();
	struct mcp_result r;
	struct err e = ERR_INIT;
	pthread_t thread;

	assert_int_equal(pthread_create(&thread, NULL, raise_later, cancel), 0);
	assert_int_equal(mcp_host_call(host, &c, &r, &e), -ECANCELED);
	assert_in_range(clock_mono_ms() - began, 150, 2500);
	pthread_join(thread, NULL);
	assert_int_equal(mcp_host_call(host, &c, &r, &e), -ECANCELED);
	mcp_cancel_free(cancel);
}

static void test_cancel(void **state UNUSED)
{
	struct mcp_manifest *m = manifest("CANCEL", "good"), *silent = manifest("SILENT", "silent");

	cancel_one(m, "never");
	cancel_one(silent, "echo"); /* while it starts */
	manifest_free(m);
	manifest_free(silent);
}

static void test_death(void **state UNUSED)
{
	struct mcp_manifest *m = manifest("DEATH", "good");
	struct mcp_result r;
	struct slow_call other = { .m = m, .ms = 10000 };
	pthread_t thread;
	int64_t began;

	expect_call(m, "echo", json_object(), &r);
	mcp_result_release(&r);
	assert_int_equal(pthread_create(&thread, NULL, run_slow, &other), 0);
	while (status_number("DEATH", "in_flight") == 0)
		usleep(1000);
	began = clock_mono_ms();
	expect_error(m, "die", json_pack("{s:i}", "code", 5), 20000, -ECONNRESET, "exited with code 5");
	pthread_join(thread, NULL);
	assert_int_equal(other.rc, -ECONNRESET);
	assert_true(clock_mono_ms() - began < 2000);
	expect_call(m, "echo", json_object(), &r); /* it is started again at once */
	mcp_result_release(&r);
	assert_int_equal(status_number("DEATH", "restarts"), 1);
	expect_error(m, "die", json_pack("{s:i}", "signal", SIGKILL), 20000, -ECONNRESET, "killed by signal 9");
	expect_error(m, "die", json_pack("{s:i}", "code", 1), 20000, -ECONNRESET, "of a broken heart");
	began = clock_mono_ms();
	expect_call(m, "echo", json_object(), &r); /* after a pause */
	mcp_result_release(&r);
	assert_true(clock_mono_ms() - began >= 150);
	manifest_free(m);
}

/* Calls that meet the death may fail, depending on who is faster; then all is as before. */
static void test_killed_from_outside(void **state UNUSED)
{
	struct mcp_manifest *m = manifest("KILLED", "good");
	struct mcp_result r;
	struct err e = ERR_INIT;

	expect_call(m, "echo", json_object(), &r);
	mcp_result_release(&r);
	assert_int_equal(kill((pid_t)status_number("KILLED", "pid"), SIGKILL), 0);
	while (status_number("KILLED", "restarts") == 0) {
		int rc = call(m, "echo", json_object(), 5000, &r, &e);

		assert_true(rc == 0 || rc == -ECONNRESET);
		mcp_result_release(&r);
	}
	expect_call(m, "echo", json_object(), &r);
	mcp_result_release(&r);
	manifest_free(m);
}

static void test_no_start(void **state UNUSED)
{
	struct mcp_manifest *m = manifest("EXIT", "exit");
	json_t *status;

	expect_error(m, "echo", json_object(), 5000, -ECHILD, "cannot find my license");
	status = mcp_host_status(host, "EXIT");
	assert_string_equal(json_string_value(json_object_get(status, "state")), "failed");
	assert_non_null(strstr(json_string_value(json_object_get(status, "last_error")), "exited with code 3"));
	json_decref(status);
	manifest_free(m);
	m = manifest("VERSION", "version");
	expect_error(m, "echo", json_object(), 5000, -ECHILD, "1999-01-01");
	manifest_free(m);
	m = manifest("NOBINARY", "good");
	free(m->argv[0]);
	m->argv[0] = xasprintf("%s/nothing", m->dir);
	expect_error(m, "echo", json_object(), 5000, -ECHILD, "nothing': ");
	manifest_free(m);
}

static void test_huge(void **state UNUSED)
{
	struct mcp_manifest *m = manifest("HUGE", "good");
	struct mcp_result r;

	expect_call(m, "huge", json_pack("{s:i}", "mib", 20), &r);
	assert_int_equal(strlen(r.text), 20u << 20);
	mcp_result_release(&r);
	expect_error(m, "huge", json_pack("{s:i}", "mib", 65), 20000, -EMSGSIZE, "64 MiB");
	expect_call(m, "echo", json_object(), &r); /* the session lives on */
	mcp_result_release(&r);
	assert_int_equal(status_number("HUGE", "restarts"), 0);
	manifest_free(m);
}

static void test_stubborn(void **state UNUSED)
{
	struct mcp_manifest *m = manifest("STUBBORN", "stubborn");
	struct mcp_result r;
	int64_t began;
	pid_t pid;

	expect_call(m, "echo", json_object(), &r);
	mcp_result_release(&r);
	pid = (pid_t)status_number("STUBBORN", "pid");
	began = clock_mono_ms();
	mcp_host_stop(host, "STUBBORN");
	assert_in_range(clock_mono_ms() - began, 350, 3000);
	assert_int_equal(kill(pid, 0), -1);
	manifest_free(m);
}

static void test_idle(void **state UNUSED)
{
	struct mcp_manifest *m = manifest("IDLE", "good");
	struct mcp_result r;

	m->timeouts.idle_ms = 100;
	expect_call(m, "echo", json_object(), &r);
	mcp_result_release(&r);
	usleep(400000);
	json_t *status = mcp_host_status(host, "IDLE");

	assert_string_equal(json_string_value(json_object_get(status, "state")), "off");
	json_decref(status);
	expect_call(m, "echo", json_object(), &r);
	mcp_result_release(&r);
	assert_null(json_string_value(json_object_get(status = mcp_host_status(host, "IDLE"), "last_error")));
	json_decref(status);
	manifest_free(m);
}

static void test_round_trip(void **state UNUSED)
{
	struct mcp_manifest *m = manifest("SPEED", "good");
	int64_t began;
	struct mcp_result r;
	int n = 200;

	began = clock_mono_ms();
	expect_call(m, "echo", json_object(), &r);
	mcp_result_release(&r);
	print_message("# %d ms to start a server and call it\n", (int)(clock_mono_ms() - began));
	began = clock_mono_ms();
	for (int i = 0; i < n; i++) {
		expect_call(m, "echo", json_object(), &r);
		mcp_result_release(&r);
	}
	print_message("# %d us for one call\n", (int)((clock_mono_ms() - began) * 1000 / n));
	manifest_free(m);
}

static void test_cancel_all(void **state UNUSED)
{
	struct mcp_manifest *m = manifest("LAST", "good");
	struct slow_call calls[3];
	pthread_t threads[3];
	struct mcp_result r;

	expect_call(m, "echo", json_object(), &r);
	mcp_result_release(&r);
	for (int i = 0; i < 3; i++) {
		calls[i] = (struct slow_call){ .m = m, .ms = 10000 };
		assert_int_equal(pthread_create(&threads[i], NULL, run_slow, &calls[i]), 0);
	}
	while (status_number("LAST", "in_flight") < 3)
		usleep(1000);
	mcp_host_cancel_all(host);
	for (int i = 0; i < 3; i++) {
		pthread_join(threads[i], NULL);
		assert_int_equal(calls[i].rc, -ECANCELED);
	}
	expect_error(m, "echo", json_object(), 1000, -ECANCELED, "");
	manifest_free(m);
}

static void count_line(void *ud UNUSED, const char *id UNUSED, const char *level, const char *line UNUSED)
{
	if (streq(level, "stdout!"))
		atomic_fetch_add(&noise_lines, 1);
}

static int setup(void **state UNUSED)
{
	char self[4096];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	struct err e = ERR_INIT;
	int fd;

	if (n < 0 || !mkdtemp(dir))
		return -1;
	self[n] = '\0';
	server_dir = xstrdup(dirname(self));
	doc_path = xasprintf("%s/blob", dir);
	fd = open(doc_path, O_WRONLY | O_CREAT | O_CLOEXEC, 0444);
	if (fd < 0 || io_write_all(fd, "a document\n", 11) < 0)
		return -1;
	close(fd);
	if (spawner_start(&spawner, &e) < 0 || mcp_host_open(spawner, dir, count_line, NULL, &host, &e) < 0) {
		print_message("# %s\n", e.text);
		return -1;
	}
	return 0;
}

static int teardown(void **state UNUSED)
{
	mcp_host_close(host);
	spawner_stop(spawner);
	io_remove_tree(AT_FDCWD, dir);
	free(server_dir);
	free(doc_path);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_echo_with_documents),
		cmocka_unit_test(test_models),
		cmocka_unit_test(test_document_like_the_socket),
		cmocka_unit_test(test_missing_document),
		cmocka_unit_test(test_arguments),
		cmocka_unit_test(test_errors_of_the_tool),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_progress_and_log),
		cmocka_unit_test(test_noise),
		cmocka_unit_test(test_requests_of_the_server),
		cmocka_unit_test(test_environment),
		cmocka_unit_test(test_many_at_once),
		cmocka_unit_test(test_timeout),
		cmocka_unit_test(test_cancel),
		cmocka_unit_test(test_death),
		cmocka_unit_test(test_killed_from_outside),
		cmocka_unit_test(test_no_start),
		cmocka_unit_test(test_huge),
		cmocka_unit_test(test_stubborn),
		cmocka_unit_test(test_idle),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_cancel_all),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
