#include "webhook/sender_parts.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"

static struct lane *find(struct sender *s, int64_t row)
{
	struct lane *l = s->lanes;

	while (l && l->x.row_id != row)
		l = l->next;
	return l;
}

struct reloading {
	struct sender *s;
	int64_t *seen;
	size_t n;
};

static void let_go(struct lane *l, const char *why)
{
	if (why)
		log_warn("webhooks: nothing is sent to '%s': %s", l->x.name, why);
	l->gone = true;
}

static void add(struct sender *s, const struct endpoint *x)
{
	struct err e = ERR_INIT;
	struct lane *l = lane_new(s->p, x, &e);

	if (!l) {
		log_warn("webhooks: nothing is sent to '%s': %s", x->name, e.text);
		return;
	}
	l->next = s->lanes;
	s->lanes = l;
	s->n_lanes++;
}

static int take_endpoint(void *row, void *ud)
{
	const struct endpoint *x = row;
	struct reloading *r = ud;
	struct lane *l = find(r->s, x->row_id);
	struct err e = ERR_INIT;

	if (x->state == ENDPOINT_DISABLED)
		return 0;
	r->seen = xrealloc(r->seen, (r->n + 1) * sizeof(*r->seen));
	r->seen[r->n++] = x->row_id;
	if (!l)
		add(r->s, x);
	else if (lane_update(l, r->s->p, x, &e) < 0)
		let_go(l, e.text);
	else
		l->gone = false; /* it knows what is still on its way from before it was let go */
	return 0;
}

void lanes_tidy(struct sender *s)
{
	struct lane **at = &s->lanes, *l;

	while ((l = *at)) {
		if (!l->gone || l->in_flight || l->n_unsettled) {
			at = &l->next;
			continue;
		}
		*at = l->next;
		if (s->turn == l)
			s->turn = l->next;
		s->n_lanes--;
		lane_free(l);
	}
}

int lanes_reload(struct sender *s, struct err *e)
{
	struct reloading r = { .s = s };
	int rc = endpoint_each(s->p, take_endpoint, &r, e);

	for (struct lane *l = s->lanes; rc == 0 && l; l = l->next) {
		bool seen = false;

		for (size_t i = 0; i < r.n; i++)
			seen = seen || r.seen[i] == l->x.row_id;
		if (!seen)
			let_go(l, NULL);
	}
	free(r.seen);
	lanes_tidy(s);
	lanes_look(s);
	return rc;
}

void lanes_look(struct sender *s)
{
	for (struct lane *l = s->lanes; l; l = l->next)
		l->look_at = 0;
}

void lanes_prompt(struct sender *s, const int64_t *rows, size_t n)
{
	int64_t now = clock_now_ms();

	for (size_t i = 0; i < n; i++) {
		struct lane *l = find(s, rows[i]);

		if (l)
			lane_prompt(l, now);
	}
}

bool lanes_outdated(const struct sender *s, int64_t now)
{
	for (const struct lane *l = s->lanes; l; l = l->next)
		if (lane_outdated(l, now))
			return true;
	return false;
}

void lanes_free(struct sender *s)
{
	while (s->lanes) {
		struct lane *l = s->lanes;

		s->lanes = l->next;
		lane_free(l);
	}
}
