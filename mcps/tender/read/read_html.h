/* read_html - paragraphs of a web page, for the formats that hold some */
#ifndef TENDER_READ_HTML_H
#define TENDER_READ_HTML_H

#include "flow.h"

/*
 * read_html_flow - what a reader sees of the page as paragraphs of f
 * Returns 0, -EBADMSG (it cannot be parsed at all) or -E2BIG (what stands behind too many open elements is missing)
 */
int read_html_flow(struct flow *f, const char *bytes, size_t len);

/* read_html_warn - say that something of the file of that name is missing, where the answer rc says so */
void read_html_warn(struct doc *d, const char *name, int rc);

#endif
