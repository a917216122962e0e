/* deadline - the dates of a document that have one role, as candidates for a field */
#ifndef TENDER_DEADLINE_H
#define TENDER_DEADLINE_H

#include <jansson.h>

#include "fact.h"
#include "role.h"
#include "tender/doc/doc.h"
#include "tender/text/dates.h"

/*
 * deadline_find - all dates of a role; what was amended scores more than what it replaces
 * year  in which the document was issued: dates far from it are hardly meant; 0 when that is not known
 * The caller's (choice_free).
 */
struct choice *deadline_find(const struct doc *d, enum role r, int year);

/* deadline_year - in which the document was issued, 0 when that is not sure */
int deadline_year(const struct doc *d);

/* deadline_fact - a date as a field has it, without its place; the caller's */
json_t *deadline_fact(const struct date *day);

void deadline_preload(void);

#endif
