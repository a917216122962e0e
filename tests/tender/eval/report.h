/* report - the tables and lists that are made of a score */
#ifndef TENDER_EVAL_REPORT_H
#define TENDER_EVAL_REPORT_H

#include <stdio.h>

#include "score.h"

#define SURE      80 /* from this confidence on a value counts as given for sure, and a document completes */
#define MOST_KIND 20 /* kinds of misses that are listed */

/* report_tables - per field, reliability, automation, the most frequent kinds of misses; to out */
void report_tables(const struct score *s, FILE *out);

/* report_misses - every verdict that is not right, or right on another page, by document; only those of one field, or
 * of all for "all" */
void report_misses(const struct score *s, const char *field, FILE *out);

/* report_pool - a line for each answer that was judged and has a confidence: field, confidence, 1 when right; by tabs
 */
void report_pool(const struct score *s, FILE *out);

/*
 * report_figures - {"f1": {ROW: F1, or recall where labels are a sample}, "wrong_when_sure": …, "calibration_error": …,
 * "automation": …}, shares from 0 to 1; the caller's
 */
json_t *report_figures(const struct score *s);

/* report_floors - hold the figures against floors in that form, say to out which are not kept; how many those are */
int report_floors(const struct score *s, const json_t *floors, FILE *out);

#endif
