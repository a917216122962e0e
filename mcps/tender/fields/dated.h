/* dated - the dates of a document with the words that may say what they are */
#ifndef TENDER_DATED_H
#define TENDER_DATED_H

#include "tender/text/dates.h"
#include "tender/doc/doc.h"

/* Borrowed for the call of dated_each's fn. Words are "" where there are none. */
struct dated {
	const struct page *page;
	const struct block *block;
	struct date date;
	char *label;        /* beside it, in the cell to the left, with the other lines of that cell */
	char *beside;       /* the one line of the label at its height */
	int label_line;     /* where that line is, or the line above that near is taken from; -1 when there is none */
	bool above;         /* near is the line above its block */
	char *near;         /* before it on its line, or the line above where it begins the line */
	char *before;       /* from the beginning of its sentence, or from the date before it */
	char *sentence;     /* before, and some words behind the date */
	char *heading;      /* the line above, where near says no more than "Date:"; NULL else */
	const char *behind; /* the rest of the block's text */
};

/* dated_each - call fn for every date of the readable pages, in their order */
void dated_each(const struct doc *d, void (*fn)(void *arg, const struct dated *dt), void *arg);

/* dated_each_bare - likewise for the days without a year, which are those that come first after a day */
void dated_each_bare(const struct doc *d, const struct date *after, void (*fn)(void *arg, const struct dated *dt),
		     void *arg);

/* dated_quote - label and date where a label stands beside or above it, else the words around it; the caller's */
char *dated_quote(const struct dated *dt, bool with_label);

/* dated_context - where the sentence begins that holds byte at of text, or the one before it that says what it is about
 */
int dated_context(const char *text, int at);

/* dated_piece - text between the bytes *from and to, as far as it goes, cut between letters; sets *from; the caller's
 */
char *dated_piece(const char *text, int *from, int to);

/* Among the sentences of one text, { 0 } at its beginning: of the one before, this one, and behind this one. */
struct dated_place {
	int before, begin, end;
};

/* dated_context_on - dated_context for one byte after the other: goes on from place, which moves forward only */
int dated_context_on(const char *text, int at, struct dated_place *place);

/* dated_plain - could text hold a date at all? Costs nothing beside a pattern */
bool dated_plain(const char *text);

#endif
