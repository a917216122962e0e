/*
 * ask - what models of the host add to a result that rules made, where the host offers any
 *
 * Nothing of a model is believed: a value counts when its quote stands on the page that it names and the parsers of the
 * rules read the value out of the quote. A model that is not there, breaks down or answers rubbish takes nothing from
 * the result. What became of the questions stands in the result's engine.
 */
#ifndef TENDER_ASK_H
#define TENDER_ASK_H

#include <jansson.h>

#include "sdk/model.h"
#include "tender/doc/doc.h"

/*
 * ask_document - fill in what result_make left open or is not sure of, and requirements that it passed over
 * ms  for all questions; never more than the call has
 * Without models result stays as it is. Blocks for that time at most
 */
void ask_document(struct call *c, const struct doc *d, json_t *result, unsigned ms);

/*
 * ask_prose - sentences for the sections of an outline (draft_sections), each with the words that it rests on:
 * "draft": [{text, citations: [{page, quote}]}] in those sections for which there are any
 * Returns how many sections got some. Blocks as above
 */
unsigned ask_prose(struct call *c, const struct doc *d, json_t *result, json_t *sections, unsigned ms);

/* ask_preload - compile what is needed before the server forks */
void ask_preload(void);

#endif
