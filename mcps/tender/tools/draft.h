/* draft - the outline of a bid that follows the document's own structure */
#ifndef TENDER_DRAFT_H
#define TENDER_DRAFT_H

#include <jansson.h>

#include "base/buf.h"

/*
 * draft_sections - what is to be answered: a section for each award criterion, with the requirements whose words are
 * its own, then one for each section of the document that has requirements, in its order
 * Returns an array of {kind: criterion or requirements, title, weight, page, requirements: [id]}, the caller's. Every
 * requirement stands in exactly one section of its own; a criterion only refers to it.
 */
json_t *draft_sections(const json_t *result);

/*
 * draft_markdown - the outline, in the language of the document where that is German, else in English
 * Nothing is written for the bidder but what a section has in "draft" (ask_prose): where an answer belongs stands that
 * it is missing.
 */
void draft_markdown(const json_t *result, const json_t *sections, const char *today, struct buf *out);

#endif
