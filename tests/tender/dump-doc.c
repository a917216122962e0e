/*
 * dump-doc FILE... - what the readers make of documents
 *
 * A line "== NAME TYPE PAGES" for each file, "-- NAME PAGE" for each page, then its blocks: "* " before an item, "~ "
 * before a header or footer, "  " before others; cells that stand beside each other are parted by " | ". Ends with the
 * warnings ("! "). Ends with 1 and the sentence when a file cannot be read.
 */
#include <stdio.h>

#include "tender/read/reader.h"

static bool beside(const struct block *a, const struct block *b)
{
	return b->y0 < a->y1 && b->x0 >= a->x1 - 1 && b->y1 > a->y0;
}

static void print_page(const struct doc *d, const struct page *p)
{
	printf("-- %s %d%s%s\n", doc_file(d, (unsigned)p->file)->name, p->number, p->readable ? "" : " unreadable",
	       p->ocr ? " ocr" : "");
	for (unsigned i = 0; i < p->blocks->len; i++) {
		const struct block *b = page_block(p, (int)i);
		bool cell = i > 0 && beside(page_block(p, (int)i - 1), b);

		printf("%s%s%s",
		       cell ? " | "
		       : i  ? "\n"
			    : "",
		       cell                                ? ""
		       : page_line(p, b->first)->furniture ? "~ "
		       : b->item                           ? "* "
							   : "  ",
		       b->text);
	}
	printf("\n");
}

int main(int argc, char **argv)
{
	struct reader r = { .doc = doc_new() };
	int status = 0;

	for (int i = 1; i < argc; i++) {
		struct err e = ERR_INIT;
		enum fault f = reader_read(&r, argv[i], &e);

		if (f != FAULT_NONE) {
			printf("%s: %s\n", fault_kind(f), e.text);
			status = 1;
		}
	}
	doc_finish(r.doc);
	for (unsigned i = 0; i < r.doc->files->len; i++) {
		const struct file *f = doc_file(r.doc, i);

		printf("== %s %s %d\n", f->name, f->type, f->n_pages);
	}
	for (unsigned i = 0; i < r.doc->pages->len; i++)
		print_page(r.doc, doc_page(r.doc, i));
	for (unsigned i = 0; i < r.doc->warnings->len; i++)
		printf("! %s\n", (const char *)r.doc->warnings->pdata[i]);
	doc_free(r.doc);
	return status;
}
