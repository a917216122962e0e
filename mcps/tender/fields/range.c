#include "range.h"

#include <stdlib.h>

#include "dated.h"
#include "fact.h"
#include "tender/text/pattern.h"

static struct pattern start_labels[] = {
	{ "datum des beginns|beginn der (?:ausführung|leistung|vertragslaufzeit|arbeiten|lieferung|bauarbeiten)|(?:ausführungs|bau|liefer|projekt|auftrags)beginn|vertragsstart|projektstart|start date|vertragsbeginn|leistungsbeginn|laufzeit (?:von|ab|vom)\\b|"
	  "(?:contract|anticipated|expected|estimated|project|term) (?:contract )?(?:start|commencement)(?: date)?|commencement date|leistungszeitraum|^\\W*beginn:?\\W*$",
	  88, NULL, NULL },
	{ "\\b(?:work|works|services?|performance|construction)\\b[^.;]{0,20}\\b(?:begin|start|commence)s?\\b[^.;]{0,20}\\b(?:on|after|from)\\W*$|"
	  "\\b(?:arbeiten|leistungen|ausführung)\\b[^.;]{0,20}\\b(?:beginnen|beginnt|ist|sind)\\b[^.;]{0,20}\\bab(?: dem)?\\W*$",
	  80, NULL, NULL },
};
static struct pattern end_labels[] = {
	{ "enddatum der laufzeit|enddatum|fertigstellung oder dauer|\\bfertigstellung(?: (?:der|des) \\p{L}+| aller \\p{L}+)?:?\\W*$|ende der (?:ausführung|leistung|vertragslaufzeit|arbeiten)|vollendung|bauende|projektende|ausführungsende|abschluss der (?:arbeiten|leistung)|completion date|date of completion|expiry date|vertragsende|leistungsende|"
	  "(?:contract|term) (?:end|expiration)(?: date)?|vollendung der ausführung|(?:vertrag\\w*|laufzeit|leistung\\w*|ausführung\\w*|rahmenvereinbarung|auftrag\\w*|zeitraum|arbeiten|maßnahme|lieferung\\w*)\\b[^.;]{0,60}\\bbis(?: zum)?\\s*$|^\\W*bis(?: zum)?:?\\W*$|^\\W*ende:?\\W*$",
	  88, NULL, NULL },
	{ "\\b(?:all |the )?(?:work|works|services?|project|construction)\\b[^.;]{0,30}\\b(?:completed?|finished|concluded)\\b[^.;]{0,25}\\b(?:by|before|than|until)\\W*$",
	  80, NULL, NULL },
};

/* Two dates that are one period, by the words before the first and those between them. */
static struct pattern range_before = {
	"(?:contract|agreement|term|period of performance|services?|work|vertrag|laufzeit|leistung|ausführung|auftrag|beginn|zeitraum|project|errichtung|montage|lieferung|durchführung|erbringung|bauarbeiten|einsatz|appointment|engagement|framework|belieferung|base year|base period|period:?)\\w*\\b",
	0, NULL, NULL
};
/* Words of what is asked for, which may as well be a part of it. */
static struct pattern range_needed = {
	"\\b(?:looking for|needed|required|rent(?:al)?|hire[ds]?|rented|benötig\\w*|gesucht|such(?:t|en)|gemietet|mieten)\\b",
	0, NULL, NULL
};
static struct pattern range_between = {
	"^\\W*(?:(?:until|to|through|till|bis(?: zum)?|and (?:it )?(?:shall |will )?(?:ends?|expires?|runs? (?:to|until|through))(?: on)?|und endet am|ende:?|end date:?)\\b)?\\W*$",
	0, NULL, NULL
};
/* "soll am … beginnen und zunächst bis zum … laufen" */
static struct pattern range_begins = {
	"^[^.;]{0,20}\\b(?:beginn\\w*|beginnen|begins?|start\\w*|commenc\\w*)\\b[^.;]{0,80}\\b(?:bis|ende[nt]?|until|to|through|expires?|ends?)\\b[^.;]{0,60}$",
	0, NULL, NULL
};
/* Nothing but its end is said of the contract. */
static struct pattern end_only = {
	"\\b(?:vertrag|auftrag|contract|agreement|framework)\\b.{0,140}\\b(?:endet|ends?|expires?|läuft bis|runs? until|until|spätestens)\\b.{0,30}$",
	0, NULL, NULL
};
static struct pattern of_others = {
	"\\b(?:existing|current|present|previous|old|bisherig\\w*|derzeitig\\w*|bestehend\\w*|aktuell\\w*|verträge enden)\\b|kündig|option|verläng|extend",
	0, NULL, NULL
};
static struct pattern no_range = {
	"deadline|due|meeting|visit|question|proposal|\\bbids?\\b|record|holiday|interview|besichtigung|angebot|frage|verhandlung|ferien|referen[cz]|umsatz|"
	"deliver\\w* .{0,40}between|fiscal|gesch.ftsjahr",
	0, NULL, NULL
};
#define MONTH_NAME \
	"jan\\w*|jänner|feb\\w*|mar\\w*|märz|apr\\w*|ma[iy]|jun\\w*|jul\\w*|aug\\w*|sep\\w*|o[ck]t\\w*|nov\\w*|de[cz]\\w*"
/* "July 2027 to June 2029" */
static struct pattern named_range = {
	"\\b(?<m1>" MONTH_NAME
	")\\.? (?<y1>20\\d\\d)\\s*(?:-|–|—|to|until|through|bis(?: zum| ende)?|and)\\s*(?:ende |end of |einschließlich )?(?<m2>" MONTH_NAME
	")\\.? (?<y2>20\\d\\d)(?!\\d)",
	0, NULL, NULL
};
static struct pattern month_range = {
	"(?<![\\d/.])(?<m1>0?[1-9]|1[0-2])[/.](?<y1>20\\d\\d)\\s*(?:-|–|—|to|bis)\\s*(?<m2>0?[1-9]|1[0-2])[/.](?<y2>20\\d\\d)(?![\\d/])",
	0, NULL, NULL
};

void range_preload(void)
{
	pattern_compile(start_labels, N_ELEMS(start_labels));
	pattern_compile(end_labels, N_ELEMS(end_labels));
	pattern_compile(&range_before, 1);
	pattern_compile(&range_needed, 1);
	pattern_compile(&range_between, 1);
	pattern_compile(&range_begins, 1);
	pattern_compile(&end_only, 1);
	pattern_compile(&of_others, 1);
	pattern_compile(&no_range, 1);
	pattern_compile(&named_range, 1);
	pattern_compile(&month_range, 1);
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

#define MOST_BETWEEN 24  /* bytes between two dates of which the first has no year */
#define MOST_PIECE   200 /* bytes beside a date that may hold the words and the time of the one before it */
#define MOST_LABEL   60  /* bytes of a label in a sentence, which may begin on the line above */

static bool is_bound(const struct dated *dt, struct pattern *labels, size_t n, bool *beside)
{
	*beside = *dt->label && pattern_best(labels, n, dt->label);
	if (strlen(dt->before) < MOST_LABEL && pattern_best(labels, n, dt->before))
		return true;
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

/* The sentence says before byte at that something is asked for. */
static bool is_needed(const char *text, int at)
{
	int begin = dated_context(text, at);
	auto_free char *words = g_strndup(text + begin, (gsize)MAX(at - begin, 0));

	return pattern_match(&range_needed, words);
}

/* "The contract begins on … and ends on …", "vom … bis zum …" */
static void add_range(struct choice *c, const struct doc *d, const struct page *p, const struct block *b,
		      const struct date *one, const struct date *two)
{
	auto_free char *before = g_strndup(b->text + MAX(0, one->from - 80), (gsize)MIN(one->from, 80)),
		       *between = g_strndup(b->text + one->to, (gsize)MAX(two->from - one->to, 0)), *quote = NULL;
	auto_free char *valid = g_utf8_make_valid(before, -1);
	bool said;
	json_t *fact;

	if (one->hour >= 0 || two->hour >= 0 || date_order(one, two) >= 0 ||
	    (!pattern_match(&range_between, between) && !pattern_match(&range_begins, between)))
		return;
	said = pattern_match(&range_before, valid);
	quote = said || is_needed(b->text, one->from) ? fact_quote(p, b, one->from, two->to)
						      : range_cell(p, b, one, two);
	if (!quote || pattern_match(&no_range, quote))
		return;
	fact = days_fact(one, two);
	choice_add(c, fact, fact_place(d, fact, p, quote) ? said ? 82 : 68 : 0, "range");
}

/* "from 12 April to 30 November 2027": the year of the second is the first's, or the one before. */
static void add_half_range(struct choice *c, const struct doc *d, const struct page *p, const struct block *b,
			   const struct date *two)
{
	const struct date new_year = { .year = two->year, .month = 1, .day = 1 };
	int begin = two->from - MOST_PIECE;
	auto_free char *piece = dated_piece(b->text, &begin, two->to + MOST_PIECE);
	GArray *bare = dates_scan_bare(piece, &new_year);

	for (unsigned i = 0; i < bare->len; i++) {
		struct date one = g_array_index(bare, struct date, i);

		one.from += begin;
		one.to += begin;
		if (one.to > two->from || two->from - one.to > MOST_BETWEEN)
			continue;
		one.year -= date_order(&one, two) > 0;
		add_range(c, d, p, b, &one, two);
	}
	g_array_unref(bare);
}

static void add_ranges(struct choice *c, const struct doc *d, const struct page *p, const struct block *b)
{
	GArray *dates = dates_scan(b->text, d->day_first);

	for (unsigned i = 0; i < dates->len; i++) {
		const struct date *one = &g_array_index(dates, struct date, i);

		if (i + 1 < dates->len)
			add_range(c, d, p, b, one, one + 1);
		add_half_range(c, d, p, b, one);
	}
	g_array_unref(dates);
}

static int month_of(GMatchInfo *m, const char *group)
{
	auto_free char *text = g_match_info_fetch_named(m, group);

	return g_ascii_isdigit(text[0]) ? atoi(text) : dates_month(text);
}

static int year_of(GMatchInfo *m, const char *group)
{
	auto_free char *text = g_match_info_fetch_named(m, group);

	return atoi(text);
}

/* "(07/2025-09/2026)", and "July 2027 to June 2029" where a contract is spoken of. */
static void add_months(struct choice *c, const struct doc *d, const struct page *p, const struct block *b,
		       struct pattern *shape)
{
	GMatchInfo *m = pattern_find(shape, b->text, 0);
	int from, to;

	if (m && g_match_info_fetch_pos(m, 0, &from, &to)) {
		int y1 = year_of(m, "y1"), m1 = month_of(m, "m1"), y2 = year_of(m, "y2"), m2 = month_of(m, "m2");
		auto_free char *quote = fact_quote(p, b, from, to), *start = g_strdup_printf("%04d-%02d", y1, m1),
			       *end = g_strdup_printf("%04d-%02d", y2, m2);
		bool meant = shape == &month_range ||
			     (pattern_match(&range_before, quote) && !pattern_match(&no_range, quote));
		json_t *fact = range_fact(start, end, 12 * (y2 - y1) + m2 - m1 + 1);

		choice_add(c, fact, meant && strcmp(start, end) < 0 && fact_place(d, fact, p, quote) ? 74 : 0,
			   "months");
	}
	g_match_info_free(m);
}

struct ending {
	struct choice *choice;
	const struct doc *doc;
};

/* "The contract ends at the latest on …" */
static void add_ending(void *arg, const struct dated *dt)
{
	struct ending *e = arg;
	char end[DATE_TEXT_BYTES];
	struct date day = dt->date;
	auto_free char *quote = NULL, *value = NULL;
	json_t *fact;

	if (!pattern_match(&end_only, dt->before) || pattern_match(&of_others, dt->before) ||
	    pattern_match(&no_range, dt->before))
		return;
	day.hour = -1;
	quote = dated_quote(dt, false);
	value = g_strdup_printf("until %s", date_format(&day, end));
	fact = json_pack("{s:s, s:n, s:n, s:n, s:s}", "value", value, "months", "option_months", "start", "end", end);
	choice_add(e->choice, fact, fact_place(e->doc, fact, dt->page, quote) ? 62 : 0, end);
}

json_t *range_find(const struct doc *d)
{
	auto_choice *c = choice_new();

	add_bounds(c, d);
	for (unsigned i = 0; i < d->pages->len; i++) {
		const struct page *p = doc_page(d, i);

		for (unsigned k = 0; p->readable && k < p->blocks->len; k++) {
			const struct block *b = page_block(p, (int)k);

			if (!dated_plain(b->text))
				continue;
			add_months(c, d, p, b, &named_range);
			add_ranges(c, d, p, b);
			add_months(c, d, p, b, &month_range);
		}
	}
	if (c->facts->len == 0)
		dated_each(d, add_ending, &(struct ending){ c, d });
	return choice_take(c);
}
