/* Until when offers bind: a day, or a length of time counted from another one. */
#include "deadline.h"
#include "fields.h"
#include "tender/text/pattern.h"
#include "tender/text/periods.h"

/* Until when, counted from another date, offers bind. */
static struct pattern valid_words = {
	"(?:\\b(?:valid(?:ity)?|firm|irrevocable|open for acceptance|in effect|withdraw(?:n|al)?|acceptance period|binding|bound|hold(?:s|ing)?)\\b|"
	"\\b(?:left|remain|kept|keep|leave|stay)\\w* open\\b|bindefrist|zuschlagsfrist|bindungsfrist|\\bgebunden|gültig)[^.]{0,80}?\\b" PERIOD,
	0, NULL, NULL
};
static struct pattern offer_words = {
	"\\b(?:bids?|tenders?|offers?|proposals?|quot(?:es?|ations?)|bidder|tenderer|offeror|proposer)\\b|angebot|bieter|bindefrist|"
	"\\bprices?\\b.*\\b(?:from|after|of|following) (?:the )?(?:closing|submission|due|return|opening|deadline)\\b",
	0, NULL, NULL
};

/* "90 Tage gebunden", "for 90 days from the opening, during which …" */
static struct pattern period_first = {
	"\\b" PERIOD
	"[^.]{0,60}?\\b(?:verbindlich|gebunden|gültig|bindend|valid(?:ity)?|firm|irrevocable|open for acceptance)\\b",
	0, NULL, NULL
};
static struct pattern period_begins = { "^\\W*(?:(?:for|minimum|at least|mindestens|bis zu|period of)\\W+){0,2}" PERIOD,
					0, NULL, NULL };

void fields_binding_preload(void)
{
	pattern_compile(&offer_words, 1);
	pattern_compile(&valid_words, 1);
	pattern_compile(&period_first, 1);
	pattern_compile(&period_begins, 1);
}

#define MOST_BEFORE 80 /* bytes before the words that may say that something else is valid */

static void keep(struct choice *c, const struct doc *d, const struct page *p, const struct period *period,
		 const char *quote, int score)
{
	char value[PERIOD_TEXT_BYTES];
	json_t *fact = json_pack("{s:s, s:n}", "value", period_format(period, value), "timezone");

	choice_add(c, fact, fact_place(d, fact, p, quote) ? score : 0, value);
}

/* Where the words begin that say what is valid: no further back than their sentence. */
static int said_from(const char *text, int at)
{
	int from = at;

	while (from > 0 && at - from < MOST_BEFORE && !(text[from - 1] == ' ' && from > 1 && text[from - 2] == '.'))
		from--;
	return from;
}

/* "valid for 90 days": the sentence says that offers are meant. */
static void add_sentence(struct choice *c, const struct doc *d, const struct page *p, const struct block *b,
			 struct pattern *words)
{
	GMatchInfo *m = pattern_find(words, b->text, 0);
	struct period period;
	int from, to;

	if (m && g_match_info_fetch_pos(m, 0, &from, &to) && period_take(m, &period)) {
		auto_free char *quote = fact_quote(p, b, from, to), *cut = g_strndup(b->text, (gsize)to),
			       *said = g_utf8_make_valid(cut + said_from(b->text, from), -1);

		if (!role_never(ROLE_BINDING, said))
			keep(c, d, p, &period, quote, pattern_match(&offer_words, quote) ? 86 : 58);
	}
	g_match_info_free(m);
}

/* "Bid validity | 180 days": the cell beside says it. */
static void add_cell(struct choice *c, const struct doc *d, const struct page *p, const struct block *b)
{
	GMatchInfo *m = pattern_find(&period_begins, b->text, 0);
	struct period period;
	int line;

	if (m && period_take(m, &period)) {
		auto_free char *label = page_left(p, b, b->first, &line);
		int score = label ? role_label(ROLE_BINDING, label) : 0;

		if (score > 0) {
			auto_free char *quote = fact_pair(page_line(p, line)->text, page_line(p, b->first)->text);

			keep(c, d, p, &period, quote, score);
		}
	}
	g_match_info_free(m);
}

static void add_periods(struct choice *c, const struct doc *d, const struct page *p, const struct block *b)
{
	add_sentence(c, d, p, b, &valid_words);
	add_sentence(c, d, p, b, &period_first);
	add_cell(c, d, p, b);
}

json_t *field_binding(const struct doc *d)
{
	auto_choice *c = deadline_find(d, ROLE_BINDING, deadline_year(d));

	for (unsigned i = 0; i < d->pages->len; i++) {
		const struct page *p = doc_page(d, i);

		for (unsigned k = 0; p->readable && k < p->blocks->len; k++) {
			add_periods(c, d, p, page_block(p, (int)k));
		}
	}
	return choice_take_listing(c);
}
