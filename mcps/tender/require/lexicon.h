/* lexicon - the words of a sentence with the parts they play: who is obliged, who buys, how strongly */
#ifndef TENDER_LEXICON_H
#define TENDER_LEXICON_H

#include <glib.h>

#include "base/util.h"

#define MOST_WORDS 100
#define WORD_BYTES 40

enum role {
	NONE,
	BIDDER, /* who answers the tender or carries out the contract */
	BID,    /* what they hand in */
	THING,  /* what is bought, and those who work on it */
	BUYER,
	MUST,
	WILL,
	SHOULD,
	MAY,
	HAVE,  /* with "to" or "zu": must */
	LIMIT, /* at least, höchstens: a figure to be kept */
	NEGATE,
	JUDGE, /* what is done with bids */
	MEAN,  /* definitions */
	N_ROLES
};

struct word {
	char text[WORD_BYTES]; /* in lower case */
	enum role role;
	bool capital, comma; /* begins with one; a comma stands behind it */
};

struct words {
	struct word all[MOST_WORDS];
	int n;
};

/* lexicon_preload - make the tables of words, which the server does before it forks */
void lexicon_preload(void);

/* lexicon_split - up to most words of text, which is at most MOST_WORDS; parties is that of parties_find, or NULL */
void lexicon_split(const char *text, GHashTable *parties, int most, struct words *out);

/* lexicon_role_name - as it stands in features: "bidder" */
const char *lexicon_role_name(enum role r);

#endif
