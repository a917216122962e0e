/*
 * mkpdf - make a PDF from a text
 *
 *   mkpdf TEXT.txt OUT.pdf          from a source in the markup below
 *   mkpdf -n PAGES [-t TEXT] OUT.pdf   that many pages, each with its number and the text: for tests
 *
 * A source has one thing a line; lines of a paragraph run on until a blank line:
 *   # Title       = centred line       ## Heading       - item of a list       | cell | cell
 *   ==== begins a new page
 */
#include <cairo-pdf.h>
#include <errno.h>
#include <fcntl.h>
#include <pango/pangocairo.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/io.h"

#define PAGE_W       595.0
#define PAGE_H       842.0
#define MARGIN       62.0
#define WIDTH        (PAGE_W - 2 * MARGIN)
#define FOOT_Y       (PAGE_H - 44)
#define BOTTOM       (PAGE_H - 66)
#define SOURCE_BYTES (4u << 20)
#define MAX_CELLS    6

enum style { BODY, TITLE, HEADING, CENTRED, ITEM, CELL, FOOT, N_STYLES };

static const struct {
	const char *font;
	bool centre;
	double indent, before; /* points */
} styles[N_STYLES] = {
	[BODY] = { "DejaVu Serif 9.5", false, 0, 7 },
	[TITLE] = { "DejaVu Sans Bold 19", true, 0, 12 },
	[HEADING] = { "DejaVu Sans Bold 11.5", false, 0, 14 },
	[CENTRED] = { "DejaVu Sans 11", true, 0, 7 },
	[ITEM] = { "DejaVu Serif 9.5", false, 16, 4 },
	[CELL] = { "DejaVu Sans 9", false, 0, 5 },
	[FOOT] = { "DejaVu Sans 8", true, 0, 0 },
};

struct sheet {
	cairo_t *cr;
	double y;
	int page;
	const char *foot; /* stands before the page's number */
};

static PangoLayout *layout_new(struct sheet *s, enum style style, const char *text, double width)
{
	PangoLayout *l = pango_cairo_create_layout(s->cr);
	PangoFontDescription *font = pango_font_description_from_string(styles[style].font);

	pango_layout_set_font_description(l, font);
	pango_font_description_free(font);
	pango_layout_set_width(l, (int)(width * PANGO_SCALE));
	pango_layout_set_alignment(l, styles[style].centre ? PANGO_ALIGN_CENTER : PANGO_ALIGN_LEFT);
	pango_layout_set_text(l, text, -1);
	return l;
}

static double layout_height(PangoLayout *l)
{
	int height;

	pango_layout_get_pixel_size(l, NULL, &height);
	return height;
}

static void show_at(struct sheet *s, PangoLayout *l, double x, double y)
{
	cairo_move_to(s->cr, x, y);
	pango_cairo_show_layout(s->cr, l);
	g_object_unref(l);
}

static void page_end(struct sheet *s)
{
	char text[200];

	snprintf(text, sizeof(text), "%s%sPage %d", s->foot, *s->foot ? " \xC2\xB7 " : "", ++s->page);
	show_at(s, layout_new(s, FOOT, text, WIDTH), MARGIN, FOOT_Y);
	cairo_show_page(s->cr);
	s->y = MARGIN;
}

static void make_room(struct sheet *s, double height)
{
	if (s->y + height > BOTTOM && s->y > MARGIN)
		page_end(s);
}

static void put(struct sheet *s, enum style style, const char *text)
{
	double indent = styles[style].indent;
	PangoLayout *l = layout_new(s, style, text, WIDTH - indent);

	s->y += styles[style].before;
	/* A heading stays with what it is over. */
	make_room(s, layout_height(l) + (style == HEADING ? 40 : 0));
	if (style == ITEM)
		show_at(s, layout_new(s, style, "\xE2\x80\xA2", indent), MARGIN + 4, s->y);
	s->y += layout_height(l);
	show_at(s, l, MARGIN + indent, s->y - layout_height(l));
}

/* "| a | b |": the first cell takes two fifths, the others share the rest. */
static void put_row(struct sheet *s, char *row)
{
	PangoLayout *cells[MAX_CELLS];
	double height = 0, x = MARGIN;
	char *save = NULL;
	int n = 0;

	for (char *cell = strtok_r(row, "|", &save); cell && n < MAX_CELLS; cell = strtok_r(NULL, "|", &save)) {
		g_strstrip(cell);
		if (*cell)
			cells[n++] = layout_new(s, CELL, cell, 0.4 * WIDTH - 8);
	}
	for (int i = 1; i < n; i++)
		pango_layout_set_width(cells[i], (int)((0.6 * WIDTH / (n - 1) - 8) * PANGO_SCALE));
	for (int i = 0; i < n; i++)
		height = layout_height(cells[i]) > height ? layout_height(cells[i]) : height;
	s->y += styles[CELL].before;
	make_room(s, height);
	for (int i = 0; i < n; i++) {
		show_at(s, cells[i], x, s->y);
		x += i == 0 ? 0.4 * WIDTH : 0.6 * WIDTH / (n - 1);
	}
	s->y += height;
}

static void flush_paragraph(struct sheet *s, struct buf *paragraph, enum style style)
{
	if (paragraph->len)
		put(s, style, buf_str(paragraph));
	buf_clear(paragraph);
}

static void put_line(struct sheet *s, char *line, struct buf *paragraph, enum style *open)
{
	static const struct {
		const char *mark;
		enum style style;
	} marks[] = { { "## ", HEADING }, { "# ", TITLE }, { "= ", CENTRED }, { "- ", ITEM } };

	for (size_t i = 0; i < N_ELEMS(marks); i++) {
		if (!util_starts(line, marks[i].mark))
			continue;
		flush_paragraph(s, paragraph, *open);
		buf_addstr(paragraph, line + strlen(marks[i].mark));
		*open = marks[i].style;
		return;
	}
	if (!*line || *line == '|' || streq(line, "====")) {
		flush_paragraph(s, paragraph, *open);
		*open = BODY;
		if (*line == '|')
			put_row(s, line);
		else if (*line)
			page_end(s);
		return;
	}
	if (paragraph->len)
		buf_addc(paragraph, ' ');
	buf_addstr(paragraph, line);
}

static int make_from(struct sheet *s, const char *path)
{
	auto_buf source = BUF_INIT, paragraph = BUF_INIT;
	enum style open = BODY;
	int rc = io_read_file(AT_FDCWD, path, &source, SOURCE_BYTES);
	char *save = source.data;

	if (rc < 0)
		return rc;
	for (char *line = strsep(&save, "\n"); line; line = strsep(&save, "\n"))
		put_line(s, line, &paragraph, &open);
	flush_paragraph(s, &paragraph, open);
	page_end(s);
	return 0;
}

static void make_pages(struct sheet *s, int n, const char *text)
{
	for (int i = 1; i <= n; i++) {
		char head[64];

		snprintf(head, sizeof(head), "Sheet %d of %d", i, n);
		put(s, HEADING, head);
		put(s, BODY, text);
		page_end(s);
	}
}

int main(int argc, char **argv)
{
	const char *text = "The contractor must deliver what this page describes.";
	struct sheet s = { .y = MARGIN, .foot = "" };
	cairo_surface_t *surface;
	int n = 0, opt, rc = 0;

	while ((opt = getopt(argc, argv, "n:t:")) != -1) {
		if (opt == 'n')
			n = atoi(optarg);
		else if (opt == 't')
			text = optarg;
		else
			return 2;
	}
	if (argc - optind != (n ? 1 : 2)) {
		fprintf(stderr, "usage: %s TEXT.txt OUT.pdf | -n PAGES [-t TEXT] OUT.pdf\n", argv[0]);
		return 2;
	}
	surface = cairo_pdf_surface_create(argv[argc - 1], PAGE_W, PAGE_H);
	/* The same source makes the same bytes. */
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, "2027-01-01T00:00:00Z");
	s.cr = cairo_create(surface);
	if (n)
		make_pages(&s, n, text);
	else
		rc = make_from(&s, argv[optind]);
	cairo_destroy(s.cr);
	cairo_surface_finish(surface);
	if (rc == 0 && cairo_surface_status(surface) != CAIRO_STATUS_SUCCESS)
		rc = -EIO;
	if (rc < 0)
		fprintf(stderr, "%s: %s\n", argv[0], strerror(-rc));
	cairo_surface_destroy(surface);
	return rc < 0;
}
