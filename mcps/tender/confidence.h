/* confidence - what rules score becomes the probability to be right */
#ifndef TENDER_CONFIDENCE_H
#define TENDER_CONFIDENCE_H

#include <jansson.h>

#include "tender/doc/doc.h"

/* Fields whose scores mean alike; each has a table that was fitted offline on labels. */
enum confidence_kind {
	CONFIDENCE_NAME,  /* title, issuer, number */
	CONFIDENCE_DATE,  /* dates and periods */
	CONFIDENCE_TERM,  /* duration, options, value */
	CONFIDENCE_PLACE, /* way to submit, contact */
	CONFIDENCE_LIST,  /* criteria, lots, codes, and what is counted or chosen from a list */
	CONFIDENCE_ENTRY, /* sentences: conditions, documents to hand in */
	N_CONFIDENCE_KINDS
};

#define CONFIDENCE_KNOTS 6

/* A score and its probability in percent; between two of them it is in proportion. Rows rise; unused ones are 0. */
struct knot {
	short score, percent;
};

extern const struct knot confidence_knots[N_CONFIDENCE_KINDS][CONFIDENCE_KNOTS];

/* confidence_of - the probability in percent that stands for a score */
int confidence_of(enum confidence_kind kind, int score);

/* confidence_settle - make the scores in a fact, and in the entries of its lists, probabilities; a NULL fact is left */
void confidence_settle(const struct doc *d, json_t *fact, enum confidence_kind kind);

/* confidence_keep - leave scores as they are from now on: to fit the tables */
void confidence_keep(void);

#endif
