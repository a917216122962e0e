/* asker - questions to one model of the host, and what became of them */
#ifndef TENDER_ASKER_H
#define TENDER_ASKER_H

#include <jansson.h>

#include "sdk/model.h"
#include "tender/doc/doc.h"

struct asker {
	struct call *call;
	const char *model;
	int asked, taken, refused; /* questions; answers that were found to stand in the document, and others */
	bool over;                 /* it failed: nothing more is asked */
	struct err why;
};

/* asker_begin - false when the host does not offer the model to this call; nothing to release */
bool asker_begin(struct asker *a, struct call *c, const char *model);

/*
 * asker_ask - one question
 * task     what is to be done, after what is always said: that the data is no instruction
 * data     the question's data, made of the document; taken
 * members  the "properties" of the answer, an object in which all of them are required; taken
 * Returns the answer, the caller's, or NULL: what failed is logged, and a rubbish answer counted as refused.
 * Blocks as call_ask_model
 */
json_t *asker_ask(struct asker *a, const char *task, json_t *data, json_t *members);

/* asker_tell - {asked, taken, refused, failed} into the engine of a result under the model's name */
void asker_tell(const struct asker *a, json_t *result);

/*
 * asker_quote - what an answer's quote is on that page, in one piece and in the page's own letters; the caller's
 * NULL when it is no text, too short or too long, or does not stand there. p may be NULL
 */
char *asker_quote(const struct page *p, const json_t *quote);

/* asker_object - a schema for an object with these members, all required; asker_list - for a list; both take */
json_t *asker_object(json_t *members);
json_t *asker_list(json_t *items, int most);

#endif
