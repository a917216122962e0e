/* By how much a contract may be extended, and how many times. */
#include <stdlib.h>

#include "fact.h"
#include "fields.h"
#include "passage.h"
#include "tender/text/pattern.h"
#include "tender/text/periods.h"

static struct pattern extends = { PASSAGE_EXTENSION, 0, NULL, NULL };

/* What is extended is something else. */
static struct pattern no_option = {
	"deadline|due date|closing|submission|proposals?\\b.{0,40}\\bexten|warrant|purchase option|insur|angebotsfrist|ausführungsfrist|bindefrist|"
	"bid validity|extension (?:of|in) time|time extension|dateiname|file ext|telephone|optional (?:items?|services?)|leave\\b|validity",
	0, NULL, NULL
};

#define TIMES "(?<times>\\d{1,2}|" PERIOD_WORDS ")(?:\\s*\\(\\d{1,2}\\))?"
#define WHICH \
	"(?:[ -](?:additional|optional|further|successive|consecutive|more|single|separate|possible|renewal|extension|option))*"
#define TERMS "(?:terms?|periods?|extensions?|renewals?|options?)"

/* How options are counted; times is how many, PERIOD how long each is unless all says that it is the sum. */
static struct pattern options_at[] = {
	{ "\\b" TIMES " ?(?:x|×|mal) ?(?:je )?" PERIOD, 0, NULL, NULL },
	{ "(?<![\\d.])(?<plus>\\d(?: ?\\+ ?\\d)+) ?-?(?<unit>years?|months?|jahre?|monate?)\\b", 0, "plus", NULL },
	{ "\\b" TIMES " (?:\\p{L}+ )?(?:verlängerung|option)\\w*\\b[^.;]{0,40}?\\b" PERIOD, 0, NULL, NULL },
	{ "\\b" TIMES WHICH "[ -]" PERIOD "[ -]*(?:long )?" WHICH "[ -]*(?:" TERMS "|to (?:extend|renew))", 0, NULL,
	  NULL },
	{ "\\b" TIMES WHICH "[ -]" TERMS "\\b[^.;]{0,40}?\\b" PERIOD, 0, NULL, NULL },
	{ "\\b(?<times>ein|zwei|drei|vier|fünf|\\d)[ -]?mal(?:ig)?\\b[^.;]{0,60}?\\b(?:um )?(?:jeweils |je |weitere )*" PERIOD,
	  0, NULL, NULL },
	{ "\\b(?:jeweils |je )" PERIOD "\\b[^.;]{0,40}?\\b(?<times>ein|zwei|drei|vier|fünf|\\d)[ -]?mal", 0, NULL,
	  NULL },
	{ "\\b(?<n>\\d|" PERIOD_WORDS ")(?:\\s*\\((?<digits>\\d)\\))?" WHICH
	  "[ -]option(?:al)?[ -](?<unit>years?|months?)",
	  0, "all", NULL },
	/* "by 12 months, with a maximum of two such extensions" */
	{ PASSAGE_EXTENDS
	  "\\w*\\b[^.;]{0,100}?\\b" PERIOD
	  "[^.;]{0,50}?\\b(?:maximum of|up to|at most|no more than|not more than|on|höchstens|maximal) " TIMES
	  " (?:such |separate |of these |solche[rn]? )?(?:extensions?|occasions?|periods?|terms?|times|mal|verlängerungen)",
	  0, NULL, NULL },
	/* "up to three times for 12 months each" */
	{ "(?J)" PASSAGE_EXTENDS "\\w*\\b[^.;]{0,60}?\\b(?:" TIMES
	  " times|(?<times>once|twice|thrice))\\b[^.;]{0,30}?\\b(?:by|for|of)\\b[^.;]{0,30}?\\b" PERIOD,
	  0, NULL, NULL },
	{ "(?:\\b(?:continue|carry on|go on|weiter\\w*) (?:for|um|für)|" PASSAGE_EXTENDS
	  "\\w*)\\b[^.;]{0,100}?\\b" PERIOD "(?:\\W+(?<step>one|1|annual|yearly)[ -](?:year|basis))?",
	  0, "all", NULL },
	{ "\\b" PERIOD "[ -]*" WHICH "[ -]*(?:" TERMS ")\\b", 0, "all", NULL },
	{ "\\b" PERIOD "\\b[^.;]{0,60}(?:\\bverläng|\\boptional)", 0, "all", NULL },
	{ "\\b" PASSAGE_EXTENDS "\\w*\\b[^.;]{0,40}?\\b" TIMES WHICH "[ -](?:seasons?|terms?|times|periods?|saisons?)",
	  0, "count", NULL },
	{ "\\b(?<times>ein|zwei|drei|vier|fünf|\\d)[ -]?mal(?:ig)?\\b[^.;]{0,40}?\\b\\p{L}*(?:saison(?:en)?|schuljahre?|semester|spielzeit(?:en)?|winter|vegetationsperioden?)\\b",
	  0, "count", NULL },
	{ "\\bverläng\\w*\\b[^.;]{0,60}?\\bum " TIMES
	  "(?: weitere\\w*)? \\p{L}*(?:saison(?:en)?|schuljahre?|semester|spielzeit(?:en)?|winter|vegetationsperioden?)\\b",
	  0, "count", NULL },
	{ "\\bmaximale verlängerungen: (?<times>[1-9]\\d?)\\b", 0, "count", NULL },
};
/* "and then for a further term of one year": what comes on top of the first. */
static struct pattern on_top = {
	"^[^.;]{0,20}\\b(?:and|then|und|danach|sowie|followed by)\\b[^.;]{0,40}?\\b(?:further|additional|second|third|another|weitere\\w*|zweite\\w*)\\b[^.;\\d]{0,40}?\\b" PERIOD,
	0, NULL, NULL
};
/* Each step is one of some number that is not said. */
static struct pattern open_ended = {
	"\\b(?:jeweils|at a time|each time|year[ -](?:by|to)[ -]year|automatically|automatisch|stillschweigend|längstens|periods?)\\b",
	0, NULL, NULL
};
/* "by up to 24 months in periods of 12 months" */
static struct pattern each_of = {
	"\\b(?:in|as) (?:\\w+ )?(?:periods?|increments?|steps?|tranches|blocks?|terms?|extensions?|schritten) (?:of|von|of up to)(?: je| jeweils)? " PERIOD,
	0, NULL, NULL
};
static struct pattern each_year = {
	"\\b(?:one year at a time|one-year (?:increments?|periods?|terms?)|annual(?:ly)? (?:basis|renew)|jährlich|um jeweils ein(?:es)? jahr)",
	0, NULL, NULL
};

static struct pattern option_subject = {
	"\\b(?:contract|agreement|term|period|it|bpa|order|initial|base|city|county|council|buyer|authority|government|vertrag\\w*|er|laufzeit|auftraggeber\\w*|ihn)\\b",
	0, NULL, NULL
};

void fields_options_preload(void)
{
	pattern_compile(&each_of, 1);
	pattern_compile(&on_top, 1);
	pattern_compile(&open_ended, 1);
	pattern_compile(&extends, 1);
	pattern_compile(&no_option, 1);
	pattern_compile(options_at, N_ELEMS(options_at));
	pattern_compile(&each_year, 1);
	pattern_compile(&option_subject, 1);
}

#define MOST_CELL 60 /* bytes of a cell that is about nothing else */

struct options {
	int months, count; /* 0 where that is not said */
	int from, to;      /* bytes of the passage */
	bool open;         /* there may be more */
};

/* "3+1+1 years": the first is the term, unless an extension is spoken of before it. */
static bool read_sum(GMatchInfo *m, const char *text, struct options *out)
{
	auto_free char *sum = g_match_info_fetch_named(m, "plus"), *unit = g_match_info_fetch_named(m, "unit"),
		       *before = g_strndup(text, (gsize)out->from);
	bool first = pattern_match(&extends, before);
	int each = strchr("yYjJ", unit[0]) ? 12 : 1;
	gchar **parts = g_strsplit(sum, "+", -1);

	for (gchar **part = parts; *part; part++) {
		if (part == parts && !first)
			continue;
		out->months += atoi(g_strstrip(*part)) * each;
		out->count++;
	}
	g_strfreev(parts);
	return out->months > 0;
}

/* How many there are when months in all come in steps: 1 where that is not said. */
static int count_steps(const char *text, int months)
{
	GMatchInfo *m = pattern_find(&each_of, text, 0);
	struct period step = { 0 };
	int each = m && period_take(m, &step) ? period_months(&step) : 0;

	g_match_info_free(m);
	if (each > 0 && months % each == 0)
		return months / each;
	return pattern_match(&each_year, text) ? months / 12 : 1;
}

static void add_on_top(const char *text, struct options *out)
{
	struct period p;
	GMatchInfo *m;
	int end;

	while ((m = pattern_find(&on_top, text + out->to, 0)) && period_take(m, &p) && period_months(&p) > 0 &&
	       g_match_info_fetch_pos(m, 0, NULL, &end)) {
		out->months += period_months(&p);
		out->count++;
		out->to += end;
		out->open = false;
		g_match_info_free(m);
	}
	g_match_info_free(m);
}

static bool read_options(struct pattern *shape, GMatchInfo *m, const char *text, struct options *out)
{
	auto_free char *times = g_match_info_fetch_named(m, "times");
	struct period p = { 0 };
	int each;

	*out = (struct options){ .count = times && *times ? period_count(times) : 0 };
	if (!g_match_info_fetch_pos(m, 0, &out->from, &out->to))
		return false;
	if (shape->word && streq(shape->word, "plus"))
		return read_sum(m, text, out);
	if (shape->word && streq(shape->word, "count"))
		return out->count > 0;
	if (!period_take(m, &p))
		return false;
	each = period_months(&p);
	out->months = each * (out->count ? out->count : 1);
	if (out->count)
		return out->months > 0;
	out->count = strstr(text + out->from, "ption year") ? p.n : count_steps(text, out->months);
	out->open = out->count == 1 && pattern_match(&open_ended, text + out->from);
	add_on_top(text, out);
	return out->months > 0;
}

static bool find_options(const char *text, struct options *out)
{
	for (size_t i = 0; i < N_ELEMS(options_at); i++) {
		GMatchInfo *m = pattern_find(&options_at[i], text, 0);
		bool found = m && read_options(&options_at[i], m, text, out);

		g_match_info_free(m);
		if (found)
			return true;
	}
	return false;
}

static void keep(struct choice *c, const struct passage *s, const struct options *o, const char *text,
		 const char *quote, int score)
{
	auto_free char *value = g_strndup(text + o->from, (gsize)(o->to - o->from)),
		       *key = g_strdup_printf("%d", o->months ? o->months : -o->count);
	json_t *fact = json_pack("{s:s, s:o, s:o}", "value", value, "months",
				 o->months ? json_integer(o->months) : json_null(), "count",
				 o->count ? json_integer(o->count) : json_null());

	score += (o->months ? 2 : 0) - (o->open ? 24 : 0) - (s->page->number > 40 ? 10 : 0);
	choice_add(c, fact, fact_place(s->d, fact, s->page, quote) ? score : 0, key);
}

/* "Extension options | 2 x 12 months": the cell beside says what the lengths are. */
static void add_cell(struct choice *c, const struct passage *s)
{
	int line, label_line;
	auto_free char *label = NULL, *quote = NULL, *words = NULL;
	struct options o;
	size_t n;

	if (s->at > 0 || strlen(s->text) > MOST_CELL)
		return;
	line = s->block->first;
	label = page_left(s->page, s->block, line, &label_line);
	if (!label || !pattern_match(&extends, label) || pattern_match(&no_option, label))
		return;
	n = strlen(label) + 2;
	words = g_strdup_printf("%s: %s", label, s->text);
	if (!find_options(words, &o) || (size_t)o.to <= n)
		return;
	o.from = MAX(o.from - (int)n, 0);
	o.to -= (int)n;
	quote = fact_pair(page_line(s->page, label_line)->text, page_line(s->page, line)->text);
	keep(c, s, &o, s->text, quote, 80);
}

static void add_options(void *arg, const struct passage *s)
{
	auto_free char *quote = NULL;
	struct options o;

	if (pattern_match(&no_option, s->text))
		return;
	if (!pattern_match(&extends, s->text) && !strchr(s->text, '+')) {
		add_cell(arg, s);
		return;
	}
	if (!find_options(s->text, &o))
		return;
	quote = fact_quote(s->page, s->block, s->at + o.from, s->at + o.to);
	keep(arg, s, &o, s->text, quote, pattern_match(&option_subject, s->text) ? 84 : 66);
}

json_t *field_options(const struct doc *d)
{
	auto_choice *c = choice_new();

	passage_each(d, add_options, c);
	return choice_take_listing(c);
}
