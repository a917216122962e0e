/* canvas_state - the state in which operators of a page draw, and the path that they build */
#ifndef TENDER_CANVAS_STATE_H
#define TENDER_CANVAS_STATE_H

#include "base/util.h"

struct box {
	double x0, y0, x1, y1;
};

/* x' = a x + c y + e, y' = b x + d y + f */
struct matrix {
	double a, b, c, d, e, f;
};

#define MATRIX_SAME ((struct matrix){ 1, 0, 0, 1, 0, 0 })

enum space { SPACE_UNKNOWN, SPACE_DEVICE, SPACE_BLACK };

#define BRIGHTNESS_UNKNOWN (-1.0)

struct state {
	struct matrix to_page;
	struct box clip;
	bool odd_clip; /* it is less than its box */
	bool faint;    /* what is drawn may not be seen */
	bool odd_font; /* letters are drawn by operators of their own */
	enum space space;
	double brightness; /* of what is filled: 0 is black, 1 is white */
	double line_width;
	double size, leading, rise, mode; /* of text */
};

/* One piece of a path. */
struct piece {
	struct box box;
	double x[5], y[5];
	unsigned n; /* points, of which the first five are kept */
	bool curved;
};

/* matrix_times - first one, then the other */
struct matrix matrix_times(struct matrix one, struct matrix other);
void matrix_apply(const struct matrix *m, double x, double y, double *to_x, double *to_y);

/* box_of - the box around a rectangle that a matrix moves */
struct box box_of(const struct matrix *m, double x, double y, double w, double h);

bool box_has(const struct box *b, double x, double y);
struct box box_meet(const struct box *a, const struct box *b);

void piece_add(struct piece *p, double x, double y);

/* piece_is_box - it is a rectangle with upright sides */
bool piece_is_box(const struct piece *p);

/* brightness_of - of a colour of n numbers; BRIGHTNESS_UNKNOWN where that cannot be said */
double brightness_of(enum space space, const double *number, unsigned n);

#endif
