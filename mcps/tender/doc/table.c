#include "table.h"

#include <math.h>
#include <stdlib.h>

#include "tender/text/text.h"

#define FAR         60 /* blocks before and behind that can be in one row */
#define LONG_LINE   25 /* letters: cells are often shorter, lines of a column of text are not */
#define MOST_STARTS 24

struct starts {
	double x;
	int n;
};

static bool is_long(const struct line *l)
{
	return !l->furniture && g_utf8_strlen(l->text, -1) > LONG_LINE;
}

/* Where long lines begin, in the right part of the page: the place where most do. */
static double most_begin(const struct page *p, double from, int *n)
{
	struct starts all[MOST_STARTS] = { 0 };
	int n_starts = 0, best = 0;

	for (int i = 0; i < (int)p->lines->len; i++) {
		const struct line *l = page_line(p, i);
		int k = 0;

		if (!is_long(l) || l->x0 < from)
			continue;
		while (k < n_starts && fabs(all[k].x - l->x0) > 3)
			k++;
		if (k == MOST_STARTS)
			continue;
		if (k == n_starts)
			all[n_starts++].x = l->x0;
		if (++all[k].n > all[best].n)
			best = k;
	}
	*n = all[best].n;
	return all[best].x;
}

double table_gutter(const struct page *p)
{
	double right = 0, left = 1e9, x;
	int n_right, n_left = 0, n_across = 0;

	if (p->flow)
		return 0;
	for (int i = 0; i < (int)p->lines->len; i++) {
		right = fmax(right, page_line(p, i)->x1);
		left = fmin(left, page_line(p, i)->x0);
	}
	x = most_begin(p, left + 0.35 * (right - left), &n_right);
	for (int i = 0; i < (int)p->lines->len; i++) {
		const struct line *l = page_line(p, i);

		n_left += is_long(l) && l->x1 <= x;
		n_across += is_long(l) && l->x0 < x - 3 && l->x1 > x + 3;
	}
	return n_right >= 6 && n_left >= 6 && 4 * n_across < n_left + n_right ? x : 0;
}

static bool beside(const struct block *a, const struct block *b)
{
	double height = fmin(a->y1 - a->y0, b->y1 - b->y0), shared = fmin(a->y1, b->y1) - fmax(a->y0, b->y0);

	return shared > 0.5 * height && (a->x1 <= b->x0 + 2 || b->x1 <= a->x0 + 2);
}

static bool same_side(const struct block *a, const struct block *b, double gutter)
{
	return gutter <= 0 || (a->x0 < gutter - 3) == (b->x0 < gutter - 3);
}

static void insert(const struct page *p, struct row *row, int k)
{
	int at = row->n++;

	while (at > 0 && page_block(p, row->cells[at - 1])->x0 > page_block(p, k)->x0) {
		row->cells[at] = row->cells[at - 1];
		at--;
	}
	row->cells[at] = k;
}

/* A cell of the row must be beside all of its other cells: the rows above and below are beside a tall one only. */
static bool fits(const struct page *p, const struct row *row, int k)
{
	for (int i = 0; i < row->n; i++) {
		if (!beside(page_block(p, row->cells[i]), page_block(p, k)))
			return false;
	}
	return true;
}

int table_row(const struct page *p, int k, double gutter, struct row *out)
{
	const struct block *b = page_block(p, k);
	int from = MAX(k - FAR, 0), to = MIN(k + FAR, (int)p->blocks->len - 1);

	*out = (struct row){ .cells = { k }, .n = 1 };
	for (int i = from; i <= to && out->n < TABLE_MOST_CELLS; i++) {
		const struct block *other = page_block(p, i);

		if (i == k || page_line(p, other->first)->furniture != page_line(p, b->first)->furniture)
			continue;
		if (same_side(b, other, gutter) && fits(p, out, i))
			insert(p, out, i);
	}
	return out->n;
}

const char *table_level(const char *cell)
{
	static const struct {
		const char *word, *level;
	} words[] = {
		{ "a", "must" },
		{ "b", "should" },
		{ "m", "must" },
		{ "d", "should" },
		{ "o", "may" },
		{ "w", "may" },
		{ "k", "may" },
		{ "s", "should" },
		{ "must", "must" },
		{ "must have", "must" },
		{ "shall", "must" },
		{ "mandatory", "must" },
		{ "required", "must" },
		{ "essential", "must" },
		{ "should", "should" },
		{ "should have", "should" },
		{ "desirable", "should" },
		{ "desired", "should" },
		{ "preferred", "should" },
		{ "may", "may" },
		{ "could", "may" },
		{ "could have", "may" },
		{ "optional", "may" },
		{ "muss", "must" },
		{ "muss-kriterium", "must" },
		{ "a-kriterium", "must" },
		{ "ausschlusskriterium", "must" },
		{ "ko", "must" },
		{ "k.o.", "must" },
		{ "k. o.", "must" },
		{ "pflicht", "must" },
		{ "soll", "should" },
		{ "soll-kriterium", "should" },
		{ "b-kriterium", "should" },
		{ "bewertungskriterium", "should" },
		{ "kann", "may" },
		{ "kann-kriterium", "may" },
		{ "wunsch", "may" },
	};
	auto_free char *low = NULL;

	if (strlen(cell) > 24)
		return NULL;
	low = g_utf8_strdown(cell + strspn(cell, "[("), -1);
	low[strcspn(low, "])")] = '\0';
	for (size_t i = 0; i < N_ELEMS(words); i++) {
		if (streq(low, words[i].word))
			return words[i].level;
	}
	return NULL;
}
