#include "tests/store/temp.h"

#include <errno.h>
#include <math.h>

static const struct table *const tables[] = {
	&expert_table, &company_table, &engagement_table, &task_table,    &document_table,
	&drop_table,   &event_table,   &log_line_table,   &setting_table, &xattr_table,
};

/* The largest row; aligned for any. */
union any_row {
	int64_t row_id;
	struct task task;
	struct drop drop;
	char bytes[sizeof(struct task) + sizeof(struct drop)];
};

static const char odd_text[] = "it's \"quoted\"; DROP TABLE task; -- 100 % ? $1 :x @y\n\tßüµ€ 文書 \xf0\x9f\x93\x84";

static void fill_field(const struct field *f, void *row, int seed)
{
	void *p = (char *)row + f->offset;
	int n_words = 0;

	switch (f->type) {
	case FIELD_TEXT:
	case FIELD_JSON: *(char **)p = xasprintf("%s %s %d", f->name, odd_text, seed); break;
	case FIELD_INT: *(int64_t *)p = (int64_t)seed << 40 | 7; break;
	case FIELD_TIME: *(int64_t *)p = 1767225599123 + seed; break;
	case FIELD_BOOL: *(bool *)p = seed % 2 == 1; break;
	case FIELD_REAL: *(double *)p = seed + 0.1; break;
	case FIELD_WORD:
		while (f->words[n_words])
			n_words++;
		*(int *)p = seed % n_words;
		break;
	}
}

static void fill(const struct table *t, void *row, int seed)
{
	memset(row, 0, t->size);
	for (size_t i = 0; i < t->n_fields; i++)
		fill_field(&t->fields[i], row, seed);
}

static void same_field(const struct field *f, const void *a, const void *b)
{
	const void *p = (const char *)a + f->offset, *q = (const char *)b + f->offset;

	switch (f->type) {
	case FIELD_TEXT:
	case FIELD_JSON:
		if (*(char *const *)p && *(char *const *)q)
			assert_string_equal(*(char *const *)p, *(char *const *)q);
		else
			assert_true(!*(char *const *)p && !*(char *const *)q);
		break;
	case FIELD_INT:
	case FIELD_TIME: assert_true(*(const int64_t *)p == *(const int64_t *)q); break;
	case FIELD_BOOL: assert_int_equal(*(const bool *)p, *(const bool *)q); break;
	case FIELD_REAL: assert_memory_equal(p, q, sizeof(double)); break;
	case FIELD_WORD: assert_int_equal(*(const int *)p, *(const int *)q); break;
	}
}

static void same(const struct table *t, const void *a, const void *b)
{
	assert_true(*(const int64_t *)a == *(const int64_t *)b);
	for (size_t i = 0; i < t->n_fields; i++)
		same_field(&t->fields[i], a, b);
}

/* What a test does with one row of one table. */
struct step {
	const struct table *t;
	void *row;
	int64_t row_id;
};

static int insert(struct tx *tx, void *arg, struct err *e)
{
	struct step *s = arg;

	return row_insert(tx, s->t, s->row, e);
}

static int update(struct tx *tx, void *arg, struct err *e)
{
	struct step *s = arg;

	return row_update(tx, s->t, s->row, e);
}

static int delete (struct tx *tx, void *arg, struct err *e)
{
	struct step *s = arg;

	return row_delete(tx, s->t, s->row_id, e);
}

static int get(struct tx *tx, void *arg, struct err *e)
{
	struct step *s = arg;

	return row_get(tx, s->t, s->row_id, s->row, e);
}

static void do_write(store_fn *fn, const struct table *t, void *row, int64_t row_id, int expected)
{
	struct step s = { t, row, row_id };
	struct err e = ERR_INIT;
	int rc = store_write(st, fn, &s, &e);

	if (rc != expected)
		fail_msg("%s: %d, %s", t->name, rc, e.text);
	assert_true(rc == 0 || e.text[0]);
}

static void do_get(const struct table *t, void *row, int64_t row_id, int expected)
{
	struct step s = { t, row, row_id };
	struct err e = ERR_INIT;

	assert_int_equal(store_read(st, get, &s, &e), expected);
}

static void keeps_every_field_of_every_table(void **state UNUSED)
{
	for (size_t i = 0; i < N_ELEMS(tables); i++) {
		union any_row in, out;

		assert_true(tables[i]->size <= sizeof(in));
		fill(tables[i], &in, (int)i + 1);
		do_write(insert, tables[i], &in, 0, 0);
		assert_true(in.row_id > 0);
		do_get(tables[i], &out, in.row_id, 0);
		same(tables[i], &in, &out);
		row_release(tables[i], &in);
		row_release(tables[i], &out);
	}
}

/* Null where the field may be null, and the smallest of what the schema asks for. */
static void empty(const struct table *t, void *row)
{
	memset(row, 0, t->size);
	for (size_t i = 0; i < t->n_fields; i++) {
		const struct field *f = &t->fields[i];

		if (f->flags & FIELD_REQUIRED || streq(f->name, "id"))
			*(char **)((char *)row + f->offset) = xstrdup("");
		if (f->type == FIELD_REAL)
			*(double *)((char *)row + f->offset) = NAN;
		if (f->type == FIELD_INT && !(f->flags & FIELD_HIDDEN))
			*(int64_t *)((char *)row + f->offset) = INT_NULL;
	}
}

static void keeps_nulls(void **state UNUSED)
{
	for (size_t i = 0; i < N_ELEMS(tables); i++) {
		union any_row in, out;

		if (tables[i] == &event_table)
			continue; /* an event without a time is none */
		empty(tables[i], &in);
		do_write(insert, tables[i], &in, 0, 0);
		do_get(tables[i], &out, in.row_id, 0);
		same(tables[i], &in, &out);
		row_release(tables[i], &in);
		row_release(tables[i], &out);
	}
}

static void replaces_every_field(void **state UNUSED)
{
	for (size_t i = 0; i < N_ELEMS(tables); i++) {
		union any_row in, out;

		fill(tables[i], &in, 50);
		do_write(insert, tables[i], &in, 0, 0);
		out.row_id = in.row_id;
		row_release(tables[i], &in);
		fill(tables[i], &in, 51);
		in.row_id = out.row_id;
		do_write(update, tables[i], &in, 0, 0);
		do_get(tables[i], &out, in.row_id, 0);
		same(tables[i], &in, &out);
		row_release(tables[i], &in);
		row_release(tables[i], &out);
	}
}

static void tells_what_is_not_there(void **state UNUSED)
{
	union any_row row;

	memset(&row, 0xff, sizeof(row));
	do_get(&task_table, &row, 123456789, -ENOENT);
	assert_true(row.row_id == 0 && !row.task.name);
	do_write(delete, &task_table, NULL, 123456789, -ENOENT);
	fill(&task_table, &row, 3);
	row.row_id = 123456789;
	do_write(update, &task_table, &row, 0, -ENOENT);
	row_release(&task_table, &row);
}

static void deletes_a_row(void **state UNUSED)
{
	struct setting row = { .name = (char *)"to be deleted" };

	do_write(insert, &setting_table, &row, 0, 0);
	do_write(delete, &setting_table, NULL, row.row_id, 0);
	do_get(&setting_table, &row, row.row_id, -ENOENT);
}

static void refuses_a_taken_name(void **state UNUSED)
{
	struct company a = { .id = (char *)"c1", .name = (char *)"taken" };
	struct company b = { .id = (char *)"c2", .name = (char *)"taken" };
	struct company c = { .id = (char *)"c1", .name = (char *)"free" };

	do_write(insert, &company_table, &a, 0, 0);
	do_write(insert, &company_table, &b, 0, -EEXIST);
	assert_true(b.row_id == 0);
	do_write(insert, &company_table, &c, 0, -EEXIST);
	c.id = (char *)"c3";
	do_write(insert, &company_table, &c, 0, 0);
	c.name = (char *)"taken";
	do_write(update, &company_table, &c, 0, -EEXIST);
}

static void lets_a_name_go_with_the_trash(void **state UNUSED)
{
	struct task a, b;

	fill(&task_table, &a, 60);
	fill(&task_table, &b, 60);
	row_set_text(&b.id, "another id");
	do_write(insert, &task_table, &a, 0, 0);
	a.trashed_at = 0;
	do_write(update, &task_table, &a, 0, 0);
	b.trashed_at = 0;
	do_write(insert, &task_table, &b, 0, -EEXIST);
	a.trashed_at = 1;
	do_write(update, &task_table, &a, 0, 0);
	do_write(insert, &task_table, &b, 0, 0);
	row_release(&task_table, &a);
	row_release(&task_table, &b);
}

static void refuses_what_is_missing(void **state UNUSED)
{
	struct company nameless = { .id = (char *)"c9" };
	struct engagement wordless = { .id = (char *)"e9", .name = (char *)"e9", .status = 99 };

	do_write(insert, &company_table, &nameless, 0, -EINVAL);
	do_write(insert, &engagement_table, &wordless, 0, -EINVAL);
}

static void keeps_a_row_id_that_was_reserved(void **state UNUSED)
{
	struct setting row = { .row_id = store_reserve(st, NULL), .name = (char *)"reserved" };
	struct setting again = { .row_id = row.row_id, .name = (char *)"reserved again" };
	struct setting out;

	assert_true(row.row_id > 0);
	do_write(insert, &setting_table, &row, 0, 0);
	do_get(&setting_table, &out, row.row_id, 0);
	assert_string_equal(out.name, "reserved");
	row_release(&setting_table, &out);
	do_write(insert, &setting_table, &again, 0, -EEXIST);
}

static void copies_and_sets_texts(void **state UNUSED)
{
	struct company a = { .name = xstrdup("a") }, b;

	assert_int_equal(row_copy(&company_table, &b, &a), 0);
	row_set_text(&a.name, a.name);
	assert_string_equal(a.name, "a");
	row_set_text(&a.name, "c");
	assert_string_equal(b.name, "a");
	row_set_text(&b.name, NULL);
	assert_null(b.name);
	row_release(&company_table, &a);
	row_release(&company_table, &b);
	assert_null(a.name);
}

static void finds_fields_and_words(void **state UNUSED)
{
	assert_ptr_equal(field_find(&task_table, "status")->words, task_state_words);
	assert_null(field_find(&task_table, "row_id"));
	assert_int_equal(field_word(task_state_words, "needs_review"), TASK_NEEDS_REVIEW);
	assert_int_equal(field_word(priority_words, "urgent"), PRIORITY_URGENT);
	assert_int_equal(field_word(priority_words, "Urgent"), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_every_field_of_every_table),
		cmocka_unit_test(keeps_nulls),
		cmocka_unit_test(replaces_every_field),
		cmocka_unit_test(tells_what_is_not_there),
		cmocka_unit_test(deletes_a_row),
		cmocka_unit_test(refuses_a_taken_name),
		cmocka_unit_test(lets_a_name_go_with_the_trash),
		cmocka_unit_test(refuses_what_is_missing),
		cmocka_unit_test(keeps_a_row_id_that_was_reserved),
		cmocka_unit_test(copies_and_sets_texts),
		cmocka_unit_test(finds_fields_and_words),
	};

	return cmocka_run_group_tests(tests, temp_open, temp_close);
}
