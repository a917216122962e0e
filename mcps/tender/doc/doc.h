/* doc - a document as pages, blocks and lines of text, with their places */
#ifndef TENDER_DOC_H
#define TENDER_DOC_H

#include <glib.h>

#include "base/util.h"

/* A run of characters on one height; cells of a table are lines of their own. Points, y grows downwards. */
struct line {
	char *text; /* without white space at its ends; never empty */
	double x0, y0, x1, y1;
	int block;      /* index in the page's blocks */
	bool furniture; /* repeated on most pages: header, footer, page number */
	bool item;   /* begins an item of a list: its bullet or number is in text, or is a line of its own left of it */
	bool bullet; /* is nothing but the bullet of another line */
};

/* Lines that belong together: a paragraph, an item of a list, a cell. */
struct block {
	int first, n; /* lines, next to each other in the page's order */
	char *text;   /* the lines in one, hyphenation mended */
	int *starts;  /* [n] where each line begins in text */
	double x0, y0, x1, y1;
	bool item; /* begins with a bullet or a number */
};

struct page {
	int file;           /* index in doc.files */
	int number;         /* in its file, from 1 */
	double height;      /* in points */
	char *text;         /* all of it, in reading order */
	char *plain;        /* text_plain of text: what quotes are looked for in */
	int *plain_from;    /* where in text each byte of plain comes from */
	GArray *lines;      /* struct line, in reading order */
	GArray *blocks;     /* struct block, likewise */
	bool readable;      /* false: what it says could not be read */
	bool ocr;           /* read by OCR, in part at least */
	int ocr_confidence; /* mean of its words', 0 to 100 */
	bool flow;          /* made of running text: no headers and footers */
};

struct file {
	char *name; /* last part of the path; in a package the path there */
	char sha256[65];
	int n_pages;      /* in the file; 0 for a package of other files */
	int pages_read;   /* up to the cap */
	const char *type; /* MIME type */
	int rank;         /* pages of files of a lower rank come first */
};

enum language { LANG_NONE, LANG_EN, LANG_DE };

struct doc {
	GArray *files;       /* struct file, in the order in which they came */
	GPtrArray *pages;    /* struct page; after doc_finish those of files of a low rank first */
	GPtrArray *warnings; /* char *: sentences for the person */
	enum language language;
	bool day_first; /* 3/4/2025 is in April */
};

struct doc *doc_new(void);
void doc_free(struct doc *d);

/* doc_add_page - append a page and take its text and lines (GArray of struct line, text owned) */
struct page *doc_add_page(struct doc *d, int file, int number, double height, char *text, GArray *lines);

/* doc_finish - after the last page: furniture, blocks, language, order of dates */
void doc_finish(struct doc *d);

void doc_warn(struct doc *d, const char *fmt, ...) PRINTF_LIKE(2, 3);

static inline struct page *doc_page(const struct doc *d, unsigned i)
{
	return g_ptr_array_index(d->pages, i);
}

static inline struct file *doc_file(const struct doc *d, unsigned i)
{
	return &g_array_index(d->files, struct file, i);
}

static inline struct line *page_line(const struct page *p, int i)
{
	return &g_array_index(p->lines, struct line, i);
}

static inline struct block *page_block(const struct page *p, int i)
{
	return &g_array_index(p->blocks, struct block, i);
}

/* page_left - the label beside block b: text left of it at its height, NULL for none; the caller's to free */
char *page_left(const struct page *p, const struct block *b, int line, int *label_line);

/* page_right - the nearest line right of line i at its height, -1 for none */
int page_right(const struct page *p, int i);
/* page_below - the nearest line under line i that shares some of its width, -1 for none within two of its heights */
int page_below(const struct page *p, int i);

/* block_line - index (in the page) of the line that holds byte at of the block's text */
int block_line(const struct block *b, int at);

#endif
