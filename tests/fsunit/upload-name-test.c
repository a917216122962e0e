/* Files on their way into an inbox whose names change, or go. */
#include "platform/review.h"
#include "tests/fsunit/uploads.h"

static void rsync(void **state UNUSED)
{
	struct upload *u = create(".rfp.pdf.Xy12ab");
	struct err e = ERR_INIT;

	put(u, "bytes", 0);
	flush(u);
	upload_release(u, &anna);
	assert_true(listed(".rfp.pdf.Xy12ab"));
	assert_int_equal(task(".rfp.pdf"), 0);
	expect_ok(move("tasks/inbox", ".rfp.pdf.Xy12ab", "tasks/inbox", "rfp.pdf", &e), &e);
	assert_true(task("rfp") > 0);
	assert_false(listed(".rfp.pdf.Xy12ab"));
	assert_true(listed("rfp.pdf"));
	finish("{\"confidence\": 95}");
	assert_false(listed("rfp.pdf"));
}

/* A file is renamed into place while it is still open. */
static void gio(void **state UNUSED)
{
	struct upload *u = create(".goutputstream-ABC123");
	struct err e = ERR_INIT;

	put(u, "bytes", 0);
	expect_ok(move("tasks/inbox", ".goutputstream-ABC123", "tasks/inbox", "rfp.pdf", &e), &e);
	assert_int_equal(task("rfp"), 0);
	flush(u);
	assert_true(task("rfp") > 0);
	upload_release(u, &anna);
	assert_int_equal(task("rfp-2"), 0);
}

/* Over an entry whose task still waits: the same task, with the new bytes. */
static void renamed_over_an_entry(void **state UNUSED)
{
	int64_t row = drop("rfp.pdf", "first");
	struct upload *u = create("rfp.pdf.part");
	struct err e = ERR_INIT;

	put(u, "second", 0);
	flush(u);
	upload_release(u, &anna);
	expect_ok(move("tasks/inbox", "rfp.pdf.part", "tasks/inbox", "rfp.pdf", &e), &e);
	assert_int_equal(task("rfp"), row);
	assert_int_equal(task("rfp-2"), 0);
	assert_string_equal(names(row, DOCUMENT_FORMER, 0), "rfp.pdf");
	assert_int_equal(size_of("tasks/inbox/rfp.pdf"), 6);
}

static void only_where_nothing_is(void **state UNUSED)
{
	struct upload *u = create("rfp.pdf.part");
	struct err e = ERR_INIT;

	drop("rfp.pdf", "first");
	put(u, "second", 0);
	upload_release(u, &anna);
	expect(alter_move(fs, at("tasks/inbox"), "rfp.pdf.part", at("tasks/inbox"), "rfp.pdf", false, &anna, &e),
	       -EEXIST, &e, NULL);
	assert_true(listed("rfp.pdf.part"));
}

static void renamed_while_it_is_open(void **state UNUSED)
{
	struct upload *u = create("a.txt");
	struct err e = ERR_INIT;
	int64_t row;

	put(u, "one", 0);
	flush(u);
	row = task("a");
	expect_ok(move("tasks/inbox", "a.txt", "tasks/inbox", "b.txt", &e), &e);
	put(u, "two", 0);
	flush(u);
	upload_release(u, &anna);
	assert_string_equal(names(row, DOCUMENT_INPUT, 0), "b.txt");
	assert_int_equal(task("b"), 0);
	assert_false(listed("a.txt"));
	assert_true(listed("b.txt"));
}

static void renamed_before_it_is_closed_again(void **state UNUSED)
{
	int64_t row = drop("a.txt", "one");
	struct upload *u = again("a.txt", false);
	struct err e = ERR_INIT;

	put(u, "two", 0);
	expect_ok(move("tasks/inbox", "a.txt", "tasks/inbox", "b.txt", &e), &e);
	flush(u);
	upload_release(u, &anna);
	assert_int_equal(task("b"), 0);
	assert_string_equal(names(row, DOCUMENT_INPUT, 0), "b.txt");
	assert_false(listed("a.txt"));
}

static void removed_while_it_is_written(void **state UNUSED)
{
	struct upload *u = create("rfp.txt");
	char bytes[8];
	struct err e = ERR_INIT;

	put(u, "one", 0);
	expect_ok(remove_at("tasks/inbox", "rfp.txt", false, &e), &e);
	assert_false(listed("rfp.txt"));
	put(u, "two", 3);
	assert_int_equal(upload_read(u, bytes, sizeof(bytes), 0), 6);
	flush(u);
	upload_release(u, &anna);
	assert_int_equal(task("rfp"), 0);
	assert_int_equal(n_blobs(), 0);
}

static void removed_after_it_was_closed(void **state UNUSED)
{
	struct upload *u = create("rfp.txt");
	struct err e = ERR_INIT;

	put(u, "one", 0);
	flush(u);
	expect_ok(remove_at("tasks/inbox", "rfp.txt", false, &e), &e);
	expect_state(task("rfp"), TASK_CANCELLED);
	put(u, "two", 0);
	flush(u);
	upload_release(u, &anna);
	assert_int_equal(task("rfp-2"), 0);
	assert_false(listed("rfp.txt.receipt.json"));
}

static bool is_dirty(struct upload *u)
{
	bool dirty;

	upload_lock(fs);
	dirty = u->dirty;
	upload_unlock(fs);
	return dirty;
}

static _Atomic bool closed;

static void *close_it(void *arg)
{
	upload_release(arg, &anna);
	closed = true;
	return NULL;
}

/* Remove it while its last writer's release takes it in: the name is free then, and stays so. */
static void remove_while_it_is_taken_in(struct upload *u)
{
	struct err e = ERR_INIT;
	pthread_t thread;

	assert_int_equal(upload_truncate(u, 64 << 20), 0); /* takes a while to be sealed */
	closed = false;
	assert_ptr_equal(upload_get(fs, upload_row(u)), u);
	assert_int_equal(pthread_create(&thread, NULL, close_it, u), 0);
	while (is_dirty(u))
		sched_yield();
	expect_ok(remove_at("tasks/inbox", "rfp.txt", false, &e), &e);
	while (!closed)
		assert_true(gone("tasks/inbox/rfp.txt"));
	pthread_join(thread, NULL);
	upload_put(u);
	assert_true(gone("tasks/inbox/rfp.txt"));
}

static void removed_while_it_is_taken_in(void **state UNUSED)
{
	remove_while_it_is_taken_in(create("rfp.txt"));
	expect_state(task("rfp"), TASK_CANCELLED);
}

/* The work on what it was has ended: it is another entry when it is taken in again. */
static void removed_while_it_is_taken_in_again(void **state UNUSED)
{
	struct upload *u = create("rfp.txt");
	struct err e = ERR_INIT;

	put(u, "one", 0);
	flush(u);
	expect_ok(review_cancel(p, task("rfp"), &anna, &e), &e);
	remove_while_it_is_taken_in(u);
	expect_state(task("rfp-2"), TASK_CANCELLED);
}

/* What is refused under its final name keeps the temporary one. */
static void a_rename_that_is_refused(void **state UNUSED)
{
	struct upload *u = create(".ask.json.Xy12ab");
	struct err e = ERR_INIT;

	put(u, "not JSON", 0);
	flush(u);
	upload_release(u, &anna);
	expect(move("tasks/inbox", ".ask.json.Xy12ab", "tasks/inbox", "ask.json", &e), -EBADMSG, &e,
	       "request 'ask.json'");
	assert_false(listed("ask.json"));
	assert_true(listed(".ask.json.Xy12ab"));
	expect_ok(remove_at("tasks/inbox", ".ask.json.Xy12ab", false, &e), &e);
	assert_false(listed(".ask.json.Xy12ab"));
}

/* Everything of it is one transaction: the entry that had the name goes when the other takes it. */
static void an_entry_renamed_over_another(void **state UNUSED)
{
	int64_t first = drop("a.pdf", "first"), second = drop("b.pdf", "second");
	struct err e = ERR_INIT;

	expect_ok(move("tasks/inbox", "b.pdf", "tasks/inbox", "a.pdf", &e), &e);
	assert_false(listed("b.pdf"));
	assert_int_equal(size_of("tasks/inbox/a.pdf"), 6);
	expect_state(first, TASK_CANCELLED);
	expect_state(second, TASK_TODO);
}

static void an_entry_renamed_over_one_that_is_open(void **state UNUSED)
{
	int64_t first = drop("a.pdf", "first"), second = drop("b.pdf", "second");
	struct upload *u = again("a.pdf", false);
	struct err e = ERR_INIT;

	put(u, "more", 5);
	expect_ok(move("tasks/inbox", "b.pdf", "tasks/inbox", "a.pdf", &e), &e);
	flush(u);
	upload_release(u, &anna);
	assert_int_equal(size_of("tasks/inbox/a.pdf"), 6);
	expect_state(first, TASK_CANCELLED);
	expect_state(second, TASK_TODO);
	assert_string_equal(names(second, DOCUMENT_FORMER, 0), "");
}

static void renamed_over_one_that_is_being_written(void **state UNUSED)
{
	int64_t row = drop("b.pdf", "second");
	struct upload *u = create("a.pdf");
	struct err e = ERR_INIT;

	put(u, "first", 0);
	expect_ok(move("tasks/inbox", "b.pdf", "tasks/inbox", "a.pdf", &e), &e);
	flush(u);
	upload_release(u, &anna);
	assert_int_equal(task("a"), 0);
	assert_int_equal(size_of("tasks/inbox/a.pdf"), 6);
	expect_state(row, TASK_TODO);
}

static void a_folder_renamed_over_another(void **state UNUSED)
{
	struct err e = ERR_INIT;

	expect_ok(make_dir("tasks/inbox", "a", &e), &e);
	expect_ok(make_dir("tasks/inbox", "b", &e), &e);
	drop("c.pdf", "bytes");
	expect_ok(copy_in("tasks/inbox/b", "x.pdf", "bytes", &e), &e);
	expect(move("tasks/inbox", "a", "tasks/inbox", "b", &e), -ENOTEMPTY, &e, NULL);
	expect(move("tasks/inbox", "a", "tasks/inbox", "c.pdf", &e), -ENOTDIR, &e, NULL);
	expect(move("tasks/inbox", "c.pdf", "tasks/inbox", "a", &e), -EISDIR, &e, NULL);
	expect_ok(move("tasks/inbox", "b", "tasks/inbox", "a", &e), &e);
	assert_false(listed("b"));
	assert_int_equal(size_of("tasks/inbox/a/x.pdf"), 5);
}

/* A rewrite that was cut off counts when the entry gets another name, as a new file's does. */
static void an_interrupted_rewrite_that_is_renamed(void **state UNUSED)
{
	int64_t row = drop("a.pdf", "first");
	struct upload *u = again("a.pdf", true);
	struct err e = ERR_INIT;

	set(SETTING_REWRITE_QUIET, "0");
	put(u, "second", 0);
	kill_writer(u);
	upload_release(u, &anna);
	assert_string_equal(names(row, DOCUMENT_FORMER, 0), "");
	expect_ok(move("tasks/inbox", "a.pdf", "tasks/inbox", "b.pdf", &e), &e);
	assert_string_equal(names(row, DOCUMENT_FORMER, 0), "a.pdf");
	assert_int_equal(size_of("tasks/inbox/b.pdf"), 6);
	assert_false(listed("a.pdf"));
	finish("{\"confidence\": 95}");
	expect_state(row, TASK_COMPLETED);
}

/* Who is told that it was not removed finds it as it was, and what is written to it then is taken in. */
static void a_removal_that_failed(void **state UNUSED)
{
	int64_t row = drop("rfp.txt", "first");
	struct upload *u = again("rfp.txt", true);
	struct err e = ERR_INIT;
	int rc;

	put(u, "second", 0);
	limit_files(1);
	rc = remove_at("tasks/inbox", "rfp.txt", false, &e);
	limit_files(0);
	assert_true(rc < 0);
	assert_int_equal(size_of("tasks/inbox/rfp.txt"), 6);
	flush(u);
	assert_string_equal(names(row, DOCUMENT_FORMER, 0), "rfp.txt");
	upload_release(u, &anna);
	assert_int_equal(size_of("tasks/inbox/rfp.txt"), 6);
}

static void a_receipt_gives_its_name_to_nobody(void **state UNUSED)
{
	struct err e = ERR_INIT;

	drop("a.pdf", "1");
	drop("b.pdf", "2");
	expect(move("tasks/inbox", "a.pdf", "tasks/inbox", "b.pdf.receipt.json", &e), -EEXIST, &e, "is in the way");
	expect(move("tasks/inbox", "a.pdf", "tasks/inbox", "a.pdf.receipt.json", &e), -EEXIST, &e, "is in the way");
	assert_true(listed("a.pdf") && listed("a.pdf.receipt.json"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_TREE(rsync),
		IN_TREE(gio),
		IN_TREE(renamed_over_an_entry),
		IN_TREE(only_where_nothing_is),
		IN_TREE(renamed_while_it_is_open),
		IN_TREE(renamed_before_it_is_closed_again),
		IN_TREE(removed_while_it_is_written),
		IN_TREE(removed_after_it_was_closed),
		IN_TREE(removed_while_it_is_taken_in),
		IN_TREE(removed_while_it_is_taken_in_again),
		IN_TREE(a_rename_that_is_refused),
		IN_TREE(an_entry_renamed_over_another),
		IN_TREE(an_entry_renamed_over_one_that_is_open),
		IN_TREE(renamed_over_one_that_is_being_written),
		IN_TREE(a_folder_renamed_over_another),
		IN_TREE(an_interrupted_rewrite_that_is_renamed),
		IN_TREE(a_removal_that_failed),
		IN_TREE(a_receipt_gives_its_name_to_nobody),
	};

	return RUN_TESTS(tests);
}
