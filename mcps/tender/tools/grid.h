/* grid - a table of cells, read from CSV (RFC 4180) or from a workbook (OOXML) */
#ifndef TENDER_GRID_H
#define TENDER_GRID_H

#include <glib.h>
#include <jansson.h>

#include "tender/read/reader.h"

#define GRID_MOST_ROWS    20000
#define GRID_MOST_COLUMNS 200

struct grid {
	GPtrArray *rows; /* char **, ended by NULL; rows may differ in length */
};

void grid_free(struct grid *g);

/* grid_cell - the text there, "" for none; the grid's own */
const char *grid_cell(const struct grid *g, unsigned row, unsigned column);

/*
 * grid_csv - read CSV: comma, semicolon or tab, whichever the first line has most of
 * Never NULL; what is no CSV gives rows of one cell.
 */
struct grid *grid_csv(const struct source *s);

/* grid_xlsx - read the first sheet of a workbook that has a cell; NULL when it is none, or damaged */
struct grid *grid_xlsx(const struct source *s);

/*
 * grid_objects - the rows under the first row as objects, by the texts of that row; empty cells and rows are left out
 * An apostrophe that keeps a cell from being a formula is taken off. Returns an array, the caller's
 */
json_t *grid_objects(const struct grid *g);

#endif
