/* sheet - one page of a PDF while it is read, by its text layer and by what is seen of it */
#ifndef TENDER_SHEET_H
#define TENDER_SHEET_H

#include "canvas.h"
#include "tender/doc/doc.h"
#include "ocr.h"

struct sheet {
	char *text;    /* of the lines that can be seen; NULL when the page is damaged */
	GArray *lines; /* struct line */
	double width, height;
	size_t n_hidden; /* letters that nobody sees */
	size_t n_letters;
	/* Of what is drawn and is no text of the layer: its share of the page, of its rows, of its columns */
	double dark, rows, columns;
	bool taken;     /* reading it came to an end */
	bool too_long;  /* more text than is read: it was left out */
	bool noise;     /* the text layer is not readable text */
	bool ocr;       /* lines are from OCR, some at least */
	int confidence; /* of the OCR */
};

/*
 * sheet_read - read the text layer, and look at the page unless canvas tells that all of it is seen
 * May run on any thread that has page and canvas for itself.
 */
void sheet_read(struct sheet *s, PopplerPage *page, struct canvas *canvas);

/* sheet_is_picture - what says something on the page is no text: a scan, or letters drawn as shapes */
bool sheet_is_picture(const struct sheet *s);

/*
 * sheet_ocr - read the page by OCR too and keep what is new: of a picture the lines that the text layer has not, of
 * noise all of them, unless the layer says the same (then it was no noise, but another language)
 * paint  called with arg and the quarters of a turn clockwise, once or several times
 */
void sheet_ocr(struct sheet *s, struct ink (*paint)(void *arg, int turn), void *arg, struct ocr *o);

/* sheet_clear - no text and no lines, for a page that was not read */
void sheet_clear(struct sheet *s);

/* sheet_release - free what was not taken */
void sheet_release(struct sheet *s);

#endif
