/* How long the contract runs. */
#include <stdio.h>
#include <stdlib.h>

#include "fact.h"
#include "fields.h"
#include "label.h"
#include "passage.h"
#include "range.h"
#include "tender/text/pattern.h"
#include "tender/text/periods.h"
#include "tender/text/text.h"

#define CONTRACT "(?:contract|agreement|bpa|order|engagement|framework|assignment|project|consultancy|appointment)"

/* What stands before a length of time, in its sentence, makes it the contract's. */
static struct pattern duration_for[] = {
	{ "\\b(?:original|initial|base) (?:contract )?(?:term|period|ordering period)\\b[^;]{0,90}$", 90, NULL, NULL },
	{ "\\b(?:term|duration|length|period) of (?:the |this |any |a )?(?:resulting |proposed |awarded )?" CONTRACT
	  "\\b[^;]{0,80}$",
	  88, NULL, NULL },
	{ "\\b(?:the|our|this|its) term (?:is|will be|shall be|runs|would be)\\b[^;.]{0,40}$", 84, NULL, NULL },
	{ "\\bperiods? of performance\\b[^;]{0,80}$|\\bordering period\\b[^;]{0,80}$", 90, NULL, NULL },
	{ "\\b" CONTRACT " (?:term|period|duration|length)\\b[^;]{0,80}$", 88, NULL, NULL },
	{ "\\b" CONTRACT
	  "\\b.{0,60}\\b(?:remain in (?:force|effect)|be in effect|be effective|run|runs|last|lasts|is let|is awarded|be let|be awarded)\\b.{0,60}$",
	  88, NULL, NULL },
	{ "\\b" CONTRACT
	  "\\b.{0,60}\\b(?:shall be|will be|is|are|of|for)\\b(?: (?:a|an|the|for|period|term|of|fixed|total|initial|maximum|up|to|approximately|about)\\b)*\\W*$",
	  80, NULL, NULL },
	{ "\\b(?:project|work|works|services?|assignment)\\b.{0,40}\\b(?:completed?|finished|delivered|carried out|provided|performed)\\b.{0,20}\\b(?:within|over|in)\\b.{0,30}$",
	  80, NULL, NULL },
	{ "\\b(?:vertrags?laufzeit|laufzeit|vertragsdauer|dauer des (?:vertrags|auftrags)|grundlaufzeit|(?:mindest|erst|fest)(?:vertrags)?laufzeit)\\b.{0,80}$",
	  90, NULL, NULL },
	{ "\\b(?:vertrag|rahmenvereinbarung|rahmenvertrag|auftrag)\\b.{0,60}\\b(?:dauer|zeitraum|laufzeit|läuft|für)\\b.{0,30}$",
	  84, NULL, NULL },
	{ "\\b(?:lieferzeit|bauzeit|ausführungs(?:zeit|frist|dauer)|leistungszeit(?:raum)?|projektlaufzeit|bearbeitungszeit)\\b.{0,40}$",
	  78, NULL, NULL },
	{ "\\b(?:vertrag\\w*|vereinbarung\\w*|wartung\\w*|pflege\\w*|betrieb\\w*|leistung\\w*|auftrag\\w*|dienst\\w*)\\b[^.;]{0,40}\\b(?:läuft|laufen|gilt|gelten|dauert|dauern)\\b[^;]{0,40}$",
	  80, NULL, NULL },
	{ "\\b(?:for|over) an? (?:\\w+ )?(?:period|term|duration) of (?:up to |approximately |a maximum of )?$", 76,
	  NULL, NULL },
	{ "\\b(?:umfasst|erstreckt sich (?:über|auf)) (?:\\p{L}+ )?(?:zeitraum|dauer) von $", 76, NULL, NULL },
	{ "\\bwird für (?:die dauer von |zunächst )?$|\\bfür (?:die dauer|einen zeitraum) von $", 74, NULL, NULL },
	{ "^\\W*(?:[\\w.]{1,8}\\W+)?(?:contract |agreement )?(?:term|duration|dauer)\\W*$", 84, NULL, NULL },
};

/* Lengths of other things: said before it, or in the same breath behind it. */
/* The cell beside a length. */
static struct pattern duration_label = {
	"^(?=.{1,70}$)(?=.*(?:\\bduration|\\bterm of\\b|contract (?:term|period|length)|period of (?:contract|performance|service|engagement)|laufzeit|vertragsdauer|\\bdauer\\b|"
	"time for completion|completion period))",
	86, NULL, NULL
};

static struct pattern no_duration[] = {
	{ "valid|bindefrist|warrant|guarantee|gewährleist|insur|experience|payment|invoice|notice\\b|terminat|kündig|record|retain|retention|\\b(?:the|in|over|during|within) (?:past|last|previous)\\b|"
	  "references?|mängel|verjähr|penalt|hours|confiden|audit|prior to|after (?:the )?(?:end|expir)|offer|award(?:ed)? within|\\bbid |proposal|"
	  "turnover|financial|non-?compete|negotiat|letzten|vergangenen|bisherige|versicher|haftpflicht|bürgschaft|aufbewahr|umsatz|referenz|zahlung|rechnung|einspruch|service level",
	  1, NULL, NULL },
	{ "\\bseit\\W*$|\\bgarantie|\\bfrist\\b|\\b(?:remedy|cure|respond|probation|transition|training|months? prior|older than|at least once)\\b",
	  1, NULL, NULL },
};
/* "five-year contract", "4 Jahre Vertragslaufzeit" */
static struct pattern duration_behind = {
	"^[ -]*(?:(?:fixed|long|initial|framework|service|supply|maintenance|managed|term|firm|single) )*"
	"(?:contract|agreement|framework|engagement|term\\b|vertragslaufzeit|laufzeit|rahmenvertrag|rahmenvereinbarung)",
	0, NULL, NULL
};
/* "Laufzeit in Monaten", "Contract term (years)": the unit stands with the label. */
static struct pattern unit_label = {
	"^\\W*(?:[\\d.]+ )?(?:vertrags?laufzeit|laufzeit|vertragsdauer|dauer|contract (?:term|period|duration|length)|term|duration|period)"
	"[^:|]{0,20}\\b(?:in )?\\(?(?<unit>monaten?|jahren?|months?|years?)\\)?(?=\\s*:|$)",
	0, NULL, NULL
};
static struct pattern no_duration_behind = {
	"^\\W*(?:prior|before|after (?:the )?(?:end|expir|terminat)|of experience|notice|warranty|old\\b|vor |nach (?:ende|ablauf)|experience|history)",
	0, NULL, NULL
};

static struct pattern extends = { PASSAGE_EXTENSION, 0, NULL, NULL };

static struct pattern period_at = { "\\b" PERIOD, 0, NULL, NULL };
static struct pattern option_behind = {
	"^[ -]*(?:additional |renewal |extension )*(?:options?|extensions?|renewals?)\\b", 0, NULL, NULL
};
void fields_duration_preload(void)
{
	range_preload();
	passage_preload();
	pattern_compile(duration_for, N_ELEMS(duration_for));
	pattern_compile(no_duration, N_ELEMS(no_duration));
	pattern_compile(&no_duration_behind, 1);
	pattern_compile(&duration_behind, 1);
	pattern_compile(&unit_label, 1);
	pattern_compile(&duration_label, 1);
	pattern_compile(&period_at, 1);
	pattern_compile(&extends, 1);
	pattern_compile(&option_behind, 1);
}

#define MOST_LABEL  80  /* bytes of a line that begins with the label of a length */
#define MOST_BEFORE 140 /* bytes before a length of time that may say what it is */

static int label_score(const char *label)
{
	return MAX(pattern_score(PATTERN_BEST(duration_for, label)),
		   pattern_match(&duration_label, label) ? duration_label.score : 0);
}

/* The words that may say what a length of time is: those before it, or the cell beside it. */
static int span_score(const struct passage *s, const struct period *at, char **label, int *label_line)
{
	int cut = MAX(0, at->from - MOST_BEFORE);
	auto_free char *before = NULL;
	int score;

	while (cut < at->from && (s->text[cut] & 0xC0) == 0x80)
		cut++;
	before = g_strndup(s->text + cut, (gsize)(at->from - cut));
	score = pattern_score(PATTERN_BEST(duration_for, before));
	if (score == 0 && pattern_match(&duration_behind, s->text + at->to))
		score = 84;
	*label_line = -1;
	*label = NULL;
	if (PATTERN_BEST(no_duration, before) || pattern_match(&no_duration_behind, s->text + at->to))
		return 0;
	if (score == 0 && at->from < 24) {
		*label = page_left(s->page, s->block, block_line(s->block, s->at + at->from), label_line);
		score = *label && !PATTERN_BEST(no_duration, *label) ? label_score(*label) : 0;
	}
	return score;
}

/* Words that stand nearer than those of the term make it an option: "three years with an option of one year". */
static bool is_option(const struct passage *s, const struct period *at)
{
	auto_free char *before = g_strndup(s->text, (gsize)at->from);
	GMatchInfo *m = pattern_find(&extends, before, 0);
	bool is = false;

	for (int from; m && g_match_info_matches(m); g_match_info_next(m, NULL)) {
		if (g_match_info_fetch_pos(m, 0, &from, NULL))
			is = is || at->from - from < 120;
	}
	g_match_info_free(m);
	return is || pattern_match(&option_behind, s->text + at->to);
}

static void add_span(struct choice *c, const struct passage *s, const struct period *at)
{
	int label_line, score, months = period_months(at);
	auto_free char *label = NULL, *quote = NULL, *key = NULL, *value = NULL;
	json_t *fact;

	if (is_option(s, at))
		return;
	score = span_score(s, at, &label, &label_line);
	if (score == 0 || (months == 0 && score < 84))
		return;
	value = g_strndup(s->text + at->from, (gsize)(at->to - at->from));
	quote = fact_quote(s->page, s->block, s->at + at->from, s->at + at->to);
	if (label) {
		auto_free char *cell = steal(quote);

		quote = fact_pair(page_line(s->page, label_line)->text, cell);
	}
	key = months ? g_strdup_printf("%d", months) : g_strdup(value);
	fact = json_pack("{s:s, s:o, s:n, s:n, s:n}", "value", value, "months",
			 months ? json_integer(months) : json_null(), "option_months", "start", "end");
	if (!fact_place(s->d, fact, s->page, quote))
		score = 0;
	choice_add(c, fact, score - (s->page->number > 40 ? 10 : 0) - (months ? 0 : 12), key);
}

/* "3+1+1 years" counts its first number; the others are options. */
static void first_of_sum(const char *text, struct period *at)
{
	for (int i = at->from; i > 0;) {
		while (i > 0 && text[i - 1] == ' ')
			i--;
		if (i < 2 || text[i - 1] != '+')
			return;
		for (i--; i > 0 && text[i - 1] == ' ';)
			i--;
		while (i > 0 && g_ascii_isdigit(text[i - 1]))
			i--;
		if (!g_ascii_isdigit(text[i]))
			return;
		at->from = i;
		at->n = atoi(text + i);
	}
}

static void add_spans(void *arg, const struct passage *s)
{
	GMatchInfo *m = pattern_find(&period_at, s->text, 0);

	for (; m && g_match_info_matches(m); g_match_info_next(m, NULL)) {
		struct period at;

		if (!period_take(m, &at))
			continue;
		first_of_sum(s->text, &at);
		add_span(arg, s, &at);
	}
	g_match_info_free(m);
}

/* "Laufzeit in Monaten | 24" */
static void add_labelled(struct choice *c, const struct doc *d, const struct page *p, int k)
{
	GMatchInfo *m = pattern_find(&unit_label, page_line(p, k)->text, 0);
	auto_free char *unit = m ? g_match_info_fetch_named(m, "unit") : NULL;
	struct labelled l;
	int n;

	g_match_info_free(m);
	if (!unit || !label_value(p, k, &unit_label, &l))
		return;
	n = atoi(l.value) * (strchr("yYjJ", unit[0]) ? 12 : 1);
	if (n > 0 && n <= 600 && text_words(l.value) <= 1) {
		auto_free char *key = g_strdup_printf("%d", n), *value = g_strdup_printf("%s %s", l.value, unit);
		json_t *fact = json_pack("{s:s, s:i, s:n, s:n, s:n}", "value", value, "months", n, "option_months",
					 "start", "end");

		choice_add(c, fact, fact_place(d, fact, p, l.quote) ? 88 : 0, key);
	}
	labelled_release(&l);
}

static void add_all_labelled(struct choice *c, const struct doc *d)
{
	for (unsigned i = 0; i < d->pages->len; i++) {
		const struct page *p = doc_page(d, i);

		for (int k = 0; p->readable && k < (int)p->lines->len; k++) {
			const char *text = page_line(p, k)->text;

			if (strlen(text) < MOST_LABEL &&
			    (strcasestr(text, "mon") || strcasestr(text, "jahr") || strcasestr(text, "year")))
				add_labelled(c, d, p, k);
		}
	}
}

static void add_months_of_options(const struct doc *d, json_t *fact)
{
	json_t *options = field_options(d), *months = json_object_get(options, "months");

	if (fact_confidence(options) >= 60 && json_is_integer(months))
		json_object_set(fact, "option_months", months);
	json_decref(options);
}

json_t *field_duration(const struct doc *d)
{
	auto_choice *c = choice_new();
	json_t *fact, *range = range_find(d);

	passage_each(d, add_spans, c);
	add_all_labelled(c, d);
	fact = choice_take_listing(c);
	if (fact && range) {
		json_object_set(fact, "start", json_object_get(range, "start"));
		json_object_set(fact, "end", json_object_get(range, "end"));
	}
	if (!fact || (range && fact_confidence(range) > fact_confidence(fact) + 8)) {
		json_decref(fact);
		fact = json_incref(range);
	}
	json_decref(range);
	if (fact)
		add_months_of_options(d, fact);
	return fact;
}
