/* Lists whose items bear their weights themselves: "a) Price (60 %)", "Technical approach: 40 points". */
#include "criteria.h"
#include "fact.h"
#include "item.h"
#include "weighed.h"
#include "tender/text/pattern.h"
#include "tender/doc/section.h"
#include "tender/text/text.h"

#define MOST_SINCE 14  /* lines without a weight that end the list */
#define MOST_TEXT  600 /* bytes of an item */

static struct pattern total_item = {
	"^\\W*(?:(?:grand |sub-?)?total(?! (?:costs?|price|value|evaluated))|summe|gesamt(?!preis|kosten)\\w*|insgesamt|sum)\\b",
	0, NULL, NULL
};

void criteria_lines_preload(void)
{
	pattern_compile(&total_item, 1);
}

static bool take_item(struct criteria *c, const struct page *p, const char *text, const char *quote)
{
	GArray *all = weighed_new();
	bool taken = false;

	if (strlen(text) < MOST_TEXT && weighed_item(text, all)) {
		const struct weighed *one = &g_array_index(all, struct weighed, 0);

		if (pattern_match(&total_item, one->name))
			c->total = one->weight;
		else
			taken = criteria_add(c, p, one->name, one->weight, one->unit, quote);
	}
	g_array_unref(all);
	return taken;
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
	for (int k = MAX(from, b->first); k < b->first + b->n; k++)
		taken = take_item(c, p, page_line(p, k)->text, page_line(p, k)->text) || taken;
	return taken;
}

void criteria_lines(const struct doc *d, unsigned page, int k, struct criteria *c)
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
