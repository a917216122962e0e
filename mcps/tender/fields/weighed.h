/* weighed - numbers in a text that may be weights, and the names that they weigh */
#ifndef TENDER_WEIGHED_H
#define TENDER_WEIGHED_H

#include <glib.h>

#include "base/util.h"

/* A name with its weight. */
struct weighed {
	char *name; /* without articles before it and words for weights behind it */
	double weight;
	const char *unit; /* "percent", "points", NULL where none is printed */
};

/* weighed_new - an empty array of struct weighed that frees their names; the caller's (g_array_unref) */
GArray *weighed_new(void);

/*
 * weighed_sentence - all that a sentence weighs, in its order
 * "Preis 60 %, Qualität 40 %", "60 % for price and 40 % for quality", "price and quality count 60 and 40 points". The
 * weights are complete: 100, or a round number of points. Returns false, and leaves out as it is, where they are not.
 */
bool weighed_sentence(const char *sentence, GArray *out);

/*
 * weighed_item - the one name and weight of an item of a list: "a) Price (60 %)", "40 % price", "Preis: 60"
 * Without a unit the number is the last that the text says. Returns false where it has none, or no name.
 */
bool weighed_item(const char *text, GArray *out);

/* weighed_count - how many numbers with a unit a text has */
int weighed_count(const char *text);

void weighed_preload(void);

#endif
