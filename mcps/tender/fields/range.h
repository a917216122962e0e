/* range - the time of a contract where it is said by dates: from a day or a month to another */
#ifndef TENDER_RANGE_H
#define TENDER_RANGE_H

#include <jansson.h>

#include "tender/doc/doc.h"

/* range_find - a fact as field_duration answers, months only where they are whole; NULL for none; the caller's */
json_t *range_find(const struct doc *d);

void range_preload(void);

#endif
