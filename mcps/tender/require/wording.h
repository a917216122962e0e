/* wording - what in a clause's words tells whether it binds the bidder: the features that judge.c weighs */
#ifndef TENDER_WORDING_H
#define TENDER_WORDING_H

#include "clause.h"

/* wording_preload - make the tables of words, which the server does before it forks */
void wording_preload(void);

/* wording_obliges - text has a verb that obliges, as no heading has: must, shall, should, muss, soll */
bool wording_obliges(const char *text);

/*
 * wording_each - the features of a clause, each at most once
 * parties  of parties_find, or NULL
 * use      called with arg and the name of each: "w:deliver", "modal:must", "who:bidder" …; the name is gone after it
 */
void wording_each(const struct clause *c, GHashTable *parties, void (*use)(void *arg, const char *feature), void *arg);

#endif
