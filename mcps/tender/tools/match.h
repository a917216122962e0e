/* match - which entry of a list is which of an older list */
#ifndef TENDER_MATCH_H
#define TENDER_MATCH_H

#include <glib.h>
#include <jansson.h>

#include "base/util.h"

struct pair {
	int older, newer; /* indexes; -1: there is none */
	bool same;        /* the words are the same, whatever their spacing */
};

/*
 * match_find - pair two arrays of objects with "text" and, where they have them, "id" and "section"
 * First those with the same words, then those with the same id, then those whose words are most alike.
 * Returns a GArray of struct pair, the caller's: each newer one in its order, then the older ones that are gone
 */
GArray *match_find(const json_t *older, const json_t *newer);

/* match_likeness - which share of the words two texts have in common, 0 to 1 */
double match_likeness(const char *a, const char *b);

#endif
