/* markdown - a stranger's text in a Markdown file */
#ifndef TENDER_MARKDOWN_H
#define TENDER_MARKDOWN_H

#include <jansson.h>

#include "base/buf.h"

/* markdown_add - text on one line that neither acts as Markdown nor as HTML, also in a cell of a table */
void markdown_add(struct buf *out, const char *text);

/* markdown_value - a JSON value for a person: its texts and numbers, without where they were found */
void markdown_value(struct buf *out, const json_t *value);

#endif
