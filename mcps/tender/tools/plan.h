/* plan - the dates of a tender in their order, and what is wrong with them */
#ifndef TENDER_PLAN_H
#define TENDER_PLAN_H

#include <jansson.h>

#include "base/buf.h"

/*
 * plan_dates - every date that a result (result.h) knows, by time
 * Each is {field, what, deadline, value, timezone, utc, computed, page, quote, confidence}. A period that offers bind
 * is counted from the submission deadline, and computed. Returns an array, the caller's
 */
json_t *plan_dates(const json_t *result);

/*
 * plan_check - set "past" and "days_left" of each date, and find what cannot be: dates in the wrong order, deadlines
 * that are over, that fall on a weekend, or are missing
 * today  YYYY-MM-DD. Returns an array of {kind, fields, text}, the caller's
 */
json_t *plan_check(json_t *dates, const char *today);

/* plan_markdown - the same for a person */
void plan_markdown(const json_t *dates, const json_t *findings, const char *today, struct buf *out);

#endif
