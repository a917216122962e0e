/* The gate: which moves exist, what they tell, and what tasks are called. */
#include "tests/platform/temp.h"

struct move {
	int64_t task_row;
	int from; /* -1: as it is */
	enum task_state to;
	enum task_mover who;
	int fail_after; /* -errno: the transaction fails behind the move */
};

static int make_move(struct tx *tx, void *arg, struct err *e)
{
	struct move *m = arg;
	struct task t;
	int rc = row_get(tx, &task_table, m->task_row, &t, e);

	if (rc < 0)
		return rc;
	rc = task_move(tx, &t, m->to, m->who, e);
	task_release(&t);
	return rc < 0 ? rc : m->fail_after;
}

static int put_state(struct tx *tx, void *arg, struct err *e)
{
	struct move *m = arg;
	struct task t;
	int rc = row_get(tx, &task_table, m->task_row, &t, e);

	t.state = m->from;
	if (rc == 0)
		rc = row_update(tx, &task_table, &t, e);
	task_release(&t);
	return rc;
}

static int move(struct move m, struct err *e)
{
	if (m.from >= 0)
		expect_ok(store_write(p->store, put_state, &m, e), e);
	return store_write(p->store, make_move, &m, e);
}

/* w: a worker makes this move, p: a person does, a dot: nobody. Columns are the states in the order of the rows. */
static const char *const allowed[N_TASK_STATES] = {
	[TASK_TODO] = ".w..wp",         /* claimed; an empty document; cancelled */
	[TASK_IN_PROGRESS] = "w.wwwp",  /* to be tried again; waits; done; failed; cancelled */
	[TASK_NEEDS_REVIEW] = "p..ppp", /* retried; approved; rejected; cancelled */
	[TASK_COMPLETED] = "p.....",    /* retried */
	[TASK_FAILED] = "p.....",       [TASK_CANCELLED] = "p.....",
};

static const char *const events[N_TASK_STATES] = {
	[TASK_TODO] = "",
	[TASK_IN_PROGRESS] = " task.started",
	[TASK_NEEDS_REVIEW] = " task.needs_review",
	[TASK_COMPLETED] = " task.completed",
	[TASK_FAILED] = " task.failed",
	[TASK_CANCELLED] = " task.cancelled",
};

static void check_move(int64_t row, int from, int to, enum task_mover who)
{
	bool may = allowed[from][to] == (who == MOVER_WORKER ? 'w' : 'p');
	int refused = from == TASK_IN_PROGRESS && who == MOVER_PERSON ? -EBUSY : -EPERM;
	auto_free char *before = xstrdup(told(row)), *wanted = NULL;
	struct err e = ERR_INIT;
	int rc = move((struct move){ row, from, (enum task_state)to, who, 0 }, &e);

	if (rc != (may ? 0 : refused))
		fail_msg("%s to %s by %s: %s '%s'", task_state_words[from], task_state_words[to],
			 who == MOVER_WORKER ? "a worker" : "a person", rc ? err_name(rc) : "0", e.text);
	if (!may)
		assert_non_null(strstr(e.text, "'rfp'"));
	expect_state(row, (enum task_state)(may ? to : from));
	wanted = xasprintf("%s%s", before,
			   !may                                          ? ""
			   : from == TASK_IN_PROGRESS && to == TASK_TODO ? " task.interrupted"
									 : events[to]);
	assert_string_equal(told(row), wanted);
}

static void every_move_is_in_the_table(void **state UNUSED)
{
	int64_t row = drop("rfp.pdf", "x");

	for (int from = 0; from < N_TASK_STATES; from++)
		for (int to = 0; to < N_TASK_STATES; to++) {
			check_move(row, from, to, MOVER_WORKER);
			check_move(row, from, to, MOVER_PERSON);
		}
}

static void a_move_that_fails_tells_nothing(void **state UNUSED)
{
	int64_t row = drop("rfp.pdf", "x");
	struct err e = ERR_INIT;

	assert_int_equal(move((struct move){ row, -1, TASK_CANCELLED, MOVER_PERSON, -EIO }, &e), -EIO);
	expect_state(row, TASK_TODO);
	assert_string_equal(told(row), "task.created");
}

static void times_follow_the_state(void **state UNUSED)
{
	int64_t row = drop("rfp.pdf", "x");
	struct err e = ERR_INIT;

	assert_true(get(row)->created_at > 0);
	assert_int_equal(get(row)->started_at, 0);
	expect_ok(move((struct move){ row, -1, TASK_IN_PROGRESS, MOVER_WORKER, 0 }, &e), &e);
	assert_true(get(row)->started_at >= get(row)->created_at);
	expect_ok(move((struct move){ row, -1, TASK_COMPLETED, MOVER_WORKER, 0 }, &e), &e);
	assert_true(get(row)->completed_at >= get(row)->started_at);
	assert_int_equal(get(row)->lease_until, 0);
	expect_ok(move((struct move){ row, -1, TASK_TODO, MOVER_PERSON, 0 }, &e), &e);
	assert_int_equal(get(row)->completed_at, 0);
	assert_int_equal(get(row)->started_at, 0);
}

static void states_that_end_and_close(void **state UNUSED)
{
	static const bool closed[] = { false, false, false, true, true, true };
	static const bool ended[] = { false, false, true, true, true, true };

	for (int s = 0; s < N_TASK_STATES; s++) {
		assert_int_equal(task_closed((enum task_state)s), closed[s]);
		assert_int_equal(task_ended((enum task_state)s), ended[s]);
	}
}

static void many_of_one_name(void **state UNUSED)
{
	char name[NAME_BYTES], file[NAME_BYTES];
	struct task t;
	struct err e = ERR_INIT;

	for (int i = 1; i <= 40; i++) {
		snprintf(file, sizeof(file), "rfp.%d", i);
		drop(file, "x");
	}
	for (int i = 1; i <= 40; i++) {
		snprintf(name, sizeof(name), i == 1 ? "rfp" : "rfp-%d", i);
		expect_ok(task_find(p, default_engagement(), name, &t, &e), &e);
		task_release(&t);
	}
}

static void names_from_files(void **state UNUSED)
{
	static const char *const rows[][2] = {
		{ "plain.pdf", "plain" },
		{ "two.dots.pdf", "two.dots" },
		{ "none", "none" },
		{ "a@b@c.pdf", "a-b-c" },
		{ "inbox.pdf", "inbox-2" },
		{ "inbox", "inbox-3" },
		{ "it's \"q\".pdf", "it's \"q\"" },
		{ "Ausschreibung Köln.pdf", "Ausschreibung Köln" },
		{ "ends.", "ends" },
	};

	for (size_t i = 0; i < N_ELEMS(rows); i++)
		assert_string_equal(get(drop(rows[i][0], "x"))->name, rows[i][1]);
}

static void long_names_are_cut_at_a_character(void **state UNUSED)
{
	const struct inbox own = { .number = default_engagement(), .engagement_row = default_engagement() };
	char file[NAME_BYTES] = "", *first, *second;

	for (int i = 0; i < 127; i++)
		strcat(file, "ä");
	strcat(file, "x"); /* 255 bytes */
	first = xstrdup(get(drop(file, "1"))->name);
	assert_string_equal(first, file);
	second = xstrdup(get(drop_as(&(struct dropped){ .box = &own, .name = file, .text = "2" }))->name);
	assert_true(strlen(second) <= 255);
	assert_true(name_utf8(second, strlen(second)));
	assert_true(util_ends(second, "-2"));
	assert_int_equal(second[strlen(second) - 11], '~');
	assert_memory_equal(second, file, 200);
	free(first);
	free(second);
}

static void an_engagement_that_is_not_active_takes_none(void **state UNUSED)
{
	struct acceptance out;
	struct err e = ERR_INIT;

	set_engagement(default_engagement(), "status", "paused");
	expect(drop_full(&(struct dropped){ .name = "rfp.pdf", .text = "x" }, &out, &e), -EPERM, &e, "not active");
	assert_string_equal(told(0), "engagement.created engagement.updated");
}

static void a_task_has_the_parties_of_its_engagement(void **state UNUSED)
{
	int64_t expert, company, row;
	struct err e = ERR_INIT;
	const struct task *t;

	expect_ok(party_create(p, PARTY_EXPERT, "anna", &anna, &expert, &e), &e);
	expect_ok(party_create(p, PARTY_COMPANY, "acme", &anna, &company, &e), &e);
	set_engagement(default_engagement(), "expert_id", "anna");
	set_engagement(default_engagement(), "customer_id", "acme");
	row = drop("rfp.pdf", "x");
	t = get(row);
	assert_int_equal(strlen(t->expert_id), 36);
	assert_int_equal(strlen(t->customer_id), 36);
	assert_int_equal(strlen(t->engagement_id), 36);
	assert_string_equal(t->created_by, "anna");
	assert_string_equal(t->title, "rfp");
}

static json_t *document_of(int64_t row)
{
	auto_buf text = BUF_INIT;
	struct err e = ERR_INIT;
	json_t *doc = NULL;

	expect_ok(task_document(p, row, &text, &e), &e);
	expect_ok(record_parse(text.data, text.len, &doc, &e), &e);
	return doc;
}

static int put(int64_t row, const char *text, struct err *e)
{
	return task_put(p, row, text, strlen(text), e);
}

static void single_fields(void **state UNUSED)
{
	int64_t row = drop("rfp.pdf", "x");
	struct err e = ERR_INIT;

	expect_ok(task_set(p, row, "title", "City website", &e), &e);
	expect_ok(task_set(p, row, "priority", "urgent", &e), &e);
	expect_ok(task_set(p, row, "due_date", "2026-03-01", &e), &e);
	assert_string_equal(get(row)->title, "City website");
	assert_int_equal(get(row)->priority, PRIORITY_URGENT);
	expect_ok(task_set(p, row, "due_date", "", &e), &e);
	assert_int_equal(get(row)->due_date, 0);
	expect(task_set(p, row, "priority", "now", &e), -EINVAL, &e, "low, medium, high, urgent");
	expect(task_set(p, row, "status", "completed", &e), -EPERM, &e, "'status'");
	assert_string_equal(told(row), "task.created task.updated task.updated task.updated task.updated");
}

/* What an editor does: the whole document comes back with one value changed. */
static void a_document_comes_back(void **state UNUSED)
{
	int64_t row = drop("rfp.pdf", "x");
	auto_free char *text = NULL;
	struct err e = ERR_INIT;
	json_t *doc;

	finish("{\"title\": \"T\", \"confidence\": 92.0, \"n\": {\"list\": [1.0, null]}}");
	doc = document_of(row);
	assert_string_equal(json_string_value(json_object_get(doc, "status")), "completed");
	assert_string_equal(json_string_value(json_object_get(doc, "ai_handled")), "full");
	assert_int_equal(json_integer_value(json_object_get(doc, "ai_confidence")), 92);
	assert_null(json_object_get(doc, "input_key"));
	assert_null(json_object_get(doc, "fence"));
	json_object_set_new(doc, "title", json_string("Other"));
	text = json_dumps(doc, 0);
	json_decref(doc);
	expect_ok(put(row, text, &e), &e);
	assert_string_equal(get(row)->title, "Other");
}

/* jq of Debian 12 writes 92.0 as 92. */
static void whole_numbers_may_lose_their_point(void **state UNUSED)
{
	int64_t row = drop("rfp.pdf", "x");
	struct err e = ERR_INIT;

	finish("{\"confidence\": 92.0, \"n\": {\"list\": [1.0, null]}}");
	expect_ok(put(row, "{\"output_data\": {\"n\": {\"list\": [1, null]}, \"confidence\": 92}}", &e), &e);
	expect(put(row, "{\"output_data\": {\"n\": {\"list\": [1]}, \"confidence\": 92}}", &e), -EPERM, &e,
	       "'output_data'");
	expect(put(row, "{\"output_data\": null}", &e), -EPERM, &e, "'output_data'");
}

static void what_a_document_may_not_change(void **state UNUSED)
{
	static const struct {
		const char *doc;
		int rc;
	} rows[] = {
		{ "{\"status\": \"completed\"}", -EPERM },
		{ "{\"id\": \"x\"}", -EPERM },
		{ "{\"ai_confidence\": 100}", -EPERM },
		{ "{\"created_by\": \"ben\"}", -EPERM },
		{ "{\"name\": \"other\"}", -EPERM },
		{ "{\"name\": \"a/b\"}", -EPERM },
		{ "{\"fence\": 1}", -EINVAL },
		{ "{\"nothing\": 1}", -EINVAL },
		{ "{\"priority\": \"now\"}", -EINVAL },
		{ "{\"title\": \"a\", \"title\": \"b\"}", -EINVAL },
		{ "{\"mcp\": \"NONE\"}", -EPERM },
		{ "{\"tool\": \"none\"}", -EPERM },
		{ "{\"expert_id\": \"nobody\"}", -EPERM },
		{ "{\"customer_id\": \"nobody\"}", -EPERM },
		{ "[]", -EINVAL },
	};
	int64_t row = drop("rfp.pdf", "x");

	for (size_t i = 0; i < N_ELEMS(rows); i++) {
		struct err e = ERR_INIT;
		int rc = put(row, rows[i].doc, &e);

		if (rc != rows[i].rc)
			fail_msg("%s: %s '%s'", rows[i].doc, rc ? err_name(rc) : "0", e.text);
	}
	assert_string_equal(get(row)->name, "rfp");
	assert_string_equal(told(row), "task.created");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_PLATFORM(every_move_is_in_the_table),
		IN_PLATFORM(a_move_that_fails_tells_nothing),
		IN_PLATFORM(times_follow_the_state),
		cmocka_unit_test(states_that_end_and_close),
		IN_PLATFORM(many_of_one_name),
		IN_PLATFORM(names_from_files),
		IN_PLATFORM(long_names_are_cut_at_a_character),
		IN_PLATFORM(an_engagement_that_is_not_active_takes_none),
		IN_PLATFORM(a_task_has_the_parties_of_its_engagement),
		IN_PLATFORM(single_fields),
		IN_PLATFORM(a_document_comes_back),
		IN_PLATFORM(whole_numbers_may_lose_their_point),
		IN_PLATFORM(what_a_document_may_not_change),
	};

	return RUN_TESTS(tests);
}
