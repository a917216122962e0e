/*
 * server - an MCP server that misbehaves on request, written without the SDK so that only the host is tested
 *
 * argv[1] says how it begins: "good", "exit" (with code 3 and last words), "silent", "version" (an unknown one),
 * "noisy" (prints before its first answer), "stubborn" (ignores the end of its input and SIGTERM). Each tool is a row
 * of tools[].
 */
#include <errno.h>
#include <jansson.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/socket.h"

/* A call that is answered later. */
struct later {
	struct later *next;
	json_t *id, *result;
	long long at_ms;
};

static struct later *waiting;
static int asked;         /* requests of ours that the host has not answered */
static json_t *asked_for; /* the call that waits for those answers, by id */
static json_t *host_answers;
static unsigned cancelled;

static long long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

static void say(json_t *message)
{
	char *text = json_dumps(message, JSON_COMPACT);

	fputs(text, stdout);
	putchar('\n');
	fflush(stdout);
	free(text);
	json_decref(message);
}

static void answer(const json_t *id, json_t *result)
{
	say(json_pack("{s:s, s:O, s:o}", "jsonrpc", "2.0", "id", id, "result", result));
}

static json_t *text_result(const char *text)
{
	return json_pack("{s:[{s:s, s:s}]}", "content", "type", "text", "text", text);
}

static json_t *structured(json_t *value)
{
	json_t *result = text_result("done");

	json_object_set_new(result, "structuredContent", value);
	return result;
}

static void answer_later(const json_t *id, json_t *result, long long after_ms)
{
	struct later *l = calloc(1, sizeof(*l));

	l->id = json_deep_copy(id);
	l->result = result;
	l->at_ms = now_ms() + after_ms;
	l->next = waiting;
	waiting = l;
}

static const char *text_of(const json_t *args, const char *key)
{
	const char *text = json_string_value(json_object_get(args, key));

	return text ? text : "";
}

static long long number_of(const json_t *args, const char *key)
{
	return json_integer_value(json_object_get(args, key));
}

/* --- tools --- */

static json_t *first_line(const char *path)
{
	char line[200] = "";
	FILE *f = fopen(path, "r");

	if (!f)
		return json_string(strerror(errno));
	if (fgets(line, sizeof(line), f))
		line[strcspn(line, "\n")] = '\0';
	fclose(f);
	return json_string(line);
}

static void tool_echo(const json_t *id, const json_t *args, const json_t *token UNUSED)
{
	json_t *paths = json_object_get(args, "paths"), *lines = json_array();

	for (size_t i = 0; i < json_array_size(paths); i++)
		json_array_append_new(lines, first_line(json_string_value(json_array_get(paths, i))));
	answer(id, structured(json_pack("{s:s, s:o, s:O?, s:i}", "text", text_of(args, "text"), "lines", lines, "paths",
					paths, "pid", (int)getpid())));
}

static void tool_slow(const json_t *id, const json_t *args, const json_t *token UNUSED)
{
	answer_later(id, structured(json_pack("{s:s}", "text", text_of(args, "text"))), number_of(args, "ms"));
}

static void tool_never(const json_t *id UNUSED, const json_t *args UNUSED, const json_t *token UNUSED)
{
}

static void tool_die(const json_t *id UNUSED, const json_t *args, const json_t *token UNUSED)
{
	fprintf(stderr, "about to die\nof a broken heart\n");
	fflush(stderr);
	if (number_of(args, "signal"))
		raise((int)number_of(args, "signal"));
	_exit((int)number_of(args, "code"));
}

static void tool_noise(const json_t *id, const json_t *args UNUSED, const json_t *token UNUSED)
{
	printf("loading model 50%%\n\n\r\n{\"not\": \"a message\"}\n{broken\n");
	answer(id, structured(json_object()));
}

static void tool_progress(const json_t *id, const json_t *args, const json_t *token)
{
	for (int i = 1; i <= 4; i++)
		say(json_pack("{s:s, s:s, s:{s:O, s:f, s:i, s:s}}", "jsonrpc", "2.0", "method",
			      "notifications/progress", "params", "progressToken", token, "progress", i * 1.0, "total",
			      4, "message", "a page"));
	say(json_pack("{s:s, s:s, s:{s:s, s:s}}", "jsonrpc", "2.0", "method", "notifications/message", "params",
		      "level", "info", "data", "a log line"));
	fprintf(stderr, "an error line\n");
	fflush(stderr);
	say(json_pack("{s:s, s:s}", "jsonrpc", "2.0", "method", "notifications/tools/list_changed"));
	answer_later(id, structured(json_object()), number_of(args, "ms"));
}

static void tool_huge(const json_t *id, const json_t *args, const json_t *token UNUSED)
{
	size_t size = (size_t)number_of(args, "mib") << 20;
	char *text = malloc(size + 1);

	memset(text, 'x', size);
	text[size] = '\0';
	answer(id, text_result(text));
	free(text);
}

static void tool_wrong(const json_t *id, const json_t *args UNUSED, const json_t *token UNUSED)
{
	answer(id, structured(json_pack("{s:{s:s}}", "page", "number", "one")));
}

static void tool_fail(const json_t *id, const json_t *args, const json_t *token UNUSED)
{
	json_t *result = text_result(text_of(args, "text"));

	json_object_set_new(result, "isError", json_true());
	json_object_set_new(result, "_meta", json_pack("{s:s}", "kind", "encrypted"));
	answer(id, result);
}

static void tool_refuse(const json_t *id, const json_t *args, const json_t *token UNUSED)
{
	say(json_pack("{s:s, s:O, s:{s:I, s:s}}", "jsonrpc", "2.0", "id", id, "error", "code",
		      (json_int_t)number_of(args, "code"), "message", "not today"));
}

static void tool_files(const json_t *id, const json_t *args UNUSED, const json_t *token UNUSED)
{
	static const struct {
		const char *uri, *key, *value;
	} files[] = {
		{ "output:///summary.md", "text", "# Summary\n" },
		{ "output:///../../etc/passwd", "text", "x" },
		{ "output:///a%2fb", "text", "x" },
		{ "output:///..", "text", "x" },
		{ "output:///summary.md", "text", "again" },
		{ "file:///data.bin?x=1", "blob", "AAEC/w==" },
		{ "summ%C3%A4ry.txt", "text", "" },
	};
	json_t *content = json_array();

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		json_array_append_new(content,
				      json_pack("{s:s, s:{s:s, s:s, s:s}}", "type", "resource", "resource", "uri",
						files[i].uri, "mimeType", "text/plain", files[i].key, files[i].value));
	json_array_append_new(
		content, json_pack("{s:s, s:s, s:s}", "type", "image", "mimeType", "image/png", "data", "iVBORw=="));
	json_array_append_new(content, json_pack("{s:s, s:s}", "type", "resource_link", "uri", "file:///etc/shadow"));
	answer(id, json_pack("{s:o}", "content", content));
}

/* Requests in the other direction, with ids that the host uses too. */
static void tool_ask(const json_t *id, const json_t *args UNUSED, const json_t *token UNUSED)
{
	asked = 2;
	asked_for = json_deep_copy(id);
	host_answers = json_array();
	say(json_pack("{s:s, s:i, s:s}", "jsonrpc", "2.0", "id", 1, "method", "ping"));
	say(json_pack("{s:s, s:i, s:s}", "jsonrpc", "2.0", "id", 2, "method", "roots/list"));
}

static void tool_cancelled(const json_t *id, const json_t *args UNUSED, const json_t *token UNUSED)
{
	answer(id, structured(json_pack("{s:i}", "cancelled", cancelled)));
}

static void tool_env(const json_t *id, const json_t *args UNUSED, const json_t *token UNUSED)
{
	json_t *list = json_array();

	for (char **e = environ; *e; e++)
		json_array_append_new(list, json_string(*e));
	answer(id, structured(json_pack("{s:o}", "env", list)));
}

static const char *gate; /* of the call that is taken; NULL: it has none */

static void tool_models(const json_t *id, const json_t *args, const json_t *token)
{
	struct err e = ERR_INIT;
	auto_close int fd = gate ? socket_connect(gate, &e) : -1;
	char said[80] = "";
	ssize_t n = fd < 0 ? 0 : read(fd, said, sizeof(said) - 1);

	if (strcmp(text_of(args, "end"), "die") == 0)
		tool_die(id, args, token);
	answer(id, structured(json_pack("{s:s?, s:s%, s:s}", "gate", gate, "said", said, (size_t)(n > 0 ? n : 0),
					"error", e.text)));
}

static const struct {
	const char *name;
	void (*run)(const json_t *id, const json_t *args, const json_t *token);
} tools[] = {
	{ "echo", tool_echo },           { "slow", tool_slow },
	{ "never", tool_never },         { "die", tool_die },
	{ "noise", tool_noise },         { "progress", tool_progress },
	{ "huge", tool_huge },           { "wrong", tool_wrong },
	{ "fail", tool_fail },           { "refuse", tool_refuse },
	{ "files", tool_files },         { "ask", tool_ask },
	{ "cancelled", tool_cancelled }, { "env", tool_env },
	{ "models", tool_models },
};

/* --- messages --- */

static void take_call(const json_t *id, const json_t *params)
{
	const json_t *meta = json_object_get(params, "_meta"), *token = json_object_get(meta, "progressToken");

	gate = json_string_value(json_object_get(meta, "0711/models"));
	for (size_t i = 0; i < sizeof(tools) / sizeof(tools[0]); i++)
		if (strcmp(tools[i].name, text_of(params, "name")) == 0)
			tools[i].run(id, json_object_get(params, "arguments"), token);
}

static void take_host_answer(const json_t *message)
{
	json_array_append_new(host_answers,
			      json_pack("{s:O?, s:O?}", "result", json_object_get(message, "result"), "code",
					json_object_get(json_object_get(message, "error"), "code")));
	if (--asked > 0)
		return;
	answer(asked_for, structured(json_pack("{s:o}", "answers", host_answers)));
	json_decref(asked_for);
}

static void take_initialize(const json_t *id, const char *mode)
{
	if (strcmp(mode, "silent") == 0)
		return;
	if (strcmp(mode, "noisy") == 0)
		printf("Welcome!\n");
	answer(id, json_pack("{s:s, s:{s:{}}, s:{s:s, s:s}}", "protocolVersion",
			     strcmp(mode, "version") == 0 ? "1999-01-01" : "2025-06-18", "capabilities", "tools",
			     "serverInfo", "name", "misbehaving", "version", "1"));
}

static void take(const json_t *message, const char *mode)
{
	const char *method = text_of(message, "method");
	const json_t *id = json_object_get(message, "id");

	if (strcmp(method, "initialize") == 0)
		take_initialize(id, mode);
	else if (strcmp(method, "tools/call") == 0)
		take_call(id, json_object_get(message, "params"));
	else if (strcmp(method, "notifications/cancelled") == 0)
		cancelled++;
	else if (!*method && asked > 0)
		take_host_answer(message);
}

static int answer_due(void)
{
	long long now = now_ms(), next = -1;

	for (struct later **at = &waiting; *at;) {
		struct later *l = *at;

		if (l->at_ms > now) {
			if (next < 0 || l->at_ms - now < next)
				next = l->at_ms - now;
			at = &l->next;
			continue;
		}
		*at = l->next;
		answer(l->id, l->result);
		json_decref(l->id);
		free(l);
	}
	return (int)next;
}

static void take_lines(char *bytes, size_t *len, const char *mode)
{
	char *start = bytes, *newline;

	while ((newline = memchr(start, '\n', *len - (size_t)(start - bytes)))) {
		json_t *message = json_loadb(start, (size_t)(newline - start), 0, NULL);

		if (message)
			take(message, mode);
		json_decref(message);
		start = newline + 1;
	}
	*len -= (size_t)(start - bytes);
	memmove(bytes, start, *len);
}

static int begin(const char *mode)
{
	if (strcmp(mode, "exit") == 0) {
		fprintf(stderr, "cannot find my license\n");
		exit(3);
	}
	if (strcmp(mode, "stubborn") == 0)
		signal(SIGTERM, SIG_IGN);
	return strcmp(mode, "stubborn") == 0;
}

int main(int argc, char **argv)
{
	static char bytes[10 << 20];
	const char *mode = argc > 1 ? argv[1] : "good";
	int stubborn = begin(mode);
	size_t len = 0;

	for (;;) {
		struct pollfd p = { .fd = STDIN_FILENO, .events = POLLIN };
		ssize_t n;

		if (poll(&p, 1, answer_due()) <= 0)
			continue;
		n = read(STDIN_FILENO, bytes + len, sizeof(bytes) - len);
		if (n <= 0 && !stubborn)
			return 0;
		if (n <= 0)
			pause();
		len += (size_t)n;
		take_lines(bytes, &len, mode);
	}
}
