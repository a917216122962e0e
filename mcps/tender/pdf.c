/* PDF, by poppler. */
#include <errno.h>
#include <poppler.h>
#include <stdlib.h>

#include "reader.h"
#include "text.h"

#define MOST_PAGE_BYTES (1u << 20)
#define MOST_LINES      20000
#define HEAD_BYTES      1024

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

static enum fault open_fault(const GError *error, const struct source *s, struct err *e)
{
	if (!g_error_matches(error, POPPLER_ERROR, POPPLER_ERROR_ENCRYPTED))
		return reader_damaged(s, error->message, e);
	err_set(e, -EACCES,
		"The file '%s' is encrypted: nothing could be read. Save it without a password and drop it again.",
		s->name);
	return FAULT_ENCRYPTED;
}

static void read_pages(struct reader *r, int file, PopplerDocument *pdf)
{
	struct file *f = doc_file(r->doc, (unsigned)file);

	f->pages_read = MIN(f->n_pages, READER_MOST_PAGES);
	if (f->pages_read < f->n_pages)
		doc_warn(r->doc, "%s has %d pages; only the first %d were read", f->name, f->n_pages, f->pages_read);
	for (int i = 0; i < f->pages_read; i++) {
		PopplerPage *one = poppler_document_get_page(pdf, i);

		if (r->page)
			r->page(r->arg, i + 1, f->pages_read);
		if (!one) {
			doc_warn(r->doc, "page %d of %s is damaged and was left out", i + 1, f->name);
			continue;
		}
		read_page(r->doc, file, i + 1, one);
		g_object_unref(one);
	}
}

/* Some programs write a few lines before the head. */
static bool pdf_sniff(const struct source *s)
{
	return g_strstr_len(s->bytes, (gssize)MIN(s->len, HEAD_BYTES), "%PDF-") != NULL;
}

static enum fault pdf_read(struct reader *r, const struct source *s, const struct format *f, struct err *e)
{
	GError *error = NULL;
	GBytes *bytes = g_bytes_new_static(s->bytes, s->len);
	PopplerDocument *pdf = poppler_document_new_from_bytes(bytes, NULL, &error);
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
		read_pages(r, file, pdf);
	}
	if (pdf)
		g_object_unref(pdf);
	g_bytes_unref(bytes);
	return fault;
}

const struct format format_pdf = { "a PDF", "application/pdf", 0, pdf_sniff, pdf_read };
