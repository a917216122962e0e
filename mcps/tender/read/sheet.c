#include "sheet.h"

#include <math.h>

#include "tender/text/language.h"
#include "tender/text/text.h"

#define MOST_PAGE_BYTES (1u << 20)
#define MOST_LINES      20000
#define LOOK_PIXELS     2e6
#define TINY            3.0 /* points: lower letters are for machines */
#define FEW_LETTERS     400 /* a page with more says what it has to say in its text layer */
#define HARDLY_ANY      40
#define MUCH_DARK       0.012 /* of a page, beside its text: some lines of print */
#define TOO_DARK        0.3
#define LITTLE_DARK     0.0008
#define LEAST_AGREED    0.5
#define SURE            55 /* below this confidence of a page, it is tried turned */

/* One rectangle for each character of a page's text; those of breaks between lines have no size. */
struct places {
	PopplerRectangle *rect;
	guint n;
};

/* Cells of a row stand in the text without a break between them: only the places tell them apart. */
struct cutter {
	struct sheet *sheet;
	const struct ink *ink;
	GString *page; /* the text of the page, without what is hidden */
	size_t begin;  /* where the line begins in it */
	GString *text;
	struct line line;       /* the box of text so far */
	size_t n_seen, n_drawn; /* letters of it that are seen; all of them */
};

static void line_begin(struct cutter *c)
{
	g_string_truncate(c->text, 0);
	c->line = (struct line){ 0 };
	c->n_seen = c->n_drawn = 0;
	c->begin = c->page->len;
}

static bool is_hidden(const struct cutter *c)
{
	if (c->line.y1 - c->line.y0 < TINY && c->line.x1 - c->line.x0 < TINY * (double)c->text->len)
		return true;
	return c->ink->pixels && 2 * c->n_seen < c->n_drawn;
}

static void cut(struct cutter *c)
{
	c->line.text = g_strstrip(g_strdup(c->text->str));
	if (c->line.text[0] && !is_hidden(c)) {
		g_array_append_val(c->sheet->lines, c->line);
		c->sheet->n_letters += c->n_drawn;
	} else {
		if (c->line.text[0]) {
			c->sheet->n_hidden += c->n_drawn;
			g_string_truncate(c->page, c->begin);
		}
		g_free(c->line.text);
	}
	line_begin(c);
}

static bool breaks_line(const struct line *l, const PopplerRectangle *r)
{
	double height = l->y1 - l->y0, mid = (r->y1 + r->y2) / 2;

	return mid < l->y0 || mid > l->y1 || r->x1 > l->x1 + 1.1 * height || r->x1 < l->x1 - 2 * height;
}

/* Two letters that a font draws as one. */
static const char *ligature(gunichar ch)
{
	static const char *const parts[] = { "ff", "fi", "fl", "ffi", "ffl", "ft", "st" };

	return ch >= 0xFB00 && ch <= 0xFB06 ? parts[ch - 0xFB00] : NULL;
}

static void take_character(struct cutter *c, const char *at, const char *next, const PopplerRectangle *r)
{
	const char *both = ligature(g_utf8_get_char(at));

	if (c->text->len > 0 && breaks_line(&c->line, r))
		cut(c);
	if (c->text->len == 0)
		c->line = (struct line){ .x0 = r->x1, .y0 = r->y1, .x1 = r->x2, .y1 = r->y2 };
	c->line.x1 = fmax(c->line.x1, r->x2);
	c->line.y0 = fmin(c->line.y0, r->y1);
	c->line.y1 = fmax(c->line.y1, r->y2);
	/* Bullets of a font that is not there are not seen either, and say nothing. */
	if (g_unichar_isalnum(g_utf8_get_char(at))) {
		c->n_drawn++;
		c->n_seen += ink_seen(c->ink, r->x1, r->y1, r->x2, r->y2);
	}
	if (both)
		g_string_append(c->text, both);
	else
		g_string_append_len(c->text, at, next - at);
}

static void split_lines(struct sheet *s, const char *text, const struct places *places, const struct ink *ink)
{
	struct cutter c = { .sheet = s, .ink = ink, .page = g_string_new(NULL), .text = g_string_new(NULL) };
	guint i = 0;

	for (const char *at = text; *at && i < places->n && s->lines->len < MOST_LINES;
	     at = g_utf8_next_char(at), i++) {
		gunichar ch = g_utf8_get_char(at);

		if (ch == '\n')
			cut(&c);
		else if (text_invisible(ch))
			; /* often of another font, which would make the line look taller */
		else if (!g_unichar_isspace(ch))
			take_character(&c, at, g_utf8_next_char(at), &places->rect[i]);
		else if (c.text->len > 0)
			g_string_append_c(c.text, ' ');
		g_string_append_len(c.page, at, g_utf8_next_char(at) - at);
	}
	cut(&c);
	g_string_free(c.text, TRUE);
	s->text = g_string_free(c.page, FALSE);
}

static void measure_rest(struct sheet *s, struct ink *ink)
{
	for (unsigned i = 0; i < s->lines->len; i++) {
		const struct line *l = &g_array_index(s->lines, struct line, i);

		ink_wipe(ink, l->x0 - 1, l->y0 - 1, l->x1 + 1, l->y1 + 1);
	}
	ink_dark(ink, &s->dark, &s->rows, &s->columns);
}

static bool all_shown(const struct canvas *canvas, const char *text, const struct places *places)
{
	guint i = 0;

	for (const char *at = text; *at && i < places->n; at = g_utf8_next_char(at), i++) {
		if (g_unichar_isalnum(g_utf8_get_char(at)) && !canvas_shows(canvas, &places->rect[i]))
			return false;
	}
	return true;
}

static bool is_plain(struct canvas *canvas, PopplerPage *page)
{
	PopplerRectangle crop;

	poppler_page_get_crop_box(page, &crop);
	return canvas_read(canvas, (unsigned)poppler_page_get_index(page), &crop);
}

void sheet_read(struct sheet *s, PopplerPage *page, struct canvas *canvas)
{
	bool plain = is_plain(canvas, page);
	/* What is painted first need not be read once more for its text. */
	struct ink ink = plain ? (struct ink){ 0 } : ink_new(page, INK_DPI, LOOK_PIXELS, 0);
	struct places places = { NULL, 0 };
	auto_free char *text = poppler_page_get_text(page);

	poppler_page_get_size(page, &s->width, &s->height);
	s->lines = g_array_new(FALSE, TRUE, sizeof(struct line));
	s->too_long = text && strlen(text) > MOST_PAGE_BYTES;
	if (text && text[0] && !s->too_long)
		poppler_page_get_text_layout(page, &places.rect, &places.n);
	if (plain && !all_shown(canvas, places.n > 0 ? text : "", &places))
		ink = ink_new(page, INK_DPI, LOOK_PIXELS, 0);
	split_lines(s, places.n > 0 ? text : "", &places, &ink);
	g_free(places.rect);
	s->noise = language_is_noise(s->text);
	if (plain && !ink.pixels && (s->n_letters < FEW_LETTERS || s->noise))
		ink = ink_new(page, INK_DPI, LOOK_PIXELS, 0);
	measure_rest(s, &ink);
	ink_release(&ink);
}

bool sheet_is_picture(const struct sheet *s)
{
	if (s->n_letters < HARDLY_ANY)
		return s->dark > LITTLE_DARK;
	/* A logo is small, a photograph is dark. */
	return s->n_letters < FEW_LETTERS && s->dark > MUCH_DARK && s->dark < TOO_DARK && s->rows > 0.25 &&
	       s->columns > 0.4;
}

void sheet_release(struct sheet *s)
{
	if (s->lines) {
		for (unsigned i = 0; i < s->lines->len; i++)
			g_free(g_array_index(s->lines, struct line, i).text);
		g_array_unref(s->lines);
	}
	g_free(s->text);
	s->lines = NULL;
	s->text = NULL;
}

void sheet_clear(struct sheet *s)
{
	sheet_release(s);
	s->text = g_strdup("");
	s->lines = g_array_new(FALSE, TRUE, sizeof(struct line));
}

static void free_lines(GArray *lines)
{
	struct sheet s = { .lines = lines };

	sheet_release(&s);
}

/* The share of the words that OCR read that the text layer has too. */
static double agreement(const struct sheet *s, GArray *lines)
{
	auto_free char *plain = text_plain(s->text, NULL);
	int n = 0, n_same = 0;

	for (unsigned i = 0; i < lines->len; i++) {
		gchar **words = g_strsplit(g_array_index(lines, struct line, i).text, " ", -1);

		for (gchar **w = words; *w; w++) {
			auto_free char *word = strlen(*w) > 3 ? text_plain(*w, NULL) : NULL;

			n += word != NULL;
			n_same += word && strstr(plain, word) != NULL;
		}
		g_strfreev(words);
	}
	return n ? (double)n_same / n : 0;
}

static bool overlaps(const struct line *a, const struct line *b)
{
	double w = fmin(a->x1, b->x1) - fmax(a->x0, b->x0), h = fmin(a->y1, b->y1) - fmax(a->y0, b->y0);

	return w > 0 && h > 0 && w * h > 0.3 * (b->x1 - b->x0) * (b->y1 - b->y0);
}

static bool is_known(const struct sheet *s, const struct line *l)
{
	const struct line *known = (const struct line *)(void *)s->lines->data;

	for (unsigned i = 0; i < s->lines->len; i++) {
		if (overlaps(&known[i], l))
			return true;
	}
	return false;
}

/* The new lines stand among the others by their heights; each list keeps its own order otherwise. */
static void merge(struct sheet *s, GArray *more)
{
	GArray *all = g_array_new(FALSE, TRUE, sizeof(struct line));
	unsigned a = 0;

	for (unsigned b = 0; b < more->len; b++) {
		struct line *l = &g_array_index(more, struct line, b);

		if (is_known(s, l)) {
			g_free(l->text);
			continue;
		}
		for (; a < s->lines->len && g_array_index(s->lines, struct line, a).y0 <= l->y0; a++)
			g_array_append_val(all, g_array_index(s->lines, struct line, a));
		g_array_append_val(all, *l);
	}
	for (; a < s->lines->len; a++)
		g_array_append_val(all, g_array_index(s->lines, struct line, a));
	g_array_unref(s->lines);
	g_array_unref(more);
	s->lines = all;
}

static void write_text(struct sheet *s)
{
	GString *text = g_string_new(NULL);

	for (unsigned i = 0; i < s->lines->len; i++)
		g_string_append_printf(text, "%s\n", g_array_index(s->lines, struct line, i).text);
	g_free(s->text);
	s->text = g_string_free(text, FALSE);
}

/* Lines that run up or down the page. */
static bool lies_on_side(const GArray *lines)
{
	unsigned n = 0, n_upright = 0;

	for (unsigned i = 0; i < lines->len; i++) {
		const struct line *l = &g_array_index(lines, struct line, i);

		n += strlen(l->text) > 5;
		n_upright += strlen(l->text) > 5 && l->x1 - l->x0 > l->y1 - l->y0;
	}
	return 2 * n_upright < n;
}

/* A page that lies on its side reads badly: take the turn that reads best. */
static GArray *read_turned(struct sheet *s, struct ink (*paint)(void *arg, int turn), void *arg, struct ocr *o)
{
	static const int turns[] = { 0, 3, 1, 2 };
	GArray *best = NULL;
	double best_worth = -1;

	for (size_t i = 0; i < N_ELEMS(turns); i++) {
		struct ink ink = paint(arg, turns[i]);
		int confidence;
		GArray *lines = ocr_read(o, &ink, &confidence);
		bool side = lies_on_side(lines);
		double worth = side ? 0 : (double)confidence * lines->len;

		ink_release(&ink);
		if (worth > best_worth) {
			if (best)
				free_lines(best);
			best = lines;
			best_worth = worth;
			s->confidence = confidence;
		} else {
			free_lines(lines);
		}
		/* A photograph has no lines either way up. */
		if ((s->confidence >= SURE && !side) || s->dark > TOO_DARK || s->dark < MUCH_DARK / 4)
			break;
	}
	return best;
}

void sheet_ocr(struct sheet *s, struct ink (*paint)(void *arg, int turn), void *arg, struct ocr *o)
{
	GArray *lines = read_turned(s, paint, arg, o);

	if (lines->len == 0 || (s->noise && agreement(s, lines) >= LEAST_AGREED)) {
		s->noise = s->noise && lines->len == 0;
		free_lines(lines);
		return;
	}
	if (s->noise) {
		free_lines(s->lines);
		s->lines = g_array_new(FALSE, TRUE, sizeof(struct line));
	}
	s->noise = false;
	s->ocr = true;
	merge(s, lines);
	write_text(s);
}
