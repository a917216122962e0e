#include "list.h"

#include <stdlib.h>

#include "words.h"

/* Names that are put shorter than the document has them stand in the answer by this share of their words. */
#define SHORTER_SHARE     0.5
#define LONGEST_FOR_PIECE 3 /* times its words */
#define TEXT_OVERLAP      0.8

struct entry {
	const json_t *json;
	int page, confidence;
	int mate; /* the entry of the other list that it belongs to, -1 for none */
};

struct pair {
	double near;
	int label, answer;
};

static const char *text_of(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static double overlap_of(const char *a, const char *b)
{
	GArray *one = words_split(a ? a : ""), *other = words_split(b ? b : "");
	double overlap = words_overlap(one, other);

	g_array_unref(one);
	g_array_unref(other);
	return overlap;
}

static const char *body_of(const json_t *entry)
{
	const char *text = text_of(entry, "text");

	return text ? text : text_of(entry, "value");
}

static double near_text(const json_t *label, const json_t *answer)
{
	double best = overlap_of(body_of(label), body_of(answer));
	json_t *one;
	size_t i;

	json_array_foreach (json_object_get(label, "accept"), i, one) {
		double overlap = overlap_of(json_string_value(one), body_of(answer));

		best = overlap > best ? overlap : best;
	}
	return best;
}

/*
 * Labels of a sample are often a piece of a sentence, and the answer has all of it: the piece must then stand in an
 * answer that is not much longer.
 */
static double near_piece(const json_t *label, const json_t *answer)
{
	GArray *want = words_split(body_of(label)), *got = words_split(body_of(answer));
	double share = got->len <= LONGEST_FOR_PIECE * want->len ? words_share(want, got) : 0;
	double overlap = near_text(label, answer);

	g_array_unref(want);
	g_array_unref(got);
	return share > overlap ? share : overlap;
}

/* Eight digits, with or without the check digit behind them. */
static double near_code(const json_t *label, const json_t *answer)
{
	auto_free char *want = words_digits(text_of(label, "code") ? text_of(label, "code") : "");
	auto_free char *got = words_digits(text_of(answer, "code") ? text_of(answer, "code") : "");

	return strlen(want) >= 8 && strncmp(want, got, 8) == 0;
}

/* "Los 1", "LOT-0001" and "1" are one number. */
static bool same_lot(const char *a, const char *b)
{
	auto_free char *one = words_digits(a), *other = words_digits(b);

	if (!*one || !*other)
		return words_same(a, b);
	return streq(one + strspn(one, "0"), other + strspn(other, "0"));
}

static double near_lot(const json_t *label, const json_t *answer)
{
	const char *id = text_of(label, "id"), *title = text_of(answer, "title");
	double overlap = overlap_of(text_of(label, "title"), title);

	if (!title || !id || !text_of(answer, "id"))
		return 0;
	return same_lot(id, text_of(answer, "id")) && score_accepts(label, "title", title) ? 1 : 0.9 * overlap;
}

/* "Q1 Service", "2.1) Service": what stands behind the number, or all of it. */
static const char *behind_number(const char *name)
{
	size_t len = strcspn(name, " "), n_digits = 0;

	for (size_t i = 0; i < len; i++)
		n_digits += g_ascii_isdigit(name[i]) != 0;
	return n_digits > 0 && len <= 5 && name[len] ? name + len + 1 : name;
}

static bool same_name(const json_t *label, const char *name)
{
	GArray *want, *got;
	bool same;

	if (!json_is_false(json_object_get(label, "verbatim")))
		return score_accepts(label, "name", name) || score_accepts(label, "name", behind_number(name));
	want = words_split(text_of(label, "name"));
	got = words_split(name);
	same = words_share(want, got) >= SHORTER_SHARE;
	g_array_unref(want);
	g_array_unref(got);
	return same;
}

static double near_criterion(const json_t *label, const json_t *answer)
{
	const json_t *want = json_object_get(label, "weight"), *got = json_object_get(answer, "weight");
	const char *name = text_of(answer, "name");

	if (!name)
		return 0;
	if (same_name(label, name) && json_is_number(want) == json_is_number(got) &&
	    json_number_value(want) == json_number_value(got))
		return 1;
	return 0.9 * overlap_of(text_of(label, "name"), name);
}

static double near_conflict(const json_t *label, const json_t *answer)
{
	const char *want = text_of(label, "field"), *got = text_of(answer, "field");

	return want && got && streq(want, got);
}

const struct list_kind list_cpv = { "cpv", NULL, "code", near_code, 1, false };
const struct list_kind list_lots = { "lots", NULL, "id title", near_lot, 1, false };
const struct list_kind list_criteria = { "evaluation_criteria", "items", "name weight", near_criterion, 1, false };
const struct list_kind list_eligibility = { "eligibility", NULL, "text", near_text, TEXT_OVERLAP, true };
const struct list_kind list_documents = { "documents", NULL, "text value", near_text, TEXT_OVERLAP, false };
const struct list_kind list_conflicts = { "conflicts", NULL, "field text", near_conflict, 1, false };
const struct list_kind list_requirements = { "requirements", NULL, "text", near_text, TEXT_OVERLAP, true };
const struct list_kind list_eligibility_sample = { "eligibility", NULL, "text", near_piece, TEXT_OVERLAP, true };
const struct list_kind list_requirements_sample = { "requirements", NULL, "text", near_piece, TEXT_OVERLAP, true };

/* All entries, those below others too. */
static void collect(GArray *to, const json_t *list, int confidence)
{
	json_t *one;
	size_t i;

	json_array_foreach (list, i, one) {
		const json_t *sure = json_object_get(one, "confidence");
		struct entry e = { one, (int)json_integer_value(json_object_get(one, "page")),
				   sure ? (int)json_integer_value(sure) : confidence, -1 };

		g_array_append_val(to, e);
		collect(to, json_object_get(one, "items"), e.confidence);
	}
}

static GArray *entries_of(const struct list_kind *kind, const json_t *field)
{
	GArray *all = g_array_new(FALSE, FALSE, sizeof(struct entry));
	const json_t *sure = json_object_get(field, "confidence");

	collect(all, kind->items ? json_object_get(field, kind->items) : field,
		sure ? (int)json_integer_value(sure) : -1);
	return all;
}

/* In a package two pages are one only where their files are; a path may stand before the name. */
static bool same_file(const json_t *label, const json_t *answer)
{
	const char *want = text_of(label, "file"), *got = text_of(answer, "file");

	return !want || !got || util_ends(got, want);
}

static bool may_match(const struct list_kind *kind, const struct entry *label, const struct entry *answer)
{
	return !kind->paged || (score_page_right(label->json, answer->page) && same_file(label->json, answer->json));
}

static int by_nearness(const void *a, const void *b)
{
	const struct pair *one = a, *other = b;

	if (one->near != other->near)
		return one->near < other->near ? 1 : -1;
	return one->label != other->label ? one->label - other->label : one->answer - other->answer;
}

/* The nearest pairs first, each entry once. */
static void match(const struct list_kind *kind, GArray *labels, GArray *answers)
{
	GArray *pairs = g_array_new(FALSE, FALSE, sizeof(struct pair));

	for (int i = 0; i < (int)labels->len; i++) {
		for (int k = 0; k < (int)answers->len; k++) {
			struct entry *label = &g_array_index(labels, struct entry, i);
			struct entry *answer = &g_array_index(answers, struct entry, k);
			struct pair p = { may_match(kind, label, answer) ? kind->near(label->json, answer->json) : 0, i,
					  k };

			if (p.near >= kind->enough)
				g_array_append_val(pairs, p);
		}
	}
	g_array_sort(pairs, by_nearness);
	for (unsigned i = 0; i < pairs->len; i++) {
		struct pair *p = &g_array_index(pairs, struct pair, i);
		struct entry *label = &g_array_index(labels, struct entry, p->label);
		struct entry *answer = &g_array_index(answers, struct entry, p->answer);

		if (label->mate < 0 && answer->mate < 0) {
			label->mate = p->answer;
			answer->mate = p->label;
		}
	}
	g_array_unref(pairs);
}

static struct verdict *add(struct score *s, const struct list_kind *kind, const char *field, enum outcome outcome,
			   const struct entry *label, const struct entry *answer)
{
	struct verdict *v = score_add(s, field, outcome);

	if (label) {
		v->label = score_show(label->json, kind->keys);
		v->label_page = label->page;
	}
	if (answer) {
		v->answer = score_show(answer->json, kind->keys);
		v->page = answer->page;
		v->confidence = answer->confidence;
		v->quote = xstrdup(text_of(answer->json, "quote"));
		v->page_right = label && score_page_right(label->json, answer->page);
	}
	return v;
}

static void judge_word(struct score *s, const char *key, const struct entry *label, const struct entry *answer)
{
	const char *want = text_of(label->json, key), *got = text_of(answer->json, key);
	struct verdict *v;

	if (!want)
		return;
	v = score_add(s, key, got ? (streq(want, got) ? RIGHT : OTHER) : MISSED);
	v->label = xstrdup(want);
	v->answer = xstrdup(got);
	v->label_page = label->page;
	v->page = answer->page;
	v->confidence = answer->confidence;
	v->quote = xstrdup(body_of(answer->json));
}

/* What comes nearest to a label that found none, wherever it stands: it shows why. */
static void show_nearest(struct verdict *v, const struct list_kind *kind, const struct entry *label, GArray *answers)
{
	const struct entry *best = NULL;

	for (unsigned i = 0; i < answers->len; i++) {
		const struct entry *answer = &g_array_index(answers, struct entry, i);
		double near = kind->near(label->json, answer->json);

		if (near > v->overlap) {
			v->overlap = near;
			best = answer;
		}
	}
	if (!best)
		return;
	v->quote = score_show(best->json, kind->keys);
	v->page = best->page;
	v->confidence = best->confidence;
}

void list_judge(struct score *s, const struct list_kind *kind, const char *field, const json_t *labels,
		const json_t *answers, bool sample)
{
	GArray *want = entries_of(kind, labels), *got = entries_of(kind, answers);

	match(kind, want, got);
	for (unsigned i = 0; i < want->len; i++) {
		const struct entry *label = &g_array_index(want, struct entry, i), *answer;

		if (label->mate < 0) {
			show_nearest(add(s, kind, field, MISSED, label, NULL), kind, label, got);
			continue;
		}
		answer = &g_array_index(got, struct entry, label->mate);
		add(s, kind, field, RIGHT, label, answer)->pooled = !sample;
		judge_word(s, "level", label, answer);
		judge_word(s, "category", label, answer);
	}
	for (unsigned i = 0; i < got->len && !sample; i++) {
		const struct entry *answer = &g_array_index(got, struct entry, i);

		if (answer->mate < 0)
			add(s, kind, field, INVENTED, NULL, answer)->pooled = true;
	}
	g_array_unref(want);
	g_array_unref(got);
}
