#include "layout.h"

#include <math.h>
#include <stdlib.h>

#include "table.h"
#include "tender/text/text.h"

#define WINDOW      40 /* lines before and behind that show how far a line could have run */
#define INDENT      40 /* points by which lines of one column may begin apart */
#define SAME_PLACE  3  /* points by which lines of one cell do */
#define LETTER_ROOM 3  /* points that places may be wrong */
#define MARKER_GAP  60 /* points between a number and its text */
#define MARKER_TEXT 15 /* letters of what a clause's number stands beside */

struct layout {
	struct page *page;
	double usual;  /* gap between two lines of a paragraph, as a share of their height */
	double *right; /* of each line: how far it could have run */
	bool *cell;    /* something stands left of the line */
};

static bool widths_meet(const struct line *a, const struct line *b)
{
	return a->x0 < b->x1 && b->x0 < a->x1;
}

static double height_of(const struct line *l)
{
	return fmax(l->y1 - l->y0, 1);
}

static char last_of(const struct line *l)
{
	return l->text[strlen(l->text) - 1];
}

static int compare_gaps(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* 0.2 when set solid, 0.9 when spaced. */
static double usual_gap(const struct page *p)
{
	GArray *gaps = g_array_new(FALSE, FALSE, sizeof(double));
	double usual = 0.2;

	for (int i = 1; i < (int)p->lines->len; i++) {
		const struct line *a = page_line(p, i - 1), *b = page_line(p, i);
		double gap = (b->y0 - a->y1) / height_of(a);

		if (fabs(a->x0 - b->x0) < 3 && gap > -0.5 && gap < 1.6 && strlen(a->text) > 40)
			g_array_append_val(gaps, gap);
	}
	g_array_sort(gaps, compare_gaps);
	if (gaps->len > 5)
		usual = g_array_index(gaps, double, gaps->len / 2);
	g_array_unref(gaps);
	return usual;
}

static bool same_column(const struct line *a, const struct line *b, double indent)
{
	return !b->furniture && fabs(a->x0 - b->x0) < indent && widths_meet(a, b) &&
	       fabs(height_of(a) - height_of(b)) < 0.2 * height_of(a);
}

struct order {
	double y;
	int line;
};

static int compare_order(const void *a, const void *b)
{
	return compare_gaps(&((const struct order *)a)->y, &((const struct order *)b)->y);
}

/* No line runs into what stands right of it; called again when it is known how far lines run. */
static void see_neighbours(struct layout *t)
{
	struct page *p = t->page;
	int n = (int)p->lines->len;
	struct order *all = g_new(struct order, n + 1);

	for (int i = 0; i < n; i++)
		all[i] = (struct order){ page_line(p, i)->y0, i };
	qsort(all, (size_t)n, sizeof(*all), compare_order);
	for (int i = 0; i < n; i++) {
		const struct line *a = page_line(p, all[i].line);

		for (int k = i + 1; k < n && all[k].y < a->y1 - 0.3 * height_of(a); k++) {
			const struct line *b = page_line(p, all[k].line);

			bool left = b->x0 >= a->x1, right = a->x0 >= b->x1;
			int i_left = left ? all[i].line : all[k].line, i_right = left ? all[k].line : all[i].line;

			if (!left && !right)
				continue;
			t->right[i_left] = fmin(t->right[i_left], page_line(p, i_right)->x0);
			t->cell[i_right] = true;
		}
	}
	g_free(all);
}

/* Lines of a cell begin at one place; those of a paragraph need not. */
static double indent_of(const struct layout *t, int i)
{
	int n = (int)t->page->lines->len;

	for (int k = MAX(i - 3, 0); k < MIN(i + 4, n); k++) {
		if (t->cell[k] && fabs(page_line(t->page, k)->x0 - page_line(t->page, i)->x0) < SAME_PLACE)
			return SAME_PLACE;
	}
	return INDENT;
}

static void measure(struct layout *t, struct page *p)
{
	int n = (int)p->lines->len;
	double gutter = table_gutter(p);

	*t = (struct layout){ p, usual_gap(p), g_new0(double, n + 1), g_new0(bool, n + 1) };
	see_neighbours(t);
	for (int i = 0; i < n; i++) {
		const struct line *l = page_line(p, i);
		double indent = indent_of(t, i);

		t->right[i] = l->x1;
		for (int k = MAX(i - WINDOW, 0); k < MIN(i + WINDOW + 1, n); k++) {
			if (same_column(l, page_line(p, k), indent))
				t->right[i] = fmax(t->right[i], page_line(p, k)->x1);
		}
		if (gutter > l->x0)
			t->right[i] = fmin(t->right[i], gutter);
	}
	see_neighbours(t);
}

/* The room that the first word of the next line would have had at the end of line i; below 0 when it had none. */
static double room_for(const struct layout *t, int i, const struct line *next)
{
	const struct line *l = page_line(t->page, i);
	double letters = (double)g_utf8_strlen(next->text, -1), letter = (next->x1 - next->x0) / fmax(letters, 1);
	double word = (double)g_utf8_strlen(next->text, (gssize)strcspn(next->text, " "));

	return t->right[i] - l->x1 - (1.2 * word + 1) * letter - LETTER_ROOM;
}

static bool centred(const struct line *a, const struct line *b)
{
	return fabs(a->x0 + a->x1 - b->x0 - b->x1) < 8 && fabs(a->x0 - b->x0) > 4;
}

/* "the", "of", "mit": no paragraph ends so. */
static bool ends_small(const char *text)
{
	const char *space = strrchr(text, ' ');
	size_t len = space ? strlen(space + 1) : 0;

	return len >= 1 && len <= 3 && strspn(space + 1, "abcdefghijklmnopqrstuvwxyz") == len;
}

/* Line i ended before its column did, and the next begins like something new: its author broke it there. */
static bool broken_by_hand(const struct layout *t, int i, const struct line *next)
{
	const struct line *l = page_line(t->page, i);
	double room = room_for(t, i, next);
	char last = last_of(l);

	if (room <= 0 || last == '-' || last == ',' || ends_small(l->text) || centred(l, next))
		return false;
	return !g_unichar_islower(g_utf8_get_char(next->text));
}

/* "Title: …" */
static bool has_label(const struct line *l)
{
	size_t n = strcspn(l->text, ":.;!?");

	return l->text[n] == ':' && n > 2 && n < 90 && l->text[n + 1] == ' ' && l->text[n + 2] &&
	       g_unichar_isupper(g_utf8_get_char(l->text));
}

static double gap_between(const struct line *a, const struct line *b)
{
	return (b->y0 - a->y1) / fmin(height_of(a), height_of(b));
}

/* "b) Scope": behind a bracket that nothing opened, a capital. */
static bool is_letter_of_list(const char *text)
{
	size_t n = strcspn(text, ") ");

	return n <= 3 && text[n] == ')' && text[0] != '(' &&
	       g_unichar_isupper(g_utf8_get_char(text + text_bullet(text)));
}

/* A number or a letter at the beginning of a line is one of an item, unless the sentence before runs on into it. */
static bool begins_item(const struct layout *t, int i)
{
	const struct line *l = page_line(t->page, i), *before = i > 0 ? page_line(t->page, i - 1) : NULL;
	size_t bullet = text_bullet(l->text);

	if (bullet == 0 && text_marker(l->text) == 0)
		return false;
	if (bullet > 0 && !g_ascii_isalnum(l->text[0]) && l->text[0] != '(')
		return true;
	if (is_letter_of_list(l->text))
		return true;
	if (!before || before->furniture || !widths_meet(before, l) || fabs(before->x0 - l->x0) > INDENT)
		return true;
	return strchr(".:;!?", last_of(before)) || gap_between(before, l) > t->usual + 0.2 ||
	       gap_between(before, l) < -1 || room_for(t, i - 1, l) > 0;
}

static bool is_sign(const char *text)
{
	return strlen(text) <= 3 && text_bullet(text) == 0 && !text_words(text) && !g_ascii_isalnum(text[0]);
}

/* All of the line is a bullet, a number or the name of a clause. */
static bool is_marker(const char *text)
{
	auto_free char *followed = NULL;
	size_t len = strlen(text);

	if (len > 10)
		return false;
	if (is_sign(text) || text_bullet(text) == len)
		return true;
	followed = g_strdup_printf("%s x", text);
	return text_marker(followed) == len + 1;
}

/* Bullets are often set apart from their text and come before or after it in the reading order. */
static void mark_items(struct layout *t)
{
	struct page *p = t->page;

	for (int i = 0; i < (int)p->lines->len; i++) {
		struct line *l = page_line(p, i), *beside;
		int right;

		l->item = l->item || begins_item(t, i);
		if (!is_marker(l->text))
			continue;
		right = page_right(p, i);
		beside = right >= 0 ? page_line(p, right) : NULL;
		if (!beside || beside->x0 - l->x1 > MARKER_GAP)
			continue;
		if (text_bullet(l->text) == 0 && !is_sign(l->text) && g_utf8_strlen(beside->text, -1) < MARKER_TEXT &&
		    strchr(l->text, ')') == NULL)
			continue;
		l->bullet = true;
		beside->item = true;
	}
}

/* "3. Scope of work" above a line that is longer: a number of a section begins it, no stop ends it. */
static bool is_numbered_head(const struct line *head, const struct line *next)
{
	const char *text = head->text;

	return g_ascii_isdigit(text[0]) && text[strcspn(text, " ")] && !strchr(".;,:", last_of(head)) &&
	       text_words(text) <= 9 && g_unichar_isupper(g_utf8_get_char(next->text)) && head->x1 < next->x1 - 40;
}

/* The gap behind line i is wider than lines of a paragraph have, and not because all lines around have it. */
static bool set_apart(const struct layout *t, int i, double gap)
{
	const struct page *p = t->page;

	if (gap <= t->usual + 0.3)
		return false;
	if (i + 2 >= (int)p->lines->len)
		return true;
	return fabs(gap_between(page_line(p, i + 1), page_line(p, i + 2)) - gap) > 0.15;
}

/* May line l stand in one paragraph with the line before it? */
static bool continues(const struct layout *t, const struct block *b, const struct line *l)
{
	int at = b->first + b->n - 1;
	const struct line *last = page_line(t->page, at);
	double gap = gap_between(last, l);
	bool open = !strchr(".:;!?", last_of(last)) || g_unichar_islower(g_utf8_get_char(l->text));

	if (last->furniture != l->furniture || l->item || l->bullet || last->bullet || !widths_meet(last, l))
		return false;
	if (gap < -1 || (gap > 0.75 && (!open || gap > 1.15 * t->usual)))
		return false;
	if ((!open && gap > t->usual + 0.15) || set_apart(t, at, gap))
		return false;
	if (has_label(l) && has_label(page_line(t->page, b->first)))
		return false;
	if ((b->n == 1 && is_numbered_head(last, l)) || (!l->furniture && broken_by_hand(t, at, l)))
		return false;
	/* A heading over a paragraph is set larger. */
	return fabs((last->y1 - last->y0) - (l->y1 - l->y0)) < 0.25 * fmin(height_of(last), height_of(l));
}

static void block_close(struct page *p, struct block *b)
{
	GString *text = g_string_new(NULL);

	b->starts = g_new(int, b->n);
	b->item = page_line(p, b->first)->item;
	b->x0 = b->y0 = 1e9;
	for (int i = 0; i < b->n; i++) {
		struct line *l = page_line(p, b->first + i);

		text_join(text, l->text);
		b->starts[i] = (int)(text->len - strlen(l->text));
		l->block = (int)p->blocks->len;
		b->x0 = fmin(b->x0, l->x0);
		b->y0 = fmin(b->y0, l->y0);
		b->x1 = fmax(b->x1, l->x1);
		b->y1 = fmax(b->y1, l->y1);
	}
	b->text = g_string_free(text, FALSE);
	g_array_append_val(p->blocks, *b);
}

void layout_blocks(struct page *p)
{
	struct block b = { 0 };
	struct layout t;

	measure(&t, p);
	mark_items(&t);
	for (int i = 0; i < (int)p->lines->len; i++) {
		if (b.n && !continues(&t, &b, page_line(p, i))) {
			block_close(p, &b);
			b = (struct block){ 0 };
		}
		if (!b.n)
			b.first = i;
		b.n++;
	}
	if (b.n)
		block_close(p, &b);
	g_free(t.right);
	g_free(t.cell);
}
