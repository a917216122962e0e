/* layout - lines of a page put together into blocks: paragraphs, items of lists, cells */
#ifndef TENDER_LAYOUT_H
#define TENDER_LAYOUT_H

#include "doc.h"

/* layout_blocks - make the blocks of a page of its lines, whose furniture is marked; marks items and bullets */
void layout_blocks(struct page *p);

#endif
