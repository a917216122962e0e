/* What the kicks for watchers stand on: who watches, where a directory lies, and what the helper is answered. */
#include <stdio.h>
#include <sys/inotify.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "fs/kick_parts.h"
#include "fs/watchers.h"
#include "tests/fsunit/temp.h"

static void who_watches(void **state UNUSED)
{
	int fd = inotify_init1(IN_CLOEXEC), wd = inotify_add_watch(fd, temp_dir, IN_CREATE);
	struct watchers w = { 0 };
	struct stat st;
	uint64_t dev;

	assert_true(wd >= 0);
	assert_int_equal(stat(temp_dir, &st), 0);
	dev = (uint64_t)major(st.st_dev) << 20 | minor(st.st_dev);
	assert_int_equal(watchers_find(dev, &w), 0);
	assert_true(watchers_have(&w, st.st_ino));
	assert_false(watchers_have(&w, 0));
	assert_int_equal(watchers_find(dev + 1, &w), 0);
	assert_false(watchers_have(&w, st.st_ino));
	inotify_rm_watch(fd, wd);
	assert_int_equal(watchers_find(dev, &w), 0);
	assert_false(watchers_have(&w, st.st_ino));
	watchers_release(&w);
	close(fd);
}

static void the_way_to_a_directory(void **state UNUSED)
{
	static const char *const paths[] = {
		"",
		"tasks/in_progress",
		"tasks/inbox",
		"tasks/inbox/@ECHO",
		"tasks/inbox/bundle",
		"tasks/inbox/bundle/deeper",
		"engagements/acme",
		"engagements/acme/tasks/inbox",
		"engagements/acme/tasks/inbox/@TENDER/summarize",
		"engagements/default/tasks/rfp/output",
		"engagements/default/tasks/rfp/input/.former",
		"experts/anna",
		"companies/cost",
		"webhooks/endpoints/shop",
		"models/parser",
	};
	struct err e = ERR_INIT;

	expect_ok(make_dir("engagements", "acme", &e), &e);
	expect_ok(make_dir("experts", "anna", &e), &e);
	expect_ok(make_dir("companies", "cost", &e), &e);
	expect_ok(make_dir("webhooks/endpoints", "shop", &e), &e);
	expect_ok(make_dir("models", "parser", &e), &e);
	expect_ok(make_dir("tasks/inbox", "bundle", &e), &e);
	expect_ok(make_dir("tasks/inbox/bundle", "deeper", &e), &e);
	drop("rfp.pdf", "1");
	for (size_t i = 0; i < N_ELEMS(paths); i++) {
		auto_buf out = BUF_INIT;

		assert_int_equal(kick_path(fs, at(paths[i]), &out), 0);
		assert_string_equal(buf_str(&out), paths[i]);
	}
	auto_buf out = BUF_INIT;

	assert_int_equal(kick_path(fs, INO(NODE_TASK, 4711), &out), -ENOENT);
}

static int lookup(struct kick_turn *t, uint64_t dir, const char *name)
{
	mode_t type;

	return turn_lookup(t, fs, dir, name, &type);
}

static void what_the_helper_is_answered(void **state UNUSED)
{
	struct kick came = { .what = KICK_CAME, .name = (char *)"rfp" };
	struct kick went = { .what = KICK_GONE, .name = (char *)"old", .type = S_IFLNK };
	struct kick_turn *t = turn_new();
	struct found found;

	drop("rfp.pdf", "1");
	came.dir = went.dir = at("tasks/todo");
	assert_int_equal(lookup(t, came.dir, "rfp"), 0);
	assert_int_equal(turn_may_make(t, fs, came.dir, "rfp", &found), -EPERM);
	assert_int_equal(turn_begin(t, &came), 0);
	assert_int_equal(lookup(t, came.dir, "rfp"), -ENOENT);
	assert_int_equal(lookup(t, at("tasks/failed"), "rfp"), 0);
	assert_int_equal(lookup(t, came.dir, "other"), 0);
	assert_int_equal(turn_may_make(t, fs, came.dir, "rfp", &found), 0);
	assert_int_equal(found.kind, NODE_LINK);
	assert_int_equal(found.row, INO_ROW(at("engagements/default/tasks/rfp")));
	assert_int_equal(turn_may_remove(t, came.dir, "rfp"), -EPERM);
	turn_end(t);

	assert_int_equal(turn_begin(t, &went), 0);
	assert_int_equal(turn_may_remove(t, went.dir, "old"), -EPERM);
	assert_int_equal(lookup(t, went.dir, "old"), 1);
	assert_int_equal(turn_may_remove(t, went.dir, "old"), 0);
	assert_int_equal(turn_may_remove(t, went.dir, "rfp"), -EPERM);
	turn_end(t);
	assert_int_equal(turn_may_remove(t, went.dir, "old"), -EPERM);
	turn_free(t);
}

static void what_is_there_is_not_removed(void **state UNUSED)
{
	struct kick went = { .what = KICK_GONE, .name = (char *)"rfp", .type = S_IFLNK };
	struct kick_turn *t = turn_new();

	drop("rfp.pdf", "1");
	went.dir = at("tasks/todo");
	assert_int_equal(turn_begin(t, &went), 0);
	assert_int_equal(lookup(t, went.dir, "rfp"), 0);
	assert_int_equal(turn_may_remove(t, went.dir, "rfp"), -EPERM);
	turn_end(t);
	turn_free(t);
}

static void what_a_request_did_is_not_told_again(void **state UNUSED)
{
	struct kick came = { .what = KICK_CAME, .name = (char *)"rfp" };
	struct kick_turn *t = turn_new();
	struct found found;

	drop("rfp.pdf", "1");
	came.dir = at("tasks/todo");
	turn_own(t, came.dir, "rfp", KICK_CAME);
	assert_int_equal(turn_begin(t, &came), 0);
	assert_int_equal(lookup(t, came.dir, "rfp"), 0);
	assert_int_equal(turn_may_make(t, fs, came.dir, "rfp", &found), -EPERM);
	turn_end(t);
	assert_int_equal(turn_begin(t, &came), 0);
	assert_int_equal(lookup(t, came.dir, "rfp"), -ENOENT);
	turn_end(t);
	turn_free(t);
}

static void a_directory_that_is_told_about_has_no_kick(void **state UNUSED)
{
	struct kick came = { .dir = INO(NODE_STATE, 1), .what = KICK_CAME, .name = (char *)"rfp" };
	struct kick_turn *t = turn_new();

	turn_hold(t, 2, came.dir);
	assert_int_equal(turn_begin(t, &came), -EBUSY);
	turn_hold(t, 2, INO(NODE_STATE, 2));
	assert_int_equal(turn_begin(t, &came), 0);
	turn_let_go(t, 2);
	turn_end(t);
	turn_free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_TREE(who_watches),
		IN_TREE(the_way_to_a_directory),
		IN_TREE(what_the_helper_is_answered),
		IN_TREE(what_is_there_is_not_removed),
		IN_TREE(what_a_request_did_is_not_told_again),
		IN_TREE(a_directory_that_is_told_about_has_no_kick),
	};

	return RUN_TESTS(tests);
}
