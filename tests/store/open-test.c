#include "tests/test.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/io.h"
#include "store/rows.h"
#include "store/store.h"

static char dir[32];

static int make_dir(void **state UNUSED)
{
	snprintf(dir, sizeof(dir), "/tmp/open-test.XXXXXX");
	return mkdtemp(dir) ? 0 : -1;
}

static int drop_dir(void **state UNUSED)
{
	return io_remove_tree(AT_FDCWD, dir);
}

static struct store *open_ok(const char *path)
{
	struct store *st = NULL;
	struct err e = ERR_INIT;

	if (store_open(path, &st, &e) < 0)
		fail_msg("%s", e.text);
	return st;
}

static void open_fails(const char *path, int expected, const char *with_words)
{
	struct store *st;
	struct err e = ERR_INIT;

	assert_int_equal(store_open(path, &st, &e), expected);
	if (!strstr(e.text, with_words))
		fail_msg("\"%s\" is not in: %s", with_words, e.text);
}

static int put_setting(struct tx *tx, void *arg, struct err *e)
{
	struct setting s = { .name = arg };

	return row_insert(tx, &setting_table, &s, e);
}

static int find_setting(struct tx *tx, void *arg, struct err *e)
{
	struct setting s;
	int rc = row_find(tx, Q_SETTING, ARGS(V_TEXT(arg)), &s, e);

	row_release(&setting_table, &s);
	return rc;
}

static mode_t mode_of(const char *name)
{
	auto_free char *path = xasprintf("%s/%s", dir, name);
	struct stat sb;

	assert_int_equal(stat(path, &sb), 0);
	return sb.st_mode & 0777;
}

static void makes_a_private_directory(void **state UNUSED)
{
	auto_free char *path = xasprintf("%s/a/b/", dir);
	struct store *st = open_ok(path);
	auto_free char *expected = xasprintf("%s/a/b", dir);

	assert_string_equal(store_dir(st), expected);
	assert_string_equal(store_engine(st), "sqlite");
	assert_int_equal(mode_of("a"), 0700);
	assert_int_equal(mode_of("a/b"), 0700);
	assert_int_equal(mode_of("a/b/platform.db"), 0600);
	assert_int_equal(mode_of("a/b/platform.db-wal"), 0600);
	store_close(st);
}

static void keeps_what_was_written(void **state UNUSED)
{
	struct store *st = open_ok(dir);

	assert_int_equal(store_write(st, put_setting, (char *)"kept", NULL), 0);
	store_close(st);
	st = open_ok(dir);
	assert_int_equal(store_read(st, find_setting, (char *)"kept", NULL), 0);
	store_close(st);
}

static void refuses_what_is_no_directory(void **state UNUSED)
{
	open_fails("/dev/null", -ENOTDIR, "/dev/null");
	open_fails("", -EINVAL, "no name");
	open_fails("postgresql://host/db", -EPROTONOSUPPORT, "is no directory");
	open_fails("/proc/none/here", -ENOENT, "/proc/none/here");
}

/* Run fn in another process, which may be killed; its exit status. */
static int in_child(void (*fn)(int fd), int fd)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		fn(fd);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void write_and_die(int fd)
{
	struct store *st;
	int64_t id = 0;
	char name[64];

	if (store_open(dir, &st, NULL) < 0)
		_exit(1);
	for (int i = 0; i < 5000; i++)
		id = store_reserve(st, NULL);
	snprintf(name, sizeof(name), "before kill %" PRId64, id);
	if (store_write(st, put_setting, name, NULL) < 0 || dprintf(fd, "%" PRId64 "\n", id) < 0)
		_exit(1);
	raise(SIGKILL);
}

/* The last id that a process was given before it was killed. */
static int64_t last_of_the_killed(void)
{
	char text[32] = "";
	int fds[2];

	assert_int_equal(pipe(fds), 0);
	assert_int_equal(WTERMSIG(in_child(write_and_die, fds[1])), SIGKILL);
	assert_true(read(fds[0], text, sizeof(text) - 1) > 0);
	close(fds[0]);
	close(fds[1]);
	return strtoll(text, NULL, 10);
}

static void never_gives_an_id_twice_after_a_kill(void **state UNUSED)
{
	int64_t before = 0;

	for (int round = 0; round < 3; round++) {
		int64_t last = last_of_the_killed();
		struct store *st = open_ok(dir);
		auto_free char *name = xasprintf("before kill %" PRId64, last);

		assert_true(last > before);
		assert_int_equal(store_read(st, find_setting, name, NULL), 0);
		before = store_reserve(st, NULL);
		assert_true(before > last);
		store_close(st);
	}
}

static void try_to_open(int fd)
{
	struct err e = ERR_INIT;
	struct store *st;

	if (store_open(dir, &st, &e) != -EBUSY || dprintf(fd, "%s\n", e.text) < 0)
		_exit(1);
}

/* Before the store has threads: the other process waits until it is there. */
static void refuses_a_second_process(void **state UNUSED)
{
	auto_free char *expected =
		xasprintf("is in use by process %d (%s)", (int)getpid(), program_invocation_short_name);
	int go[2], said[2], status;
	struct store *st;
	char text[600] = "";
	pid_t pid;

	assert_int_equal(pipe(go) + pipe(said), 0);
	pid = fork();
	if (pid == 0) {
		if (read(go[0], text, 1) == 1)
			try_to_open(said[1]);
		_exit(0);
	}
	st = open_ok(dir);
	assert_int_equal(write(go[1], "g", 1), 1);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_true(read(said[0], text, sizeof(text) - 1) > 0);
	assert_non_null(strstr(text, expected));
	store_close(st);
	store_close(open_ok(dir));
	for (int i = 0; i < 2; i++) {
		close(go[i]);
		close(said[i]);
	}
}

static void in_database(const char *sql)
{
	auto_free char *path = xasprintf("%s/platform.db", dir);
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static int add_model(struct tx *tx, void *arg UNUSED, struct err *e)
{
	struct model m = { .id = (char *)"m", .name = (char *)"parser" };

	return row_insert(tx, &model_table, &m, e);
}

/* As the version before models left it. */
static void brings_an_older_store_up_to_date(void **state UNUSED)
{
	struct store *st = open_ok(dir);
	struct err e = ERR_INIT;

	assert_int_equal(store_write(st, put_setting, (char *)"kept", &e), 0);
	store_close(st);
	in_database("DROP TABLE model; DROP TABLE model_memory; DROP TABLE model_step;"
		    "ALTER TABLE task DROP COLUMN model_seconds_used;"
		    "DELETE FROM schema_version WHERE version >= 6");
	st = open_ok(dir);
	assert_int_equal(store_read(st, find_setting, (char *)"kept", &e), 0);
	assert_int_equal(store_write(st, add_model, NULL, &e), 0);
	store_close(st);
}

static void refuses_a_newer_store(void **state UNUSED)
{
	store_close(open_ok(dir));
	in_database("INSERT INTO schema_version VALUES (999)");
	open_fails(dir, -EPROTO, "the store has version 999");
}

static void tells_a_damaged_database(void **state UNUSED)
{
	auto_free char *path = xasprintf("%s/platform.db", dir);
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	for (int i = 0; i < 2000; i++)
		fputs("no database ", f);
	fclose(f);
	open_fails(dir, -EUCLEAN, "0711ctl fsck");
}

static int put_much(struct tx *tx, void *arg, struct err *e)
{
	static char text[64 * 1024];
	struct log_line line = { .task_row = 1, .text = text };
	int rc = 0;

	memset(text, 'x', sizeof(text) - 1);
	for (int i = 0; rc == 0 && i < *(int *)arg; i++) {
		line.row_id = 0;
		rc = row_insert(tx, &log_line_table, &line, e);
	}
	return rc;
}

/* A job that does not look at what fails must not get a part of it into the store. */
static int put_much_carelessly(struct tx *tx, void *arg, struct err *e)
{
	put_much(tx, arg, e);
	put_setting(tx, (char *)"careless", e);
	return 0;
}

static int delete_lines(struct tx *tx, void *arg UNUSED, struct err *e)
{
	return row_exec(tx, Q_LOG_DELETE, ARGS(V_INT(1)), e);
}

/* On a small file system of our own; needs root. */
static void goes_on_when_there_is_room_again(void **state UNUSED)
{
	struct store *st;
	struct err e = ERR_INIT;
	int few = 4, many = 2000;

	if (mount("none", dir, "tmpfs", 0, "size=8m") < 0)
		skip();
	st = open_ok(dir);
	assert_int_equal(store_write(st, put_much, &few, NULL), 0);
	assert_int_equal(store_write(st, put_much, &many, &e), -ENOSPC);
	assert_non_null(strstr(e.text, "no space is left"));
	assert_int_equal(store_write(st, put_much_carelessly, &many, &e), -ENOSPC);
	assert_int_equal(store_read(st, find_setting, (char *)"careless", NULL), -ENOENT);
	while (store_write(st, put_much, &few, &e) == 0)
		continue;
	assert_int_equal(e.code, -ENOSPC);
	assert_int_equal(mount("none", dir, "tmpfs", MS_REMOUNT, "size=32m"), 0);
	assert_int_equal(store_write(st, delete_lines, NULL, NULL) > 0, true);
	assert_int_equal(store_write(st, put_setting, (char *)"room again", NULL), 0);
	store_close(st);
	st = open_ok(dir);
	assert_int_equal(store_read(st, find_setting, (char *)"room again", NULL), 0);
	assert_true(store_reserve(st, NULL) > 0);
	store_close(st);
	assert_int_equal(umount(dir), 0);
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, make_dir, drop_dir)

int main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(makes_a_private_directory),        EACH(keeps_what_was_written),
		EACH(refuses_what_is_no_directory),     EACH(never_gives_an_id_twice_after_a_kill),
		EACH(refuses_a_second_process),         EACH(refuses_a_newer_store),
		EACH(tells_a_damaged_database),         EACH(goes_on_when_there_is_room_again),
		EACH(brings_an_older_store_up_to_date),
	};

	return RUN_TESTS(tests);
}
