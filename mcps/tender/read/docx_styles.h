/* docx_styles - what the styles of a Word document say of its paragraphs */
#ifndef TENDER_DOCX_STYLES_H
#define TENDER_DOCX_STYLES_H

#include <glib.h>

#include "xml.h"

struct docx_style {
	char *based_on; /* NULL for none */
	double size;    /* points, 0 when it says nothing */
	int num, level; /* list and level, -1 when it says nothing */
	bool toc;       /* an entry of the table of contents */
	bool hidden;
	bool shaded; /* has a background of its own: white letters can be read on it */
	bool breaks; /* begins a page */
};

struct docx_styles;

/* docx_styles_new - from the bytes of word/styles.xml, NULL when there is none; never NULL */
struct docx_styles *docx_styles_new(const char *bytes, size_t len);
void docx_styles_free(struct docx_styles *s);

/* docx_styles_get - a style with what it inherits; id may be "" or unknown */
struct docx_style docx_styles_get(const struct docx_styles *s, const char *id);

/* docx_shaded - a background that is not white: a w:shd below n */
bool docx_shaded(const xmlNode *n);

/* docx_on - a switch of the format: w:vanish is on, w:vanish w:val="0" is not, absent is not */
bool docx_on(const xmlNode *properties, const char *name);

/* docx_size - w:sz in points, 0 when there is none */
double docx_size(const xmlNode *properties);

#endif
