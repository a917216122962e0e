#include "canvas_parts.h"

#include <math.h>
#include <stdlib.h>

#define MOST_KIDS  32  /* levels of the tree of pages */
#define SAME_PLACE 0.5 /* points */

struct canvas *canvas_open(const char *bytes, size_t len)
{
	struct canvas *c = g_new0(struct canvas, 1);
	int n;

	c->pdf = qpdf_init();
	qpdf_silence_errors(c->pdf);
	qpdf_set_suppress_warnings(c->pdf, QPDF_TRUE);
	qpdf_set_attempt_recovery(c->pdf, QPDF_FALSE);
	c->shows = g_array_new(FALSE, FALSE, sizeof(struct show));
	c->areas = g_array_new(FALSE, FALSE, sizeof(struct area));
	c->path = g_array_new(FALSE, TRUE, sizeof(struct piece));
	c->kept = g_array_new(FALSE, FALSE, sizeof(struct state));
	n = qpdf_read_memory(c->pdf, "document", bytes, len, NULL) < QPDF_ERRORS ? qpdf_get_num_pages(c->pdf) : -1;
	c->n_pages = n > 0 ? (unsigned)n : 0;
	return c;
}

void canvas_close(struct canvas *c)
{
	qpdf_cleanup(&c->pdf);
	g_array_unref(c->shows);
	g_array_unref(c->areas);
	g_array_unref(c->path);
	g_array_unref(c->kept);
	g_free(c);
}

/* What a page does not say itself those say that it is part of. */
static qpdf_oh inherited(struct canvas *c, qpdf_oh page, const char *key)
{
	for (int i = 0; i < MOST_KIDS && !qpdf_oh_has_key(c->pdf, page, key); i++) {
		page = qpdf_oh_get_key(c->pdf, page, "/Parent");
		if (!qpdf_oh_is_dictionary(c->pdf, page))
			return qpdf_oh_new_null(c->pdf);
	}
	return qpdf_oh_get_key(c->pdf, page, key);
}

/* Links draw nothing of weight; notes, stamps and what is filled in do. */
static bool has_notes(struct canvas *c, qpdf_oh page)
{
	qpdf_oh notes = qpdf_oh_get_key(c->pdf, page, "/Annots");
	int n = qpdf_oh_is_array(c->pdf, notes) ? qpdf_oh_get_array_n_items(c->pdf, notes) : 0;

	for (int i = 0; i < n; i++) {
		qpdf_oh note = qpdf_oh_get_array_item(c->pdf, notes, i);

		if (!qpdf_oh_is_dictionary(c->pdf, note) || qpdf_oh_has_key(c->pdf, note, "/AP") ||
		    !qpdf_oh_is_name_and_equals(c->pdf, qpdf_oh_get_key(c->pdf, note, "/Subtype"), "/Link"))
			return true;
	}
	return false;
}

static bool is_turned(struct canvas *c, qpdf_oh page)
{
	qpdf_oh turn = inherited(c, page, "/Rotate");

	return qpdf_oh_has_key(c->pdf, page, "/UserUnit") ||
	       (!qpdf_oh_is_null(c->pdf, turn) &&
		(!qpdf_oh_is_number(c->pdf, turn) || fmod(qpdf_oh_get_numeric_value(c->pdf, turn), 360) != 0));
}

static bool has_small_content(struct canvas *c, qpdf_oh page)
{
	qpdf_oh content = qpdf_oh_get_key(c->pdf, page, "/Contents");
	int n = qpdf_oh_is_array(c->pdf, content) ? qpdf_oh_get_array_n_items(c->pdf, content) : 0;

	if (n > MOST_DEPTH)
		return false;
	for (int i = 0; i < n; i++) {
		if (!canvas_is_small(c, qpdf_oh_get_array_item(c->pdf, content, i)))
			return false;
	}
	return n > 0 || canvas_is_small(c, content);
}

static int compare_shows(const void *one, const void *other)
{
	const struct show *a = one, *b = other;

	return (a->y > b->y) - (a->y < b->y);
}

static void begin_page(struct canvas *c, const PopplerRectangle *crop)
{
	double width = crop->x2 - crop->x1, height = crop->y2 - crop->y1;

	c->page = (struct box){ 0, 0, width, height };
	c->state = (struct state){
		.to_page = { 1, 0, 0, -1, -crop->x1, crop->y2 }, .clip = c->page, .space = SPACE_DEVICE, .line_width = 1
	};
	g_array_set_size(c->shows, 0);
	g_array_set_size(c->areas, 0);
	g_array_set_size(c->path, 0);
	g_array_set_size(c->kept, 0);
	c->n_numbers = c->time = c->depth = 0;
	c->name_len = c->n_bytes = 0;
	c->clips = c->odd = false;
}

bool canvas_read(struct canvas *c, unsigned number, const PopplerRectangle *crop)
{
	unsigned char *bytes = NULL;
	size_t len = 0;
	qpdf_oh page;

	begin_page(c, crop);
	if (number >= c->n_pages)
		return false;
	page = qpdf_get_page_n(c->pdf, number);
	c->resources = inherited(c, page, "/Resources");
	c->odd = is_turned(c, page) || has_notes(c, page) || !has_small_content(c, page) ||
		 qpdf_oh_get_page_content_data(c->pdf, page, &bytes, &len);
	if (c->odd)
		free(bytes);
	else
		canvas_run(c, bytes, len);
	qpdf_oh_release_all(c->pdf);
	g_array_sort(c->shows, compare_shows);
	return !c->odd;
}

/* Index of the first show that begins at y or below. */
static unsigned first_show(const struct canvas *c, double y)
{
	unsigned from = 0, to = c->shows->len;

	while (from < to) {
		unsigned mid = (from + to) / 2;

		if (g_array_index(c->shows, struct show, mid).y < y)
			from = mid + 1;
		else
			to = mid;
	}
	return from;
}

static bool is_covered(const struct canvas *c, double x, double y, double brightness, unsigned time)
{
	for (unsigned i = 0; i < c->areas->len; i++) {
		const struct area *a = &g_array_index(c->areas, struct area, i);

		if (box_has(&a->box, x, y) && (a->time > time || !canvas_is_clear(brightness, a->brightness)))
			return true;
	}
	return false;
}

/* A letter is of the text that begins nearest to the left of it; where several do, all of them must be seen. */
bool canvas_shows(const struct canvas *c, const PopplerRectangle *letter)
{
	double x = (letter->x1 + letter->x2) / 2, y = (letter->y1 + letter->y2) / 2, nearest = -INFINITY;
	double brightness = 0;
	unsigned first = first_show(c, letter->y1), last = first, time = UINT_MAX;
	const struct show *s = (const struct show *)(const void *)c->shows->data;

	if (!box_has(&c->page, x, y))
		return false;
	for (; last < c->shows->len && s[last].y <= letter->y2; last++) {
		if (s[last].x <= letter->x1 + SAME_PLACE)
			nearest = fmax(nearest, s[last].x);
	}
	for (unsigned i = first; i < last; i++) {
		if (s[i].x > letter->x1 + SAME_PLACE || s[i].x < nearest - SAME_PLACE)
			continue;
		if (!s[i].sure || !box_has(&s[i].clip, x, y))
			return false;
		time = MIN(time, s[i].time);
		brightness = fmax(brightness, s[i].brightness);
	}
	return time < UINT_MAX && !is_covered(c, x, y, brightness, time);
}
