/* words - the forms in which an answer is compared with its label */
#ifndef TENDER_EVAL_WORDS_H
#define TENDER_EVAL_WORDS_H

#include <glib.h>

#include "base/util.h"

/* words_normal - NFKC, without case, and of it only letters, their marks and digits; the caller's */
char *words_normal(const char *s);

/* words_same - equal in that form; texts without a letter or digit equal nothing */
bool words_same(const char *a, const char *b);

/* words_digits - the digits of s alone; the caller's */
char *words_digits(const char *s);

/*
 * words_split - the words of s, in order, each as a hash of its normal form
 * A word is a run without white space, brackets and slashes; hyphens, also those at the end of a line, are left out.
 * Returns a GArray of uint64_t, the caller's
 */
GArray *words_split(const char *s);

/* words_common - length of the longest sequence of words that stands in both, in order, with gaps */
unsigned words_common(const GArray *a, const GArray *b);

/*
 * words_overlap - how much two texts say the same: twice the longest common sequence of words by the sum of their
 * lengths, 0 to 1. It is the F-measure of the words found in order, so that a text that says more is less alike.
 */
double words_overlap(const GArray *a, const GArray *b);

/* words_share - how much of a stands in b: the longest common sequence by the length of a, 0 to 1 */
double words_share(const GArray *a, const GArray *b);

#endif
