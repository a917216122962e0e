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

/* ics_write - the deadlines (RFC 5545), reminders a week and a day before; now_ms is DTSTAMP. Local times are floating
 */
void ics_write(const json_t *result, int64_t now_ms, struct buf *out);
/* ics_line - one content line, folded at 75 octets between characters */
void ics_line(struct buf *out, const char *line);

#endif
