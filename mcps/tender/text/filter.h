/* filter - what must stand in a text for a regular expression to match there, read from the expression */
#ifndef TENDER_FILTER_H
#define TENDER_FILTER_H

#include <glib.h>

#include "base/util.h"

struct filter;

/*
 * filter_new - for a PCRE that takes letters in both cases
 * Returns NULL where nothing can be told: what the reader does not know of an expression it takes for anything.
 */
struct filter *filter_new(const char *regex);
void filter_free(struct filter *f);

/* filter_may_match - false: the expression matches nowhere in text */
bool filter_may_match(const struct filter *f, const char *text);

/* filter_text - the sets of literals, for tests: "(bid|offer) (0.0)": one of each set must stand there */
char *filter_text(const struct filter *f);

#endif
