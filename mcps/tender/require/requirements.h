/* requirements - what a document obliges its bidder or contractor to do */
#ifndef TENDER_REQUIREMENTS_H
#define TENDER_REQUIREMENTS_H

#include <jansson.h>

#include "tender/doc/doc.h"

/*
 * requirements_find - every requirement, in the document's order
 * coverage  out, 0 to 100: how sure it is that none is missing and none is wrong
 * Returns an array of {id, text, level, category, page, section, confidence}, the caller's
 */
json_t *requirements_find(const struct doc *d, int *coverage);

/* requirements_id - of one without an id of its own: the same words have the same in every version; the caller's */
char *requirements_id(const char *text);

void requirements_preload(void);

#endif
