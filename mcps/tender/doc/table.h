/* table - rows of cells, from where blocks stand on a page */
#ifndef TENDER_TABLE_H
#define TENDER_TABLE_H

#include "doc.h"

#define TABLE_MOST_CELLS 12

struct row {
	int cells[TABLE_MOST_CELLS]; /* blocks of the page, from left to right */
	int n;
};

/* table_gutter - where the right of two columns of text begins; 0 for a page with one column */
double table_gutter(const struct page *p);

/*
 * table_row - the blocks that stand beside block k, and itself
 * gutter  of the page; what stands on the other side of it is beside no block
 * Returns how many there are: 1 for a block that is in no row. Blocks far from k in the reading order are not found.
 */
int table_row(const struct page *p, int k, double gutter, struct row *out);

/* table_level - "must", "should" or "may" when all that a cell says is a level: A, B, M, D, mandatory, Soll; else NULL
 */
const char *table_level(const char *cell);

#endif
