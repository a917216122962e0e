/* grams - which short strings stand in a text: a cheap question before a dear one */
#ifndef TENDER_GRAMS_H
#define TENDER_GRAMS_H

#include <glib.h>

#include "base/util.h"

#define GRAMS_MOST 4 /* grams of a literal that are looked for */

#define GRAMS_OTHER 0xFF

/*
 * grams_fold - c as texts are compared here: a small letter, 0 for a digit, a space for white space
 * Beyond ASCII several characters have the same value; GRAMS_OTHER for those that a literal cannot hold.
 */
unsigned char grams_fold(gunichar c);

/* A literal that is looked for. */
struct literal {
	uint8_t n;
	uint16_t grams[GRAMS_MOST];
};

/* literal_of - text is not empty, each byte of it folded, no two spaces or digits one behind the other */
struct literal literal_of(const char *text);

struct grams {
	char *text;
	size_t room;
	uint64_t *bits;
	unsigned mask; /* of the bits that are used */
	bool strange; /* letters or digits beyond ASCII that a pattern takes for those of ASCII: anything may stand here
		       */
};

/* grams_of - the calling thread's own, until its next call: those of the last texts are kept */
const struct grams *grams_of(const char *text);

/* grams_may_hold - false: l does not stand in the text, with letters in either case, digits and white space any */
bool grams_may_hold(const struct grams *g, const struct literal *l);

#endif
