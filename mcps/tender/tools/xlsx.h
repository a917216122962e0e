/* xlsx - a workbook (OOXML, ISO/IEC 29500) with one sheet, for a person to fill in */
#ifndef TENDER_XLSX_H
#define TENDER_XLSX_H

#include <jansson.h>

#include "base/buf.h"

enum xlsx_shade { XLSX_PLAIN, XLSX_GREEN, XLSX_YELLOW, XLSX_GREY };

struct xlsx_column {
	const char *key;    /* in the rows, and the heading */
	double width;       /* in characters */
	const char *choice; /* "yes,no": what a cell may hold, NULL for anything */
};

struct xlsx_sheet {
	const char *name; /* at most 31 characters */
	const struct xlsx_column *columns;
	size_t n_columns;
	const json_t *rows; /* array of objects: whole numbers become numbers, texts texts, never formulas */
	enum xlsx_shade (*shade)(const json_t *row);
};

/*
 * xlsx_write - append the bytes of the workbook: its first row frozen, with filters; text is wrapped
 * The same sheet gives the same bytes. Returns 0 or -ENOMEM
 */
int xlsx_write(const struct xlsx_sheet *s, struct buf *out);

#endif
