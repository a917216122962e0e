#include "doc.h"

#include <math.h>
#include <stdlib.h>

#include "tender/text/dates.h"
#include "tender/text/grams.h"
#include "tender/text/language.h"
#include "layout.h"
#include "tender/text/text.h"

static void line_clear(void *p)
{
	struct line *l = p;

	g_free(l->text);
}

static void block_clear(void *p)
{
	struct block *b = p;

	g_free(b->text);
	g_free(b->starts);
}

static void file_clear(void *p)
{
	struct file *f = p;

	g_free(f->name);
}

static void page_free(void *arg)
{
	struct page *p = arg;

	g_free(p->text);
	g_free(p->plain);
	g_free(p->plain_from);
	g_array_unref(p->lines);
	g_array_unref(p->blocks);
	g_free(p);
}

struct doc *doc_new(void)
{
	struct doc *d = g_new0(struct doc, 1);

	d->files = g_array_new(FALSE, TRUE, sizeof(struct file));
	g_array_set_clear_func(d->files, file_clear);
	d->pages = g_ptr_array_new_with_free_func(page_free);
	d->warnings = g_ptr_array_new_with_free_func(g_free);
	return d;
}

void doc_free(struct doc *d)
{
	if (!d)
		return;
	grams_forget();
	g_array_unref(d->files);
	g_ptr_array_unref(d->pages);
	g_ptr_array_unref(d->warnings);
	g_free(d);
}

struct page *doc_add_page(struct doc *d, int file, int number, double height, char *text, GArray *lines)
{
	struct page *p = g_new0(struct page, 1);

	p->file = file;
	p->number = number;
	p->height = height;
	p->text = text;
	p->plain = text_plain(text, &p->plain_from);
	p->readable = true;
	p->lines = lines;
	g_array_set_clear_func(lines, line_clear);
	p->blocks = g_array_new(FALSE, TRUE, sizeof(struct block));
	g_array_set_clear_func(p->blocks, block_clear);
	g_ptr_array_add(d->pages, p);
	return p;
}

void doc_warn(struct doc *d, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	g_ptr_array_add(d->warnings, g_strdup_vprintf(fmt, ap));
	va_end(ap);
}

/* Place and text with its digits made alike, so that "Page 3 of 20" is the same on every page. */
static char *furniture_key(const struct line *l)
{
	char *key = g_strdup_printf("%c%s", 'A' + (int)(l->y0 / 8) % 26, l->text);

	for (char *c = key; *c; c++) {
		if (g_ascii_isdigit(*c))
			*c = '#';
	}
	return key;
}

static bool near_edge(const struct page *p, const struct line *l)
{
	return l->y1 < 0.12 * p->height || l->y0 > 0.88 * p->height;
}

static bool only_number(const char *s)
{
	size_t n = strspn(s, "0123456789-|/[] ");

	return s[n] == '\0' && n < 12;
}

static void mark_furniture(struct doc *d)
{
	GHashTable *seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	unsigned least = d->pages->len * 2 / 5 > 3 ? d->pages->len * 2 / 5 : 3;

	for (int pass = 0; pass < 2; pass++) {
		for (unsigned n = 0; n < d->pages->len; n++) {
			struct page *p = doc_page(d, n);

			for (unsigned i = 0; i < p->lines->len; i++) {
				struct line *l = page_line(p, (int)i);
				char *key = furniture_key(l);
				unsigned count = GPOINTER_TO_UINT(g_hash_table_lookup(seen, key));

				if (pass == 1)
					l->furniture =
						!p->flow && near_edge(p, l) && (count >= least || only_number(l->text));
				if (pass == 0)
					g_hash_table_insert(seen, key, GUINT_TO_POINTER(count + 1));
				else
					g_free(key);
			}
		}
	}
	g_hash_table_unref(seen);
}

static bool widths_meet(const struct line *a, const struct line *b)
{
	return a->x0 < b->x1 && b->x0 < a->x1;
}

static void detect_language(struct doc *d)
{
	struct language_count c = { 0 };

	for (unsigned i = 0; i < d->pages->len && i < 30; i++) {
		if (doc_page(d, i)->readable)
			language_count(&c, doc_page(d, i)->text);
	}
	d->language = c.english + c.german < 5 ? LANG_NONE : c.german > c.english ? LANG_DE : LANG_EN;
}

/* 13/4/2025 can only be day first, 4/13/2025 only month first; a German document never writes the month first. */
#define MOST_PAGES_OF_ORDER 10

static void detect_date_order(struct doc *d)
{
	GRegex *re = g_regex_new("(?<![\\d/])(\\d{1,2})/(\\d{1,2})/(?:19|20)\\d\\d(?!\\d)", G_REGEX_OPTIMIZE, 0, NULL);
	int day_first = 0, month_first = 0;

	for (unsigned i = 0; i < d->pages->len; i++) {
		GMatchInfo *m = NULL;

		g_regex_match(re, doc_page(d, i)->text, 0, &m);
		for (; g_match_info_matches(m); g_match_info_next(m, NULL)) {
			auto_free char *a = g_match_info_fetch(m, 1), *b = g_match_info_fetch(m, 2);

			day_first += atoi(a) > 12;
			month_first += atoi(b) > 12;
		}
		g_match_info_free(m);
	}
	g_regex_unref(re);
	if (day_first == month_first)
		for (unsigned i = 0; i < d->pages->len && i < MOST_PAGES_OF_ORDER; i++)
			day_first += dates_order(doc_page(d, i)->text);
	d->day_first = d->language == LANG_DE || day_first > month_first;
}

/* Stable: the order of the files, and of the pages in each, stays. */
static void order_pages(struct doc *d)
{
	GPtrArray *all = g_ptr_array_new_with_free_func(page_free);
	int rank = 0, next = 0;

	for (; next < G_MAXINT; rank = next) {
		next = G_MAXINT;
		for (unsigned i = 0; i < d->pages->len; i++) {
			int its = doc_file(d, (unsigned)doc_page(d, i)->file)->rank;

			if (its == rank)
				g_ptr_array_add(all, doc_page(d, i));
			else if (its > rank && its < next)
				next = its;
		}
	}
	g_ptr_array_set_free_func(d->pages, NULL);
	g_ptr_array_unref(d->pages);
	d->pages = all;
}

/* Each field asks its patterns about each block and each line. */
static void keep_grams(const struct page *p)
{
	for (unsigned i = 0; i < p->blocks->len; i++)
		grams_keep(page_block(p, (int)i)->text);
	for (unsigned i = 0; i < p->lines->len; i++)
		grams_keep(page_line(p, (int)i)->text);
}

void doc_finish(struct doc *d)
{
	order_pages(d);
	mark_furniture(d);
	for (unsigned i = 0; i < d->pages->len; i++) {
		layout_blocks(doc_page(d, i));
		keep_grams(doc_page(d, i));
	}
	detect_language(d);
	detect_date_order(d);
}

static bool same_height(const struct line *a, const struct line *b)
{
	double mid = (b->y0 + b->y1) / 2;

	return mid > a->y0 && mid < a->y1;
}

int page_right(const struct page *p, int i)
{
	const struct line *l = page_line(p, i);
	int best = -1;

	for (int j = 0; j < (int)p->lines->len; j++) {
		const struct line *r = page_line(p, j);

		if (j == i || r->x0 < l->x1 - 1 || !same_height(l, r))
			continue;
		if (best < 0 || r->x0 < page_line(p, best)->x0)
			best = j;
	}
	return best;
}

int page_below(const struct page *p, int i)
{
	const struct line *l = page_line(p, i);
	int best = -1;

	for (int j = 0; j < (int)p->lines->len; j++) {
		const struct line *r = page_line(p, j);
		double gap = r->y0 - l->y1;

		if (j == i || gap < -2 || gap > 2 * (l->y1 - l->y0) || !widths_meet(l, r) || same_height(l, r))
			continue;
		if (best < 0 || r->y0 < page_line(p, best)->y0)
			best = j;
	}
	return best;
}

int block_line(const struct block *b, int at)
{
	int i = b->n - 1;

	while (i > 0 && b->starts[i] > at)
		i--;
	return b->first + i;
}

/* The line left of line i at its height, the nearest; -1 for none. */
static int line_left(const struct page *p, int i)
{
	const struct line *l = page_line(p, i);
	int best = -1;

	for (int j = 0; j < (int)p->lines->len; j++) {
		const struct line *r = page_line(p, j);

		if (j == i || r->x1 > l->x0 + 1 || (!same_height(l, r) && !same_height(r, l)))
			continue;
		if (best < 0 || r->x1 > page_line(p, best)->x1)
			best = j;
	}
	return best;
}

/* A label runs over several lines: those above and below it in its own block that have no value of their own beside
 * them. */
char *page_left(const struct page *p, const struct block *b, int line, int *label_line)
{
	int at = line_left(p, line), from, to;
	const struct block *label;
	GString *text;

	if (at < 0)
		return NULL;
	*label_line = at;
	label = page_block(p, page_line(p, at)->block);
	from = to = at;
	while (from > label->first && at - from < 2) {
		int right = page_right(p, from - 1);

		if (right >= 0 && page_line(p, right)->block != page_line(p, line)->block)
			break;
		if (right >= 0 && right < b->first + b->n && page_line(p, right)->y0 < page_line(p, line)->y0 - 1)
			break;
		from--;
	}
	while (to + 1 < label->first + label->n && to - at < 2) {
		int right = page_right(p, to + 1);

		if (right >= 0 && (page_line(p, right)->block != page_line(p, line)->block ||
				   strpbrk(page_line(p, right)->text, "0123456789")))
			break;
		to++;
	}
	text = g_string_new(NULL);
	for (int i = from; i <= to; i++)
		text_join(text, page_line(p, i)->text);
	return g_string_free(text, FALSE);
}
