/* cover - titles by how the first page looks: what is set large, and what goes on over several lines */
#ifndef TENDER_COVER_H
#define TENDER_COVER_H

#include "fact.h"

/* cover_add - a candidate for each run of lines of the page that are set alike, are no kind of document and no address
 */
void cover_add(struct choice *c, const struct doc *d, const struct page *p);

/* cover_name - names_add for a title, without what only goes on behind it: laws, references */
void cover_name(struct choice *c, const struct doc *d, const struct page *p, const char *value, const char *quote,
		int score);

/* cover_lines - line k and those that go on from it because it is full; the caller's */
char *cover_lines(const struct page *p, int k);

/*
 * cover_parts - what l says is no part of a title: the kind of document, an address, an organisation
 * alone  l begins a run of lines, and may be an organisation
 */
bool cover_parts(const struct line *l, bool alone);

void cover_preload(void);

#endif
