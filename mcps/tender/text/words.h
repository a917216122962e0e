/* words - the words of a text, to be compared with those of another */
#ifndef TENDER_WORDS_H
#define TENDER_WORDS_H

#include <glib.h>

#include "base/util.h"

/* words_list - a hash (guint) of each run of letters and digits, in either case, sorted; the caller's */
GArray *words_list(const char *text);

/* words_common - how many two lists have in common, each as often as both have it */
unsigned words_common(const GArray *a, const GArray *b);

/* words_likeness - which share of the words that is, 0 to 1 */
double words_likeness(const GArray *a, const GArray *b);

#endif
