/* Weights are read ahead as far as the budget goes, the likeliest first, and once. */
#include "model/warm.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/io.h"

#define KB 1024

static char dir[] = "/tmp/0711fs-warm-XXXXXX";

static char *make_file(const char *name, size_t size)
{
	char *path = xasprintf("%s/%s", dir, name);
	auto_close int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, (off_t)size), 0);
	return path;
}

/* True as soon as so many bytes were read; fails when there are more. */
static bool reads(struct warmer *w, uint64_t bytes)
{
	int64_t until = clock_mono_ms() + 10000;

	while (warmer_bytes(w) < bytes && clock_mono_ms() < until)
		usleep(1000);
	return warmer_bytes(w) == bytes;
}

static void files_and_folders_are_read_within_the_budget(void **state)
{
	struct warmer *w = warmer_start();
	auto_free char *one = make_file("one", 300 * KB), *big = make_file("big", 900 * KB), *folder, *part;
	const char *all[3];

	(void)state;
	folder = xasprintf("%s/folder", dir);
	assert_int_equal(mkdir(folder, 0700), 0);
	part = make_file("folder/part", 200 * KB);
	all[0] = one;
	all[1] = big;
	all[2] = folder;
	warmer_want(w, all, 3, 600 * KB);
	assert_true(reads(w, 500 * KB));
	warmer_want(w, all, 3, 2000 * KB); /* only what was left out */
	assert_true(reads(w, 1400 * KB));
	warmer_want(w, all + 1, 1, 2000 * KB);
	warmer_want(w, all, 2, 2000 * KB); /* one was not wanted meanwhile */
	assert_true(reads(w, 1700 * KB));
	warmer_stop(w);
}

static void what_is_not_there_is_passed_over(void **state)
{
	struct warmer *w = warmer_start();
	auto_free char *there = make_file("there", 10 * KB);
	const char *all[] = { "/nowhere/at/all", there };

	(void)state;
	warmer_want(w, all, 2, 100 * KB);
	assert_true(reads(w, 10 * KB));
	warmer_stop(w);
	warmer_stop(NULL);
}

static int make_dir(void **state)
{
	(void)state;
	return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
	(void)state;
	return io_remove_tree(AT_FDCWD, dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_and_folders_are_read_within_the_budget),
		cmocka_unit_test(what_is_not_there_is_passed_over),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
