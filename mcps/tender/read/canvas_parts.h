/* canvas_parts - within canvas: what it knows of a page while its operators run */
#ifndef TENDER_CANVAS_PARTS_H
#define TENDER_CANVAS_PARTS_H

#include <qpdf/qpdf-c.h>

#include "canvas.h"
#include "canvas_state.h"

#define MOST_DEPTH 8 /* of forms in forms */

/* Text is drawn from here; how far it runs nobody knows. */
struct show {
	double x, y;
	struct box clip;
	unsigned time;
	double brightness;
	bool sure; /* its letters are drawn, and can be seen on white paper */
};

struct area {
	struct box box;
	unsigned time;
	double brightness;
};

struct canvas {
	qpdf_data pdf;
	unsigned n_pages;
	struct box page;
	GArray *shows; /* struct show, by y once they are read */
	GArray *areas;
	GArray *path; /* struct piece */
	GArray *kept; /* struct state */
	struct state state;
	struct matrix line, text;
	double x, y; /* where the path goes on */
	double number[6];
	unsigned n_numbers, time, depth;
	const char *name;
	size_t name_len, n_bytes;
	qpdf_oh resources;
	bool clips; /* the path becomes the clip when it was drawn */
	bool odd;   /* it draws what is not understood */
};

/* canvas_run - run the operators of a page's content, or of a form's; they fill shows and areas, or set odd. Frees
 * bytes */
void canvas_run(struct canvas *c, unsigned char *bytes, size_t len);

/* canvas_is_small - true for a stream that cannot unfold to a million times its bytes */
bool canvas_is_small(struct canvas *c, qpdf_oh stream);

/* canvas_is_clear - letters of that brightness can be read on a ground of that one */
bool canvas_is_clear(double letter, double ground);

#endif
