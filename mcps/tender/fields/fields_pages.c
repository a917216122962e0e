/* How long an offer may be. */
#include <stdio.h>
#include <stdlib.h>

#include "fact.h"
#include "fields.h"
#include "tender/text/pattern.h"
#include "tender/text/text.h"

#define MOST_PAGES 999

/* "ten (10) pages" is ten as well. */
#define NUMBER \
	"(?:(?:[a-z-]+ )?\\((?<a>\\d{1,3})\\)|(?<b>\\d{1,3})|(?<word>one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty|forty|fifty|zwei|drei|vier|fünf|sechs|acht|zehn|zwölf|fünfzehn|zwanzig|dreißig))"
#define PAGES \
	"(?:(?:single|double)[- ]?(?:sided|spaced)[, ]*|typed |printed |letter[- ]?sized? |standard |presentation |powerpoint |A4 |DIN-?A4-?|DIN A4-?|numbered |written )*(?:pages?|sides|seiten|slides|folien|a4[- ](?:pages?|sides|seiten))"

static struct pattern limits[] = {
	{ "\\b(?:not (?:to )?(?:exceed(?:ing)?|be longer than|be more than)|not\\b.{0,24}\\b(?:more|longer) than|no (?:more|longer) than|limit(?:ed to(?: a maximum of)?| of)|(?:a )?maximum(?: length)?(?: of)?(?: is)?|max\\.?|up to|at most|must not (?:exceed|be longer than)|may not exceed|shall not exceed|within|restricted to)\\s*:?\\s*" NUMBER
	  "[- ]" PAGES "\\b",
	  86, NULL, NULL },
	{ "\\b" NUMBER "[- ]page (?:limit|maximum)", 86, NULL, NULL },
	{ "\\b" NUMBER "[- ]" PAGES
	  "(?: \\(?(?:max(?:imum)?\\.?|or (?:less|fewer)|limit)\\b|.{0,40}\\b(?:nicht (?:überschreiten|übersteigen)|begrenzt))",
	  86, NULL, NULL },
	{ "\\b(?:höchstens|maximal|max\\.?|nicht (?:mehr|länger) als|bis zu|höchstumfang(?: von)?|umfang (?:von|ist auf)|begrenzt auf|auf)\\s*:?\\s*" NUMBER
	  "[- ]" PAGES "\\b",
	  84, NULL, NULL },
	{ "\\b(?:longer than|over|exceeding|more than|beyond) " NUMBER "[- ]" PAGES
	  "\\b.{0,20}\\b(?:will|shall|may|are|is)\\b.{0,12}\\b(?:not|rejected|removed|ignored|disregarded)\\b",
	  84, NULL, NULL },
	{ "\\bpage (?:limit|count|limitation)s?\\b[^.\\d]{0,30}" NUMBER "\\b", 84, NULL, NULL },
	{ "\\bseiten(?:zahl|begrenzung|limit)\\b[^.\\d]{0,30}" NUMBER "\\b", 82, NULL, NULL },
};
static struct pattern limit_head = {
	"^(?:max(?:imum|\\.)? ?)?(?:page limit(?:ation)?s?|pages(?: \\(max(?:imum|\\.)?\\))?|max(?:imum|\\.)? pages|seiten(?:zahl|limit)?|max\\.? seiten)$",
	0, NULL, NULL
};
/* Parts that are small beside the offer. */
static struct pattern small_part = {
	"cover letter|transmittal|executive summary|résumé|resume|\\bcvs?\\b|curricul|lebenslauf|lebensläufe|anschreiben|abstract|reference sheet|per (?:reference|project|lot|person)|je (?:referenz|projekt|los|person)|appendix|biograph|presentation|präsentation|vortrag|pitch|interview|\\breports?\\b|deliverable|bericht",
	0, NULL, NULL
};

void fields_pages_preload(void)
{
	pattern_compile(limits, N_ELEMS(limits));
	pattern_compile(&limit_head, 1);
	pattern_compile(&small_part, 1);
}

static int number_of(GMatchInfo *m)
{
	static const struct {
		const char *word;
		int n;
	} words[] = {
		{ "one", 1 },      { "two", 2 },      { "three", 3 },   { "four", 4 },    { "five", 5 },
		{ "six", 6 },      { "seven", 7 },    { "eight", 8 },   { "nine", 9 },    { "ten", 10 },
		{ "twelve", 12 },  { "fifteen", 15 }, { "twenty", 20 }, { "thirty", 30 }, { "forty", 40 },
		{ "fifty", 50 },   { "zwei", 2 },     { "drei", 3 },    { "vier", 4 },    { "fünf", 5 },
		{ "sechs", 6 },    { "acht", 8 },     { "zehn", 10 },   { "zwölf", 12 },  { "fünfzehn", 15 },
		{ "zwanzig", 20 }, { "dreißig", 30 },
	};
	auto_free char *a = g_match_info_fetch_named(m, "a"), *b = g_match_info_fetch_named(m, "b"),
		       *word = g_match_info_fetch_named(m, "word");

	for (size_t i = 0; i < N_ELEMS(words); i++) {
		if (word && strcasecmp(word, words[i].word) == 0)
			return words[i].n;
	}
	return a && *a ? atoi(a) : b && *b ? atoi(b) : 0;
}

static void add_limit(struct choice *c, const struct doc *d, const struct page *p, const char *quote, const char *of,
		      int n, int score)
{
	char key[16];
	json_t *fact;

	if (n < 1 || n > MOST_PAGES)
		return;
	snprintf(key, sizeof(key), "%d", n);
	fact = json_pack("{s:i, s:s}", "value", n, "of", of);
	choice_add(c, fact, fact_place(d, fact, p, quote) ? score : 0, key);
}

/* What the limit is of stands before it. */
static bool is_small(const char *sentence, GMatchInfo *m)
{
	auto_free char *before = NULL;
	int from = 0;

	g_match_info_fetch_pos(m, 0, &from, NULL);
	before = g_strndup(sentence, (gsize)from);
	return pattern_match(&small_part, before);
}

/* The first limit is that of the main part, unless it says that it is of a small one. */
static void read_limit(struct choice *c, const struct doc *d, const struct page *p, const struct block *b)
{
	for (const char *s = b->text; *s;) {
		const char *end = text_sentence(s);
		auto_free char *sentence = g_strndup(s, (gsize)(end - s)), *quote = NULL;
		struct pattern *limit = PATTERN_BEST(limits, sentence);
		GMatchInfo *m = limit ? pattern_find(limit, sentence, 0) : NULL;

		if (m) {
			quote = fact_quote(p, b, (int)(s - b->text), (int)(end - b->text));
			add_limit(c, d, p, quote, sentence, number_of(m),
				  limit->score - (is_small(sentence, m) ? 40 : 0) - 3 * (int)MIN(c->facts->len, 8));
		}
		g_match_info_free(m);
		s = end + strspn(end, " ");
	}
}

/* A column "Page limit": its first row. */
static void read_limit_column(struct choice *c, const struct doc *d, const struct page *p, int head)
{
	const struct line *h = page_line(p, head), *cell = NULL;
	auto_free char *quote = NULL;

	for (int k = head + 1; k < (int)p->lines->len && !cell; k++) {
		const struct line *l = page_line(p, k);

		if (l->y0 >= h->y1 && l->y0 < h->y1 + 4 * (h->y1 - h->y0) && l->x0 < h->x1 && l->x1 > h->x0)
			cell = l;
	}
	if (!cell || strspn(cell->text, "0123456789") == 0 || strlen(cell->text) > 12)
		return;
	quote = fact_pair(h->text, cell->text);
	/* A column "Pages" can say how long enclosures are. */
	add_limit(c, d, p, quote, h->text, atoi(cell->text), strlen(h->text) > strlen("Seiten") ? 84 : 60);
}

json_t *field_page_limit(const struct doc *d)
{
	auto_choice *c = choice_new();

	for (unsigned i = 0; i < d->pages->len; i++) {
		const struct page *p = doc_page(d, i);

		for (int k = 0; p->readable && k < (int)p->lines->len; k++) {
			const struct block *b = page_block(p, page_line(p, k)->block);

			if (page_line(p, k)->furniture)
				continue;
			if (b->first == k && (strcasestr(b->text, "page") || strcasestr(b->text, "seite") ||
					      strcasestr(b->text, "slides") || strcasestr(b->text, "folien") ||
					      strstr(b->text, "A4") || strcasestr(b->text, " sides")))
				read_limit(c, d, p, b);
			if (strlen(page_line(p, k)->text) < 24 && pattern_match(&limit_head, page_line(p, k)->text))
				read_limit_column(c, d, p, k);
		}
	}
	return choice_take_listing(c);
}
