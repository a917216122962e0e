/*
 * fields - one function for each field of the result
 *
 * Each reads the pages and answers an object in the shape of the tool's output schema, with page, quote and confidence,
 * or NULL where the document is silent. The caller owns the answer. The tables of patterns are the knowledge.
 */
#ifndef TENDER_FIELDS_H
#define TENDER_FIELDS_H

#include <jansson.h>

#include "doc.h"

json_t *field_title(const struct doc *d);
json_t *field_issuer(const struct doc *d);
json_t *field_reference(const struct doc *d);
json_t *field_issue_date(const struct doc *d);
json_t *field_submission_deadline(const struct doc *d);
json_t *field_questions_deadline(const struct doc *d);
json_t *field_duration(const struct doc *d);
json_t *field_budget(const struct doc *d);
json_t *field_criteria(const struct doc *d);
json_t *field_submission_method(const struct doc *d);
json_t *field_contact(const struct doc *d);
json_t *field_eligibility(const struct doc *d); /* an array, or NULL */

/* What each file's functions need compiled before the server forks. */
void fields_names_preload(void);
void fields_dates_preload(void);
void fields_terms_preload(void);
void fields_criteria_preload(void);
void fields_delivery_preload(void);

#endif
