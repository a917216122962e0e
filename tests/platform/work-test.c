/* The queue as a worker sees it: who comes first, what a lease and its token protect, what an outcome does. */
#include "base/clock.h"
#include "platform/review.h"
#include "tests/platform/temp.h"

#include "platform/live.h"

#include <unistd.h>

static int hand_back(struct work *w, const char *sentence, enum work_fault fault, struct err *e)
{
	int rc = work_fail(p, w, sentence, fault, e);

	work_release(w);
	return rc;
}

static void expect_next(int64_t row)
{
	struct work w;

	claim(&w);
	assert_string_equal(w.task.name, get(row)->name);
	work_release(&w);
}

static void the_most_urgent_first_then_the_oldest(void **state UNUSED)
{
	static const char *const priorities[] = { "low", "high", "medium", "urgent", "high" };
	static const int order[] = { 3, 1, 4, 2, 0 };
	int64_t row[5];
	struct err e = ERR_INIT;

	for (int i = 0; i < 5; i++) {
		char name[8] = { (char)('a' + i), '\0' };

		row[i] = drop(name, name);
		expect_ok(task_set(p, row[i], "priority", priorities[i], &e), &e);
	}
	for (int i = 0; i < 5; i++)
		expect_next(row[order[i]]);
	claim_none();
}

static void what_a_claim_gives(void **state UNUSED)
{
	int64_t row = drop("a.pdf", "bytes"), now = clock_now_ms();
	const struct task *t;
	struct work w;

	assert_int_equal(work_wait_ms(p), 0);
	claim(&w);
	t = get(row);
	assert_int_equal(t->state, TASK_IN_PROGRESS);
	assert_int_equal(t->attempts, 1);
	assert_int_equal(t->fence, 1);
	assert_true(t->lease_until >= now + 60000);
	assert_string_equal(t->lease_host, p->host);
	assert_int_equal(w.n_documents, 1);
	assert_string_equal(w.document[0].name, "a.pdf");
	assert_true(json_is_object(w.arguments));
	assert_int_equal(work_wait_ms(p), -1);
	work_release(&w);
	claim_none();
}

static void a_held_task_waits_for_its_last_holder(void **state UNUSED)
{
	int64_t held = drop("a", "1"), other;

	work_hold(p, held);
	work_hold(p, held);
	claim_none();
	assert_int_equal(work_wait_ms(p), -1);
	other = drop("b", "2");
	expect_next(other);
	work_lift(p, held);
	claim_none();
	work_lift(p, held);
	work_lift(p, held); /* once too often does no harm */
	expect_next(held);
}

static void however_many_are_held(void **state UNUSED)
{
	int64_t held[300], free_one;

	for (size_t i = 0; i < N_ELEMS(held); i++) {
		auto_free char *name = xasprintf("held-%zu", i);

		held[i] = drop(name, name);
		work_hold(p, held[i]);
	}
	claim_none();
	free_one = drop("free", "1");
	expect_next(free_one);
	for (size_t i = 0; i < N_ELEMS(held); i++)
		work_lift(p, held[i]);
	expect_next(held[0]);
}

static void a_time_that_has_not_come(void **state UNUSED)
{
	int64_t ms;

	drop_as(&(struct dropped){ .name = "a", .text = "1", .quiet_ms = 60000 });
	claim_none();
	ms = work_wait_ms(p);
	assert_true(ms > 50000 && ms <= 60000);
}

static int end_lease(struct tx *tx, void *arg, struct err *e)
{
	struct task t;
	int rc = row_get(tx, &task_table, *(int64_t *)arg, &t, e);

	t.lease_until = 1;
	if (rc == 0)
		rc = row_update(tx, &task_table, &t, e);
	task_release(&t);
	return rc;
}

static void lapse(int64_t row)
{
	struct err e = ERR_INIT;

	expect_ok(store_write(p->store, end_lease, &row, &e), &e);
}

/* What kills its worker again and again ends as failed, and can be tried again. */
static void attempts_of_workers_that_die(void **state UNUSED)
{
	int64_t row = drop("a", "1");
	struct err e = ERR_INIT;
	struct work w;

	set(SETTING_TASK_ATTEMPTS, "2");
	for (int i = 1; i <= 2; i++) {
		claim(&w);
		assert_int_equal(w.task.attempts, i);
		work_release(&w);
		lapse(row);
	}
	claim_none();
	expect_state(row, TASK_FAILED);
	assert_non_null(strstr(get(row)->error_message, "attempt 2 ended without an outcome"));
	expect_ok(review_retry(p, row, &anna, &e), &e);
	claim(&w);
	assert_int_equal(w.task.attempts, 1);
	work_release(&w);
}

static void attempts_cost_time(void **state UNUSED)
{
	int64_t row = drop("a", "1");
	struct err e = ERR_INIT;
	struct work w;
	double first;

	set(SETTING_RETRY_DELAY, "0");
	claim(&w);
	usleep(20000);
	expect_ok(work_fail(p, &w, "it broke", WORK_FAULT_PASSES, &e), &e);
	work_release(&w);
	first = get(row)->seconds_used;
	assert_true(first >= 0.02);
	claim(&w);
	usleep(20000);
	expect_ok(hand_in(&w, "{\"confidence\": 95}", &e), &e);
	assert_true(get(row)->seconds_used >= first + 0.02);
}

/* The worker was frozen: another has the task, and nothing that the first says counts. */
static void a_lease_that_ended_is_taken_over(void **state UNUSED)
{
	int64_t row = drop("a", "1");
	struct err e = ERR_INIT;
	struct work first, second;
	auto_free char *told_before = NULL;
	auto_buf text = BUF_INIT;
	unsigned blobs;

	claim(&first);
	lapse(row);
	assert_int_equal(work_wait_ms(p), 0);
	claim(&second);
	assert_int_equal(second.task.row_id, row);
	assert_int_equal(second.task.fence, 2);
	assert_int_equal(second.task.attempts, 2);
	told_before = xstrdup(told(row));
	blobs = n_blobs();
	work_progress(p, &second, 10, "second");
	work_progress(p, &first, 99, "first");
	work_log(p, &first, "of the first");
	assert_int_equal(work_show_progress(p, get(row), &text), 0);
	assert_string_equal(buf_str(&text), "10 second\n");
	buf_clear(&text);
	assert_int_equal(work_show_log(p, get(row), &text, &e), 0);
	assert_string_equal(buf_str(&text), "");
	expect(work_fail(p, &first, "broken", WORK_FAULT_STAYS, &e), -ESTALE, &e, "'a' was taken");
	expect(work_giveback(p, &first, &e), -ESTALE, &e, NULL);
	expect(hand_in(&first, "{\"confidence\": 99}", &e), -ESTALE, &e, NULL);
	expect_state(row, TASK_IN_PROGRESS);
	assert_null(get(row)->error_message);
	assert_string_equal(names(row, DOCUMENT_RESULT, 0), "");
	assert_string_equal(told(row), told_before);
	assert_int_equal(n_blobs(), blobs);
	expect_ok(hand_in(&second, "{\"confidence\": 60}", &e), &e);
	expect_state(row, TASK_NEEDS_REVIEW);
}

static void an_outcome_comes_once(void **state UNUSED)
{
	int64_t row = drop("a", "1");
	struct err e = ERR_INIT;
	struct work w;

	claim(&w);
	expect_ok(work_giveback(p, &w, &e), &e);
	expect(hand_back(&w, "late", WORK_FAULT_STAYS, &e), -ESTALE, &e, NULL);
	expect_state(row, TASK_TODO);
}

/* The lease is renewed when a third of it has passed. */
static void work_that_goes_on_keeps_its_lease(void **state UNUSED)
{
	int64_t row = drop("a", "1");
	struct err e = ERR_INIT;
	struct work w;

	set(SETTING_LEASE, "3");
	claim(&w);
	expect_ok(work_keep(p, &e), &e);
	lapse(row);
	usleep(1100000);
	expect_ok(work_keep(p, &e), &e);
	assert_true(get(row)->lease_until > clock_now_ms() + 2000);
	claim_none();
	work_release(&w);
}

static void what_may_pass_is_tried_again(void **state UNUSED)
{
	int64_t row = drop("a", "1"), delay;
	struct err e = ERR_INIT;
	struct work w;

	set(SETTING_RETRY_DELAY, "30000");
	claim(&w);
	expect_ok(hand_back(&w, "the server died", WORK_FAULT_PASSES, &e), &e);
	expect_state(row, TASK_TODO);
	assert_string_equal(get(row)->error_message, "the server died");
	delay = get(row)->not_before - clock_now_ms();
	assert_true(delay > 25000 && delay <= 30000);
	claim_none();
	delay = work_wait_ms(p);
	assert_true(delay > 25000 && delay <= 30000);
}

static void each_delay_is_twice_the_last(void **state UNUSED)
{
	int64_t row = drop("a", "1");
	struct err e = ERR_INIT;

	set(SETTING_TASK_ATTEMPTS, "4");
	for (int i = 0; i < 3; i++) {
		int64_t before = clock_now_ms(), delay;
		struct work w;

		set(SETTING_RETRY_DELAY, "0"); /* what waits is due at once, what fails now is not */
		while (work_wait_ms(p) > 0)
			usleep(1000);
		claim(&w);
		set(SETTING_RETRY_DELAY, "20");
		expect_ok(hand_back(&w, "again", WORK_FAULT_PASSES, &e), &e);
		delay = get(row)->not_before - before;
		assert_true(delay >= 20 << i);
		assert_true(delay < (20 << i) + 2000);
	}
	expect_state(row, TASK_TODO);
}

static void attempts_have_an_end(void **state UNUSED)
{
	int64_t row = drop("a", "1");
	struct err e = ERR_INIT;
	struct work w;

	set(SETTING_RETRY_DELAY, "0");
	for (int i = 0; i < 3; i++) {
		expect_state(row, TASK_TODO);
		claim(&w);
		expect_ok(hand_back(&w, "again", WORK_FAULT_PASSES, &e), &e);
	}
	expect_state(row, TASK_FAILED);
	assert_int_equal(get(row)->attempts, 3);
	assert_string_equal(told(row), "task.created task.started task.interrupted task.started task.interrupted "
				       "task.started task.failed");
}

static void an_engine_that_died_is_told_of(void **state UNUSED)
{
	int64_t row = drop("rfp.pdf", "x");
	struct err e = ERR_INIT;
	struct work w;

	claim(&w);
	expect_ok(hand_back(&w, "the engine died", WORK_FAULT_ENGINE, &e), &e);
	expect_state(row, TASK_TODO);
	assert_string_equal(told(row), "task.created task.started task.interrupted mcp.failed");
}

static void what_may_not_pass_fails_at_once(void **state UNUSED)
{
	int64_t row = drop("a", "1");
	struct err e = ERR_INIT;
	struct work w;

	claim(&w);
	expect_ok(hand_back(&w, "the document is encrypted", WORK_FAULT_STAYS, &e), &e);
	expect_state(row, TASK_FAILED);
	assert_string_equal(get(row)->error_message, "the document is encrypted");
	assert_string_equal(names(row, DOCUMENT_INPUT, 0), "a");
}

static void a_task_given_back_costs_no_attempt(void **state UNUSED)
{
	int64_t row = drop("a", "1");
	struct err e = ERR_INIT;
	struct work w;

	claim(&w);
	expect_ok(work_giveback(p, &w, &e), &e);
	work_release(&w);
	assert_int_equal(get(row)->attempts, 0);
	assert_null(get(row)->error_message);
	expect_next(row);
}

static void the_threshold_decides(void **state UNUSED)
{
	static const struct {
		const char *threshold, *result;
		enum task_state state;
		int64_t confidence;
		enum ai_handled handled;
		const char *review;
	} rows[] = {
		{ "80", "{\"confidence\": 80}", TASK_COMPLETED, 80, AI_PARTIAL, NULL },
		{ "80", "{\"confidence\": 79.9}", TASK_NEEDS_REVIEW, 79, AI_PARTIAL, "79 is below" },
		{ "80", "{\"confidence\": 90}", TASK_COMPLETED, 90, AI_FULL, NULL },
		{ "80", "{\"confidence\": 89.9}", TASK_COMPLETED, 89, AI_PARTIAL, NULL },
		{ "100", "{\"confidence\": 99}", TASK_NEEDS_REVIEW, 99, AI_FULL, "threshold of 100" },
		{ "0", "{\"confidence\": 0}", TASK_COMPLETED, 0, AI_PARTIAL, NULL },
		{ "", "{\"confidence\": 79}", TASK_NEEDS_REVIEW, 79, AI_PARTIAL, "threshold of 80" },
		{ "0", "{}", TASK_NEEDS_REVIEW, INT_NULL, AI_PARTIAL, "no confidence" },
		{ "0", "{\"confidence\": null}", TASK_NEEDS_REVIEW, INT_NULL, AI_PARTIAL, "no confidence" },
		{ "0", "{\"confidence\": \"95\"}", TASK_NEEDS_REVIEW, INT_NULL, AI_PARTIAL, "no confidence" },
		{ "0", "{\"confidence\": 101}", TASK_NEEDS_REVIEW, INT_NULL, AI_PARTIAL, "no confidence" },
		{ "0", "{\"confidence\": -1}", TASK_NEEDS_REVIEW, INT_NULL, AI_PARTIAL, "no confidence" },
	};

	for (size_t i = 0; i < N_ELEMS(rows); i++) {
		auto_free char *name = xasprintf("rfp %zu", i);
		int64_t row = drop(name, name);
		const struct task *t;

		set_engagement(default_engagement(), "review_threshold", rows[i].threshold);
		finish(rows[i].result);
		t = get(row);
		assert_string_equal(task_state_words[t->state], task_state_words[rows[i].state]);
		assert_int_equal(t->ai_confidence, rows[i].confidence);
		assert_int_equal(t->ai_handled, rows[i].handled);
		assert_int_equal(t->requires_review, rows[i].state == TASK_NEEDS_REVIEW);
		if (rows[i].review)
			assert_non_null(strstr(t->review, rows[i].review));
		else
			assert_null(t->review);
	}
}

static void what_an_outcome_leaves(void **state UNUSED)
{
	int64_t row = drop("a", "1");
	auto_free char *text = NULL;
	struct err e = ERR_INIT;
	struct document d;
	size_t len;

	finish("{\"title\": \"T\", \"confidence\": 95}");
	assert_string_equal(names(row, DOCUMENT_RESULT, 0), "result.json");
	assert_string_equal(names(row, DOCUMENT_OUTPUT, 0), "summary.md");
	assert_int_equal(get(row)->tokens_used, 7);
	assert_int_equal(get(row)->progress, 100);
	expect_ok(document_latest(p, row, DOCUMENT_RESULT, &d, &e), &e);
	expect_ok(blob_read(p->blobs, d.sha256, 1000, &text, &len, &e), &e);
	assert_int_equal(len, d.size);
	assert_true(util_ends(text, "}\n"));
	row_release(&document_table, &d);
	assert_string_equal(told(row), "task.created task.started task.completed");
}

static void progress_is_one_line(void **state UNUSED)
{
	int64_t row = drop("a", "1");
	auto_buf text = BUF_INIT;
	char longer[400] = "";
	struct err e = ERR_INIT;
	struct work w;

	assert_int_equal(work_show_progress(p, get(row), &text), 0);
	assert_string_equal(buf_str(&text), "0 todo\n");
	claim(&w);
	work_progress(p, &w, 40, "page 2\nof 5\x1b[31m");
	buf_clear(&text);
	assert_int_equal(work_show_progress(p, get(row), &text), 0);
	assert_int_equal(memcmp(text.data, "40 page 2 of 5", 14), 0);
	assert_ptr_equal(strchr(text.data, '\n'), text.data + text.len - 1);
	assert_null(strchr(text.data, '\x1b'));
	work_progress(p, &w, -1, NULL);
	work_progress(p, &w, 140, "done");
	buf_clear(&text);
	assert_int_equal(work_show_progress(p, get(row), &text), 0);
	assert_string_equal(buf_str(&text), "100 done\n");
	for (int i = 0; i < 150; i++)
		strcat(longer, "ä");
	work_progress(p, &w, 50, longer);
	expect_ok(work_keep(p, &e), &e);
	assert_true(name_utf8(get(row)->progress_text, strlen(get(row)->progress_text)));
	assert_int_equal(get(row)->progress, 50);
	work_release(&w);
}

static const char *log_of(int64_t row)
{
	static struct buf text;
	struct err e = ERR_INIT;

	buf_clear(&text);
	expect_ok(work_show_log(p, get(row), &text, &e), &e);
	return buf_str(&text);
}

static unsigned n_lines(const char *text)
{
	unsigned n = 0;

	for (; *text; text++)
		n += *text == '\n';
	return n;
}

static void lines_are_kept_once(void **state UNUSED)
{
	int64_t row = drop("a", "1");
	struct err e = ERR_INIT;
	struct work w = { .task.row_id = row };

	work_log(p, &w, "nobody works on it");
	claim(&w);
	work_log(p, &w, "one");
	assert_int_equal(n_lines(log_of(row)), 1);
	expect_ok(work_keep(p, &e), &e);
	expect_ok(work_keep(p, &e), &e);
	assert_int_equal(n_lines(log_of(row)), 1);
	work_log(p, &w, "two\nlines\r\x1b[0m");
	work_log(p, &w, "three");
	assert_int_equal(n_lines(log_of(row)), 3);
	expect_ok(hand_in(&w, "{\"confidence\": 95}", &e), &e);
	assert_int_equal(n_lines(log_of(row)), 3);
	assert_non_null(strstr(log_of(row), "Z two lines  [0m\n"));
	assert_true(strstr(log_of(row), "one") < strstr(log_of(row), "three"));
}

static void lines_are_text_and_bounded(void **state UNUSED)
{
	int64_t row = drop("a", "1");
	auto_free char *longer = xmalloc(5001);
	struct err e = ERR_INIT;
	struct work w;

	longer[0] = 'x';
	for (int i = 1; i + 1 < 5000; i += 2)
		memcpy(longer + i, "ä", 2);
	longer[4999] = '\0';
	claim(&w);
	work_log(p, &w, longer);
	assert_true(strlen(log_of(row)) < 2100);
	assert_true(name_utf8(log_of(row), strlen(log_of(row))));
	for (int i = 0; i < 5000; i++)
		work_log(p, &w, "too many");
	expect_ok(work_keep(p, &e), &e);
	assert_true(n_lines(log_of(row)) <= 4097);
	assert_non_null(strstr(log_of(row), "905 lines were too many"));
	work_log(p, &w, "after");
	expect_ok(work_keep(p, &e), &e);
	assert_true(util_ends(log_of(row), "Z after\n"));
	work_release(&w);
}

/* A server that never stops to talk fills no disk. */
static void the_log_of_a_task_has_an_end(void **state UNUSED)
{
	int64_t row = drop("a", "1");
	struct err e = ERR_INIT;
	struct work w;

	claim(&w);
	for (int i = 0; i < 6; i++) {
		for (int k = 0; k < 4000; k++)
			work_log(p, &w, "talk");
		expect_ok(work_keep(p, &e), &e);
	}
	expect_ok(hand_in(&w, "{\"confidence\": 95}", &e), &e);
	assert_true(n_lines(log_of(row)) <= 6000 + 6);
	assert_non_null(strstr(log_of(row), "2000 lines were too many"));
}

/* Changes that tell of progress: at most four a second. */
static void count_live(void *ud, const struct change *c, size_t n)
{
	for (size_t i = 0; i < n; i++)
		*(unsigned *)ud += c[i].kind == CHANGE_LIVE;
}

static void note_documents(void *ud, const struct change *c, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (c[i].kind == CHANGE_DOCUMENT)
			buf_printf(ud, "%s%s ", c[i].now == CHANGE_NONE ? "-" : "+", c[i].name);
}

/* An engine may call its outputs otherwise the next time: who has looked at the old ones hears that they went. */
static void outputs_that_go_are_told(void **state UNUSED)
{
	int64_t row = drop("a", "1");
	struct err e = ERR_INIT;
	auto_buf seen = BUF_INIT;

	finish("{\"confidence\": 95}");
	expect_ok(review_retry(p, row, &anna, &e), &e);
	platform_watch(p, note_documents, &seen);
	finish("{\"confidence\": 96}");
	platform_watch(p, NULL, NULL);
	assert_string_equal(buf_str(&seen), "+result.json -summary.md +summary.md ");
}

static void progress_is_told_now_and_then(void **state UNUSED)
{
	unsigned n = 0;
	struct work w;

	drop("a", "1");
	platform_watch(p, count_live, &n);
	claim(&w);
	for (int i = 0; i < 100; i++)
		work_progress(p, &w, i, "page");
	assert_int_equal(n, 1);
	usleep(260000);
	work_progress(p, &w, 100, "page");
	assert_int_equal(n, 2);
	platform_watch(p, NULL, NULL);
	work_release(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_PLATFORM(the_most_urgent_first_then_the_oldest),
		IN_PLATFORM(what_a_claim_gives),
		IN_PLATFORM(a_held_task_waits_for_its_last_holder),
		IN_PLATFORM(however_many_are_held),
		IN_PLATFORM(a_time_that_has_not_come),
		IN_PLATFORM(attempts_of_workers_that_die),
		IN_PLATFORM(attempts_cost_time),
		IN_PLATFORM(a_lease_that_ended_is_taken_over),
		IN_PLATFORM(an_outcome_comes_once),
		IN_PLATFORM(work_that_goes_on_keeps_its_lease),
		IN_PLATFORM(what_may_pass_is_tried_again),
		IN_PLATFORM(each_delay_is_twice_the_last),
		IN_PLATFORM(attempts_have_an_end),
		IN_PLATFORM(an_engine_that_died_is_told_of),
		IN_PLATFORM(what_may_not_pass_fails_at_once),
		IN_PLATFORM(a_task_given_back_costs_no_attempt),
		IN_PLATFORM(the_threshold_decides),
		IN_PLATFORM(what_an_outcome_leaves),
		IN_PLATFORM(progress_is_one_line),
		IN_PLATFORM(lines_are_kept_once),
		IN_PLATFORM(lines_are_text_and_bounded),
		IN_PLATFORM(the_log_of_a_task_has_an_end),
		IN_PLATFORM(outputs_that_go_are_told),
		IN_PLATFORM(progress_is_told_now_and_then),
	};

	return RUN_TESTS(tests);
}
