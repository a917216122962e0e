#include "pdf.h"

#include <errno.h>
#include <fcntl.h>
#include <poppler.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/crypto.h"
#include "text.h"

#define MOST_FILE_BYTES (1ll << 30)
#define MOST_PAGE_BYTES (1u << 20)
#define MOST_LINES      20000
#define HEAD_BYTES      1024

static const char *const fault_kinds[N_PDF_FAULTS] = { "",          "missing", "empty",    "not_a_pdf",
						       "encrypted", "damaged", "too_large" };

const char *pdf_fault_kind(enum pdf_fault f)
{
	return fault_kinds[f];
}

static const char *guess_type(const char *bytes, size_t len)
{
	static const struct {
		const char *magic;
		size_t len;
		const char *what;
	} known[] = {
		{ "\x89PNG", 4, "a PNG picture" },
		{ "\xFF\xD8\xFF", 3, "a JPEG picture" },
		{ "PK\x03\x04", 4, "a ZIP or Office file" },
		{ "\xD0\xCF\x11\xE0", 4, "an old Office file" },
		{ "{\\rtf", 5, "an RTF file" },
		{ "<!DOCTYPE", 9, "a web page" },
		{ "<html", 5, "a web page" },
		{ "\x7F"
		  "ELF",
		  4, "a program" },
	};

	for (size_t i = 0; i < N_ELEMS(known); i++) {
		if (len >= known[i].len && memcmp(bytes, known[i].magic, known[i].len) == 0)
			return known[i].what;
	}
	return g_utf8_validate(bytes, (gssize)(len < 512 ? len : 512), NULL) ? "plain text" : "no PDF";
}

/* One rectangle for each character of a page's text; those of breaks between lines have no size. */
struct places {
	PopplerRectangle *rect;
	guint n;
};

/* Cells of a row stand in the text without a break between them: only the places tell them apart. */
struct cutter {
	GArray *lines;
	GString *text;
	struct line line; /* the box of text so far */
};

static void cut(struct cutter *c)
{
	c->line.text = g_strstrip(g_strdup(c->text->str));
	if (c->line.text[0])
		g_array_append_val(c->lines, c->line);
	else
		g_free(c->line.text);
	g_string_truncate(c->text, 0);
	c->line = (struct line){ 0 };
}

static bool breaks_line(const struct line *l, const PopplerRectangle *r)
{
	double height = l->y1 - l->y0, mid = (r->y1 + r->y2) / 2;

	return mid < l->y0 || mid > l->y1 || r->x1 > l->x1 + 1.1 * height || r->x1 < l->x1 - 2 * height;
}

static void take_character(struct cutter *c, const char *at, const char *next, const PopplerRectangle *r)
{
	if (c->text->len > 0 && breaks_line(&c->line, r))
		cut(c);
	if (c->text->len == 0)
		c->line = (struct line){ .x0 = r->x1, .y0 = r->y1, .x1 = r->x2, .y1 = r->y2 };
	c->line.x1 = MAX(c->line.x1, r->x2);
	c->line.y0 = MIN(c->line.y0, r->y1);
	c->line.y1 = MAX(c->line.y1, r->y2);
	g_string_append_len(c->text, at, next - at);
}

static GArray *split_lines(const char *text, const struct places *places)
{
	struct cutter c = { g_array_new(FALSE, TRUE, sizeof(struct line)), g_string_new(NULL), { 0 } };
	guint i = 0;

	for (const char *at = text; *at && i < places->n && c.lines->len < MOST_LINES; at = g_utf8_next_char(at), i++) {
		gunichar ch = g_utf8_get_char(at);

		if (ch == '\n')
			cut(&c);
		else if (text_invisible(ch))
			continue; /* often of another font, which would make the line look taller */
		else if (!g_unichar_isspace(ch))
			take_character(&c, at, g_utf8_next_char(at), &places->rect[i]);
		else if (c.text->len > 0)
			g_string_append_c(c.text, ' ');
	}
	cut(&c);
	g_string_free(c.text, TRUE);
	return c.lines;
}

static void read_page(struct doc *d, int file, int number, PopplerPage *page)
{
	struct places places = { NULL, 0 };
	char *text = poppler_page_get_text(page);
	double height;

	if (!text || strlen(text) > MOST_PAGE_BYTES) {
		if (text)
			doc_warn(d, "page %d holds more than 1 MiB of text and was left out", number);
		g_free(text);
		text = g_strdup("");
	}
	if (text[0])
		poppler_page_get_text_layout(page, &places.rect, &places.n);
	poppler_page_get_size(page, NULL, &height);
	doc_add_page(d, file, number, height, text, split_lines(text, &places));
	g_free(places.rect);
}

static enum pdf_fault open_fault(const GError *error, const char *name, struct err *e)
{
	if (g_error_matches(error, POPPLER_ERROR, POPPLER_ERROR_ENCRYPTED)) {
		err_set(e, -EACCES,
			"The file '%s' is encrypted: nothing could be read. Save it without a password and drop it again.",
			name);
		return PDF_ENCRYPTED;
	}
	err_set(e, -EBADMSG, "The file '%s' is damaged: %s. Ask for it again, or print it to a new PDF, and drop that.",
		name, error->message);
	return PDF_DAMAGED;
}

static enum pdf_fault check_bytes(const char *bytes, size_t len, const char *name, struct err *e)
{
	if (len == 0) {
		err_set(e, -ENODATA, "The file '%s' is empty: drop it again when it is complete.", name);
		return PDF_EMPTY;
	}
	if (!g_strstr_len(bytes, (gssize)(len < HEAD_BYTES ? len : HEAD_BYTES), "%PDF-")) {
		err_set(e, -EBADMSG,
			"The file '%s' is %s, whatever its name says; only PDF is read. Save it as PDF and drop that.",
			name, guess_type(bytes, len));
		return PDF_OTHER;
	}
	return PDF_FINE;
}

static enum pdf_fault read_pages(struct doc *d, int file, PopplerDocument *pdf, void (*page)(void *, int, int),
				 void *arg, struct err *e)
{
	struct file *f = doc_file(d, (unsigned)file);
	int n = poppler_document_get_n_pages(pdf);

	if (n <= 0) {
		err_set(e, -EBADMSG, "The file '%s' is damaged: it has no pages. Ask for it again and drop that.",
			f->name);
		return PDF_DAMAGED;
	}
	f->n_pages = n;
	f->pages_read = MIN(n, PDF_MAX_PAGES);
	if (f->pages_read < n)
		doc_warn(d, "%s has %d pages; only the first %d were read", f->name, n, f->pages_read);
	for (int i = 0; i < f->pages_read; i++) {
		PopplerPage *one = poppler_document_get_page(pdf, i);

		if (page)
			page(arg, i + 1, f->pages_read);
		if (!one) {
			doc_warn(d, "page %d of %s is damaged and was left out", i + 1, f->name);
			continue;
		}
		read_page(d, file, i + 1, one);
		g_object_unref(one);
	}
	return PDF_FINE;
}

static enum pdf_fault map_file(const char *path, const char *name, GBytes **bytes, struct err *e)
{
	GMappedFile *map;
	struct stat sb;

	if (stat(path, &sb) < 0 || !S_ISREG(sb.st_mode)) {
		err_set(e, -ENOENT, "The file '%s' cannot be read: %s.", name,
			S_ISREG(sb.st_mode) ? strerror(errno) : "it is no file");
		return PDF_MISSING;
	}
	if (sb.st_size > MOST_FILE_BYTES) {
		err_set(e, -EFBIG, "The file '%s' has more than 1 GiB: split it and drop the parts.", name);
		return PDF_TOO_BIG;
	}
	map = g_mapped_file_new(path, FALSE, NULL);
	if (!map) {
		err_set(e, -EACCES, "The file '%s' cannot be opened.", name);
		return PDF_MISSING;
	}
	*bytes = g_mapped_file_get_bytes(map);
	g_mapped_file_unref(map);
	return PDF_FINE;
}

static int add_file(struct doc *d, const char *name, const char *bytes, size_t len)
{
	struct file f = { .name = g_strdup(name) };

	sha256_hex(bytes, len, f.sha256);
	g_array_append_val(d->files, f);
	return (int)d->files->len - 1;
}

enum pdf_fault pdf_read(struct doc *d, const char *path, void (*page)(void *, int, int), void *arg, struct err *e)
{
	auto_free char *name = g_path_get_basename(path);
	PopplerDocument *pdf;
	GError *error = NULL;
	GBytes *bytes = NULL;
	enum pdf_fault fault = map_file(path, name, &bytes, e);
	const char *data;
	gsize len;

	if (fault != PDF_FINE)
		return fault;
	data = g_bytes_get_data(bytes, &len);
	fault = check_bytes(data ? data : "", len, name, e);
	if (fault == PDF_FINE) {
		pdf = poppler_document_new_from_bytes(bytes, NULL, &error);
		if (!pdf) {
			fault = open_fault(error, name, e);
			g_error_free(error);
		} else {
			fault = read_pages(d, add_file(d, name, data, len), pdf, page, arg, e);
			g_object_unref(pdf);
		}
	}
	g_bytes_unref(bytes);
	return fault;
}
