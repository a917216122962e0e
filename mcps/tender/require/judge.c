#include "judge.h"

#include <math.h>
#include <stdlib.h>

#include "wording.h"

#define NEAR   4   /* clauses before and behind one that have a say in its category */
#define LITTLE 0.3 /* what each category is counted as seen */

static const char *const levels[N_JUDGE_LEVELS] = {
	[JUDGE_MUST] = "must",
	[JUDGE_SHOULD] = "should",
	[JUDGE_MAY] = "may",
};

static const char *const categories[N_JUDGE_CATEGORIES] = {
	[JUDGE_FUNCTIONAL] = "functional", [JUDGE_QUALITY] = "quality",       [JUDGE_SECURITY] = "security",
	[JUDGE_LEGAL] = "legal",           [JUDGE_COMMERCIAL] = "commercial", [JUDGE_DELIVERY] = "delivery",
	[JUDGE_STAFF] = "staff",           [JUDGE_REPORTING] = "reporting",   [JUDGE_PROCEDURE] = "procedure",
};

const char *judge_level_name(enum judge_level l)
{
	return levels[l];
}

const char *judge_category_name(enum judge_category c)
{
	return categories[c];
}

enum judge_level judge_level_find(const char *name)
{
	enum judge_level l = 0;

	while (l < N_JUDGE_LEVELS && !streq(levels[l], name))
		l++;
	return l;
}

enum judge_category judge_category_find(const char *name)
{
	enum judge_category c = 0;

	while (c < N_JUDGE_CATEGORIES && !streq(categories[c], name))
		c++;
	return c;
}

struct sums {
	int binds, level[N_JUDGE_LEVELS], category[N_JUDGE_CATEGORIES];
};

static int compare_features(const void *key, const void *row)
{
	return strcmp(key, ((const struct weight *)row)->feature);
}

static void add(void *arg, const char *feature)
{
	struct sums *s = arg;
	const struct weight *w =
		bsearch(feature, judge_weights, judge_n_weights, sizeof(*judge_weights), compare_features);

	if (!w)
		return;
	s->binds += w->binds;
	for (int i = 0; i < N_JUDGE_LEVELS; i++)
		s->level[i] += w->level[i];
	for (int i = 0; i < N_JUDGE_CATEGORIES; i++)
		s->category[i] += w->category[i];
}

static int largest(const double *values, int n)
{
	int best = 0;

	for (int i = 1; i < n; i++) {
		if (values[i] > values[best])
			best = i;
	}
	return best;
}

static enum judge_level level_of(const struct sums *s)
{
	double scores[N_JUDGE_LEVELS];

	for (int i = 0; i < N_JUDGE_LEVELS; i++)
		scores[i] = s->level[i];
	return (enum judge_level)largest(scores, N_JUDGE_LEVELS);
}

struct verdict judge_clause(const struct clause *c, GHashTable *parties)
{
	struct sums s = { 0 };
	struct verdict v;

	add(&s, "");
	wording_each(c, parties, add, &s);
	v.binds = 1 / (1 + exp(-s.binds / 100.0));
	v.level = c->level ? judge_level_find(c->level) : level_of(&s);
	for (int i = 0; i < N_JUDGE_CATEGORIES; i++)
		v.about[i] = s.category[i] / 100.0;
	v.category = (enum judge_category)largest(v.about, N_JUDGE_CATEGORIES);
	return v;
}

/* What the scores are as probabilities, which sum to 1; those of a clause that does not bind have no say. */
static void shares_of(const struct verdict *v, double *shares)
{
	double sum = 0;

	for (int i = 0; i < N_JUDGE_CATEGORIES; i++)
		sum += shares[i] = v->binds < 0.5 ? 0 : exp(v->about[i] - v->about[v->category]);
	for (int i = 0; sum > 0 && i < N_JUDGE_CATEGORIES; i++)
		shares[i] /= sum;
}

/* The log of the mean of the shares around clause at, as if each category had been seen a little. */
static void blend_one(struct verdict *v, const double (*shares)[N_JUDGE_CATEGORIES], const char *const *sections,
		      size_t at, size_t n)
{
	double sums[N_JUDGE_CATEGORIES], all = 0;

	for (int i = 0; i < N_JUDGE_CATEGORIES; i++) {
		sums[i] = LITTLE;
		for (size_t k = at < NEAR ? 0 : at - NEAR; k < n && k <= at + NEAR; k++)
			sums[i] += g_strcmp0(sections[k], sections[at]) == 0 ? shares[k][i] : 0;
		all += sums[i];
	}
	for (int i = 0; i < N_JUDGE_CATEGORIES; i++)
		v->about[i] += log(sums[i] / all);
	v->category = (enum judge_category)largest(v->about, N_JUDGE_CATEGORIES);
}

void judge_blend(struct verdict *v, const char *const *sections, size_t n)
{
	double(*shares)[N_JUDGE_CATEGORIES] = g_malloc_n(n + 1, sizeof(*shares));

	for (size_t i = 0; i < n; i++)
		shares_of(&v[i], shares[i]);
	for (size_t i = 0; i < n; i++)
		blend_one(&v[i], shares, sections, i, n);
	g_free(shares);
}
