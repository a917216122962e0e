/* output - the files that stand beside the result: a summary, the requirements as a table, the deadlines as a calendar
 */
#ifndef TENDER_OUTPUT_H
#define TENDER_OUTPUT_H

#include <jansson.h>

#include "base/buf.h"

/* summary_write - one page of Markdown for a person */
void summary_write(const json_t *result, struct buf *out);

/* csv_write - the requirements, a row each (RFC 4180); a cell never begins as a formula would */
void csv_write(const json_t *result, struct buf *out);
/* csv_cell - one cell, quoted where it must be */
void csv_cell(struct buf *out, const char *text);

/*
 * ics_dates - a calendar (RFC 5545) of dates as plan_dates gives them
 * reminders  days before a deadline, an array of whole numbers. now_ms is DTSTAMP. UIDs are those of the tender, also
 * when it is amended. A time without a known zone is floating.
 */
void ics_dates(const json_t *result, const json_t *dates, const json_t *reminders, int64_t now_ms, struct buf *out);
/* ics_write - the same for all dates of a result, with reminders a week and a day before */
void ics_write(const json_t *result, int64_t now_ms, struct buf *out);
/* ics_line - one content line, folded at 75 octets between characters */
void ics_line(struct buf *out, const char *line);

#endif
