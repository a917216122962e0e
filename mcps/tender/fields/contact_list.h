/* contact_list - the main contact made whole, and the others beside it */
#ifndef TENDER_CONTACT_LIST_H
#define TENDER_CONTACT_LIST_H

#include "fact.h"
#include "tender/doc/doc.h"

/* contact_complete - give fact the address made of its name, and the number that stands with either, where it has none
 */
void contact_complete(const struct doc *d, json_t *fact);

/* contact_others - list under "others" the candidates that are neither fact nor each other, the surest first */
void contact_others(const struct choice *c, json_t *fact);

#endif
