#include "cells.h"

#include <stdlib.h>

#define MOST_COLUMNS  64 /* that are laid out; what is right of them stands in the last */
#define WIDEST        40 /* letters of a column */
#define NARROWEST     4
#define ROWS_OF_PAGE  100
#define HEADING_POINT 13.0

struct cell {
	unsigned row, column;
	char *text;
};

struct cells {
	GArray *cells; /* struct cell, row by row */
	unsigned row;
};

/* The columns that have text, and where each ends. */
struct columns {
	unsigned place[MOST_COLUMNS]; /* which column of the sheet */
	double edges[MOST_COLUMNS];
	unsigned n;
};

static void cell_clear(void *arg)
{
	struct cell *c = arg;

	g_free(c->text);
}

struct cells *cells_new(void)
{
	struct cells *s = g_new0(struct cells, 1);

	s->cells = g_array_new(FALSE, FALSE, sizeof(struct cell));
	g_array_set_clear_func(s->cells, cell_clear);
	return s;
}

void cells_free(struct cells *s)
{
	g_array_unref(s->cells);
	g_free(s);
}

void cells_row(struct cells *s)
{
	s->row++;
}

bool cells_put(struct cells *s, unsigned column, const char *text)
{
	struct cell c = { s->row, column, NULL };

	if (text[strspn(text, " \t\r\n")] == '\0')
		return true;
	if (s->cells->len >= CELLS_MOST)
		return false;
	c.text = g_strdup(text);
	g_array_append_val(s->cells, c);
	return true;
}

static const struct cell *cell_at(const struct cells *s, unsigned i)
{
	return i < s->cells->len ? &g_array_index(s->cells, struct cell, i) : NULL;
}

static int compare(const void *a, const void *b)
{
	unsigned x = *(const unsigned *)a, y = *(const unsigned *)b;

	return (x > y) - (x < y);
}

/* Letters of the longest line of a text. */
static unsigned width_of(const char *text)
{
	unsigned widest = 0;

	for (const char *at = text; *at;) {
		size_t n = strcspn(at, "\n");

		widest = MAX(widest, (unsigned)g_utf8_strlen(at, (gssize)n));
		at += n + (at[n] != '\0');
	}
	return CLAMP(widest, NARROWEST, WIDEST);
}

static void find_columns(const struct cells *s, struct columns *all)
{
	GHashTable *widths = g_hash_table_new(NULL, NULL);
	auto_free unsigned *found = NULL;
	GHashTableIter iter;
	unsigned n;
	double at = 0;
	void *key;

	for (unsigned i = 0; i < s->cells->len; i++) {
		const struct cell *c = cell_at(s, i);
		unsigned was;

		key = GUINT_TO_POINTER(c->column + 1);
		was = GPOINTER_TO_UINT(g_hash_table_lookup(widths, key));
		g_hash_table_insert(widths, key, GUINT_TO_POINTER(MAX(was, width_of(c->text))));
	}
	n = g_hash_table_size(widths);
	found = g_new(unsigned, MAX(n, 1));
	g_hash_table_iter_init(&iter, widths);
	for (unsigned i = 0; g_hash_table_iter_next(&iter, &key, NULL); i++)
		found[i] = GPOINTER_TO_UINT(key) - 1;
	qsort(found, n, sizeof(*found), compare);
	all->n = MIN(n, MOST_COLUMNS);
	for (unsigned i = 0; i < all->n; i++) {
		all->place[i] = found[i];
		at += GPOINTER_TO_UINT(g_hash_table_lookup(widths, GUINT_TO_POINTER(found[i] + 1))) + 1.0;
		all->edges[i] = at;
	}
	g_hash_table_unref(widths);
}

static void add_text(struct flow *f, const char *text)
{
	for (const char *at = text; *at;) {
		size_t n = strcspn(at, "\n");

		flow_add(f, at, n);
		at += n;
		if (*at) {
			flow_line(f);
			at++;
		}
	}
}

/* Lays out the row that begins with cell i; returns the first cell of the next. */
static unsigned put_row(const struct cells *s, const struct columns *all, struct flow *f, unsigned i)
{
	static const struct style body = { .size = FLOW_BODY };
	const struct cell *c = cell_at(s, i), *next = cell_at(s, i + 1);
	unsigned row = c->row, at = 0;

	if (!next || next->row != row) {
		add_text(f, c->text);
		flow_end(f, &body);
		return i + 1;
	}
	flow_row(f, all->edges, all->n);
	for (; c && c->row == row; c = cell_at(s, ++i)) {
		for (; at + 1 < all->n && all->place[at] < c->column; at++)
			flow_cell(f, 1);
		add_text(f, c->text);
		flow_end(f, &body);
	}
	flow_row_end(f);
	return i;
}

void cells_flow(const struct cells *s, struct flow *f, const char *title)
{
	static const struct style heading = { .size = HEADING_POINT };
	struct columns all;
	unsigned n_rows = 0;

	find_columns(s, &all);
	for (unsigned i = 0; i < s->cells->len; n_rows++) {
		if (n_rows % ROWS_OF_PAGE == 0) {
			if (n_rows > 0)
				flow_page(f);
			flow_str(f, title);
			flow_end(f, &heading);
		}
		i = put_row(s, &all, f, i);
	}
}
