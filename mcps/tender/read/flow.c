#include "flow.h"

#include <math.h>

#include "reader.h"
#include "tender/text/text.h"

#define PAGE_WIDTH      595.0
#define LEFT            57.0
#define RIGHT           538.0
#define TOP             57.0
#define LETTER          0.5  /* width of a letter, as a share of its size */
#define HEIGHT          1.1  /* of a line */
#define LEADING         0.2  /* between the lines of a paragraph, as a share of the size */
#define APART           1.75 /* between paragraphs: too far for one block, near enough for a label above its value */
#define TAB             36.0
#define MOST_LINES      50000      /* of a page */
#define MOST_PAGE_BYTES (8u << 20) /* of a page's text */
#define MOST_CELLS      64

/* What stands in a paragraph until it is laid out; none of them can come from a document, where white space is made
 * single spaces. */
#define MARK_TAB  '\t'
#define MARK_LINE '\n'
#define MARK_PAGE '\f'

struct row {
	double edges[MOST_CELLS]; /* right edges, 0 to 1 */
	unsigned n, cell;         /* the column that is being filled */
	unsigned depth;           /* rows in this row */
	double top, bottom;       /* of what is laid out so far */
};

struct flow {
	struct doc *doc;
	int file, n_pages;
	GArray *lines;
	GString *text; /* of the page */
	GString *paragraph;
	double y;
	struct row row;
	bool in_row;
	unsigned breaks; /* to make when the row is complete */
	bool spaced;     /* the paragraph so far ends in white space */
	bool full;
};

static void page_begin(struct flow *f)
{
	f->lines = g_array_new(FALSE, TRUE, sizeof(struct line));
	f->text = g_string_new(NULL);
	f->y = TOP;
}

struct flow *flow_new(struct doc *d, int file)
{
	struct flow *f = g_new0(struct flow, 1);

	f->doc = d;
	f->file = file;
	f->paragraph = g_string_new(NULL);
	page_begin(f);
	return f;
}

static void page_close(struct flow *f)
{
	struct page *p;

	f->n_pages++;
	if (f->n_pages > READER_MOST_PAGES) {
		g_array_set_clear_func(f->lines, NULL);
		for (unsigned i = 0; i < f->lines->len; i++)
			g_free(g_array_index(f->lines, struct line, i).text);
		g_array_unref(f->lines);
		g_string_free(f->text, TRUE);
		return;
	}
	p = doc_add_page(f->doc, f->file, f->n_pages, f->y + TOP, g_string_free(f->text, FALSE), f->lines);
	p->flow = true;
}

void flow_free(struct flow *f)
{
	struct file *file = doc_file(f->doc, (unsigned)f->file);
	static const struct style plain = { .size = FLOW_BODY };

	if (f->in_row) {
		f->row.depth = 0;
		flow_row_end(f);
	}
	flow_end(f, &plain);
	page_close(f);
	file->n_pages = f->n_pages;
	file->pages_read = MIN(f->n_pages, READER_MOST_PAGES);
	if (file->pages_read < file->n_pages)
		doc_warn(f->doc, "%s has %d pages; only the first %d were read", file->name, file->n_pages,
			 file->pages_read);
	if (f->full)
		doc_warn(f->doc, "%s has more text on a page than is read; the rest of it was left out", file->name);
	g_string_free(f->paragraph, TRUE);
	g_free(f);
}

size_t flow_pending(const struct flow *f)
{
	return f->paragraph->len;
}

void flow_add(struct flow *f, const char *text, size_t len)
{
	auto_free char *mended = g_utf8_validate(text, (gssize)len, NULL) ? NULL : g_utf8_make_valid(text, (gssize)len);
	const char *at = mended ? mended : text, *end = at + (mended ? strlen(mended) : len);

	for (; at < end && f->paragraph->len < MOST_PAGE_BYTES; at = g_utf8_next_char(at)) {
		gunichar c = g_utf8_get_char(at);

		if (g_unichar_isspace(c) || c == 0xA0) {
			f->spaced = f->paragraph->len > 0;
		} else if (c >= 0x20 && c != 0x7F) {
			if (f->spaced && !strchr("\t\n\f", f->paragraph->str[f->paragraph->len - 1]))
				g_string_append_c(f->paragraph, ' ');
			f->spaced = false;
			g_string_append_len(f->paragraph, at, g_utf8_next_char(at) - at);
		}
	}
}

static void add_mark(struct flow *f, char mark)
{
	if (f->paragraph->len > 0 && f->paragraph->len < MOST_PAGE_BYTES)
		g_string_append_c(f->paragraph, mark);
	f->spaced = false;
}

void flow_tab(struct flow *f)
{
	add_mark(f, MARK_TAB);
}

void flow_line(struct flow *f)
{
	add_mark(f, MARK_LINE);
}

static double width_of(const char *text, size_t len, double size)
{
	return (double)g_utf8_strlen(text, (gssize)len) * LETTER * size;
}

static void put_line(struct flow *f, const char *text, size_t len, double x, double y, struct style *s)
{
	struct line l = { .x0 = x, .y0 = y, .x1 = x + width_of(text, len, s->size), .y1 = y + HEIGHT * s->size };

	f->full = f->full || f->lines->len >= MOST_LINES || f->text->len + len > MOST_PAGE_BYTES;
	l.text = g_strstrip(g_strndup(text, len));
	if (f->full || !l.text[0]) {
		g_free(l.text);
		return;
	}
	l.item = s->item;
	s->item = false;
	g_string_append(f->text, l.text);
	g_string_append_c(f->text, '\n');
	g_array_append_val(f->lines, l);
}

/* A line may end at this space: not behind a hyphen, which would be mended away, nor before what reads like an item. */
static bool may_end(const char *from, const char *space)
{
	return space > from && space[-1] != '-' && text_bullet(space + 1) == 0;
}

/* Bytes of text that fit into width: up to a space, all when there is none. */
static size_t fit(const char *text, size_t len, double size, double width)
{
	size_t best = len;

	if (width_of(text, len, size) <= width)
		return len;
	for (const char *at = text; at < text + len; at = g_utf8_next_char(at)) {
		bool over = (double)(at - text) * LETTER * size > width;

		if (*at == ' ' && may_end(text, at)) {
			if (over && best < len)
				break;
			best = (size_t)(at - text);
			if (over)
				break;
		}
	}
	return best;
}

/* Lays out text without marks from (x, y) to right; returns the y of its last line. */
static double wrap(struct flow *f, const char *text, size_t len, double x, double right, double y, struct style *s)
{
	for (;;) {
		size_t n = fit(text, len, s->size, right - x);

		put_line(f, text, n, x, y, s);
		if (n >= len)
			return y;
		text += n + 1;
		len -= n + 1;
		y += (HEIGHT + LEADING) * s->size;
	}
}

/* The end of a piece of a line; a tab behind a bullet or a number of an item is only a space. */
static size_t piece_end(char *text, size_t len)
{
	size_t n = 0;

	for (; n < len && text[n] != MARK_TAB; n++)
		;
	if (n < len) {
		text[n] = ' ';
		if (text_bullet(text) == n + 1) {
			while (n < len && text[n] != MARK_TAB)
				n++;
		} else {
			text[n] = MARK_TAB;
		}
	}
	return n;
}

/* One line of a paragraph as its author broke it; returns the y under it. */
static double lay_line(struct flow *f, char *text, size_t len, double x0, double x1, double y, struct style *s)
{
	double x = x0, bottom = y;

	while (len > 0) {
		size_t n = piece_end(text, len);

		if (n > 0) {
			double right = n < len || x1 - x < 0.3 * (x1 - x0) ? PAGE_WIDTH : x1;

			bottom = fmax(bottom, wrap(f, text, n, x, fmax(right, x + 2 * TAB), y, s));
		}
		x += width_of(text, n, s->size) + 1.5 * s->size;
		x = x0 + TAB * ceil((x - x0) / TAB);
		text += MIN(n + 1, len);
		len -= MIN(n + 1, len);
	}
	return bottom + (HEIGHT + LEADING) * s->size;
}

static void new_page(struct flow *f)
{
	page_close(f);
	page_begin(f);
}

static double lay_paragraph(struct flow *f, char *text, size_t len, double x0, double x1, double y, struct style *s)
{
	y += y > TOP ? APART * fmin(s->size, FLOW_BODY) - LEADING * s->size : 0;
	while (len > 0) {
		char *stop = memchr(text, MARK_LINE, len);
		size_t n = stop ? (size_t)(stop - text) : len;

		y = lay_line(f, text, n, x0 + s->indent, x1, y, s);
		text += MIN(n + 1, len);
		len -= MIN(n + 1, len);
	}
	return y;
}

static void end_in_row(struct flow *f, struct style *s)
{
	struct row *r = &f->row;
	double from = r->cell > 0 ? r->edges[r->cell - 1] : 0, width = RIGHT - LEFT;

	/* A page that begins inside of a row begins behind it. */
	for (char *c = f->paragraph->str; *c; c++) {
		if (*c == MARK_PAGE) {
			*c = ' ';
			f->breaks++;
		}
	}
	r->bottom = fmax(r->bottom, f->y = lay_paragraph(f, f->paragraph->str, f->paragraph->len, LEFT + from * width,
							 LEFT + r->edges[r->cell] * width - 6, f->y, s));
}

static void end_on_page(struct flow *f, struct style *s)
{
	char *text = f->paragraph->str;
	size_t len = f->paragraph->len;

	while (len > 0) {
		char *stop = memchr(text, MARK_PAGE, len);
		size_t n = stop ? (size_t)(stop - text) : len;

		f->y = lay_paragraph(f, text, n, LEFT, RIGHT, f->y, s);
		if (stop)
			new_page(f);
		text += MIN(n + 1, len);
		len -= MIN(n + 1, len);
	}
}

void flow_end(struct flow *f, const struct style *s)
{
	struct style own = *s; /* only its first line is an item */

	if (f->in_row)
		end_in_row(f, &own);
	else
		end_on_page(f, &own);
	g_string_truncate(f->paragraph, 0);
	f->spaced = false;
}

void flow_page(struct flow *f)
{
	if (f->paragraph->len > 0)
		add_mark(f, MARK_PAGE);
	else if (f->in_row)
		f->breaks++;
	else
		new_page(f);
}

/* The first paragraph of each cell of a row begins at the same height. */
static void cell_begin(struct flow *f)
{
	f->y = f->row.top;
}

void flow_row(struct flow *f, const double *edges, unsigned n)
{
	struct row *r = &f->row;

	if (f->in_row) {
		r->depth++;
		return;
	}
	*r = (struct row){ .n = CLAMP(n, 1, MOST_CELLS), .top = f->y, .bottom = f->y };
	for (unsigned i = 0; i < r->n; i++) {
		r->edges[i] = edges && n > 0 && edges[n - 1] > 0 ? edges[i] / edges[n - 1] : (i + 1.0) / r->n;
		r->edges[i] = CLAMP(r->edges[i], i ? r->edges[i - 1] : 0, 1);
	}
	f->in_row = true;
}

void flow_cell(struct flow *f, unsigned span)
{
	if (!f->in_row || f->row.depth > 0)
		return;
	f->row.cell = MIN(f->row.cell + MAX(span, 1), f->row.n - 1);
	cell_begin(f);
}

void flow_row_end(struct flow *f)
{
	static const struct style plain = { .size = FLOW_BODY };

	if (!f->in_row)
		return;
	flow_end(f, &plain);
	if (f->row.depth > 0) {
		f->row.depth--;
		return;
	}
	f->in_row = false;
	f->y = f->row.bottom;
	for (; f->breaks > 0; f->breaks--)
		new_page(f);
}
