#include "score.h"

#include <stdlib.h>

#include "list.h"
#include "same.h"
#include "words.h"

#define ROW_SAMPLE      "requirements (sample)"
#define ROW_ELIGIBLE    "eligibility (sample)"
#define ROW_CONTACT     "contact"
#define ROW_EVALUATION  "evaluation_criteria"
#define ROW_ELIGIBILITY "eligibility"

/* Fields with one value. */
static const struct {
	const char *name;
	bool (*same)(const json_t *label, const json_t *answer);
	const char *keys; /* what is shown */
} fields[] = {
	{ "title", same_text, "value" },
	{ "issuer", same_text, "value" },
	{ "reference_number", same_text, "value" },
	{ "procedure", same_procedure, "value type" },
	{ "issue_date", same_date, "value" },
	{ "submission_deadline", same_date, "value timezone" },
	{ "questions_deadline", same_date, "value timezone" },
	{ "participation_deadline", same_date, "value timezone" },
	{ "binding_until", same_period, "value" },
	{ "contract_duration", same_duration, "value months option_months start end" },
	{ "contract_options", same_options, "value months count" },
	{ "budget", same_money, "value currency kind minimum" },
	{ "submission_method", same_submission, "kind email portal address" },
	{ "page_limit", same_number, "value" },
};

/* Fields that are lists, judged only where the labels have them. */
static const struct {
	const struct list_kind *kind;
	const char *row, *key;
	bool whole; /* only where all requirements are labelled, and so all else */
	bool sample;
} lists[] = {
	{ &list_cpv, "cpv", "cpv", false, false },
	{ &list_lots, "lots", "lots", false, false },
	{ &list_criteria, ROW_EVALUATION, ROW_EVALUATION, false, false },
	{ &list_documents, "documents", "documents", false, false },
	{ &list_conflicts, "conflicts", "conflicts", true, false },
	{ &list_eligibility, ROW_ELIGIBILITY, ROW_ELIGIBILITY, true, false },
	{ &list_requirements, "requirements", "requirements", true, false },
	{ &list_eligibility_sample, ROW_ELIGIBLE, ROW_ELIGIBILITY, false, true },
	{ &list_requirements_sample, ROW_SAMPLE, "requirements_sample", false, true },
};

const char *const *score_fields(void)
{
	static const char *rows[N_ELEMS(fields) + N_ELEMS(lists) + 4]; /* contact, level, category, NULL */
	size_t n = 0;

	for (size_t i = 0; i < N_ELEMS(fields); i++)
		rows[n++] = fields[i].name;
	rows[n++] = ROW_CONTACT;
	for (size_t i = 0; i < N_ELEMS(lists); i++)
		rows[n++] = lists[i].row;
	rows[n++] = "level";
	rows[n++] = "category";
	return rows;
}

static void verdict_free(void *p)
{
	struct verdict *v = p;

	free(v->label);
	free(v->answer);
	free(v->quote);
	free(v);
}

static void document_release(void *p)
{
	free(((struct document *)p)->error);
}

struct score *score_new(void)
{
	struct score *s = xcalloc(1, sizeof(*s));

	s->verdicts = g_ptr_array_new_with_free_func(verdict_free);
	s->documents = g_array_new(FALSE, TRUE, sizeof(struct document));
	g_array_set_clear_func(s->documents, document_release);
	return s;
}

void score_free(struct score *s)
{
	g_ptr_array_unref(s->verdicts);
	g_array_unref(s->documents);
	free(s);
}

struct verdict *score_add(struct score *s, const char *field, enum outcome outcome)
{
	struct verdict *v = xcalloc(1, sizeof(*v));

	v->document = s->document;
	v->field = field;
	v->outcome = outcome;
	v->confidence = -1;
	g_ptr_array_add(s->verdicts, v);
	return v;
}

static void show_value(GString *out, const json_t *value)
{
	if (json_is_string(value))
		g_string_append(out, json_string_value(value));
	else
		g_string_append_printf(out, "%.15g", json_number_value(value));
}

char *score_show(const json_t *object, const char *keys)
{
	gchar **names = g_strsplit(keys, " ", -1);
	GString *out = g_string_new(NULL);

	for (gchar **name = names; *name; name++) {
		const json_t *value = json_object_get(object, *name);

		if (!json_is_string(value) && !json_is_number(value))
			continue;
		if (out->len)
			g_string_append(out, ", ");
		if (json_is_number(value) && !streq(*name, "value"))
			g_string_append_printf(out, "%s ", *name);
		show_value(out, value);
	}
	g_strfreev(names);
	return g_string_free(out, FALSE);
}

bool score_page_right(const json_t *label, int page)
{
	const json_t *first = json_object_get(label, "page"), *last = json_object_get(label, "page_end");
	json_t *one;
	size_t i;

	json_array_foreach (json_object_get(label, "pages"), i, one) {
		if (json_integer_value(one) == page)
			return true;
	}
	if (!json_is_integer(first))
		return true;
	return page >= json_integer_value(first) &&
	       page <= (json_is_integer(last) ? json_integer_value(last) : json_integer_value(first));
}

bool score_accepts(const json_t *label, const char *key, const char *text)
{
	const char *want = json_string_value(json_object_get(label, key));
	json_t *one;
	size_t i;

	if (want && words_same(want, text))
		return true;
	json_array_foreach (json_object_get(label, "accept"), i, one) {
		if (json_is_string(one) && words_same(json_string_value(one), text))
			return true;
	}
	return false;
}

static void place(struct verdict *v, const json_t *label, const json_t *answer)
{
	const json_t *sure = json_object_get(answer, "confidence");

	v->label_page = (int)json_integer_value(json_object_get(label, "page"));
	v->page = (int)json_integer_value(json_object_get(answer, "page"));
	v->confidence = sure ? (int)json_integer_value(sure) : -1;
	v->quote = xstrdup(json_string_value(json_object_get(answer, "quote")));
	v->page_right = score_page_right(label, v->page);
	v->pooled = v->outcome != MISSED;
}

static void judge_field(struct score *s, size_t i, const json_t *label, const json_t *answer)
{
	struct verdict *v;

	if (!json_is_object(label) && !json_is_object(answer))
		return;
	if (!json_is_object(answer))
		v = score_add(s, fields[i].name, MISSED);
	else if (!json_is_object(label))
		v = score_add(s, fields[i].name, INVENTED);
	else
		v = score_add(s, fields[i].name, fields[i].same(label, answer) ? RIGHT : OTHER);
	v->label = json_is_object(label) ? score_show(label, fields[i].keys) : NULL;
	v->answer = json_is_object(answer) ? score_show(answer, fields[i].keys) : NULL;
	place(v, label, answer);
}

/* A person, an address and a number are three values. */
static void judge_contact(struct score *s, const json_t *label, const json_t *answer)
{
	static const struct {
		const char *key;
		bool (*same)(const char *label, const char *answer);
	} parts[] = { { "name", same_person }, { "email", same_email }, { "phone", same_phone } };

	for (size_t i = 0; i < N_ELEMS(parts); i++) {
		const char *want = json_string_value(json_object_get(label, parts[i].key));
		const char *got = json_string_value(json_object_get(answer, parts[i].key));
		struct verdict *v;

		if (!want && !got)
			continue;
		v = score_add(s, ROW_CONTACT,
			      !got                       ? MISSED
			      : !want                    ? INVENTED
			      : parts[i].same(want, got) ? RIGHT
							 : OTHER);
		v->label = xstrdup(want);
		v->answer = xstrdup(got);
		place(v, label, answer);
	}
}

static void judge_lists(struct score *s, const json_t *label, const json_t *result)
{
	bool whole = json_is_array(json_object_get(label, "requirements"));

	for (size_t i = 0; i < N_ELEMS(lists); i++) {
		const json_t *want = json_object_get(label, lists[i].key);

		if (!want || (lists[i].whole && !whole) || (lists[i].sample && whole))
			continue;
		list_judge(s, lists[i].kind, lists[i].row, want, json_object_get(result, lists[i].kind->field),
			   lists[i].sample);
	}
}

static void add_document(struct score *s, const json_t *answer, const json_t *result)
{
	const json_t *said = json_array_get(json_object_get(json_object_get(answer, "result"), "content"), 0);
	const char *why = json_string_value(json_object_get(said, "text"));
	struct document d = { s->document, -1, NULL };

	if (json_is_object(result))
		d.confidence = (int)json_integer_value(json_object_get(result, "confidence"));
	else
		d.error = xstrdup(why ? why : "the server gave no answer");
	g_array_append_val(s->documents, d);
}

void score_document(struct score *s, const json_t *label, const json_t *answer)
{
	const json_t *result = json_object_get(json_object_get(answer, "result"), "structuredContent");

	s->document = json_string_value(json_object_get(label, "file"));
	add_document(s, answer, result);
	for (size_t i = 0; i < N_ELEMS(fields); i++) {
		const json_t *want = json_object_get(label, fields[i].name);

		if (want)
			judge_field(s, i, want, json_object_get(result, fields[i].name));
	}
	if (json_object_get(label, "contact"))
		judge_contact(s, json_object_get(label, "contact"), json_object_get(result, "contact"));
	judge_lists(s, label, result);
}
