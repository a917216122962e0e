/* Conditions on sums: turnover and insurance. */
#include <stdlib.h>

#include "eligibility_kinds.h"
#include "tender/text/money.h"
#include "pick.h"
#include "tender/text/quantity.h"

#define MOST_YEARS 20

/* What is asked for: the least and the greatest of the sums, all of one currency. */
struct sums {
	int64_t least, greatest;
	char currency[4];
	bool mixed; /* several currencies */
	unsigned n;
};

static struct sums sums_of(const struct asked *a)
{
	GArray *all = money_scan(a->text, a->decimal_comma);
	struct sums s = { .n = all->len };

	for (guint i = 0; i < all->len; i++) {
		const struct amount *one = &g_array_index(all, struct amount, i);

		if (i == 0) {
			s.least = s.greatest = one->value;
			g_strlcpy(s.currency, one->currency, sizeof(s.currency));
		}
		s.least = MIN(s.least, one->value);
		s.greatest = MAX(s.greatest, one->value);
		s.mixed = s.mixed || !streq(s.currency, one->currency);
	}
	g_array_unref(all);
	return s;
}

static bool same_currency(const struct sums *s, const json_t *entry)
{
	return !s->mixed && *s->currency && g_ascii_strcasecmp(s->currency, pick_word(entry, "currency")) == 0;
}

/* --- turnover --- */

static struct pattern on_average = { "average|\\bmean\\b|durchschnitt|\\bim mittel\\b", 0, NULL, NULL };
static struct pattern in_total = { "\\b(?:total|cumulative|aggregate)\\b|\\binsgesamt\\b|\\bkumuliert|\\bin summe\\b",
				   0, NULL, NULL };
static struct pattern each_year = {
	"\\beach\\b|\\bevery\\b|\\bper (?:annum|year)\\b|\\bannual\\b|\\bjeweils\\b|\\bpro jahr\\b|\\bjährlich|\\bjahresumsatz|/a\\b",
	0, NULL, NULL
};
static struct pattern is_multiple = { "\\btwice\\b|\\bdouble\\b|\\btimes\\b|\\bdoppelt|fache\\b", 0, NULL, NULL };

struct years {
	int n;
	int64_t least, greatest, sum;
	bool other_currency;
};

/* The years before this one, or this one where the profile has it: the latest n that stand in the list. */
static struct years latest_years(struct asked *a, const json_t *list, int n, const struct sums *s)
{
	struct years y = { .least = INT64_MAX };

	for (int year = a->year; year > a->year - MOST_YEARS && y.n < n; year--) {
		json_t *one;
		size_t i;

		json_array_foreach (list, i, one) {
			int64_t value = json_integer_value(json_object_get(one, "value"));

			if (pick_number(one, "year") != year)
				continue;
			asked_use(a, "turnover", (int)i);
			y.n++;
			y.least = MIN(y.least, value);
			y.greatest = MAX(y.greatest, value);
			y.sum += value;
			y.other_currency = y.other_currency || !same_currency(s, one);
			break;
		}
	}
	return y;
}

static enum verdict hold_turnover(struct asked *a, const struct sums *s, const struct years *y)
{
	long long want = (long long)s->greatest;
	bool average = pattern_match(&on_average, a->text), total = pattern_match(&in_total, a->text);
	long long has = average ? (long long)(y->sum / y->n) : (long long)y->sum;
	long long least = average || total ? has : (long long)y->least,
		  greatest = average || total ? has : (long long)y->greatest;

	if (s->n > 1 && least < want && greatest >= (long long)s->least)
		return asked_say(a, UNKNOWN, "%lld to %lld %s are named: which of them holds is to be judged by hand.",
				 (long long)s->least, want, s->currency);
	if (average || total)
		return asked_say(a, has >= want ? MET : NOT_MET, "%lld %s are asked for %s; the company has %lld.",
				 want, s->currency, average ? "on average" : "in total", has);
	if (y->least >= want)
		return asked_say(a, MET, "%lld %s are asked for; the least of %d years is %lld.", want, s->currency,
				 y->n, (long long)y->least);
	if (y->greatest < want || pattern_match(&each_year, a->text))
		return asked_say(a, NOT_MET, "%lld %s are asked for; the least of %d years is %lld.", want, s->currency,
				 y->n, (long long)y->least);
	return asked_say(
		a, UNKNOWN,
		"%lld %s are asked for; the years have %lld to %lld, and whether each must reach it is not clear.",
		want, s->currency, (long long)y->least, (long long)y->greatest);
}

enum verdict judge_turnover(struct asked *a)
{
	json_t *list = asked_list(a, "turnover");
	struct sums s = sums_of(a);
	int n = quantity_years(a->text, a->year);
	struct years y;

	if (!list)
		return UNKNOWN;
	n = CLAMP(n, 1, MOST_YEARS);
	y = latest_years(a, list, n, &s);
	if (y.n < n)
		return asked_say(a, UNKNOWN, "%d years are asked for; the profile has the turnover of %d.", n, y.n);
	if (pattern_match(&is_multiple, a->text))
		return asked_say(a, UNKNOWN, "The sum depends on the value of the contract: judge it by hand.");
	if (s.n == 0)
		return asked_say(a, MET, "No least sum is named; the profile has the turnover of %d years.", y.n);
	if (y.other_currency)
		return asked_say(a, UNKNOWN, "The currencies of document and profile differ, or one is not named.");
	return hold_turnover(a, &s, &y);
}

/* --- insurance --- */

/* A kind counts as covered by an entry that has its words too. */
static struct pattern insurances[] = {
	{ "\\bemployer", 1, "employer's liability", NULL },
	{ "\\bpublic liab", 1, "public liability", NULL },
	{ "\\bprofessional\\b|berufshaftpflicht|\\bindemnity\\b|\\berrors and omissions\\b", 1,
	  "professional liability", NULL },
	{ "\\bcyber", 1, "cyber", NULL },
	{ "\\bproduct", 1, "product liability", NULL },
	{ "\\bgeneral\\b|\\bcommercial general\\b|betriebshaftpflicht", 1, "general liability", NULL },
	{ "\\bauto|\\bvehicle|\\bkfz|kraftfahr", 1, "vehicle", NULL },
	{ "\\bworkers?['’]? comp", 1, "workers' compensation", NULL },
	{ "\\bpollution|umwelt", 1, "environment", NULL },
};

/* Kinds before k that the condition names: where it names a sum for each, the sums stand in that order. */
static unsigned place_of(const struct asked *a, size_t k, unsigned *n_kinds)
{
	unsigned before = 0;
	int own = -1;

	*n_kinds = 0;
	for (size_t pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < N_ELEMS(insurances); i++) {
			GMatchInfo *m = pattern_find(&insurances[i], a->text, 0);
			int from = -1;

			if (m && g_match_info_matches(m))
				g_match_info_fetch_pos(m, 0, &from, NULL);
			g_match_info_free(m);
			if (pass == 0 && i == k)
				own = from;
			*n_kinds += pass == 0 && from >= 0;
			before += pass == 1 && from >= 0 && from < own;
		}
	}
	return before;
}

/* The sums that are asked for of kind k: its own, or all that are named. */
static struct sums sums_of_kind(const struct asked *a, size_t k, const struct sums *all)
{
	unsigned n_kinds, place = place_of(a, k, &n_kinds);
	GArray *list = money_scan(a->text, a->decimal_comma);
	struct sums s = *all;

	if (n_kinds > 1 && list->len == n_kinds) {
		s.least = s.greatest = g_array_index(list, struct amount, place).value;
		s.n = 1;
	}
	g_array_unref(list);
	return s;
}

/* The greatest sum of the profile for that kind; -1 for none, -2 for one in another currency. Without a kind every
 * entry counts. */
static int64_t insured(struct asked *a, const json_t *list, struct pattern *kind, const struct sums *s)
{
	int64_t best = -1;
	int at = -1;
	json_t *one;
	size_t i;

	json_array_foreach (list, i, one) {
		int64_t sum = json_integer_value(json_object_get(one, "sum"));

		if (kind && !pattern_match(kind, pick_word(one, "kind")))
			continue;
		if (s->n > 0 && !same_currency(s, one)) {
			best = best == -1 ? -2 : best;
			continue;
		}
		if (sum > best) {
			best = sum;
			at = (int)i;
		}
	}
	if (at >= 0)
		asked_use(a, "insurance", at);
	return best;
}

static enum verdict hold_insurance(struct asked *a, const char *kind, int64_t has, const struct sums *s)
{
	if (has == -2)
		return asked_say(a, UNKNOWN, "The profile has %s insurance, but in another currency than %s.", kind,
				 s->currency);
	if (has < 0)
		return asked_say(a, NOT_MET, "The profile has no %s insurance%s%s.", kind, s->n ? " in " : "",
				 s->n ? s->currency : "");
	if (s->n > 0 && has < s->least)
		return asked_say(a, NOT_MET, "%lld %s of %s insurance are asked for; the company has %lld.",
				 (long long)s->least, s->currency, kind, (long long)has);
	if (s->n > 0 && has < s->greatest)
		return asked_say(a, UNKNOWN, "The %s insurance of %lld lies between the sums that are named.", kind,
				 (long long)has);
	return asked_say(a, MET, "The company has %s insurance of %lld.", kind, (long long)has);
}

enum verdict judge_insurance(struct asked *a)
{
	json_t *list = asked_list(a, "insurance");
	struct sums s = sums_of(a);
	enum verdict worst = MET;
	unsigned n = 0;

	if (!list)
		return UNKNOWN;
	if (s.mixed || (s.n > 0 && !*s.currency))
		return asked_say(a, UNKNOWN, "The currency of the sums could not be read.");
	for (size_t i = 0; i < N_ELEMS(insurances); i++) {
		struct sums own;
		enum verdict v;

		if (!pattern_match(&insurances[i], a->text))
			continue;
		n++;
		own = sums_of_kind(a, i, &s);
		v = hold_insurance(a, insurances[i].word, insured(a, list, &insurances[i], &own), &own);
		worst = MAX(worst, v);
		if (v == NOT_MET)
			return v;
	}
	if (n > 1 && worst == MET)
		asked_say(a, MET, "The company has all %u kinds of insurance for the sums that are named.", n);
	return n ? worst : hold_insurance(a, "liability", insured(a, list, NULL, &s), &s);
}
