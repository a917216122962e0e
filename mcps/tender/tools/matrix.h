/* matrix - the requirements as a table to be answered, row by row */
#ifndef TENDER_MATRIX_H
#define TENDER_MATRIX_H

#include "base/buf.h"
#include "grid.h"

/* matrix_is - that grid is a matrix of ours, filled in or not: its first row has id, text and answer */
bool matrix_is(const struct grid *g);

/*
 * matrix_make - a row for each requirement, and for each that an earlier matrix had and the document has no more
 * former  grid_objects of the earlier matrix, NULL for none
 * A row has the columns of matrix_csv. Where there is an earlier one, "change" is same, new, changed or removed: what
 * is the same keeps its answer; a changed one keeps owner and note, and has what was answered to which words in the
 * former_ columns; of a removed one all is kept. Columns that people added are kept too. Returns an array, the caller's
 */
json_t *matrix_make(const json_t *requirements, const json_t *former);

/* matrix_csv - as RFC 4180; a cell never begins as a formula would */
void matrix_csv(const json_t *rows, struct buf *out);

/* matrix_xlsx - as a workbook, answers to choose from yes, no and partly. Returns 0 or -ENOMEM */
int matrix_xlsx(const json_t *rows, struct buf *out);

#endif
