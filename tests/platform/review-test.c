/* What people decide: approve, reject, correct, retry, run, cancel, and what they may not. */
#include "platform/review.h"
#include "tests/platform/temp.h"

static int64_t in_review(void)
{
	int64_t row = drop("rfp.pdf", "x");

	assert_int_equal(finish("{\"title\": \"T\", \"confidence\": 50}"), row);
	return row;
}

static const char *review_of(int64_t row)
{
	static struct buf text;

	buf_clear(&text);
	review_show(get(row), &text);
	return buf_str(&text);
}

static void approving(void **state UNUSED)
{
	int64_t row = in_review();
	struct err e = ERR_INIT;

	assert_string_equal(review_of(row), "waiting: confidence 50 is below the engagement's threshold of 80\n");
	expect_ok(review_line(p, row, "approve looks good", &anna, &e), &e);
	expect_state(row, TASK_COMPLETED);
	assert_string_equal(get(row)->reviewed_by, "anna");
	assert_string_equal(get(row)->review, "looks good");
	assert_int_equal(memcmp(review_of(row), "approved by anna at ", 20), 0);
	assert_non_null(strstr(review_of(row), "Z: looks good\n"));
	assert_string_equal(told(row), "task.created task.started task.needs_review task.completed task.reviewed");
	expect(review_approve(p, row, "", &anna, &e), -EPERM, &e, "only a task in needs_review can be approved");
}

static void rejecting(void **state UNUSED)
{
	int64_t row = in_review();
	struct err e = ERR_INIT;

	expect_ok(review_line(p, row, "reject wrong deadline", &ben, &e), &e);
	expect_state(row, TASK_FAILED);
	assert_string_equal(get(row)->error_message, "rejected by ben: wrong deadline");
	assert_int_equal(memcmp(review_of(row), "rejected by ben at ", 19), 0);
	expect(review_reject(p, row, "", &anna, &e), -EPERM, &e, "rejected");
}

static void decisions_in_other_states(void **state UNUSED)
{
	int64_t row = drop("rfp.pdf", "x");
	struct err e = ERR_INIT;
	struct work w;

	assert_string_equal(review_of(row), "none\n");
	expect(review_approve(p, row, "", &anna, &e), -EPERM, &e, "'todo'");
	claim(&w);
	expect(review_approve(p, row, "", &anna, &e), -EBUSY, &e, "'in_progress'");
	expect(review_reject(p, row, "", &anna, &e), -EBUSY, &e, NULL);
	expect(review_retry(p, row, &anna, &e), -EBUSY, &e, "being worked on");
	assert_null(get(row)->reviewed_by);
	assert_string_equal(told(row), "task.created task.started");
	work_release(&w);
}

static int correct(int64_t row, const char *text, struct err *e)
{
	return review_correct(p, row, text, strlen(text), &anna, e);
}

static void correcting(void **state UNUSED)
{
	int64_t row = in_review();
	struct err e = ERR_INIT;
	struct document d;

	expect_ok(correct(row, "{\"title\": \"Corrected\"}", &e), &e);
	expect_state(row, TASK_NEEDS_REVIEW);
	assert_string_equal(names(row, DOCUMENT_RESULT, 0), "result.json result.json");
	expect_ok(document_latest(p, row, DOCUMENT_RESULT, &d, &e), &e);
	assert_int_equal(d.version, 2);
	assert_string_equal(d.author, "anna");
	row_release(&document_table, &d);
	expect_ok(review_approve(p, row, "", &anna, &e), &e);
	expect(correct(row, "{\"title\": \"Late\"}", &e), -EPERM, &e, "while it is in needs_review");
}

static void corrections_that_are_wrong(void **state UNUSED)
{
	static const char *const rows[][2] = { { "{\"title\": 5}", "/title" },
					       { "{\"title\": ", "not valid JSON" },
					       { "", "not valid JSON" },
					       { "{\"title\": \"\xff\"}", "UTF-8" } };
	int64_t row = in_review();
	unsigned before = n_blobs();

	for (size_t i = 0; i < N_ELEMS(rows); i++) {
		struct err e = ERR_INIT;

		expect(correct(row, rows[i][0], &e), -EINVAL, &e, rows[i][1]);
	}
	assert_string_equal(names(row, DOCUMENT_RESULT, 0), "result.json");
	assert_int_equal(n_blobs(), before);
}

/* Refused after its bytes were stored: they go again. */
static void a_correction_in_vain_leaves_no_bytes(void **state UNUSED)
{
	int64_t row = in_review();
	struct err e = ERR_INIT;
	unsigned before;

	expect_ok(review_approve(p, row, "", &anna, &e), &e);
	before = n_blobs();
	expect(correct(row, "{\"title\": \"Late\"}", &e), -EPERM, &e, NULL);
	assert_int_equal(n_blobs(), before);
}

static void retrying(void **state UNUSED)
{
	int64_t row = in_review();
	struct err e = ERR_INIT;
	const struct task *t;

	expect_ok(review_reject(p, row, "wrong", &anna, &e), &e);
	expect_ok(review_command(p, row, "retry", &anna, &e), &e);
	t = get(row);
	assert_int_equal(t->state, TASK_TODO);
	assert_int_equal(t->ai_confidence, INT_NULL);
	assert_int_equal(t->attempts, 0);
	assert_null(t->error_message);
	assert_null(t->reviewed_by);
	assert_string_equal(review_of(row), "none\n");
	expect(review_retry(p, row, &anna, &e), -EPERM, &e, "'todo' and cannot become 'todo'");
	finish("{\"title\": \"T\", \"confidence\": 95}");
	expect_state(row, TASK_COMPLETED);
	assert_string_equal(names(row, DOCUMENT_RESULT, 0), "result.json result.json");
	assert_string_equal(names(row, DOCUMENT_OUTPUT, 0), "summary.md");
}

static void running_another_engine(void **state UNUSED)
{
	int64_t row = in_review();
	struct err e = ERR_INIT;

	expect(review_command(p, row, "run NONE", &anna, &e), -EINVAL, &e, "NONE");
	expect(review_command(p, row, "run TENDER/none", &anna, &e), -EINVAL, &e, NULL);
	expect(review_command(p, row, "run", &anna, &e), -EINVAL, &e, "needs MCP");
	expect_state(row, TASK_NEEDS_REVIEW);
	assert_string_equal(get(row)->mcp, "TENDER");
	expect_ok(review_command(p, row, "run TENDER/summarize", &anna, &e), &e);
	assert_string_equal(get(row)->tool, "summarize");
	expect_ok(review_cancel(p, row, &anna, &e), &e);
	expect_ok(review_command(p, row, "run ECHO", &anna, &e), &e);
	assert_string_equal(get(row)->mcp, "ECHO");
	assert_string_equal(get(row)->tool, "echo");
}

static void cancelling(void **state UNUSED)
{
	int64_t row = drop("rfp.pdf", "x");
	struct err e = ERR_INIT;
	struct work w;

	claim(&w);
	expect_ok(review_command(p, row, "cancel", &anna, &e), &e);
	expect_state(row, TASK_CANCELLED);
	expect(hand_in(&w, "{\"confidence\": 95}", &e), -ESTALE, &e, NULL);
	expect_state(row, TASK_CANCELLED);
	expect(review_cancel(p, row, &anna, &e), -EPERM, &e, "'cancelled'");
}

static void words_that_are_not_known(void **state UNUSED)
{
	int64_t row = in_review();
	struct err e = ERR_INIT;

	expect(review_line(p, row, "approved", &anna, &e), -EINVAL, &e, "known are: approve, reject");
	expect(review_line(p, row, "", &anna, &e), -EINVAL, &e, NULL);
	expect(review_command(p, row, "Cancel", &anna, &e), -EINVAL, &e, "known are: cancel, retry, run");
	expect_state(row, TASK_NEEDS_REVIEW);
}

/* What mv between the status directories means. */
static void moving(void **state UNUSED)
{
	int64_t row = in_review();
	struct err e = ERR_INIT;

	expect(review_move(p, row, TASK_IN_PROGRESS, &anna, &e), -EPERM, &e, "by hand");
	expect(review_move(p, row, TASK_NEEDS_REVIEW, &anna, &e), -EPERM, &e, NULL);
	expect_ok(review_move(p, row, TASK_COMPLETED, &anna, &e), &e);
	expect(review_move(p, row, TASK_FAILED, &anna, &e), -EPERM, &e, NULL);
	expect_ok(review_move(p, row, TASK_TODO, &anna, &e), &e);
	expect_ok(review_move(p, row, TASK_CANCELLED, &anna, &e), &e);
	expect(review_move(p, row, TASK_COMPLETED, &anna, &e), -EPERM, &e, NULL);
	assert_int_equal(review_move(p, 999999, TASK_TODO, &anna, &e), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_PLATFORM(approving),
		IN_PLATFORM(rejecting),
		IN_PLATFORM(decisions_in_other_states),
		IN_PLATFORM(correcting),
		IN_PLATFORM(corrections_that_are_wrong),
		IN_PLATFORM(a_correction_in_vain_leaves_no_bytes),
		IN_PLATFORM(retrying),
		IN_PLATFORM(running_another_engine),
		IN_PLATFORM(cancelling),
		IN_PLATFORM(words_that_are_not_known),
		IN_PLATFORM(moving),
	};

	return RUN_TESTS(tests);
}
