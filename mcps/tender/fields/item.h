/* item - items of lists, by their lines: each begins with a bullet or a number, or beside one that stands apart */
#ifndef TENDER_ITEM_H
#define TENDER_ITEM_H

#include "tender/doc/doc.h"

/* item_mark - the line that marks line k as an item: itself, or the bullet left of it; -1 when it begins none */
int item_mark(const struct page *p, int k);

/* item_is_lone - l is nothing but a bullet or a number */
bool item_is_lone(const struct line *l);

/* item_bullet - bytes of the bullet or number that text begins with, and the spaces behind it; 0 for none */
size_t item_bullet(const char *text);

/* item_kind - of the item in line k with its mark: '1' numbers, 'a' letters, '*' bullets, 'h' a heading's number */
char item_kind(const struct page *p, int k, int mark);

/*
 * item_text - the item that begins in line k, up to about most bytes; the caller's
 * The lines under it go on while none begins anew and no gap parts them; what is returned stands on the page.
 */
char *item_text(const struct page *p, int k, size_t most);

void item_preload(void);

#endif
