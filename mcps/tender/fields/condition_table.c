#include "condition_table.h"

#include <math.h>

#include "fact.h"
#include "tender/doc/table.h"
#include "tender/text/pattern.h"
#include "tender/text/text.h"

#define MOST_HEAD  60  /* bytes of the head of a column */
#define MOST_WORDS 6   /* of it */
#define SAME       3.0 /* points: what begins as near is in one column, or in one row */
#define NEW_ROW    0.5 /* of a line's height: a larger gap parts cells */
#define MOST_GAP   5.0 /* of a line's height: a larger gap ends the table */

static struct pattern sure_head = {
	"^(?:mandatory |eligibility |qualification )?minimum (?:level|standard|requirement|qualification|criteri(?:on|a)|condition|qualifying|eligibility|threshold)\\w*\\b|"
	"^(?:eligibility|(?:pre-?)?qualif(?:ication|ying)|selection|suitability) (?:criteri(?:on|a)|requirements?|conditions?)\\b|"
	"^(?:mindest(?:anforderung|bedingung|standard|voraussetzung|kriteri|niveau)|eignungs(?:kriteri|anforderung|voraussetzung|bedingung|nachweis)|teilnahme(?:bedingung|voraussetzung))\\w*\\b",
	0, NULL, NULL
};
static struct pattern general_head = {
	"^(?:criteri(?:on|a)|conditions?|requirements?|(?:basic |mandatory )requirements?|kriteri(?:um|en)|anforderung(?:en)?|bedingung(?:en)?|voraussetzung(?:en)?)(?: \\([^)]*\\))?$",
	0, NULL, NULL
};
/* Beside it: offers are weighed, a thing is specified, people are asked for. */
static struct pattern other_table = {
	"weight|points?\\b|\\bmarks?\\b|scor(?:e|ing)|gewicht|punkte|%|\\bmax\\b|offered|angeboten|compl(?:y|ian)|specification|\\bunit\\b|quantity|^nos\\b|^qty\\b|^anzahl\\b|headcount|\\bdesignation\\b|menge|\\beinheit|position|\\brole\\b|\\bstaff\\b|funktion|deliverable|priorit|\\bmuss\\b|\\bsoll\\b|\\blevel$|^\\p{L} ?/ ?\\p{L}$|erfüll",
	0, NULL, NULL
};

void condition_table_preload(void)
{
	pattern_compile(&sure_head, 1);
	pattern_compile(&general_head, 1);
	pattern_compile(&other_table, 1);
}

static bool same_row(const struct line *a, const struct line *b)
{
	double mid = (b->y0 + b->y1) / 2;

	return a->y0 < mid && a->y1 > mid;
}

static bool is_name(const struct line *l)
{
	return strlen(l->text) < MOST_HEAD && text_words(l->text) <= MOST_WORDS &&
	       !strchr(".:", l->text[strlen(l->text) - 1]);
}

/* The heads beside it are short, and none says that the table is of something else. */
static bool read_beside(const struct page *p, int k, bool sure, struct condition_column *out)
{
	const struct line *l = page_line(p, k);
	int n = 0;

	for (int i = 0; i < (int)p->lines->len; i++) {
		const struct line *o = page_line(p, i);

		if (i == k || !same_row(l, o) || o->x0 < out->left || o->x1 > out->right)
			continue;
		if (!sure && pattern_match(&sure_head, o->text))
			return false;
		if ((!is_name(o) && !util_ends(o->text, ".")) || pattern_match(&other_table, o->text))
			return false;
		if (o->x0 > l->x1)
			out->x1 = fmin(out->x1, o->x0);
		n++;
	}
	return n > 0;
}

enum condition_head condition_table_head(const struct page *p, int k, struct condition_column *out)
{
	const struct line *l = page_line(p, k);
	enum condition_head head;
	double gutter;

	if (l->furniture || !is_name(l))
		return CONDITION_NO_HEAD;
	head = pattern_match(&sure_head, l->text)      ? CONDITION_HEAD_SURE
	       : pattern_match(&general_head, l->text) ? CONDITION_HEAD_GENERAL
						       : CONDITION_NO_HEAD;
	if (head == CONDITION_NO_HEAD)
		return head;
	gutter = table_gutter(p);
	*out = (struct condition_column){ .x0 = l->x0,
					  .x1 = 1e9,
					  .left = gutter > 0 && l->x0 >= gutter - SAME ? gutter - SAME : 0,
					  .right = gutter > 0 && l->x0 < gutter - SAME ? gutter : 1e9 };
	return read_beside(p, k, head == CONDITION_HEAD_SURE, out) ? head : CONDITION_NO_HEAD;
}

/* A cell while its lines are gathered. */
struct cell {
	GString *text, *quote;
	const struct line *last;
};

static void cell_close(struct cell *c, const struct page *p,
		       void (*use)(void *arg, const struct page *p, const char *cell, const char *quote), void *arg)
{
	if (c->last)
		use(arg, p, c->text->str, c->quote->str);
	g_string_truncate(c->text, 0);
	g_string_truncate(c->quote, 0);
	c->last = NULL;
}

static void cell_add(struct cell *c, const struct page *p, const struct line *l)
{
	gsize was = c->quote->len;

	text_join(c->text, l->text);
	text_join(c->quote, l->text);
	if (was > 0 && !fact_stands(p, c->quote->str)) {
		g_string_truncate(c->quote, was);
		g_string_append_printf(c->quote, " … %s", l->text);
	}
	c->last = l;
}

static bool in_column(const struct condition_column *c, const struct line *l)
{
	return fabs(l->x0 - c->x0) < SAME;
}

/* A line that begins left of the column and reaches into it is none of the table. */
static bool is_across(const struct condition_column *c, const struct line *l)
{
	return l->x0 < c->x0 - SAME && l->x1 > c->x0 + SAME;
}

static int by_height(const void *a, const void *b)
{
	double one = (*(const struct line *const *)a)->y0, other = (*(const struct line *const *)b)->y0;

	return one < other ? -1 : one > other;
}

/* "6 Specification": a numbered line with nothing beside it. */
static bool is_next_part(const struct page *p, const struct condition_column *c, const struct line *l)
{
	size_t number = strspn(l->text, "0123456789.");

	if (number == 0 || l->text[number] != ' ' || l->x0 >= c->x0 - SAME)
		return false;
	for (int i = 0; i < (int)p->lines->len; i++) {
		const struct line *o = page_line(p, i);

		if (o->x0 > l->x1 && o->x0 < c->right && same_row(l, o))
			return false;
	}
	return true;
}

/* The lines under y, from the top, as far as the table goes; *end is where it ends. */
static GPtrArray *lines_under(const struct page *p, double y, const struct condition_column *c, double *end)
{
	GPtrArray *all = g_ptr_array_new();
	double last = y;
	int n = 0;

	for (int i = 0; i < (int)p->lines->len; i++) {
		struct line *l = page_line(p, i);

		if (l->y0 >= y && l->x0 >= c->left && l->x0 < c->right)
			g_ptr_array_add(all, l);
	}
	g_ptr_array_sort(all, by_height);
	*end = 1e9;
	for (unsigned i = 0; i < all->len; i++) {
		const struct line *l = all->pdata[i];

		if (l->furniture)
			continue;
		if (is_across(c, l) || is_next_part(p, c, l) || (n > 0 && l->y0 - last > MOST_GAP * (l->y1 - l->y0))) {
			*end = l->y0;
			g_ptr_array_set_size(all, (int)i);
			break;
		}
		last = fmax(last, l->y1);
		n++;
	}
	return all;
}

static bool is_first(const struct page *p, const struct line *l)
{
	return page_line(p, page_block(p, l->block)->first) == l && g_unichar_isupper(g_utf8_get_char(l->text));
}

/* Does line l of the column begin a new cell? */
static bool begins(const struct page *p, const GPtrArray *all, const struct condition_column *c,
		   const struct cell *cell, const struct line *l)
{
	if (l->y0 - cell->last->y1 > NEW_ROW * (l->y1 - l->y0))
		return true;
	for (unsigned i = 0; i < all->len; i++) {
		const struct line *o = all->pdata[i];

		/* Rows that stand close begin where the blocks of their other cells do. */
		if (o->x1 < c->x0 && fabs(o->y0 - l->y0) < 1 && is_first(p, o) && is_first(p, l))
			return true;
	}
	return false;
}

double condition_table_each(const struct page *p, double y, const struct condition_column *c, bool *at_foot,
			    void (*use)(void *arg, const struct page *p, const char *cell, const char *quote),
			    void *arg)
{
	struct cell cell = { g_string_new(NULL), g_string_new(NULL), NULL };
	double end;
	GPtrArray *all = lines_under(p, y, c, &end);

	for (unsigned i = 0; i < all->len; i++) {
		const struct line *l = all->pdata[i];
		bool near = cell.last && l->y0 - cell.last->y1 <= NEW_ROW * (l->y1 - l->y0);

		/* The last line of a page may be short enough to be taken for a page number. */
		if (!in_column(c, l) || (l->furniture && !near))
			continue;
		if (cell.last && begins(p, all, c, &cell, l))
			cell_close(&cell, p, use, arg);
		cell_add(&cell, p, l);
	}
	cell_close(&cell, p, use, arg);
	*at_foot = end > 1e8;
	g_ptr_array_unref(all);
	g_string_free(cell.text, TRUE);
	g_string_free(cell.quote, TRUE);
	return end;
}
