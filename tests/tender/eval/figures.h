/* figures - what is counted over all documents, and what is made of the counts */
#ifndef TENDER_EVAL_FIGURES_H
#define TENDER_EVAL_FIGURES_H

#include "base/util.h"

struct tally {
	int labels;  /* that are not null */
	int answers; /* that are not null */
	int right;
};

/* Each -1 where it has no meaning: no answer, no label. */
double tally_precision(const struct tally *t);
double tally_recall(const struct tally *t);
/* tally_f1 - the harmonic mean, 0 when there are labels or answers and none is right; -1 without both */
double tally_f1(const struct tally *t);

struct interval {
	double low, high;
};

/* figures_wilson - the 95 % interval of a share, k of n; 0 to 1 for n 0 */
struct interval figures_wilson(int k, int n);

#define RELIABILITY_BINS 10

/* How often values are right, by the confidence they were given with. */
struct reliability {
	struct {
		int n, right;
		double confidence; /* their sum, 0 to 100 each */
	} bins[RELIABILITY_BINS];
};

/* reliability_count - one value; confidence 0 to 100, the last bin is 90 to 100 */
void reliability_count(struct reliability *r, int confidence, bool right);

/* reliability_error - expected calibration error: mean distance of confidence and share right over the bins, weighed by
 * how many values each holds; 0 to 1 */
double reliability_error(const struct reliability *r);

#endif
