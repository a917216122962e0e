#include "matrix.h"

#include "match.h"
#include "output.h"
#include "pick.h"
#include "xlsx.h"

#define MOST_COLUMNS 60

enum from { FROM_REQUIREMENT, FROM_PERSON, FROM_CHANGE };

static const struct {
	struct xlsx_column column;
	enum from from;
} columns[] = {
	{ { "id", 13, NULL }, FROM_REQUIREMENT },       { { "page", 7, NULL }, FROM_REQUIREMENT },
	{ { "level", 9, NULL }, FROM_REQUIREMENT },     { { "category", 13, NULL }, FROM_REQUIREMENT },
	{ { "text", 70, NULL }, FROM_REQUIREMENT },     { { "answer", 10, "yes,no,partly" }, FROM_PERSON },
	{ { "owner", 16, NULL }, FROM_PERSON },         { { "note", 36, NULL }, FROM_PERSON },
	{ { "section", 28, NULL }, FROM_REQUIREMENT },  { { "file", 22, NULL }, FROM_REQUIREMENT },
	{ { "change", 10, NULL }, FROM_CHANGE },        { { "former_id", 13, NULL }, FROM_CHANGE },
	{ { "former_level", 13, NULL }, FROM_CHANGE },  { { "former_text", 50, NULL }, FROM_CHANGE },
	{ { "former_answer", 14, NULL }, FROM_CHANGE },
};

bool matrix_is(const struct grid *g)
{
	static const char *const needed[] = { "id", "text", "answer" };
	unsigned n = g->rows->len > 0 ? g_strv_length(g->rows->pdata[0]) : 0, found = 0;

	for (unsigned c = 0; c < n; c++) {
		for (size_t k = 0; k < N_ELEMS(needed); k++)
			found += streq(grid_cell(g, 0, c), needed[k]);
	}
	return found == N_ELEMS(needed);
}

/* Our own column of that name; NULL for one that a person added. */
static const enum from *own_column(const char *name)
{
	for (size_t i = 0; i < N_ELEMS(columns); i++) {
		if (streq(columns[i].column.key, name))
			return &columns[i].from;
	}
	return NULL;
}

static void copy_text(json_t *to, const char *to_key, const json_t *from, const char *key)
{
	json_t *v = json_object_get(from, key);

	if (v && !json_is_null(v))
		json_object_set(to, to_key, v);
}

/* What people wrote, but not the answer. */
static void keep_words(json_t *row, const json_t *former)
{
	const char *key;
	json_t *v;

	json_object_foreach ((json_t *)former, key, v) {
		const enum from *own = own_column(key);

		if (!streq(key, "answer") && (!own || *own == FROM_PERSON))
			json_object_set(row, key, v);
	}
}

static json_t *new_row(const json_t *requirement)
{
	json_t *row = json_object();

	for (size_t i = 0; i < N_ELEMS(columns); i++) {
		if (columns[i].from == FROM_REQUIREMENT)
			copy_text(row, columns[i].column.key, requirement, columns[i].column.key);
	}
	return row;
}

static void set_change(json_t *row, const char *change)
{
	json_object_set_new(row, "change", json_string(change));
}

/* A duty that was a wish before is another requirement, though its words are the same. */
static bool same_level(const json_t *requirement, const json_t *former)
{
	const char *level = pick_text(former, "level");

	return !level || streq(level, pick_word(requirement, "level"));
}

static json_t *row_of(const json_t *requirement, const json_t *former, bool same)
{
	json_t *row = new_row(requirement);

	if (!former) {
		set_change(row, "new");
		return row;
	}
	same = same && same_level(requirement, former);
	keep_words(row, former);
	set_change(row, same ? "same" : "changed");
	if (same && *pick_word(former, "answer")) {
		copy_text(row, "answer", former, "answer");
	} else if (same) { /* changed in an earlier amendment, and not answered since */
		copy_text(row, "former_id", former, "former_id");
		copy_text(row, "former_level", former, "former_level");
		copy_text(row, "former_text", former, "former_text");
		copy_text(row, "former_answer", former, "former_answer");
	} else {
		copy_text(row, "former_id", former, "id");
		copy_text(row, "former_level", former, "level");
		copy_text(row, "former_text", former, "text");
		copy_text(row, "former_answer", former, "answer");
	}
	return row;
}

/* A row of an earlier matrix has texts only. */
static json_t *removed_row(const json_t *former)
{
	json_t *row = json_deep_copy(former);
	const char *page = pick_word(row, "page");
	int64_t number;

	if (util_int(page, &number) == 0)
		json_object_set_new(row, "page", json_integer(number));
	set_change(row, "removed");
	return row;
}

/* Rows that were removed before are no more part of the document that was answered. */
static json_t *without_removed(const json_t *former)
{
	json_t *list = json_array(), *row;
	size_t i;

	json_array_foreach (former, i, row) {
		if (!streq(pick_word(row, "change"), "removed"))
			json_array_append(list, row);
	}
	return list;
}

json_t *matrix_make(const json_t *requirements, const json_t *former)
{
	json_t *rows = json_array(), *before = without_removed(former), *item;
	GArray *pairs;
	size_t i;

	if (!former) {
		json_array_foreach (requirements, i, item)
			json_array_append_new(rows, new_row(item));
		json_decref(before);
		return rows;
	}
	pairs = match_find(before, requirements);
	for (guint n = 0; n < pairs->len; n++) {
		const struct pair *p = &g_array_index(pairs, struct pair, n);
		const json_t *was = p->older >= 0 ? json_array_get(before, (size_t)p->older) : NULL;

		json_array_append_new(
			rows, p->newer >= 0 ? row_of(json_array_get(requirements, (size_t)p->newer), was, p->same)
					    : removed_row(was));
	}
	g_array_unref(pairs);
	json_decref(before);
	return rows;
}

/* Our columns, but "file" and those of a change only where a row has them, then those that people added. */
static size_t columns_of(const json_t *rows, struct xlsx_column *out)
{
	json_t *seen = json_object(), *row;
	const char *key;
	size_t i, n = 0;
	json_t *v;

	json_array_foreach (rows, i, row)
		json_object_update_missing(seen, row);
	for (i = 0; i < N_ELEMS(columns); i++) {
		bool always = columns[i].from != FROM_CHANGE && !streq(columns[i].column.key, "file");

		if (always || json_object_get(seen, columns[i].column.key))
			out[n++] = columns[i].column;
	}
	json_object_foreach (seen, key, v) {
		if (!own_column(key) && n < MOST_COLUMNS)
			out[n++] = (struct xlsx_column){ g_intern_string(key), 20, NULL };
	}
	json_decref(seen);
	return n;
}

static void csv_value(struct buf *out, const json_t *v)
{
	if (json_is_integer(v))
		buf_printf(out, "%lld", (long long)json_integer_value(v));
	else if (json_is_string(v))
		csv_cell(out, json_string_value(v));
}

void matrix_csv(const json_t *rows, struct buf *out)
{
	struct xlsx_column shown[MOST_COLUMNS];
	size_t n = columns_of(rows, shown), i;
	json_t *row;

	for (size_t c = 0; c < n; c++) {
		buf_addstr(out, c ? "," : "");
		csv_cell(out, shown[c].key);
	}
	buf_addstr(out, "\r\n");
	json_array_foreach (rows, i, row) {
		for (size_t c = 0; c < n; c++) {
			buf_addstr(out, c ? "," : "");
			csv_value(out, json_object_get(row, shown[c].key));
		}
		buf_addstr(out, "\r\n");
	}
}

static enum xlsx_shade shade_of(const json_t *row)
{
	const char *change = pick_word(row, "change");

	return streq(change, "new")       ? XLSX_GREEN
	       : streq(change, "changed") ? XLSX_YELLOW
	       : streq(change, "removed") ? XLSX_GREY
					  : XLSX_PLAIN;
}

int matrix_xlsx(const json_t *rows, struct buf *out)
{
	struct xlsx_column shown[MOST_COLUMNS];
	const struct xlsx_sheet sheet = { "Requirements", shown, columns_of(rows, shown), rows, shade_of };

	return xlsx_write(&sheet, out);
}
