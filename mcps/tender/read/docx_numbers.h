/* docx_numbers - the numbers that Word puts before the paragraphs of its lists */
#ifndef TENDER_DOCX_NUMBERS_H
#define TENDER_DOCX_NUMBERS_H

#include <glib.h>

#include "xml.h"

struct docx_numbers;

/* docx_numbers_new - from the bytes of word/numbering.xml, NULL when there is none; never NULL */
struct docx_numbers *docx_numbers_new(const char *bytes, size_t len);
void docx_numbers_free(struct docx_numbers *all);

/*
 * docx_numbers_next - count one more paragraph of a list
 * Returns what stands before it ("2.1", "(a)"), "" for a bullet, NULL when there is no such list; the caller's.
 */
char *docx_numbers_next(struct docx_numbers *all, int num, int level);

/* docx_numbers_write - n in one of the formats of numbers: "decimal" 3, "lowerRoman" iii, "upperLetter" C */
void docx_numbers_write(GString *to, int n, const char *format);

#endif
