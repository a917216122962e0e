#include "tests/sdk/peer.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"

struct peer server;

static int n_tests, n_failed;

bool ok(bool passed, const char *fmt, ...)
{
	va_list ap;

	n_failed += !passed;
	n_tests++;
	printf("%sok %d - ", passed ? "" : "not ", n_tests);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n");
	fflush(stdout);
	return passed;
}

int done(void)
{
	buf_release(&server.buf);
	printf("1..%d\n", n_tests);
	return n_failed > 0;
}

void start(void)
{
	const char *program = getenv("SDK_SERVER"), *manifest = getenv("SDK_MANIFEST"),
		   *srcdir = getenv("FS0711_SRCDIR");
	auto_free char *place = xasprintf("%s/tests/sdk/manifest.json", srcdir ? srcdir : ".");
	int in[2], out[2];

	if (pipe(in) < 0 || pipe(out) < 0)
		exit(1);
	server.pid = fork();
	if (server.pid == 0) {
		dup2(in[0], 0);
		dup2(out[1], 1);
		closefrom(3);
		program = program ? program : "tests/sdk/server";
		execl(program, program, manifest ? manifest : place, NULL);
		perror(program);
		_exit(127);
	}
	close(in[0]);
	close(out[1]);
	server.in = in[1];
	server.out = out[0];
	buf_clear(&server.buf);
}

int stop(void)
{
	int status;

	close(server.in);
	while (waitpid(server.pid, &status, 0) < 0 && errno == EINTR)
		;
	close(server.out);
	return status;
}

void send_line(const char *line)
{
	auto_buf b = BUF_INIT;

	buf_addstr(&b, line);
	buf_addc(&b, '\n');
	if (io_write_all(server.in, b.data, b.len) < 0)
		ok(false, "the server takes a line");
}

json_t *receive(int wait_ms)
{
	int64_t until_ms = clock_mono_ms() + wait_ms;

	for (;;) {
		char part[65536], *end = server.buf.len ? memchr(server.buf.data, '\n', server.buf.len) : NULL;
		struct pollfd p = { .fd = server.out, .events = POLLIN };
		ssize_t n;

		if (end) {
			json_t *got = json_loadb(server.buf.data, (size_t)(end - server.buf.data), 0, NULL);

			buf_drop(&server.buf, (size_t)(end + 1 - server.buf.data));
			if (!got)
				ok(false, "every line of the server is JSON");
			return got;
		}
		if (clock_mono_ms() >= until_ms || poll(&p, 1, (int)(until_ms - clock_mono_ms())) <= 0)
			return NULL;
		n = read(server.out, part, sizeof(part));
		if (n <= 0)
			return NULL;
		buf_add(&server.buf, part, (size_t)n);
	}
}

int request(const char *method, json_t *params)
{
	int id = ++server.next_id;
	json_t *message = json_pack("{s:s, s:i, s:s}", "jsonrpc", "2.0", "id", id, "method", method);
	char *line;

	if (params)
		json_object_set_new(message, "params", params);
	line = json_dumps(message, JSON_COMPACT);
	send_line(line);
	free(line);
	json_decref(message);
	return id;
}

json_t *answer(int id, json_t *seen)
{
	json_t *got;

	while ((got = receive(WAIT_MS))) {
		json_t *its = json_object_get(got, "id");

		if (its && (id == 0 ? json_is_null(its) : json_integer_value(its) == id))
			return got;
		if (seen)
			json_array_append(seen, got);
		json_decref(got);
	}
	return NULL;
}

json_t *call(const char *tool, json_t *args)
{
	return answer(request("tools/call", json_pack("{s:s, s:o}", "name", tool, "arguments", args)), NULL);
}

int error_code(const json_t *a)
{
	return (int)json_integer_value(json_object_get(json_object_get(a, "error"), "code"));
}

json_t *result_of(const json_t *a, const char *key)
{
	return json_object_get(json_object_get(a, "result"), key);
}

const char *text_of(const json_t *a, const char *key)
{
	const char *s = json_string_value(result_of(a, key));

	return s ? s : "";
}

const char *kind_of(const json_t *a)
{
	const char *s = json_string_value(json_object_get(result_of(a, "_meta"), "kind"));

	return s && json_is_true(result_of(a, "isError")) ? s : "";
}

bool alive(void)
{
	json_t *a = answer(request("ping", NULL), NULL);
	bool is = json_is_object(json_object_get(a, "result"));

	json_decref(a);
	return is;
}
