#include "conflicts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "fact.h"
#include "tender/text/dates.h"
#include "tender/text/pattern.h"
#include "tender/text/text.h"

#define DAY_BYTES 10 /* "2027-03-19" */
#define SURE      60
#define MOST_LOTS 99

#define OF_ONE "page_limit" /* limits are of one thing: its word must stand in both places */

/* May two values of a field be held against each other? */
typedef bool comparable(const char *taken, const char *value);

static comparable days_compare, alike_compare, any_compare;

/* Fields, the words without which a sentence does not speak of them, and those of what is not theirs. */
static struct {
	const char *field;
	comparable *compare;
	struct pattern words, others;
} fields[] = {
	{ "submission_deadline",
	  days_compare,
	  { "abgabe|einreich|angebotsfrist|eingang|schluss|proposals?|bids?\\b|tenders?|offers?|quot|submi|closing|due\\b|deadline",
	    0, NULL, NULL },
	  { "binde|zuschlagsfrist|gültig|valid|open(?:ed|ing)|eröffn|öffnung|award|interview|besichtigung|site visit|pre-?bid|conference|vertragsbeginn|contract start",
	    0, NULL, NULL } },
	{ "participation_deadline",
	  days_compare,
	  { "teilnahme|bewerb|applicat|request to participate|submi|closing", 0, NULL, NULL },
	  { "binde|zuschlagsfrist|gültig|valid|open(?:ed|ing)|eröffn|öffnung|award|interview|besichtigung|site visit|conference|vertragsbeginn|contract start",
	    0, NULL, NULL } },
	{ "questions_deadline",
	  days_compare,
	  { "fragen|anfragen|auskünfte|informationen|questions?|quer|inquir|enquir|clarif", 0, NULL, NULL },
	  { "\\bwe (?:will )?answer|antworten|beantwort|answers? (?:are|will|by)|binde|zuschlagsfrist|gültig|valid|open(?:ed|ing)|eröffn|öffnung|award|interview|besichtigung|site visit|conference|vertragsbeginn|contract start",
	    0, NULL, NULL } },
	{ "binding_until",
	  alike_compare,
	  { "bindefrist|gebunden|\\bbindet|gültig|\\bvalid|\\bfirm for|open for acceptance|irrevocable|zuschlagsfrist",
	    0, NULL, NULL },
	  { "guarantee|\\bbonds?\\b|insurance|certificate|bürgschaft|versicherung|zertifikat|nachweis|licen[cs]e|registr|\\bprices?\\b(?!.*\\b(?:firm|valid|good)\\b.*\\b(?:days?|weeks?)\\b (?:after|from|of|following) (?:the )?(?:due|closing|opening|submission|deadline))|preise|end of|\\brates?\\b|\\bs[äa]tze\\b|invoice|rechnung|\\bpay(?:s|ments?)?\\b|zahl(?:t|ung|bar)|\\bfees?\\b",
	    0, NULL, NULL } },
	{ "contract_duration",
	  alike_compare,
	  { "laufzeit|vertragsdauer|vertrag (?:läuft|gilt|endet)|contract (?:term|period|duration)|term of (?:the |this )?(?:contract|agreement)|period of performance|initial term|duration of",
	    0, NULL, NULL },
	  { "option|exten|verläng|renew|experience|warrant|gewähr|mängel|binde|referen|insur|versicher|kündig|terminat|notice|am ende|end of|within|innerhalb|spätestens|before|\\bvor\\b",
	    0, NULL, NULL } },
	{ "budget",
	  any_compare,
	  { "\\bbudget|estimated (?:contract )?value|estimated cost|auftragswert|kostenschätzung|kostenrahmen|höchstwert|obergrenze|ceiling|upset limit|not[- ]to[- ]exceed|maximum (?:contract )?value|total value",
	    0, NULL, NULL },
	  { "per (?:year|annum|lot|month)|annual|yearly|jährlich|pro jahr|je los|je jahr|\\blos \\d|\\blot \\d|deposit|insur|versicher|turnover|umsatz|experience|similar|last year|option|between|zwischen|previous|former|bisher|\\bwas\\b|\\bwere\\b|wurden?|haushalt",
	    0, NULL, NULL } },
	{ "page_limit",
	  any_compare,
	  { "\\b(?:proposals?|responses?|submissions?|tenders?|bids?|quotes?|angebote?|konzepte?)\\b", 0, NULL, NULL },
	  { "cover|summary|r[eé]sum|\\bcvs?\\b|lebensl|referen|append|annex|anlage|per |je |each|volume|section|question|band",
	    0, NULL, NULL } },
};
static struct pattern span_word = { "years?|months?|weeks?|days?|jahre?|monate?|wochen?|tage", 0, NULL, NULL };
static struct pattern lots_at = {
	"\\b(?:divided|split|broken down|subdivided|aufgeteilt|unterteilt|aufteilung|zerlegt|vergeben|gliedert)\\b[^.;]{0,30}?\\b(?:in|into)\\s+(?<n>\\d{1,2}|two|three|four|five|six|seven|eight|nine|ten|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn)\\s+(?:separate |fach|teil|gebiets)?(?:lots|lose[n]?)\\b|\\bin\\s+(?<m>\\d{1,2}|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn)\\s+(?:fach|teil|gebiets)?losen? (?:aufgeteilt|unterteilt|vergeben|ausgeschrieben)",
	0, NULL, NULL
};

void conflicts_preload(void)
{
	for (size_t i = 0; i < N_ELEMS(fields); i++) {
		pattern_compile(&fields[i].words, 1);
		pattern_compile(&fields[i].others, 1);
	}
	pattern_compile(&span_word, 1);
	pattern_compile(&lots_at, 1);
}

static bool any_compare(const char *taken UNUSED, const char *value UNUSED)
{
	return true;
}

static bool days_compare(const char *taken UNUSED, const char *value)
{
	return strlen(value) >= DAY_BYTES;
}

/* A day does not contradict a period that may end on it. */
static bool alike_compare(const char *taken, const char *value)
{
	if (taken[0] == 'P' || value[0] == 'P')
		return taken[0] == value[0];
	return pattern_match(&span_word, taken) == pattern_match(&span_word, value);
}

/* The day is that of another field: there it was taken for what it is. */
static bool is_taken(const json_t *result, const char *field, const char *value)
{
	const char *key;
	json_t *fact;

	json_object_foreach ((json_t *)result, key, fact) {
		const char *taken = json_string_value(json_object_get(fact, "value"));

		if (!streq(key, field) && taken && strncmp(taken, value, DAY_BYTES) == 0)
			return true;
	}
	return false;
}

/* A quote with two dates may give each to another field. */
static bool is_clear(const char *quote)
{
	GArray *dates = dates_scan(quote, true);
	bool clear = dates->len < 2;

	g_array_unref(dates);
	return clear;
}

static char *text_of(const json_t *value)
{
	if (json_is_string(value))
		return g_strdup(json_string_value(value));
	return value && !json_is_null(value) ? json_dumps(value, JSON_ENCODE_ANY) : NULL;
}

static void add(json_t *list, const char *field, const char *value, const char *taken, const json_t *place)
{
	const char *quote = json_string_value(json_object_get(place, "quote"));
	json_t *one =
		json_pack("{s:s, s:s, s:s, s:s, s:O, s:s, s:i}", "field", field, "text", quote, "value", value, "taken",
			  taken, "page", json_object_get(place, "page"), "quote", quote, "confidence", SURE);

	if (json_is_string(json_object_get(place, "file")))
		json_object_set(one, "file", json_object_get(place, "file"));
	json_array_append_new(list, one);
}

/* The first of the words that one place has stands in the other too. */
static bool share_word(struct pattern *words, const char *one, const char *other)
{
	GMatchInfo *m = pattern_find(words, one, 0);
	auto_free char *word = m ? g_match_info_fetch(m, 0) : NULL;

	g_match_info_free(m);
	return word && strcasestr(other, word);
}

static void add_candidate(json_t *list, const json_t *result, size_t i, const json_t *fact, const json_t *other)
{
	auto_free char *value = text_of(json_object_get(other, "value")),
		       *taken = text_of(json_object_get(fact, "value"));
	const char *quote = json_string_value(json_object_get(other, "quote")),
		   *own = json_string_value(json_object_get(fact, "quote"));

	if (!value || !taken || !quote || streq(value, taken) || (own && streq(own, quote)) ||
	    !fields[i].compare(taken, value) || !pattern_match(&fields[i].words, quote) ||
	    pattern_match(&fields[i].others, quote))
		return;
	if (streq(fields[i].field, OF_ONE) && (!own || !share_word(&fields[i].words, quote, own)))
		return;
	if (fields[i].compare == days_compare && (!is_clear(quote) || is_taken(result, fields[i].field, value)))
		return;
	add(list, fields[i].field, value, taken, other);
}

/* What the weights of a list sum to; less than 0 when one has none. */
static double sum_of(const json_t *items)
{
	double sum = 0;
	size_t i;
	json_t *one;

	json_array_foreach (items, i, one) {
		if (!json_is_number(json_object_get(one, "weight")))
			return -1;
		sum += json_number_value(json_object_get(one, "weight"));
	}
	return json_array_size(items) > 1 ? sum : -1;
}

static void add_sum(json_t *list, const json_t *items, double want, const json_t *place)
{
	double sum = sum_of(items);
	char text[64], taken[64];

	if (sum < 0 || fabs(sum - want) < 0.1 || fabs(sum - 100) < 0.1)
		return;
	snprintf(text, sizeof(text), "the weights sum to %g, not to %g", sum, want);
	snprintf(taken, sizeof(taken), "the weights as printed");
	add(list, "evaluation_criteria", text, taken, place);
}

/* Weights in percent that are no whole, and parts that are more or less than what they are parts of. */
static void check_weights(json_t *list, const json_t *fact)
{
	const json_t *items = json_object_get(fact, "items");
	const char *unit = json_string_value(json_object_get(fact, "weight_unit"));
	size_t i;
	json_t *one;

	if (!unit || !streq(unit, "percent"))
		return;
	add_sum(list, items, 100, fact);
	json_array_foreach (items, i, one)
		add_sum(list, json_object_get(one, "items"), json_number_value(json_object_get(one, "weight")), one);
}

static int lots_in(GMatchInfo *m)
{
	static const char *const words[] = {
		"two",   "zwei",  "three",  "drei",  "four", "vier", "five", "fünf", "six",
		"sechs", "seven", "sieben", "eight", "acht", "nine", "neun", "ten",  "zehn"
	};
	auto_free char *n = g_match_info_fetch_named(m, "n"), *other = g_match_info_fetch_named(m, "m");
	const char *count = n && *n ? n : other ? other : "";

	for (size_t i = 0; i < N_ELEMS(words); i++) {
		if (strcasecmp(count, words[i]) == 0)
			return 2 + (int)i / 2;
	}
	return atoi(count);
}

/* "The contract is divided into three lots" where other lots are listed. */
static void check_lots(json_t *list, const struct doc *d, const struct page *p, const struct block *b,
		       const json_t *lots)
{
	GMatchInfo *m =
		strcasestr(b->text, "lot") || strcasestr(b->text, "los") ? pattern_find(&lots_at, b->text, 0) : NULL;
	int n = m ? lots_in(m) : 0, from = 0, to = 0;

	if (n > 1 && n <= MOST_LOTS && n != (int)json_array_size(lots)) {
		json_t *place = json_object();
		auto_free char *quote = NULL, *said = g_strdup_printf("%d", n),
			       *taken = g_strdup_printf("%zu", json_array_size(lots));

		g_match_info_fetch_pos(m, 0, &from, &to);
		quote = fact_quote(p, b, from, to);
		if (fact_place(d, place, p, quote))
			add(list, "lots", said, taken, place);
		json_decref(place);
	}
	g_match_info_free(m);
}

json_t *conflicts_find(const struct doc *d, const json_t *result)
{
	json_t *list = json_array(), *other;
	const json_t *lots = json_object_get(result, "lots");
	size_t k;

	for (size_t i = 0; i < N_ELEMS(fields); i++) {
		const json_t *fact = json_object_get(result, fields[i].field);

		json_array_foreach (json_object_get(fact, "candidates"), k, other)
			add_candidate(list, result, i, fact, other);
	}
	check_weights(list, json_object_get(result, "evaluation_criteria"));
	for (unsigned i = 0; json_array_size(lots) > 1 && i < d->pages->len; i++) {
		const struct page *p = doc_page(d, i);

		for (int b = 0; p->readable && b < (int)p->blocks->len; b++)
			check_lots(list, d, p, page_block(p, b), lots);
	}
	if (json_array_size(list) > 0)
		return list;
	json_decref(list);
	return json_null();
}
