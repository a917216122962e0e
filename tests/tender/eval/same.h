/* same - does one answer say what its label says? */
#ifndef TENDER_EVAL_SAME_H
#define TENDER_EVAL_SAME_H

#include <jansson.h>

#include "base/util.h"

/* Both are objects in the shape of the tool's output schema, neither is null. */
bool same_text(const json_t *label, const json_t *answer);
bool same_procedure(const json_t *label,
		    const json_t *answer);                   /* eForms' code where the label has one, else the words */
bool same_date(const json_t *label, const json_t *answer);   /* to the minute, 24:00 is 00:00 of the next day */
bool same_period(const json_t *label, const json_t *answer); /* a date, or an ISO 8601 period: P90D, P3M */
bool same_duration(const json_t *label, const json_t *answer); /* months and option_months, else start and end */
bool same_options(const json_t *label, const json_t *answer);  /* months in all, else how many options */
bool same_money(const json_t *label, const json_t *answer);    /* whole units, minimum, and currency if labelled */
bool same_number(const json_t *label, const json_t *answer);
bool same_submission(const json_t *label, const json_t *answer); /* the kind, and the address of that kind */

/* Parts of a contact: texts. */
bool same_email(const char *label, const char *answer);
bool same_phone(const char *label, const char *answer); /* label may name several */
bool same_person(const char *label, const char *answer);

#endif
