/*
 * flow - pages made of running text, for formats that have no places on a page
 *
 * The text is laid out as a word processor would: lines of a width, cells of a row beside each other, headings larger.
 * All that reads places on pages of a PDF works on these. A page ends where the format says so; a format that has no
 * pages makes one.
 */
#ifndef TENDER_FLOW_H
#define TENDER_FLOW_H

#include "tender/doc/doc.h"

#define FLOW_BODY 10.0 /* size of ordinary text, in points */

struct style {
	double size; /* of the letters, in points */
	double indent;
	bool item; /* of a list */
};

struct flow;

/* flow_new - pages for that file of d; flow_free closes the last page and says the file how many there are */
struct flow *flow_new(struct doc *d, int file);
void flow_free(struct flow *f);

/* flow_add - text (UTF-8, else it is mended) of the current paragraph; any white space is a single space */
void flow_add(struct flow *f, const char *text, size_t len);
static inline void flow_str(struct flow *f, const char *text)
{
	flow_add(f, text, strlen(text));
}
/* flow_tab, flow_line - a gap in the line of a paragraph; its next line */
void flow_tab(struct flow *f);
void flow_line(struct flow *f);
/* flow_pending - bytes of the paragraph so far */
size_t flow_pending(const struct flow *f);

/* flow_end - the paragraph is complete; one without text leaves nothing */
void flow_end(struct flow *f, const struct style *s);

/*
 * flow_row - what follows are the cells of a row: paragraphs, and flow_cell after those of a cell
 * edges  n right edges of the columns, rising, in any unit; NULL for columns of equal width
 * Rows in rows are laid out as paragraphs of their outer cell. flow_row_end also ends the cell that is open.
 */
void flow_row(struct flow *f, const double *edges, unsigned n);
void flow_cell(struct flow *f, unsigned span);
void flow_row_end(struct flow *f);

/* flow_page - what follows stands on a new page; a page without text is one all the same */
void flow_page(struct flow *f);

#endif
