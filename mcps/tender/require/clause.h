/* clause - a document as what can oblige somebody: its sentences, items of lists and rows of tables */
#ifndef TENDER_CLAUSE_H
#define TENDER_CLAUSE_H

#include "tender/doc/doc.h"

enum clause_kind { CLAUSE_SENTENCE, CLAUSE_ITEM, CLAUSE_ROW, N_CLAUSE_KINDS };

struct clause {
	enum clause_kind kind;
	char *text;              /* as the document has it, without its bullet or number */
	char *id;                /* the document's own number of it, NULL for none */
	char *section;           /* the heading above it, NULL for none */
	char *stem;              /* of an item: the sentence before it, of a row: the heads of the columns; or NULL */
	char *whole;             /* of a row: its cells with what is to be reached, or NULL where text says all */
	const char *level;       /* what a cell of its row says: "must", "should", "may"; NULL for none */
	const struct page *page; /* on which it begins */
	const struct page *more; /* on which the text from byte cut stands; NULL when all of it stands together */
	size_t cut;
};

/* clause_list - all of them in reading order; an array of struct clause that frees them, the caller's */
GPtrArray *clause_list(const struct doc *d);

void clause_free(void *clause);

#endif
