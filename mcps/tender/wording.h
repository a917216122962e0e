/* wording - what in a clause's words tells whether it binds the bidder: the features that judge.c weighs */
#ifndef TENDER_WORDING_H
#define TENDER_WORDING_H

#include "clause.h"

/* wording_preload - make the tables of words, which the server does before it forks */
void wording_preload(void);

/* wording_buyers - the words by which clauses (of struct clause) call the buyer: "council", "nlsa". A set of lower-case
 * words; the caller calls g_hash_table_unref */
GHashTable *wording_buyers(const GPtrArray *clauses);

/*
 * wording_each - the features of a clause, each at most once
 * buyers   of wording_buyers
 * use      called with arg and the name of each: "w:deliver", "modal:must", "who:bidder" …; the name is gone after it
 */
void wording_each(const struct clause *c, GHashTable *buyers, void (*use)(void *arg, const char *feature), void *arg);

#endif
