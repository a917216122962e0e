#include "periods.h"

#include <stdio.h>
#include <stdlib.h>

static const struct {
	const char *word;
	int n;
} words[] = {
	{ "one", 1 },
	{ "once", 1 },
	{ "twice", 2 },
	{ "thrice", 3 },
	{ "two", 2 },
	{ "three", 3 },
	{ "four", 4 },
	{ "five", 5 },
	{ "six", 6 },
	{ "seven", 7 },
	{ "eight", 8 },
	{ "nine", 9 },
	{ "ten", 10 },
	{ "eleven", 11 },
	{ "twelve", 12 },
	{ "fifteen", 15 },
	{ "eighteen", 18 },
	{ "twenty", 20 },
	{ "thirty", 30 },
	{ "forty", 40 },
	{ "fifty", 50 },
	{ "sixty", 60 },
	{ "seventy", 70 },
	{ "eighty", 80 },
	{ "ninety", 90 },
	{ "hundred", 100 },
	{ "zwei", 2 },
	{ "drei", 3 },
	{ "vier", 4 },
	{ "f\xC3\xBCnf", 5 },
	{ "sechs", 6 },
	{ "sieben", 7 },
	{ "acht", 8 },
	{ "neun", 9 },
	{ "zehn", 10 },
	{ "elf", 11 },
	{ "zw\xC3\xB6lf", 12 },
	{ "vierzehn", 14 },
	{ "achtzehn", 18 },
	{ "zwanzig", 20 },
	{ "vierundzwanzig", 24 },
	{ "drei\xC3\x9Fig", 30 },
	{ "sechsunddrei\xC3\x9Fig", 36 },
	{ "achtundvierzig", 48 },
	{ "sechzig", 60 },
	{ "neunzig", 90 },
};

static int word_count(const char *word)
{
	for (size_t i = 0; i < N_ELEMS(words); i++) {
		if (streq(word, words[i].word))
			return words[i].n;
	}
	return util_starts(word, "ein") ? 1 : 0;
}

/* "forty-five" is a sum; the one of "one hundred" counts nothing more. */
int period_count(const char *word)
{
	auto_free char *lower = g_utf8_strdown(word, -1);
	gchar **parts;
	int sum = 0;

	if (g_ascii_isdigit(word[0]))
		return atoi(word);
	parts = g_strsplit_set(lower, " -", -1);
	for (gchar **part = parts; *part; part++)
		sum = streq(*part, "hundred") ? 100 * MAX(sum, 1) : sum + word_count(*part);
	g_strfreev(parts);
	return sum;
}

static enum period_unit unit_of(const char *unit)
{
	if (strstr(unit, "year") || strstr(unit, "jahr"))
		return PERIOD_YEARS;
	if (strstr(unit, "month") || strstr(unit, "monat"))
		return PERIOD_MONTHS;
	return strstr(unit, "week") || strstr(unit, "woche") ? PERIOD_WEEKS : PERIOD_DAYS;
}

bool period_take(GMatchInfo *m, struct period *out)
{
	auto_free char *n = g_match_info_fetch_named(m, "n"), *digits = g_match_info_fetch_named(m, "digits"),
		       *unit = g_match_info_fetch_named(m, "unit");
	auto_free char *lower = unit ? g_utf8_strdown(unit, -1) : NULL;

	if (!n || !lower || !g_match_info_fetch_named_pos(m, "n", &out->from, NULL) ||
	    !g_match_info_fetch_named_pos(m, "unit", NULL, &out->to))
		return false;
	out->n = period_count(digits && *digits ? digits : n);
	out->unit = unit_of(lower);
	out->working = util_starts(lower, "work") || util_starts(lower, "business") || util_starts(lower, "werk") ||
		       util_starts(lower, "arbeits");
	return out->n > 0;
}

int period_months(const struct period *p)
{
	return p->unit == PERIOD_YEARS ? 12 * p->n : p->unit == PERIOD_MONTHS ? p->n : 0;
}

const char *period_format(const struct period *p, char *out)
{
	snprintf(out, PERIOD_TEXT_BYTES, "P%d%c", p->n, "DWMY"[p->unit]);
	return out;
}
