/*
 * drop - from a document to its result: a line "LABEL OP THREADS RATE MEDIAN_US WORST_US"
 *
 *     drop [-l LABEL] one MOUNT FILE...           one file after the other: from close(2) until result.json was read
 *     drop [-l LABEL] all MOUNT FILE...           all at once: the rate until the last result was read
 *     drop [-l LABEL] sync DIR FILE...            what fsync(2) of a copy of each costs
 *     drop [-l LABEL] [-t THREADS] run FILE... -- COMMAND...   COMMAND for each file, which stands in place of {}
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/io.h"
#include "tests/bench/timing.h"

#define MAX_THREADS 64
#define FILE_MAX    (64 << 20)
#define MAX_ARGS    64

extern char **environ;

static const char *label = "here";
static size_t n_threads = 1;
static struct timing timing;

static void read_whole(const char *path, struct buf *out)
{
	int rc = io_read_file(AT_FDCWD, path, out, FILE_MAX);

	if (rc < 0)
		timing_die("%s: %s", path, strerror(-rc));
}

static const char *base_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* A copy in a directory, still open; what was written is complete. */
static int copy_to(const char *dir, const char *file)
{
	auto_free char *path = xasprintf("%s/%s", dir, base_of(file));
	auto_buf bytes = BUF_INIT;
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	timing_check(fd < 0, path);
	read_whole(file, &bytes);
	timing_check(io_write_all(fd, bytes.data, bytes.len) < 0, path);
	return fd;
}

static void await_result(const char *mnt, const char *file)
{
	auto_free char *stem = xstrdup(base_of(file)), *wait = NULL, *result = NULL;
	auto_buf state = BUF_INIT, text = BUF_INIT;

	if (util_ends(stem, ".pdf"))
		stem[strlen(stem) - strlen(".pdf")] = '\0';
	wait = xasprintf("%s/engagements/default/tasks/%s/wait.review", mnt, stem);
	result = xasprintf("%s/engagements/default/tasks/%s/result.json", mnt, stem);
	read_whole(wait, &state);
	read_whole(result, &text);
	if (text.len == 0)
		timing_die("%s is empty", result);
}

static void run_one(char **files, size_t n, const char *mnt)
{
	auto_free char *inbox = xasprintf("%s/tasks/inbox", mnt);

	for (size_t i = 0; i < n; i++) {
		int fd = copy_to(inbox, files[i]);
		uint64_t begin = timing_now_ns();

		timing_check(close(fd) < 0, files[i]);
		await_result(mnt, files[i]);
		timing_add(&timing, timing_now_ns() - begin);
	}
	timing_line(label, "one", 1, 0, timing_us(&timing, 0.5), timing_us(&timing, 1));
}

static void run_all(char **files, size_t n, const char *mnt)
{
	auto_free char *inbox = xasprintf("%s/tasks/inbox", mnt);
	uint64_t begin = timing_now_ns();

	for (size_t i = 0; i < n; i++)
		timing_check(close(copy_to(inbox, files[i])) < 0, files[i]);
	for (size_t i = 0; i < n; i++)
		await_result(mnt, files[i]);
	timing_line(label, "all", 1, (double)n * 1e9 / (double)(timing_now_ns() - begin), 0, 0);
}

static void run_sync(char **files, size_t n, const char *dir)
{
	for (size_t i = 0; i < n; i++) {
		auto_free char *path = xasprintf("%s/%s", dir, base_of(files[i]));
		int fd = copy_to(dir, files[i]);
		uint64_t begin = timing_now_ns();

		timing_check(fsync(fd) < 0 || close(fd) < 0, path);
		timing_add(&timing, timing_now_ns() - begin);
		unlink(path);
	}
	timing_line(label, "sync", 1, 0, timing_us(&timing, 0.5), timing_us(&timing, 1));
}

/* COMMAND for each file, on some threads at once. */
static struct {
	char **files, **command;
	size_t n, next;
	pthread_mutex_t lock;
} todo = { .lock = PTHREAD_MUTEX_INITIALIZER };

static void run_command(char *file)
{
	char *argv[MAX_ARGS] = { NULL };
	int status = 0;
	pid_t pid;

	for (size_t i = 0; todo.command[i] && i < MAX_ARGS - 1; i++)
		argv[i] = streq(todo.command[i], "{}") ? file : todo.command[i];
	errno = posix_spawnp(&pid, argv[0], NULL, NULL, argv, environ);
	timing_check(errno != 0, argv[0]);
	if (waitpid(pid, &status, 0) < 0 || status != 0)
		timing_die("'%s' failed for '%s'", argv[0], file);
}

static void *command_thread(void *arg UNUSED)
{
	pthread_mutex_lock(&todo.lock);
	while (todo.next < todo.n) {
		char *file = todo.files[todo.next++];
		uint64_t begin = timing_now_ns();

		pthread_mutex_unlock(&todo.lock);
		run_command(file);
		pthread_mutex_lock(&todo.lock);
		timing_add(&timing, timing_now_ns() - begin);
	}
	pthread_mutex_unlock(&todo.lock);
	return NULL;
}

static void run_commands(char **files, size_t n, char **command)
{
	pthread_t threads[MAX_THREADS];
	uint64_t begin = timing_now_ns();
	double secs;

	todo.files = files;
	todo.n = n;
	todo.command = command;
	for (size_t i = 0; i < n_threads; i++)
		timing_check(pthread_create(&threads[i], NULL, command_thread, NULL) != 0, "thread");
	for (size_t i = 0; i < n_threads; i++)
		pthread_join(threads[i], NULL);
	secs = (double)(timing_now_ns() - begin) / 1e9;
	timing_line(label, "run", n_threads, (double)n / secs, timing_us(&timing, 0.5), timing_us(&timing, 1));
}

static void usage(void)
{
	timing_die("usage: drop [-l LABEL] [-t THREADS] one|all|sync DIRECTORY FILE..., or run FILE... -- COMMAND...");
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(char **files, size_t n, const char *dir);
	} verbs[] = { { "one", run_one }, { "all", run_all }, { "sync", run_sync } };
	int64_t n;
	int c;

	while ((c = getopt(argc, argv, "+l:t:")) != -1) {
		if (c == 'l')
			label = optarg;
		else if (c == 't' && util_int(optarg, &n) == 0 && n > 0 && n <= MAX_THREADS)
			n_threads = (size_t)n;
		else
			usage();
	}
	argv += optind;
	argc -= optind;
	if (argc < 3)
		usage();
	for (size_t i = 0; i < N_ELEMS(verbs); i++) {
		if (streq(argv[0], verbs[i].name)) {
			verbs[i].run(argv + 2, (size_t)argc - 2, argv[1]);
			return 0;
		}
	}
	for (int i = 1; streq(argv[0], "run") && i < argc - 1; i++) {
		if (streq(argv[i], "--")) {
			run_commands(argv + 1, (size_t)i - 1, argv + i + 1);
			return 0;
		}
	}
	usage();
}
