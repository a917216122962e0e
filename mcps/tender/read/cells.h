/* cells - cells of a spreadsheet, laid out as a table on pages */
#ifndef TENDER_CELLS_H
#define TENDER_CELLS_H

#include "flow.h"

#define CELLS_MOST 1000000

struct cells;

struct cells *cells_new(void);
void cells_free(struct cells *s);

/* cells_row - the cells that are put from now on are of the next row */
void cells_row(struct cells *s);

/*
 * cells_put - text into a cell of the row, columns from 0; white space alone is none
 * Returns false when the sheet is full: the cell is left out.
 */
bool cells_put(struct cells *s, unsigned column, const char *text);

/*
 * cells_flow - lay the sheet out below its title; columns and rows without text are left out, and what stands alone in
 * its row is a paragraph. A long sheet runs over several pages.
 */
void cells_flow(const struct cells *s, struct flow *f, const char *title);

#endif
