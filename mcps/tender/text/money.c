#include "money.h"

#include <stdio.h>
#include <stdlib.h>

#include "pattern.h"

#define NUMBER "(?<number>\\d{1,3}(?:[.,' \\x{00A0}]\\d{2,3})*(?:[.,]\\d{1,3})?|\\d+(?:[.,]\\d{1,3})?)"
#define SCALE                                                                                                                \
	"(?<scale>million(?:en)?|mio\\b\\.?|mill\\.|mn\\b|milliarden?|mrd\\b\\.?|billion|bn\\b|thousand|tausend|tsd\\b\\.?|" \
	"lakhs?|lacs?|crores?|cr\\b\\.?|k\\b|m\\b)"
#define MARK \
	"(?<mark>US\\$|USD|CAD|AUD|NZD|A\\$|C\\$|\\$|€|EUR\\b|Euro\\b|TEUR\\b|T€|£|GBP|CHF|INR|Rs\\b\\.?|₹|AED|Dhs?\\b\\.?|ZAR|SGD)"

static struct pattern shapes[] = {
	{ MARK "[ \\x{00A0}]?" NUMBER "(?!\\d)(?:/-)?(?:[ \\x{00A0}-]?" SCALE
	       ")?(?:[ \\x{00A0}](?<mark2>USD|CAD|AUD|US Dollars?)\\b)?",
	  0, NULL, NULL },
	{ "(?<![\\d.,/])" NUMBER "(?!\\d)(?:[ \\x{00A0}]" SCALE ")?[ \\x{00A0}]?" MARK, 0, NULL, NULL },
};

/* The value is a count of zeroes. */
static struct pattern scales[] = {
	{ "^(million|mio|mill|mn|m\\b)", 6, NULL, NULL },
	{ "^(milliard|mrd|billion|bn)", 9, NULL, NULL },
	{ "^(thousand|tausend|tsd|k)", 3, NULL, NULL },
	{ "^(lakh|lac)", 5, NULL, NULL },
	{ "^cr", 7, NULL, NULL },
};

static struct pattern currencies[] = {
	{ "^(A\\$|AUD)", 0, "AUD", NULL },
	{ "^(C\\$|CAD)", 0, "CAD", NULL },
	{ "^NZD", 0, "NZD", NULL },
	{ "^(US\\$|USD|US Dollar|\\$)", 0, "USD", NULL },
	{ "^(€|EUR|TEUR|T€)", 0, "EUR", NULL },
	{ "^(£|GBP)", 0, "GBP", NULL },
	{ "^CHF", 0, "CHF", NULL },
	{ "^(INR|Rs|₹)", 0, "INR", NULL },
	{ "^(AED|Dh)", 0, "AED", NULL },
	{ "^ZAR", 0, "ZAR", NULL },
	{ "^SGD", 0, "SGD", NULL },
};

void money_preload(void)
{
	pattern_compile(shapes, N_ELEMS(shapes));
	pattern_compile(scales, N_ELEMS(scales));
	pattern_compile(currencies, N_ELEMS(currencies));
}

/*
 * Which of . and , divides the decimals? The last one when both stand there, or when less or more than three digits
 * follow; with exactly three digits it divides thousands, unless it is the decimal sign of the language and stands
 * once.
 */
static char decimal_sign(const char *s, bool decimal_comma, bool scaled)
{
	const char *dot = strrchr(s, '.'), *comma = strrchr(s, ','), *last = dot > comma ? dot : comma;
	char usual = decimal_comma ? ',' : '.';
	size_t behind;

	if (!last)
		return '\0';
	if (dot && comma)
		return *last;
	behind = strspn(last + 1, "0123456789");
	if (behind != 3)
		return *last;
	return *last == usual && strchr(s, *last) == last && scaled ? *last : '\0';
}

static bool read_number(const char *s, bool decimal_comma, int zeroes, int64_t *value)
{
	char decimal = decimal_sign(s, decimal_comma, zeroes > 0);
	int64_t v = 0;
	bool behind = false;

	for (; *s; s++) {
		if (*s == decimal && decimal && !strchr(s + 1, decimal))
			behind = true;
		if (!g_ascii_isdigit(*s) || (behind && zeroes == 0))
			continue;
		if (v > INT64_MAX / 1000)
			return false;
		v = v * 10 + (*s - '0');
		zeroes -= behind;
	}
	for (; zeroes > 0; zeroes--) {
		if (v > INT64_MAX / 1000)
			return false;
		v *= 10;
	}
	*value = v;
	return true;
}

bool money_number(const char *s, bool decimal_comma, int64_t *value)
{
	if (!g_ascii_isdigit(s[0]) || s[strspn(s, "0123456789.,' ")] != '\0')
		return false;
	return read_number(s, decimal_comma, 0, value);
}

static bool read_amount(GMatchInfo *m, bool decimal_comma, struct amount *a)
{
	auto_free char *number = g_match_info_fetch_named(m, "number"), *scale = g_match_info_fetch_named(m, "scale"),
		       *mark = g_match_info_fetch_named(m, "mark"), *mark2 = g_match_info_fetch_named(m, "mark2");
	struct pattern *currency = PATTERN_BEST(currencies, mark2 && *mark2 ? mark2 : mark);
	int zeroes = scale && *scale ? PATTERN_SCORE(scales, scale) : 0;

	if (g_ascii_toupper(mark[0]) == 'T')
		zeroes += 3;
	g_strlcpy(a->currency, currency ? currency->word : "", sizeof(a->currency));
	return read_number(number, decimal_comma, zeroes, &a->value);
}

static gint by_place(gconstpointer a, gconstpointer b)
{
	return ((const struct amount *)a)->from - ((const struct amount *)b)->from;
}

GArray *money_scan(const char *text, bool decimal_comma)
{
	GArray *found = g_array_new(FALSE, TRUE, sizeof(struct amount));

	for (size_t i = 0; i < N_ELEMS(shapes); i++) {
		GMatchInfo *m = pattern_find(&shapes[i], text, 0);

		for (; m && g_match_info_matches(m); g_match_info_next(m, NULL)) {
			struct amount a = { 0 };
			bool overlaps = false;

			if (!g_match_info_fetch_pos(m, 0, &a.from, &a.to) || !read_amount(m, decimal_comma, &a))
				continue;
			for (unsigned k = 0; k < found->len; k++) {
				const struct amount *o = &g_array_index(found, struct amount, k);

				overlaps = overlaps || (a.from < o->to && o->from < a.to);
			}
			if (!overlaps)
				g_array_append_val(found, a);
		}
		g_match_info_free(m);
	}
	g_array_sort(found, by_place);
	return found;
}
