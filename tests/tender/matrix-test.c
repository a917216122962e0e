#include "tests/test.h"

#include <stdlib.h>

#include "tender/tools/matrix.h"
#include "tender/tools/pick.h"

static struct source bytes_of(const char *name, const struct buf *b)
{
	return (struct source){ .name = name, .bytes = buf_str(b), .len = b->len };
}

static json_t *requirement(const char *id, int page, const char *level, const char *text)
{
	return json_pack("{s:s, s:i, s:s, s:s, s:s, s:n, s:i}", "id", id, "page", page, "level", level, "text", text,
			 "section", "1 Scope", "file", "confidence", 80);
}

static json_t *tender(void)
{
	return json_pack("[o, o, o]",
			 requirement("R-1", 1, "must", "The contractor shall, \"always\", deliver\non time."),
			 requirement("R-2", 2, "should", "=HYPERLINK(\"http://x.example\")"),
			 requirement("R-3", 3, "must", "Ärzte & Pfleger <müssen> _x0041_ tragen: \xF0\x9F\x98\x80"));
}

static void fill(json_t *rows)
{
	json_t *row;
	size_t i;

	json_array_foreach (rows, i, row) {
		json_object_set_new(row, "answer", json_string(i == 1 ? "no" : "yes"));
		json_object_set_new(row, "owner", json_string("Zoë, \"Z\""));
		json_object_set_new(row, "Reviewer", json_string("+49 30"));
	}
}

static void reads_csv(void **state UNUSED)
{
	static const char text[] = "\xEF\xBB\xBFid;text;answer\r\n1;\"a;\r\n\"\"b\"\"\";'=1\r\n;;\r\n2;c";
	struct grid *g = grid_csv(&(struct source){ .name = "a.csv", .bytes = text, .len = strlen(text) });
	json_t *rows = grid_objects(g);

	assert_true(matrix_is(g));
	assert_int_equal(g->rows->len, 4);
	assert_string_equal(grid_cell(g, 1, 1), "a;\r\n\"b\"");
	assert_string_equal(grid_cell(g, 3, 2), "");
	assert_int_equal(json_array_size(rows), 2);
	assert_string_equal(pick_word(json_array_get(rows, 0), "answer"), "=1");
	json_decref(rows);
	grid_free(g);
}

static void other_tables_are_no_matrix(void **state UNUSED)
{
	static const char text[] = "item,text,price\r\n1,Broom,2.50\r\n";
	struct grid *g = grid_csv(&(struct source){ .name = "a.csv", .bytes = text, .len = strlen(text) });

	assert_false(matrix_is(g));
	assert_null(grid_xlsx(&(struct source){ .name = "a.xlsx", .bytes = text, .len = strlen(text) }));
	grid_free(g);
}

/* What was written is read again, cell by cell, by CSV and by workbook. */
static void comes_back(void **state UNUSED)
{
	json_t *list = tender(), *rows = matrix_make(list, NULL), *again[2];
	auto_buf csv = BUF_INIT, xlsx = BUF_INIT, twice = BUF_INIT;
	struct source s[2];
	struct grid *g[2];

	fill(rows);
	matrix_csv(rows, &csv);
	assert_int_equal(matrix_xlsx(rows, &xlsx), 0);
	assert_int_equal(matrix_xlsx(rows, &twice), 0);
	assert_int_equal(xlsx.len, twice.len);
	assert_memory_equal(xlsx.data, twice.data, xlsx.len);
	s[0] = bytes_of("m.csv", &csv);
	s[1] = bytes_of("m.xlsx", &xlsx);
	g[0] = grid_csv(&s[0]);
	g[1] = grid_xlsx(&s[1]);
	for (int i = 0; i < 2; i++) {
		assert_non_null(g[i]);
		assert_true(matrix_is(g[i]));
		again[i] = grid_objects(g[i]);
		assert_int_equal(json_array_size(again[i]), 3);
		for (size_t k = 0; k < 3; k++) {
			const json_t *was = json_array_get(rows, k), *is = json_array_get(again[i], k);

			assert_string_equal(pick_word(was, "text"), pick_word(is, "text"));
			assert_string_equal(pick_word(was, "owner"), pick_word(is, "owner"));
			assert_string_equal(pick_word(was, "Reviewer"), pick_word(is, "Reviewer"));
		}
		json_decref(again[i]);
		grid_free(g[i]);
	}
	assert_non_null(strstr(buf_str(&csv), "\"'=HYPERLINK("));
	assert_non_null(strstr(buf_str(&csv), "\"'+49 30\""));
	json_decref(rows);
	json_decref(list);
}

static const json_t *row_of(const json_t *rows, const char *id)
{
	json_t *row;
	size_t i;

	json_array_foreach (rows, i, row) {
		if (streq(pick_word(row, "id"), id))
			return row;
	}
	return NULL;
}

static void change_is(const json_t *rows, const char *id, const char *change, const char *answer)
{
	const json_t *row = row_of(rows, id);

	assert_non_null(row);
	assert_string_equal(pick_word(row, "change"), change);
	assert_string_equal(pick_word(row, "answer"), answer);
}

static void an_amendment_keeps_answers(void **state UNUSED)
{
	json_t *list = tender(), *former = matrix_make(list, NULL), *rows, *later;
	json_t *amended = json_pack("[o, o, o]",
				    requirement("R-1", 4, "must", "The contractor shall, \"always\", deliver on time."),
				    requirement("R-3", 3, "must", "Ärzte & Pfleger <müssen> _x0041_ tragen: immer"),
				    requirement("R-9", 5, "may", "Nothing of that kind was there before."));

	fill(former);
	rows = matrix_make(amended, former);
	assert_int_equal(json_array_size(rows), 4);
	change_is(rows, "R-1", "same", "yes");
	change_is(rows, "R-3", "changed", "");
	change_is(rows, "R-9", "new", "");
	change_is(rows, "R-2", "removed", "no");
	assert_string_equal(pick_word(row_of(rows, "R-3"), "former_answer"), "yes");
	assert_string_equal(pick_word(row_of(rows, "R-3"), "owner"), "Zoë, \"Z\"");
	assert_string_equal(pick_word(row_of(rows, "R-3"), "Reviewer"), "+49 30");
	assert_int_equal(pick_number(row_of(rows, "R-1"), "page"), 4);
	later = matrix_make(amended, rows); /* the next amendment changes nothing */
	assert_int_equal(json_array_size(later), 3);
	change_is(later, "R-3", "same", "");
	assert_string_equal(pick_word(row_of(later, "R-3"), "former_answer"), "yes");
	json_decref(later);
	json_decref(rows);
	json_decref(former);
	json_decref(amended);
	json_decref(list);
}

static void a_wish_that_became_a_duty_changed(void **state UNUSED)
{
	json_t *list = json_pack("[o]", requirement("A-18", 1, "should", "SIP2 over TLS")),
	       *former = matrix_make(list, NULL);
	json_t *amended = json_pack("[o]", requirement("A-18", 1, "must", "SIP2 over TLS")), *rows;

	fill(former);
	rows = matrix_make(amended, former);
	change_is(rows, "A-18", "changed", "");
	assert_string_equal(pick_word(row_of(rows, "A-18"), "former_level"), "should");
	json_decref(rows);
	json_decref(former);
	json_decref(amended);
	json_decref(list);
}

static void nothing_makes_a_table_too(void **state UNUSED)
{
	json_t *list = json_array(), *rows = matrix_make(list, list);
	auto_buf csv = BUF_INIT, xlsx = BUF_INIT;
	struct grid *g;
	struct source s;

	matrix_csv(rows, &csv);
	assert_string_equal(buf_str(&csv), "id,page,level,category,text,answer,owner,note,section\r\n");
	assert_int_equal(matrix_xlsx(rows, &xlsx), 0);
	s = bytes_of("m.xlsx", &xlsx);
	g = grid_xlsx(&s);
	assert_non_null(g);
	assert_true(matrix_is(g));
	grid_free(g);
	json_decref(rows);
	json_decref(list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_csv),
		cmocka_unit_test(other_tables_are_no_matrix),
		cmocka_unit_test(comes_back),
		cmocka_unit_test(an_amendment_keeps_answers),
		cmocka_unit_test(a_wish_that_became_a_duty_changed),
		cmocka_unit_test(nothing_makes_a_table_too),
	};

	return RUN_TESTS(tests);
}
