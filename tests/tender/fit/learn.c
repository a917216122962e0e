#include "learn.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#define LEAST_EXAMPLES 3 /* of a feature that gets a weight */
#define ROUNDS         40
#define RATE           0.15
#define LEAST_SQUARES  0.5
#define N_PARTS        5
#define OUTPUTS        (1 + N_JUDGE_LEVELS + N_JUDGE_CATEGORIES)
#define FIRST_LEVEL    1
#define FIRST_CATEGORY (1 + N_JUDGE_LEVELS)
#define LEAST_WEIGHT   3 /* hundredths: rows below it are left out */

#define CALIBRATION_ROUNDS 4000
#define CALIBRATION_RATE   0.05

#define DECAY          0.008
#define WORD_DECAY     0.06 /* of single words: there are many, and each was seen few times */
#define CATEGORY_DECAY 0.02

struct example {
	GArray *features;       /* int */
	struct verdict verdict; /* of the weights that are built in; then of those found without its part */
	bool binds;
	enum judge_level level;
	enum judge_category category;
	double weight, binding; /* what it counts, and what of that for whether it binds */
	char *section;
	int document; /* from 1; 0 for a sentence that was written to learn from: those bind oftener than documents do
		       */
	double held;  /* its score when its part was left out */
};

struct kind {
	int from; /* the first output that it has a weight for */
	double decay;
};

struct learner {
	GPtrArray *examples;
	GHashTable *known; /* feature to its number + 1 */
	GPtrArray *names;
	GArray *counts;
	struct kind *kinds; /* of each feature, since training began */
	double (*weights)[OUTPUTS], (*squares)[OUTPUTS];
};

static void example_free(void *arg)
{
	struct example *e = arg;

	g_array_unref(e->features);
	g_free(e->section);
	g_free(e);
}

struct learner *learner_new(void)
{
	struct learner *l = g_new0(struct learner, 1);

	l->examples = g_ptr_array_new_with_free_func(example_free);
	l->known = g_hash_table_new(g_str_hash, g_str_equal);
	l->names = g_ptr_array_new_with_free_func(g_free);
	l->counts = g_array_new(FALSE, FALSE, sizeof(int));
	return l;
}

void learner_free(struct learner *l)
{
	g_ptr_array_unref(l->examples);
	g_hash_table_unref(l->known);
	g_ptr_array_unref(l->names);
	g_array_unref(l->counts);
	g_free(l->kinds);
	g_free(l->weights);
	g_free(l->squares);
	g_free(l);
}

struct adding {
	struct learner *l;
	struct example *e;
};

static void add_feature(void *arg, const char *feature)
{
	struct adding *a = arg;
	int n = GPOINTER_TO_INT(g_hash_table_lookup(a->l->known, feature)), one = 1;

	if (n == 0) {
		g_ptr_array_add(a->l->names, g_strdup(feature));
		g_array_append_val(a->l->counts, one);
		n = (int)a->l->names->len;
		g_hash_table_insert(a->l->known, a->l->names->pdata[n - 1], GINT_TO_POINTER(n));
	} else {
		g_array_index(a->l->counts, int, n - 1)++;
	}
	n--;
	g_array_append_val(a->e->features, n);
}

void learner_add(struct learner *l, int document, const struct clause *c, GHashTable *parties, struct label label)
{
	struct example *e = g_new0(struct example, 1);
	struct adding a = { l, e };

	e->features = g_array_new(FALSE, FALSE, sizeof(int));
	e->binds = label.binds;
	e->level = label.binds ? label.level : N_JUDGE_LEVELS;
	e->category = label.binds ? label.category : N_JUDGE_CATEGORIES;
	e->weight = label.weight;
	e->binding = label.binding;
	e->section = g_strdup(c->section);
	e->document = document;
	e->verdict = judge_clause(c, parties);
	add_feature(&a, "");
	wording_each(c, parties, add_feature, &a);
	g_ptr_array_add(l->examples, e);
}

static bool counts(const struct learner *l, int feature)
{
	return g_array_index(l->counts, int, feature) >= LEAST_EXAMPLES;
}

static void scores_of(const struct learner *l, const struct example *e, double *out)
{
	memset(out, 0, OUTPUTS * sizeof(*out));
	for (unsigned i = 0; i < e->features->len; i++) {
		int f = g_array_index(e->features, int, i);

		for (int k = 0; counts(l, f) && k < OUTPUTS; k++)
			out[k] += l->weights[f][k];
	}
}

static double logistic(double x)
{
	return 1 / (1 + exp(-x));
}

static void softmax(double *x, int n)
{
	double most = x[0], sum = 0;

	for (int i = 1; i < n; i++)
		most = fmax(most, x[i]);
	for (int i = 0; i < n; i++)
		sum += x[i] = exp(x[i] - most);
	for (int i = 0; i < n; i++)
		x[i] /= sum;
}

/* What is wrong with each output for this example; 0 for one that has no label. */
static void slopes_of(const struct learner *l, const struct example *e, double *s)
{
	scores_of(l, e, s);
	s[0] = logistic(s[0]) - e->binds;
	softmax(s + FIRST_LEVEL, N_JUDGE_LEVELS);
	softmax(s + FIRST_CATEGORY, N_JUDGE_CATEGORIES);
	for (int i = 0; i < N_JUDGE_LEVELS; i++)
		s[FIRST_LEVEL + i] -= e->level == N_JUDGE_LEVELS ? s[FIRST_LEVEL + i] : (int)e->level == i;
	for (int i = 0; i < N_JUDGE_CATEGORIES; i++)
		s[FIRST_CATEGORY + i] -=
			e->category == N_JUDGE_CATEGORIES ? s[FIRST_CATEGORY + i] : (int)e->category == i;
}

/* What is not a single word is the structure of the sentence; what it is about tells the category. */
static bool is_word(const char *feature)
{
	static const char *const words[] = { "w:",     "begin:",     "end:",       "two:",        "first:",
					     "after:", "verb:",      "head:",      "stem:",       "cells:",
					     "topic:", "head-topic", "stem-topic", "cells-topic", "subject:" };

	for (size_t i = 0; i < N_ELEMS(words); i++) {
		if (util_starts(feature, words[i]))
			return true;
	}
	return false;
}

/* Parts of words are many: they are kept from where the structure says enough. */
static bool is_part(const char *feature)
{
	return util_starts(feature, "begin:") || util_starts(feature, "end:");
}

static void find_kinds(struct learner *l)
{
	l->kinds = g_renew(struct kind, l->kinds, l->names->len);
	for (unsigned f = 0; f < l->names->len; f++) {
		const char *name = l->names->pdata[f];

		l->kinds[f] = (struct kind){ .from = is_part(name) ? FIRST_CATEGORY : 0,
					     .decay = is_word(name) ? WORD_DECAY : DECAY };
	}
}

/* Adagrad; a feature seen seldom moves less than it would there. */
static void step(struct learner *l, const struct example *e)
{
	double s[OUTPUTS];

	slopes_of(l, e, s);
	for (unsigned i = 0; i < e->features->len; i++) {
		int f = g_array_index(e->features, int, i);

		for (int k = l->kinds[f].from; counts(l, f) && k < OUTPUTS; k++) {
			double pull = (k < FIRST_CATEGORY ? l->kinds[f].decay : CATEGORY_DECAY) * l->weights[f][k];
			double g = e->weight * (k ? 1 : e->binding) * (s[k] + (s[k] != 0 ? pull : 0));

			l->squares[f][k] += g * g;
			if (g != 0)
				l->weights[f][k] -= RATE * g / (LEAST_SQUARES + sqrt(l->squares[f][k]));
		}
	}
}

/* A fixed order that is no order, so that every run gives the same weights. */
static unsigned nth(unsigned i, unsigned n)
{
	return (unsigned)((i * 7919ull + 104729) % n);
}

/* Documents of part (of N_PARTS) are left out; -1 leaves out none. */
static bool in_part(const struct example *e, int part)
{
	return part >= 0 && e->document > 0 && e->document % N_PARTS == part;
}

static void train(struct learner *l, int part)
{
	unsigned n = l->examples->len;

	find_kinds(l);
	g_free(l->weights);
	g_free(l->squares);
	l->weights = g_malloc0(l->names->len * sizeof(*l->weights));
	l->squares = g_malloc0(l->names->len * sizeof(*l->squares));
	for (int round = 0; round < ROUNDS; round++) {
		for (unsigned i = 0; i < n; i++) {
			const struct example *e = l->examples->pdata[n % 7919 ? nth(i, n) : i];

			if (!in_part(e, part))
				step(l, e);
		}
	}
}

struct tally {
	int right, found, wanted;
	int level_right, levels, category_right, categories;
	int confused[N_JUDGE_CATEGORIES][N_JUDGE_CATEGORIES]; /* what it is, what is said */
	int bin_n[10], bin_right[10];
	double bin_sum[10];
};

static void count_verdict(struct tally *t, const struct example *e, struct verdict v)
{
	bool says = v.binds >= 0.5;
	int bin = MIN((int)(10 * v.binds), 9);

	t->found += says;
	t->wanted += e->binds;
	t->right += says && e->binds;
	t->bin_n[bin]++;
	t->bin_right[bin] += e->binds;
	t->bin_sum[bin] += v.binds;
	if (e->level < N_JUDGE_LEVELS) {
		t->levels++;
		t->level_right += e->level == v.level;
	}
	if (e->category < N_JUDGE_CATEGORIES) {
		t->categories++;
		t->category_right += e->category == v.category;
		t->confused[e->category][v.category]++;
	}
}

static double share(int part, int whole)
{
	return whole ? (double)part / whole : 0;
}

static void print_confused(const struct tally *t, FILE *out)
{
	for (int i = 0; i < N_JUDGE_CATEGORIES; i++) {
		fprintf(out, "  %-10s", judge_category_name((enum judge_category)i));
		for (int k = 0; k < N_JUDGE_CATEGORIES; k++)
			fprintf(out, " %4d", t->confused[i][k]);
		fprintf(out, "\n");
	}
}

static void print(const struct tally *t, FILE *out)
{
	double p = share(t->right, t->found), r = share(t->right, t->wanted);

	fprintf(out, "binds: precision %.3f, recall %.3f, F1 %.3f (%d of %d)\n", p, r,
		p + r > 0 ? 2 * p * r / (p + r) : 0, t->right, t->wanted);
	fprintf(out, "level %.3f of %d, category %.3f of %d\n", share(t->level_right, t->levels), t->levels,
		share(t->category_right, t->categories), t->categories);
	for (int i = 0; i < 10; i++)
		fprintf(out, "  %.1f: %5d, mean %.3f, share that bind %.3f\n", i / 10.0, t->bin_n[i],
			t->bin_n[i] ? t->bin_sum[i] / t->bin_n[i] : 0, share(t->bin_right[i], t->bin_n[i]));
	print_confused(t, out);
}

static int largest(const double *x, int n)
{
	int best = 0;

	for (int i = 1; i < n; i++)
		best = x[i] > x[best] ? i : best;
	return best;
}

static struct verdict verdict_of(const struct learner *l, const struct example *e)
{
	struct verdict v;
	double s[OUTPUTS];

	scores_of(l, e, s);
	v = (struct verdict){ .binds = logistic(s[0]),
			      .level = (enum judge_level)largest(s + FIRST_LEVEL, N_JUDGE_LEVELS),
			      .category = (enum judge_category)largest(s + FIRST_CATEGORY, N_JUDGE_CATEGORIES) };
	memcpy(v.about, s + FIRST_CATEGORY, sizeof(v.about));
	return v;
}

/*
 * Sentences that were written to learn from bind oftener than those of documents do. Documents say how their scores are
 * to be stretched and moved to be the probability: two numbers, found by gradient over the parts that were left out.
 */
static void calibrate(struct learner *l)
{
	double slope = 1, shift = 0;

	for (int round = 0; round < CALIBRATION_ROUNDS; round++) {
		double by_slope = 0, by_shift = 0;
		int n = 0;

		for (unsigned i = 0; i < l->examples->len; i++) {
			const struct example *e = l->examples->pdata[i];
			double wrong = e->document > 0 ? logistic(slope * e->held + shift) - e->binds : 0;

			by_slope += wrong * e->held;
			by_shift += wrong;
			n += e->document > 0;
		}
		if (n == 0)
			return;
		slope -= CALIBRATION_RATE * by_slope / n;
		shift -= CALIBRATION_RATE * by_shift / n;
	}
	fprintf(stderr, "scores times %.2f, plus %.2f\n", slope, shift);
	for (unsigned f = 0; f < l->names->len; f++)
		l->weights[f][0] *= slope;
	l->weights[0][0] += shift; /* the first feature is in every example */
}

/* The examples of one document, which begin with the nth: how many there are. */
static unsigned blend_document(const struct learner *l, unsigned nth)
{
	const struct example *first = l->examples->pdata[nth];
	unsigned n = 0;
	struct verdict *verdicts;
	const char **sections;

	while (nth + n < l->examples->len &&
	       ((struct example *)l->examples->pdata[nth + n])->document == first->document)
		n++;
	verdicts = g_new(struct verdict, n);
	sections = g_new(const char *, n);
	for (unsigned i = 0; i < n; i++) {
		const struct example *e = l->examples->pdata[nth + i];

		verdicts[i] = e->verdict;
		sections[i] = e->section;
	}
	judge_blend(verdicts, sections, n);
	for (unsigned i = 0; i < n; i++)
		((struct example *)l->examples->pdata[nth + i])->verdict = verdicts[i];
	g_free(verdicts);
	g_free(sections);
	return n;
}

/* Documents only: sentences that were written to learn from prove nothing. */
static void print_tally(const struct learner *l, FILE *out)
{
	struct tally t = { 0 };

	for (unsigned i = 0; i < l->examples->len;) {
		const struct example *e = l->examples->pdata[i];
		unsigned n = e->document > 0 ? blend_document(l, i) : 1;

		for (unsigned end = i + n; i < end; i++) {
			e = l->examples->pdata[i];
			if (e->document > 0)
				count_verdict(&t, e, e->verdict);
		}
	}
	print(&t, out);
}

void learner_fit(struct learner *l)
{
	double s[OUTPUTS];

	for (int part = 0; part < N_PARTS; part++) {
		train(l, part);
		for (unsigned i = 0; i < l->examples->len; i++) {
			struct example *e = l->examples->pdata[i];

			if (!in_part(e, part))
				continue;
			scores_of(l, e, s);
			e->held = s[0];
			e->verdict = verdict_of(l, e);
		}
	}
	print_tally(l, stderr);
	train(l, -1);
	calibrate(l);
}

void learner_test(const struct learner *l, FILE *out)
{
	print_tally(l, out);
}

static const struct learner *sorting;

static int by_name(const void *a, const void *b)
{
	return strcmp(sorting->names->pdata[*(const int *)a], sorting->names->pdata[*(const int *)b]);
}

static int hundredths(double w)
{
	return (int)lround(CLAMP(w, -300, 300) * 100);
}

static bool matters(const struct learner *l, int f)
{
	for (int k = 0; k < OUTPUTS; k++) {
		if (counts(l, f) && abs(hundredths(l->weights[f][k])) >= LEAST_WEIGHT)
			return true;
	}
	return false;
}

static void write_row(const struct learner *l, int f, FILE *out)
{
	fprintf(out, "\t{ \"%s\", %d, {", (const char *)l->names->pdata[f], hundredths(l->weights[f][0]));
	for (int k = FIRST_LEVEL; k < FIRST_CATEGORY; k++)
		fprintf(out, "%s%d", k == FIRST_LEVEL ? " " : ", ", hundredths(l->weights[f][k]));
	fprintf(out, " }, {");
	for (int k = FIRST_CATEGORY; k < OUTPUTS; k++)
		fprintf(out, "%s%d", k == FIRST_CATEGORY ? " " : ", ", hundredths(l->weights[f][k]));
	fprintf(out, " } },\n");
}

int learner_write(const struct learner *l, const char *path)
{
	FILE *out = fopen(path, "w");
	int *order = g_new(int, l->names->len + 1);

	if (!out)
		return -EIO;
	for (int i = 0; i < (int)l->names->len; i++)
		order[i] = i;
	sorting = l;
	qsort(order, l->names->len, sizeof(*order), by_name);
	fprintf(out, "/* Written by tests/tender/fit: not to be edited. */\n#include \"judge.h\"\n\n"
		     "/* clang-format off */\nconst struct weight judge_weights[] = {\n");
	for (int i = 0; i < (int)l->names->len; i++) {
		if (matters(l, order[i]))
			write_row(l, order[i], out);
	}
	fprintf(out, "};\n\nconst size_t judge_n_weights = N_ELEMS(judge_weights);\n");
	g_free(order);
	return fclose(out) == 0 ? 0 : -EIO;
}
