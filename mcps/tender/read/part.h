/* part - the XML parts of documents that are a ZIP inside: DOCX, ODT, XLSX */
#ifndef TENDER_PART_H
#define TENDER_PART_H

#include "reader.h"

/* part_take - the bytes of a part, the caller's to g_free; what is wrong has its sentence in e, as reader_read's */
enum fault part_take(struct reader *r, const struct source *s, const char *name, char **bytes, size_t *len,
		     struct err *e);

/*
 * part_end - what is to be said when the XML of a document was read as far as it goes
 * n_before  pages of the doc before this document
 * rc        what xml_each_child answered
 * Returns FAULT_NONE, with a warning where the XML broke off behind some text, or FAULT_DAMAGED where there is none
 */
enum fault part_end(struct reader *r, const struct source *s, unsigned n_before, int rc, struct err *e);

#endif
