#include "tests/test.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "blob/blob.h"

/* What the disk does: fsync(2) comes here first. */
static struct {
	atomic_bool armed, reached;
	atomic_int fail_at; /* the n-th call from now on fails */
} disk;

int fsync(int fd)
{
	while (disk.armed)
		disk.reached = true;
	if (disk.fail_at && --disk.fail_at == 0) {
		errno = EIO;
		return -1;
	}
	return fdatasync(fd);
}

static char dir[] = "/tmp/blob-test.XXXXXX";
static struct blobs *blobs;

static int open_blobs(void **state UNUSED)
{
	struct err e = ERR_INIT;

	if (mkdtemp(dir) && blobs_open(dir, &blobs, &e) == 0)
		return 0;
	print_error("%s\n", e.text);
	return -1;
}

static int close_blobs(void **state UNUSED)
{
	blobs_close(blobs);
	return io_remove_tree(AT_FDCWD, dir);
}

static int count_in(const char *name)
{
	auto_free char *command = xasprintf("find '%s/%s' -type f | wc -l", dir, name);
	FILE *out = popen(command, "r");
	int n = -1;

	assert_int_equal(fscanf(out, "%d", &n), 1);
	pclose(out);
	return n;
}

/* The blob holds these bytes, at the place that its hash says. */
static void holds(const char *sha, const void *bytes, size_t len)
{
	char hex[SHA256_HEX_BYTES], path[PATH_MAX];
	auto_free char *out = NULL;
	struct stat sb;
	size_t n;

	assert_string_equal(sha, sha256_hex(bytes, len, hex));
	assert_int_equal(blob_read(blobs, sha, len, &out, &n, NULL), 0);
	assert_true(n == len);
	assert_memory_equal(out, bytes, len);
	assert_int_equal(out[len], '\0');
	assert_int_equal(stat(blob_path(blobs, sha, path), &sb), 0);
	assert_int_equal(sb.st_mode & 0777, 0444);
	assert_int_equal(path[strlen(dir) + strlen("/blobs/ab")], '/');
}

static struct stage *new_stage(void)
{
	struct stage *s;

	assert_int_equal(stage_new(blobs, &s, NULL), 0);
	return s;
}

static void write_at(struct stage *s, const char *text, int64_t offset)
{
	assert_int_equal(stage_write(s, text, strlen(text), offset), 0);
}

static void seal_holds(struct stage *s, const char *text)
{
	char sha[SHA256_HEX_BYTES];
	struct err e = ERR_INIT;
	int64_t size;

	if (stage_seal(s, sha, &size, &e) < 0)
		fail_msg("%s", e.text);
	assert_int_equal(size, strlen(text));
	holds(sha, text, strlen(text));
	blob_unpin(blobs, sha);
}

static void seals_what_came_in_order(void **state UNUSED)
{
	struct stage *s = new_stage();

	write_at(s, "one ", 0);
	write_at(s, "two ", 4);
	write_at(s, "three", 8);
	assert_int_equal(stage_size(s), 13);
	seal_holds(s, "one two three");
	stage_free(s);
}

static void seals_what_came_in_disorder(void **state UNUSED)
{
	struct stage *s = new_stage();

	write_at(s, "three!", 8);
	write_at(s, "one ", 0);
	write_at(s, "two ", 4);
	write_at(s, "ONE", 0); /* over bytes that were hashed */
	seal_holds(s, "ONE two three!");
	stage_free(s);
}

static void seals_a_hole_as_zeroes(void **state UNUSED)
{
	static const char expected[] = "a\0\0\0b\0\0";
	char sha[SHA256_HEX_BYTES];
	struct stage *s = new_stage();
	int64_t size;

	write_at(s, "a", 0);
	write_at(s, "b", 4);
	assert_int_equal(stage_truncate(s, 7), 0);
	assert_int_equal(stage_seal(s, sha, &size, NULL), 0);
	holds(sha, expected, sizeof(expected) - 1);
	stage_free(s);
}

static void truncates(void **state UNUSED)
{
	struct stage *s = new_stage();

	write_at(s, "0123456789", 0);
	assert_int_equal(stage_truncate(s, 4), 0);
	write_at(s, "x", 4);
	seal_holds(s, "0123x");
	assert_int_equal(stage_truncate(s, 2), 0);
	seal_holds(s, "01");
	assert_int_equal(stage_truncate(s, 0), 0);
	seal_holds(s, "");
	write_at(s, "again", 0);
	seal_holds(s, "again");
	stage_free(s);
}

static void reads_before_and_after_sealing(void **state UNUSED)
{
	struct stage *s = new_stage();
	char out[16];

	write_at(s, "readable", 0);
	assert_int_equal(stage_read(s, out, sizeof(out), 4), 4);
	assert_memory_equal(out, "able", 4);
	seal_holds(s, "readable");
	assert_int_equal(stage_read(s, out, sizeof(out), 0), 8);
	assert_int_equal(stage_read(s, out, sizeof(out), 8), 0);
	stage_free(s);
}

static void seals_twice(void **state UNUSED)
{
	struct stage *s = new_stage();
	char sha[SHA256_HEX_BYTES];
	int64_t size;

	write_at(s, "sealed twice", 0);
	seal_holds(s, "sealed twice");
	seal_holds(s, "sealed twice");
	assert_int_equal(stage_seal(s, sha, &size, NULL), 0);
	blob_unpin(blobs, sha);
	stage_free(s);
	holds(sha, "sealed twice", 12); /* a sealed stage leaves its blob */
}

static bool unused(void *ud UNUSED, const char *sha UNUSED)
{
	return false;
}

static bool in_use(void *ud UNUSED, const char *sha UNUSED)
{
	return true;
}

static void seals_again_what_was_removed(void **state UNUSED)
{
	struct stage *s = new_stage();
	char sha[SHA256_HEX_BYTES];
	int64_t size;

	write_at(s, "removed between", 0);
	assert_int_equal(stage_seal(s, sha, &size, NULL), 0);
	blob_unpin(blobs, sha);
	assert_int_equal(blob_remove(blobs, sha, unused, NULL), 0);
	seal_holds(s, "removed between");
	stage_free(s);
}

static void leaves_the_blob_when_written_after_sealing(void **state UNUSED)
{
	struct stage *s = new_stage();

	write_at(s, "first", 0);
	seal_holds(s, "first");
	write_at(s, " and more", 5);
	seal_holds(s, "first and more");
	holds(sha256_hex("first", 5, (char[SHA256_HEX_BYTES]){ "" }), "first", 5);
	stage_free(s);
}

static void keeps_twins_once(void **state UNUSED)
{
	struct stage *a = new_stage(), *b = new_stage();
	int before = count_in("blobs");

	write_at(a, "the same bytes", 0);
	write_at(b, "the same bytes", 0);
	seal_holds(a, "the same bytes");
	seal_holds(b, "the same bytes");
	assert_int_equal(count_in("blobs"), before + 1);
	write_at(b, "T", 0);
	seal_holds(b, "The same bytes");
	stage_free(a);
	stage_free(b);
	assert_int_equal(count_in("staging"), 0);
}

static void replaces_a_damaged_blob(void **state UNUSED)
{
	char sha[SHA256_HEX_BYTES], path[PATH_MAX];

	assert_int_equal(blob_put(blobs, "to be damaged", 13, sha, NULL), 0);
	blob_path(blobs, sha, path);
	assert_int_equal(chmod(path, 0600), 0);
	assert_int_equal(truncate(path, 5), 0);
	assert_int_equal(blob_put(blobs, "to be damaged", 13, sha, NULL), 0);
	holds(sha, "to be damaged", 13);
}

static void starts_from_a_blob(void **state UNUSED)
{
	struct stage *s = new_stage();
	char sha[SHA256_HEX_BYTES];
	struct err e = ERR_INIT;

	assert_int_equal(blob_put(blobs, "a letter", 8, sha, NULL), 0);
	assert_int_equal(stage_load(s, sha, &e), 0);
	assert_int_equal(stage_size(s), 8);
	write_at(s, "A", 0);
	seal_holds(s, "A letter");
	holds(sha, "a letter", 8);
	stage_free(s);
	s = new_stage();
	sha256_hex("never stored", 12, sha);
	assert_int_equal(stage_load(s, sha, &e), -ENOENT);
	assert_non_null(strstr(e.text, sha));
	stage_free(s);
}

static void seals_more_than_fits_in_memory_pieces(void **state UNUSED)
{
	size_t len = 3 * 1024 * 1024 + 17;
	auto_free char *bytes = xmalloc(len);
	char sha[SHA256_HEX_BYTES];
	struct stage *s = new_stage();
	int64_t size;

	for (size_t i = 0; i < len; i++)
		bytes[i] = (char)(i * 2654435761u >> 13);
	for (size_t at = 0; at < len; at += 100000) /* backwards: nothing comes in order */
		assert_int_equal(stage_write(s, bytes + (len - at > 100000 ? len - at - 100000 : 0),
					     len - at > 100000 ? 100000 : len - at,
					     (int64_t)(len - at > 100000 ? len - at - 100000 : 0)),
				 0);
	assert_int_equal(stage_seal(s, sha, &size, NULL), 0);
	holds(sha, bytes, len);
	assert_int_equal(stage_write(s, "!", 1, (int64_t)len - 1), 0);
	bytes[len - 1] = '!';
	assert_int_equal(stage_seal(s, sha, &size, NULL), 0);
	holds(sha, bytes, len);
	stage_free(s);
}

static void tells_a_lost_blob(void **state UNUSED)
{
	char sha[SHA256_HEX_BYTES], path[PATH_MAX];
	auto_free char *out = NULL;
	struct err e = ERR_INIT;
	size_t len;

	assert_int_equal(blob_put(blobs, "lost", 4, sha, NULL), 0);
	blob_unpin(blobs, sha);
	assert_int_equal(unlink(blob_path(blobs, sha, path)), 0);
	assert_int_equal(blob_open(blobs, sha, &e), -ENOENT);
	assert_non_null(strstr(e.text, "is lost"));
	assert_int_equal(blob_read(blobs, sha, 100, &out, &len, NULL), -ENOENT);
	assert_int_equal(blob_pin(blobs, sha, NULL), -ENOENT);
	assert_int_equal(blob_open(blobs, "../../etc/passwd", NULL), -EINVAL);
	assert_int_equal(blob_put(blobs, "big", 3, sha, NULL), 0);
	assert_int_equal(blob_read(blobs, sha, 2, &out, &len, NULL), -EFBIG);
}

static bool is_there(const char *sha)
{
	char path[PATH_MAX];

	return access(blob_path(blobs, sha, path), F_OK) == 0;
}

static void removes_only_what_nobody_needs(void **state UNUSED)
{
	char sha[SHA256_HEX_BYTES];

	assert_int_equal(blob_put(blobs, "pinned", 6, sha, NULL), 0);
	assert_int_equal(blob_pin(blobs, sha, NULL), 0);
	assert_int_equal(blob_remove(blobs, sha, unused, NULL), 0);
	assert_true(is_there(sha));
	blob_unpin(blobs, sha);
	assert_int_equal(blob_remove(blobs, sha, unused, NULL), 0);
	assert_true(is_there(sha));
	blob_unpin(blobs, sha);
	assert_int_equal(blob_remove(blobs, sha, in_use, NULL), 0);
	assert_true(is_there(sha));
	assert_int_equal(blob_remove(blobs, sha, unused, NULL), 0);
	assert_false(is_there(sha));
	assert_int_equal(blob_remove(blobs, sha, unused, NULL), 0);
}

static void survives_missing_shards(void **state UNUSED)
{
	auto_free char *command = xasprintf("rm -rf '%s'/blobs/*", dir);
	char sha[SHA256_HEX_BYTES];

	assert_int_equal(system(command), 0);
	assert_int_equal(blob_put(blobs, "in a new shard", 14, sha, NULL), 0);
	holds(sha, "in a new shard", 14);
}

static void clears_staging_at_start(void **state UNUSED)
{
	struct stage *s = new_stage();
	char sha[SHA256_HEX_BYTES];
	struct blobs *next;
	int64_t size;

	write_at(s, "left behind", 0);
	assert_int_equal(count_in("staging"), 1);
	assert_int_equal(blobs_open(dir, &next, NULL), 0);
	assert_int_equal(count_in("staging"), 0);
	assert_int_equal(stage_seal(s, sha, &size, NULL), -ENOENT);
	blobs_close(next);
	stage_free(s);
	blobs_close(blobs);
	assert_int_equal(blobs_open(dir, &blobs, NULL), 0);
}

/* A sealed blob is there as long as it is pinned, whatever others remove meanwhile. */
#define RACE_THREADS 4
#define RACE_ROUNDS  150
static atomic_int n_lost;

static void *race(void *arg)
{
	int self = (int)(intptr_t)arg;

	for (int i = 0; i < RACE_ROUNDS; i++) {
		char sha[SHA256_HEX_BYTES], text[16];
		int len = snprintf(text, sizeof(text), "race %d", (i + self / 2) % 3);

		if (blob_put(blobs, text, (size_t)len, sha, NULL) < 0 || !is_there(sha))
			n_lost++;
		blob_unpin(blobs, sha);
		blob_remove(blobs, sha, unused, NULL);
	}
	return NULL;
}

static void pins_win_over_removal(void **state UNUSED)
{
	pthread_t threads[RACE_THREADS];

	n_lost = 0;
	for (intptr_t i = 0; i < RACE_THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, race, (void *)i), 0);
	for (int i = 0; i < RACE_THREADS; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(n_lost, 0);
}

static void *write_tenth(void *arg)
{
	struct stage *s = ((void **)arg)[0];
	intptr_t self = (intptr_t)((void **)arg)[1];
	char bytes[100];

	memset(bytes, 'a' + (int)self, sizeof(bytes));
	for (int i = 0; i < 10; i++)
		stage_write(s, bytes, sizeof(bytes), (i * 4 + (int)self) * (int)sizeof(bytes));
	return NULL;
}

static void takes_writes_from_several_threads(void **state UNUSED)
{
	struct stage *s = new_stage();
	char sha[SHA256_HEX_BYTES], expected[4000];
	pthread_t threads[4];
	void *args[4][2];
	int64_t size;

	for (int i = 0; i < 40; i++)
		memset(expected + i * 100, 'a' + i % 4, 100);
	for (intptr_t i = 0; i < 4; i++) {
		args[i][0] = s;
		args[i][1] = (void *)i;
		assert_int_equal(pthread_create(&threads[i], NULL, write_tenth, args[i]), 0);
	}
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(stage_seal(s, sha, &size, NULL), 0);
	holds(sha, expected, sizeof(expected));
	stage_free(s);
}

static void reports_a_limit_and_goes_on(void **state UNUSED)
{
	struct rlimit was, small;
	struct stage *s = new_stage();
	static char bytes[8192];

	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &was);
	small = was;
	small.rlim_cur = 4096;
	write_at(s, "before", 0);
	setrlimit(RLIMIT_FSIZE, &small);
	assert_int_equal(stage_write(s, bytes, sizeof(bytes), 6), -EFBIG);
	assert_int_equal(stage_size(s), 6);
	setrlimit(RLIMIT_FSIZE, &was);
	seal_holds(s, "before");
	stage_free(s);
}

/* A small file system of our own; needs root. */
static void reports_a_full_disk_and_goes_on(void **state UNUSED)
{
	static char bytes[256 * 1024];
	char small[] = "/tmp/blob-full.XXXXXX", sha[SHA256_HEX_BYTES];
	struct err e = ERR_INIT;
	struct blobs *full;
	struct stage *s;
	int64_t size;

	assert_non_null(mkdtemp(small));
	if (mount("none", small, "tmpfs", 0, "size=1m,nr_inodes=2000") < 0) {
		rmdir(small);
		skip();
	}
	assert_int_equal(blobs_open(small, &full, NULL), 0);
	assert_int_equal(stage_new(full, &s, NULL), 0);
	for (int64_t at = 0; at < 4; at++)
		assert_int_equal(stage_write(s, bytes, sizeof(bytes), at * (int64_t)sizeof(bytes)), 0);
	assert_int_equal(stage_write(s, bytes, sizeof(bytes), 4 * (int64_t)sizeof(bytes)), -ENOSPC);
	assert_int_equal(stage_size(s), 4 * (int64_t)sizeof(bytes));
	assert_int_equal(blob_put(full, bytes, sizeof(bytes), sha, &e), -ENOSPC);
	assert_non_null(strstr(e.text, "No space left"));
	assert_int_equal(stage_seal(s, sha, &size, NULL), 0);
	assert_int_equal(stage_write(s, "x", 1, 0), -ENOSPC); /* there is no room for the copy */
	blob_unpin(full, sha);
	assert_int_equal(stage_seal(s, sha, &size, NULL), 0);
	stage_free(s);
	blobs_close(full);
	umount(small);
	rmdir(small);
}

static void *seal_it(void *arg)
{
	char sha[SHA256_HEX_BYTES];
	int64_t size;

	return stage_seal(arg, sha, &size, NULL) == 0 ? arg : NULL;
}

static void tells_the_size_while_it_seals(void **state UNUSED)
{
	struct stage *s;
	pthread_t thread;
	void *done;

	assert_int_equal(stage_new(blobs, &s, NULL), 0);
	assert_int_equal(stage_write(s, "sealed slowly", 13, 0), 0);
	disk.armed = true;
	disk.reached = false;
	assert_int_equal(pthread_create(&thread, NULL, seal_it, s), 0);
	while (!disk.reached)
		sched_yield();
	alarm(60);
	assert_int_equal(stage_size(s), 13);
	alarm(0);
	disk.armed = false;
	pthread_join(thread, &done);
	assert_ptr_equal(done, s);
	stage_free(s);
}

/* The bytes, then the directory that names them: when one cannot be synced, nothing of the document stays. */
static void leaves_nothing_that_is_not_durable(void **state UNUSED)
{
	char sha[SHA256_HEX_BYTES];
	int before = count_in("blobs");
	int64_t size;

	for (int n = 1; n <= 2; n++) {
		struct stage *s;

		assert_int_equal(stage_new(blobs, &s, NULL), 0);
		assert_int_equal(stage_write(s, "not durable", 11, 0), 0);
		disk.fail_at = n;
		assert_int_equal(stage_seal(s, sha, &size, NULL), -EIO);
		assert_int_equal(count_in("blobs"), before);
		assert_int_equal(stage_seal(s, sha, &size, NULL), 0);
		holds(sha, "not durable", 11);
		blob_unpin(blobs, sha);
		assert_int_equal(blob_remove(blobs, sha, unused, NULL), 0);
		stage_free(s);
	}
	assert_int_equal(count_in("blobs"), before);
	assert_int_equal(count_in("staging"), 0);
}

static void puts_several_at_once(void **state UNUSED)
{
	struct blob_put all[9] = { 0 };
	char text[9][16];
	struct err e = ERR_INIT;

	for (size_t i = 0; i < N_ELEMS(all); i++) {
		snprintf(text[i], sizeof(text[i]), "output %zu", i / 2); /* each twice, but for the last */
		all[i] = (struct blob_put){ .bytes = text[i], .len = strlen(text[i]) };
	}
	assert_int_equal(blob_put_all(blobs, all, N_ELEMS(all), &e), 0);
	for (size_t i = 0; i < N_ELEMS(all); i++) {
		auto_free char *got = NULL;
		size_t len;

		assert_int_equal(all[i].rc, 0);
		assert_int_equal(blob_read(blobs, all[i].sha, 100, &got, &len, &e), 0);
		assert_string_equal(got, text[i]);
		blob_unpin(blobs, all[i].sha);
	}
}

/* What is there stays pinned, so that the caller knows what to let go. */
static void tells_which_of_several_failed(void **state UNUSED)
{
	struct blob_put all[] = { { .bytes = "one of three", .len = 12 },
				  { .bytes = "two of three", .len = 12 },
				  { .bytes = "all of three", .len = 12 } };
	struct err e = ERR_INIT;
	int n_there = 0;

	disk.fail_at = 2;
	assert_int_equal(blob_put_all(blobs, all, N_ELEMS(all), &e), -EIO);
	disk.fail_at = 0;
	assert_string_not_equal(e.text, "");
	for (size_t i = 0; i < N_ELEMS(all); i++) {
		if (all[i].rc < 0)
			continue;
		n_there++;
		blob_unpin(blobs, all[i].sha);
	}
	assert_int_equal(n_there, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(seals_what_came_in_order),
		cmocka_unit_test(puts_several_at_once),
		cmocka_unit_test(tells_which_of_several_failed),
		cmocka_unit_test(seals_what_came_in_disorder),
		cmocka_unit_test(seals_a_hole_as_zeroes),
		cmocka_unit_test(truncates),
		cmocka_unit_test(reads_before_and_after_sealing),
		cmocka_unit_test(seals_twice),
		cmocka_unit_test(seals_again_what_was_removed),
		cmocka_unit_test(leaves_the_blob_when_written_after_sealing),
		cmocka_unit_test(keeps_twins_once),
		cmocka_unit_test(replaces_a_damaged_blob),
		cmocka_unit_test(starts_from_a_blob),
		cmocka_unit_test(seals_more_than_fits_in_memory_pieces),
		cmocka_unit_test(tells_a_lost_blob),
		cmocka_unit_test(removes_only_what_nobody_needs),
		cmocka_unit_test(survives_missing_shards),
		cmocka_unit_test(clears_staging_at_start),
		cmocka_unit_test(pins_win_over_removal),
		cmocka_unit_test(takes_writes_from_several_threads),
		cmocka_unit_test(reports_a_limit_and_goes_on),
		cmocka_unit_test(reports_a_full_disk_and_goes_on),
		cmocka_unit_test(tells_the_size_while_it_seals),
		cmocka_unit_test(leaves_nothing_that_is_not_durable),
	};

	return cmocka_run_group_tests(tests, open_blobs, close_blobs);
}
