/*
 * gate - a request to a model through the host, beside the same made directly to its server
 *
 *     gate resident DIR ANSWER_MS COUNT SERVER   the model is resident, its server takes so long to answer:
 *                                                "ours first ANSWER_MS …", "native first ANSWER_MS …", the same for
 *                                                stream; "ours added ANSWER_MS …" is the median of the differences
 *     gate unloaded DIR START_MS COUNT SERVER    the model is not loaded, its server needs so long to start:
 *                                                "ours cold START_MS …", "native cold START_MS …"
 *
 * DIR gets the source and the sockets; SERVER is tests/model/server. What is timed is from the request to the first
 * byte of its answer, over a connection that is kept; for "native cold" from the start of the server by itself.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/io.h"
#include "model/gate.h"
#include "model/keeper.h"
#include "platform/party.h"
#include "tests/bench/timing.h"

#define MODEL        "bench"
#define SERVER_BYTES "67108864"

/* One connection, and what came on it last. */
struct wire {
	int fd;
	struct buf answer;
};

/* The whole host, as far as models need it. */
struct host {
	struct spawner *spawner;
	struct platform *platform;
	struct call_pool *pool;
	struct keeper *keeper;
	struct gate *gate;
	char *gate_path;
	int64_t model_row;
};

static struct wire wire_open(const char *path)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	struct wire w = { .fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), .answer = BUF_INIT };

	snprintf(at.sun_path, sizeof(at.sun_path), "%s", path);
	if (connect(w.fd, (struct sockaddr *)&at, sizeof(at)) < 0) {
		close(w.fd);
		w.fd = -1;
	}
	return w;
}

static void wire_close(struct wire *w)
{
	util_close(&w->fd);
	buf_release(&w->answer);
}

/* whole - has all of the answer come? */
static bool whole(const struct wire *w)
{
	const char *text = buf_str(&w->answer), *head_end = strstr(text, "\r\n\r\n"), *length;

	if (!head_end)
		return false;
	length = strcasestr(text, "\r\nContent-Length:");
	if (length && length < head_end)
		return w->answer.len >= (size_t)(head_end + 4 - text) + strtoul(length + 17, NULL, 10);
	return w->answer.len >= 7 && memcmp(text + w->answer.len - 7, "\r\n0\r\n\r\n", 7) == 0;
}

/* ask - send the request, take the whole answer; its status, and *first: when its first byte came */
static int ask(struct wire *w, const char *request, uint64_t *first)
{
	int status = 0;

	buf_clear(&w->answer);
	*first = 0;
	if (w->fd < 0 || io_write_all(w->fd, request, strlen(request)) < 0)
		return -1;
	while (!whole(w)) {
		char piece[4096];
		ssize_t n = read(w->fd, piece, sizeof(piece));

		if (n <= 0)
			return -1;
		if (*first == 0)
			*first = timing_now_ns();
		buf_add(&w->answer, piece, (size_t)n);
	}
	return sscanf(buf_str(&w->answer), "HTTP/1.1 %d", &status) == 1 ? status : -1;
}

static void must_ask(struct wire *w, const char *request, uint64_t *first)
{
	int status = ask(w, request, first);

	if (status != 200)
		timing_die("the answer was %d: %s", status, buf_str(&w->answer));
}

/* chat - a request as MCPs make it, with some text */
static char *chat(bool streams)
{
	static const char *const text = "Read the passage and say which deadline it sets. The offer must be handed in "
					"by noon of the first Friday in March, in a sealed envelope.";
	auto_free char *body = xasprintf("{\"model\": \"" MODEL "\", \"stream\": %s, \"messages\": "
					 "[{\"role\": \"user\", \"content\": \"%s\"}]}",
					 streams ? "true" : "false", text);

	return xasprintf("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
			 "Content-Length: %zu\r\n\r\n%s",
			 strlen(body), body);
}

static int add_model(struct host *h, const char *server, const char *option, const char *value, struct err *e)
{
	struct actor who = { getuid(), "bench" };
	json_t *spec = json_pack("{s:s, s:[s, s, s, s, s, s, s, s, s], s:I, s:s}", "runner", "server", "command",
				 server, "--socket", "{socket}", "--name", MODEL, "--bytes", SERVER_BYTES, option,
				 value, "memory_bytes", (json_int_t)80000000, "health", "/health");
	auto_free char *text = json_dumps(spec, 0);
	int rc = party_create(h->platform, PARTY_MODEL, MODEL, &who, &h->model_row, e);

	json_decref(spec);
	return rc < 0 ? rc : party_put(h->platform, PARTY_MODEL, h->model_row, text, strlen(text), &who, e);
}

static int open_gate(struct host *h, struct err *e)
{
	static const char *const models[] = { MODEL, NULL };
	const struct gate_conf conf = { .keeper = h->keeper,
					.pool = h->pool,
					.path = h->gate_path,
					.mode = 0600,
					.models = models,
					.for_whom = "bench" };

	return gate_open(&conf, &h->gate, e);
}

/* host_open - the spawner first: it must be there before there are threads */
static void host_open(struct host *h, const char *dir, const char *server, const char *option, const char *value)
{
	auto_free char *source = xasprintf("%s/source", dir), *models = xasprintf("%s/models", dir);
	struct platform_options o = { .source = source };
	struct err e = ERR_INIT;

	*h = (struct host){ .gate_path = xasprintf("%s/gate", dir) };
	if (spawner_start(&h->spawner, &e) < 0 || platform_open(&o, &h->platform, &e) < 0 ||
	    add_model(h, server, option, value, &e) < 0 || !(h->pool = call_pool_new(NULL, &e)) ||
	    keeper_start(h->platform, h->spawner, h->pool, models, &h->keeper, &e) < 0 || open_gate(h, &e) < 0)
		timing_die("%s", e.text);
}

static void host_close(struct host *h)
{
	gate_close(h->gate, NULL);
	keeper_stop(h->keeper);
	call_pool_free(h->pool);
	platform_close(h->platform);
	spawner_stop(h->spawner);
	free(h->gate_path);
}

static void line(const char *label, const char *op, long parameter, struct timing *t)
{
	double median = timing_us(t, 0.5);

	timing_line(label, op, (size_t)parameter, 1e6 / median, median, timing_us(t, 1));
}

/* in_turn - the same request to both, one after the other, so that what disturbs disturbs both */
static void in_turn(struct wire *ours, struct wire *native, const char *request, const char *op, long parameter,
		    int count)
{
	static struct timing times[3];
	uint64_t began, first, took[2];

	memset(times, 0, sizeof(times));
	for (int i = 0; i < count; i++) {
		for (int k = 0; k < 2; k++) {
			began = timing_now_ns();
			must_ask(k == 0 ? ours : native, request, &first);
			took[k] = first - began;
			timing_add(&times[k], took[k]);
		}
		timing_add(&times[2], took[0] > took[1] ? took[0] - took[1] : 0);
	}
	line("ours", op, parameter, &times[0]);
	line("native", op, parameter, &times[1]);
	if (streq(op, "first"))
		line("ours", "added", parameter, &times[2]);
}

static void resident(const char *dir, const char *answer_ms, int count, const char *server)
{
	auto_free char *plain = chat(false), *streamed = chat(true);
	struct keeper_use use = { 0 };
	struct err e = ERR_INIT;
	struct wire ours, native;
	uint64_t first;
	struct host h;

	host_open(&h, dir, server, "--answer-ms", answer_ms);
	ours = wire_open(h.gate_path);
	must_ask(&ours, plain, &first);
	if (keeper_enter(h.keeper, MODEL, "bench", NULL, &use, &e) < 0)
		timing_die("%s", e.text);
	native = wire_open(use.place->socket);
	for (int i = 0; i < 10; i++)
		must_ask(&native, plain, &first);
	in_turn(&ours, &native, plain, "first", strtol(answer_ms, NULL, 10), count);
	in_turn(&ours, &native, streamed, "stream", strtol(answer_ms, NULL, 10), count);
	wire_close(&ours);
	wire_close(&native);
	keeper_leave(h.keeper, &use, 0, KEEPER_ANSWERED);
	host_close(&h);
}

/* unload - and wait until the device has its memory back */
static void unload(struct host *h)
{
	struct err e = ERR_INIT;
	bool gone = false;

	if (keeper_do(h->keeper, h->model_row, KEEPER_UNLOAD, &e) < 0)
		timing_die("%s", e.text);
	while (!gone) {
		json_t *model = keeper_model(h->keeper, h->model_row);
		const char *state = json_string_value(json_object_get(model, "state"));

		gone = state && streq(state, "unloaded");
		json_decref(model);
		usleep(10000);
	}
}

/* by_itself - the server, started as a person would, asked as soon as it is healthy; to the first byte of the answer */
static uint64_t by_itself(const char *path, const char *start_ms, const char *server, const char *request)
{
	static const char *const health = "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n";
	uint64_t began = timing_now_ns(), first;
	struct wire w = { .fd = -1 };
	pid_t pid = fork();

	timing_check(pid < 0, "fork");
	if (pid == 0) {
		execl(server, server, "--socket", path, "--name", MODEL, "--bytes", SERVER_BYTES, "--start-ms",
		      start_ms, (char *)NULL);
		_exit(127);
	}
	while (ask(&w, health, &first) != 200) {
		wire_close(&w);
		usleep(1000);
		w = wire_open(path);
	}
	must_ask(&w, request, &first);
	wire_close(&w);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	return first - began;
}

static void unloaded(const char *dir, const char *start_ms, int count, const char *server)
{
	static struct timing ours, native;
	auto_free char *request = chat(false), *path = xasprintf("%s/native", dir);
	struct wire w;
	struct host h;

	host_open(&h, dir, server, "--start-ms", start_ms);
	w = wire_open(h.gate_path);
	for (int i = 0; i < count; i++) {
		uint64_t began = timing_now_ns(), first;

		must_ask(&w, request, &first);
		timing_add(&ours, first - began);
		unload(&h);
		timing_add(&native, by_itself(path, start_ms, server, request));
	}
	line("ours", "cold", strtol(start_ms, NULL, 10), &ours);
	line("native", "cold", strtol(start_ms, NULL, 10), &native);
	wire_close(&w);
	host_close(&h);
}

int main(int argc, char **argv)
{
	if (argc == 6 && streq(argv[1], "resident"))
		resident(argv[2], argv[3], (int)strtol(argv[4], NULL, 10), argv[5]);
	else if (argc == 6 && streq(argv[1], "unloaded"))
		unloaded(argv[2], argv[3], (int)strtol(argv[4], NULL, 10), argv[5]);
	else
		timing_die("gate resident|unloaded DIR MS COUNT SERVER");
	return 0;
}
