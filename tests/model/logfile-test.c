/* The log of a server: kept, turned over, and read back. */
#include "tests/test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "model/logfile.h"

#define WAIT_MS 30000

struct fixture {
	char dir[32];
	struct logfile *log;
	int to; /* the writing end, as the server has it */
};

static void begin(struct fixture *f, const char *first)
{
	struct err e = ERR_INIT;
	int pipes[2];

	assert_int_equal(pipe2(pipes, O_CLOEXEC), 0);
	f->to = pipes[1];
	if (logfile_open(f->dir, first, pipes[0], &f->log, &e) < 0)
		fail_msg("%s", e.text);
}

static void end(struct fixture *f)
{
	util_close(&f->to);
	assert_true(logfile_drain(f->log, WAIT_MS));
}

static int setup(void **state)
{
	struct fixture *f = xcalloc(1, sizeof(*f));

	strcpy(f->dir, "/tmp/0711fs-log-XXXXXX");
	*state = f;
	return mkdtemp(f->dir) ? 0 : -1;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	logfile_close(f->log);
	util_close(&f->to);
	io_remove_tree(AT_FDCWD, f->dir);
	free(f);
	return 0;
}

static void say(const struct fixture *f, const char *text)
{
	assert_int_equal(io_write_all(f->to, text, strlen(text)), 0);
}

static void expect(const struct fixture *f, size_t max, const char *expected)
{
	auto_buf out = BUF_INIT;

	logfile_read(f->dir, max, &out);
	assert_string_equal(buf_str(&out), expected);
}

static void lines_are_kept(void **state)
{
	struct fixture *f = *state;
	char tail[64];

	expect(f, 100, "");
	begin(f, "starting");
	assert_string_equal(logfile_tail(f->log, tail, sizeof(tail)), "");
	say(f, "one\ntwo\n\x1b[1mthree\xff\n\n");
	end(f);
	expect(f, 1000, "starting\none\ntwo\n\x1b[1mthree\xff\n\n");
	expect(f, 19, "two\n\x1b[1mthree\xff\n\n");
	assert_string_equal(logfile_tail(f->log, tail, sizeof(tail)), "one|two|?[1mthree?");
	assert_string_equal(logfile_tail(f->log, tail, 16), "two|?[1mthree?");
	assert_string_equal(logfile_tail(f->log, tail, 6), "hree?");
}

static void a_second_run_goes_on(void **state)
{
	struct fixture *f = *state;
	char tail[64];

	begin(f, "first");
	say(f, "a\n");
	end(f);
	logfile_close(f->log);
	begin(f, "second");
	end(f);
	expect(f, 1000, "first\na\nsecond\n");
	assert_string_equal(logfile_tail(f->log, tail, sizeof(tail)), "");
}

static size_t size_of(const struct fixture *f, const char *name)
{
	auto_free char *path = xasprintf("%s/%s", f->dir, name);
	struct stat sb;

	return stat(path, &sb) == 0 ? (size_t)sb.st_size : 0;
}

static void it_stays_small_and_loses_no_last_line(void **state)
{
	struct fixture *f = *state;
	const char *end_of_line = "................................................................\n";
	auto_buf out = BUF_INIT;

	begin(f, "starting");
	for (int i = 0; i < 60000; i++) {
		char line[100];

		snprintf(line, sizeof(line), "%08d%s", i, end_of_line);
		say(f, line);
	}
	end(f);
	assert_in_range(size_of(f, "log") + size_of(f, "log.1"), 384u << 10, 1u << 20);
	logfile_read(f->dir, 300000, &out);
	assert_in_range(out.len, 300000 - 2 * 73, 300000);
	for (size_t at = 0; at < out.len; at += 73)
		assert_int_equal(atoi(out.data + at), 60000 - (int)((out.len - at) / 73));
}

static void one_long_line_does_no_harm(void **state)
{
	struct fixture *f = *state;
	auto_free char *line = malloc(2 << 20);
	auto_buf out = BUF_INIT;
	char tail[64];

	memset(line, 'x', 2 << 20);
	line[(2 << 20) - 1] = '\0';
	begin(f, "starting");
	say(f, line);
	end(f);
	logfile_read(f->dir, 65536, &out);
	assert_int_equal(out.len, 65536);
	assert_int_equal(strlen(logfile_tail(f->log, tail, sizeof(tail))), 63);
	assert_in_range(size_of(f, "log") + size_of(f, "log.1"), 1, 1u << 20);
}

/* Somebody may keep the writing end for ever. */
static void it_is_closed_before_its_end(void **state)
{
	struct fixture *f = *state;

	begin(f, "starting");
	assert_false(logfile_drain(f->log, 10));
	logfile_close(f->log);
	f->log = NULL;
	expect(f, 100, "starting\n");
}

static void a_directory_that_is_not_there_is_said(void **state)
{
	struct fixture *f = *state;
	struct err e = ERR_INIT;
	struct logfile *log;
	int pipes[2];

	assert_int_equal(pipe2(pipes, O_CLOEXEC), 0);
	f->to = pipes[1];
	assert_int_equal(logfile_open("/nonexistent", "x", pipes[0], &log, &e), -ENOENT);
	assert_non_null(strstr(e.text, "/nonexistent/log"));
	assert_int_equal(fcntl(pipes[0], F_GETFD), -1);
}

#define LOG_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		LOG_TEST(lines_are_kept),
		LOG_TEST(a_second_run_goes_on),
		LOG_TEST(it_stays_small_and_loses_no_last_line),
		LOG_TEST(one_long_line_does_no_harm),
		LOG_TEST(it_is_closed_before_its_end),
		LOG_TEST(a_directory_that_is_not_there_is_said),
	};

	return RUN_TESTS(tests);
}
