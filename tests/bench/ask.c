/*
 * ask - an engine that runs is asked to read each file: a line "LABEL ask 1 RATE MEDIAN_US WORST_US"
 *
 *     ask [-l LABEL] PROGRAM MANIFEST FILE...     from the request to its answer; the first file once more before it
 *
 * A second line, "LABEL peak 1 0 MIB 0", is the most memory that a process of the engine had.
 */
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/bench/timing.h"

extern char **environ;

static struct timing timing;

struct engine {
	pid_t pid;
	FILE *to, *from;
};

static void start(struct engine *e, char *program, char *manifest)
{
	char *argv[] = { program, manifest, NULL };
	posix_spawn_file_actions_t actions;
	int to[2], from[2];

	timing_check(pipe2(to, O_CLOEXEC) < 0 || pipe2(from, O_CLOEXEC) < 0, "pipe");
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, to[0], 0);
	posix_spawn_file_actions_adddup2(&actions, from[1], 1);
	posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
	errno = posix_spawn(&e->pid, program, &actions, NULL, argv, environ);
	timing_check(errno != 0, program);
	posix_spawn_file_actions_destroy(&actions);
	close(to[0]);
	close(from[1]);
	e->to = fdopen(to[1], "w");
	e->from = fdopen(from[0], "r");
	timing_check(!e->to || !e->from, program);
}

/* Returns false when the answer is an error; what else the engine says is passed over. */
static bool ask(struct engine *e, const char *file, int id)
{
	json_t *request = json_pack("{s:s, s:i, s:s, s:{s:s, s:{s:[s]}}}", "jsonrpc", "2.0", "id", id, "method",
				    "tools/call", "params", "name", "parse_rfp", "arguments", "documents", file);
	json_t *answer = NULL;
	size_t size = 0;
	char *line = NULL;
	bool good;

	json_dumpf(request, e->to, JSON_COMPACT);
	fputc('\n', e->to);
	fflush(e->to);
	json_decref(request);
	while (!answer && getline(&line, &size, e->from) > 0) {
		answer = json_loads(line, 0, NULL);
		if (json_integer_value(json_object_get(answer, "id")) != id) {
			json_decref(answer);
			answer = NULL;
		}
	}
	good = json_is_object(json_object_get(json_object_get(answer, "result"), "structuredContent"));
	json_decref(answer);
	free(line);
	return good;
}

static void stop(struct engine *e, const char *label)
{
	struct rusage usage;
	int status;

	fclose(e->to);
	timing_check(wait4(e->pid, &status, 0, &usage) < 0, "wait");
	fclose(e->from);
	timing_line(label, "peak", 1, 0, (double)usage.ru_maxrss / 1024, 0);
}

int main(int argc, char **argv)
{
	const char *label = "here";
	struct engine e;
	int c;

	while ((c = getopt(argc, argv, "+l:")) == 'l')
		label = optarg;
	if (c != -1 || argc - optind < 3)
		timing_die("usage: ask [-l LABEL] PROGRAM MANIFEST FILE...");
	start(&e, argv[optind], argv[optind + 1]);
	ask(&e, argv[optind + 2], argc);
	for (int i = optind + 2; i < argc; i++) {
		uint64_t begin = timing_now_ns();

		if (!ask(&e, argv[i], i))
			timing_die("the engine did not read %s", argv[i]);
		timing_add(&timing, timing_now_ns() - begin);
	}
	timing_line(label, "ask", 1, 0, timing_us(&timing, 0.5), timing_us(&timing, 1));
	stop(&e, label);
	return 0;
}
