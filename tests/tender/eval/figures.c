#include "figures.h"

#include <math.h>

double tally_precision(const struct tally *t)
{
	return t->answers ? (double)t->right / t->answers : -1;
}

double tally_recall(const struct tally *t)
{
	return t->labels ? (double)t->right / t->labels : -1;
}

double tally_f1(const struct tally *t)
{
	return t->labels + t->answers ? 2.0 * t->right / (t->labels + t->answers) : -1;
}

struct interval figures_wilson(int k, int n)
{
	const double z = 1.959964;
	double p, middle, half, scale;

	if (n == 0)
		return (struct interval){ 0, 1 };
	p = (double)k / n;
	scale = 1 + z * z / n;
	middle = (p + z * z / (2.0 * n)) / scale;
	half = z * sqrt(p * (1 - p) / n + z * z / (4.0 * n * n)) / scale;
	return (struct interval){ fmax(0, middle - half), fmin(1, middle + half) };
}

void reliability_count(struct reliability *r, int confidence, bool right)
{
	int bin = confidence < 0 ? 0 : confidence * RELIABILITY_BINS / 100;

	if (bin >= RELIABILITY_BINS)
		bin = RELIABILITY_BINS - 1;
	r->bins[bin].n++;
	r->bins[bin].right += right;
	r->bins[bin].confidence += confidence;
}

double reliability_error(const struct reliability *r)
{
	double distance = 0;
	int n = 0;

	for (int i = 0; i < RELIABILITY_BINS; i++) {
		distance += fabs(r->bins[i].confidence / 100 - r->bins[i].right);
		n += r->bins[i].n;
	}
	return n ? distance / n : 0;
}
