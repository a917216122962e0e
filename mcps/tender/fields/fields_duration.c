/* How long the contract runs. */
#include <stdio.h>
#include <stdlib.h>

#include "dated.h"
#include "fact.h"
#include "fields.h"
#include "label.h"
#include "passage.h"
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
	{ "\\bperiods? of performance\\b[^;]{0,80}$|\\bordering period\\b[^;]{0,80}$", 90, NULL, NULL },
	{ "\\b" CONTRACT " (?:term|period|duration|length)\\b[^;]{0,80}$", 88, NULL, NULL },
	{ "\\b" CONTRACT
	  "\\b.{0,60}\\b(?:remain in (?:force|effect)|be in effect|be effective|run|runs|last|lasts|is let|is awarded|be let|be awarded)\\b.{0,60}$",
	  88, NULL, NULL },
	{ "\\b" CONTRACT
	  "\\b.{0,60}\\b(?:shall be|will be|is|are|of|for)\\b(?: (?:a|an|the|for|period|term|of|fixed|total|initial|maximum|up|to|approximately|about)\\b)*\\W*$",
	  80, NULL, NULL },
	{ "\\b(?:project|work|works|services?|assignment)\\b.{0,40}\\b(?:completed?|finished|delivered|carried out)\\b.{0,20}\\bwithin\\b.{0,30}$",
	  80, NULL, NULL },
	{ "\\b(?:vertrags?laufzeit|laufzeit|vertragsdauer|dauer des (?:vertrags|auftrags)|grundlaufzeit|(?:mindest|erst|fest)(?:vertrags)?laufzeit)\\b.{0,80}$",
	  90, NULL, NULL },
	{ "\\b(?:vertrag|rahmenvereinbarung|rahmenvertrag|auftrag)\\b.{0,60}\\b(?:dauer|zeitraum|laufzeit|läuft|für)\\b.{0,30}$",
	  84, NULL, NULL },
	{ "\\b(?:lieferzeit|bauzeit|ausführungs(?:zeit|frist|dauer)|leistungszeit(?:raum)?|projektlaufzeit|bearbeitungszeit)\\b.{0,40}$",
	  78, NULL, NULL },
	{ "\\bfor an? (?:\\w+ )?(?:period|term|duration) of (?:up to |approximately |a maximum of )?$", 76, NULL,
	  NULL },
	{ "\\b(?:umfasst|erstreckt sich (?:über|auf)) (?:\\p{L}+ )?(?:zeitraum|dauer) von $", 76, NULL, NULL },
	{ "\\bwird für (?:die dauer von |zunächst )?$|\\bfür (?:die dauer|einen zeitraum) von $", 74, NULL, NULL },
	{ "^\\W*(?:[\\w.]{1,8}\\W+)?(?:contract |agreement )?(?:term|duration|dauer)\\W*$", 84, NULL, NULL },
};

/* Lengths of other things: said before it, or in the same breath behind it. */
static struct pattern no_duration[] = {
	{ "valid|bindefrist|warrant|guarantee|gewährleist|insur|experience|payment|invoice|notice\\b|terminat|kündig|record|retain|retention|past\\b|last\\b|previous|"
	  "references?|mängel|verjähr|penalt|hours|confiden|audit|prior to|after (?:the )?(?:end|expir)|offer|award(?:ed)? within|\\bbid |proposal|"
	  "turnover|financial|non-?compete|negotiat|letzten|vergangenen|bisherige|versicher|haftpflicht|bürgschaft|aufbewahr|umsatz|referenz|zahlung|rechnung|einspruch|service level",
	  1, NULL, NULL },
	{ "\\b(?:remedy|cure|respond|probation|transition|training|months? prior|older than|at least once)\\b", 1, NULL,
	  NULL },
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

static struct pattern extends = { "\\b" PASSAGE_EXTENDS "\\w*|\\bverläng", 0, NULL, NULL };

static struct pattern start_labels[] = {
	{ "datum des beginns|beginn der (?:ausführung|leistung|vertragslaufzeit)|vertragsbeginn|leistungsbeginn|laufzeit (?:von|ab|vom)\\b|"
	  "(?:contract|anticipated|expected|estimated|project|term) (?:contract )?(?:start|commencement)(?: date)?|commencement date|leistungszeitraum|^\\W*beginn:?\\W*$",
	  88, NULL, NULL },
};
static struct pattern end_labels[] = {
	{ "enddatum der laufzeit|enddatum|fertigstellung oder dauer|ende der (?:ausführung|leistung|vertragslaufzeit)|vertragsende|leistungsende|"
	  "(?:contract|term) (?:end|expiration)(?: date)?|vollendung der ausführung|\\bbis (?:zum)?\\s*$|^\\W*ende:?\\W*$|sind bis (?:zum )?$",
	  88, NULL, NULL },
};

/* Two dates that are one period, by the words before the first and those between them. */
static struct pattern range_before = {
	"(?:contract|agreement|term|period of performance|services?|work|vertrag|laufzeit|leistung|ausführung|auftrag|beginn|zeitraum)\\w*\\b",
	0, NULL, NULL
};
static struct pattern range_between = {
	"^\\W*(?:(?:until|to|through|till|bis(?: zum)?|and (?:it )?(?:shall |will )?(?:ends?|expires?|runs? (?:to|until|through))(?: on)?|und endet am|ende:?|end date:?)\\b)?\\W*$",
	0, NULL, NULL
};
static struct pattern no_range = {
	"deadline|due|meeting|visit|question|proposal|\\bbids?\\b|record|holiday|interview|besichtigung|angebot|frage|verhandlung|ferien|referen[cz]|umsatz|"
	"deliver\\w* .{0,40}between|fiscal|gesch.ftsjahr",
	0, NULL, NULL
};
static struct pattern month_range = {
	"(?<![\\d/.])(?<m1>0?[1-9]|1[0-2])[/.](?<y1>20\\d\\d)\\s*(?:-|–|—|to|bis)\\s*(?<m2>0?[1-9]|1[0-2])[/.](?<y2>20\\d\\d)(?![\\d/])",
	0, NULL, NULL
};
static struct pattern period_at = { "\\b" PERIOD, 0, NULL, NULL };
static struct pattern option_behind = {
	"^[ -]*(?:additional |renewal |extension )*(?:options?|extensions?|renewals?)\\b", 0, NULL, NULL
};
void fields_duration_preload(void)
{
	passage_preload();
	pattern_compile(duration_for, N_ELEMS(duration_for));
	pattern_compile(no_duration, N_ELEMS(no_duration));
	pattern_compile(&no_duration_behind, 1);
	pattern_compile(&duration_behind, 1);
	pattern_compile(&unit_label, 1);
	pattern_compile(&period_at, 1);
	pattern_compile(&extends, 1);
	pattern_compile(&option_behind, 1);
	pattern_compile(start_labels, N_ELEMS(start_labels));
	pattern_compile(end_labels, N_ELEMS(end_labels));
	pattern_compile(&range_before, 1);
	pattern_compile(&range_between, 1);
	pattern_compile(&no_range, 1);
	pattern_compile(&month_range, 1);
}

#define MOST_LABEL  80  /* bytes of a line that begins with the label of a length */
#define MOST_BEFORE 140 /* bytes before a length of time that may say what it is */

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
		score = *label && !PATTERN_BEST(no_duration, *label) ? pattern_score(PATTERN_BEST(duration_for, *label))
								     : 0;
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

/* A date that a label calls the beginning or the end; the least beginning and the last end of all lots. */
struct bound {
	bool found;
	struct date date;
	const struct page *page;
	char *quote;
};

struct bounds {
	struct bound start, end;
};

static bool is_bound(const struct dated *dt, struct pattern *labels, size_t n, bool *beside)
{
	*beside = *dt->label && pattern_best(labels, n, dt->label);
	return *beside || (*dt->near && !dt->above && pattern_best(labels, n, dt->near));
}

static void take_bound(const struct dated *dt, bool beside, int sign, struct bound *out)
{
	auto_free char *quote = NULL;

	if (out->found && sign * date_order(&dt->date, &out->date) >= 0)
		return;
	quote = dated_quote(dt, beside);
	if (!fact_stands(dt->page, quote))
		return;
	g_free(out->quote);
	*out = (struct bound){ true, dt->date, dt->page, steal(quote) };
}

static void find_bound(void *arg, const struct dated *dt)
{
	struct bounds *b = arg;
	bool beside;

	if (is_bound(dt, start_labels, N_ELEMS(start_labels), &beside))
		take_bound(dt, beside, 1, &b->start);
	else if (is_bound(dt, end_labels, N_ELEMS(end_labels), &beside))
		take_bound(dt, beside, -1, &b->end);
}

static json_t *range_fact(const char *start, const char *end, int months)
{
	auto_free char *value = g_strdup_printf("%s to %s", start, end);

	return json_pack("{s:s, s:o, s:n, s:s, s:s}", "value", value, "months",
			 months ? json_integer(months) : json_null(), "option_months", "start", start, "end", end);
}

/* From the first day of a month of the contract to the last: 1 May to 30 April; 0 where days are left over. */
static int whole_months(const struct date *from, const struct date *to)
{
	GDate day;

	g_date_set_dmy(&day, (GDateDay)to->day, (GDateMonth)to->month, (GDateYear)to->year);
	g_date_add_days(&day, 1);
	if (g_date_get_day(&day) != from->day)
		return 0;
	return 12 * ((int)g_date_get_year(&day) - from->year) + (int)g_date_get_month(&day) - from->month;
}

static json_t *days_fact(const struct date *from, const struct date *to)
{
	struct date a = *from, b = *to;
	char start[DATE_TEXT_BYTES], end[DATE_TEXT_BYTES];

	a.hour = b.hour = -1;
	return range_fact(date_format(&a, start), date_format(&b, end), whole_months(&a, &b));
}

static void add_bounds(struct choice *c, const struct doc *d)
{
	struct bounds b = { 0 };

	dated_each(d, find_bound, &b);
	if (b.start.found && b.end.found && date_order(&b.start.date, &b.end.date) < 0) {
		json_t *fact = days_fact(&b.start.date, &b.end.date);

		choice_add(c, fact, fact_place(d, fact, b.start.page, b.start.quote) ? 84 : 0, "bounds");
	}
	g_free(b.start.quote);
	g_free(b.end.quote);
}

/* "Leistungszeitraum | vom … bis zum …": label and value, NULL where the cell beside says something else. */
static char *range_cell(const struct page *p, const struct block *b, const struct date *one, const struct date *two)
{
	int line;
	auto_free char *label = one->from < 16 ? page_left(p, b, block_line(b, one->from), &line) : NULL, *value = NULL;

	if (!label || !pattern_match(&range_before, label))
		return NULL;
	value = fact_quote(p, b, one->from, two->to);
	return fact_pair(page_line(p, line)->text, value);
}

/* "The contract begins on … and ends on …", "vom … bis zum …" */
static void add_range(struct choice *c, const struct doc *d, const struct page *p, const struct block *b)
{
	GArray *dates = dates_scan(b->text, d->day_first);

	for (unsigned i = 0; i + 1 < dates->len; i++) {
		const struct date *one = &g_array_index(dates, struct date, i), *two = one + 1;
		auto_free char *before = g_strndup(b->text + MAX(0, one->from - 80), (gsize)MIN(one->from, 80)),
			       *between = g_strndup(b->text + one->to, (gsize)MAX(two->from - one->to, 0)),
			       *quote = NULL;
		auto_free char *valid = g_utf8_make_valid(before, -1);
		json_t *fact;

		if (one->hour >= 0 || two->hour >= 0 || date_order(one, two) >= 0 ||
		    !pattern_match(&range_between, between))
			continue;
		quote = pattern_match(&range_before, valid) ? fact_quote(p, b, one->from, two->to)
							    : range_cell(p, b, one, two);
		if (!quote || pattern_match(&no_range, quote))
			continue;
		fact = days_fact(one, two);
		choice_add(c, fact, fact_place(d, fact, p, quote) ? 82 : 0, "range");
	}
	g_array_unref(dates);
}

/* "(07/2025-09/2026)" */
static void add_month_range(struct choice *c, const struct doc *d, const struct page *p, const struct block *b)
{
	GMatchInfo *m = pattern_find(&month_range, b->text, 0);
	int n[4], from, to;
	char start[16], end[16];

	if (m && g_match_info_fetch_pos(m, 0, &from, &to)) {
		static const char *const names[] = { "m1", "y1", "m2", "y2" };
		auto_free char *quote = fact_quote(p, b, from, to);
		json_t *fact;

		for (size_t i = 0; i < N_ELEMS(names); i++) {
			auto_free char *digits = g_match_info_fetch_named(m, names[i]);

			n[i] = atoi(digits);
		}
		snprintf(start, sizeof(start), "%04d-%02d", n[1], n[0]);
		snprintf(end, sizeof(end), "%04d-%02d", n[3], n[2]);
		fact = range_fact(start, end, 12 * (n[3] - n[1]) + n[2] - n[0] + 1);
		choice_add(c, fact, strcmp(start, end) < 0 && fact_place(d, fact, p, quote) ? 74 : 0, "months");
	}
	g_match_info_free(m);
}

static json_t *find_range(const struct doc *d)
{
	auto_choice *c = choice_new();

	add_bounds(c, d);
	for (unsigned i = 0; i < d->pages->len; i++) {
		const struct page *p = doc_page(d, i);

		for (unsigned k = 0; p->readable && k < p->blocks->len; k++) {
			const struct block *b = page_block(p, (int)k);

			if (!dated_plain(b->text))
				continue;
			add_range(c, d, p, b);
			add_month_range(c, d, p, b);
		}
	}
	return choice_take(c);
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
	json_t *fact, *range = find_range(d);

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
