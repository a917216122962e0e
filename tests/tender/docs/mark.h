/* mark - text with labels in it: "due on {{f submission_deadline|March 5, 2027}}" prints without the braces */
#ifndef TENDER_DOCS_MARK_H
#define TENDER_DOCS_MARK_H

#include <glib.h>

#include "base/err.h"

struct mark {
	int from, to;       /* bytes of the text */
	char **words;       /* before the bar */
	int page, page_end; /* where it was printed, from 1; 0 while it was not */
};

struct marked {
	char *text;       /* what is printed */
	GPtrArray *marks; /* struct mark *, by where they begin */
};

/*
 * mark_read - take a source apart; marks may stand in each other. "\-" is a soft hyphen
 * Returns NULL and says in e which brace has no other
 */
struct marked *mark_read(const char *source, struct err *e);
void mark_free(struct marked *m);

/* mark_text - what is printed under a mark, without soft hyphens; the caller's */
char *mark_text(const struct marked *m, const struct mark *one);

/* mark_place - bytes from..to were printed on a page */
void mark_place(struct marked *m, int from, int to, int page);

#endif
