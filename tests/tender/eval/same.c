#include "same.h"

#include <stdlib.h>

#include "score.h"
#include "words.h"

/* An address is written in many ways: this share of its words must stand in the other's. */
#define ADDRESS_SHARE 0.5

static const char *text_of(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

bool same_text(const json_t *label, const json_t *answer)
{
	const char *text = text_of(answer, "value");

	return text && score_accepts(label, "value", text);
}

bool same_procedure(const json_t *label, const json_t *answer)
{
	const char *type = text_of(label, "type"), *got = text_of(answer, "type");

	return type && got ? streq(type, got) : same_text(label, answer);
}

/* "2027-03-31T24:00" and "2027-04-01T00:00:00" are one minute; NULL when s is no date. */
static char *minute_of(const char *s)
{
	GDateTime *day, *moved;
	int year, month, date, hour = 0, minute = 0, n;
	char *out;

	n = s ? sscanf(s, "%4d-%2d-%2dT%2d:%2d", &year, &month, &date, &hour, &minute) : 0;
	if (n != 3 && n != 5)
		return NULL;
	day = g_date_time_new_utc(year, month, date, 0, 0, 0);
	if (!day)
		return NULL;
	moved = g_date_time_add_minutes(day, hour * 60 + minute);
	out = g_date_time_format(moved, n == 5 ? "%Y-%m-%dT%H:%M" : "%Y-%m-%d");
	g_date_time_unref(moved);
	g_date_time_unref(day);
	return out;
}

static bool same_minute(const char *a, const char *b)
{
	auto_free char *one = minute_of(a), *other = minute_of(b);

	return one && other && streq(one, other);
}

bool same_date(const json_t *label, const json_t *answer)
{
	json_t *one;
	size_t i;

	json_array_foreach (json_object_get(label, "accept"), i, one) {
		if (same_minute(json_string_value(one), text_of(answer, "value")))
			return true;
	}
	return same_minute(text_of(label, "value"), text_of(answer, "value"));
}

bool same_period(const json_t *label, const json_t *answer)
{
	return same_date(label, answer) || same_text(label, answer);
}

static bool has_number(const json_t *object, const char *key)
{
	return json_is_number(json_object_get(object, key));
}

static bool same_key(const json_t *label, const json_t *answer, const char *key)
{
	return json_number_value(json_object_get(label, key)) == json_number_value(json_object_get(answer, key));
}

/* The answer may be more exact: "2025-07" is said by "2025-07-01". */
static bool same_day(const json_t *label, const json_t *answer, const char *key)
{
	const char *want = text_of(label, key), *got = text_of(answer, key);

	return !want || (got && util_starts(got, want));
}

bool same_duration(const json_t *label, const json_t *answer)
{
	if (has_number(label, "months"))
		return same_key(label, answer, "months") &&
		       (!has_number(label, "option_months") || same_key(label, answer, "option_months"));
	if (text_of(label, "start") || text_of(label, "end"))
		return same_day(label, answer, "start") && same_day(label, answer, "end");
	return same_text(label, answer);
}

bool same_options(const json_t *label, const json_t *answer)
{
	if (has_number(label, "months"))
		return has_number(answer, "months") && same_key(label, answer, "months");
	if (has_number(label, "count"))
		return has_number(answer, "count") && same_key(label, answer, "count");
	return same_text(label, answer);
}

bool same_money(const json_t *label, const json_t *answer)
{
	const char *currency = text_of(label, "currency"), *got = text_of(answer, "currency");

	return same_number(label, answer) && (!currency || (got && streq(currency, got))) &&
	       (!has_number(label, "minimum") || same_key(label, answer, "minimum"));
}

bool same_number(const json_t *label, const json_t *answer)
{
	return has_number(answer, "value") && same_key(label, answer, "value");
}

bool same_email(const char *label, const char *answer)
{
	return g_ascii_strcasecmp(label, answer) == 0;
}

bool same_phone(const char *label, const char *answer)
{
	gchar **numbers = g_strsplit_set(label, ",;/", -1);
	auto_free char *got = words_digits(answer);
	bool same = false;

	/* +49 (0)89 1234 is 089 1234: the end decides, with enough of it */
	for (gchar **number = numbers; *number && !same; number++) {
		auto_free char *digits = words_digits(*number);
		const char *want = digits + strspn(digits, "0"), *has = got + strspn(got, "0");

		same = strlen(want) >= 6 && strlen(has) >= 6 && (util_ends(has, want) || util_ends(want, has));
	}
	g_strfreev(numbers);
	return same;
}

bool same_person(const char *label, const char *answer)
{
	static const char *const titles[] = { "Herr ", "Herrn ", "Hr. ", "Frau ", "Mr. ",
					      "Mr ",   "Mrs. ",  "Mrs ", "Ms. ",  "Ms " };

	for (size_t i = 0; i < N_ELEMS(titles); i++) {
		if (util_starts(label, titles[i]))
			label += strlen(titles[i]);
		if (util_starts(answer, titles[i]))
			answer += strlen(titles[i]);
	}
	return words_same(label, answer);
}

/* "https://www.x.example/a/" and "x.example/a" are one place. */
static char *place_of(const char *url)
{
	static const char *const heads[] = { "https://", "http://", "www." };
	auto_free char *low = g_ascii_strdown(url, -1);
	const char *at = low;

	for (size_t i = 0; i < N_ELEMS(heads); i++) {
		if (util_starts(at, heads[i]))
			at += strlen(heads[i]);
	}
	return words_normal(at);
}

/* Half of a's words stand in b. */
static bool shares(const char *a, const char *b)
{
	GArray *one = words_split(a), *other = words_split(b);
	bool does = words_share(one, other) >= ADDRESS_SHARE;

	g_array_unref(one);
	g_array_unref(other);
	return does;
}

/* A place without an address is described: "Google Forms (linked) for questions". */
static bool same_place(const char *label, const char *answer)
{
	auto_free char *want = place_of(label), *got = place_of(answer);

	return streq(want, got) || (strchr(label, ' ') && !strchr(label, '/') && shares(answer, label));
}

/* Labels of the samples say behind an address where it stands: "… (page 16)". */
static bool same_address(const char *label, const char *answer)
{
	const char *note = g_strrstr(label, " (page ");
	auto_free char *bare = note ? xstrndup(label, (size_t)(note - label)) : xstrdup(label);

	return shares(bare, answer);
}

bool same_submission(const json_t *label, const json_t *answer)
{
	static const struct {
		const char *key, *kind; /* the address that matters for that kind */
		bool (*same)(const char *label, const char *answer);
	} ways[] = {
		{ "email", "email", same_email },
		{ "portal", "portal", same_place },
		{ "address", "physical", same_address },
	};
	const char *kind = text_of(label, "kind"), *got = text_of(answer, "kind");

	if (!kind || !got || !streq(kind, got))
		return false;
	for (size_t i = 0; i < N_ELEMS(ways); i++) {
		const char *want = text_of(label, ways[i].key), *has = text_of(answer, ways[i].key);

		if (want && (streq(kind, ways[i].kind) || streq(kind, "mixed")) && !(has && ways[i].same(want, has)))
			return false;
	}
	return true;
}
