/* conflicts - places where the document contradicts a value that was taken from it */
#ifndef TENDER_CONFLICTS_H
#define TENDER_CONFLICTS_H

#include <jansson.h>

/*
 * conflicts_find - of the deadlines, whose other candidates stand in "candidates"
 * A candidate that another field took is no contradiction, nor is one whose words are of another date.
 * Returns an array of {field, text, value, taken, page, quote, confidence}, or null when there are none; the caller's.
 */
json_t *conflicts_find(const json_t *result);

void conflicts_preload(void);

#endif
