/*
 * seen - how long after its commit a change is seen through the mount, elsewhere than where it was made
 *
 *     seen [-c CHANGES] MOUNT FIRST N
 *
 * N tasks "rNNNNN@reviews" from FIRST on, which wait for a review, are approved one after the other. Both must be seen
 * that the kernel had cached: the task's link leaves tasks/needs_review, and its task.json is another. The clock starts
 * when write(2) returns, that is after the commit. -c: meanwhile two threads make so many other changes a second.
 * Prints "ours seen_idle …" or "ours seen_loaded …" and, with -c, "ours changes …" with the rate that was reached.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/bench/timing.h"

#define GIVE_UP_NS 5000000000U
#define N_LOADERS  2

static const char *mnt;
static _Atomic bool over;

static void put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	timing_check(fd < 0 || write(fd, text, strlen(text)) < 0 || close(fd) < 0, path);
}

/* Titles of tasks that nobody looks at. */
struct loader {
	pthread_t thread;
	size_t id, n_done;
	uint64_t every_ns;
};

static void *load(void *arg)
{
	struct loader *l = arg;
	uint64_t next = timing_now_ns();
	char path[PATH_MAX], text[32];

	for (; !over; l->n_done++) {
		uint64_t now = timing_now_ns();

		snprintf(path, sizeof(path), "%s/engagements/default/tasks/t%05zu/title", mnt,
			 (l->n_done * N_LOADERS + l->id) % 100);
		snprintf(text, sizeof(text), "change %zu\n", l->n_done);
		put(path, text);
		next += l->every_ns;
		if (next > now)
			usleep((useconds_t)((next - now) / 1000));
	}
	return NULL;
}

static bool same(const struct stat *a, const struct stat *b)
{
	return a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	       a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

static uint64_t approve(size_t i)
{
	char review[PATH_MAX], link[PATH_MAX], document[PATH_MAX];
	struct stat was, st;
	uint64_t begin, now;

	snprintf(review, sizeof(review), "%s/engagements/reviews/tasks/r%05zu/review", mnt, i);
	snprintf(document, sizeof(document), "%s/engagements/reviews/tasks/r%05zu/task.json", mnt, i);
	snprintf(link, sizeof(link), "%s/tasks/needs_review/r%05zu@reviews", mnt, i);
	timing_check(lstat(link, &st) < 0, link);
	timing_check(stat(document, &was) < 0, document);
	put(review, "approve\n");
	begin = now = timing_now_ns();
	while (lstat(link, &st) == 0 || stat(document, &st) < 0 || same(&st, &was)) {
		now = timing_now_ns();
		if (now - begin > GIVE_UP_NS)
			timing_die("'%s' is not seen to be approved", review);
	}
	return timing_now_ns() - begin;
}

static size_t number(const char *text)
{
	int64_t n;

	if (util_int(text, &n) < 0 || n < 0)
		timing_die("'%s' is no number", text);
	return (size_t)n;
}

int main(int argc, char **argv)
{
	struct loader loaders[N_LOADERS] = { 0 };
	static struct timing t;
	size_t changes = 0, n_done = 0;
	uint64_t begin;
	double secs;
	int c;

	while ((c = getopt(argc, argv, "c:")) != -1) {
		if (c != 'c')
			return 2;
		changes = number(optarg);
	}
	if (argc - optind != 3)
		timing_die("usage: seen [-c CHANGES] MOUNT FIRST N");
	mnt = argv[optind];
	begin = timing_now_ns();
	for (size_t i = 0; changes && i < N_LOADERS; i++) {
		loaders[i].id = i;
		loaders[i].every_ns = 1000000000U * N_LOADERS / changes;
		timing_check(pthread_create(&loaders[i].thread, NULL, load, &loaders[i]) != 0, "thread");
	}
	for (size_t i = 0; i < number(argv[optind + 2]); i++) {
		usleep(10000);
		timing_add(&t, approve(number(argv[optind + 1]) + i));
	}
	over = true;
	for (size_t i = 0; changes && i < N_LOADERS; i++) {
		pthread_join(loaders[i].thread, NULL);
		n_done += loaders[i].n_done;
	}
	secs = (double)(timing_now_ns() - begin) / 1e9;
	if (changes)
		timing_line("ours", "changes", N_LOADERS, (double)n_done / secs, 0, 0);
	timing_line("ours", changes ? "seen_loaded" : "seen_idle", 1, 0, timing_us(&t, 0.5), timing_us(&t, 1));
	return 0;
}
