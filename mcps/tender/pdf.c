/*
 * PDF, by poppler. Pages are read beside each other on the processors there are, each thread with the document opened
 * for itself, and then once more by OCR where what they say is no text.
 */
#include <errno.h>
#include <poppler.h>

#include "base/clock.h"
#include "language.h"
#include "pool.h"
#include "reader.h"
#include "sheet.h"

#define HEAD_BYTES 1024
#define OCR_MS     200000 /* for all pages of a file; the others are named in a warning */
#define LATE       16     /* of pages that are named in one warning */

struct pdf {
	struct reader *reader;
	GBytes *bytes;
	PopplerDocument *docs[POOL_MOST];
	struct ocr *ocrs[POOL_MOST];
	struct sheet *sheets;
	unsigned n;
	unsigned *scans, n_scans; /* pages for OCR */
	enum language language;
	int64_t stop_ms; /* when no page more is given to OCR */
};

static PopplerDocument *document_of(struct pdf *p, unsigned thread)
{
	if (!p->docs[thread])
		p->docs[thread] = poppler_document_new_from_bytes(p->bytes, NULL, NULL);
	return p->docs[thread];
}

static PopplerPage *page_of(struct pdf *p, unsigned thread, unsigned i)
{
	PopplerDocument *doc = document_of(p, thread);

	return doc ? poppler_document_get_page(doc, (int)i) : NULL;
}

static void read_one(void *arg, unsigned thread, unsigned i)
{
	struct pdf *p = arg;
	PopplerPage *page = page_of(p, thread, i);

	if (!page)
		return;
	sheet_read(&p->sheets[i], page);
	g_object_unref(page);
}

static void tell(void *arg, unsigned n_done)
{
	struct pdf *p = arg;

	if (p->reader->page)
		p->reader->page(p->reader->arg, (int)MIN(n_done + 1, p->n), (int)p->n);
}

static void ocr_one(void *arg, unsigned thread, unsigned k)
{
	struct pdf *p = arg;
	unsigned i = p->scans[k];
	PopplerPage *page = clock_mono_ms() < p->stop_ms ? page_of(p, thread, i) : NULL;

	if (!page)
		return;
	if (!p->ocrs[thread])
		p->ocrs[thread] = ocr_new(p->language);
	if (p->ocrs[thread])
		sheet_ocr(&p->sheets[i], page, p->ocrs[thread]);
	g_object_unref(page);
}

static void tell_ocr(void *arg, unsigned n_done)
{
	struct pdf *p = arg;

	if (p->reader->page && n_done < p->n_scans)
		p->reader->page(p->reader->arg, (int)p->scans[n_done] + 1, (int)p->n);
}

/* The language of the pages that are read; LANG_NONE when there are none. */
static enum language language_so_far(const struct pdf *p)
{
	struct language_count c = { 0 };

	for (unsigned i = 0; i < p->n; i++) {
		if (p->sheets[i].text && !p->sheets[i].noise)
			language_count(&c, p->sheets[i].text);
	}
	if (c.english + c.german < 20)
		return LANG_NONE;
	return c.german > 2 * c.english ? LANG_DE : c.english > 2 * c.german ? LANG_EN : LANG_NONE;
}

static void ocr_free_all(struct pdf *p)
{
	for (unsigned i = 0; i < POOL_MOST; i++) {
		ocr_free(p->ocrs[i]);
		p->ocrs[i] = NULL;
	}
}

/* Two languages at once cost half as much again: where the first page tells which it is the others are read in that. */
static void ocr_all(struct pdf *p)
{
	unsigned n_threads = pool_threads(p->n_scans);

	p->stop_ms = clock_mono_ms() + OCR_MS;
	p->language = language_so_far(p);
	if (p->language == LANG_NONE && p->n_scans > 2 * n_threads) {
		ocr_one(p, 0, 0);
		ocr_free_all(p);
		p->language = language_so_far(p);
		p->scans++;
		p->n_scans--;
		pool_run(n_threads, p->n_scans, ocr_one, tell_ocr, p);
		p->scans--;
		p->n_scans++;
	} else {
		pool_run(n_threads, p->n_scans, ocr_one, tell_ocr, p);
	}
	ocr_free_all(p);
}

/* Noise on one page of many is a table of names; on most of them it is the font. */
static void find_scans(struct pdf *p)
{
	unsigned n_noise = 0;

	for (unsigned i = 0; i < p->n; i++)
		n_noise += p->sheets[i].noise;
	p->scans = g_new0(unsigned, p->n);
	for (unsigned i = 0; i < p->n; i++) {
		struct sheet *s = &p->sheets[i];

		s->noise = s->noise && 2 * n_noise > p->n;
		if (s->text && (s->noise || sheet_is_picture(s)))
			p->scans[p->n_scans++] = i;
	}
}

/* Why a page says nothing, NULL when it does or has nothing to say. */
static const char *silence(const struct pdf *p, const struct sheet *s)
{
	if (!s->text)
		return "is damaged";
	if (s->too_long)
		return "holds more than 1 MiB of text";
	if (s->ocr || (!s->noise && (s->text[0] || !sheet_is_picture(s))))
		return NULL;
	if (p->stop_ms && clock_mono_ms() >= p->stop_ms)
		return "is a scan, for which there was no time";
	return s->noise ? "has a text layer that is not readable text" : "has no text layer";
}

/* "pages 3, 4 and 9 of rfp.pdf": one warning for all pages with the same fault. */
static void warn_pages(struct pdf *p, const char *name, const char *why, const char *advice)
{
	GString *list = g_string_new(NULL);
	unsigned n = 0;

	for (unsigned i = 0; i < p->n; i++) {
		const char *its = silence(p, &p->sheets[i]);

		if (its && streq(its, why) && n++ < LATE)
			g_string_append_printf(list, "%s%u", n > 1 ? ", " : "", i + 1);
	}
	if (n > LATE)
		g_string_append_printf(list, " and %u more", n - LATE);
	if (n > 0)
		doc_warn(p->reader->doc, "%s %s of %s %s%s", n > 1 ? "each of the pages" : "page", list->str, name, why,
			 advice);
	g_string_free(list, TRUE);
}

static void warn_all(struct pdf *p, const char *name, const char *no_ocr)
{
	auto_free char *advice = no_ocr ? g_strdup_printf("; OCR cannot be done, because %s", no_ocr) : g_strdup("");
	unsigned n_hidden = 0;

	warn_pages(p, name, "is damaged", " and was left out");
	warn_pages(p, name, "holds more than 1 MiB of text", " and was left out");
	warn_pages(p, name, "is a scan, for which there was no time", ": split the file and drop the parts");
	warn_pages(p, name, "has no text layer", advice);
	warn_pages(p, name, "has a text layer that is not readable text", advice);
	for (unsigned i = 0; i < p->n; i++)
		n_hidden += p->sheets[i].n_hidden > 0;
	if (n_hidden > 0)
		doc_warn(p->reader->doc, "%s has text on %u %s that a reader does not see; it was left out", name,
			 n_hidden, n_hidden > 1 ? "pages" : "page");
}

static void add_pages(struct pdf *p, int file)
{
	for (unsigned i = 0; i < p->n; i++) {
		struct sheet *s = &p->sheets[i];
		const char *fault = silence(p, s);
		struct page *page;

		if (!s->text)
			continue;
		page = doc_add_page(p->reader->doc, file, (int)i + 1, s->height, steal(s->text), steal(s->lines));
		page->readable = !fault;
		page->ocr = s->ocr;
		page->ocr_confidence = s->confidence;
	}
}

static void read_pages(struct pdf *p, int file)
{
	struct file *f = doc_file(p->reader->doc, (unsigned)file);
	const char *no_ocr = NULL;

	f->pages_read = MIN(f->n_pages, READER_MOST_PAGES);
	if (f->pages_read < f->n_pages)
		doc_warn(p->reader->doc, "%s has %d pages; only the first %d were read", f->name, f->n_pages,
			 f->pages_read);
	p->n = (unsigned)f->pages_read;
	p->sheets = g_new0(struct sheet, p->n);
	tell(p, 0);
	pool_run(pool_threads(p->n / 2), p->n, read_one, tell, p);
	find_scans(p);
	if (p->n_scans > 0)
		no_ocr = ocr_load();
	if (p->n_scans > 0 && !no_ocr)
		ocr_all(p);
	warn_all(p, f->name, no_ocr);
	add_pages(p, file);
	for (unsigned i = 0; i < p->n; i++)
		sheet_release(&p->sheets[i]);
	g_free(p->sheets);
	g_free(p->scans);
}

static enum fault open_fault(const GError *error, const struct source *s, struct err *e)
{
	if (!g_error_matches(error, POPPLER_ERROR, POPPLER_ERROR_ENCRYPTED))
		return reader_damaged(s, error->message, e);
	err_set(e, -EACCES,
		"The file '%s' is encrypted: nothing could be read. Save it without a password and drop it again.",
		s->name);
	return FAULT_ENCRYPTED;
}

/* Some programs write a few lines before the head. */
static bool pdf_sniff(const struct source *s)
{
	return g_strstr_len(s->bytes, (gssize)MIN(s->len, HEAD_BYTES), "%PDF-") != NULL;
}

static enum fault pdf_read(struct reader *r, const struct source *s, const struct format *f, struct err *e)
{
	GError *error = NULL;
	struct pdf p = { .reader = r, .bytes = g_bytes_new_static(s->bytes, s->len) };
	PopplerDocument *pdf = p.docs[0] = poppler_document_new_from_bytes(p.bytes, NULL, &error);
	enum fault fault = FAULT_NONE;
	int n = pdf ? poppler_document_get_n_pages(pdf) : 0;

	if (!pdf) {
		fault = open_fault(error, s, e);
		g_error_free(error);
	} else if (n <= 0) {
		fault = reader_damaged(s, "it has no pages", e);
	} else {
		int file = reader_add(r, s, f);

		doc_file(r->doc, (unsigned)file)->n_pages = n;
		read_pages(&p, file);
	}
	for (unsigned i = 0; i < POOL_MOST; i++) {
		if (p.docs[i])
			g_object_unref(p.docs[i]);
	}
	g_bytes_unref(p.bytes);
	return fault;
}

const struct format format_pdf = { "a PDF", "application/pdf", 0, pdf_sniff, pdf_read };
