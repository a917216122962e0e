/* handing - in how many copies and in which form an offer is handed in */
#ifndef TENDER_HANDING_H
#define TENDER_HANDING_H

#include <jansson.h>

#include "tender/doc/doc.h"

/* handing_copies - {value, originals, copies} with its place and confidence; NULL where it is not said; the caller's */
json_t *handing_copies(const struct doc *d);

/* handing_format - {value}, likewise: "as a single PDF", "in Textform" */
json_t *handing_format(const struct doc *d);

void handing_preload(void);

#endif
