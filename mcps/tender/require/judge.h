/* judge - whether a clause binds the bidder, how strongly and in what: weights that were fitted offline on labels */
#ifndef TENDER_JUDGE_H
#define TENDER_JUDGE_H

#include "clause.h"

enum judge_level { JUDGE_MUST, JUDGE_SHOULD, JUDGE_MAY, N_JUDGE_LEVELS };

enum judge_category {
	JUDGE_FUNCTIONAL,
	JUDGE_QUALITY,
	JUDGE_SECURITY,
	JUDGE_LEGAL,
	JUDGE_COMMERCIAL,
	JUDGE_DELIVERY,
	JUDGE_STAFF,
	JUDGE_REPORTING,
	JUDGE_PROCEDURE,
	N_JUDGE_CATEGORIES
};

/* A row of weights.c, in hundredths; the rows are ordered by feature as strcmp does. */
struct weight {
	const char *feature; /* of wording_each; "" is in every clause */
	int16_t binds, level[N_JUDGE_LEVELS], category[N_JUDGE_CATEGORIES];
};

extern const struct weight judge_weights[];
extern const size_t judge_n_weights;

struct verdict {
	double binds; /* the probability that it does */
	enum judge_level level;
	enum judge_category category;
	double about[N_JUDGE_CATEGORIES]; /* its score for each: the highest is the category */
};

/* judge_clause - parties is that of parties_find for the document */
struct verdict judge_clause(const struct clause *c, GHashTable *parties);

/*
 * judge_blend - clauses of one section are often of one category: those that bind have a say in that of their
 * neighbours v         n of them in the document's order; category and about are changed sections  the headings above
 * the clauses, NULL for none
 */
void judge_blend(struct verdict *v, const char *const *sections, size_t n);

/* judge_level_name, judge_category_name - as they stand in a result; judge_*_find answer N_… for another word */
const char *judge_level_name(enum judge_level l);
const char *judge_category_name(enum judge_category c);
enum judge_level judge_level_find(const char *name);
enum judge_category judge_category_find(const char *name);

#endif
