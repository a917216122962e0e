/*
 * PDF, by poppler. Pages are read beside each other on the processors there are, each thread with the document opened
 * for itself, and then once more by OCR where what they say is no text.
 */
#include <errno.h>
#include <poppler.h>
#include <pthread.h>
#include <time.h>

#include "base/clock.h"
#include "tender/text/language.h"
#include "tender/pool.h"
#include "reader.h"
#include "sheet.h"

#define HEAD_BYTES   1024
#define PAGE_MS      20000  /* for the text of a page; most take some milliseconds */
#define SCAN_MS      75000  /* for the OCR of one */
#define OCR_MS       180000 /* for that of all pages of a file; the others are named in a warning */
#define PAINT_WAIT_S 3
#define MOST_LOST    2  /* pages that took too long: the others are not begun */
#define LATE         16 /* of pages that are named in one warning */

struct pdf {
	struct reader *reader;
	GBytes *bytes;
	GPtrArray *docs;     /* PopplerDocument, those that no thread uses */
	GPtrArray *canvases; /* struct canvas, likewise */
	GPtrArray *ocrs;     /* struct ocr, likewise */
	struct sheet *sheets;
	unsigned n, n_lost;
	unsigned *scans, n_scans; /* pages for OCR */
	enum language language;
	int64_t stop_ms; /* when no page more is given to OCR */
};

/* A page while a thread reads it. What a thread needs is here, because it may never come back. */
struct job {
	GBytes *bytes;
	PopplerDocument *doc;
	struct canvas *canvas;
	struct ocr *ocr;
	struct sheet sheet;
	unsigned page;
	enum language language;
	bool late;
};

static void *last_of(GPtrArray *list)
{
	return list->len > 0 ? g_ptr_array_steal_index(list, list->len - 1) : NULL;
}

static struct job *job_new(struct pdf *p, unsigned page)
{
	struct job *j = g_new0(struct job, 1);

	j->bytes = g_bytes_ref(p->bytes);
	j->doc = last_of(p->docs);
	j->canvas = last_of(p->canvases);
	j->page = page;
	return j;
}

static void job_end(struct pdf *p, struct job *j)
{
	p->sheets[j->page] = j->sheet;
	p->sheets[j->page].taken = true;
	if (j->doc)
		g_ptr_array_add(p->docs, j->doc);
	if (j->canvas)
		g_ptr_array_add(p->canvases, j->canvas);
	if (j->ocr)
		g_ptr_array_add(p->ocrs, j->ocr);
	g_bytes_unref(j->bytes);
	g_free(j);
}

static PopplerPage *page_of(struct job *j)
{
	if (!j->doc)
		j->doc = poppler_document_new_from_bytes(j->bytes, NULL, NULL);
	return j->doc ? poppler_document_get_page(j->doc, (int)j->page) : NULL;
}

static struct canvas *canvas_of(GBytes *bytes)
{
	gsize len;
	const char *at = g_bytes_get_data(bytes, &len);

	return canvas_open(at, len);
}

static void *begin_read(void *arg, unsigned i)
{
	return job_new(arg, i);
}

static void read_one(void *item)
{
	struct job *j = item;
	PopplerPage *page = page_of(j);

	if (!page)
		return;
	if (!j->canvas)
		j->canvas = canvas_of(j->bytes);
	sheet_read(&j->sheet, page, j->canvas);
	g_object_unref(page);
}

static void end_one(void *arg, unsigned i UNUSED, void *item)
{
	job_end(arg, item);
}

static void tell(void *arg, unsigned n_done)
{
	struct pdf *p = arg;

	if (p->reader->page)
		p->reader->page(p->reader->arg, (int)MIN(n_done + 1, p->n), (int)p->n);
}

static void *begin_ocr(void *arg, unsigned k)
{
	struct pdf *p = arg;
	struct job *j = job_new(p, p->scans[k]);

	j->ocr = last_of(p->ocrs);
	j->language = p->language;
	j->late = clock_mono_ms() >= p->stop_ms;
	j->sheet = p->sheets[j->page];
	p->sheets[j->page] = (struct sheet){ 0 };
	return j;
}

/* Nobody waits for long: who paints may be stuck. */
static bool wait_to_paint(pthread_mutex_t *painting)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += PAINT_WAIT_S;
	return pthread_mutex_timedlock(painting, &until) == 0;
}

/*
 * Letters that are drawn by operators are kept as pictures, 300 MiB for some pages: they go with the document before
 * the page is read, and one page is painted at a time.
 */
static struct ink paint_for_ocr(void *arg, int turn)
{
	static pthread_mutex_t painting = PTHREAD_MUTEX_INITIALIZER;
	struct job *j = arg;
	bool alone = wait_to_paint(&painting);
	PopplerPage *page = page_of(j);
	struct ink ink = { 0 };

	if (page) {
		ink = ink_new(page, OCR_DPI, OCR_MOST_PIXELS, turn);
		g_object_unref(page);
		g_object_unref(steal(j->doc));
		ink_forget_fonts();
	}
	if (alone)
		pthread_mutex_unlock(&painting);
	return ink;
}

static void ocr_one(void *item)
{
	struct job *j = item;

	if (j->late)
		return;
	if (!j->ocr)
		j->ocr = ocr_new(j->language);
	if (j->ocr)
		sheet_ocr(&j->sheet, paint_for_ocr, j, j->ocr);
}

static void tell_ocr(void *arg, unsigned n_done)
{
	struct pdf *p = arg;

	if (p->reader->page && n_done < p->n_scans)
		p->reader->page(p->reader->arg, (int)p->scans[n_done] + 1, (int)p->n);
}

static void read_all(struct pdf *p)
{
	const struct watch w = { PAGE_MS, MOST_LOST, begin_read, read_one, end_one, tell, p };

	p->n_lost += pool_watch(p->reader->own ? 0 : pool_threads(p->n / 2), p->n, &w);
}

static void ocr_some(struct pdf *p, unsigned n_threads, unsigned n)
{
	const struct watch w = { SCAN_MS, MOST_LOST, begin_ocr, ocr_one, end_one, tell_ocr, p };

	p->n_lost += pool_watch(n_threads, n, &w);
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
	while (p->ocrs->len > 0)
		ocr_free(last_of(p->ocrs));
}

/* Two languages at once cost half as much again: where the first page tells which it is the others are read in that. */
static void ocr_all(struct pdf *p)
{
	unsigned n_threads = pool_threads(p->n_scans);

	p->stop_ms = clock_mono_ms() + OCR_MS;
	p->language = language_so_far(p);
	if (p->language == LANG_NONE && p->n_scans > 2 * n_threads) {
		ocr_some(p, 1, 1);
		ocr_free_all(p);
		p->language = language_so_far(p);
		p->scans++;
		p->n_scans--;
		ocr_some(p, n_threads, p->n_scans);
		p->scans--;
		p->n_scans++;
	} else {
		ocr_some(p, n_threads, p->n_scans);
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
	if (!s->taken)
		return "took too long";
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

	warn_pages(p, name, "took too long", " and was left out: print it to a PDF, or ask for another copy");
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
			sheet_clear(s);
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
	read_all(p);
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
	/* A thread that is left behind needs the bytes; those of a package are freed by whoever unpacked them. */
	struct pdf p = { .reader = r,
			 .bytes = r->depth > 0 ? g_bytes_new(s->bytes, s->len) : g_bytes_new_static(s->bytes, s->len),
			 .docs = g_ptr_array_new(),
			 .canvases = g_ptr_array_new(),
			 .ocrs = g_ptr_array_new() };
	PopplerDocument *pdf = poppler_document_new_from_bytes(p.bytes, NULL, &error);
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
		g_ptr_array_add(p.docs, steal(pdf));
		read_pages(&p, file);
		r->lost = r->lost || p.n_lost > 0;
	}
	if (pdf)
		g_object_unref(pdf);
	while (p.docs->len > 0)
		g_object_unref(last_of(p.docs));
	while (p.canvases->len > 0)
		canvas_close(last_of(p.canvases));
	g_ptr_array_unref(p.docs);
	g_ptr_array_unref(p.canvases);
	g_ptr_array_unref(p.ocrs);
	g_bytes_unref(p.bytes);
	return fault;
}

const struct format format_pdf = { "a PDF", "application/pdf", 0, pdf_sniff, pdf_read };
