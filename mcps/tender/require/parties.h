/* parties - the names by which a document calls its buyer and its bidder */
#ifndef TENDER_PARTIES_H
#define TENDER_PARTIES_H

#include "clause.h"

/*
 * parties_find - the words by which clauses (of struct clause) call the buyer and the bidder: "council", "nlsa";
 * a table from lower-case words to their roles in the lexicon; the caller calls g_hash_table_unref
 */
GHashTable *parties_find(const GPtrArray *clauses);

#endif
