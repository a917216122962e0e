/* over - a paragraph whose last sentence goes on over the page */
#ifndef TENDER_OVER_H
#define TENDER_OVER_H

#include "tender/doc/doc.h"

/* over_last - the last block of text on a page, NULL for none */
const struct block *over_last(const struct page *p);

/* over_next - the block on page next, behind p, in which p's last block goes on with its sentence; NULL for none */
const struct block *over_next(const struct page *p, const struct block *last, const struct page *next);

/* over_text - the text of b, and what its last sentence has on the next page; the caller's */
char *over_text(const struct doc *d, const struct page *p, const struct block *b);

/* over_quote - what stands on page p of bytes from..to of such a text; the caller's */
char *over_quote(const struct page *p, const struct block *b, size_t from, size_t to);

#endif
