/*
 * server - an inference server for tests: speaks the OpenAI API, holds as much memory as it is told, fails on demand
 *
 *	--port N, --socket PATH  where it listens: on the loopback address (0: it prints the port that it got), or there
 *	--name NAME              of its only model (test-model)
 *	--key KEY                requests must bring "Authorization: Bearer KEY"
 *	--bytes N                memory that it takes and touches before it is healthy
 *	--gpu-bytes N            memory of the first GPU that it sees, taken before it is healthy; without a GPU it ends
 *	                         with status 77
 *	--more N                 so much more is taken once it is healthy
 *	--start-ms N             it is not healthy before
 *	--never-healthy          nor ever
 *	--exit-after-ms N        ends with status 3
 *	--crash-on COUNT         aborts on its so-manieth question
 *	--hang-on COUNT          never answers its so-manieth question
 *	--ignore-term            SIGTERM does nothing
 *	--fork                   has a child, out of its process group and deaf to SIGTERM, that does not end by itself
 *	--log-lines N            so many lines on stderr at the start
 *	--sleep-endpoints        POST /sleep gives the memory back, POST /wake_up takes it again, GET /is_sleeping
 *	--answers FILE           [{"contains": text, "answer": text or JSON, "status": 503, "wait_ms": 100}, ...]: how a
 *	                         last message that contains the text is answered; others are echoed
 *	--answer-ms N            an answer takes so long
 *	--wake-ms N              so does waking
 *	--chunk-ms N             so long between two events of a stream
 *
 * GET /health, GET /v1/models, POST /v1/chat/completions, POST /v1/embeddings; GET /last is the question before.
 */
#include "tests/model/server.h"

#include <errno.h>
#include <getopt.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "tests/model/weights.h"

static struct server_options options = { .port = -1, .name = "test-model" };

static const struct {
	const char *name;
	enum { NUMBER, TEXT, FLAG, ANSWERS } kind;
	void *to;
} rows[] = {
	{ "port", NUMBER, &options.port },
	{ "socket", TEXT, &options.socket },
	{ "name", TEXT, &options.name },
	{ "key", TEXT, &options.key },
	{ "bytes", NUMBER, &options.bytes },
	{ "gpu-bytes", NUMBER, &options.gpu_bytes },
	{ "more", NUMBER, &options.more },
	{ "start-ms", NUMBER, &options.start_ms },
	{ "never-healthy", FLAG, &options.never_healthy },
	{ "exit-after-ms", NUMBER, &options.exit_after_ms },
	{ "crash-on", NUMBER, &options.crash_on },
	{ "hang-on", NUMBER, &options.hang_on },
	{ "ignore-term", FLAG, &options.ignore_term },
	{ "fork", FLAG, &options.forks },
	{ "log-lines", NUMBER, &options.log_lines },
	{ "sleep-endpoints", FLAG, &options.sleep_endpoints },
	{ "answers", ANSWERS, &options.answers },
	{ "answer-ms", NUMBER, &options.answer_ms },
	{ "wake-ms", NUMBER, &options.wake_ms },
	{ "chunk-ms", NUMBER, &options.chunk_ms },
};

static pthread_mutex_t memory_lock = PTHREAD_MUTEX_INITIALIZER;
static void *memory;
static atomic_bool healthy, asleep;

/* hold - this process has len bytes more, each page of them touched */
static void *hold(int64_t len)
{
	void *p;

	if (len <= 0)
		return NULL;
	p = mmap(NULL, (size_t)len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED) {
		perror("mmap");
		exit(4);
	}
	memset(p, 0x55, (size_t)len);
	return p;
}

static void hold_gpu(int64_t len)
{
	struct err e = ERR_INIT;
	int rc = len > 0 ? weights_hold((uint64_t)len, &e) : 0;

	if (rc == 0)
		return;
	fprintf(stderr, "server: %s\n", e.text);
	exit(rc == -ENODEV ? 77 : 4);
}

bool server_healthy(void)
{
	return healthy;
}

bool server_asleep(void)
{
	return asleep;
}

void server_sleep(bool sleeps)
{
	pthread_mutex_lock(&memory_lock);
	if (sleeps && !asleep) {
		asleep = true;
		if (memory)
			munmap(steal(memory), (size_t)options.bytes);
	} else if (!sleeps && asleep) {
		memory = hold(options.bytes);
		asleep = false;
	}
	pthread_mutex_unlock(&memory_lock);
}

static void parse_one(size_t row, const char *value)
{
	json_error_t why;

	switch (rows[row].kind) {
	case FLAG: *(bool *)rows[row].to = true; return;
	case TEXT: *(const char **)rows[row].to = value; return;
	case NUMBER:
		if (util_int(value, rows[row].to) == 0)
			return;
		fprintf(stderr, "server: --%s takes a number, not '%s'\n", rows[row].name, value);
		exit(2);
	case ANSWERS:
		*(json_t **)rows[row].to = json_load_file(value, 0, &why);
		if (json_is_array(options.answers))
			return;
		fprintf(stderr, "server: '%s' is no list of answers: %s\n", value, why.text);
		exit(2);
	}
}

static void parse(int argc, char **argv)
{
	struct option longs[N_ELEMS(rows) + 1] = { 0 };
	int at, c;

	for (size_t i = 0; i < N_ELEMS(rows); i++)
		longs[i] = (struct option){ rows[i].name, rows[i].kind == FLAG ? no_argument : required_argument, NULL,
					    1 };
	while ((c = getopt_long(argc, argv, "", longs, &at)) == 1)
		parse_one((size_t)at, optarg);
	if (c != -1 || optind != argc || (options.port < 0) == !options.socket) {
		fputs("server: --port N or --socket PATH is needed; the others are in the source\n", stderr);
		exit(2);
	}
}

static void on_alarm(int sig UNUSED)
{
	static const char text[] = "server: ends as it was told\n";
	ssize_t n UNUSED = write(STDERR_FILENO, text, sizeof(text) - 1);

	_exit(3);
}

/* end_later - by a timer of the kernel, which nothing else delays */
static void end_later(int64_t ms)
{
	struct itimerspec when = { .it_value = { ms / 1000, ms % 1000 * 1000000 } };
	timer_t timer;

	signal(SIGALRM, on_alarm);
	if (ms > 0 && (timer_create(CLOCK_MONOTONIC, NULL, &timer) < 0 || timer_settime(timer, 0, &when, NULL) < 0))
		perror("timer");
}

/* leave_child - before there are threads */
static void leave_child(void)
{
	if (fork() != 0)
		return;
	setsid();
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	for (;;)
		pause();
}

int main(int argc, char **argv)
{
	struct MHD_Daemon *daemon;

	parse(argc, argv);
	setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
	for (int64_t i = 1; i <= options.log_lines; i++)
		fprintf(stderr, "server %s: line %lld of %lld\n", options.name, (long long)i,
			(long long)options.log_lines);
	if (options.ignore_term)
		signal(SIGTERM, SIG_IGN);
	if (options.forks)
		leave_child();
	end_later(options.exit_after_ms);
	daemon = server_listen(&options);
	if (!daemon)
		return 1;
	memory = hold(options.bytes);
	hold_gpu(options.gpu_bytes);
	usleep((useconds_t)options.start_ms * 1000);
	healthy = !options.never_healthy;
	if (healthy)
		hold(options.more);
	for (;;)
		pause();
}
