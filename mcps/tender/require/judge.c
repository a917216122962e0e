#include "judge.h"

#include <math.h>
#include <stdlib.h>

#include "wording.h"

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

static int largest(const int *values, int n)
{
	int best = 0;

	for (int i = 1; i < n; i++) {
		if (values[i] > values[best])
			best = i;
	}
	return best;
}

struct verdict judge_clause(const struct clause *c, GHashTable *parties)
{
	struct sums s = { 0 };

	add(&s, "");
	wording_each(c, parties, add, &s);
	return (struct verdict){
		.binds = 1 / (1 + exp(-s.binds / 100.0)),
		.level = c->level ? judge_level_find(c->level) : (enum judge_level)largest(s.level, N_JUDGE_LEVELS),
		.category = (enum judge_category)largest(s.category, N_JUDGE_CATEGORIES),
	};
}
