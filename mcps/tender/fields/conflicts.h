/* conflicts - places where the document contradicts a value that was taken from it */
#ifndef TENDER_CONFLICTS_H
#define TENDER_CONFLICTS_H

#include <jansson.h>

#include "tender/doc/doc.h"

/*
 * conflicts_find - what d says otherwise than the result
 * Of deadlines, the binding period, the duration, the budget and the page limit the other candidates stand in
 * "candidates"; weights of criteria must sum to a whole, and the lots that are counted must be those that are listed.
 * A candidate that another field took is no contradiction, nor is one whose words are of something else.
 * Returns an array of {field, text, value, taken, page, quote, confidence}, or null when there are none; the caller's.
 */
json_t *conflicts_find(const struct doc *d, const json_t *result);

void conflicts_preload(void);

#endif
