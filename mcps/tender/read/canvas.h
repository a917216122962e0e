/*
 * canvas - what a page of a PDF draws, by its operators
 *
 * Painting a page takes several times as long as reading its text. Most pages draw dark letters on white paper and on
 * nothing else: their operators tell that each letter can be seen. Whatever is not understood is no such page.
 */
#ifndef TENDER_CANVAS_H
#define TENDER_CANVAS_H

#include <poppler.h>

#include "base/util.h"

struct canvas;

/* canvas_open - for the bytes of a PDF, borrowed until canvas_close; of a damaged one no page can be read */
struct canvas *canvas_open(const char *bytes, size_t len);
void canvas_close(struct canvas *c);

/*
 * canvas_read - read what page (from 0) draws; crop is the part of it that is shown
 * Returns false when the page must be painted to say what is seen of it. May take as long as the page is long.
 */
bool canvas_read(struct canvas *c, unsigned page, const PopplerRectangle *crop);

/*
 * canvas_shows - a letter in that place (points, y grows downwards) of the page that was read last is not clipped away,
 * nothing is drawn over it, and it is darker than its ground
 */
bool canvas_shows(const struct canvas *c, const PopplerRectangle *letter);

#endif
