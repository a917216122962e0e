/* learn - logistic regression over the features of clauses */
#ifndef TENDER_FIT_LEARN_H
#define TENDER_FIT_LEARN_H

#include <stdio.h>

#include "tender/require/judge.h"
#include "tender/require/wording.h"

struct learner;

struct learner *learner_new(void);
void learner_free(struct learner *l);

struct label {
	bool binds;
	enum judge_level level;       /* N_JUDGE_LEVELS: not known */
	enum judge_category category; /* N_JUDGE_CATEGORIES: likewise */
	double weight;                /* how much it counts, of 1 */
	double binding;               /* and how much of that to tell whether a clause binds, of 1 */
};

/*
 * learner_add - an example
 * document  the number of the one it is of, from 1; 0 for none
 * parties   as for wording_each
 */
void learner_add(struct learner *l, int document, const struct clause *c, GHashTable *parties, struct label label);

/* learner_fit - find the weights; says on standard error how well each fifth of the documents is told by the others */
void learner_fit(struct learner *l);

/* learner_test - how right the weights are that are built in, with a table of reliability */
void learner_test(const struct learner *l, FILE *out);

/* learner_write - the weights as C. Returns 0 or -EIO */
int learner_write(const struct learner *l, const char *path);

#endif
