/* section - headings, and the parts of a document that stand under them */
#ifndef TENDER_SECTION_H
#define TENDER_SECTION_H

#include "doc.h"

/* section_is_heading - block b reads like a heading: one or two short lines, numbered or without a stop, no list item
 */
bool section_is_heading(const struct block *b);

/* section_is_index - block b is a line of a table of contents: dots and a page number */
bool section_is_index(const struct block *b);

#endif
