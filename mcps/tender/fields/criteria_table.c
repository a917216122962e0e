/* Tables and lines with weights. */
#include <math.h>

#include "criteria.h"
#include "fact.h"
#include "tender/text/pattern.h"
#include "tender/doc/table.h"
#include "tender/text/text.h"

#define MOST_LINES 140
#define MOST_CELL  32
#define MOST_ID    12
#define MOST_ROW   40  /* points between the weights of two rows that are next to each other */
#define MOST_GAP   200 /* points between two rows of a table */
#define SAME_EDGE  1.5 /* points between edges that are one */
#define HEAD_FOOT  0.6 /* of the height of a page: under it a head may have its table on the next one */

#define UNIT      "%|per ?cent|prozent|v\\. ?h\\.|points?|pts\\.?|punkte?n?|marks?"
#define NUMBER    "\\d{1,4}(?:[.,]\\d{1,2})?"
#define THOUSANDS "\\d[., ]\\d{3}"

/* "40", "40 %", "max. 40 Punkte", "(40 %)", "16/100", "40 (minimum 24)", "40 (24)", "1.000" */
static struct pattern weight_cell = {
	"^\\(?(?:(?:max(?:imum|imal|\\.)?|bis zu|up to|weight(?:ing)?|gewicht(?:ung)?|points?|punkte)(?:[: ]+| ?= ?))?(?:0 ?[-–] ?)?(?<weight>" THOUSANDS
	"|" NUMBER ")\\s*(?<unit>" UNIT
	"|(?:/|out of|von|of) ?(?:max\\. ?)?\\d{2,4})?\\s*(?:(?:of|von) [\\p{L} ]{2,20})?\\)?\\*?(?:[ ,;]*\\(?(?:min(?:imum|destens|\\.)?|at least|threshold)\\b[^)]{1,16}\\)?| ?\\((?:\\d{1,3}(?:[.,]\\d)?|[-–—])\\))?$",
	0, NULL, NULL
};
static struct pattern weight_head = {
	"^(?:max(?:imum|\\.)? ?|available |possible |total )*(?:weight(?:s|ing|age)?|points?|marks?|scores?|gewicht(?:e|ung)?|wichtung|(?:gewichtungs|wertungs|bewertungs|leistungs|höchst|maximal)?(?:punkte|punktzahl)|anteil|prozent|percent(?:age)?|%|max\\.? ?punkte)\\b.{0,24}$|^in %$",
	0, NULL, NULL
};
static struct pattern name_head = {
	"^(?:criteri(?:on|a)|(?:zuschlags|wertungs)?kriteri(?:um|en)|factors?|description|item|name|bezeichnung)$", 0,
	NULL, NULL
};
/* "EC1", "ZK 2.1", "1.2", "(a)": the number of a row */
static struct pattern row_number = {
	"^\\(?(?:\\p{L}{1,4}[ .-]?)?\\d{1,3}(?:[.-]\\d{1,3}){0,3}[).:]?$|^\\(?(?:\\p{L}|[ivx]{1,4})[).]?$", 0, NULL,
	NULL
};

void criteria_table_preload(void)
{
	pattern_compile(&weight_cell, 1);
	pattern_compile(&weight_head, 1);
	pattern_compile(&name_head, 1);
	pattern_compile(&row_number, 1);
}

static double number_of(const char *text)
{
	auto_free char *point = g_strdelimit(g_strdup(text), ",", '.');

	if (strlen(text) == 5 && strchr("., ", text[1])) {
		memmove(point + 1, point + 2, 4);
	}
	return g_ascii_strtod(point, NULL);
}

/* A cell that is nothing but a weight. */
struct cell {
	const struct page *page;
	const struct line *line;
	double weight;
	char unit[12];
	double edge; /* of its column of text: what stands left of it is none of its row */
	size_t tail; /* bytes of the line before it where another cell reaches up to it; 0: none does */
};

static bool cell_of(const struct page *p, int k, const char *text, struct cell *cell)
{
	GMatchInfo *m =
		strlen(text) < MOST_CELL && strpbrk(text, "0123456789") ? pattern_find(&weight_cell, text, 0) : NULL;

	if (m) {
		auto_free char *weight = g_match_info_fetch_named(m, "weight"),
			       *unit = g_match_info_fetch_named(m, "unit");

		*cell = (struct cell){ .page = p, .line = page_line(p, k), .weight = number_of(weight) };
		g_strlcpy(cell->unit, unit, sizeof(cell->unit));
	}
	g_match_info_free(m);
	return m != NULL;
}

static bool cell_read(const struct page *p, int k, struct cell *cell)
{
	return cell_of(p, k, page_line(p, k)->text, cell);
}

/* Does the text at the end of a line begin or end where the column does? */
static bool at_edge(const struct line *line, const char *tail, const struct line *column)
{
	double letter = (column->x1 - column->x0) / (double)strlen(column->text),
	       x0 = line->x1 - letter * (double)strlen(tail);

	return fabs(line->x1 - column->x1) < SAME_EDGE || fabs(x0 - column->x0) < letter;
}

/* The last word of a line that stands in the column: the cell before it reaches up to the weight. */
static bool tail_read(const struct page *p, int k, const struct line *column, struct cell *cell)
{
	const struct line *line = page_line(p, k);
	size_t at = strlen(line->text);

	if (!column || line->x0 > column->x0 - 4 * SAME_EDGE)
		return false;
	while (at > 0 && strchr("0123456789.,%", line->text[at - 1]))
		at--;
	if (at == 0 || !at_edge(line, line->text + at, column) || !cell_of(p, k, line->text + at, cell))
		return false;
	cell->tail = at;
	return true;
}

static bool in_column(const struct line *a, const struct line *b)
{
	return a->x0 < b->x1 + 3 && b->x0 < a->x1 + 3;
}

static bool beside(const struct block *b, const struct line *cell)
{
	double mid = (cell->y0 + cell->y1) / 2;

	return b->y0 < mid && b->y1 > mid && b->x1 < cell->x0 + 1 && text_words(b->text) > 0 &&
	       (strlen(b->text) > MOST_ID || !pattern_match(&row_number, b->text));
}

/* The text left of a cell at its height: the furthest, or the nearest. Numbers of rows are no text. */
static const struct block *block_left(const struct cell *cell, bool furthest)
{
	const struct block *best = NULL;

	for (int k = 0; k < (int)cell->page->blocks->len; k++) {
		const struct block *b = page_block(cell->page, k);

		if (beside(b, cell->line) && b->x0 >= cell->edge &&
		    (!best || (furthest ? b->x0 < best->x0 : b->x0 > best->x0)))
			best = b;
	}
	return best;
}

/* The furthest text is the name when each row has its own: in two columns of text the other column stands there. */
static bool names_are_furthest(const GArray *cells)
{
	const struct block *last = NULL;

	for (unsigned i = 0; i < cells->len; i++) {
		const struct cell *cell = &g_array_index(cells, struct cell, i);
		const struct block *b = block_left(cell, true);
		double mid = (cell->line->y0 + cell->line->y1) / 2;

		if (b && last && b != last && fabs(b->x0 - last->x0) > 60)
			return false;
		/* Beside the middle of its row, or at its top. */
		if (b && fabs((b->y0 + b->y1) / 2 - mid) > 12 && fabs(b->y0 - cell->line->y0) > 4 && b->n > 1 &&
		    strlen(b->text) > 100)
			return false;
		/* A kind stands before the names: "Quality" in more than one row. */
		if (b && last && (b == last || streq(b->text, last->text)))
			return false;
		last = b ? b : last;
	}
	return true;
}

/* Lines of the block that belong to the row: all, unless it holds the names of other rows too. */
static char *row_name(const GArray *cells, unsigned i, const struct block *b)
{
	const struct cell *cell = &g_array_index(cells, struct cell, i),
			  *next = i + 1 < cells->len ? &g_array_index(cells, struct cell, i + 1) : NULL;
	const struct page *p = cell->page;
	bool shared =
		(i > 0 && beside(b, g_array_index(cells, struct cell, i - 1).line)) || (next && beside(b, next->line));
	GString *name = g_string_new(NULL);

	for (int k = b->first; k < b->first + b->n; k++) {
		const struct line *l = page_line(p, k);

		if (shared && (l->y1 < cell->line->y0 + 2 || (next && l->y0 > next->line->y0 - 4)))
			continue;
		/* The head of the column may have been taken for the first line of its first cell. */
		if (k == b->first && b->n > 1 && i == 0 && pattern_match(&name_head, l->text))
			continue;
		text_join(name, l->text);
	}
	return g_string_free(name, FALSE);
}

/* What stands over the column says that they are weights. */
static bool has_head(const struct cell *first)
{
	const struct page *p = first->page;

	for (int k = 0; k < (int)p->lines->len; k++) {
		const struct line *l = page_line(p, k);

		if (l->y1 <= first->line->y0 + 2 && l->y1 > first->line->y0 - 70 && l->x0 < first->line->x1 + 30 &&
		    l->x1 > first->line->x0 - 30 && pattern_match(&weight_head, l->text))
			return true;
	}
	return false;
}

/* The weights stand first in their rows. */
static bool names_are_behind(const GArray *cells)
{
	for (unsigned i = 0; i < cells->len; i++) {
		if (block_left(&g_array_index(cells, struct cell, i), false))
			return false;
	}
	return true;
}

static const struct block *block_right(const struct cell *cell)
{
	int right = page_right(cell->page, (int)(cell->line - page_line(cell->page, 0)));

	return right >= 0 ? page_block(cell->page, page_line(cell->page, right)->block) : NULL;
}

static void take_rows(const GArray *cells, struct criteria *c)
{
	bool furthest = names_are_furthest(cells), behind = names_are_behind(cells);

	for (unsigned i = 0; i < cells->len; i++) {
		const struct cell *cell = &g_array_index(cells, struct cell, i);
		const struct block *b = behind ? block_right(cell) : block_left(cell, furthest);
		auto_free char *name = b            ? row_name(cells, i, b)
				       : cell->tail ? g_strndup(cell->line->text, cell->tail)
						    : NULL,
			       *quote = NULL;

		if (!name)
			continue;
		if (criteria_is_total(name)) {
			c->total = c->total > 0 ? c->total : cell->weight;
			c->total_last = cell->weight;
			continue;
		}
		quote = b ? fact_pair(name, cell->line->text) : g_strdup(cell->line->text);
		criteria_add(c, cell->page, name, cell->weight,
			     strpbrk(cell->unit, "/0123456789") ? "points" : cell->unit,
			     fact_stands(cell->page, quote) ? quote : cell->line->text);
	}
	if (cells->len)
		c->headed = has_head(&g_array_index(cells, struct cell, 0));
}

/* Cells in one column, while they are gathered: the first that stands in column no of those that hold weights. */
struct column {
	GArray *cells;     /* struct cell */
	GPtrArray *others; /* the first line of each column before it */
	const struct line *first;
	unsigned no;
};

static const struct cell *last_cell(const struct column *col)
{
	return col->cells->len ? &g_array_index(col->cells, struct cell, col->cells->len - 1) : NULL;
}

/* Line k joins the column if it is a cell of it; false where the column ends before it. */
static bool take_cell(struct column *col, const struct page *p, int k)
{
	const struct line *line = page_line(p, k);
	const struct cell *last = last_cell(col);
	struct cell cell;

	if ((!cell_read(p, k, &cell) && !tail_read(p, k, col->first, &cell)) ||
	    (line->furniture && !block_left(&cell, false)))
		return true;
	for (unsigned o = 0; o < col->others->len; o++) {
		if (in_column(col->others->pdata[o], line))
			return true;
	}
	if (col->first && !in_column(col->first, line))
		return true;
	if (!col->first && col->others->len < col->no) {
		g_ptr_array_add(col->others, (gpointer)line);
		return true;
	}
	if (last && last->page == p && line->y0 - last->line->y1 > MOST_GAP)
		return false;
	/* A cell at the end of a line says nothing of how wide the column is. */
	if (!cell.tail)
		col->first = line;
	g_array_append_val(col->cells, cell);
	return true;
}

static bool at_foot(const struct column *col, const struct page *p)
{
	const struct cell *last = last_cell(col);

	return last && last->page == p && last->line->y1 >= 0.7 * p->height;
}

/* Where there are two columns of text, a table at the foot of the left one goes on at the top of the right one. */
static void take_next_column(struct column *col, const struct page *p)
{
	double gutter = table_gutter(p), left = 1e9, y1 = 0;
	const struct line first = *last_cell(col)->line;

	for (int k = 0; k < (int)p->lines->len; k++)
		left = fmin(left, page_line(p, k)->x0);
	for (int k = 0; gutter > 0 && first.x1 < gutter && k < (int)p->lines->len; k++) {
		const struct line *line = page_line(p, k);
		double shift = gutter - left;
		struct cell cell;

		if (line->x0 < gutter || line->x0 > first.x1 + shift + 12 || line->x1 < first.x0 + shift - 12 ||
		    !cell_read(p, k, &cell))
			continue;
		if (line->y0 > (y1 > 0 ? y1 + MOST_ROW : 0.3 * p->height))
			return;
		cell.edge = gutter - 3;
		y1 = line->y1;
		g_array_append_val(col->cells, cell);
	}
}

/* The text of line k is the last on its page: what it leads to stands on the next one. */
static bool is_last(const struct page *p, int k)
{
	bool is_line = k >= 0 && k < (int)p->lines->len;

	for (int b = is_line ? page_line(p, k)->block + 1 : 0; b < (int)p->blocks->len; b++) {
		if (!page_line(p, page_block(p, b)->first)->furniture)
			return false;
	}
	return is_line && page_line(p, k)->y1 > HEAD_FOOT * p->height;
}

/* Weights that make a whole, and numbers further down that make none: those are of another table. */
static void end_whole(GArray *cells)
{
	double sum = 0;
	unsigned whole = 0;

	for (unsigned i = 0; i < cells->len; i++) {
		const struct cell *cell = &g_array_index(cells, struct cell, i), *next = cell + 1;

		sum += cell->weight;
		if (!whole && i > 0 && i + 1 < cells->len && fabs(sum - 100) < 0.01 && next->page == cell->page &&
		    next->line->y0 - cell->line->y1 > MOST_ROW)
			whole = i + 1;
	}
	if (whole && fabs(remainder(sum, 100)) > 0.01)
		g_array_set_size(cells, whole);
}

/* The cells under line k that stand in one column with the first that stands in column no. */
static GArray *column_under(const struct doc *d, unsigned page, int k, unsigned no)
{
	struct column col = { g_array_new(FALSE, FALSE, sizeof(struct cell)), g_ptr_array_new(), NULL, no };

	for (unsigned i = page; i <= page + 1 && i < d->pages->len; i++) {
		const struct page *p = doc_page(d, i);
		int from = i == page ? k + 1 : 0;

		for (int l = from; p->readable && l < (int)p->lines->len && l < from + MOST_LINES; l++) {
			if (!take_cell(&col, p, l))
				break;
		}
		/* Only a table that reaches the foot of its page goes on, or one whose head stands there. */
		if (col.cells->len ? !at_foot(&col, p) : i > page || !is_last(p, k))
			break;
		if (col.cells->len)
			take_next_column(&col, p);
	}
	g_ptr_array_unref(col.others);
	end_whole(col.cells);
	return col.cells;
}

void criteria_table(const struct doc *d, unsigned page, int k, struct criteria *c)
{
	for (unsigned no = 0; no < 3; no++) {
		GArray *cells = column_under(d, page, k, no);

		if (cells->len >= 2)
			take_rows(cells, c);
		g_array_unref(cells);
		criteria_scale(c);
		criteria_nest(c);
		if (c->items->len >= 2 && criteria_whole(c))
			return;
		criteria_release(c);
		criteria_init(c);
	}
}

void criteria_table_of(const struct doc *d, unsigned page, int k, double sum, struct criteria *c)
{
	for (unsigned no = 0; no < 3; no++) {
		GArray *cells = column_under(d, page, k, no);

		if (cells->len >= 2)
			take_rows(cells, c);
		g_array_unref(cells);
		if (c->items->len >= 2 && fabs(criteria_sum(c) - sum) < 0.01)
			return;
		criteria_release(c);
		criteria_init(c);
	}
}
