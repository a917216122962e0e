/* pages - the text of a document as a model gets it: in pieces, within a bound, with numbers to be cited by */
#ifndef TENDER_PAGES_H
#define TENDER_PAGES_H

#include <jansson.h>

#include "tender/doc/doc.h"
#include "tender/text/pattern.h"

/* A part of a page: what is longer than a bound is cut where a line ends. */
struct piece {
	unsigned page; /* index in doc.pages */
	size_t from, to;
};

/* pages_cut - all readable pages as a GArray of struct piece, in their order; the caller's */
GArray *pages_cut(const struct doc *d);

/*
 * pages_about - an array of {page, text}: the beginning, then the pieces that words match in, then others, in their
 * order, within a bound. The caller's. page counts all pages of the document from 1, over its files
 */
json_t *pages_about(const struct doc *d, const GArray *pieces, struct pattern *words);

/* pages_next - likewise the next pieces from *next on, which is moved behind them; an empty array at the end */
json_t *pages_next(const struct doc *d, const GArray *pieces, unsigned *next);

/* pages_of - likewise all pieces of the pages whose bit in wanted (an entry for each page) is set */
json_t *pages_of(const struct doc *d, const GArray *pieces, const bool *wanted);

/* pages_cited - the page of that number, an answer's "page", if it is one of those shown; else NULL */
const struct page *pages_cited(const struct doc *d, const json_t *shown, const json_t *number);

#endif
