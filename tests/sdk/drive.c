/* Drives the test server: what the protocol asks, and what its calls must not do. */
#include "tests/sdk/peer.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "sdk/sandbox.h"

static void test_initialize(void)
{
	static const struct {
		const char *asked, *given;
	} cases[] = {
		{ "2025-11-25", "2025-11-25" }, { "2025-06-18", "2025-06-18" }, { "2025-03-26", "2025-03-26" },
		{ "2024-11-05", "2024-11-05" }, { "2031-01-01", "2025-11-25" },
	};

	for (size_t i = 0; i < N_ELEMS(cases); i++) {
		json_t *a = answer(
			request("initialize", json_pack("{s:s, s:{}, s:{s:s, s:s}}", "protocolVersion", cases[i].asked,
							"capabilities", "clientInfo", "name", "drive", "version", "1")),
			NULL);

		ok(streq(text_of(a, "protocolVersion"), cases[i].given) && result_of(a, "serverInfo"),
		   "initialize with %s gets %s", cases[i].asked, cases[i].given);
		json_decref(a);
	}
	send_line("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}");
}

static void expect_error(const char *line, int id, int code, const char *what)
{
	json_t *a;

	send_line(line);
	a = answer(id, NULL);
	ok(error_code(a) == code, "%s gets %d", what, code);
	json_decref(a);
}

static void test_requests(void)
{
	json_t *a = answer(request("tools/list", NULL), NULL);

	ok(json_array_size(result_of(a, "tools")) == 11, "tools/list has every tool of the manifest");
	json_decref(a);
	expect_error("{\"jsonrpc\":\"2.0\",\"id\":900,\"method\":\"server/discover\"}", 900, -32601,
		     "an unknown method");
	expect_error("{\"jsonrpc\":\"2.0\",\"id\":901,\"method\":\"tools/list\",\"params\":{\"cursor\":\"\"}}", 901,
		     -32602, "a cursor that was never given");
	expect_error("{\"jsonrpc\":\"2.0\",\"id\":902,\"method\":\"tools/call\",\"params\":{\"name\":\"none\"}}", 902,
		     -32602, "an unknown tool");
	expect_error("{\"jsonrpc\":\"2.0\",\"id\":903,\"method\":\"tools/call\",\"params\":[1]}", 903, -32602,
		     "a list of params");
	expect_error("{\"jsonrpc\":\"2.0\",\"id\":904,\"method\":\"logging/setLevel\",\"params\":{\"level\":\"loud\"}}",
		     904, -32602, "an unknown log level");
	expect_error("this is no JSON", 0, -32700, "a line of garbage");
	expect_error("\x01\xff{{{{", 0, -32700, "a line of bytes");
	expect_error("{\"jsonrpc\":\"2.0\",\"id\":null,\"method\":\"ping\"}", 0, -32600, "an id of null");
	expect_error("{\"id\":905,\"method\":\"ping\"}", 905, -32600, "a message without jsonrpc");
	send_line("");
	send_line("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/of/another/kind\"}");
	send_line("{\"jsonrpc\":\"2.0\",\"id\":77,\"result\":{}}");
	ok(alive(), "an empty line, an unknown notification and a stray answer are passed over");
}

static void test_long_line(void)
{
	size_t len = (8u << 20) + 100;
	char *line = xmalloc(len + 1);

	memset(line, 'x', len);
	line[len] = '\0';
	expect_error(line, 0, -32600, "a line over 8 MiB");
	free(line);
	ok(alive(), "the line after it is read");
}

static void test_burst(void)
{
	auto_buf b = BUF_INIT;
	int id = server.next_id, n = 0;

	for (int i = 1; i <= 100; i++)
		buf_printf(&b, "{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"ping\"}\n", id + i);
	server.next_id += 100;
	io_write_all(server.in, b.data, b.len);
	for (json_t *a; n < 100 && (a = receive(WAIT_MS)); n++)
		json_decref(a);
	ok(n == 100, "a hundred requests in one write get a hundred answers");
}

static void test_echo(void)
{
	json_t *seen = json_array(), *a;
	int id = request("tools/call",
			 json_pack("{s:s, s:{s:s}}", "name", "echo", "arguments", "text", "gr\xC3\xBC\xC3\x9F dich"));
	const char *text;

	a = answer(id, seen);
	text = json_string_value(json_object_get(result_of(a, "structuredContent"), "text"));
	ok(text && streq(text, "gr\xC3\xBC\xC3\x9F dich") && json_is_false(result_of(a, "isError")),
	   "a call answers with structured content");
	ok(json_array_size(result_of(a, "content")) == 2, "and with text and a file");
	ok(json_array_size(seen) == 1, "and its log line came before");
	json_decref(a);
	json_decref(seen);
	a = call("echo", json_object());
	ok(streq(kind_of(a), "arguments"), "a missing argument is an error of the tool");
	json_decref(a);
}

static void test_bad_ends(void)
{
	static const struct {
		const char *tool, *how, *kind;
	} cases[] = {
		{ "crash", "segv", "crash" },       { "crash", "abort", "crash" },
		{ "crash", "exit", "exit" },        { "crash", "silent", "protocol" },
		{ "crash", "garbage", "protocol" }, { "flood", "", "too_large" },
		{ "spin", "", "cpu_limit" },        { "hog", "", "memory" },
	};

	for (size_t i = 0; i < N_ELEMS(cases); i++) {
		json_t *a;

		if (sandbox_sanitized() && (streq(cases[i].tool, "hog") || streq(cases[i].how, "segv")))
			continue; /* no limit of memory there, and the sanitizer ends the process its own way */
		a = call(cases[i].tool, json_pack("{s:s}", "how", cases[i].how));
		ok(streq(kind_of(a), cases[i].kind), "%s %s ends as '%s'", cases[i].tool, cases[i].how, cases[i].kind);
		json_decref(a);
	}
	ok(alive(), "the server lives on");
}

static void test_timeout(void)
{
	int64_t begin_ms = clock_mono_ms();
	json_t *a = call("short", json_pack("{s:i}", "ms", 15000));

	ok(streq(kind_of(a), "timeout") && clock_mono_ms() - begin_ms < 10000, "a call is ended when its time is over");
	json_decref(a);
}

static int start_sleep(int ms)
{
	return request("tools/call", json_pack("{s:s, s:{s:i}, s:{s:s}}", "name", "sleep", "arguments", "ms", ms,
					       "_meta", "progressToken", "t"));
}

static void test_cancel(void)
{
	int id = start_sleep(15000);
	json_t *got = receive(WAIT_MS); /* its first progress: it runs */
	auto_free char *line = xasprintf("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{"
					 "\"requestId\":%d}}",
					 id);

	json_decref(got);
	send_line(line);
	ok(alive(), "the server answers after a cancel");
	got = receive(300);
	ok(!got, "a cancelled call is not answered");
	json_decref(got);
}

static void test_parallel(void)
{
	int64_t begin_ms = clock_mono_ms();
	int n = 0;

	for (int i = 0; i < 6; i++)
		start_sleep(1000);
	while (n < 6) {
		json_t *got = receive(WAIT_MS);

		if (!got)
			break;
		n += json_object_get(got, "id") != NULL;
		json_decref(got);
	}
	ok(n == 6 && clock_mono_ms() - begin_ms < 4000, "six calls of a second each run side by side");
	for (int i = 0; i < 12; i++)
		start_sleep(100);
	for (n = 0; n < 12;) {
		json_t *got = receive(WAIT_MS);

		if (!got)
			break;
		n += json_object_get(got, "id") != NULL;
		json_decref(got);
	}
	ok(n == 12, "more calls than there is room for wait for their turn");
}

static void test_log(void)
{
	json_t *seen = json_array();
	json_t *a = answer(request("tools/call", json_pack("{s:s, s:{s:s}, s:{s:s}}", "name", "echo", "arguments",
							   "text", "hello", "_meta", "progressToken", "line")),
			   seen);
	const json_t *params = json_object_get(json_array_get(seen, 0), "params");
	const char *token = json_string_value(json_object_get(json_object_get(params, "_meta"), "progressToken"));

	ok(json_array_size(seen) == 1 && token && streq(token, "line"), "a log line says whose it is");
	json_decref(a);
	json_decref(seen);
}

static void test_progress(void)
{
	json_t *seen = json_array(), *a = answer(start_sleep(150), seen), *one;
	double last = 0;
	size_t i;

	json_array_foreach (seen, i, one) {
		double now = json_number_value(json_object_get(json_object_get(one, "params"), "progress"));

		if (now <= last)
			break;
		last = now;
	}
	ok(json_array_size(seen) == 2 && i == 2, "progress rises and bears the token");
	json_decref(a);
	json_decref(seen);
}

static void test_spy(void)
{
	int id = start_sleep(2000);
	json_t *got = receive(WAIT_MS), *a, *error;
	const char *pid = json_string_value(json_object_get(json_object_get(got, "params"), "message")), *what;

	a = call("spy", json_pack("{s:i}", "pid", pid ? atoi(pid) : 0));
	json_decref(got);
	ok(json_object_size(result_of(a, "structuredContent")) >= 20, "the spy could report");
	json_object_foreach (result_of(a, "structuredContent"), what, error) {
		if (sandbox_sanitized() && strstr(what, "the server's "))
			continue; /* there the server stays dumpable for the leak check */
		ok(!streq(json_string_value(error), "done"), "a child cannot %s (%s)", what, json_string_value(error));
	}
	json_decref(a);
	a = answer(id, NULL);
	ok(result_of(a, "structuredContent") != NULL, "the sibling was not disturbed");
	json_decref(a);
}

static void test_end(void)
{
	int id, status;
	json_t *a;

	id = start_sleep(300);
	close(server.in);
	a = answer(id, NULL);
	ok(result_of(a, "structuredContent") != NULL, "a running call is answered after the input ended");
	json_decref(a);
	server.in = -1;
	status = stop();
	ok(WIFEXITED(status) && WEXITSTATUS(status) == 0, "then the server ends with 0");
	start();
	start_sleep(15000);
	json_decref(receive(WAIT_MS));
	close(server.out);
	server.out = -1;
	status = stop();
	ok(WIFEXITED(status), "nobody to answer: the server ends at once");
}

int main(void)
{
	signal(SIGPIPE, SIG_IGN);
	alarm(240);
	start();
	test_initialize();
	test_requests();
	test_long_line();
	test_burst();
	test_echo();
	test_bad_ends();
	test_timeout();
	test_cancel();
	test_parallel();
	test_log();
	test_progress();
	test_spy();
	test_end();
	return done();
}
