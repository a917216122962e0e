#include "tests/test.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"

static char dir[] = "/tmp/io-test.XXXXXX";
static int dirfd_ = -1;

static int make_dir(void **state UNUSED)
{
	if (!mkdtemp(dir))
		return -1;
	dirfd_ = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return dirfd_ < 0;
}

static int drop_dir(void **state UNUSED)
{
	close(dirfd_);
	return io_remove_tree(AT_FDCWD, dir);
}

static void put(const char *path, const char *text)
{
	auto_close int fd = openat(dirfd_, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(io_write_all(fd, text, strlen(text)), 0);
}

static bool exists(const char *path)
{
	return faccessat(dirfd_, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static void reads_what_was_written(void **state UNUSED)
{
	auto_buf b = BUF_INIT;

	put("f", "line one\nline two\n");
	buf_addstr(&b, "before ");
	assert_int_equal(io_read_file(dirfd_, "f", &b, 100), 0);
	assert_string_equal(buf_str(&b), "before line one\nline two\n");
}

static void refuses_more_than_asked(void **state UNUSED)
{
	auto_buf exact = BUF_INIT, over = BUF_INIT;

	put("f", "0123456789");
	assert_int_equal(io_read_file(dirfd_, "f", &exact, 10), 0);
	assert_int_equal(io_read_file(dirfd_, "f", &over, 9), -EFBIG);
}

static void says_what_is_missing(void **state UNUSED)
{
	auto_buf b = BUF_INIT;

	assert_int_equal(io_read_file(dirfd_, "nothing", &b, 10), -ENOENT);
	assert_int_equal(io_read_file(dirfd_, ".", &b, 10), -EISDIR);
}

static void *drain(void *fd)
{
	struct buf *b = xcalloc(1, sizeof(*b));

	io_read_fd(*(int *)fd, b, SIZE_MAX / 2);
	return b;
}

static void writes_more_than_a_pipe_holds(void **state UNUSED)
{
	size_t len = 1 << 20;
	auto_free char *bytes = xmalloc(len);
	pthread_t thread;
	int p[2];
	void *got;

	memset(bytes, 'x', len);
	assert_int_equal(pipe2(p, O_CLOEXEC), 0);
	assert_int_equal(pthread_create(&thread, NULL, drain, &p[0]), 0);
	assert_int_equal(io_write_all(p[1], bytes, len), 0);
	close(p[1]);
	pthread_join(thread, &got);
	close(p[0]);
	assert_int_equal(((struct buf *)got)->len, len);
	buf_release(got);
	free(got);
}

static void removes_a_tree_and_follows_no_link(void **state UNUSED)
{
	put("outside", "stays");
	assert_int_equal(mkdirat(dirfd_, "t", 0700), 0);
	assert_int_equal(mkdirat(dirfd_, "t/sub", 0700), 0);
	put("t/sub/f", "goes");
	assert_int_equal(symlinkat("../outside", dirfd_, "t/link"), 0);
	assert_int_equal(symlinkat("..", dirfd_, "t/sub/up"), 0);
	assert_int_equal(io_remove_tree(dirfd_, "t"), 0);
	assert_false(exists("t"));
	assert_true(exists("outside"));
	assert_int_equal(io_remove_tree(dirfd_, "t"), 0);
	assert_int_equal(io_remove_tree(dirfd_, "outside"), 0);
	assert_false(exists("outside"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_was_written),
		cmocka_unit_test(refuses_more_than_asked),
		cmocka_unit_test(says_what_is_missing),
		cmocka_unit_test(writes_more_than_a_pipe_holds),
		cmocka_unit_test(removes_a_tree_and_follows_no_link),
	};

	return cmocka_run_group_tests(tests, make_dir, drop_dir);
}
