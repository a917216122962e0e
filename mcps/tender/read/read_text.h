/* read_text - paragraphs of plain text, for the formats that hold some */
#ifndef TENDER_READ_TEXT_H
#define TENDER_READ_TEXT_H

#include "flow.h"

/* read_text_flow - the lines of text (UTF-8) as paragraphs of f */
void read_text_flow(struct flow *f, const char *text);

#endif
