/* read_html - paragraphs of a web page, for the formats that hold some */
#ifndef TENDER_READ_HTML_H
#define TENDER_READ_HTML_H

#include "flow.h"

/* read_html_flow - what a reader sees of the page as paragraphs of f; false when it cannot be parsed at all */
bool read_html_flow(struct flow *f, const char *bytes, size_t len);

#endif
