/* The operators of a page's content (ISO 32000-1, annex A): what they draw, and where letters can be seen. */
#include <math.h>
#include <stdlib.h>

#include "canvas_parts.h"
#include "tokens.h"

#define MOST_STREAM   (256 << 10) /* bytes as they are stored: an honest page has less */
#define MOST_BYTES    (16 << 20)  /* of all that a page draws, unfolded */
#define MOST_SHOWS    20000
#define MOST_AREAS    4000
#define MOST_STATES   64  /* that are kept by q */
#define DARK          0.5 /* a letter */
#define LIGHT         0.75
#define CLEAR         0.35 /* between a letter and its ground */
#define WHITE         1.0
#define OPAQUE        0.6
#define WIDE_LINE     2.0 /* points: may hide letters */
#define LEAST_UPRIGHT 0.02

struct operator
{
	char name[4];
	unsigned n; /* numbers that it takes */
	void (*run)(struct canvas * c);
};

static void run_stream(struct canvas *c, const char *bytes, size_t len);

static qpdf_oh resource(struct canvas *c, const char *kind)
{
	auto_free char *name = g_strdup_printf("/%.*s", (int)c->name_len, c->name);

	return qpdf_oh_get_key(c->pdf, qpdf_oh_get_key(c->pdf, c->resources, kind), name);
}

static bool named(struct canvas *c, const char *name)
{
	return c->name_len == strlen(name) && memcmp(c->name, name, c->name_len) == 0;
}

static void op_odd(struct canvas *c)
{
	c->odd = true;
}

static void op_keep(struct canvas *c)
{
	if (c->kept->len >= MOST_STATES)
		c->odd = true;
	else
		g_array_append_val(c->kept, c->state);
}

static void op_restore(struct canvas *c)
{
	if (c->kept->len == 0)
		return;
	c->state = g_array_index(c->kept, struct state, c->kept->len - 1);
	g_array_set_size(c->kept, c->kept->len - 1);
}

static struct matrix matrix_given(const struct canvas *c)
{
	const double *v = c->number;

	return (struct matrix){ v[0], v[1], v[2], v[3], v[4], v[5] };
}

static void op_move_axes(struct canvas *c)
{
	c->state.to_page = matrix_times(matrix_given(c), c->state.to_page);
}

static void op_line_width(struct canvas *c)
{
	c->state.line_width = c->number[0];
}

static bool is_opaque(struct canvas *c, qpdf_oh gs, const char *key)
{
	qpdf_oh v = qpdf_oh_get_key(c->pdf, gs, key);

	return !qpdf_oh_is_number(c->pdf, v) || qpdf_oh_get_numeric_value(c->pdf, v) >= OPAQUE;
}

static bool is_name_or_none(struct canvas *c, qpdf_oh gs, const char *key, const char *const *names, size_t n)
{
	qpdf_oh v = qpdf_oh_get_key(c->pdf, gs, key);

	for (size_t i = 0; i < n; i++) {
		if (qpdf_oh_is_name_and_equals(c->pdf, v, names[i]))
			return true;
	}
	return qpdf_oh_is_null(c->pdf, v);
}

static void op_graphics(struct canvas *c)
{
	static const char *const blends[] = { "/Normal", "/Compatible", "/Multiply", "/Darken" };
	static const char *const masks[] = { "/None" };
	qpdf_oh gs = resource(c, "/ExtGState");

	if (!qpdf_oh_is_dictionary(c->pdf, gs) || qpdf_oh_has_key(c->pdf, gs, "/Font") ||
	    !is_name_or_none(c, gs, "/BM", blends, N_ELEMS(blends)) ||
	    !is_name_or_none(c, gs, "/SMask", masks, N_ELEMS(masks)))
		c->odd = true;
	else
		c->state.faint = c->state.faint || !is_opaque(c, gs, "/ca");
}

static void op_color_device(struct canvas *c)
{
	c->state.space = SPACE_DEVICE;
	c->state.brightness = brightness_of(SPACE_DEVICE, c->number, c->n_numbers);
}

static void op_color(struct canvas *c)
{
	c->state.brightness = brightness_of(c->state.space, c->number, c->n_numbers);
}

/* The resource is an array that begins with the kind of space, or where that is all to say, its name. */
static enum space space_named(struct canvas *c)
{
	static const char *const device[] = { "/DeviceGray", "/DeviceRGB", "/DeviceCMYK",
					      "/ICCBased",   "/CalRGB",    "/CalGray" };
	qpdf_oh array, first;

	if (named(c, "DeviceGray") || named(c, "DeviceRGB") || named(c, "DeviceCMYK"))
		return SPACE_DEVICE;
	array = resource(c, "/ColorSpace");
	first = qpdf_oh_is_array(c->pdf, array) ? qpdf_oh_get_array_item(c->pdf, array, 0) : array;
	for (size_t i = 0; i < N_ELEMS(device); i++) {
		if (qpdf_oh_is_name_and_equals(c->pdf, first, device[i]))
			return SPACE_DEVICE;
	}
	if (qpdf_oh_is_name_and_equals(c->pdf, first, "/Separation") &&
	    qpdf_oh_is_name_and_equals(c->pdf, qpdf_oh_get_array_item(c->pdf, array, 1), "/Black"))
		return SPACE_BLACK;
	return SPACE_UNKNOWN;
}

/* The colour that a space begins with is black in those that are understood. */
static void op_space(struct canvas *c)
{
	c->state.space = space_named(c);
	c->state.brightness = c->state.space == SPACE_UNKNOWN ? BRIGHTNESS_UNKNOWN : 0;
}

static void add_point(struct canvas *c, double x, double y)
{
	struct piece *p;
	double to_x, to_y;

	if (c->path->len == 0)
		g_array_set_size(c->path, 1);
	p = &g_array_index(c->path, struct piece, c->path->len - 1);
	matrix_apply(&c->state.to_page, x, y, &to_x, &to_y);
	piece_add(p, to_x, to_y);
}

static void begin_piece(struct canvas *c, double x, double y)
{
	if (c->path->len >= MOST_AREAS)
		c->odd = true;
	else
		g_array_set_size(c->path, c->path->len + 1);
	add_point(c, x, y);
}

static void op_move(struct canvas *c)
{
	begin_piece(c, c->number[0], c->number[1]);
}

static void op_line(struct canvas *c)
{
	add_point(c, c->number[0], c->number[1]);
}

static void curve(struct canvas *c, unsigned n)
{
	for (unsigned i = 0; i < n; i += 2)
		add_point(c, c->number[i], c->number[i + 1]);
	g_array_index(c->path, struct piece, c->path->len - 1).curved = true;
}

static void op_curve(struct canvas *c)
{
	curve(c, 6);
}

static void op_curve_short(struct canvas *c)
{
	curve(c, 4);
}

static void op_rectangle(struct canvas *c)
{
	const double *v = c->number;

	begin_piece(c, v[0], v[1]);
	add_point(c, v[0] + v[2], v[1]);
	add_point(c, v[0] + v[2], v[1] + v[3]);
	add_point(c, v[0], v[1] + v[3]);
}

static void op_clip(struct canvas *c)
{
	c->clips = true;
}

static void op_end_path(struct canvas *c)
{
	struct piece *first = (struct piece *)(void *)c->path->data;

	if (c->clips && c->path->len == 1 && piece_is_box(first))
		c->state.clip = box_meet(&c->state.clip, &first->box);
	else if (c->clips)
		c->state.odd_clip = true;
	c->clips = false;
	g_array_set_size(c->path, 0);
}

static void add_area(struct canvas *c, struct box box, double brightness)
{
	struct area a = { box_meet(&box, &c->state.clip), ++c->time, brightness };

	if (c->areas->len >= MOST_AREAS)
		c->odd = true;
	else if (a.box.x0 <= a.box.x1 && a.box.y0 <= a.box.y1)
		g_array_append_val(c->areas, a);
}

static void fill(struct canvas *c)
{
	for (unsigned i = 0; i < c->path->len; i++)
		add_area(c, g_array_index(c->path, struct piece, i).box, c->state.brightness);
}

static void stroke(struct canvas *c)
{
	const struct matrix *m = &c->state.to_page;
	double width = c->state.line_width * fmax(hypot(m->a, m->b), hypot(m->c, m->d));

	for (unsigned i = 0; width > WIDE_LINE && i < c->path->len; i++) {
		struct box b = g_array_index(c->path, struct piece, i).box;

		add_area(c, (struct box){ b.x0 - width / 2, b.y0 - width / 2, b.x1 + width / 2, b.y1 + width / 2 },
			 BRIGHTNESS_UNKNOWN);
	}
}

static void op_fill(struct canvas *c)
{
	fill(c);
	op_end_path(c);
}

static void op_stroke(struct canvas *c)
{
	stroke(c);
	op_end_path(c);
}

static void op_fill_and_stroke(struct canvas *c)
{
	fill(c);
	op_stroke(c);
}

static void op_shade(struct canvas *c)
{
	add_area(c, c->state.clip, BRIGHTNESS_UNKNOWN);
}

static void op_text(struct canvas *c)
{
	c->line = c->text = MATRIX_SAME;
}

static void next_line(struct canvas *c, double x, double y)
{
	c->line = c->text = matrix_times((struct matrix){ 1, 0, 0, 1, x, y }, c->line);
}

static void op_text_move(struct canvas *c)
{
	next_line(c, c->number[0], c->number[1]);
}

static void op_text_lead(struct canvas *c)
{
	c->state.leading = -c->number[1];
	op_text_move(c);
}

static void op_text_matrix(struct canvas *c)
{
	c->line = c->text = matrix_given(c);
}

static void op_text_next(struct canvas *c)
{
	next_line(c, 0, -c->state.leading);
}

static void op_leading(struct canvas *c)
{
	c->state.leading = c->number[0];
}

static void op_rise(struct canvas *c)
{
	c->state.rise = c->number[0];
}

static void op_mode(struct canvas *c)
{
	c->state.mode = c->number[0];
}

static void op_font(struct canvas *c)
{
	qpdf_oh font = resource(c, "/Font");

	c->state.size = c->number[0];
	c->state.odd_font = !qpdf_oh_is_dictionary(c->pdf, font) ||
			    qpdf_oh_is_name_and_equals(c->pdf, qpdf_oh_get_key(c->pdf, font, "/Subtype"), "/Type3");
}

bool canvas_is_clear(double letter, double ground)
{
	return ground - letter >= CLEAR || (letter <= DARK && ground >= LIGHT);
}

/* Filled, with or without a line around it, not clipped by what is no box, and neither pale nor turned. */
static bool is_sure(const struct state *s, const struct matrix *m)
{
	double across = m->a * s->size, up = -m->d * s->size; /* y grows downwards */

	if (s->mode != 0 && s->mode != 2)
		return false;
	if (!(across > 0) || !(up > 0) || fabs(m->b) > LEAST_UPRIGHT * fabs(m->a) || fabs(m->c) > fabs(m->d))
		return false;
	return !s->odd_clip && !s->faint && !s->odd_font && s->brightness >= 0 && canvas_is_clear(s->brightness, WHITE);
}

static void op_show(struct canvas *c)
{
	struct matrix m = matrix_times(c->text, c->state.to_page);
	struct show s = { .clip = c->state.clip,
			  .time = ++c->time,
			  .brightness = c->state.brightness,
			  .sure = is_sure(&c->state, &m) };

	matrix_apply(&m, 0, c->state.rise, &s.x, &s.y);
	if (c->shows->len >= MOST_SHOWS)
		c->odd = true;
	else
		g_array_append_val(c->shows, s);
}

static void op_show_next(struct canvas *c)
{
	op_text_next(c);
	op_show(c);
}

static bool numbers_of(struct canvas *c, qpdf_oh array, double *number, int n)
{
	if (!qpdf_oh_is_array(c->pdf, array) || qpdf_oh_get_array_n_items(c->pdf, array) != n)
		return false;
	for (int i = 0; i < n; i++) {
		qpdf_oh item = qpdf_oh_get_array_item(c->pdf, array, i);

		if (!qpdf_oh_is_number(c->pdf, item))
			return false;
		number[i] = qpdf_oh_get_numeric_value(c->pdf, item);
	}
	return true;
}

/* Little bytes may unfold to as many as there are; two layers of that unfold to a million times as many. */
bool canvas_is_small(struct canvas *c, qpdf_oh stream)
{
	qpdf_oh about, filter;
	double len;

	if (!qpdf_oh_is_stream(c->pdf, stream))
		return false;
	about = qpdf_oh_get_dict(c->pdf, stream);
	filter = qpdf_oh_get_key(c->pdf, about, "/Filter");
	len = qpdf_oh_get_numeric_value(c->pdf, qpdf_oh_get_key(c->pdf, about, "/Length"));
	if (qpdf_oh_is_array(c->pdf, filter) && qpdf_oh_get_array_n_items(c->pdf, filter) > 1)
		return false;
	return len >= 0 && len <= MOST_STREAM;
}

void canvas_run(struct canvas *c, unsigned char *bytes, size_t len)
{
	c->n_bytes += len;
	if (c->n_bytes > MOST_BYTES)
		c->odd = true;
	else
		run_stream(c, (const char *)bytes, len);
	free(bytes);
}

static void run_form(struct canvas *c, qpdf_oh form)
{
	qpdf_oh about = qpdf_oh_get_dict(c->pdf, form), own = qpdf_oh_get_key(c->pdf, about, "/Resources");
	qpdf_oh outer = c->resources;
	unsigned kept = c->kept->len;
	unsigned char *bytes = NULL;
	double box[4];
	size_t len = 0;

	if (numbers_of(c, qpdf_oh_get_key(c->pdf, about, "/Matrix"), c->number, 6))
		op_move_axes(c);
	if (!numbers_of(c, qpdf_oh_get_key(c->pdf, about, "/BBox"), box, 4) || !canvas_is_small(c, form) ||
	    qpdf_oh_get_stream_data(c->pdf, form, qpdf_dl_generalized, NULL, &bytes, &len)) {
		c->odd = true;
		return;
	}
	memcpy(c->number, (double[]){ box[0], box[1], box[2] - box[0], box[3] - box[1] }, sizeof(box));
	op_rectangle(c);
	c->clips = true;
	op_end_path(c);
	if (qpdf_oh_is_dictionary(c->pdf, own))
		c->resources = own;
	canvas_run(c, bytes, len);
	c->resources = outer;
	c->odd = c->odd || c->kept->len < kept;
	g_array_set_size(c->kept, kept);
}

/* A picture covers what is below it, whatever it shows. */
static void op_object(struct canvas *c)
{
	qpdf_oh object = resource(c, "/XObject"), kind;
	bool stream = qpdf_oh_is_stream(c->pdf, object);

	kind = stream ? qpdf_oh_get_key(c->pdf, qpdf_oh_get_dict(c->pdf, object), "/Subtype") : 0;
	if (stream && qpdf_oh_is_name_and_equals(c->pdf, kind, "/Image")) {
		add_area(c, box_of(&c->state.to_page, 0, 0, 1, 1), BRIGHTNESS_UNKNOWN);
	} else if (stream && qpdf_oh_is_name_and_equals(c->pdf, kind, "/Form") && c->depth < MOST_DEPTH) {
		struct state before = c->state;

		c->depth++;
		run_form(c, object);
		c->depth--;
		c->state = before;
	} else {
		c->odd = true;
	}
}

/* By name. Those that are not here change nothing that counts. */
static const struct operator operators[] = {
	{ "\"", 0, op_show_next },
	{ "'", 0, op_show_next },
	{ "B", 0, op_fill_and_stroke },
	{ "B*", 0, op_fill_and_stroke },
	{ "BI", 0, op_odd },
	{ "BT", 0, op_text },
	{ "Do", 0, op_object },
	{ "F", 0, op_fill },
	{ "Q", 0, op_restore },
	{ "S", 0, op_stroke },
	{ "T*", 0, op_text_next },
	{ "TD", 2, op_text_lead },
	{ "TJ", 0, op_show },
	{ "TL", 1, op_leading },
	{ "Td", 2, op_text_move },
	{ "Tf", 1, op_font },
	{ "Tj", 0, op_show },
	{ "Tm", 6, op_text_matrix },
	{ "Tr", 1, op_mode },
	{ "Ts", 1, op_rise },
	{ "W", 0, op_clip },
	{ "W*", 0, op_clip },
	{ "b", 0, op_fill_and_stroke },
	{ "b*", 0, op_fill_and_stroke },
	{ "c", 6, op_curve },
	{ "cm", 6, op_move_axes },
	{ "cs", 0, op_space },
	{ "f", 0, op_fill },
	{ "f*", 0, op_fill },
	{ "g", 1, op_color_device },
	{ "gs", 0, op_graphics },
	{ "k", 4, op_color_device },
	{ "l", 2, op_line },
	{ "m", 2, op_move },
	{ "n", 0, op_end_path },
	{ "q", 0, op_keep },
	{ "re", 4, op_rectangle },
	{ "rg", 3, op_color_device },
	{ "s", 0, op_stroke },
	{ "sc", 0, op_color },
	{ "scn", 0, op_color },
	{ "sh", 0, op_shade },
	{ "v", 4, op_curve_short },
	{ "w", 1, op_line_width },
	{ "y", 4, op_curve_short },
};

static int compare_operator(const void *key, const void *at)
{
	const struct token *t = key;
	const struct operator* o = at;
	int order = strncmp(t->at, o->name, t->len);

	return order ? order : -(o->name[t->len] != '\0');
}

static void run_operator(struct canvas *c, const struct token *t)
{
	const struct operator* o = NULL;

	if (t->len < sizeof(o->name))
		o = bsearch(t, operators, N_ELEMS(operators), sizeof(*o), compare_operator);
	if (o && (o->n == 0 || o->n == c->n_numbers))
		o->run(c);
	else if (o)
		c->odd = true;
	c->n_numbers = 0;
	c->name_len = 0;
}

static void run_stream(struct canvas *c, const char *bytes, size_t len)
{
	const char *at = bytes, *end = bytes + len;

	while (!c->odd) {
		struct token t = tokens_next(&at, end);

		if (t.kind == TOKEN_END)
			return;
		if (t.kind == TOKEN_NAME) {
			c->name = t.at;
			c->name_len = t.len;
		} else if (t.kind == TOKEN_OPERATOR) {
			run_operator(c, &t);
		} else if (t.kind == TOKEN_NUMBER && c->n_numbers < N_ELEMS(c->number)) {
			c->number[c->n_numbers++] = t.number;
		}
	}
}
