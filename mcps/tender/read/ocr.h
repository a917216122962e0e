/*
 * ocr - lines of text from the picture of a page, by tesseract
 *
 * The library is loaded when the first scan comes, so that the engine starts and runs without it.
 */
#ifndef TENDER_OCR_H
#define TENDER_OCR_H

#include "tender/doc/doc.h"
#include "ink.h"

#define OCR_DPI         300
#define OCR_MOST_PIXELS 16e6 /* of a page; larger ones are painted smaller */

struct ocr;

/*
 * ocr_load - find the library, once, before threads use it
 * Returns NULL when OCR can be done, else why not: words that follow "because".
 */
const char *ocr_load(void);

/*
 * ocr_new - a recogniser for one thread; LANG_NONE for both languages
 * Returns NULL where ocr_load failed or the data of the languages are not installed. Blocks some 100 ms.
 */
struct ocr *ocr_new(enum language language);
void ocr_free(struct ocr *o);

/*
 * ocr_read - the lines of a page (struct line, text owned) in reading order, with places in points
 * confidence  out, 0 to 100: the mean of the words', 0 when there is none
 * Blocks for seconds; a page that takes a minute is given up and answers what was read by then.
 */
GArray *ocr_read(struct ocr *o, const struct ink *ink, int *confidence);

#endif
