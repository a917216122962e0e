/* passage - the sentences of a document that may speak of a length of time */
#ifndef TENDER_PASSAGE_H
#define TENDER_PASSAGE_H

#include "tender/doc/doc.h"

/* Words of an extension, as part of a pattern: each may go on. */
#define PASSAGE_EXTENDS "(?:option|exten[ds]|extension|renew|verläng|prolong)"
/* All of what says that a contract goes on. */
#define PASSAGE_EXTENSION \
	"\\b" PASSAGE_EXTENDS "\\w*|\\bverläng|\\b(?:continue|carry on|go on|weiter\\w*) (?:for|um|für)\\b"

struct passage {
	const struct doc *d;
	const struct page *page;
	const struct block *block;
	const char *text; /* of the sentence, a copy for the call */
	int at;           /* where it begins in the block */
};

/* passage_each - call fn for every sentence of the readable pages that names a unit of time, in their order */
void passage_each(const struct doc *d, void (*fn)(void *arg, const struct passage *s), void *arg);

void passage_preload(void);

#endif
