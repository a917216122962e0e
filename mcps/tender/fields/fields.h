/*
 * fields - one function for each field of the result
 *
 * Each reads the pages and answers an object in the shape of the tool's output schema, with page, quote and confidence,
 * or NULL where the document is silent. The caller owns the answer. The tables of patterns are the knowledge.
 */
#ifndef TENDER_FIELDS_H
#define TENDER_FIELDS_H

#include <jansson.h>

#include "tender/doc/doc.h"

json_t *field_title(const struct doc *d);
json_t *field_issuer(const struct doc *d);
json_t *field_reference(const struct doc *d);
json_t *field_issue_date(const struct doc *d);
json_t *field_submission_deadline(const struct doc *d);
json_t *field_questions_deadline(const struct doc *d);
json_t *field_participation_deadline(const struct doc *d);
json_t *field_binding(const struct doc *d);
json_t *field_duration(const struct doc *d);
json_t *field_options(const struct doc *d);
json_t *field_budget(const struct doc *d);
json_t *field_criteria(const struct doc *d);
json_t *field_submission_method(const struct doc *d);
json_t *field_contact(const struct doc *d);
json_t *field_procedure(const struct doc *d);
json_t *field_page_limit(const struct doc *d);
/* These answer an array of such objects, or NULL. */
json_t *field_eligibility(const struct doc *d);
json_t *field_cpv(const struct doc *d);
json_t *field_lots(const struct doc *d);
json_t *field_documents(const struct doc *d);

/* What each file's functions need compiled before the server forks. */
void fields_title_preload(void);
void fields_issuer_preload(void);
void fields_reference_preload(void);
void fields_questions_preload(void);
void fields_binding_preload(void);
void fields_duration_preload(void);
void fields_options_preload(void);
void fields_budget_preload(void);
void fields_contact_preload(void);
void fields_criteria_preload(void);
void fields_delivery_preload(void);
void fields_eligibility_preload(void);
void fields_procedure_preload(void);
void fields_lots_preload(void);
void fields_documents_preload(void);
void fields_pages_preload(void);

#endif
