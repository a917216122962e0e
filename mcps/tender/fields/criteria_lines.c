/* Lists whose items bear their weights themselves: "a) Price (60 %)", "Technical approach: 40 points". */
#include "criteria.h"
#include "fact.h"
#include "item.h"
#include "weighed.h"
#include "tender/doc/section.h"
#include "tender/text/text.h"

#define MOST_SINCE 14  /* lines without a weight that end the list */
#define MOST_TEXT  600 /* bytes of an item */
#define MOST_LINES 500 /* of a block that are items */

static bool take_item(struct criteria *c, const struct page *p, const char *text, const char *quote)
{
	GArray *all = weighed_new();
	bool taken = false;

	if (strlen(text) < MOST_TEXT && weighed_item(text, all)) {
		const struct weighed *one = &g_array_index(all, struct weighed, 0);

		if (criteria_is_total(one->name))
			c->total = one->weight;
		else
			taken = criteria_add(c, p, one->name, one->weight, one->unit, quote);
	}
	g_array_unref(all);
	return taken;
}

/* Lines that begin small behind one that says more than a weight are no items but a sentence. */
static bool flows(const struct page *p, const struct block *b)
{
	for (int k = b->first + 1; k < b->first + b->n; k++) {
		const char *last = page_line(p, k - 1)->text, *text = page_line(p, k)->text;

		if (g_unichar_islower(g_utf8_get_char(text)) && item_bullet(text) == 0 && *last &&
		    g_ascii_isalpha(last[strlen(last) - 1]))
			return true;
	}
	return false;
}

/* A paragraph is an item, unless each of its lines is one. */
static bool take_block(struct criteria *c, const struct page *p, const struct block *b, int from)
{
	bool taken = false;
	auto_free char *quote = NULL;

	if (from == b->first && (b->n == 1 || weighed_count(b->text) == 1)) {
		quote = fact_quote(p, b, 0, (int)strlen(b->text));
		return take_item(c, p, b->text, quote);
	}
	if (flows(p, b))
		return false;
	for (int k = MAX(from, b->first); k < b->first + b->n && k < from + MOST_LINES; k++)
		taken = take_item(c, p, page_line(p, k)->text, page_line(p, k)->text) || taken;
	return taken;
}

/* Percent and other numbers in one list are prices, terms and penalties, but no weights of one whole. */
static bool is_mixed(const struct criteria *c)
{
	unsigned percent = 0;

	for (unsigned i = 0; i < c->items->len; i++) {
		const char *unit = g_array_index(c->items, struct criterion, i).unit;

		percent += unit && streq(unit, "percent");
	}
	return percent > 0 && percent < c->items->len;
}

static void read_lines(const struct doc *d, unsigned page, int k, struct criteria *c)
{
	int since = 0;

	for (unsigned i = page; i <= page + 1 && i < d->pages->len; i++) {
		const struct page *p = doc_page(d, i);
		int from = i == page ? k + 1 : 0;

		for (int l = from; p->readable && l < (int)p->lines->len; l++) {
			const struct block *b = page_block(p, page_line(p, l)->block);
			bool taken;

			if (page_line(p, l)->furniture || (l != from && l != b->first) || item_is_lone(page_line(p, l)))
				continue;
			taken = take_block(c, p, b, l);
			since = taken ? 0 : since + b->n;
			if (since > MOST_SINCE || (criteria_sum(c) >= 100 && since > 0 && section_is_heading(b)) ||
			    (criteria_sum(c) >= 100 && since > 3))
				return;
		}
	}
}

void criteria_lines(const struct doc *d, unsigned page, int k, struct criteria *c)
{
	read_lines(d, page, k, c);
	if (!is_mixed(c))
		return;
	criteria_release(c);
	criteria_init(c);
}
