#include "ink.h"

#include <malloc.h>
#include <math.h>

#define CONTRAST 14 /* least difference of grey that an eye takes for a letter */
#define DARK     60 /* darker than the ground by so much */

/* Most of a page is white: several pixels of it are passed over at once. */
#define WHITE      255
#define KEPT_FONTS 512 /* twice as many as cairo keeps when nobody uses them: letters may be made of others */
#define WHITE_PAIR 0x00FFFFFF00FFFFFFu

static bool is_white_pair(const unsigned char *at)
{
	uint64_t both;

	memcpy(&both, at, sizeof(both));
	return (both & WHITE_PAIR) == WHITE_PAIR;
}

static void row_to_grey(const unsigned char *row, unsigned char *to, int width)
{
	memset(to, WHITE, (size_t)width);
	for (int x = 0; x < width; x++) {
		uint32_t p;

		if (x + 1 < width && is_white_pair(row + 4 * (size_t)x)) {
			x++;
			continue;
		}
		memcpy(&p, row + 4 * (size_t)x, sizeof(p));
		to[x] = (unsigned char)(((p >> 16 & 0xFF) * 77 + (p >> 8 & 0xFF) * 150 + (p & 0xFF) * 29) >> 8);
	}
}

static void to_grey(struct ink *ink, cairo_surface_t *surface)
{
	const unsigned char *row = cairo_image_surface_get_data(surface);
	int stride = cairo_image_surface_get_stride(surface);

	for (int y = 0; y < ink->height; y++, row += stride)
		row_to_grey(row, ink->pixels + (size_t)y * (size_t)ink->width, ink->width);
}

/* How many of n pixels are white, counted in eights. */
static size_t white_run(const unsigned char *at, size_t n)
{
	size_t i = 0;

	for (uint64_t eight; i + sizeof(eight) <= n; i += sizeof(eight)) {
		memcpy(&eight, at + i, sizeof(eight));
		if (eight != UINT64_MAX)
			break;
	}
	return i;
}

static void turn_page(cairo_t *cr, int turn, double width, double height)
{
	static const double right = 1.57079632679489661923;

	if (turn == 1)
		cairo_translate(cr, height, 0);
	else if (turn == 2)
		cairo_translate(cr, width, height);
	else if (turn == 3)
		cairo_translate(cr, 0, width);
	cairo_rotate(cr, turn * right);
}

static void paint(PopplerPage *page, cairo_surface_t *surface, double scale, int turn, double width, double height)
{
	cairo_t *cr = cairo_create(surface);

	cairo_set_source_rgb(cr, 1, 1, 1);
	cairo_paint(cr);
	cairo_scale(cr, scale, scale);
	turn_page(cr, turn, width, height);
	poppler_page_render(page, cr);
	cairo_destroy(cr);
	cairo_surface_flush(surface);
}

struct ink ink_new(PopplerPage *page, double dpi, double most_pixels, int turn)
{
	struct ink ink = { .scale = dpi / 72 };
	double width, height;
	cairo_surface_t *surface;

	poppler_page_get_size(page, &width, &height);
	if (!(width > 0) || !(height > 0) || width > 1e6 || height > 1e6)
		return ink;
	ink.scale = fmin(ink.scale, sqrt(most_pixels / (width * height)));
	ink.width = (int)fmin(fmax(1, ceil((turn % 2 ? height : width) * ink.scale)), 30000);
	ink.height = (int)fmin(fmax(1, ceil((turn % 2 ? width : height) * ink.scale)), 30000);
	surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, ink.width, ink.height);
	if (cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS) {
		paint(page, surface, ink.scale, turn, width, height);
		ink.pixels = g_try_malloc((gsize)ink.width * (gsize)ink.height);
		if (ink.pixels)
			to_grey(&ink, surface);
	}
	cairo_surface_destroy(surface);
	return ink;
}

void ink_release(struct ink *ink)
{
	g_free(ink->pixels);
	ink->pixels = NULL;
}

/* The oldest goes when another is kept; there is no call for that, and none that threads may make beside each other. */
void ink_forget_fonts(void)
{
	cairo_font_face_t *face = cairo_user_font_face_create();
	cairo_font_options_t *options = cairo_font_options_create();
	cairo_matrix_t same, size;

	cairo_matrix_init_identity(&same);
	for (int i = 1; i <= KEPT_FONTS; i++) {
		cairo_matrix_init_scale(&size, i, 1);
		cairo_scaled_font_destroy(cairo_scaled_font_create(face, &size, &same, options));
	}
	cairo_font_options_destroy(options);
	cairo_font_face_destroy(face);
	malloc_trim(0);
}

/* The pixels that a box touches, within the page; false when there are none. */
struct area {
	int x0, y0, x1, y1;
};

static bool area_of(const struct ink *ink, double x0, double y0, double x1, double y1, struct area *a)
{
	a->x0 = (int)fmax(0, floor(fmin(x0, x1) * ink->scale));
	a->y0 = (int)fmax(0, floor(fmin(y0, y1) * ink->scale));
	a->x1 = (int)fmin(ink->width, ceil(fmax(x0, x1) * ink->scale));
	a->y1 = (int)fmin(ink->height, ceil(fmax(y0, y1) * ink->scale));
	return ink->pixels && a->x0 < a->x1 && a->y0 < a->y1;
}

bool ink_seen(const struct ink *ink, double x0, double y0, double x1, double y1)
{
	unsigned char least = 255, most = 0;
	struct area a;

	if (!area_of(ink, x0, y0, x1, y1, &a))
		return false;
	for (int y = a.y0; y < a.y1; y++) {
		const unsigned char *row = ink->pixels + (size_t)y * (size_t)ink->width;

		for (int x = a.x0; x < a.x1; x++) {
			least = MIN(least, row[x]);
			most = MAX(most, row[x]);
		}
		if (most - least >= CONTRAST)
			return true;
	}
	return false;
}

void ink_wipe(struct ink *ink, double x0, double y0, double x1, double y1)
{
	struct area a;

	if (!area_of(ink, x0, y0, x1, y1, &a))
		return;
	for (int y = a.y0; y < a.y1; y++)
		memset(ink->pixels + (size_t)y * (size_t)ink->width + a.x0, 255, (size_t)(a.x1 - a.x0));
}

/* The commonest grey: that of the paper. */
static int ground_of(const struct ink *ink)
{
	size_t counts[WHITE + 1] = { 0 }, n = (size_t)ink->width * (size_t)ink->height;
	int ground = WHITE;

	for (size_t i = 0; i < n; i++) {
		size_t white = white_run(ink->pixels + i, n - i);

		counts[WHITE] += white;
		i += white;
		if (i < n)
			counts[ink->pixels[i]]++;
	}
	for (int i = 0; i < WHITE; i++)
		ground = counts[i] > counts[ground] ? i : ground;
	return ground;
}

void ink_dark(const struct ink *ink, double *dark, double *rows, double *columns)
{
	auto_free bool *in_column = ink->pixels ? g_new0(bool, ink->width) : NULL;
	int below = ink->pixels ? ground_of(ink) - DARK : 0;
	size_t n = 0, n_rows = 0, n_columns = 0;

	for (int y = 0; ink->pixels && y < ink->height; y++) {
		const unsigned char *row = ink->pixels + (size_t)y * (size_t)ink->width;
		size_t before = n;

		for (int x = 0; x < ink->width; x++) {
			x += (int)white_run(row + x, (size_t)(ink->width - x));
			if (x >= ink->width || row[x] >= below)
				continue;
			n++;
			in_column[x] = true;
		}
		n_rows += n > before;
	}
	for (int x = 0; ink->pixels && x < ink->width; x++)
		n_columns += in_column[x];
	*dark = ink->pixels ? (double)n / ((double)ink->width * ink->height) : 0;
	*rows = ink->pixels ? (double)n_rows / ink->height : 0;
	*columns = ink->pixels ? (double)n_columns / ink->width : 0;
}
