/* odt_styles - what the styles of an OpenDocument text say of its paragraphs, letters and columns */
#ifndef TENDER_ODT_STYLES_H
#define TENDER_ODT_STYLES_H

#include <glib.h>

#include "xml.h"

struct odt_style {
	double size;   /* of the letters in points, 0 when it says nothing */
	double indent; /* in points */
	double width;  /* of a column in points, 0 when it says nothing */
	bool hidden, white;
	bool shaded; /* has a background of its own: white letters can be read on it */
	bool breaks; /* begins a page */
	bool ends;   /* ends its page */
};

struct odt_styles;

struct odt_styles *odt_styles_new(void);
void odt_styles_free(struct odt_styles *all);

/* odt_styles_add - take a style:style or style:default-style; of other elements nothing */
void odt_styles_add(struct odt_styles *all, const xmlNode *n);

/* odt_styles_get - a style with what it inherits; family "paragraph", "text", …; name may be "" or unknown */
struct odt_style odt_styles_get(const struct odt_styles *all, const char *family, const char *name);

#endif
