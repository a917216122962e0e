/* flow - a document without a layout: the body of a DOCX, or a web page */
#ifndef TENDER_DOCS_FLOW_H
#define TENDER_DOCS_FLOW_H

#include "sheet.h"

struct flow;

/* flow_open - path ends with .html, or with .xml for the part word/document.xml of a DOCX */
struct flow *flow_open(const char *path);
/* flow_close - write and free; the number of pages, or -errno */
int flow_close(struct flow *f);

/* As those of a sheet. A page ends only where the source says so, and a web page never does. */
void flow_page(struct flow *f);
void flow_widths(struct flow *f, const double *percent, int n);
void flow_text(struct flow *f, enum style style, const char *label, struct marked *m);
void flow_row(struct flow *f, bool head, struct marked **cells, int n);

#endif
