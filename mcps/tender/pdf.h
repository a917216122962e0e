/* pdf - the pages of a PDF file */
#ifndef TENDER_PDF_H
#define TENDER_PDF_H

#include "base/err.h"
#include "doc.h"

#define PDF_MAX_PAGES 2000

/* Why a file could not be read. */
enum pdf_fault { PDF_FINE, PDF_MISSING, PDF_EMPTY, PDF_OTHER, PDF_ENCRYPTED, PDF_DAMAGED, PDF_TOO_BIG, N_PDF_FAULTS };

/* pdf_fault_kind - the word for the machine: "encrypted" */
const char *pdf_fault_kind(enum pdf_fault f);

/*
 * pdf_read - append the pages of the file to d
 * page  called before each page is read, for progress; may be NULL
 * Returns PDF_FINE, or what is wrong with a sentence in e for the person (with the file's name)
 */
enum pdf_fault pdf_read(struct doc *d, const char *path, void (*page)(void *arg, int number, int n), void *arg,
			struct err *e);

#endif
