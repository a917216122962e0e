#include "quantity.h"

#include <stdlib.h>

#define WORDS                                                                                                           \
	"one|two|three|four|five|six|seven|eight|nine|ten|twelve|ein|eine[nr]?|zwei|drei|vier|fünf|sechs|sieben|acht|" \
	"neun|zehn|zwölf"
/* "three", "3", "1,500", "five (05)" */
#define NUMBER "(?<n>\\d{1,3}(?:[.,]\\d{3})+|\\d+|\\b(?:" WORDS ")\\b)(?:\\s*\\(\\d+\\))?"

static const struct {
	const char *word;
	int n;
} words[] = {
	{ "one", 1 },   { "two", 2 },  { "three", 3 }, { "four", 4 },    { "five", 5 }, { "six", 6 },   { "seven", 7 },
	{ "eight", 8 }, { "nine", 9 }, { "ten", 10 },  { "twelve", 12 }, { "ein", 1 },  { "eine", 1 },  { "einen", 1 },
	{ "einer", 1 }, { "zwei", 2 }, { "drei", 3 },  { "vier", 4 },    { "fünf", 5 }, { "sechs", 6 }, { "sieben", 7 },
	{ "acht", 8 },  { "neun", 9 }, { "zehn", 10 }, { "zwölf", 12 },
};

static int number_of(const char *text)
{
	auto_free char *folded = g_utf8_casefold(text, -1);
	long long n = 0;

	for (size_t i = 0; i < N_ELEMS(words); i++) {
		auto_free char *word = g_utf8_casefold(words[i].word, -1);

		if (streq(word, folded))
			return words[i].n;
	}
	for (const char *s = text; *s && n < 100000000; s++) {
		if (g_ascii_isdigit(*s))
			n = n * 10 + (*s - '0');
	}
	return (int)n;
}

/* The group "n" of the first match, 0 for none. The expressions are few and short: they are not kept. */
static int first_number(const char *pattern, const char *text)
{
	GRegex *re = g_regex_new(pattern, G_REGEX_CASELESS, 0, NULL);
	GMatchInfo *m = NULL;
	int n = 0;

	if (g_regex_match(re, text, 0, &m)) {
		auto_free char *digits = g_match_info_fetch_named(m, "n");

		n = number_of(digits);
	}
	g_match_info_free(m);
	g_regex_unref(re);
	return n;
}

int quantity_of(const char *text, const char *nouns)
{
	auto_free char *pattern = g_strdup_printf(NUMBER "\\s+(?:[\\p{L}-]+,?\\s+){0,3}?(?:%s)", nouns);

	return first_number(pattern, text);
}

int quantity_years(const char *text, int this_year)
{
	int n = first_number("\\b(?:last|past|previous|preceding|letzte[nr]|vergangene[nr]|vorangegangene[nr])\\s+"
			     "(?:successive\\s+|abgeschlossenen\\s+)?" NUMBER
			     "\\s+(?:[\\p{L}-]+\\s+){0,3}?(?:years?|jahren?|\\p{L}+jahren?)\\b",
			     text);
	int since =
		n ? 0
		  : first_number("\\b(?:since|seit)\\s+(?:dem\\s+)?(?:\\d\\d?\\.\\s?\\d\\d?\\.\\s?)?(?<n>20\\d\\d)\\b",
				 text);

	return since > 0 && since <= this_year ? this_year - since : n;
}
