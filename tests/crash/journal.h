/*
 * journal - what was asked of a mount, and what it acknowledged
 *
 * Each worker has a file of its own; its lines are "MARK KIND KEY VALUE". T: it is being tried, A: it was acknowledged,
 * N: it was refused. What was tried and not answered, because the daemon died, may have happened or not.
 */
#ifndef FS0711_TESTS_CRASH_JOURNAL_H
#define FS0711_TESTS_CRASH_JOURNAL_H

#include "base/util.h"

enum fact_kind {
	FACT_DOCUMENT, /* SHA: "once": it is an input of exactly one task */
	FACT_PURGED,   /* SHA: "gone" */
	FACT_RECEIPT,  /* path of an inbox's file: SHA, or "none" */
	FACT_STATE,    /* SHA: the state of its task */
	FACT_NAME,     /* SHA: the name of its task */
	FACT_TRASH,    /* SHA: "yes" or "no" */
	FACT_TEXT,     /* path of a file: its one line */
	FACT_PARTY,    /* a number: the name that this engagement has now, or "none" */
	N_FACT_KINDS
};

/* What a journal says of one thing. Any of the values may be true; none: nothing is known. */
struct fact {
	struct fact *next;
	enum fact_kind kind;
	char *key;
	char *acked;
	char **maybe;
	size_t n_maybe;
};

const char *fact_word(enum fact_kind kind);

/* journal_open - to append to; exits when it cannot be. journal_mark - one line */
int journal_open(const char *dir, const char *worker);
void journal_mark(int fd, char mark, enum fact_kind kind, const char *key, const char *value);

/* journals_read - the facts of all files in dir. facts_find - one, or NULL */
struct facts;
struct facts *journals_read(const char *dir);
struct fact *facts_find(const struct facts *fs, enum fact_kind kind, const char *key);
void facts_each(const struct facts *fs, void (*fn)(struct fact *f, void *ud), void *ud);
/* fact_allows - value is acknowledged, or may be */
bool fact_allows(const struct fact *f, const char *value);

#endif
