/* labels - what the marks of a document say, in the form of a labels file */
#ifndef TENDER_DOCS_LABELS_H
#define TENDER_DOCS_LABELS_H

#include <jansson.h>

#include "mark.h"

/*
 * The words of a mark:
 *   f FIELD                          the place of a field with one value; the value stands in the labels of the source
 *   req LEVEL CATEGORY [id=ID] [stem]  a requirement; stem: it is an item under the last stem, and may be read with it
 *   +                                more text of the last requirement (a cell of the same row)
 *   stem                             the beginning of a sentence that the items under it end
 *   elig, doc                        a condition for bidders, a document to hand in
 *   crit WEIGHT, sub WEIGHT          an award criterion, one below the last; "-" for no weight
 *   crit - price                     the lowest price alone
 *   lot ID, cpv                      a lot by its title, a code
 *   conf FIELD                       where the document contradicts what FIELD says
 */
struct labels {
	json_t *lists;  /* by field: arrays */
	json_t *places; /* by field: page and evidence */
	char *stem;
};

void labels_init(struct labels *l);
void labels_release(struct labels *l);

/* labels_add - all marks of a text that was printed. Returns 0 or -EINVAL */
int labels_add(struct labels *l, const struct marked *m, struct err *e);

/*
 * labels_finish - the label object of a document
 * written  the labels of the source: fields with one value, without pages
 * Returns it, the caller's; NULL when a value has no place in the text, or the place no value
 */
json_t *labels_finish(struct labels *l, const json_t *written, const char *file, int n_pages, struct err *e);

#endif
