/* odt_numbers - the numbers that stand before the items of lists and the headings of an OpenDocument text */
#ifndef TENDER_ODT_NUMBERS_H
#define TENDER_ODT_NUMBERS_H

#include <glib.h>

#include "xml.h"

#define ODT_HEADINGS "Outline" /* the list that the headings are */

struct odt_numbers;

struct odt_numbers *odt_numbers_new(void);
void odt_numbers_free(struct odt_numbers *all);

/* odt_numbers_add - take a text:list-style or text:outline-style; of other elements nothing */
void odt_numbers_add(struct odt_numbers *all, const xmlNode *n);

/* odt_numbers_restart - the list begins anew from that level on, the first being 0 */
void odt_numbers_restart(struct odt_numbers *all, const char *list, int level);

/*
 * odt_numbers_next - count one more item
 * start  number to go on from, -1 for the next
 * Returns what stands before it ("2.1", "(a)"), "" for a bullet or an unknown list; the caller's
 */
char *odt_numbers_next(struct odt_numbers *all, const char *list, int level, int start);

#endif
