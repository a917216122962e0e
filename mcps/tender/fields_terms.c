/* What the contract is: how long it runs, what it may cost. */
#include <stdio.h>
#include <stdlib.h>

#include "dates.h"
#include "fact.h"
#include "fields.h"
#include "money.h"
#include "pattern.h"
#include "text.h"

#define COUNT_WORDS                                                                                                                            \
	"one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|eighteen|twenty-four|thirty-six|ein(?:e[mrs]?)?|zwei|drei|vier|fünf|" \
	"sechs|sieben|acht|neun|zehn|zwölf"
#define COUNT "(?<n>\\d{1,3}|" COUNT_WORDS ")(?:\\s*\\(\\d{1,3}\\)|\\s*\\([a-z-]+\\))?"
#define UNIT \
	"(?<unit>(?:calendar |contract |kalender)?(?:years?|months?|weeks?|days?|jahre?n?s?|monate?n?|wochen?|tagen?))"
#define SPAN COUNT "[ -]*(?:additional |further |more |successive |full |consecutive )?(?:\\(\\d+\\)\\s*)?" UNIT

static struct pattern duration_at[] = {
	{ "\\b(?:contract|agreement|ordering period|period of performance|initial|original|base|performance|contract) ?(?:term|period|duration)?\\b[^.]{0,120}?\\b"
	  "(?:shall be|will be|is|are|of|for|to|be)\\b[^.]{0,60}?\\b" SPAN,
	  78, NULL, NULL },
	{ "\\b(?:term|duration|length|period) of (?:the |this |any )?(?:contract|agreement|engagement|project|bpa|order|performance)\\b[^.]{0,80}?\\b" SPAN,
	  88, NULL, NULL },
	{ "\\b(?:original|initial|base) (?:contract )?(?:term|period)\\b[^.]{0,60}?\\b" SPAN, 90, NULL, NULL },
	{ "\\bperiod of performance\\b[^.]{0,60}?\\b" SPAN, 90, NULL, NULL },
	{ "\\bordering period\\b[^.]{0,80}?\\b" SPAN, 88, NULL, NULL },
	{ "\\b(?:contract|agreement)\\b[^.]{0,40}\\b(?:remain in force|be in effect|be valid|run)\\b[^.]{0,40}?\\b" SPAN,
	  88, NULL, NULL },
	{ "\\b(?:project|work|services?|assignment)\\b[^.]{0,40}\\b(?:completed?|finished|delivered)\\b[^.]{0,20}\\bwithin\\b[^.]{0,30}?\\b" SPAN,
	  80, NULL, NULL },
	{ "\\b(?:vertrags?laufzeit|laufzeit|vertragsdauer|dauer des (?:vertrags|auftrags))\\b[^.]{0,80}?" SPAN, 90,
	  NULL, NULL },
	{ "\\b(?:vertrag|rahmenvereinbarung)\\b[^.]{0,60}\\b(?:dauer|zeitraum|laufzeit|für)\\b[^.]{0,30}?" SPAN, 82,
	  NULL, NULL },
};

static struct pattern no_duration = {
	"valid|bindefrist|warrant|guarantee|gewährleist|insur|experience|payment|invoice|notice|terminat|kündig|record|retain|retention|past|last|previous|"
	"references?|mängel|verjähr|within \\d+ (?:business )?days|penalt|hours|confiden|audit|prior to|after (?:the )?(?:end|expir)|offer|award(?:ed)? within|bid |proposal|"
	"turnover|financial|non-?compete|negotiat|letzten|vergangenen|umsatz|referenz|frist",
	0, NULL, NULL
};

static struct pattern option_at[] = {
	{ "\\b(?:option|extend|extension|renew|renewal|additional)\\w*\\b[^.]{0,100}?\\b" SPAN, 0, NULL, NULL },
	{ "\\b" SPAN "[ -]*(?:renewal |extension )?options?\\b", 0, NULL, NULL },
	{ "\\b" SPAN "\\b[^.]{0,30}\\bverläng", 0, NULL, NULL },
	{ "(?:verlänger\\w*|option\\w*)\\b[^.]{0,80}?" SPAN, 0, NULL, NULL },
};

/* "up to two additional one-year options": two times a year. */
static struct pattern option_times[] = {
	{ "\\b(?:up to )?(?<times>\\d|one|two|three|four|five|six)(?: \\(\\d\\))? (?:additional |successive |optional )*"
	  "(?<n>one|two|three|1|2|3)(?: ?\\(\\d\\))?[ -](?<unit>year|month)s?\\b[^.]{0,30}\\b(?:option|renewal|extension|period|term)",
	  0, NULL, NULL },
	{ "\\b(?<times>ein|zwei|drei|vier)mal\\b[^.]{0,40}?\\b(?:jeweils |je )" SPAN, 0, NULL, NULL },
};

static struct pattern start_labels[] = {
	{ "datum des beginns|beginn der (?:ausführung|leistung|vertragslaufzeit)|vertragsbeginn|leistungsbeginn|laufzeit (?:von|ab|vom)\\b|"
	  "(?:contract|anticipated|expected|estimated|project|term) (?:contract )?(?:start|commencement)(?: date)?|commencement date|leistungszeitraum",
	  88, NULL, NULL },
};
static struct pattern end_labels[] = {
	{ "enddatum der laufzeit|enddatum|fertigstellung oder dauer|ende der (?:ausführung|leistung|vertragslaufzeit)|vertragsende|leistungsende|"
	  "(?:contract|term) (?:end|expiration)(?: date)?|vollendung der ausführung|\\bbis (?:zum)?\\s*$",
	  88, NULL, NULL },
};

static struct pattern budget_for[] = {
	{ "\\bestimated (?:bid|contract|tender|total|project|procurement)? ?(?:value|cost|amount|price)\\b|geschätzter (?:auftrags|gesamt)?wert|auftragswert|geschätzter wert",
	  88, "estimate", NULL },
	{ "\\bestimates?\\b.{0,80}\\b(?:value|cost|obligations|spend)\\b|\\bvalue of\\b.{0,60}\\bestimated\\b", 86,
	  "estimate", NULL },
	{ "\\bnot[ -]to[ -]exceed\\b|\\bshall not exceed\\b|\\bmay not exceed\\b|\\bceiling\\b|\\bmaximum (?:budget|contract|amount|value|compensation|price)|kostenobergrenze|höchstwert|höchstbetrag|obergrenze",
	  84, "ceiling", NULL },
	{ "\\bwill pay up to\\b|\\bup to\\b.{0,40}\\b(?:available|budget)|\\bbudget(?:ed)?\\b.{0,40}\\bup to\\b", 86,
	  "ceiling", NULL },
	{ "\\bkostenrahmen\\b|\\bbaukosten\\b|\\bgesamtkosten\\b|\\bkostenschätzung\\b", 80, "construction cost frame",
	  NULL },
	{ "\\b(?:project |total |annual |overall |available )?budget\\b|\\bfunding (?:available|of|is)\\b|\\bhas allocated\\b|\\bhaushaltsmittel\\b",
	  82, "budget", NULL },
	{ "\\b(?:contract|order|bpa|project|purchase) value\\b|\\btotal value\\b", 74, "estimate", NULL },
};

static struct pattern no_budget = {
	"deposit|\\bemd\\b|earnest|\\bfees?\\b|guarantee|\\bbond\\b|insur|liabilit|turnover|umsatz(?!steuer)|deckung|versicherung|penalt|damages|deductible|vertragsstrafe|bürgschaft|"
	"revenue|net ?worth|\\btravel (?:ceiling|costs?|budget|expenses?)|\\bper (?:day|hour|month|claim|occurrence|violation|person|accident|incident|user|page)|wage|\\bfines?\\b|sicherheit|threshold|schwellen|"
	"similar|referen[cz]|experience|projects? (?:of|with|worth)|minimum order|discount|micro|bankrupt|sales|salary|nettobausumme|schaden|salar|cost of (?:the )?(?:rfp|tender)|"
	"profit|asset|capital|minimum amount|in an amount|mindest|jahres|geringf|processing|stamp",
	0, NULL, NULL
};

static struct pattern range_joint = { "^\\s*(?:-|–|—|to|and|bis|und)\\s*$", 0, NULL, NULL };

void fields_terms_preload(void)
{
	money_preload();
	pattern_compile(duration_at, N_ELEMS(duration_at));
	pattern_compile(&no_duration, 1);
	pattern_compile(option_at, N_ELEMS(option_at));
	pattern_compile(option_times, N_ELEMS(option_times));
	pattern_compile(start_labels, N_ELEMS(start_labels));
	pattern_compile(end_labels, N_ELEMS(end_labels));
	pattern_compile(budget_for, N_ELEMS(budget_for));
	pattern_compile(&no_budget, 1);
	pattern_compile(&range_joint, 1);
}

static int count_value(const char *word)
{
	static const struct {
		const char *word;
		int n;
	} words[] = {
		{ "one", 1 },     { "two", 2 },     { "three", 3 },     { "four", 4 },         { "five", 5 },
		{ "six", 6 },     { "seven", 7 },   { "eight", 8 },     { "nine", 9 },         { "ten", 10 },
		{ "eleven", 11 }, { "twelve", 12 }, { "eighteen", 18 }, { "twenty-four", 24 }, { "thirty-six", 36 },
		{ "zwei", 2 },    { "drei", 3 },    { "vier", 4 },      { "fünf", 5 },         { "sechs", 6 },
		{ "sieben", 7 },  { "acht", 8 },    { "neun", 9 },      { "zehn", 10 },        { "zwölf", 12 },
	};

	if (g_ascii_isdigit(word[0]))
		return atoi(word);
	for (size_t i = 0; i < N_ELEMS(words); i++) {
		auto_free char *lower = g_utf8_strdown(word, -1);

		if (streq(lower, words[i].word))
			return words[i].n;
	}
	return g_ascii_strncasecmp(word, "ein", 3) == 0 ? 1 : 0;
}

/* The months of a matched span; 0 for days and weeks, which make no whole month. */
static int span_months(GMatchInfo *m)
{
	auto_free char *n = g_match_info_fetch_named(m, "n"), *unit = g_match_info_fetch_named(m, "unit");
	auto_free char *lower = unit ? g_utf8_strdown(unit, -1) : NULL;
	int count = n ? count_value(n) : 0;

	if (!lower)
		return 0;
	if (strstr(lower, "year") || strstr(lower, "jahr"))
		return 12 * count;
	return strstr(lower, "month") || strstr(lower, "monat") ? count : 0;
}

static int option_months(const char *text)
{
	int months = 0;

	for (size_t i = 0; i < N_ELEMS(option_times) && months == 0; i++) {
		GMatchInfo *m = pattern_find(&option_times[i], text, 0);
		auto_free char *times = m ? g_match_info_fetch_named(m, "times") : NULL;

		months = m ? count_value(times) * span_months(m) : 0;
		g_match_info_free(m);
	}
	for (size_t i = 0; i < N_ELEMS(option_at) && months == 0; i++) {
		GMatchInfo *m = pattern_find(&option_at[i], text, 0);

		months = m ? span_months(m) : 0;
		g_match_info_free(m);
	}
	return months;
}

static json_t *months_value(int months)
{
	return months > 0 ? json_integer(months) : json_null();
}

/* The sentence that holds from..to and the one behind it, where the options stand. */
static char *two_sentences(const struct block *b, int from, int to)
{
	const char *begin = b->text, *end = text_sentence(begin);

	while (*end && end - b->text <= from) {
		begin = end + strspn(end, " ");
		end = text_sentence(begin);
	}
	while (*end && end - b->text < to)
		end = text_sentence(end + strspn(end, " "));
	if (*end)
		end = text_sentence(end + strspn(end, " "));
	return g_strndup(begin, (gsize)(end - begin));
}

static void add_span(struct choice *c, const struct doc *d, const struct page *p, const struct block *b, GMatchInfo *m,
		     int score)
{
	auto_free char *value = NULL, *around = NULL, *quote = NULL, *key = NULL, *sentence = NULL;
	int from, to, months = span_months(m), n_from, options;
	json_t *fact;

	if (!g_match_info_fetch_pos(m, 0, &from, &to) || months == 0)
		return;
	sentence = g_strndup(b->text + from, (gsize)(to - from));
	if (pattern_match(&no_duration, sentence))
		return;
	g_match_info_fetch_named_pos(m, "n", &n_from, NULL);
	around = two_sentences(b, from, to);
	quote = fact_quote(p, b, from, to);
	options = option_months(around);
	/* Only the options were found: the sentence says how far the term may be extended, not how long it is. */
	if (options == months && strstr(sentence, "exten"))
		return;
	value = g_strndup(b->text + n_from, (gsize)(to - n_from));
	fact = json_pack("{s:s, s:o, s:o, s:n, s:n}", "value", value, "months", months_value(months), "option_months",
			 months_value(options), "start", "end");
	key = g_strdup_printf("%d", months);
	if (!fact_place(d, fact, p, quote))
		score = 0;
	choice_add(c, fact, score ? score + (options ? 8 : 0) - (p->number > 40 ? 10 : 0) : 0, key);
}

static void add_spans(struct choice *c, const struct doc *d, const struct page *p, const struct block *b)
{
	for (size_t i = 0; i < N_ELEMS(duration_at); i++) {
		GMatchInfo *m = pattern_find(&duration_at[i], b->text, 0);

		if (m)
			add_span(c, d, p, b, m, duration_at[i].score);
		g_match_info_free(m);
	}
}

/* A date that a label calls the beginning or the end. */
struct bound {
	bool found;
	struct date date;
	const struct page *page;
	char *quote;
};

static void take_bound(const struct doc *d, const struct page *p, const struct block *b, const struct date *dt,
		       struct pattern *labels, size_t n, struct bound *out)
{
	int line = block_line(b, dt->from), label_line = -1, start = b->starts[line - b->first];
	auto_free char *label = page_left(p, b, line, &label_line);
	auto_free char *near = g_strndup(b->text + start, (gsize)MAX(dt->from - start, 0));
	auto_free char *quote = fact_quote(p, b, dt->from, dt->to);

	/* The least beginning and the last end of all lots. */
	if (out->found && (labels == start_labels ? date_order(dt, &out->date) >= 0 : date_order(dt, &out->date) <= 0))
		return;
	if (pattern_best(labels, n, near))
		;
	else if (label && pattern_best(labels, n, label)) {
		auto_free char *value = steal(quote);

		quote = fact_pair(page_line(p, label_line)->text, value);
	} else
		return;
	if (!fact_stands(p, quote) || d->pages->len == 0)
		return;
	g_free(out->quote);
	*out = (struct bound){ true, *dt, p, steal(quote) };
}

static void find_bounds(const struct doc *d, struct bound *start, struct bound *end)
{
	for (unsigned i = 0; i < d->pages->len; i++) {
		const struct page *p = doc_page(d, i);

		for (unsigned k = 0; p->readable && k < p->blocks->len; k++) {
			const struct block *b = page_block(p, (int)k);
			GArray *dates = dates_scan(b->text, d->day_first);

			for (unsigned j = 0; j < dates->len; j++) {
				const struct date *dt = &g_array_index(dates, struct date, j);

				take_bound(d, p, b, dt, start_labels, N_ELEMS(start_labels), start);
				take_bound(d, p, b, dt, end_labels, N_ELEMS(end_labels), end);
			}
			g_array_unref(dates);
		}
	}
}

static void set_bound(json_t *fact, const char *key, const struct bound *b)
{
	char text[DATE_TEXT_BYTES];
	struct date day = b->date;

	day.hour = -1;
	json_object_set_new(fact, key, json_string(date_format(&day, text)));
}

static json_t *bounds_fact(const struct doc *d, const struct bound *start, const struct bound *end)
{
	auto_free char *value = NULL;
	char from[DATE_TEXT_BYTES], to[DATE_TEXT_BYTES];
	json_t *fact;

	if (!start->found || !end->found || date_order(&start->date, &end->date) >= 0)
		return NULL;
	value = g_strdup_printf("%s to %s", date_format(&start->date, from), date_format(&end->date, to));
	fact = json_pack("{s:s, s:n, s:n, s:s, s:s, s:i}", "value", value, "months", "option_months", "start", from,
			 "end", to, "confidence", 84);
	if (!fact_place(d, fact, start->page, start->quote)) {
		json_decref(fact);
		return NULL;
	}
	return fact;
}

json_t *field_duration(const struct doc *d)
{
	auto_choice *c = choice_new();
	struct bound start = { 0 }, end = { 0 };
	json_t *fact, *bounds;

	for (unsigned i = 0; i < d->pages->len; i++) {
		const struct page *p = doc_page(d, i);

		for (unsigned k = 0; p->readable && k < p->blocks->len; k++)
			add_spans(c, d, p, page_block(p, (int)k));
	}
	fact = choice_take(c);
	find_bounds(d, &start, &end);
	bounds = bounds_fact(d, &start, &end);
	if (!fact) {
		fact = bounds;
	} else {
		if (bounds && start.found)
			set_bound(fact, "start", &start);
		if (bounds && end.found)
			set_bound(fact, "end", &end);
		json_decref(bounds);
	}
	g_free(start.quote);
	g_free(end.quote);
	return fact;
}

/* The heading over a block: the nearest short block above it on the page. */
static const char *heading_of(const struct page *p, int block)
{
	for (int k = block - 1; k >= 0 && k >= block - 3; k--) {
		const struct block *b = page_block(p, k);

		if (!b->item && b->n == 1 && strlen(b->text) < 60 && !page_line(p, b->first)->bullet)
			return b->text;
	}
	return NULL;
}

static void add_amount(struct choice *c, const struct doc *d, const struct page *p, int block, const GArray *amounts,
		       unsigned i)
{
	const struct block *b = page_block(p, block);
	const struct amount *a = &g_array_index(amounts, struct amount, i), *low = NULL;
	int label_line = -1;
	auto_free char *label = page_left(p, b, block_line(b, a->from), &label_line);
	auto_free char *quote = fact_quote(p, b, a->from, a->to), *key = g_strdup_printf("%lld", (long long)a->value);
	const char *heading = heading_of(p, block);
	struct pattern *is = PATTERN_BEST(budget_for, quote);
	json_t *fact;

	if (!is && label)
		is = PATTERN_BEST(budget_for, label);
	if (!is && heading && text_words(b->text) < 12)
		is = PATTERN_BEST(budget_for, heading);
	if (!is || a->value < 1000 || pattern_match(&no_budget, quote) || (label && pattern_match(&no_budget, label)))
		return;
	if (i > 0) {
		const struct amount *before = &g_array_index(amounts, struct amount, i - 1);
		auto_free char *between = g_strndup(b->text + before->to, (gsize)MAX(a->from - before->to, 0));

		low = pattern_match(&range_joint, between) && before->value < a->value ? before : NULL;
	}
	fact = json_pack("{s:I, s:o, s:s}", "value", (json_int_t)a->value, "currency",
			 a->currency[0] ? json_string(a->currency) : json_null(), "kind", low ? "range" : is->word);
	if (low)
		json_object_set_new(fact, "minimum", json_integer(low->value));
	choice_add(c, fact, fact_place(d, fact, p, quote) ? is->score + (low ? 3 : 0) : 0, key);
}

/* A row of a table says the value without a currency: "Estimated Bid Value  20000000". */
static void add_plain_number(struct choice *c, const struct doc *d, const struct page *p, int block)
{
	const struct block *b = page_block(p, block);
	int label_line = -1;
	auto_free char *label = NULL, *quote = NULL;
	struct pattern *is;
	int64_t value;
	json_t *fact;

	if (b->n != 1 || !money_number(b->text, d->language == LANG_DE, &value) || value < 1000)
		return;
	label = page_left(p, b, b->first, &label_line);
	is = label ? PATTERN_BEST(budget_for, label) : NULL;
	if (!is || pattern_match(&no_budget, label))
		return;
	quote = fact_pair(page_line(p, label_line)->text, b->text);
	fact = json_pack("{s:I, s:n, s:s}", "value", (json_int_t)value, "currency", "kind", is->word);
	choice_add(c, fact, fact_place(d, fact, p, quote) ? is->score - 6 : 0, b->text);
}

json_t *field_budget(const struct doc *d)
{
	auto_choice *c = choice_new();

	for (unsigned i = 0; i < d->pages->len; i++) {
		const struct page *p = doc_page(d, i);

		for (int k = 0; p->readable && k < (int)p->blocks->len; k++) {
			GArray *amounts = money_scan(page_block(p, k)->text, d->language == LANG_DE);

			for (unsigned j = 0; j < amounts->len; j++)
				add_amount(c, d, p, k, amounts, j);
			g_array_unref(amounts);
			add_plain_number(c, d, p, k);
		}
	}
	return choice_take(c);
}
