/* Criteria without weights: the items of a list, or those that a sentence numbers. */
#include "criteria.h"
#include "fact.h"
#include "item.h"
#include "weighed.h"
#include "tender/text/pattern.h"
#include "tender/doc/section.h"
#include "tender/text/text.h"

#define MOST_ITEM   400
#define MOST_WORDS  12
#define MOST_BEFORE 3 /* lines between the head and its list */

static struct pattern numbered_at = { "\\((?<no>\\d|[a-h])\\)\\s*(?<name>[^;:,.(]{3,80})(?=[;,.(]|$)", 0, NULL, NULL };

static struct pattern says_more = {
	"\\b(?:is|are|must|shall|will|may|should|holds?|carries|has|have|been|can|ist|sind|wird|werden|muss|kann|hat|haben)\\b",
	0, NULL, NULL
};

void criteria_list_preload(void)
{
	pattern_compile(&says_more, 1);
	pattern_compile(&numbered_at, 1);
	item_preload();
}

/* A name is what stands before the colon, the bracket or the description. */
static char *item_name(const char *item)
{
	size_t skip = item_bullet(item), len = strcspn(item + skip, ":;");
	char *name;

	if (len > 110)
		len = strlen(item + skip);
	name = g_strndup(item + skip, (gsize)len);
	if (strstr(name, " ("))
		*strstr(name, " (") = '\0';
	if (strstr(name, " – "))
		*strstr(name, " – ") = '\0';
	return name;
}

/* "the following factors: (1) technical approach, (2) staffing and (3) price" */
static void read_numbered(const struct page *p, const struct block *b, struct criteria *c)
{
	GMatchInfo *m = strchr(b->text, '(') ? pattern_find(&numbered_at, b->text, 0) : NULL;

	for (; m && g_match_info_matches(m); g_match_info_next(m, NULL)) {
		auto_free char *name = g_match_info_fetch_named(m, "name"), *no = g_match_info_fetch_named(m, "no"),
			       *quote = NULL;
		int from = 0, to = 0;

		g_match_info_fetch_pos(m, 0, &from, &to);
		quote = fact_quote(p, b, from, to);
		/* "The three (3) factors" counts, and numbers nothing. */
		if (text_words(name) <= 8 && (no[0] == '1' + (int)c->items->len || no[0] == 'a' + (int)c->items->len))
			criteria_add(c, p, util_starts(name, "and ") ? name + 4 : name, -1, NULL, quote);
	}
	g_match_info_free(m);
}

/* A paragraph that begins with a name and a colon, or a name with a colon above one. */
static bool is_named(const struct page *p, int k)
{
	const char *text = page_line(p, k)->text, *colon = strchr(text, ':');
	const struct block *b = page_block(p, page_line(p, k)->block);

	if (!colon || colon - text >= 60 || b->first != k || !g_unichar_isupper(g_utf8_get_char(text)))
		return false;
	return colon[1] == '\0' ? k + 1 < (int)p->lines->len && item_mark(p, k + 1) < 0
				: colon[1] == ' ' && text_words(b->text) > 6;
}

void criteria_list(const struct doc *d, unsigned page, int k, struct criteria *c)
{
	double indent = -1;
	char kind = 0;
	int since = 0;

	read_numbered(doc_page(d, page), page_block(doc_page(d, page), page_line(doc_page(d, page), k)->block), c);
	if (c->items->len >= 3)
		return;
	criteria_release(c);
	criteria_init(c);
	for (unsigned i = page; i <= page + 1 && i < d->pages->len; i++) {
		const struct page *p = doc_page(d, i);

		for (int l = i == page ? k + 1 : 0; p->readable && l < (int)p->lines->len; l++) {
			int mark = item_mark(p, l);
			bool named = mark < 0 && is_named(p, l);
			char its = mark >= 0 ? item_kind(p, l, mark) : ':';
			double x0 = page_line(p, mark >= 0 ? mark : l)->x0;
			auto_free char *item = NULL, *name = NULL;

			if (page_line(p, l)->furniture || item_is_lone(page_line(p, l)))
				continue;
			if ((mark < 0 && !named) || (indent >= 0 && x0 > indent + 12)) {
				/* A paragraph may introduce the list, and lines belong to its items. */
				if (++since > (c->items->len ? 14 : MOST_BEFORE) ||
				    (c->items->len && mark < 0 &&
				     section_is_heading(page_block(p, page_line(p, l)->block)) &&
				     page_line(p, l)->x0 <= indent))
					return;
				continue;
			}
			if (its == 'h' || (indent >= 0 && (x0 < indent - 12 || its != kind)))
				return;
			indent = indent < 0 ? x0 : indent;
			kind = its;
			since = 0;
			item = named ? g_strdup(page_line(p, l)->text) : item_text(p, l, MOST_ITEM);
			name = item_name(item);
			/* Sentences are rules, not criteria; names with weights are not without. */
			if (text_words(name) > MOST_WORDS || pattern_match(&says_more, name) ||
			    weighed_count(name) > 0) {
				criteria_release(c);
				criteria_init(c);
				return;
			}
			criteria_add(c, p, name, -1, NULL, fact_stands(p, name) ? name : item);
		}
	}
}
