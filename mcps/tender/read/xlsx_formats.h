/* xlsx_formats - numbers of a spreadsheet as it shows them: as a date, a share, with a currency */
#ifndef TENDER_XLSX_FORMATS_H
#define TENDER_XLSX_FORMATS_H

#include <glib.h>

#include "xml.h"

struct xlsx_formats;

/* xlsx_formats_new - from the bytes of xl/styles.xml, NULL when there is none; never NULL */
struct xlsx_formats *xlsx_formats_new(const char *bytes, size_t len);
void xlsx_formats_free(struct xlsx_formats *all);

/*
 * xlsx_formats_write - what a cell shows
 * style      number of the cell's style
 * value      as it is stored: "46145.5"; what is no number comes back as it is
 * from_1904  days are counted from 1904 on, not from 1900
 * Returns "2026-05-03 12:00", "30%", "1250.00 €"; the caller's
 */
char *xlsx_formats_write(const struct xlsx_formats *all, unsigned style, const char *value, bool from_1904);

#endif
