#include "result.h"

#include <stdlib.h>

#include "tender/fields/conflicts.h"
#include "confidence.h"
#include "tender/fields/deadline.h"
#include "tender/fields/fact.h"
#include "tender/fields/fields.h"
#include "pool.h"
#include "tender/require/requirements.h"

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "0.1.0"
#endif

/* What the task's confidence takes for a field that was not found: perhaps the document is silent, perhaps we are
 * blind. */
#define CONFIDENCE_OF_SILENCE 40

#define FEW_PAGES 4 /* are read before a thread has begun */

static const struct {
	const char *name;
	json_t *(*read)(const struct doc *d);
	const char *what; /* for the progress */
	bool matters;     /* the task is no surer than this field */
	enum confidence_kind kind;
} fields[] = {
	{ "title", field_title, "title", false, CONFIDENCE_NAME },
	{ "issuer", field_issuer, "issuer", false, CONFIDENCE_NAME },
	{ "reference_number", field_reference, "reference number", false, CONFIDENCE_NAME },
	{ "procedure", field_procedure, "kind of procedure", false, CONFIDENCE_LIST },
	{ "cpv", field_cpv, "codes", false, CONFIDENCE_LIST },
	{ "lots", field_lots, "lots", false, CONFIDENCE_LIST },
	{ "issue_date", field_issue_date, "date of issue", false, CONFIDENCE_DATE },
	{ "submission_deadline", field_submission_deadline, "submission deadline", true, CONFIDENCE_DATE },
	{ "questions_deadline", field_questions_deadline, "deadline for questions", false, CONFIDENCE_DATE },
	{ "participation_deadline", field_participation_deadline, "deadline for requests to take part", false,
	  CONFIDENCE_DATE },
	{ "binding_until", field_binding, "period in which offers bind", false, CONFIDENCE_DATE },
	{ "contract_duration", field_duration, "duration", false, CONFIDENCE_TERM },
	{ "contract_options", field_options, "options", false, CONFIDENCE_TERM },
	{ "budget", field_budget, "budget", false, CONFIDENCE_TERM },
	{ "evaluation_criteria", field_criteria, "evaluation criteria", false, CONFIDENCE_LIST },
	{ "submission_method", field_submission_method, "way to submit", true, CONFIDENCE_PLACE },
	{ "contact", field_contact, "contact", false, CONFIDENCE_PLACE },
	{ "eligibility", field_eligibility, "eligibility", false, CONFIDENCE_ENTRY },
	{ "documents", field_documents, "documents to hand in", false, CONFIDENCE_ENTRY },
	{ "page_limit", field_page_limit, "page limit", false, CONFIDENCE_LIST },
};

void result_preload(void)
{
	fields_title_preload();
	fields_issuer_preload();
	fields_reference_preload();
	deadline_preload();
	fields_questions_preload();
	fields_binding_preload();
	fields_duration_preload();
	fields_options_preload();
	fields_budget_preload();
	conflicts_preload();
	fields_contact_preload();
	fields_criteria_preload();
	fields_delivery_preload();
	fields_eligibility_preload();
	fields_procedure_preload();
	fields_lots_preload();
	fields_documents_preload();
	fields_pages_preload();
	requirements_preload();
}

static const char *language_code(enum language l)
{
	return l == LANG_EN ? "en" : l == LANG_DE ? "de" : NULL;
}

/* Words of these pages stand in no text layer: whoever checks a quote must look at the picture. */
static json_t *ocr_pages(const struct doc *d, unsigned file)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < d->pages->len; i++) {
		if ((unsigned)doc_page(d, i)->file == file && doc_page(d, i)->ocr)
			json_array_append_new(list, json_integer(doc_page(d, i)->number));
	}
	return list;
}

static json_t *describe_file(const struct doc *d, unsigned file)
{
	const char *code = language_code(d->language);
	const struct file *f = doc_file(d, file);
	json_t *pages = ocr_pages(d, file);
	json_t *about = json_pack("{s:s, s:s, s:s, s:i, s:o}", "file", f->name, "sha256", f->sha256, "type", f->type,
				  "pages", f->n_pages, "language", code ? json_string(code) : json_null());

	if (json_array_size(pages) > 0)
		json_object_set(about, "ocr_pages", pages);
	json_decref(pages);
	return about;
}

static void describe_files(const struct doc *d, json_t *result)
{
	json_t *all = json_array();

	for (unsigned i = 0; i < d->files->len; i++)
		json_array_append_new(all, describe_file(d, i));
	json_object_set(result, "document", json_array_get(all, 0));
	if (d->files->len > 1)
		json_object_set(result, "files", all);
	json_decref(all);
}

static json_t *warnings_of(const struct doc *d)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < d->warnings->len; i++)
		json_array_append_new(list, json_string(d->warnings->pdata[i]));
	return list;
}

/* Fields know nothing of each other: they are read beside each other, and the requirements, the longest, first. */
struct making {
	const struct doc *doc;
	json_t *requirements;
	int coverage;
	json_t *facts[N_ELEMS(fields)];
	void (*step)(void *arg, const char *what);
	void *arg;
};

static void make_part(void *arg, unsigned thread UNUSED, unsigned i)
{
	struct making *m = arg;

	if (i == 0)
		m->requirements = requirements_find(m->doc, &m->coverage);
	else
		m->facts[i - 1] = fields[i - 1].read(m->doc);
}

static void tell(void *arg, unsigned n_done)
{
	struct making *m = arg;

	if (m->step && n_done < N_ELEMS(fields))
		m->step(m->arg, fields[n_done].what);
}

void result_conclude(const struct doc *d, json_t *result)
{
	int least = (int)json_integer_value(json_object_get(result, "requirements_coverage"));

	for (size_t i = 0; i < N_ELEMS(fields); i++) {
		const json_t *fact = json_object_get(result, fields[i].name);

		if (fields[i].matters)
			least = MIN(least, json_is_null(fact) ? CONFIDENCE_OF_SILENCE : fact_confidence(fact));
	}
	json_object_set_new(result, "confidence", json_integer(least));
	json_object_set_new(result, "conflicts", conflicts_find(d, result));
}

json_t *result_make(const struct doc *d, void (*step)(void *arg, const char *what), void *arg)
{
	struct making m = { .doc = d, .step = step, .arg = arg };
	json_t *result = json_object();

	describe_files(d, result);
	if (step)
		step(arg, "requirements");
	pool_run(d->pages->len > FEW_PAGES ? pool_threads(N_ELEMS(fields)) : 1, N_ELEMS(fields) + 1, make_part, tell,
		 &m);
	json_object_set_new(result, "requirements", m.requirements);
	json_object_set_new(result, "requirements_coverage", json_integer(m.coverage));
	for (size_t i = 0; i < N_ELEMS(fields); i++) {
		confidence_settle(d, m.facts[i], fields[i].kind);
		json_object_set_new(result, fields[i].name, m.facts[i] ? m.facts[i] : json_null());
	}
	result_conclude(d, result);
	json_object_set_new(result, "warnings", warnings_of(d));
	json_object_set_new(result, "engine",
			    json_pack("{s:s, s:s, s:s, s:n}", "name", "tender", "version", PACKAGE_VERSION, "method",
				      "rules", "model"));
	return result;
}
