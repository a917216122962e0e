/* label - values that stand behind, beside or under a label: "Tender No: 17", a table's cells, a form's lines */
#ifndef TENDER_LABEL_H
#define TENDER_LABEL_H

#include "tender/doc/doc.h"
#include "tender/text/pattern.h"

struct labelled {
	char *value; /* cleaned, one line */
	char *quote; /* verbatim, both label and value */
	int line;    /* of the label */
	int value_line;
};

void labelled_release(struct labelled *l);

/* label_begin - bytes of the bullet or number of a section before a label, and the spaces behind it; 0 for none */
size_t label_begin(const char *text);

/*
 * label_value - does line i of page p begin with the label, and what is its value?
 * A value beside the label runs as far as its cell, one behind it to the next label, one under it to the end of its
 * block. Returns false when the label does not match or has no value.
 */
bool label_value(const struct page *p, int i, struct pattern *label, struct labelled *out);

#endif
