/* sheet - pages that are filled from top to bottom, in columns, as text or as the picture of a scanner */
#ifndef TENDER_DOCS_SHEET_H
#define TENDER_DOCS_SHEET_H

#include "mark.h"

enum style {
	BODY,
	BOLD,
	TITLE,
	HEADING,
	SUBHEADING,
	CENTRED,
	RIGHT,
	ITEM,
	SUBITEM,
	HUNG,
	SUBHUNG,
	CELL,
	HEADCELL,
	NOTE,
	TINY,
	HIDDEN, /* white on white */
	N_STYLES
};

struct sheet;

/*
 * sheet_open - begin a PDF of which every page is width by height points
 * path   NULL to lay out only
 * total  what "%n" prints: the number of pages, as an earlier layout counted them
 */
struct sheet *sheet_open(const char *path, double width, double height, int total);
/* sheet_close - end the last page, write and free; the number of pages, or -EIO */
int sheet_close(struct sheet *s);

/* What holds from here on. Texts are copied; the parts of head and foot are left, middle and right, "%p" is the page.
 */
void sheet_font(struct sheet *s, const char *family, double size);
void sheet_margin(struct sheet *s, double points);
void sheet_head(struct sheet *s, const char *parts, int from_page);
void sheet_foot(struct sheet *s, const char *parts);
void sheet_columns(struct sheet *s, int n);
void sheet_widths(struct sheet *s, const double *percent, int n, bool ruled);
/* sheet_scan - from the next page on a page is a picture of dpi, turned by degrees; dpi 0 is text again */
void sheet_scan(struct sheet *s, double dpi, double degrees);

void sheet_page(struct sheet *s);
void sheet_skip(struct sheet *s, double points);
void sheet_rule(struct sheet *s);
/* sheet_seal - a round stamp at the right margin, over what follows */
void sheet_seal(struct sheet *s, const char *text);
/* sheet_box - a box of a form left of the text that follows, with a cross in it or not */
void sheet_box(struct sheet *s, bool crossed);

/* sheet_text - a paragraph; label hangs left of it (NULL for none). The marks learn their pages */
void sheet_text(struct sheet *s, enum style style, const char *label, struct marked *m);
/* sheet_row - a row of a table */
void sheet_row(struct sheet *s, bool head, struct marked **cells, int n);
/* sheet_note - a note at the foot of the page */
void sheet_note(struct sheet *s, struct marked *m);

#endif
