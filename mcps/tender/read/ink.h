/*
 * ink - what of a page can be seen
 *
 * A page is painted small, and a letter counts when something is seen where it stands. That is true of letters drawn in
 * a colour that differs from the ground, and of the text layer of a scan, which is drawn in no colour over the picture
 * of the same letters. It is not true of white letters on white, of letters drawn in no colour on empty paper, of those
 * that a picture or a box covers, and of those that are cut off.
 */
#ifndef TENDER_INK_H
#define TENDER_INK_H

#include <poppler.h>

#include "base/util.h"

#define INK_DPI 50 /* for looking: letters are a few pixels high */

/* Grey values of a page, a byte each, 0 is black. */
struct ink {
	unsigned char *pixels; /* NULL when there is no memory for them */
	int width, height;
	double scale; /* pixels in a point */
};

/*
 * ink_new - paint a page at dpi, or smaller where it would have more than most_pixels; turn is 0 to 3 quarters of a
 * turn clockwise. ink_release frees the pixels
 */
struct ink ink_new(PopplerPage *page, double dpi, double most_pixels, int turn);
void ink_release(struct ink *ink);

/*
 * ink_forget_fonts - give back what is kept of the letters of closed documents
 * Of fonts whose letters are drawn by operators that may be several hundred MiB for one page.
 */
void ink_forget_fonts(void);

/* ink_seen - something is seen in the box (points, y grows downwards) */
bool ink_seen(const struct ink *ink, double x0, double y0, double x1, double y1);

/* ink_wipe - the box becomes white */
void ink_wipe(struct ink *ink, double x0, double y0, double x1, double y1);

/* ink_dark - the share of the page that is darker than its ground, and of its rows and columns with such pixels */
void ink_dark(const struct ink *ink, double *dark, double *rows, double *columns);

#endif
