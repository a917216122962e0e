/*
 * Pictures of pages: PNG, JPEG, TIFF with one page or several. They are opened by the library of pictures that
 * tesseract brings with it (leptonica), and so only where there is OCR; nothing is linked.
 */
#include <dlfcn.h>
#include <errno.h>
#include <math.h>

#include "base/clock.h"
#include "ocr.h"
#include "reader.h"

#define LIBRARY     "libtesseract.so.5" /* what it depends on is looked through too */
#define MOST_PIXELS 80e6                /* to be opened at all */
#define MOST_PAGES  200
#define LEAST_SIDE  100 /* pixels: what is smaller is a logo */
#define LEAST_DPI   50
#define PAGE_INCHES 8.27 /* width of a page whose picture does not say */
#define OCR_MS      150000
#define SILENT      6
#define GREY        8

/* The C interface of leptonica, as far as it is called; a Pix is only passed on. */
#define LEPT_CALLS(X)                                                                                       \
	X(int, setMsgSeverity, (int level))                                                                 \
	X(int, pixReadHeaderMem, (const unsigned char *, size_t, int *, int *, int *, int *, int *, int *)) \
	X(void *, pixReadMem, (const unsigned char *, size_t))                                              \
	X(void *, pixReadMemFromMultipageTiff, (const unsigned char *, size_t, size_t *offset))             \
	X(void *, pixConvertTo8, (void *, int))                                                             \
	X(void *, pixScale, (void *, float, float))                                                         \
	X(int, pixGetDimensions, (const void *, int *, int *, int *))                                       \
	X(int, pixGetXRes, (const void *))                                                                  \
	X(uint32_t *, pixGetData, (void *))                                                                 \
	X(int, pixGetWpl, (const void *))                                                                   \
	X(void, pixDestroy, (void **))

#define AS_MEMBER(type, name, args) type(*name) args;

static struct {
	void *lib;
	LEPT_CALLS(AS_MEMBER)
} lept;

static bool load_calls(void)
{
#define AS_LOAD(type, name, args)                        \
	*(void **)(&lept.name) = dlsym(lept.lib, #name); \
	if (!lept.name)                                  \
		return false;
	LEPT_CALLS(AS_LOAD)
	return true;
}

/* NULL when pictures can be read, else why not. */
static const char *load(void)
{
	static bool tried, good;
	const char *no_ocr = ocr_load();

	if (no_ocr)
		return no_ocr;
	if (!tried) {
		tried = true;
		lept.lib = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
		good = lept.lib && load_calls();
		if (good)
			lept.setMsgSeverity(SILENT);
	}
	return good ? NULL : "the library of pictures is not installed here";
}

static bool begins(const struct source *s, const char *magic, size_t len)
{
	return s->len > 64 && memcmp(s->bytes, magic, len) == 0;
}

static bool is_tiff(const struct source *s)
{
	return begins(s, "II*\0", 4) || begins(s, "MM\0*", 4);
}

static bool is_png(const struct source *s)
{
	return begins(s, "\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16);
}

static bool picture_sniff(const struct source *s)
{
	return is_png(s) || begins(s, "\xFF\xD8\xFF", 3) || is_tiff(s);
}

/* The grey values of a picture, as OCR wants them; false when there is no memory. */
static bool take_ink(void *pix, struct ink *ink)
{
	int depth, stride = 4 * lept.pixGetWpl(pix);
	const unsigned char *data = (const unsigned char *)lept.pixGetData(pix);

	lept.pixGetDimensions(pix, &ink->width, &ink->height, &depth);
	ink->pixels = depth == GREY ? g_try_malloc((size_t)ink->width * (size_t)ink->height) : NULL;
	if (!ink->pixels)
		return false;
	/* Bytes stand in words of four, the first in the highest place. */
	for (int y = 0; y < ink->height; y++) {
		for (int x = 0; x < ink->width; x++)
			ink->pixels[(size_t)y * (size_t)ink->width + (size_t)x] =
				data[(size_t)y * (size_t)stride + (size_t)(x ^ 3)];
	}
	return true;
}

/* Makes a picture grey and small enough, and frees it; NULL when it cannot be. */
static void *prepare(void *pix, float factor)
{
	void *grey = lept.pixConvertTo8(pix, 0), *small;

	lept.pixDestroy(&pix);
	if (!grey || factor >= 1)
		return grey;
	small = lept.pixScale(grey, factor, factor);
	lept.pixDestroy(&grey);
	return small;
}

/* Takes the picture over. */
static struct ink ink_of(void *pix)
{
	struct ink ink = { 0 };
	int width = 0, height = 0, depth = 0, dpi = lept.pixGetXRes(pix);
	float factor;

	lept.pixGetDimensions(pix, &width, &height, &depth);
	factor = (float)fmin(1, sqrt(OCR_MOST_PIXELS / ((double)width * height)));
	ink.scale = (dpi >= LEAST_DPI ? dpi : MIN(width, height) / PAGE_INCHES) / 72 * (double)factor;
	pix = prepare(pix, factor);
	if (pix && !take_ink(pix, &ink))
		ink.width = ink.height = 0;
	if (pix)
		lept.pixDestroy(&pix);
	return ink;
}

static char *text_of(const GArray *lines)
{
	GString *text = g_string_new(NULL);

	for (unsigned i = 0; i < lines->len; i++) {
		g_string_append(text, g_array_index(lines, struct line, i).text);
		g_string_append_c(text, '\n');
	}
	return g_string_free(text, FALSE);
}

static void free_lines(GArray *lines)
{
	for (unsigned i = 0; i < lines->len; i++)
		g_free(g_array_index(lines, struct line, i).text);
	g_array_unref(lines);
}

/* Reads one picture as a page; one without text is counted and left out. Returns true when there is text on it. */
static bool read_page(struct reader *r, int file, struct ocr *o, void *pix)
{
	struct ink ink = ink_of(pix);
	struct file *f = doc_file(r->doc, (unsigned)file);
	GArray *lines = NULL;
	struct page *p;
	int confidence = 0;

	f->pages_read = ++f->n_pages;
	if (ink.pixels)
		lines = ocr_read(o, &ink, &confidence);
	if (lines && lines->len > 0) {
		p = doc_add_page(r->doc, file, f->n_pages, ink.height / ink.scale, text_of(lines), lines);
		p->ocr = true;
		p->ocr_confidence = confidence;
	} else if (lines) {
		free_lines(lines);
		lines = NULL;
	}
	ink_release(&ink);
	return lines != NULL;
}

/* Each page says where the next one stands: in a file that is made for it, where one stands that was read. */
static unsigned read_tiff(struct reader *r, const struct source *s, int file, struct ocr *o)
{
	GHashTable *seen = g_hash_table_new(NULL, NULL);
	int64_t stop_ms = clock_mono_ms() + OCR_MS;
	size_t offset = 0;
	unsigned n_read = 0;

	do {
		void *pix = lept.pixReadMemFromMultipageTiff((const unsigned char *)s->bytes, s->len, &offset);

		if (pix)
			n_read += read_page(r, file, o, pix);
	} while (offset != 0 && clock_mono_ms() < stop_ms && g_hash_table_size(seen) < MOST_PAGES &&
		 g_hash_table_add(seen, GSIZE_TO_POINTER(offset)));
	if (offset != 0)
		doc_warn(r->doc, "%s has more pages than could be read; what stands behind the first %u was left out",
			 s->name, n_read);
	g_hash_table_unref(seen);
	return n_read;
}

static unsigned read_single(struct reader *r, const struct source *s, int file, struct ocr *o)
{
	void *pix = lept.pixReadMem((const unsigned char *)s->bytes, s->len);

	return pix && read_page(r, file, o, pix);
}

/* Whether the picture is one of a page, by its head; else the sentence says what it is. */
static enum fault check(const struct source *s, struct err *e)
{
	int format, width = 0, height = 0, bps, spp, map;

	if (lept.pixReadHeaderMem((const unsigned char *)s->bytes, s->len, &format, &width, &height, &bps, &spp, &map))
		return reader_damaged(s, "it is a picture that cannot be opened", e);
	if ((double)width * height > MOST_PIXELS) {
		err_set(e, -EFBIG,
			"The picture '%s' has %d by %d pixels, which is too large: scan it again with 300 dpi.",
			s->name, width, height);
		return FAULT_SIZE;
	}
	if (width >= LEAST_SIDE && height >= LEAST_SIDE)
		return FAULT_NONE;
	err_set(e, -EBADMSG, "The picture '%s' has %d by %d pixels: it is too small to hold text.", s->name, width,
		height);
	return FAULT_TYPE;
}

static enum fault refuse(const struct source *s, const char *why, struct err *e)
{
	err_set(e, -EBADMSG,
		"The file '%s' is a picture; OCR cannot be done, because %s. Save it as PDF with its text.", s->name,
		why);
	return FAULT_TYPE;
}

static enum fault picture_read(struct reader *r, const struct source *s, const struct format *f, struct err *e)
{
	const char *why = load();
	enum fault fault = why ? refuse(s, why, e) : check(s, e);
	struct ocr *o;
	unsigned n_read;
	int file;

	if (fault != FAULT_NONE)
		return fault;
	o = ocr_new(LANG_NONE);
	if (!o)
		return refuse(s, "the data of its languages are not installed here", e);
	file = reader_add(r, s, f);
	doc_file(r->doc, (unsigned)file)->type = is_png(s) ? "image/png" : is_tiff(s) ? "image/tiff" : "image/jpeg";
	n_read = is_tiff(s) ? read_tiff(r, s, file, o) : read_single(r, s, file, o);
	ocr_free(o);
	if (n_read > 0)
		return FAULT_NONE;
	err_set(e, -ENODATA, "The picture '%s' shows no text that can be read: scan it again with 300 dpi.", s->name);
	return FAULT_TYPE;
}

const struct format format_picture = { "a picture", "image/*", 1, picture_sniff, picture_read };
