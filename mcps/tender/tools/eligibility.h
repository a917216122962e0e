/* eligibility - the conditions of a tender held against what a company says of itself */
#ifndef TENDER_ELIGIBILITY_H
#define TENDER_ELIGIBILITY_H

#include <jansson.h>

#include "base/buf.h"

/*
 * eligibility_check - judge each condition (an array of {text, page, quote, confidence})
 * profile        what the manifest's check_eligibility says: a list that is there is complete, one that is not there
 *                says nothing
 * today          YYYY-MM-DD
 * decimal_comma  how numbers of the document are written (money.h)
 * Returns an array, the caller's: each condition with "status" (met, not_met, unknown), "optional", and "checks":
 * {kind, status, reason, profile: [{key, value}]}, key a JSON pointer
 */
json_t *eligibility_check(const json_t *conditions, const json_t *profile, const char *today, bool decimal_comma);

/* eligibility_decide - {decision: go, no-go or unclear, reasons: [text]} for what eligibility_check answered */
json_t *eligibility_decide(const json_t *checked);

/* eligibility_markdown - both for a person */
void eligibility_markdown(const json_t *checked, const json_t *decision, struct buf *out);

#endif
