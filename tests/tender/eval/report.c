#include "report.h"

#include <math.h>
#include <stdlib.h>

#include "figures.h"

#define SHOWN 300 /* characters of a text in a list */

/* All that is counted of one row. */
struct row {
	const char *name;
	struct tally tally;
	int page_right;
	int outcomes[N_OUTCOMES];
	bool sample; /* answers without a label were not judged */
};

static struct row count_row(const struct score *s, const char *name)
{
	struct row r = { .name = name, .sample = strstr(name, "(sample)") != NULL };

	for (unsigned i = 0; i < s->verdicts->len; i++) {
		const struct verdict *v = s->verdicts->pdata[i];

		if (!streq(v->field, name))
			continue;
		r.outcomes[v->outcome]++;
		r.page_right += v->outcome == RIGHT && v->page_right;
	}
	r.tally.right = r.outcomes[RIGHT];
	r.tally.labels = r.outcomes[RIGHT] + r.outcomes[OTHER] + r.outcomes[MISSED];
	r.tally.answers = r.outcomes[RIGHT] + r.outcomes[OTHER] + r.outcomes[INVENTED];
	return r;
}

static bool is_word_row(const char *name)
{
	return streq(name, "level") || streq(name, "category");
}

static void put_share(FILE *out, double share)
{
	if (share < 0)
		fprintf(out, "%9s", "-");
	else
		fprintf(out, "%9.3f", share);
}

static void put_row(const struct row *r, FILE *out)
{
	fprintf(out, "%-24s%7d%9d%7d", r->name, r->tally.labels, r->tally.answers, r->tally.right);
	put_share(out, r->sample ? -1 : tally_precision(&r->tally));
	put_share(out, tally_recall(&r->tally));
	put_share(out, r->sample ? -1 : tally_f1(&r->tally));
	put_share(out, r->tally.right && !is_word_row(r->name) ? (double)r->page_right / r->tally.right : -1);
	fprintf(out, "\n");
}

static void put_fields(const struct score *s, FILE *out)
{
	fprintf(out, "%-24s%7s%9s%7s%9s%9s%9s%9s\n", "field", "labels", "answers", "right", "precis.", "recall", "F1",
		"page");
	for (const char *const *name = score_fields(); *name; name++) {
		struct row r = count_row(s, *name);

		if (r.tally.labels + r.tally.answers > 0)
			put_row(&r, out);
	}
}

static struct reliability count_pool(const struct score *s, int *sure, int *wrong)
{
	struct reliability all = { 0 };

	*sure = *wrong = 0;
	for (unsigned i = 0; i < s->verdicts->len; i++) {
		const struct verdict *v = s->verdicts->pdata[i];

		if (!v->pooled || v->confidence < 0)
			continue;
		reliability_count(&all, v->confidence, v->outcome == RIGHT);
		*sure += v->confidence >= SURE;
		*wrong += v->confidence >= SURE && v->outcome != RIGHT;
	}
	return all;
}

void report_pool(const struct score *s, FILE *out)
{
	for (unsigned i = 0; i < s->verdicts->len; i++) {
		const struct verdict *v = s->verdicts->pdata[i];

		if (v->pooled && v->confidence >= 0)
			fprintf(out, "%s\t%d\t%d\n", v->field, v->confidence, v->outcome == RIGHT);
	}
}

static void put_reliability(const struct score *s, FILE *out)
{
	int sure, wrong;
	struct reliability all = count_pool(s, &sure, &wrong);
	struct interval i = figures_wilson(wrong, sure);

	fprintf(out, "\nconfidence  values  mean confidence  share right\n");
	for (int b = 0; b < RELIABILITY_BINS; b++) {
		int n = all.bins[b].n;

		if (n > 0)
			fprintf(out, "%3d to %3d%9d%17.1f%13.3f\n", b * 10, b == 9 ? 100 : b * 10 + 9, n,
				all.bins[b].confidence / n, (double)all.bins[b].right / n);
	}
	fprintf(out, "calibration error %.3f\n", reliability_error(&all));
	fprintf(out, "wrong with confidence %d or more: %d of %d", SURE, wrong, sure);
	if (sure > 0)
		fprintf(out, " = %.1f %% (95 %%: %.1f to %.1f)", 100.0 * wrong / sure, 100 * i.low, 100 * i.high);
	fprintf(out, "\n");
}

static const struct document *document_at(const struct score *s, unsigned i)
{
	return &g_array_index(s->documents, struct document, i);
}

static int n_automatic(const struct score *s)
{
	int n = 0;

	for (unsigned i = 0; i < s->documents->len; i++)
		n += document_at(s, i)->confidence >= SURE;
	return n;
}

/* Values given for sure in a document that completes, and wrong: nobody looks at these. */
static int n_unseen(const struct score *s)
{
	int n = 0;

	for (unsigned i = 0; i < s->documents->len; i++) {
		for (unsigned k = 0; document_at(s, i)->confidence >= SURE && k < s->verdicts->len; k++) {
			const struct verdict *v = s->verdicts->pdata[k];

			n += v->pooled && v->confidence >= SURE && v->outcome != RIGHT &&
			     streq(v->document, document_at(s, i)->name);
		}
	}
	return n;
}

static void put_documents(const struct score *s, FILE *out)
{
	unsigned n = s->documents->len;

	fprintf(out, "complete without review: %d of %u documents = %.2f, with %d wrong values given for sure\n",
		n_automatic(s), n, n ? (double)n_automatic(s) / n : 0, n_unseen(s));
	for (unsigned i = 0; i < n; i++) {
		if (document_at(s, i)->error)
			fprintf(out, "not read: %s: %s\n", document_at(s, i)->name, document_at(s, i)->error);
	}
}

static const char *const outcome_words[N_OUTCOMES] = { "right", "wrong", "invented", "missed" };

struct kind {
	const char *field;
	enum outcome outcome;
	int n;
};

static int by_number(const void *a, const void *b)
{
	return ((const struct kind *)b)->n - ((const struct kind *)a)->n;
}

static void put_kinds(const struct score *s, FILE *out)
{
	GArray *kinds = g_array_new(FALSE, FALSE, sizeof(struct kind));

	for (const char *const *name = score_fields(); *name; name++) {
		struct row r = count_row(s, *name);

		for (enum outcome o = OTHER; o < N_OUTCOMES; o++) {
			struct kind k = { *name, o, r.outcomes[o] };

			if (k.n > 0)
				g_array_append_val(kinds, k);
		}
	}
	g_array_sort(kinds, by_number);
	fprintf(out, "\nmost frequent misses\n");
	for (unsigned i = 0; i < kinds->len && i < MOST_KIND; i++) {
		const struct kind *k = &g_array_index(kinds, struct kind, i);

		fprintf(out, "%6d  %s %s\n", k->n, k->field, outcome_words[k->outcome]);
	}
	g_array_unref(kinds);
}

void report_tables(const struct score *s, FILE *out)
{
	put_fields(s, out);
	put_reliability(s, out);
	put_documents(s, out);
	put_kinds(s, out);
}

static void put_text(FILE *out, const char *what, const char *text)
{
	auto_free char *flat = NULL;

	if (!text || !*text)
		return;
	flat = g_utf8_substring(text, 0, MIN(g_utf8_strlen(text, -1), SHOWN));
	g_strdelimit(flat, "\r\n\t", ' ');
	fprintf(out, "      %-8s%s%s\n", what, flat, strlen(flat) < strlen(text) ? " ..." : "");
}

/* Right, but read from another place than the label's. */
static bool is_misplaced(const struct verdict *v)
{
	return v->outcome == RIGHT && !is_word_row(v->field) && !v->page_right;
}

static void put_miss(const struct verdict *v, FILE *out)
{
	fprintf(out, "  %-10s%-24s", is_misplaced(v) ? "page" : outcome_words[v->outcome], v->field);
	if (v->confidence >= 0)
		fprintf(out, "confidence %d  ", v->confidence);
	if (v->label_page)
		fprintf(out, "label page %d  ", v->label_page);
	if (v->page)
		fprintf(out, "%s page %d  ", v->answer ? "answer" : "nearest", v->page);
	if (v->overlap > 0)
		fprintf(out, "overlap %.2f", v->overlap);
	fprintf(out, "\n");
	put_text(out, "label", v->label);
	put_text(out, "answer", v->answer);
	put_text(out, v->answer ? "quote" : "nearest", v->quote);
}

void report_misses(const struct score *s, const char *field, FILE *out)
{
	const char *document = NULL;

	for (unsigned i = 0; i < s->verdicts->len; i++) {
		const struct verdict *v = s->verdicts->pdata[i];

		if ((v->outcome == RIGHT && !is_misplaced(v)) || (!streq(field, "all") && !streq(field, v->field)))
			continue;
		if (document != v->document)
			fprintf(out, "%s%s\n", document ? "\n" : "", v->document);
		document = v->document;
		put_miss(v, out);
	}
	fprintf(out, "\n");
}

json_t *report_figures(const struct score *s)
{
	json_t *f1 = json_object();
	int sure, wrong;
	struct reliability all = count_pool(s, &sure, &wrong);

	for (const char *const *name = score_fields(); *name; name++) {
		struct row r = count_row(s, *name);

		if (r.tally.labels > 0)
			json_object_set_new(f1, *name,
					    json_real(r.sample ? tally_recall(&r.tally) : tally_f1(&r.tally)));
	}
	return json_pack("{s:o, s:f, s:f, s:f}", "f1", f1, "wrong_when_sure", sure ? (double)wrong / sure : 0.0,
			 "calibration_error", reliability_error(&all), "automation",
			 s->documents->len ? (double)n_automatic(s) / s->documents->len : 0.0);
}

/* sign is 1 where more is better and -1 where less is. */
static int check(const char *name, const json_t *floor, const json_t *reached, int sign, FILE *out)
{
	double want = json_number_value(floor), got = json_number_value(reached);

	if (!json_is_number(floor) || (json_is_number(reached) && sign * (got - want) > -1e-5))
		return 0;
	fprintf(out, "%s is %.3f, must be %s %.3f\n", name, got, sign > 0 ? "at least" : "at most", want);
	return 1;
}

int report_floors(const struct score *s, const json_t *floors, FILE *out)
{
	static const struct {
		const char *name;
		int sign;
	} wholes[] = { { "wrong_when_sure", -1 }, { "calibration_error", -1 }, { "automation", 1 } };
	json_t *reached = report_figures(s), *f1 = json_object_get(reached, "f1"), *floor;
	const char *name;
	int bad = 0;

	json_object_foreach (json_object_get(floors, "f1"), name, floor)
		bad += check(name, floor, json_object_get(f1, name), 1, out);
	for (size_t i = 0; i < N_ELEMS(wholes); i++)
		bad += check(wholes[i].name, json_object_get(floors, wholes[i].name),
			     json_object_get(reached, wholes[i].name), wholes[i].sign, out);
	json_decref(reached);
	return bad;
}
