#include "document.h"

#include <stdlib.h>

/* Text is UTF-8, quotes can be found again, pages belong to files. */
static void check_page(const struct doc *d, const struct page *p)
{
	if (p->file < 0 || (unsigned)p->file >= d->files->len || !g_utf8_validate(p->text, -1, NULL))
		abort();
	for (unsigned i = 0; i < p->blocks->len; i++) {
		const struct block *b = page_block(p, (int)i);

		if (b->n < 1 || b->first < 0 || (unsigned)(b->first + b->n) > p->lines->len || !b->text[0] ||
		    !g_utf8_validate(b->text, -1, NULL))
			abort();
	}
}

void document_read(const struct format *f, const char *bytes, size_t len)
{
	struct reader r = { .doc = doc_new() };
	struct source s = { "document", bytes, len };
	struct err e = ERR_INIT;
	enum fault fault = len > 0 && f->sniff(&s) ? f->read(&r, &s, f, &e) : FAULT_TYPE;

	if (fault != FAULT_NONE && fault != FAULT_TYPE && !e.text[0])
		abort();
	doc_finish(r.doc);
	for (unsigned i = 0; i < r.doc->pages->len; i++)
		check_page(r.doc, doc_page(r.doc, i));
	for (unsigned i = 0; i < r.doc->warnings->len; i++) {
		if (!g_utf8_validate(r.doc->warnings->pdata[i], -1, NULL))
			abort();
	}
	doc_free(r.doc);
}

void document_read_behind(const char *start, const struct format *f, const void *bytes, size_t len)
{
	GString *all = g_string_new(start);

	g_string_append_len(all, bytes, (gssize)len);
	document_read(f, all->str, all->len);
	g_string_free(all, TRUE);
}
