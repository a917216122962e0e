#include "sheet.h"

#include <cairo-pdf.h>
#include <errno.h>
#include <math.h>
#include <pango/pangocairo.h>
#include <stdlib.h>

#define GAP         20.0 /* between columns */
#define MOST_CELLS  8
#define CELL_PAD    3.0
#define BOX         8.0  /* side of a form's box */
#define SPECKLES    400  /* of a scanned page */
#define FURNITURE_Y 34.0 /* of head and foot, from the edge */

static const struct {
	const char *weight;
	double scale; /* of the size of the text */
	PangoAlignment align;
	double indent, before; /* points */
	double keep;           /* room that must be under it on the page */
} styles[N_STYLES] = {
	[BODY] = { "", 1, PANGO_ALIGN_LEFT, 0, 6, 0 },
	[BOLD] = { "Bold", 1, PANGO_ALIGN_LEFT, 0, 6, 20 },
	[TITLE] = { "Bold", 1.8, PANGO_ALIGN_CENTER, 0, 12, 0 },
	[HEADING] = { "Bold", 1.25, PANGO_ALIGN_LEFT, 0, 14, 40 },
	[SUBHEADING] = { "Bold", 1.05, PANGO_ALIGN_LEFT, 0, 10, 30 },
	[CENTRED] = { "", 1.1, PANGO_ALIGN_CENTER, 0, 5, 0 },
	[RIGHT] = { "", 1, PANGO_ALIGN_RIGHT, 0, 2, 0 },
	[ITEM] = { "", 1, PANGO_ALIGN_LEFT, 18, 3, 0 },
	[SUBITEM] = { "", 1, PANGO_ALIGN_LEFT, 34, 2, 0 },
	[HUNG] = { "", 1, PANGO_ALIGN_LEFT, 34, 5, 0 },
	[SUBHUNG] = { "", 1, PANGO_ALIGN_LEFT, 58, 4, 0 },
	[CELL] = { "", 0.95, PANGO_ALIGN_LEFT, 0, 0, 0 },
	[HEADCELL] = { "Bold", 0.95, PANGO_ALIGN_LEFT, 0, 0, 0 },
	[NOTE] = { "", 0.8, PANGO_ALIGN_LEFT, 0, 2, 0 },
	[TINY] = { "", 0.75, PANGO_ALIGN_LEFT, 0, 4, 0 },
	[HIDDEN] = { "", 0.6, PANGO_ALIGN_LEFT, 0, 2, 0 },
};

/* Of the hung styles: where the label stands. */
static const double label_x[N_STYLES] = { [ITEM] = 5, [SUBITEM] = 21, [HUNG] = 0, [SUBHUNG] = 34 };

struct sheet {
	cairo_surface_t *pdf, *picture; /* picture: of the page while it is scanned, else NULL */
	cairo_t *cr;                    /* onto the page; NULL between two */
	PangoContext *context;
	double width, height, margin, top, bottom; /* bottom rises with each note */
	double y, lowest;                          /* lowest: of all columns of the page */
	int page, total;
	int columns, column;
	double column_top;
	char *family, *head, *foot;
	double size;
	int head_from;
	double dpi, degrees;
	double widths[MOST_CELLS];
	int n_widths;
	bool ruled, in_table, boxed, crossed;
	GPtrArray *notes; /* PangoLayout * */
};

struct sheet *sheet_open(const char *path, double width, double height, int total)
{
	struct sheet *s = xcalloc(1, sizeof(*s));
	cairo_font_options_t *exact = cairo_font_options_create();

	s->pdf = path ? cairo_pdf_surface_create(path, width, height)
		      : cairo_pdf_surface_create_for_stream(NULL, NULL, width, height);
	/* The same source makes the same bytes. */
	cairo_pdf_surface_set_metadata(s->pdf, CAIRO_PDF_METADATA_CREATE_DATE, "2027-01-01T00:00:00Z");
	s->context = pango_font_map_create_context(pango_cairo_font_map_get_default());
	pango_cairo_context_set_resolution(s->context, 72);
	cairo_font_options_set_hint_metrics(exact, CAIRO_HINT_METRICS_OFF);
	cairo_font_options_set_hint_style(exact, CAIRO_HINT_STYLE_NONE);
	pango_cairo_context_set_font_options(s->context, exact);
	cairo_font_options_destroy(exact);
	s->width = width;
	s->height = height;
	s->total = total;
	s->columns = 1;
	s->notes = g_ptr_array_new_with_free_func(g_object_unref);
	sheet_margin(s, 62);
	sheet_font(s, "DejaVu Serif", 9.5);
	return s;
}

void sheet_font(struct sheet *s, const char *family, double size)
{
	free(s->family);
	s->family = xstrdup(family);
	s->size = size;
}

void sheet_margin(struct sheet *s, double points)
{
	s->margin = points;
	s->top = points;
	s->bottom = s->height - points;
	s->y = s->column_top = s->top;
}

void sheet_head(struct sheet *s, const char *parts, int from_page)
{
	free(s->head);
	s->head = xstrdup(parts);
	s->head_from = from_page;
}

void sheet_foot(struct sheet *s, const char *parts)
{
	free(s->foot);
	s->foot = xstrdup(parts);
}

void sheet_widths(struct sheet *s, const double *percent, int n, bool ruled)
{
	s->n_widths = MIN(n, MOST_CELLS);
	memcpy(s->widths, percent, (size_t)s->n_widths * sizeof(*percent));
	s->ruled = ruled;
}

void sheet_scan(struct sheet *s, double dpi, double degrees)
{
	s->dpi = dpi;
	s->degrees = degrees;
}

static void page_begin(struct sheet *s)
{
	double scale = s->dpi / 72;

	if (s->cr)
		return;
	s->page++;
	if (s->dpi == 0) {
		s->cr = cairo_create(s->pdf);
		return;
	}
	s->picture = cairo_image_surface_create(CAIRO_FORMAT_A8, (int)(s->width * scale), (int)(s->height * scale));
	s->cr = cairo_create(s->picture);
	cairo_scale(s->cr, scale, scale);
	cairo_translate(s->cr, s->width / 2, s->height / 2);
	cairo_rotate(s->cr, s->degrees * M_PI / 180);
	cairo_translate(s->cr, -s->width / 2, -s->height / 2);
}

static double column_width(const struct sheet *s)
{
	return (s->width - 2 * s->margin - (s->columns - 1) * GAP) / s->columns;
}

static double column_x(const struct sheet *s)
{
	return s->margin + s->column * (column_width(s) + GAP);
}

static PangoLayout *layout_new(struct sheet *s, enum style style, const char *text, double width)
{
	PangoLayout *l = pango_layout_new(s->context);
	PangoFontDescription *font = pango_font_description_new();

	pango_font_description_set_family(font, s->family);
	pango_font_description_set_absolute_size(font, s->size * styles[style].scale * PANGO_SCALE);
	if (*styles[style].weight)
		pango_font_description_set_weight(font, PANGO_WEIGHT_BOLD);
	pango_layout_set_font_description(l, font);
	pango_font_description_free(font);
	pango_layout_set_width(l, (int)(width * PANGO_SCALE));
	pango_layout_set_alignment(l, styles[style].align);
	pango_layout_set_wrap(l, PANGO_WRAP_WORD_CHAR);
	pango_layout_set_text(l, text, -1);
	return l;
}

static double layout_height(PangoLayout *l)
{
	int height;

	pango_layout_get_size(l, NULL, &height);
	return (double)height / PANGO_SCALE;
}

static void show_at(struct sheet *s, PangoLayout *l, double x, double y)
{
	cairo_move_to(s->cr, x, y);
	pango_cairo_show_layout(s->cr, l);
}

static char *numbered(const struct sheet *s, const char *text)
{
	auto_free char *page = xasprintf("%d", s->page), *total = xasprintf("%d", s->total);
	GString *out = g_string_new(text);

	g_string_replace(out, "%p", page, 0);
	g_string_replace(out, "%n", total, 0);
	return g_string_free(out, FALSE);
}

/* The parts of head or foot, left, middle and right. */
static void put_furniture(struct sheet *s, const char *parts, double y)
{
	static const PangoAlignment aligns[] = { PANGO_ALIGN_LEFT, PANGO_ALIGN_CENTER, PANGO_ALIGN_RIGHT };
	gchar **all = g_strsplit(parts, "|", 3);

	for (size_t i = 0; i < N_ELEMS(aligns) && all[i]; i++) {
		auto_free char *text = numbered(s, g_strstrip(all[i]));
		PangoLayout *l = layout_new(s, NOTE, text, s->width - 2 * s->margin);

		pango_layout_set_alignment(l, aligns[i]);
		show_at(s, l, s->margin, y);
		g_object_unref(l);
	}
	g_strfreev(all);
}

static void put_notes(struct sheet *s)
{
	double y = s->bottom + 6;

	if (s->notes->len == 0)
		return;
	cairo_set_line_width(s->cr, 0.5);
	cairo_move_to(s->cr, s->margin, y);
	cairo_line_to(s->cr, s->margin + 120, y);
	cairo_stroke(s->cr);
	for (unsigned i = 0; i < s->notes->len; i++) {
		y += styles[NOTE].before;
		show_at(s, s->notes->pdata[i], s->margin, y);
		y += layout_height(s->notes->pdata[i]);
	}
	g_ptr_array_set_size(s->notes, 0);
}

/* Dust on the glass, the same at every run. */
static void speckle(const struct sheet *s)
{
	unsigned char *bytes = cairo_image_surface_get_data(s->picture);
	int stride = cairo_image_surface_get_stride(s->picture), height = cairo_image_surface_get_height(s->picture);
	uint32_t dice = (uint32_t)s->page;

	cairo_surface_flush(s->picture);
	for (int i = 0; i < SPECKLES; i++) {
		dice = dice * 1664525u + 1013904223u;
		bytes[dice % (uint32_t)(stride * height)] = 200;
	}
	cairo_surface_mark_dirty(s->picture);
}

static void put_picture(struct sheet *s)
{
	cairo_t *cr = cairo_create(s->pdf);
	double scale = s->width / cairo_image_surface_get_width(s->picture);

	speckle(s);
	cairo_scale(cr, scale, scale);
	cairo_set_source_rgb(cr, 0.1, 0.1, 0.12);
	cairo_mask_surface(cr, s->picture, 0, 0);
	cairo_destroy(cr);
	cairo_surface_destroy(s->picture);
	s->picture = NULL;
}

void sheet_page(struct sheet *s)
{
	page_begin(s);
	put_notes(s);
	if (s->head && s->page >= s->head_from)
		put_furniture(s, s->head, FURNITURE_Y);
	if (s->foot)
		put_furniture(s, s->foot, s->height - FURNITURE_Y - 8);
	cairo_destroy(s->cr);
	s->cr = NULL;
	if (s->picture)
		put_picture(s);
	cairo_surface_show_page(s->pdf);
	s->y = s->lowest = s->column_top = s->top;
	s->bottom = s->height - s->margin;
	s->column = 0;
}

int sheet_close(struct sheet *s)
{
	int n;

	if (s->cr)
		sheet_page(s);
	n = s->page;
	cairo_surface_finish(s->pdf);
	if (cairo_surface_status(s->pdf) != CAIRO_STATUS_SUCCESS)
		n = -EIO;
	cairo_surface_destroy(s->pdf);
	g_object_unref(s->context);
	g_ptr_array_unref(s->notes);
	free(s->family);
	free(s->head);
	free(s->foot);
	free(s);
	return n;
}

static void make_room(struct sheet *s, double height)
{
	if (s->y + height <= s->bottom || s->y <= s->column_top)
		return;
	s->lowest = MAX(s->lowest, s->y);
	if (s->column + 1 < s->columns) {
		s->column++;
		s->y = s->column_top;
	} else {
		page_begin(s);
		sheet_page(s);
	}
}

void sheet_columns(struct sheet *s, int n)
{
	s->y = MAX(s->y, s->lowest);
	s->column_top = s->y;
	s->column = 0;
	s->columns = n;
}

void sheet_skip(struct sheet *s, double points)
{
	s->y += points;
}

void sheet_rule(struct sheet *s)
{
	s->y += 5;
	make_room(s, 5);
	page_begin(s);
	cairo_set_line_width(s->cr, 0.8);
	cairo_move_to(s->cr, column_x(s), s->y);
	cairo_line_to(s->cr, column_x(s) + column_width(s), s->y);
	cairo_stroke(s->cr);
	s->y += 5;
}

void sheet_seal(struct sheet *s, const char *text)
{
	const double radius = 38;
	double x = s->width - s->margin - radius, y = s->y + radius / 2;
	PangoLayout *l = layout_new(s, TINY, text, 2 * radius - 12);

	page_begin(s);
	pango_layout_set_alignment(l, PANGO_ALIGN_CENTER);
	cairo_set_line_width(s->cr, 1.5);
	cairo_new_path(s->cr);
	cairo_arc(s->cr, x, y, radius, 0, 2 * M_PI);
	cairo_stroke(s->cr);
	show_at(s, l, x - radius + 6, y - layout_height(l) / 2);
	g_object_unref(l);
}

void sheet_box(struct sheet *s, bool crossed)
{
	s->boxed = true;
	s->crossed = crossed;
}

static void put_box(struct sheet *s, double x)
{
	double y = s->y + 2;

	cairo_set_line_width(s->cr, 0.7);
	cairo_rectangle(s->cr, x, y, BOX, BOX);
	if (s->crossed) {
		cairo_move_to(s->cr, x + 1, y + 1);
		cairo_line_to(s->cr, x + BOX - 1, y + BOX - 1);
		cairo_move_to(s->cr, x + BOX - 1, y + 1);
		cairo_line_to(s->cr, x + 1, y + BOX - 1);
	}
	cairo_stroke(s->cr);
	s->boxed = false;
}

static void put_label(struct sheet *s, enum style style, const char *label)
{
	PangoLayout *l;

	if (s->boxed)
		put_box(s, column_x(s) + label_x[style]);
	if (!label)
		return;
	l = layout_new(s, style, label, column_width(s));
	show_at(s, l, column_x(s) + label_x[style], s->y);
	g_object_unref(l);
}

/* Line by line, so that a paragraph runs on in the next column or on the next page. */
static void put_lines(struct sheet *s, PangoLayout *l, enum style style, const char *label, struct marked *m)
{
	PangoLayoutIter *at = pango_layout_get_iter(l);
	bool first = true;

	do {
		PangoLayoutLine *line = pango_layout_iter_get_line_readonly(at);
		PangoRectangle box;
		double down;

		pango_layout_iter_get_line_extents(at, NULL, &box);
		down = (double)(pango_layout_iter_get_baseline(at) - box.y) / PANGO_SCALE;
		make_room(s, (double)box.height / PANGO_SCALE + (first ? styles[style].keep : 0));
		page_begin(s);
		if (first)
			put_label(s, style, label);
		if (style == HIDDEN)
			cairo_set_source_rgb(s->cr, 1, 1, 1);
		cairo_move_to(s->cr, column_x(s) + styles[style].indent + (double)box.x / PANGO_SCALE, s->y + down);
		pango_cairo_show_layout_line(s->cr, line);
		cairo_set_source_rgb(s->cr, 0, 0, 0);
		mark_place(m, line->start_index, line->start_index + line->length, s->page);
		s->y += (double)box.height / PANGO_SCALE;
		first = false;
	} while (pango_layout_iter_next_line(at));
	pango_layout_iter_free(at);
}

void sheet_text(struct sheet *s, enum style style, const char *label, struct marked *m)
{
	PangoLayout *l = layout_new(s, style, m->text, column_width(s) - styles[style].indent);

	if (s->y > s->column_top)
		s->y += styles[style].before;
	s->in_table = false;
	put_lines(s, l, style, label, m);
	g_object_unref(l);
}

/* The last width is for all cells that have none. */
static double cell_width(const struct sheet *s, int i, int n)
{
	double percent = s->n_widths ? s->widths[MIN(i, s->n_widths - 1)] : 100.0 / n;

	return column_width(s) * percent / 100;
}

static void put_cell(struct sheet *s, PangoLayout *l, double x, double width, double height)
{
	show_at(s, l, x + CELL_PAD, s->y + CELL_PAD);
	if (!s->ruled)
		return;
	cairo_set_line_width(s->cr, 0.5);
	cairo_rectangle(s->cr, x, s->y, width, height);
	cairo_stroke(s->cr);
}

void sheet_row(struct sheet *s, bool head, struct marked **cells, int n)
{
	PangoLayout *layouts[MOST_CELLS];
	double height = 0, x;

	n = MIN(n, MOST_CELLS);
	for (int i = 0; i < n; i++) {
		layouts[i] = layout_new(s, head ? HEADCELL : CELL, cells[i]->text, cell_width(s, i, n) - 2 * CELL_PAD);
		height = MAX(height, layout_height(layouts[i]));
	}
	height += 2 * CELL_PAD;
	if (!s->in_table && s->y > s->column_top)
		s->y += styles[BODY].before;
	s->in_table = true;
	make_room(s, height + (head ? 30 : 0));
	page_begin(s);
	x = column_x(s);
	for (int i = 0; i < n; i++) {
		put_cell(s, layouts[i], x, cell_width(s, i, n), height);
		mark_place(cells[i], 0, (int)strlen(cells[i]->text), s->page);
		x += cell_width(s, i, n);
		g_object_unref(layouts[i]);
	}
	s->y += height;
}

void sheet_note(struct sheet *s, struct marked *m)
{
	PangoLayout *l = layout_new(s, NOTE, m->text, s->width - 2 * s->margin);
	double height = layout_height(l) + styles[NOTE].before + (s->notes->len ? 0 : 10);

	make_room(s, height);
	page_begin(s);
	s->bottom -= height;
	g_ptr_array_add(s->notes, l);
	mark_place(m, 0, (int)strlen(m->text), s->page);
}
