/* rtf_tables - the tables at the start of an RTF: character sets of its fonts, its colours */
#ifndef TENDER_RTF_TABLES_H
#define TENDER_RTF_TABLES_H

#include <glib.h>

#include "base/util.h"

#define RTF_SYMBOLS 42 /* stands for a code page: letters of these fonts are signs */

struct rtf_tables {
	GHashTable *pages; /* number of a font -> code page */
	GArray *colours;   /* unsigned: 0xRRGGBB, or RTF_AUTO */
	int font;          /* that is being described */
	unsigned colour;   /* likewise */
	int page;          /* code page of the document */
};

#define RTF_AUTO 0x1000000u

void rtf_tables_init(struct rtf_tables *t);
void rtf_tables_release(struct rtf_tables *t);

/* rtf_tables_word - a control word in the table of fonts or colours */
void rtf_tables_word(struct rtf_tables *t, const char *word, int number);
/* rtf_tables_next - a colour of the table is complete */
void rtf_tables_next(struct rtf_tables *t);

/* rtf_tables_page - the code page of a font, else that of the document */
int rtf_tables_page(const struct rtf_tables *t, int font);
/* rtf_tables_set - the name of a code page for charset_utf8, into out[16]; returns out */
const char *rtf_tables_set(int page, char *out);
/* rtf_tables_white - a colour of the table is as white as paper */
bool rtf_tables_white(const struct rtf_tables *t, int colour);

#endif
