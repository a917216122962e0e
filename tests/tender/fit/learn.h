/* learn - logistic regression over the features of clauses */
#ifndef TENDER_FIT_LEARN_H
#define TENDER_FIT_LEARN_H

#include <stdio.h>

#include "tender/require/judge.h"
#include "tender/require/wording.h"

struct learner;

struct learner *learner_new(void);
void learner_free(struct learner *l);

/*
 * learner_add - an example
 * parties    as for wording_each
 * level     N_JUDGE_LEVELS, category N_JUDGE_CATEGORIES: not known
 * weight    how much it counts, of 1
 */
void learner_add(struct learner *l, const struct clause *c, GHashTable *parties, bool binds, enum judge_level level,
		 enum judge_category category, double weight);

/* learner_fit - find the weights; says on standard error how well each fifth is told by the other four */
void learner_fit(struct learner *l);

/* learner_test - how right the weights are that are built in, with a table of reliability */
void learner_test(const struct learner *l, FILE *out);

/* learner_write - the weights as C. Returns 0 or -EIO */
int learner_write(const struct learner *l, const char *path);

#endif
