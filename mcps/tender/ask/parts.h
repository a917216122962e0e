/* parts - what each of the models is asked; ask.h says what comes of it */
#ifndef TENDER_PARTS_H
#define TENDER_PARTS_H

#include "asker.h"
#include "pages.h"

/*
 * parts_fields - fields that are null or not sure: the tender-parser
 * conflicts  entries for the result's "conflicts" are added to it
 */
void parts_fields(struct asker *a, const struct doc *d, const GArray *pieces, json_t *result, json_t *conflicts);

/* parts_requirements - requirements that stand in the document and not in the result: the requirement-extractor */
void parts_requirements(struct asker *a, const struct doc *d, const GArray *pieces, json_t *result);

void parts_fields_preload(void);

#endif
