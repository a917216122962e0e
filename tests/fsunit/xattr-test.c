/* Extended attributes: kept with the record that they were given to, and gone with it. */
#include "fs/xattr.h"
#include "platform/trash.h"
#include "tests/fsunit/temp.h"

static void give(const char *path, const char *name, const char *value)
{
	struct err e = ERR_INIT;

	expect_ok(xattr_set(fs, at(path), name, value, strlen(value), false, false, &e), &e);
}

/* What an attribute holds, "" where there is none; good until the next call. */
static const char *held(uint64_t ino, const char *name)
{
	static struct buf out;
	struct err e = ERR_INIT;
	int rc;

	buf_clear(&out);
	rc = xattr_get(fs, ino, name, &out, &e);
	assert_true(rc == 0 || rc == -ENODATA);
	return buf_str(&out);
}

static int count_one(void *row UNUSED, void *ud)
{
	++*(int *)ud;
	return 0;
}

static int count_all(struct tx *tx, void *arg, struct err *e)
{
	*(int *)arg = 0;
	return row_all(tx, &xattr_table, count_one, arg, e);
}

static int n_attributes(void)
{
	struct err e = ERR_INIT;
	int n = 0;

	expect_ok(store_read(p->store, count_all, &n, &e), &e);
	return n;
}

static void kept_as_they_are(void **state UNUSED)
{
	static const char bytes[] = { 'a', '\0', '\n', (char)0xff };
	struct err e = ERR_INIT;
	auto_buf out = BUF_INIT;

	drop("rfp.pdf", "bytes");
	expect_ok(xattr_set(fs, at("tasks/inbox/rfp.pdf"), "user.x", bytes, sizeof(bytes), true, false, &e), &e);
	expect(xattr_set(fs, at("tasks/inbox/rfp.pdf"), "user.x", "b", 1, true, false, &e), -EEXIST, &e, NULL);
	expect(xattr_set(fs, at("tasks/inbox/rfp.pdf"), "user.y", "b", 1, false, true, &e), -ENODATA, &e, NULL);
	expect(xattr_set(fs, at("tasks/inbox/rfp.pdf"), "security.x", "b", 1, false, false, &e), -ENOTSUP, &e, NULL);
	expect_ok(xattr_get(fs, at("tasks/inbox/rfp.pdf"), "user.x", &out, &e), &e);
	assert_int_equal(out.len, sizeof(bytes));
	assert_memory_equal(out.data, bytes, sizeof(bytes));
	expect_ok(xattr_remove(fs, at("tasks/inbox/rfp.pdf"), "user.x", &e), &e);
	expect(xattr_remove(fs, at("tasks/inbox/rfp.pdf"), "user.x", &e), -ENODATA, &e, NULL);
	assert_int_equal(n_attributes(), 0);
}

/* As rsync -X does: given to the temporary file, which takes the place of the one that is there. */
static void follow_a_rename(void **state UNUSED)
{
	struct err e = ERR_INIT;

	drop("rfp.pdf", "bytes");
	give("tasks/inbox/rfp.pdf", "user.old", "1");
	expect_ok(copy_in("tasks/inbox", ".rfp.pdf.a1B2c3", "new bytes", &e), &e);
	give("tasks/inbox/.rfp.pdf.a1B2c3", "user.new", "2");
	expect_ok(move("tasks/inbox", ".rfp.pdf.a1B2c3", "tasks/inbox", "rfp.pdf", &e), &e);
	assert_string_equal(held(at("tasks/inbox/rfp.pdf"), "user.new"), "2");
	assert_string_equal(held(at("tasks/inbox/rfp.pdf"), "user.old"), "");
	expect_ok(move("tasks/inbox", "rfp.pdf", "tasks/inbox", "b.pdf", &e), &e);
	assert_string_equal(held(at("tasks/inbox/b.pdf"), "user.new"), "2");
	expect_ok(remove_at("tasks/inbox", "b.pdf", false, &e), &e);
	assert_int_equal(n_attributes(), 0);
}

static void go_with_the_task(void **state UNUSED)
{
	int64_t row = drop("rfp.pdf", "bytes");
	struct err e = ERR_INIT;

	give("tasks/inbox/rfp.pdf", "user.a", "1");
	finish("{\"confidence\": 95}");
	give("engagements/default/tasks/rfp", "user.b", "2");
	give("engagements/default/tasks/rfp/task.json", "user.c", "3");
	give("engagements/default/tasks/rfp/input/rfp.pdf", "user.d", "4");
	give("engagements/default", "user.e", "5");
	expect_ok(move("engagements/default/tasks", "rfp", "engagements/default/tasks", "other", &e), &e);
	assert_string_equal(held(at("engagements/default/tasks/other"), "user.b"), "2");
	expect_ok(trash_put(p, row, &e), &e);
	assert_int_equal(n_attributes(), 5);
	expect_ok(trash_purge(p, row, &e), &e);
	assert_int_equal(n_attributes(), 1);
	expect_ok(make_dir("engagements", "acme", &e), &e);
	give("engagements/acme/engagement.json", "user.f", "6");
	expect_ok(remove_at("engagements", "acme", true, &e), &e);
	assert_int_equal(n_attributes(), 1);
}

/* A file that was never taken in has no record; a setting has none either, but stays. */
static void of_what_never_came(void **state UNUSED)
{
	struct err e = ERR_INIT;

	expect_ok(copy_in("tasks/inbox", ".rfp.pdf.a1B2c3", "bytes", &e), &e);
	give("tasks/inbox/.rfp.pdf.a1B2c3", "user.a", "1");
	give("engagements/default/engagement.json", "user.b", "2");
	give("settings/task_timeout_s", "user.c", "3");
	give("", "user.d", "4");
	give("mcps/TENDER/manifest.json", "user.e", "5");
	expect_ok(platform_recover(p, &e), &e);
	assert_int_equal(n_attributes(), 4);
	assert_string_equal(held(at("settings/task_timeout_s"), "user.c"), "3");
	assert_string_equal(held(at("mcps/TENDER/manifest.json"), "user.e"), "5");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_TREE(kept_as_they_are),
		IN_TREE(follow_a_rename),
		IN_TREE(go_with_the_task),
		IN_TREE(of_what_never_came),
	};

	return RUN_TESTS(tests);
}
