/* Removed tasks: into the trash, back, and away for ever with the bytes that were only theirs. */
#include "base/clock.h"
#include "platform/review.h"
#include "platform/trash.h"
#include "tests/platform/temp.h"

static int64_t done(const char *file, const char *text)
{
	int64_t row = drop(file, text);
	auto_free char *result = xasprintf("{\"confidence\": 95, \"of\": \"%s\"}", file);

	assert_int_equal(finish(result), row);
	return row;
}

static int restore(int64_t row, const char *name, struct err *e)
{
	return trash_restore(p, row, default_engagement(), name, e);
}

static int count_one(void *row UNUSED, void *ud)
{
	++*(unsigned *)ud;
	return 0;
}

static unsigned n_trashed(void)
{
	struct err e = ERR_INIT;
	unsigned n = 0;

	expect_ok(task_each_trashed(p, 0, count_one, &n, &e), &e);
	return n;
}

static void only_closed_tasks_go(void **state UNUSED)
{
	int64_t row = drop("rfp.pdf", "x");
	struct err e = ERR_INIT;

	expect(trash_put(p, row, &e), -EBUSY, &e, "'rfp' is 'todo'");
	finish("{\"confidence\": 50}");
	expect(trash_put(p, row, &e), -EBUSY, &e, "'needs_review'");
	expect_ok(review_approve(p, row, "", &anna, &e), &e);
	expect_ok(trash_put(p, row, &e), &e);
	assert_int_equal(n_trashed(), 1);
	assert_int_equal(trash_put(p, row, &e), -ENOENT);
	assert_int_equal(task_find(p, default_engagement(), "rfp", &(struct task){ 0 }, NULL), -ENOENT);
	expect(review_retry(p, row, &anna, &e), -EPERM, &e, "in .trash");
	assert_true(util_ends(told(row), "task.removed"));
}

static void a_task_comes_back(void **state UNUSED)
{
	int64_t row = done("rfp.pdf", "x");
	struct err e = ERR_INIT;

	expect_ok(trash_put(p, row, &e), &e);
	expect_ok(restore(row, "rfp", &e), &e);
	assert_int_equal(n_trashed(), 0);
	expect_state(row, TASK_COMPLETED);
	assert_string_equal(get(row)->name, "rfp");
	assert_true(util_ends(told(row), "task.removed task.restored"));
}

static void a_name_that_is_taken_meanwhile(void **state UNUSED)
{
	int64_t row = done("rfp.pdf", "x"), other;
	struct err e = ERR_INIT;

	expect_ok(trash_put(p, row, &e), &e);
	other = done("rfp.pdf", "y");
	assert_string_equal(get(other)->name, "rfp");
	expect(restore(row, "rfp", &e), -EEXIST, &e, "already a task 'rfp'");
	assert_int_equal(n_trashed(), 1);
	expect_ok(restore(row, "rfp old", &e), &e);
	assert_string_equal(get(row)->name, "rfp old");
}

static void places_and_names_that_are_refused(void **state UNUSED)
{
	static const char *const bad[] = { "inbox", "a@b", ".hidden" };
	int64_t row = done("rfp.pdf", "x"), other = new_engagement("acme");
	struct err e = ERR_INIT;

	for (size_t i = 0; i < N_ELEMS(bad); i++)
		expect(trash_rename(p, row, bad[i], &e), -EINVAL, &e, NULL);
	expect_ok(trash_put(p, row, &e), &e);
	expect(trash_restore(p, row, other, "rfp", &e), -EPERM, &e, "another engagement");
	for (size_t i = 0; i < N_ELEMS(bad); i++)
		expect(restore(row, bad[i], &e), -EINVAL, &e, NULL);
	assert_int_equal(n_trashed(), 1);
}

static void renaming(void **state UNUSED)
{
	int64_t row = drop("a.pdf", "1");
	struct err e = ERR_INIT;

	drop("b.pdf", "2");
	expect(trash_rename(p, row, "b", &e), -EEXIST, &e, "'b'");
	expect_ok(trash_rename(p, row, "c", &e), &e);
	assert_string_equal(get(row)->name, "c");
	assert_string_equal(get(drop("a.pdf", "3"))->name, "c"); /* its entry is still the same task's */
}

static void purging(void **state UNUSED)
{
	int64_t row = done("rfp.pdf", "x");
	struct err e = ERR_INIT;
	struct drop d;

	expect(trash_purge(p, row, &e), -EPERM, &e, "not in .trash");
	assert_int_equal(n_blobs(), 3);
	expect_ok(trash_put(p, row, &e), &e);
	assert_int_equal(n_blobs(), 3);
	expect_ok(trash_purge(p, row, &e), &e);
	assert_int_equal(n_blobs(), 0);
	assert_int_equal(task_get(p, row, &(struct task){ 0 }, NULL), -ENOENT);
	assert_int_equal(inbox_find_receipt(p, 0, "rfp.pdf", &d, NULL), -ENOENT);
	assert_true(util_ends(told(row), "task.removed")); /* what happened stays in the log */
	assert_int_equal(trash_purge(p, row, &e), -ENOENT);
}

static void bytes_stay_while_another_task_has_them(void **state UNUSED)
{
	int64_t row = done("a.pdf", "same"), twin = drop("b.pdf", "same");
	struct err e = ERR_INIT;

	claim_none();
	expect_state(twin, TASK_COMPLETED);
	assert_int_equal(n_blobs(), 3);
	expect_ok(trash_put(p, row, &e), &e);
	expect_ok(trash_purge(p, row, &e), &e);
	assert_int_equal(n_blobs(), 3);
	expect_ok(trash_put(p, twin, &e), &e);
	expect_ok(trash_purge(p, twin, &e), &e);
	assert_int_equal(n_blobs(), 0);
}

static int64_t done_folder(void)
{
	int64_t top = store_reserve(p->store, NULL), row;
	struct err e = ERR_INIT;

	expect_ok(inbox_folder(p, &root_box, top, 0, "lot", &anna, &e), &e);
	drop_as(&(struct dropped){ .parent_row = top, .name = "a.pdf", .text = "one" });
	expect_ok(inbox_submit(p, &root_box, top, &anna, &row, &e), &e);
	drop_as(&(struct dropped){ .parent_row = top, .name = "a.pdf", .text = "two" });
	set(SETTING_FOLDER_QUIET, "0");
	drop_as(&(struct dropped){ .parent_row = top, .name = "b.pdf", .text = "three" });
	assert_int_equal(finish("{\"confidence\": 95}"), row);
	return row;
}

static void a_folder_goes_with_all_that_was_in_it(void **state UNUSED)
{
	int64_t row = done_folder();
	struct err e = ERR_INIT;

	assert_int_equal(n_blobs(), 5);
	expect_ok(trash_put(p, row, &e), &e);
	expect_ok(trash_purge(p, row, &e), &e);
	assert_int_equal(n_blobs(), 0);
}

static void a_folder_goes_after_its_receipt(void **state UNUSED)
{
	int64_t row = done_folder();
	struct err e = ERR_INIT;

	set(SETTING_RECEIPT_HOURS, "0");
	while (trash_sweep(p, &e) == 0) /* until a millisecond has passed */
		;
	assert_int_equal(n_blobs(), 5);
	expect_ok(trash_put(p, row, &e), &e);
	expect_ok(trash_purge(p, row, &e), &e);
	assert_int_equal(n_blobs(), 0);
}

static void sweeping(void **state UNUSED)
{
	int64_t row = done("rfp.pdf", "x"), now;
	struct err e = ERR_INIT;
	struct drop d;

	expect_ok(trash_put(p, row, &e), &e);
	assert_int_equal(trash_sweep(p, &e), 0);
	assert_int_equal(n_trashed(), 1);
	set(SETTING_RECEIPT_HOURS, "0");
	for (now = clock_now_ms(); clock_now_ms() <= now + 1;)
		;
	assert_int_equal(trash_sweep(p, &e), 1);
	assert_int_equal(inbox_find_receipt(p, 0, "rfp.pdf", &d, NULL), -ENOENT);
	assert_int_equal(n_trashed(), 1);
	assert_int_equal(n_blobs(), 3);
	set(SETTING_TRASH_DAYS, "0");
	assert_int_equal(trash_sweep(p, &e), 1);
	assert_int_equal(n_trashed(), 0);
	assert_int_equal(n_blobs(), 0);
}

static void sweeping_leaves_what_is_open(void **state UNUSED)
{
	int64_t waiting = drop("a.pdf", "1"), now;
	struct err e = ERR_INIT;

	set(SETTING_RECEIPT_HOURS, "0");
	set(SETTING_TRASH_DAYS, "0");
	for (now = clock_now_ms(); clock_now_ms() <= now + 1;)
		;
	assert_int_equal(trash_sweep(p, &e), 0);
	expect_state(waiting, TASK_TODO);
	assert_int_equal(n_blobs(), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_PLATFORM(only_closed_tasks_go),
		IN_PLATFORM(a_task_comes_back),
		IN_PLATFORM(a_name_that_is_taken_meanwhile),
		IN_PLATFORM(places_and_names_that_are_refused),
		IN_PLATFORM(renaming),
		IN_PLATFORM(purging),
		IN_PLATFORM(bytes_stay_while_another_task_has_them),
		IN_PLATFORM(a_folder_goes_with_all_that_was_in_it),
		IN_PLATFORM(a_folder_goes_after_its_receipt),
		IN_PLATFORM(sweeping),
		IN_PLATFORM(sweeping_leaves_what_is_open),
	};

	return RUN_TESTS(tests);
}
