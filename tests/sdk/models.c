/* Tools that ask a model of the host: what the SDK makes of its answers, good and bad. */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/socket.h"
#include "tests/sdk/peer.h"

#define MODELS_OK       "{\"object\":\"list\",\"data\":[{\"id\":\"small\"},{\"id\":\"other\"}]}"
#define CHOICE(content) "{\"choices\":[{\"message\":{\"content\":\"" content "\"},\"finish_reason\":\"stop\"}]}"

static char dir[] = "/tmp/0711-sdk-models.XXXXXX";
static char gate_path[64];

/* What the gate does with a connection: an answer for each request in turn, the last one for all that follow. */
enum manner { WHOLE, CHUNKED, BYTE_BY_BYTE, CUT, SILENT, GARBAGE };

struct reply {
	int status; /* 0: no more */
	const char *body;
	enum manner manner;
};

static size_t body_length(const char *head)
{
	const char *at = strcasestr(head, "\r\nContent-Length:");

	return at ? strtoul(at + strlen("\r\nContent-Length:"), NULL, 10) : 0;
}

/* One request, head and body. False at the end of the connection. */
static bool read_request(int fd, struct buf *in)
{
	char part[4096], *end;
	ssize_t n;

	buf_clear(in);
	for (;;) {
		end = in->data ? strstr(in->data, "\r\n\r\n") : NULL;
		if (end && in->len >= (size_t)(end + 4 - in->data) + body_length(in->data))
			return true;
		n = read(fd, part, sizeof(part));
		if (n <= 0)
			return false;
		buf_add(in, part, (size_t)n);
	}
}

static void write_reply(int fd, const struct reply *r)
{
	size_t len = strlen(r->body), half = len / 2;
	auto_buf out = BUF_INIT;

	buf_printf(&out, "HTTP/1.1 %d Said\r\nContent-Type: application/json\r\n", r->status);
	if (r->manner == CHUNKED)
		buf_printf(&out, "Transfer-Encoding: chunked\r\n\r\n%zx\r\n%.*s\r\n%zX;x=1\r\n%s\r\n0\r\n\r\n", half,
			   (int)half, r->body, len - half, r->body + half);
	else
		buf_printf(&out, "Content-Length: %zu\r\n\r\n%s", len, r->body);
	if (r->manner == GARBAGE) {
		buf_clear(&out);
		buf_addstr(&out, "SSH-2.0-OpenSSH_9.2\r\n");
	}
	if (r->manner == CUT)
		out.len -= half + 1;
	for (size_t i = 0; r->manner == BYTE_BY_BYTE && i < out.len; i++)
		io_write_all(fd, out.data + i, 1);
	if (r->manner != BYTE_BY_BYTE)
		io_write_all(fd, out.data, out.len);
}

static void serve(int listener, const struct reply *replies)
{
	struct pollfd p = { .fd = listener, .events = POLLIN };
	auto_buf in = BUF_INIT;
	auto_close int fd = poll(&p, 1, WAIT_MS) == 1 ? accept(listener, NULL, NULL) : -1;

	while (fd >= 0 && read_request(fd, &in)) {
		if (replies->manner == SILENT)
			pause();
		write_reply(fd, replies);
		if (replies->manner == CUT || replies->manner == GARBAGE)
			return;
		replies += replies[1].status != 0;
	}
}

static pid_t gate_start(const struct reply *replies)
{
	int listener = socket_listen(gate_path, 0600, 4, NULL);
	pid_t pid = fork();

	if (pid == 0) {
		serve(listener, replies);
		_exit(0);
	}
	close(listener);
	return pid;
}

/* Calls the tool with the gate, and ends the gate; the answer's structuredContent, a new reference. */
static json_t *ask_through(const struct reply *replies, const char *tool, json_t *args)
{
	pid_t pid = gate_start(replies);
	json_t *params =
		json_pack("{s:s, s:o, s:{s:s}}", "name", tool, "arguments", args, "_meta", "0711/models", gate_path);
	json_t *a = answer(request("tools/call", params), NULL);
	json_t *got = json_incref(result_of(a, "structuredContent"));

	json_decref(a);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	unlink(gate_path);
	return got;
}

static const char *said(const json_t *got, const char *key)
{
	const char *text = json_string_value(json_object_get(got, key));

	return text ? text : "";
}

static void test_no_gate(void)
{
	json_t *a = call("ask", json_pack("{s:s}", "model", "small")), *got = result_of(a, "structuredContent");
	json_t *params;

	ok(streq(said(got, "code"), "ENODEV") && json_is_false(json_object_get(got, "has")),
	   "without a gate there is no model: %s", said(got, "text"));
	json_decref(a);
	params = json_pack("{s:s, s:{s:s}, s:{s:s}}", "name", "ask", "arguments", "model", "small", "_meta",
			   "0711/models", "/nowhere/models.sock");
	a = answer(request("tools/call", params), NULL);
	got = result_of(a, "structuredContent");
	ok(streq(said(got, "code"), "ENODEV"), "nor with one that is gone: %s", said(got, "text"));
	json_decref(a);
}

static void test_has(void)
{
	static const struct reply replies[] = { { 200, MODELS_OK, WHOLE }, { 200, CHOICE("fine"), WHOLE }, { 0 } };
	json_t *got = ask_through(replies, "ask", json_pack("{s:s}", "model", "small"));

	ok(json_is_true(json_object_get(got, "has")), "a model that the host offers is there");
	ok(streq(said(got, "code"), "") && streq(said(got, "answer"), "fine"), "and answers with a text");
	json_decref(got);
	got = ask_through(replies, "ask", json_pack("{s:s}", "model", "large"));
	ok(json_is_false(json_object_get(got, "has")), "another is not");
	json_decref(got);
}

/* What stands in the gate's second answer, and what the tool hears of it. */
static const struct {
	const char *name, *code;
	struct reply reply;
	bool schema;
	const char *answer; /* as JSON; NULL: none */
} cases[] = {
	{ "a text", "", { 200, CHOICE("gr\\u00fcn"), CHUNKED }, false, "\"gr\xC3\xBCn\"" },
	{ "a text, byte by byte", "", { 200, CHOICE("slow"), BYTE_BY_BYTE }, false, "\"slow\"" },
	{ "a schema's object", "", { 200, CHOICE("{\\\"page\\\":3}"), WHOLE }, true, "{\"page\": 3}" },
	{ "no JSON for a schema", "EPROTO", { 200, CHOICE("Sure! Page 3."), WHOLE }, true, NULL },
	{ "JSON of another type", "EPROTO", { 200, CHOICE("[3]"), WHOLE }, true, NULL },
	{ "JSON without what is required", "EPROTO", { 200, CHOICE("{}"), WHOLE }, true, NULL },
	{ "an answer without a choice", "EPROTO", { 200, "{\"choices\":[]}", WHOLE }, false, NULL },
	{ "an answer that is no JSON", "EPROTO", { 200, "<html>", WHOLE }, false, NULL },
	{ "an answer that was cut",
	  "E2BIG",
	  { 200, "{\"choices\":[{\"finish_reason\":\"length\",\"message\":{\"content\":\"a\"}}]}", WHOLE },
	  false,
	  NULL },
	{ "a refusal",
	  "EPROTO",
	  { 200, "{\"choices\":[{\"message\":{\"refusal\":\"I cannot\"}}]}", WHOLE },
	  false,
	  NULL },
	{ "404", "ENODEV", { 404, "{\"error\":{\"message\":\"no such model\"}}", WHOLE }, false, NULL },
	{ "413", "E2BIG", { 413, "{}", WHOLE }, false, NULL },
	{ "a context that is too long",
	  "E2BIG",
	  { 400, "{\"error\":{\"message\":\"too long\",\"code\":\"context_length_exceeded\"}}", WHOLE },
	  false,
	  NULL },
	{ "400", "EPROTO", { 400, "what?", WHOLE }, false, NULL },
	{ "429", "EAGAIN", { 429, "", WHOLE }, false, NULL },
	{ "503", "EAGAIN", { 503, "{\"error\":{\"message\":\"needs 12.0 GB, 9.1 free\"}}", CHUNKED }, false, NULL },
	{ "a connection that ends in the middle", "EAGAIN", { 200, CHOICE("half"), CUT }, false, NULL },
	{ "another protocol", "EPROTO", { 200, "", GARBAGE }, false, NULL },
};

static void test_answers(void)
{
	for (size_t i = 0; i < N_ELEMS(cases); i++) {
		struct reply replies[] = { { 200, MODELS_OK, WHOLE }, cases[i].reply, { 0 } };
		json_t *got = ask_through(replies, "ask",
					  json_pack("{s:s, s:b}", "model", "small", "schema", cases[i].schema));
		json_t *want = cases[i].answer ? json_loads(cases[i].answer, JSON_DECODE_ANY, NULL) : json_null();

		ok(streq(said(got, "code"), cases[i].code) && json_equal(json_object_get(got, "answer"), want),
		   "%s: '%s' %s", cases[i].name, said(got, "code"), said(got, "text"));
		json_decref(want);
		json_decref(got);
	}
}

static void test_reason(void)
{
	static const struct reply replies[] = { { 503, "{\"error\":{\"message\":\"needs 12.0 GB, 9.1 free\"}}", WHOLE },
						{ 0 } };
	json_t *got = ask_through(replies, "ask", json_pack("{s:s}", "model", "small"));

	ok(strstr(said(got, "text"), "'small'") && strstr(said(got, "text"), "needs 12.0 GB"),
	   "what the host says is in the sentence: %s", said(got, "text"));
	json_decref(got);
}

static void test_timeout(void)
{
	static const struct reply replies[] = { { 200, MODELS_OK, WHOLE }, { 200, "", SILENT }, { 0 } };
	json_t *got = ask_through(replies, "ask_short", json_pack("{s:s}", "model", "small"));

	ok(streq(said(got, "code"), "ETIMEDOUT"), "a model that is silent costs the answer, not the call: %s",
	   said(got, "text"));
	json_decref(got);
}

static void test_limit(void)
{
	static const struct reply replies[] = { { 200, MODELS_OK, WHOLE }, { 200, "", SILENT }, { 0 } };
	json_t *got = ask_through(replies, "ask", json_pack("{s:s, s:i}", "model", "small", "limit_ms", 100));

	ok(json_is_true(json_object_get(got, "has")) && streq(said(got, "code"), "ETIMEDOUT"),
	   "a tool may wait less long than its call lasts: %s", said(got, "text"));
	json_decref(got);
}

static void test_threads(void)
{
	static const struct reply replies[] = { { 200, CHOICE("shared"), CHUNKED }, { 0 } };
	json_t *got = ask_through(replies, "ask_many", json_pack("{s:s}", "model", "small"));

	ok(json_integer_value(json_object_get(got, "answered")) == 32, "four threads share the connection");
	json_decref(got);
}

int main(void)
{
	signal(SIGPIPE, SIG_IGN);
	alarm(240);
	if (!mkdtemp(dir))
		return 99;
	snprintf(gate_path, sizeof(gate_path), "%s/models.sock", dir);
	start();
	test_no_gate();
	test_has();
	test_answers();
	test_reason();
	test_timeout();
	test_limit();
	test_threads();
	ok(alive(), "the server lives on");
	stop();
	rmdir(dir);
	return done();
}
