/* What is dropped becomes a task: once, again, by others, as a folder. */
#include "platform/review.h"
#include "tests/platform/temp.h"

static struct drop entry;

/* The entry of that name in a directory, or NULL when there is none. */
static const struct drop *find_in(const struct inbox *box, int64_t parent_row, const char *name)
{
	row_release(&drop_table, &entry);
	return inbox_find(p, box->number, parent_row, name, &entry, NULL) == 0 ? &entry : NULL;
}

static const struct drop *find(const char *name)
{
	return find_in(&root_box, 0, name);
}

static int64_t claim_row(void)
{
	struct work w;
	int64_t row;

	claim(&w);
	row = w.task.row_id;
	work_release(&w);
	return row;
}

static void a_new_file(void **state UNUSED)
{
	struct acceptance out;
	struct err e = ERR_INIT;
	struct document d;
	const struct task *t;

	expect_ok(drop_full(&(struct dropped){ .name = "rfp.pdf", .text = "bytes" }, &out, &e), &e);
	t = get(out.task_row);
	assert_string_equal(t->name, "rfp");
	assert_string_equal(t->mcp, "TENDER");
	assert_string_equal(t->tool, "parse_rfp");
	assert_string_equal(t->mcp_version, "1.0");
	assert_string_equal(t->created_by, "anna");
	assert_int_equal(t->priority, PRIORITY_MEDIUM);
	assert_int_equal(t->ai_confidence, INT_NULL);
	assert_null(t->duplicate_of);
	assert_string_equal(told(out.task_row), "task.created");
	assert_int_equal(find("rfp.pdf")->row_id, out.drop_row);
	assert_int_equal(entry.task_row, out.task_row);
	assert_int_equal(entry.size, 5);
	expect_ok(document_find(p, out.task_row, DOCUMENT_INPUT, 0, "rfp.pdf", &d, &e), &e);
	assert_string_equal(d.sha256, entry.sha256);
	assert_int_equal(d.modified_at, 1000);
	row_release(&document_table, &d);
}

static void the_entry_stays_until_the_work_ends(void **state UNUSED)
{
	int64_t row = drop("rfp.pdf", "x");
	struct drop d;
	struct err e = ERR_INIT;

	assert_non_null(find("rfp.pdf"));
	assert_int_equal(finish("{\"confidence\": 95}"), row);
	assert_null(find("rfp.pdf"));
	expect_ok(inbox_find_receipt(p, 0, "rfp.pdf", &d, &e), &e);
	assert_int_equal(d.task_row, row);
	assert_true(d.ended_at > 0);
	row_release(&drop_table, &d);
}

static void a_receipt_says_what_became_of_it(void **state UNUSED)
{
	int64_t row = drop("rfp.pdf", "bytes");
	auto_buf text = BUF_INIT;
	struct err e = ERR_INIT;
	struct drop d;
	json_t *doc;

	expect_ok(inbox_find_receipt(p, 0, "rfp.pdf", &d, &e), &e);
	expect_ok(inbox_receipt(p, &d, &text, &e), &e);
	expect_ok(record_parse(text.data, text.len, &doc, &e), &e);
	assert_string_equal(json_string_value(json_object_get(doc, "task")), get(row)->id);
	assert_string_equal(json_string_value(json_object_get(doc, "path")), "engagements/default/tasks/rfp");
	assert_string_equal(json_string_value(json_object_get(doc, "sha256")), d.sha256);
	assert_int_equal(json_integer_value(json_object_get(doc, "size")), 5);
	assert_true(util_ends(json_string_value(json_object_get(doc, "time")), "Z"));
	json_decref(doc);
	expect(inbox_remove_receipt(p, d.row_id, &e), -EPERM, &e, "goes with its entry");
	finish("{\"confidence\": 95}");
	expect_ok(inbox_remove_receipt(p, d.row_id, &e), &e);
	assert_int_equal(inbox_get(p, d.row_id, &entry, NULL), -ENOENT);
	row_release(&drop_table, &d);
}

static void written_again_while_it_waits(void **state UNUSED)
{
	int64_t row = drop("rfp.pdf", "first");
	struct document d;
	struct err e = ERR_INIT;

	assert_int_equal(drop("rfp.pdf", "second"), row);
	assert_int_equal(drop("rfp.pdf", "third"), row);
	expect_state(row, TASK_TODO);
	assert_true(get(row)->not_before > get(row)->created_at);
	assert_string_equal(names(row, DOCUMENT_INPUT, 0), "rfp.pdf");
	assert_string_equal(names(row, DOCUMENT_FORMER, 0), "rfp.pdf rfp.pdf");
	expect_ok(document_latest(p, row, DOCUMENT_FORMER, &d, &e), &e);
	assert_int_equal(d.version, 2);
	assert_int_equal(d.size, 6);
	row_release(&document_table, &d);
	assert_int_equal(find("rfp.pdf")->size, 5);
	assert_int_equal(n_blobs(), 3);
}

static void written_again_while_it_runs(void **state UNUSED)
{
	int64_t row = drop("rfp.pdf", "first");
	struct err e = ERR_INIT;
	struct work w;

	claim(&w);
	set(SETTING_REWRITE_QUIET, "0");
	assert_int_equal(drop("rfp.pdf", "second"), row);
	expect_state(row, TASK_TODO);
	expect(hand_in(&w, "{\"confidence\": 95}", &e), -ESTALE, &e, "taken");
	expect_state(row, TASK_TODO);
	assert_int_equal(finish("{\"confidence\": 95}"), row);
	expect_state(row, TASK_COMPLETED);
	assert_int_equal(get(row)->attempts, 1);
}

static void the_same_bytes_again_are_no_news(void **state UNUSED)
{
	int64_t row = drop("rfp.pdf", "first");

	assert_int_equal(drop("rfp.pdf", "first"), row);
	assert_string_equal(names(row, DOCUMENT_FORMER, 0), "");
	assert_int_equal(get(row)->not_before, 0);
}

static void the_same_name_by_another(void **state UNUSED)
{
	int64_t row = drop("rfp.pdf", "hers"), other;

	other = drop_as(&(struct dropped){ .name = "rfp.pdf", .text = "his", .who = &ben });
	assert_int_not_equal(other, row);
	assert_string_equal(get(other)->name, "rfp-2");
	assert_string_equal(get(other)->created_by, "ben");
	expect_state(row, TASK_TODO);
	assert_string_equal(names(row, DOCUMENT_INPUT, 0), "rfp.pdf");
	assert_int_equal(find("rfp.pdf")->task_row, other);
}

static void the_same_name_after_the_end(void **state UNUSED)
{
	int64_t row = drop("rfp.pdf", "first"), again;

	finish("{\"confidence\": 50}");
	expect_state(row, TASK_NEEDS_REVIEW);
	again = drop("rfp.pdf", "second");
	assert_int_not_equal(again, row);
	assert_string_equal(names(row, DOCUMENT_INPUT, 0), "rfp.pdf");
	assert_int_equal(n_blobs(), 4); /* two documents, a result and its output */
}

static void an_empty_file_leaves_no_former(void **state UNUSED)
{
	int64_t row = drop_as(&(struct dropped){ .name = "rfp.pdf", .text = "", .quiet_ms = 60000 });

	assert_true(get(row)->not_before > get(row)->created_at);
	claim_none();
	assert_int_equal(drop("rfp.pdf", "bytes"), row);
	assert_string_equal(names(row, DOCUMENT_INPUT, 0), "rfp.pdf");
	assert_string_equal(names(row, DOCUMENT_FORMER, 0), "");
}

static void an_empty_file_fails_in_the_end(void **state UNUSED)
{
	int64_t row = drop("rfp.pdf", "");

	claim_none();
	expect_state(row, TASK_FAILED);
	assert_non_null(strstr(get(row)->error_message, "'rfp.pdf' is empty"));
	assert_string_equal(told(row), "task.created task.failed");
}

/* The same bytes in one engagement: a task of its own, linked to the first, answered from what is stored. */
static void the_same_bytes_under_another_name(void **state UNUSED)
{
	int64_t first = drop("a.pdf", "same"), second, third;
	const struct task *t;
	struct document d;
	struct err e = ERR_INIT;

	second = drop("b.pdf", "same");
	assert_string_equal(get(second)->duplicate_of, get(first)->id);
	assert_null(get(first)->duplicate_of);
	assert_int_equal(finish("{\"confidence\": 85}"), first);
	claim_none();
	t = get(second);
	expect_state(second, TASK_COMPLETED);
	assert_string_equal(t->answered_from, get(first)->id);
	assert_int_equal(t->ai_confidence, 85);
	assert_int_equal(t->ai_handled, AI_PARTIAL);
	assert_int_equal(t->attempts, 0);
	assert_string_equal(names(second, DOCUMENT_OUTPUT, 0), "summary.md");
	expect_ok(document_latest(p, second, DOCUMENT_RESULT, &d, &e), &e);
	assert_int_equal(d.version, 1);
	row_release(&document_table, &d);
	third = drop("c.pdf", "same");
	assert_string_equal(get(third)->duplicate_of, get(first)->id);
	assert_string_equal(told(second), "task.created task.started task.completed");
}

static void another_engine_or_another_question_is_asked_anew(void **state UNUSED)
{
	const struct inbox summaries = { .number = inbox_number(0, "TENDER", "summarize"),
					 .mcp = "TENDER",
					 .tool = "summarize" };
	int64_t other;
	struct work w;

	drop("a.pdf", "same");
	finish("{\"confidence\": 95}");
	other = drop_as(&(struct dropped){ .box = &summaries, .name = "b.pdf", .text = "same" });
	assert_string_equal(get(other)->tool, "summarize");
	claim(&w);
	assert_int_equal(w.task.row_id, other);
	work_release(&w);
	engine_version = "2.0";
	other = drop("c.pdf", "same");
	claim(&w);
	assert_int_equal(w.task.row_id, other);
	assert_string_equal(w.task.mcp_version, "2.0");
	work_release(&w);
}

static void twins_are_of_one_engagement(void **state UNUSED)
{
	int64_t g = new_engagement("acme");
	const struct inbox box = { .number = g, .engagement_row = g };
	int64_t row;
	struct work w;

	drop("a.pdf", "same");
	finish("{\"confidence\": 95}");
	row = drop_as(&(struct dropped){ .box = &box, .name = "a.pdf", .text = "same" });
	assert_null(get(row)->duplicate_of);
	claim(&w);
	assert_int_equal(w.task.row_id, row);
	work_release(&w);
}

static void retry_asks_anew(void **state UNUSED)
{
	int64_t row = drop("a.pdf", "same"), second;
	struct err e = ERR_INIT;
	struct work w;

	finish("{\"confidence\": 95}");
	second = drop("b.pdf", "same");
	claim_none();
	expect_state(second, TASK_COMPLETED);
	expect_ok(review_retry(p, second, &anna, &e), &e);
	assert_null(get(second)->answered_from);
	claim(&w);
	assert_int_equal(w.task.row_id, second);
	expect_ok(hand_in(&w, "{\"confidence\": 60}", &e), &e);
	expect_state(second, TASK_NEEDS_REVIEW);
	expect_state(row, TASK_COMPLETED);
}

/* What answers a twin is one answer: the result, its confidence and its outputs are of the same run. */
static void an_answer_is_of_one_run(void **state UNUSED)
{
	int64_t row = drop("a.pdf", "same"), second;
	auto_free char *text = NULL;
	struct err e = ERR_INIT;
	struct document d;
	size_t len;

	finish("{\"confidence\": 60, \"run\": 1}");
	expect_ok(review_retry(p, row, &anna, &e), &e);
	finish("{\"confidence\": 95, \"run\": 2}");
	second = drop("b.pdf", "same");
	claim_none();
	assert_int_equal(get(second)->ai_confidence, 95);
	expect_ok(document_latest(p, second, DOCUMENT_RESULT, &d, &e), &e);
	expect_ok(blob_read(p->blobs, d.sha256, 1000, &text, &len, &e), &e);
	assert_non_null(strstr(text, "\"run\": 2"));
	row_release(&document_table, &d);
}

static void a_correction_answers_nobody_else(void **state UNUSED)
{
	int64_t row = drop("a.pdf", "same"), second;
	const char *corrected = "{\"title\": \"By hand\", \"confidence\": 100}";
	auto_free char *text = NULL;
	struct err e = ERR_INIT;
	struct document d;
	size_t len;

	finish("{\"title\": \"By engine\", \"confidence\": 60}");
	expect_ok(review_correct(p, row, corrected, strlen(corrected), &anna, &e), &e);
	second = drop("b.pdf", "same");
	claim_none();
	expect_state(second, TASK_NEEDS_REVIEW);
	expect_ok(document_latest(p, second, DOCUMENT_RESULT, &d, &e), &e);
	expect_ok(blob_read(p->blobs, d.sha256, 1000, &text, &len, &e), &e);
	assert_non_null(strstr(text, "By engine"));
	row_release(&document_table, &d);
}

static void what_was_rejected_or_is_asked_anew_answers_nobody(void **state UNUSED)
{
	int64_t row = drop("a.pdf", "same"), second;
	struct err e = ERR_INIT;
	struct work w;

	finish("{\"confidence\": 60}");
	expect_ok(review_reject(p, row, "wrong", &anna, &e), &e);
	second = drop("b.pdf", "same");
	assert_int_equal(finish("{\"confidence\": 70}"), second);
	expect_ok(review_retry(p, second, &anna, &e), &e);
	claim(&w);
	assert_int_equal(w.task.row_id, second);
	work_release(&w);
	second = drop("c.pdf", "same");
	claim(&w);
	assert_int_equal(w.task.row_id, second);
	work_release(&w);
}

static int64_t folder_in(int64_t parent_row, const char *name)
{
	int64_t row = store_reserve(p->store, NULL);
	struct err e = ERR_INIT;

	expect_ok(inbox_folder(p, &root_box, row, parent_row, name, &anna, &e), &e);
	return row;
}

static int64_t put_in(int64_t folder, const char *name, const char *text)
{
	return drop_as(&(struct dropped){ .parent_row = folder, .name = name, .text = text });
}

static int submit(int64_t folder, int64_t *task_row, struct err *e)
{
	return inbox_submit(p, &root_box, folder, &anna, task_row, e);
}

static void a_folder_becomes_one_task(void **state UNUSED)
{
	int64_t top = folder_in(0, "lot 1.2"), sub = folder_in(top, "annex"), row;
	struct err e = ERR_INIT;
	struct document d;
	struct work w;

	assert_int_equal(put_in(top, "rfp.pdf", "one"), 0);
	assert_int_equal(put_in(sub, "prices.json", "{\"not\": \"a request\"}"), 0);
	claim_none();
	expect_ok(submit(top, &row, &e), &e);
	assert_string_equal(get(row)->name, "lot 1.2");
	assert_string_equal(names(row, DOCUMENT_INPUT, 0), "annex rfp.pdf");
	expect_ok(document_find(p, row, DOCUMENT_INPUT, 0, "annex", &d, &e), &e);
	assert_true(d.is_dir);
	assert_string_equal(names(row, DOCUMENT_INPUT, d.row_id), "prices.json");
	row_release(&document_table, &d);
	claim(&w);
	assert_int_equal(w.n_documents, 2);
	work_release(&w);
	expect(submit(top, &row, &e), -EALREADY, &e, "already");
}

static void an_empty_folder_is_no_task(void **state UNUSED)
{
	int64_t top = folder_in(0, "empty"), row;
	struct err e = ERR_INIT;

	expect(submit(top, &row, &e), -ENODATA, &e, "'empty' is empty");
	folder_in(top, "still empty");
	expect(submit(top, &row, &e), -ENODATA, &e, NULL);
	assert_string_equal(told(0), "engagement.created");
	expect(inbox_folder(p, &root_box, store_reserve(p->store, NULL), 0, "empty", &anna, &e), -EEXIST, &e,
	       "'empty'");
}

static void a_late_file_restarts_the_task(void **state UNUSED)
{
	int64_t top = folder_in(0, "lot"), row, same;
	struct err e = ERR_INIT;
	struct work w;

	put_in(top, "a.pdf", "one");
	expect_ok(submit(top, &row, &e), &e);
	claim(&w);
	set(SETTING_FOLDER_QUIET, "0");
	same = put_in(top, "b.pdf", "two");
	assert_int_equal(same, row);
	expect_state(row, TASK_TODO);
	expect(hand_in(&w, "{\"confidence\": 95}", &e), -ESTALE, &e, NULL);
	assert_string_equal(names(row, DOCUMENT_INPUT, 0), "a.pdf b.pdf");
	claim(&w);
	assert_int_equal(w.n_documents, 2);
	expect_ok(hand_in(&w, "{\"confidence\": 95}", &e), &e);
	expect(drop_full(&(struct dropped){ .parent_row = top, .name = "c.pdf", .text = "x" },
			 &(struct acceptance){ 0 }, &e),
	       -EPERM, &e, "is over");
}

/* Written again inside a folder that is submitted: what was there stays readable. */
static void a_rewrite_in_a_folder_keeps_the_former(void **state UNUSED)
{
	int64_t top = folder_in(0, "lot"), row;
	struct err e = ERR_INIT;

	put_in(top, "a.pdf", "one");
	expect_ok(submit(top, &row, &e), &e);
	put_in(top, "a.pdf", "two");
	assert_string_equal(names(row, DOCUMENT_INPUT, 0), "a.pdf");
	assert_string_equal(names(row, DOCUMENT_FORMER, 0), "a.pdf");
	assert_int_equal(n_blobs(), 2);
}

static void a_rewrite_before_the_submission_leaves_nothing(void **state UNUSED)
{
	int64_t top = folder_in(0, "lot");

	put_in(top, "a.pdf", "one");
	put_in(top, "a.pdf", "two");
	assert_int_equal(n_blobs(), 1);
}

static void removing_a_file_from_a_submitted_folder_keeps_the_input(void **state UNUSED)
{
	int64_t top = folder_in(0, "lot"), row;
	struct err e = ERR_INIT;

	put_in(top, "a.pdf", "one");
	put_in(top, "b.pdf", "two");
	expect_ok(submit(top, &row, &e), &e);
	expect_ok(inbox_remove(p, find_in(&root_box, top, "a.pdf")->row_id, &anna, &e), &e);
	assert_string_equal(names(row, DOCUMENT_INPUT, 0), "a.pdf b.pdf");
	put_in(top, "c.pdf", "three");
	assert_string_equal(names(row, DOCUMENT_INPUT, 0), "b.pdf c.pdf");
	assert_string_equal(names(row, DOCUMENT_FORMER, 0), "a.pdf");
	assert_int_equal(n_blobs(), 3);
}

static void removing_an_entry_cancels(void **state UNUSED)
{
	int64_t waiting = drop("a.pdf", "a"), running = drop("b.pdf", "b"), done;
	struct err e = ERR_INIT;
	struct drop d;

	expect_ok(inbox_remove(p, find("a.pdf")->row_id, &anna, &e), &e);
	expect_state(waiting, TASK_CANCELLED);
	assert_int_equal(claim_row(), running);
	expect_ok(inbox_remove(p, find("b.pdf")->row_id, &anna, &e), &e);
	expect_state(running, TASK_CANCELLED);
	assert_string_equal(names(running, DOCUMENT_INPUT, 0), "b.pdf");
	assert_int_equal(n_blobs(), 2);
	assert_int_equal(inbox_find_receipt(p, 0, "a.pdf", &d, NULL), -ENOENT);
	done = drop("c.pdf", "c");
	finish("{\"confidence\": 95}");
	assert_null(find("c.pdf"));
	expect_state(done, TASK_COMPLETED);
	assert_int_equal(inbox_remove(p, 999999, &anna, &e), -ENOENT);
}

static void removing_folders(void **state UNUSED)
{
	int64_t top = folder_in(0, "lot");
	struct err e = ERR_INIT;

	put_in(top, "a.pdf", "one");
	expect(inbox_remove(p, top, &anna, &e), -ENOTEMPTY, &e, "'lot' is not empty");
	expect_ok(inbox_remove(p, find_in(&root_box, top, "a.pdf")->row_id, &anna, &e), &e);
	assert_int_equal(n_blobs(), 0);
	expect_ok(inbox_remove(p, top, &anna, &e), &e);
	assert_null(find("lot"));
}

static void renaming_an_entry(void **state UNUSED)
{
	int64_t row = drop("a.pdf", "a");
	struct err e = ERR_INIT;

	drop("b.pdf", "b");
	expect(inbox_rename(p, find("a.pdf")->row_id, "b.pdf", false, &e), -EEXIST, &e, "'b.pdf'");
	expect_ok(inbox_rename(p, find("a.pdf")->row_id, "c.pdf", false, &e), &e);
	assert_null(find("a.pdf"));
	assert_int_equal(find("c.pdf")->task_row, row);
	assert_int_equal(drop("c.pdf", "new"), row);
	assert_string_equal(names(row, DOCUMENT_INPUT, 0), "c.pdf");
	assert_string_equal(names(row, DOCUMENT_FORMER, 0), "a.pdf");
	expect_ok(inbox_touch(p, find("c.pdf")->row_id, 5000, &e), &e);
	assert_int_equal(find("c.pdf")->modified_at, 5000);
}

static void engines_of_a_drop(void **state UNUSED)
{
	const struct inbox echo = { .number = inbox_number(0, "ECHO", NULL), .mcp = "ECHO" };
	const struct inbox none = { .number = inbox_number(0, "NONE", NULL), .mcp = "NONE" };
	struct acceptance out;
	struct err e = ERR_INIT;

	assert_string_equal(get(drop_as(&(struct dropped){ .box = &echo, .name = "a", .text = "1" }))->tool, "echo");
	expect(drop_full(&(struct dropped){ .box = &none, .name = "a", .text = "1" }, &out, &e), -EINVAL, &e, "NONE");
	set_engagement(default_engagement(), "mcp", "ECHO");
	assert_string_equal(get(drop("b", "2"))->mcp, "ECHO");
	set_engagement(default_engagement(), "mcp", "");
	set(SETTING_DEFAULT_MCP, "ECHO");
	assert_string_equal(get(drop("c", "3"))->mcp, "ECHO");
	assert_string_equal(get(drop("d.json", "{\"mcp_id\": \"TENDER\", \"tool\": \"summarize\"}"))->tool,
			    "summarize");
}

static void numbers_of_inboxes(void **state UNUSED)
{
	int64_t a = inbox_number(5, "TENDER", NULL), b = inbox_number(5, "TENDER", "parse_rfp");

	assert_int_equal(inbox_number(0, NULL, NULL), 0);
	assert_int_equal(inbox_number(5, "", ""), 5);
	assert_int_not_equal(a, b);
	assert_int_not_equal(a, inbox_number(6, "TENDER", NULL));
	assert_int_equal(a, inbox_number(5, "TENDER", ""));
	assert_true(a >= (int64_t)1 << 44 && a < (int64_t)1 << 45);
}

static void after_a_restart(void **state UNUSED)
{
	int64_t row = drop("a.pdf", "a"), top = folder_in(0, "lot");
	struct err e = ERR_INIT;

	put_in(top, "b.pdf", "b");
	assert_int_equal(claim_row(), row);
	platform_close(p);
	assert_int_equal(temp_reopen(), 0);
	expect_ok(platform_recover(p, &e), &e);
	expect_state(row, TASK_IN_PROGRESS);
	assert_int_equal(finish("{\"confidence\": 95}"), row); /* its lease ended with the process */
	expect_ok(submit(top, &row, &e), &e);
	assert_string_equal(names(row, DOCUMENT_INPUT, 0), "b.pdf");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_PLATFORM(a_new_file),
		IN_PLATFORM(the_entry_stays_until_the_work_ends),
		IN_PLATFORM(a_receipt_says_what_became_of_it),
		IN_PLATFORM(written_again_while_it_waits),
		IN_PLATFORM(written_again_while_it_runs),
		IN_PLATFORM(the_same_bytes_again_are_no_news),
		IN_PLATFORM(the_same_name_by_another),
		IN_PLATFORM(the_same_name_after_the_end),
		IN_PLATFORM(an_empty_file_leaves_no_former),
		IN_PLATFORM(an_empty_file_fails_in_the_end),
		IN_PLATFORM(the_same_bytes_under_another_name),
		IN_PLATFORM(another_engine_or_another_question_is_asked_anew),
		IN_PLATFORM(twins_are_of_one_engagement),
		IN_PLATFORM(retry_asks_anew),
		IN_PLATFORM(an_answer_is_of_one_run),
		IN_PLATFORM(a_correction_answers_nobody_else),
		IN_PLATFORM(what_was_rejected_or_is_asked_anew_answers_nobody),
		IN_PLATFORM(a_folder_becomes_one_task),
		IN_PLATFORM(an_empty_folder_is_no_task),
		IN_PLATFORM(a_late_file_restarts_the_task),
		IN_PLATFORM(a_rewrite_in_a_folder_keeps_the_former),
		IN_PLATFORM(a_rewrite_before_the_submission_leaves_nothing),
		IN_PLATFORM(removing_a_file_from_a_submitted_folder_keeps_the_input),
		IN_PLATFORM(removing_an_entry_cancels),
		IN_PLATFORM(removing_folders),
		IN_PLATFORM(renaming_an_entry),
		IN_PLATFORM(engines_of_a_drop),
		cmocka_unit_test(numbers_of_inboxes),
		IN_PLATFORM(after_a_restart),
	};
	int rc = RUN_TESTS(tests);

	row_release(&drop_table, &entry);
	return rc;
}
