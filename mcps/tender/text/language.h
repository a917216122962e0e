/* language - which language a text is in, and whether it is one at all, by its commonest words */
#ifndef TENDER_LANGUAGE_H
#define TENDER_LANGUAGE_H

#include "base/util.h"

/* How many of the commonest words of each language a text has. */
struct language_count {
	int words, english, german;
};

/* language_count - count the words of text (UTF-8) and add them to c */
void language_count(struct language_count *c, const char *text);

/*
 * language_is_noise - many words, hardly a common one among them
 * A text layer without a proper map from glyphs to characters reads like text, but no word of it is one. Prose has a
 * common word in every five; a page of numbers has few words at all.
 */
bool language_is_noise(const char *text);

#endif
