#include "conflicts.h"

#include <stdlib.h>

#include "tender/text/dates.h"
#include "tender/text/pattern.h"

#define DAY_BYTES 10 /* "2027-03-19" */

/* Deadlines, and the words without which a sentence does not speak of them. */
static struct {
	const char *field;
	struct pattern words;
} deadlines[] = {
	{ "submission_deadline",
	  { "abgabe|einreich|angebotsfrist|eingang|schluss|proposals?|bids?\\b|tenders?|offers?|quot|submi|closing|due\\b|deadline",
	    0, NULL, NULL } },
	{ "participation_deadline",
	  { "teilnahme|bewerb|applicat|request to participate|submi|closing", 0, NULL, NULL } },
	{ "questions_deadline",
	  { "fragen|anfragen|auskünfte|informationen|questions?|quer|inquir|enquir|clarif", 0, NULL, NULL } },
};
static struct pattern other_date = {
	"binde|zuschlagsfrist|gültig|valid|open(?:ed|ing)|eröffn|öffnung|award|interview|besichtigung|site visit|pre-?bid|conference|vertragsbeginn|contract start",
	0, NULL, NULL
};

void conflicts_preload(void)
{
	for (size_t i = 0; i < N_ELEMS(deadlines); i++)
		pattern_compile(&deadlines[i].words, 1);
	pattern_compile(&other_date, 1);
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

static void add_conflict(json_t *list, const json_t *result, size_t i, const json_t *fact, const json_t *other)
{
	const char *value = json_string_value(json_object_get(other, "value")),
		   *quote = json_string_value(json_object_get(other, "quote"));
	json_t *one;

	if (!value || !quote || !pattern_match(&deadlines[i].words, quote) || pattern_match(&other_date, quote) ||
	    !is_clear(quote) || is_taken(result, deadlines[i].field, value))
		return;
	one = json_pack("{s:s, s:s, s:s, s:O, s:O, s:s, s:i}", "field", deadlines[i].field, "text", quote, "value",
			value, "taken", json_object_get(fact, "value"), "page", json_object_get(other, "page"), "quote",
			quote, "confidence", 60);
	if (json_is_string(json_object_get(other, "file")))
		json_object_set(one, "file", json_object_get(other, "file"));
	json_array_append_new(list, one);
}

json_t *conflicts_find(const json_t *result)
{
	json_t *list = json_array(), *other;
	size_t k;

	for (size_t i = 0; i < N_ELEMS(deadlines); i++) {
		const json_t *fact = json_object_get(result, deadlines[i].field);

		json_array_foreach (json_object_get(fact, "candidates"), k, other)
			add_conflict(list, result, i, fact, other);
	}
	if (json_array_size(list) > 0)
		return list;
	json_decref(list);
	return json_null();
}
