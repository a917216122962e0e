#include "canvas_state.h"

#include <math.h>

#define NEAR 0.01

struct matrix matrix_times(struct matrix one, struct matrix o)
{
	return (struct matrix){ one.a * o.a + one.b * o.c,       one.a * o.b + one.b * o.d,
				one.c * o.a + one.d * o.c,       one.c * o.b + one.d * o.d,
				one.e * o.a + one.f * o.c + o.e, one.e * o.b + one.f * o.d + o.f };
}

void matrix_apply(const struct matrix *m, double x, double y, double *to_x, double *to_y)
{
	*to_x = m->a * x + m->c * y + m->e;
	*to_y = m->b * x + m->d * y + m->f;
}

void piece_add(struct piece *p, double x, double y)
{
	if (p->n == 0)
		p->box = (struct box){ x, y, x, y };
	p->box.x0 = fmin(p->box.x0, x);
	p->box.y0 = fmin(p->box.y0, y);
	p->box.x1 = fmax(p->box.x1, x);
	p->box.y1 = fmax(p->box.y1, y);
	if (p->n < N_ELEMS(p->x)) {
		p->x[p->n] = x;
		p->y[p->n] = y;
	}
	p->n++;
}

static bool is_near(double a, double b)
{
	return fabs(a - b) < NEAR;
}

bool piece_is_box(const struct piece *p)
{
	if (p->curved || p->n < 4 || p->n > 5)
		return false;
	for (unsigned i = 0; i < p->n; i++) {
		/* The side to the next corner runs along one axis, the one behind it along the other. */
		unsigned next = (i + 1) % 4, back = (i + 3) % 4;
		bool level = is_near(p->y[i % 4], p->y[next]), upright = is_near(p->x[i % 4], p->x[next]);

		if (!level && !upright)
			return false;
		if (level && !is_near(p->x[i % 4], p->x[back]))
			return upright;
	}
	return p->n == 4 || (is_near(p->x[4], p->x[0]) && is_near(p->y[4], p->y[0]));
}

struct box box_of(const struct matrix *m, double x, double y, double w, double h)
{
	struct piece p = { 0 };

	for (int i = 0; i < 4; i++) {
		double px, py;

		matrix_apply(m, x + (i & 1 ? w : 0), y + (i & 2 ? h : 0), &px, &py);
		piece_add(&p, px, py);
	}
	return p.box;
}

bool box_has(const struct box *b, double x, double y)
{
	return x >= b->x0 && x <= b->x1 && y >= b->y0 && y <= b->y1;
}

struct box box_meet(const struct box *a, const struct box *b)
{
	return (struct box){ fmax(a->x0, b->x0), fmax(a->y0, b->y0), fmin(a->x1, b->x1), fmin(a->y1, b->y1) };
}

double brightness_of(enum space space, const double *v, unsigned n)
{
	double cmy = n == 4 ? 0.3 * v[0] + 0.59 * v[1] + 0.11 * v[2] + v[3] : 0;

	if (space == SPACE_BLACK && n == 1)
		return 1 - v[0];
	if (space != SPACE_DEVICE)
		return BRIGHTNESS_UNKNOWN;
	return n == 1   ? v[0]
	       : n == 3 ? 0.3 * v[0] + 0.59 * v[1] + 0.11 * v[2]
	       : n == 4 ? fmax(0, 1 - cmy)
			: BRIGHTNESS_UNKNOWN;
}
