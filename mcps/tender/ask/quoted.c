#include "quoted.h"

#include <stdlib.h>

#include "tender/fields/deadline.h"
#include "tender/fields/names.h"
#include "tender/fields/person.h"
#include "tender/text/money.h"
#include "tender/text/periods.h"
#include "tender/text/text.h"

#define MOST_NAME 300 /* bytes */

static struct pattern period_at = { "\\b" PERIOD, 0, NULL, NULL };
static struct pattern page_at = { "(?:https?://|www\\.)[^\\s,;()<>\"\xE2\x80\x9C\xE2\x80\x9D]+", 0, NULL, NULL };

void quoted_preload(void)
{
	pattern_compile(&period_at, 1);
	pattern_compile(&page_at, 1);
}

/* --- words --- */

/* The character there is part of a word; the text may begin or end there. */
static bool in_word(const char *text, const char *at)
{
	return at >= text && *at && g_unichar_isalnum(g_utf8_get_char(at));
}

/* The quote's own letters for value, NULL when it does not stand there as whole words. */
static char *words_of_quote(const char *quote, const char *value)
{
	auto_free int *map = NULL;
	auto_free char *plain = text_plain(quote, &map), *want = text_plain(value, NULL);
	const char *at = *want ? strstr(plain, want) : NULL, *from, *last, *to;

	if (!at)
		return NULL;
	from = quote + map[at - plain];
	last = quote + map[at - plain + (ptrdiff_t)strlen(want) - 1];
	to = g_utf8_next_char(last);
	if ((from > quote && in_word(quote, g_utf8_prev_char(from)) && in_word(quote, from)) ||
	    (in_word(quote, last) && in_word(quote, to)))
		return NULL;
	return g_strndup(from, (gsize)(to - from));
}

json_t *quoted_name(const struct quoted *q)
{
	auto_free char *words = strlen(q->value) <= MOST_NAME ? words_of_quote(q->quote, q->value) : NULL;

	return words && text_words(words) > 0 ? json_pack("{s:s}", "value", words) : NULL;
}

json_t *quoted_number(const struct quoted *q)
{
	auto_free char *words = strlen(q->value) <= MOST_NAME ? words_of_quote(q->quote, q->value) : NULL;

	return words && strpbrk(words, "0123456789") ? json_pack("{s:s}", "value", words) : NULL;
}

/* --- dates and lengths of time --- */

/* What is said agrees with a date that says more, or less. */
static bool days_agree(const char *a, const char *b)
{
	return *a && *b && (util_starts(a, b) || util_starts(b, a));
}

json_t *quoted_day(const struct quoted *q)
{
	GArray *dates = dates_scan(q->quote, q->doc->day_first);
	json_t *fact = NULL;

	for (unsigned i = 0; i < dates->len && !fact; i++) {
		const struct date *one = &g_array_index(dates, struct date, i);
		char text[DATE_TEXT_BYTES];

		date_format(one, text);
		if (strlen(q->value) >= strlen("2027-01-31") && days_agree(q->value, text))
			fact = deadline_fact(one);
	}
	g_array_unref(dates);
	return fact;
}

static bool period_of(const char *text, int at, struct period *out)
{
	GMatchInfo *m = pattern_find(&period_at, text, at);
	bool is = m && period_take(m, out);

	g_match_info_free(m);
	return is;
}

/* The length of time in the quote that the model means. */
static bool period_meant(const struct quoted *q, struct period *out)
{
	struct period want;

	if (!period_of(q->value, 0, &want))
		return false;
	for (int at = 0; period_of(q->quote, at, out); at = out->to) {
		if (out->n == want.n && out->unit == want.unit)
			return true;
	}
	return false;
}

json_t *quoted_binding(const struct quoted *q)
{
	char text[PERIOD_TEXT_BYTES];
	struct period period;

	if (!period_meant(q, &period))
		return quoted_day(q);
	return json_pack("{s:s, s:n}", "value", period_format(&period, text), "timezone");
}

json_t *quoted_duration(const struct quoted *q)
{
	auto_free char *words = NULL;
	struct period period;
	int months;

	if (!period_meant(q, &period))
		return NULL;
	words = g_strndup(q->quote + period.from, (gsize)(period.to - period.from));
	months = period_months(&period);
	return json_pack("{s:s, s:o, s:n, s:n, s:n}", "value", words, "months",
			 months ? json_integer(months) : json_null(), "option_months", "start", "end");
}

/* --- money --- */

static json_t *money_fact(const struct amount *a)
{
	return json_pack("{s:I, s:o, s:s}", "value", (json_int_t)a->value, "currency",
			 a->currency[0] ? json_string(a->currency) : json_null(), "kind", "budget");
}

json_t *quoted_money(const struct quoted *q)
{
	GArray *amounts = money_scan(q->quote, q->doc->language == LANG_DE);
	json_t *fact = NULL;
	char *end;
	long long want = strtoll(q->value, &end, 10);

	for (unsigned i = 0; i < amounts->len && !fact; i++) {
		const struct amount *one = &g_array_index(amounts, struct amount, i);

		if (end != q->value && !*end && want > 0 && one->value == want)
			fact = money_fact(one);
	}
	g_array_unref(amounts);
	return fact;
}

/* --- people and places --- */

static json_t *text_or_null(const char *s)
{
	return s && *s ? json_string(s) : json_null();
}

static bool is_said(const char *value, const char *said)
{
	auto_free char *a = said ? text_plain(value, NULL) : NULL, *b = said ? text_plain(said, NULL) : NULL;

	return said && strcasecmp(a, b) == 0;
}

json_t *quoted_person(const struct quoted *q)
{
	struct person p = { .name = person_name(q->quote, true) };
	json_t *fact = NULL;

	person_take(&p, q->quote);
	if (is_said(q->value, p.name) || is_said(q->value, p.email) || is_said(q->value, p.phone))
		fact = json_pack("{s:o, s:n, s:o, s:o}", "name", text_or_null(p.name), "role", "email",
				 text_or_null(p.email), "phone", text_or_null(p.phone));
	person_release(&p);
	return fact;
}

/* The one of the texts that a scan of the quote finds which is the value; the caller's */
static char *scan_finds(GMatchInfo *m, const char *value)
{
	char *found = NULL;

	for (; m && g_match_info_matches(m) && !found; g_match_info_next(m, NULL)) {
		auto_free char *one = g_match_info_fetch(m, 0);

		if (util_ends(one, "."))
			one[strlen(one) - 1] = '\0';
		if (strcasecmp(one, value) == 0)
			found = steal(one);
	}
	g_match_info_free(m);
	return found;
}

json_t *quoted_way(const struct quoted *q)
{
	bool mail = strchr(q->value, '@') != NULL;
	auto_free char *at = scan_finds(mail ? person_emails(q->quote) : pattern_find(&page_at, q->quote, 0), q->value);

	if (!at)
		return NULL;
	return json_pack("{s:s, s:o, s:o, s:n}", "kind", mail ? "email" : "portal", "email",
			 text_or_null(mail ? at : NULL), "portal", text_or_null(mail ? NULL : at), "address");
}

/* --- the same --- */

static const char *text_in(const json_t *fact, const char *key)
{
	const char *text = json_string_value(json_object_get(fact, key));

	return text ? text : "";
}

static bool same_text(const json_t *a, const json_t *b, const char *key)
{
	auto_free char *x = names_key(text_in(a, key)), *y = names_key(text_in(b, key));

	return *x && streq(x, y);
}

bool quoted_same_name(const json_t *a, const json_t *b)
{
	return same_text(a, b, "value");
}

bool quoted_same_day(const json_t *a, const json_t *b)
{
	return days_agree(text_in(a, "value"), text_in(b, "value"));
}

bool quoted_same_duration(const json_t *a, const json_t *b)
{
	const json_t *x = json_object_get(a, "months"), *y = json_object_get(b, "months");

	return json_is_integer(x) && json_is_integer(y) ? json_equal(x, y) : same_text(a, b, "value");
}

bool quoted_same_money(const json_t *a, const json_t *b)
{
	return json_equal(json_object_get(a, "value"), json_object_get(b, "value"));
}

bool quoted_same_person(const json_t *a, const json_t *b)
{
	return same_text(a, b, "email") || same_text(a, b, "name") || same_text(a, b, "phone");
}

bool quoted_same_way(const json_t *a, const json_t *b)
{
	return same_text(a, b, "email") || same_text(a, b, "portal");
}
