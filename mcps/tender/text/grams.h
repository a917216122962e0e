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

struct grams;

/* grams_of - borrowed: until the calling thread has asked for those of many other texts */
const struct grams *grams_of(const char *text);

/*
 * grams_keep - collect those of a text that will be asked about again and again; grams_forget: of all such texts
 * No other thread may ask meanwhile. A text that changes or goes is no harm: it is compared with what was kept.
 */
void grams_keep(const char *text);
void grams_forget(void);

/* grams_may_hold - false: l does not stand in the text, with letters in either case, digits and white space any */
bool grams_may_hold(const struct grams *g, const struct literal *l);

#endif
