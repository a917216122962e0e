/*
 * receiver - an endpoint for tests: receiver DIR [CERT KEY]
 *
 * Writes its port to DIR/port, and for each request a line of JSON to DIR/requests: path, the headers of a delivery,
 * and the body. A request for /to/NAME is answered as the file DIR/NAME says, by a path of tests/net/server.h such as
 * /500 or /hang; without such a file with 204. Ends when its standard input does.
 */
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/io.h"
#include "tests/net/server.h"

static const char *dir;
static int requests;

/* The value of a header in a request, or null. */
static json_t *header(const char *request, const char *name)
{
	auto_free char *field = xasprintf("\r\n%s: ", name);
	const char *end = strstr(request, "\r\n\r\n"), *at = strcasestr(request, field);

	if (!at || at > end)
		return json_null();
	at += strlen(field);
	return json_stringn(at, strcspn(at, "\r\n"));
}

static void log_request(const char *path, const char *request)
{
	static const char *const names[] = { "webhook-id",          "webhook-timestamp", "webhook-signature",
					     "x-webhook-signature", "x-idempotency-key", "x-webhook-secret",
					     "content-type",        "user-agent",        "x-own",
					     "authorization" };
	json_t *line = json_pack("{s:s, s:s}", "path", path, "body", strstr(request, "\r\n\r\n") + 4);
	auto_free char *text = NULL, *whole = NULL;

	for (size_t i = 0; i < N_ELEMS(names); i++)
		json_object_set_new(line, names[i], header(request, names[i]));
	text = json_dumps(line, JSON_COMPACT);
	whole = xasprintf("%s\n", text);
	if (write(requests, whole, strlen(whole)) < 0) /* in one piece: several threads append */
		abort();
	json_decref(line);
}

static const char *on_request(void *ud UNUSED, const char *request)
{
	static _Thread_local char answer[200];
	auto_free char *file = NULL;
	auto_buf mode = BUF_INIT;
	char path[200] = "";

	if (sscanf(request, "POST %199s", path) != 1)
		abort();
	log_request(path, request);
	if (!util_starts(path, "/to/"))
		return NULL;
	file = xasprintf("%s/%s", dir, path + strlen("/to/"));
	if (io_read_file(AT_FDCWD, file, &mode, sizeof(answer) - 1) < 0)
		return "/204";
	snprintf(answer, sizeof(answer), "%.*s", (int)strcspn(buf_str(&mode), "\n"), buf_str(&mode));
	return answer;
}

int main(int argc, char **argv)
{
	auto_free char *log = NULL, *port = NULL, *temp = NULL;
	struct server *s;
	FILE *f;
	char c;

	if (argc != 2 && argc != 4)
		return 2;
	dir = argv[1];
	log = xasprintf("%s/requests", dir);
	port = xasprintf("%s/port", dir);
	temp = xasprintf("%s/port.new", dir);
	requests = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	s = server_new(argc == 4 ? argv[2] : NULL, argc == 4 ? argv[3] : NULL);
	server_watch(s, on_request, NULL);
	f = fopen(temp, "w");
	if (requests < 0 || !f || fprintf(f, "%d\n", server_port(s)) < 0 || fclose(f) != 0 || rename(temp, port) < 0)
		return 1;
	while (read(STDIN_FILENO, &c, 1) > 0)
		;
	server_free(s);
	close(requests);
	return 0;
}
