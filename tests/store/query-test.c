#include "tests/store/temp.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>

#include "store/sql.h"

/* These are about all rows of their table. */
static const enum query over_all[] = { Q_DOCUMENT_SIZES,        Q_DROPS_DELETE_ORPHANS, Q_SEQUENCE_TAKE,
				       Q_SEQUENCE_NEXT,         Q_SEQUENCE_RAISE,       Q_DELIVERIES_DELETE_OF,
				       Q_DELIVERIES_DELETE_LOST };
/* These sort: what one task has, or one folder of it, is little. */
static const enum query that_sort[] = { Q_DOCUMENTS_OF, Q_DOCUMENTS_ALL, Q_DOCUMENT_BY_NAME, Q_DOCUMENT_LATEST };

static bool among(enum query q, const enum query *of, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (of[i] == q)
			return true;
	return false;
}

/* A partial index that is read as a whole holds only the rows that are meant. */
static bool is_bad(enum query q, const char *step)
{
	if (strstr(step, "TEMP B-TREE"))
		return !among(q, that_sort, N_ELEMS(that_sort));
	if (strncmp(step, "SCAN endpoint", 13) == 0 || strcmp(step, "SCAN model") == 0) /* there are few */
		return false;
	if (strncmp(step, "SCAN", 4) == 0 && !strstr(step, "CONSTANT ROW") && !strstr(step, "task_trash"))
		return !among(q, over_all, N_ELEMS(over_all));
	return false;
}

static void finds_its_rows_by_an_index(void **state UNUSED)
{
	auto_free char *path = xasprintf("%s/platform.db", temp_dir);
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	for (enum query q = 0; q < N_QUERIES; q++) {
		auto_free char *text = sql_query_text(q);
		auto_free char *explain = xasprintf("EXPLAIN QUERY PLAN %s", text);
		sqlite3_stmt *s;

		if (sqlite3_prepare_v2(db, explain, -1, &s, NULL) != SQLITE_OK)
			fail_msg("query %d: %s", q, sqlite3_errmsg(db));
		assert_int_equal(sqlite3_bind_parameter_count(s), sql_queries[q].n_args);
		while (sqlite3_step(s) == SQLITE_ROW)
			if (is_bad(q, (const char *)sqlite3_column_text(s, 3)))
				fail_msg("%s\n%s", text, sqlite3_column_text(s, 3));
		sqlite3_finalize(s);
	}
	sqlite3_close(db);
}

/* A task as the tests need it; its name is its id. */
static int add_task(struct tx *tx, struct task *like, const char *name, struct err *e)
{
	like->row_id = 0;
	like->id = like->name = (char *)name;
	return row_insert(tx, &task_table, like, e);
}

static int note_name(void *row, void *ud)
{
	struct buf *names = ud;

	buf_printf(names, "%s ", ((struct task *)row)->name);
	return 0;
}

static int note_listed(void *row, void *ud)
{
	struct buf *names = ud;

	buf_printf(names, "%s ", ((struct task_listing *)row)->name);
	return 0;
}

struct ask {
	enum query q;
	const struct val *args;
	int (*note)(void *row, void *ud);
	struct buf names;
	int64_t number;
};

static int ask_each(struct tx *tx, void *arg, struct err *e)
{
	struct ask *a = arg;

	return row_each(tx, a->q, a->args, a->note, &a->names, e);
}

static int ask_int(struct tx *tx, void *arg, struct err *e)
{
	struct ask *a = arg;

	return row_int(tx, a->q, a->args, &a->number, e);
}

static int ask_exec(struct tx *tx, void *arg, struct err *e)
{
	struct ask *a = arg;

	return row_exec(tx, a->q, a->args, e);
}

static void gives(enum query q, const struct val *args, int (*note)(void *, void *), const char *expected)
{
	struct ask a = { .q = q, .args = args, .note = note };

	read_ok(ask_each, &a);
	assert_string_equal(buf_str(&a.names), expected);
	buf_release(&a.names);
}

static void counts(enum query q, const struct val *args, int64_t expected)
{
	struct ask a = { .q = q, .args = args };

	read_ok(ask_int, &a);
	assert_int_equal(a.number, expected);
}

static int execute(enum query q, const struct val *args)
{
	struct ask a = { .q = q, .args = args };

	return store_write(st, ask_exec, &a, NULL);
}

static int add_queue(struct tx *tx, void *arg UNUSED, struct err *e)
{
	static const struct {
		const char *name;
		int state, priority;
		int64_t created_at, not_before, trashed_at;
	} rows[] = {
		{ "late-low", TASK_TODO, PRIORITY_LOW, 100, 0, 0 },
		{ "medium", TASK_TODO, PRIORITY_MEDIUM, 90, 0, 0 },
		{ "high-2", TASK_TODO, PRIORITY_HIGH, 80, 0, 0 },
		{ "high-1", TASK_TODO, PRIORITY_HIGH, 70, 500, 0 },
		{ "urgent", TASK_TODO, PRIORITY_URGENT, 110, 0, 0 },
		{ "not-yet", TASK_TODO, PRIORITY_URGENT, 10, 2000, 0 },
		{ "later-still", TASK_TODO, PRIORITY_URGENT, 10, 3000, 0 },
		{ "running", TASK_IN_PROGRESS, PRIORITY_URGENT, 1, 0, 0 },
		{ "done", TASK_COMPLETED, PRIORITY_URGENT, 1, 0, 0 },
		{ "thrown-1", TASK_COMPLETED, PRIORITY_LOW, 1, 0, 700 },
		{ "thrown-2", TASK_CANCELLED, PRIORITY_LOW, 1, 0, 600 },
	};
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < N_ELEMS(rows); i++) {
		struct task t = { .engagement_row = 1,
				  .state = rows[i].state,
				  .priority = rows[i].priority,
				  .created_at = rows[i].created_at,
				  .not_before = rows[i].not_before,
				  .trashed_at = rows[i].trashed_at,
				  .lease_host = (char *)"here",
				  .lease_until = 1500 };

		rc = add_task(tx, &t, rows[i].name, e);
	}
	return rc;
}

static void orders_the_queue(void **state UNUSED)
{
	write_ok(add_queue, NULL);
	gives(Q_TASKS_READY, ARGS(V_INT(1000), V_INT(99)), note_name, "urgent high-1 high-2 medium late-low ");
	gives(Q_TASKS_READY, ARGS(V_INT(1000), V_INT(2)), note_name, "urgent high-1 ");
	gives(Q_TASKS_READY, ARGS(V_INT(2000), V_INT(1)), note_name, "not-yet ");
	counts(Q_TASK_NEXT_READY, ARGS(V_INT(1000)), 2000);
	counts(Q_TASK_NEXT_READY, ARGS(V_INT(2000)), 3000);
	counts(Q_TASK_NEXT_READY, ARGS(V_INT(3000)), 0);
}

static void finds_leases_that_ended(void **state UNUSED)
{
	gives(Q_TASKS_LEASE_ENDED, ARGS(V_INT(1499), V_INT(9)), note_name, "");
	gives(Q_TASKS_LEASE_ENDED, ARGS(V_INT(1500), V_INT(9)), note_name, "running ");
	assert_int_equal(execute(Q_TASKS_LEASE_RESET, ARGS(V_TEXT("elsewhere"))), 0);
	assert_int_equal(execute(Q_TASKS_LEASE_RESET, ARGS(V_TEXT("here"))), 1);
	gives(Q_TASKS_LEASE_ENDED, ARGS(V_INT(1), V_INT(9)), note_name, "running ");
}

static void lists_by_place_and_state(void **state UNUSED)
{
	gives(Q_TASKS_IN_STATE, ARGS(V_TEXT("completed"), V_INT(0), V_INT(9)), note_listed, "done ");
	counts(Q_TASK_COUNT_IN, ARGS(V_TEXT("completed")), 1);
	counts(Q_TASK_COUNT_OF, ARGS(V_INT(1)), 11);
	gives(Q_TASKS_OF, ARGS(V_INT(1), V_INT(0), V_INT(3)), note_listed, "late-low medium high-2 ");
	gives(Q_TASKS_TRASHED, ARGS(V_INT(0), V_INT(9)), note_listed, "thrown-1 thrown-2 ");
	gives(Q_TASKS_TRASHED_BEFORE, ARGS(V_INT(700), V_INT(9)), note_listed, "thrown-2 ");
	gives(Q_TASK_BY_NAME, ARGS(V_INT(1), V_TEXT("thrown-1")), note_name, "");
	gives(Q_TASKS_TRASHED_OF_NAME, ARGS(V_INT(1), V_TEXT("thrown-1")), note_listed, "thrown-1 ");
}

static int64_t twin_rows[4];

static int add_twins(struct tx *tx, void *arg UNUSED, struct err *e)
{
	static const char *const names[] = { "twin-1", "twin-2", "twin-3", "twin-4" };
	int rc = 0;

	for (int i = 0; rc == 0 && i < 4; i++) {
		struct task t = { .engagement_row = 2,
				  .created_at = i + 1,
				  .state = i % 2 ? TASK_NEEDS_REVIEW : TASK_COMPLETED,
				  .input_key = (char *)"k",
				  .mcp = (char *)"tender",
				  .tool = (char *)"parse_rfp",
				  .input_data = i == 3 ? (char *)"{}" : NULL };
		struct document d = { .role = i == 2 ? DOCUMENT_INPUT : DOCUMENT_RESULT,
				      .name = (char *)"result.json" };

		rc = add_task(tx, &t, names[i], e);
		d.task_row = twin_rows[i] = t.row_id;
		if (rc == 0)
			rc = row_insert(tx, &document_table, &d, e);
	}
	return rc;
}

static void finds_twins(void **state UNUSED)
{
	const struct val key = V_TEXT("k"), mcp = V_TEXT("tender"), tool = V_TEXT("parse_rfp"), none = V_TEXT(NULL);

	write_ok(add_twins, NULL);
	gives(Q_TASK_FIRST_TWIN, ARGS(V_INT(2), key, V_INT(twin_rows[3])), note_name, "twin-1 ");
	gives(Q_TASK_FIRST_TWIN, ARGS(V_INT(2), key, V_INT(twin_rows[0])), note_name, "twin-2 ");
	gives(Q_TASK_FIRST_TWIN, ARGS(V_INT(1), key, V_INT(0)), note_name, "");
	gives(Q_TASK_ANSWERED_TWIN, ARGS(V_INT(2), key, mcp, tool, none, V_TEXT(""), V_INT(0)), note_name, "twin-2 ");
	gives(Q_TASK_ANSWERED_TWIN, ARGS(V_INT(2), key, mcp, tool, none, V_TEXT("{}"), V_INT(0)), note_name, "twin-4 ");
	gives(Q_TASK_ANSWERED_TWIN, ARGS(V_INT(2), key, mcp, tool, V_TEXT("2"), V_TEXT(""), V_INT(0)), note_name, "");
}

static int add_drops(struct tx *tx, void *arg, struct err *e)
{
	int64_t *folder = arg;
	struct drop top = { .inbox = 5, .name = (char *)"folder", .is_dir = true };
	struct drop inner = { .inbox = 5, .name = (char *)"inner", .is_dir = true };
	struct drop file = { .inbox = 5, .name = (char *)"file", .sha256 = (char *)"abc" };
	int rc = row_insert(tx, &drop_table, &top, e);

	*folder = inner.parent_row = top.row_id;
	if (rc == 0)
		rc = row_insert(tx, &drop_table, &inner, e);
	file.parent_row = inner.row_id;
	return rc < 0 ? rc : row_insert(tx, &drop_table, &file, e);
}

static int delete_drop(struct tx *tx, void *arg, struct err *e)
{
	return row_delete(tx, &drop_table, *(int64_t *)arg, e);
}

static int note_drop(void *row, void *ud)
{
	buf_printf(ud, "%s ", ((struct drop *)row)->name);
	return 0;
}

static void deletes_what_lies_in_lost_folders(void **state UNUSED)
{
	int64_t folder;

	write_ok(add_drops, &folder);
	gives(Q_DROPS_UNSUBMITTED, NULL, note_drop, "folder inner ");
	counts(Q_DOCUMENT_USES, ARGS(V_TEXT("abc")), 1);
	assert_int_equal(execute(Q_DROPS_DELETE_ORPHANS, NULL), 0);
	write_ok(delete_drop, &folder);
	assert_int_equal(execute(Q_DROPS_DELETE_ORPHANS, NULL), 2);
	counts(Q_DOCUMENT_USES, ARGS(V_TEXT("abc")), 0);
}

static int add_receipts(struct tx *tx, void *arg UNUSED, struct err *e)
{
	struct drop old = {
		.inbox = 6, .name = (char *)"a.pdf", .task_row = 1, .task_name = (char *)"a", .ended_at = 9
	};
	struct drop now = { .inbox = 6, .name = (char *)"a.pdf", .task_row = 2, .task_name = (char *)"a~2" };
	int rc = row_insert(tx, &drop_table, &old, e);

	return rc < 0 ? rc : row_insert(tx, &drop_table, &now, e);
}

static int note_task_name(void *row, void *ud)
{
	buf_printf(ud, "%s ", ((struct drop *)row)->task_name);
	return 0;
}

static void keeps_receipts_of_what_is_gone(void **state UNUSED)
{
	const struct val inbox = V_INT(6), name = V_TEXT("a.pdf"), none = V_INT(0);

	write_ok(add_receipts, NULL);
	gives(Q_DROPS_OF, ARGS(inbox, none, none, V_INT(9)), note_task_name, "a~2 ");
	gives(Q_DROP_RECEIPT, ARGS(inbox, name), note_task_name, "a~2 ");
	gives(Q_DROPS_RECEIPTS, ARGS(inbox, none, V_INT(9)), note_task_name, "a a~2 ");
	assert_int_equal(execute(Q_DROPS_END, ARGS(V_INT(2), V_INT(50))), 1);
	gives(Q_DROP_BY_NAME, ARGS(inbox, none, name), note_task_name, "");
	gives(Q_DROP_RECEIPT, ARGS(inbox, name), note_task_name, "a~2 ");
	gives(Q_DROPS_OLD, ARGS(V_INT(50), V_INT(9)), note_task_name, "a ");
}

static int add_events(struct tx *tx, void *arg UNUSED, struct err *e)
{
	static const int64_t times[] = { 100, 200, 190, 300, 301 };
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < N_ELEMS(times); i++) {
		char type[2] = { (char)('a' + i), '\0' };
		struct event ev = { .id = type, .type = type, .task_row = 1, .created_at = times[i] };

		rc = row_insert(tx, &event_table, &ev, e);
	}
	return rc;
}

static int note_type(void *row, void *ud)
{
	buf_printf(ud, "%s ", ((struct event *)row)->type);
	return 0;
}

static void follows_events(void **state UNUSED)
{
	struct ask a = { .q = Q_EVENT_LAST };
	int64_t last;

	write_ok(add_events, NULL);
	read_ok(ask_int, &a);
	last = a.number;
	gives(Q_EVENTS_FROM, ARGS(V_INT(190), V_INT(0), V_INT(9)), note_type, "b c d e ");
	gives(Q_EVENTS_FROM, ARGS(V_INT(195), V_INT(0), V_INT(9)), note_type, "b d e ");
	gives(Q_EVENTS_FROM, ARGS(V_INT(190), V_INT(last - 1), V_INT(9)), note_type, "e ");
	gives(Q_EVENTS_FROM, ARGS(V_INT(400), V_INT(0), V_INT(9)), note_type, "");
	gives(Q_EVENTS_SINCE, ARGS(V_INT(last - 2), V_INT(1)), note_type, "d ");
	gives(Q_EVENTS_OF_TASK, ARGS(V_INT(1), V_INT(0), V_INT(2)), note_type, "a b ");
}

struct all {
	struct tx *tx;
	struct task kept;
	int n;
};

/* The first row is handed over, the others are released; their table is asked and changed meanwhile. */
static int within(void *row, void *ud)
{
	struct all *all = ud;
	struct task *t = row;
	int64_t n;
	int rc = row_int(all->tx, Q_TASK_COUNT_OF, ARGS(V_INT(1)), &n, NULL);

	if (all->n++ == 0) {
		all->kept = *t;
		memset(t, 0, sizeof(*t));
		return rc;
	}
	t->state = TASK_CANCELLED;
	return rc < 0 ? rc : row_update(all->tx, &task_table, t, NULL);
}

static int ask_within(struct tx *tx, void *arg, struct err *e)
{
	struct all *all = arg;

	all->tx = tx;
	return row_each(tx, Q_TASKS_READY, ARGS(V_INT(1000), V_INT(99)), within, all, e);
}

static void lets_rows_change_while_they_are_read(void **state UNUSED)
{
	struct all all = { .n = 0 };

	write_ok(ask_within, &all);
	assert_string_equal(all.kept.name, "urgent");
	assert_int_equal(all.n, 5); /* the queue */
	row_release(&task_table, &all.kept);
	gives(Q_TASKS_READY, ARGS(V_INT(1000), V_INT(99)), note_name, "urgent ");
}

/* Each answer, as the test reads it on its own thread. */
static int try_to_change(struct tx *tx, void *arg, struct err *e)
{
	struct setting s = { .name = (char *)"from a reader" };
	int *answers = arg;

	answers[0] = row_insert(tx, &setting_table, &s, e);
	answers[1] = row_exec(tx, Q_LOG_DELETE, ARGS(V_INT(1)), e);
	answers[2] = row_exec(tx, Q_TASKS_READY, ARGS(V_INT(1), V_INT(1)), e);
	return 0;
}

static void refuses_changes_by_readers(void **state UNUSED)
{
	int answers[3];

	read_ok(try_to_change, answers);
	assert_int_equal(answers[0], -EROFS);
	assert_int_equal(answers[1], -EROFS);
	assert_int_equal(answers[2], -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_its_rows_by_an_index),
		cmocka_unit_test(orders_the_queue),
		cmocka_unit_test(finds_leases_that_ended),
		cmocka_unit_test(lists_by_place_and_state),
		cmocka_unit_test(finds_twins),
		cmocka_unit_test(deletes_what_lies_in_lost_folders),
		cmocka_unit_test(keeps_receipts_of_what_is_gone),
		cmocka_unit_test(follows_events),
		cmocka_unit_test(lets_rows_change_while_they_are_read),
		cmocka_unit_test(refuses_changes_by_readers),
	};

	return cmocka_run_group_tests(tests, temp_open, temp_close);
}
