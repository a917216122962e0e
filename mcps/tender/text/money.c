#include "money.h"

#include <stdio.h>
#include <stdlib.h>

#include "pattern.h"

#define NUMBER "(?<number>\\d{1,3}(?:[.,'’ \\x{00A0}\\x{202F}]\\d{2,3})*(?:[.,]\\d{1,3})?|\\d+(?:[.,]\\d{1,3})?)"
#define SCALE                                                                                                                \
	"(?<scale>million(?:en)?|mio\\b\\.?|mill\\.|mn\\b|milliarden?|mrd\\b\\.?|billion|bn\\b|thousand|tausend|tsd\\b\\.?|" \
	"lakhs?|lacs?|crores?|cr\\b\\.?|k\\b|m\\b)"
/* Names of currencies by ISO 4217 that need no row of their own. */
#define CODES                                                                                                           \
	"(?-i:CHF|ZAR|SGD|NZD|HKD|SEK|NOK|DKK|PLN|CZK|HUF|RON|KES|UGX|TZS|NGN|GHS|ETB|RWF|BDT|PKR|NPR|LKR|MYR|PHP|IDR|" \
	"THB|JPY|CNY|BRL|MXN|SAR|QAR|XOF|XAF)\\b"
#define MARK                                                                                                \
	"(?<mark>US\\$|USD|CAD|AUD|A\\$|C\\$|NZ\\$|\\$|k€|€|EUR\\b|Euro\\b|TEUR\\b|kEUR\\b|T€|£|GBP|" CODES \
	"|TCHF|(?-i:S?Fr)\\.|INR|Rs\\b\\.?|₹|AED|Dhs?\\b\\.?|₦)"

static struct pattern shapes[] = {
	{ MARK "[ \\x{00A0}]?" NUMBER "(?!\\d)(?:/-)?(?:[ \\x{00A0}-]?" SCALE
	       ")?(?:[ \\x{00A0}](?<mark2>USD|CAD|AUD|US Dollars?)\\b)?",
	  0, NULL, NULL },
	{ "(?<![\\d.,/])" NUMBER "(?!\\d)(?:[ \\x{00A0}]" SCALE ")?[ \\x{00A0}]?" MARK, 0, NULL, NULL },
};

/* The other end of a range, whose currency stands with the first: "$3.1 to 3.4 million", "40.000 bis 55.000 EUR". */
#define JOINT "[ \\x{00A0}]?(?:-|–|—|to|bis|and|und)[ \\x{00A0}]?"
static struct pattern upper_end = { JOINT NUMBER "(?![\\d%])(?:[ \\x{00A0}-]?" SCALE ")?", 0, NULL, NULL };
static struct pattern lower_end = { "(?<![\\d.,/-])" NUMBER "(?:[ \\x{00A0}-]?" SCALE ")?" JOINT "$", 0, NULL, NULL };
static struct pattern currency_word = { MARK, 0, NULL, NULL };
static struct pattern scale_word = { "\\b" SCALE, 0, NULL, NULL };

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
	{ "^NZ", 0, "NZD", NULL },
	{ "^(US\\$|USD|US Dollar|\\$)", 0, "USD", NULL },
	{ "^(k?€|k?EUR|TEUR|T€)", 0, "EUR", NULL },
	{ "^(£|GBP)", 0, "GBP", NULL },
	{ "^(TCHF|S?Fr\\.)", 0, "CHF", NULL },
	{ "^(INR|Rs|₹)", 0, "INR", NULL },
	{ "^(AED|Dh)", 0, "AED", NULL },
	{ "^₦", 0, "NGN", NULL },
};

void money_preload(void)
{
	pattern_compile(shapes, N_ELEMS(shapes));
	pattern_compile(scales, N_ELEMS(scales));
	pattern_compile(currencies, N_ELEMS(currencies));
	pattern_compile(&upper_end, 1);
	pattern_compile(&lower_end, 1);
	pattern_compile(&currency_word, 1);
	pattern_compile(&scale_word, 1);
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

bool money_number(const char *s, bool decimal_comma, int zeroes, int64_t *value)
{
	if (!g_ascii_isdigit(s[0]) || s[strspn(s, "0123456789.,' ")] != '\0')
		return false;
	return read_number(s, decimal_comma, zeroes, value);
}

static void name_currency(const char *mark, char currency[4])
{
	struct pattern *row = PATTERN_BEST(currencies, mark);

	g_strlcpy(currency, row ? row->word : strlen(mark) == 3 ? mark : "", 4);
}

/* "TEUR" counts in thousands. */
static int mark_zeroes(const char *mark)
{
	return strchr("Tk", mark[0]) && !util_starts(mark, "TZS") && !util_starts(mark, "THB") ? 3 : 0;
}

int money_unit(const char *label, char currency[4])
{
	GMatchInfo *m = pattern_find(&currency_word, label, 0);
	auto_free char *mark = m ? g_match_info_fetch_named(m, "mark") : NULL, *scale = NULL;
	int zeroes = mark ? mark_zeroes(mark) : 0;

	currency[0] = '\0';
	if (mark)
		name_currency(mark, currency);
	g_match_info_free(m);
	m = pattern_find(&scale_word, label, 0);
	scale = m ? g_match_info_fetch_named(m, "scale") : NULL;
	g_match_info_free(m);
	return zeroes + (scale ? PATTERN_SCORE(scales, scale) : 0);
}

/* The number of a match, with the zeroes of its scale; -1 when it is none, else how many zeroes those are. */
static int read_scaled(GMatchInfo *m, bool decimal_comma, int zeroes, int64_t *value)
{
	auto_free char *number = g_match_info_fetch_named(m, "number"), *scale = g_match_info_fetch_named(m, "scale");

	if (scale && *scale)
		zeroes += PATTERN_SCORE(scales, scale);
	return read_number(number, decimal_comma, zeroes, value) ? zeroes : -1;
}

static bool read_amount(GMatchInfo *m, bool decimal_comma, struct amount *a)
{
	auto_free char *mark = g_match_info_fetch_named(m, "mark"), *mark2 = g_match_info_fetch_named(m, "mark2");

	name_currency(mark2 && *mark2 ? mark2 : mark, a->currency);
	return read_scaled(m, decimal_comma, mark_zeroes(mark), &a->value) >= 0;
}

#define FAR 40 /* bytes before an amount in which the other end of its range begins */

/* A year is no amount: "from 2026 to 5.000 EUR". */
static bool may_be_end(int64_t low, int64_t high)
{
	return low < high && low >= high / 20 && low >= 1000 && (low < 1900 || low > 2100);
}

/* The zeroes of the scale that stands in an amount. */
static int scale_of(const char *text, const struct amount *a)
{
	auto_free char *words = g_strndup(text + a->from, (gsize)(a->to - a->from));
	GMatchInfo *m = pattern_find(&scale_word, words, 0);
	auto_free char *scale = m ? g_match_info_fetch_named(m, "scale") : NULL;

	g_match_info_free(m);
	return scale ? PATTERN_SCORE(scales, scale) : 0;
}

static bool read_lower(const char *text, bool decimal_comma, const struct amount *a, struct amount *low)
{
	int start = MAX(0, a->from - FAR);
	auto_free char *before = NULL;
	GMatchInfo *m;
	int zeroes;
	bool is;

	while (start < a->from && (text[start] & 0xC0) == 0x80)
		start++;
	before = g_strndup(text + start, (gsize)(a->from - start));
	m = pattern_find(&lower_end, before, 0);
	*low = *a;
	zeroes = m ? read_scaled(m, decimal_comma, 0, &low->value) : -1;
	/* "2,9 bis 3,3 Mio. EUR": the scale holds for both. */
	if (zeroes == 0 && low->value < 1000)
		zeroes = read_scaled(m, decimal_comma, scale_of(text, a), &low->value);
	is = zeroes >= 0 && may_be_end(low->value, a->value) &&
	     g_match_info_fetch_named_pos(m, "number", &low->from, &low->to);
	low->from += start;
	low->to += start;
	g_match_info_free(m);
	return is;
}

static void rescale(const char *text, bool decimal_comma, int zeroes, struct amount *a)
{
	auto_free char *words = g_strndup(text + a->from, (gsize)(a->to - a->from));
	GMatchInfo *m = pattern_find(&shapes[0], words, 0);

	if (m)
		read_scaled(m, decimal_comma, zeroes, &a->value);
	g_match_info_free(m);
}

/* The scale behind the upper end holds for both. */
static bool read_upper(const char *text, bool decimal_comma, struct amount *a, struct amount *high)
{
	GMatchInfo *m = pattern_find(&upper_end, text, a->to);
	int from, to, zeroes;
	bool is;

	*high = *a;
	is = m && g_match_info_fetch_pos(m, 0, &from, &to) && from == a->to;
	zeroes = is ? read_scaled(m, decimal_comma, 0, &high->value) : -1;
	g_match_info_free(m);
	if (zeroes < 0)
		return false;
	if (zeroes > 0 && a->value < 1000)
		rescale(text, decimal_comma, zeroes, a);
	high->from = from + (int)strcspn(text + from, "0123456789");
	high->to = to;
	return may_be_end(a->value, high->value);
}

static bool overlaps(const GArray *found, const struct amount *a)
{
	for (unsigned i = 0; i < found->len; i++) {
		const struct amount *o = &g_array_index(found, struct amount, i);

		if (a->from < o->to && o->from < a->to)
			return true;
	}
	return false;
}

static void add_ends(GArray *found, const char *text, bool decimal_comma)
{
	for (unsigned i = found->len; i-- > 0;) {
		struct amount *a = &g_array_index(found, struct amount, i), other;

		if (read_upper(text, decimal_comma, a, &other) && !overlaps(found, &other))
			g_array_append_val(found, other);
		a = &g_array_index(found, struct amount, i);
		if (read_lower(text, decimal_comma, a, &other) && !overlaps(found, &other))
			g_array_append_val(found, other);
	}
}

static gint by_place(gconstpointer a, gconstpointer b)
{
	return ((const struct amount *)a)->from - ((const struct amount *)b)->from;
}

GArray *money_scan(const char *text, bool decimal_comma)
{
	GArray *found = g_array_new(FALSE, TRUE, sizeof(struct amount));

	for (size_t i = 0; i < N_ELEMS(shapes) && strpbrk(text, "0123456789"); i++) {
		GMatchInfo *m = pattern_find(&shapes[i], text, 0);

		for (; m && g_match_info_matches(m); g_match_info_next(m, NULL)) {
			struct amount a = { 0 };

			if (g_match_info_fetch_pos(m, 0, &a.from, &a.to) && read_amount(m, decimal_comma, &a) &&
			    !overlaps(found, &a))
				g_array_append_val(found, a);
		}
		g_match_info_free(m);
	}
	if (found->len > 0)
		add_ends(found, text, decimal_comma);
	g_array_sort(found, by_place);
	return found;
}
