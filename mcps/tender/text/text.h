/* text - comparing, cleaning and cutting text */
#ifndef TENDER_TEXT_H
#define TENDER_TEXT_H

#include <glib.h>

#include "base/util.h"

/*
 * text_plain - the form in which text is compared: NFKC, without white space, hyphens and invisible characters
 * map  out, where each byte of the answer comes from in s; NULL when it is not wanted
 * Both are the caller's to free.
 */
char *text_plain(const char *s, int **map);

/* text_invisible - c takes no room: zero-width spaces and joiners, soft hyphens, marks of direction */
bool text_invisible(gunichar c);

/* text_squeeze - white space made single spaces, nothing else changed */
char *text_squeeze(const char *s);

/* text_clean - white space made single spaces, invisible characters and bullets at the start removed */
char *text_clean(const char *s);

/* text_join - append the next line of a paragraph: with a space, or without a hyphen where a word was divided */
void text_join(GString *to, const char *line);

/* text_bullet - bytes of the bullet or item number that s begins with, and the spaces behind it; 0 for none */
size_t text_bullet(const char *s);

/* text_marker - as text_bullet, and also names of clauses: "C.3.1 ", "F-01 ", "B7 ", "D1.1 " */
size_t text_marker(const char *s);

/* text_sentence - end of the sentence that begins at s: behind its stop, or the end of s */
const char *text_sentence(const char *s);

/* text_words - how many words of letters s has */
int text_words(const char *s);

/* text_upper - most letters of s are capitals */
bool text_upper(const char *s);

#endif
