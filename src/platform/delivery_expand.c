/* Deliveries from the log: of what has happened, and of what happened once more. */
#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"
#include "platform/delivery.h"
#include "platform/party.h"
#include "platform/pattern.h"

#define MARK        "webhooks"
#define EVENTS_MOST 500

/* An endpoint that takes events, while the log is read. */
struct taker {
	int64_t row_id, from_row;
	bool ordered;
	struct pattern wants;
};

struct expansion {
	struct tx *tx;
	struct err *e;
	struct taker *taker;
	size_t n_takers;
	int64_t only; /* replay: this endpoint, whatever its state; 0: all that are enabled */
	int64_t now, last;
	int n, made;
};

int delivery_mark(struct tx *tx, int64_t event_row, struct err *e)
{
	struct bookmark m;
	int rc = row_find(tx, Q_BOOKMARK, ARGS(V_TEXT(MARK)), &m, e);

	if (rc < 0 && rc != -ENOENT)
		return rc;
	if (rc == -ENOENT)
		m = (struct bookmark){ .name = xstrdup(MARK) };
	m.value = event_row;
	rc = m.row_id ? row_update(tx, &bookmark_table, &m, e) : row_insert(tx, &bookmark_table, &m, e);
	row_release(&bookmark_table, &m);
	return rc;
}

int delivery_line_up(struct tx *tx, struct delivery *d, bool ordered, struct err *e)
{
	int64_t ahead = 0;
	int rc = ordered && d->task_row
			 ? row_int(tx, Q_DELIVERY_AHEAD, ARGS(V_INT(d->endpoint_row), V_INT(d->task_row)), &ahead, e)
			 : 0;

	if (rc < 0 || !ahead)
		return rc;
	if (!d->row_id || ahead < d->row_id)
		d->next_at = 0;
	else
		rc = row_exec(tx, Q_DELIVERY_WAIT, ARGS(V_INT(ahead)), e);
	return rc < 0 ? rc : 0;
}

int delivery_release(struct tx *tx, const struct delivery *d, int64_t now_ms, struct err *e)
{
	int rc = d->task_row ? row_exec(tx, Q_DELIVERIES_RELEASE,
					ARGS(V_INT(d->endpoint_row), V_INT(d->task_row), V_INT(now_ms)), e)
			     : 0;

	return rc < 0 ? rc : 0;
}

int delivery_recover(struct tx *tx, struct err *e)
{
	int rc = row_exec(tx, Q_DELIVERIES_UNBLOCK, ARGS(V_INT(clock_now_ms())), e);

	return rc < 0 ? rc : 0;
}

static int get_mark(struct tx *tx, int64_t *out, struct err *e)
{
	struct bookmark m;
	int rc = row_find(tx, Q_BOOKMARK, ARGS(V_TEXT(MARK)), &m, e);

	*out = rc == 0 ? m.value : 0;
	if (rc == 0)
		row_release(&bookmark_table, &m);
	return rc == -ENOENT ? 0 : rc;
}

static int add_taker(void *row, void *ud)
{
	const struct endpoint *x = row;
	struct expansion *w = ud;
	struct taker t = { .row_id = x->row_id, .from_row = x->from_row, .ordered = x->ordered };

	if (w->only ? x->row_id != w->only : x->state == ENDPOINT_DISABLED)
		return 0;
	if (pattern_parse(x->events, &t.wants, NULL) < 0) /* of a newer version */
		return 0;
	w->taker = xrealloc(w->taker, (w->n_takers + 1) * sizeof(t));
	w->taker[w->n_takers++] = t;
	return 0;
}

/* The pair has a row: it is sent again, and one that waits for its next attempt does not wait any more. */
static int revive(struct expansion *w, const struct taker *t, const struct event *ev)
{
	struct delivery d;
	int rc = row_find(w->tx, Q_DELIVERY_OF, ARGS(V_INT(t->row_id), V_INT(ev->row_id)), &d, w->e);

	if (rc < 0)
		return rc;
	tx_change(w->tx, CHANGE_DELIVERY, d.row_id, d.endpoint_row, d.state, DELIVERY_PENDING, d.event_id);
	d.state = DELIVERY_PENDING;
	d.attempts = 0;
	d.next_at = d.changed_at = w->now;
	d.ended_at = 0;
	rc = delivery_line_up(w->tx, &d, t->ordered, w->e);
	if (rc == 0)
		rc = row_update(w->tx, &delivery_table, &d, w->e);
	w->made++;
	row_release(&delivery_table, &d);
	return rc;
}

static int make(struct expansion *w, const struct taker *t, const struct event *ev)
{
	struct delivery d = { .endpoint_row = t->row_id,
			      .event_row = ev->row_id,
			      .task_row = ev->task_row == INT_NULL ? 0 : ev->task_row,
			      .event_id = ev->id,
			      .type = ev->type,
			      .state = DELIVERY_PENDING,
			      .next_at = w->now,
			      .created_at = w->now,
			      .changed_at = w->now };
	int rc = w->only ? revive(w, t, ev) : -ENOENT;

	if (rc != -ENOENT)
		return rc;
	rc = delivery_line_up(w->tx, &d, t->ordered, w->e);
	if (rc == 0)
		rc = row_insert(w->tx, &delivery_table, &d, w->e);
	if (rc == 0) {
		tx_change(w->tx, CHANGE_DELIVERY, d.row_id, d.endpoint_row, CHANGE_NONE, DELIVERY_PENDING, d.event_id);
		w->made++;
	}
	return rc == -EEXIST ? 0 : rc;
}

static int take_event(void *row, void *ud)
{
	const struct event *ev = row;
	struct expansion *w = ud;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < w->n_takers; i++) {
		const struct taker *t = &w->taker[i];

		if ((w->only || ev->row_id > t->from_row) && pattern_match(&t->wants, ev->type))
			rc = make(w, t, ev);
	}
	w->last = ev->row_id;
	w->n++;
	return rc;
}

static int begin(struct tx *tx, struct expansion *w, struct err *e)
{
	w->tx = tx;
	w->e = e;
	w->n_takers = 0;
	w->n = w->made = 0;
	return row_each(tx, Q_ENDPOINTS_ALL, NULL, add_taker, w, e);
}

static int expand(struct tx *tx, void *arg, struct err *e)
{
	struct expansion *w = arg;
	int64_t n_endpoints = 0, from = 0;
	int rc = row_int(tx, Q_ENDPOINT_COUNT, NULL, &n_endpoints, e);

	w->n = 0;
	if (rc < 0 || n_endpoints == 0)
		return rc;
	rc = get_mark(tx, &from, e);
	if (rc == 0)
		rc = begin(tx, w, e);
	if (rc == 0)
		rc = row_each(tx, Q_EVENTS_SINCE, ARGS(V_INT(from), V_INT(EVENTS_MOST)), take_event, w, e);
	return rc < 0 || w->n == 0 ? rc : delivery_mark(tx, w->last, e);
}

int delivery_expand(struct platform *p, struct err *e)
{
	struct expansion w = { .now = clock_now_ms() };
	int rc = store_write(p->store, expand, &w, e);

	free(w.taker);
	return rc < 0 ? rc : w.n;
}

struct replay {
	struct expansion w;
	int64_t from_ms, after;
};

static int replay(struct tx *tx, void *arg, struct err *e)
{
	struct replay *r = arg;
	int rc = begin(tx, &r->w, e);

	if (rc == 0)
		rc = row_each(tx, Q_EVENTS_FROM, ARGS(V_INT(r->from_ms), V_INT(r->after), V_INT(EVENTS_MOST)),
			      take_event, &r->w, e);
	if (rc == 0 && r->w.made) /* who sends looks for what is new where he made it, and where an endpoint changed */
		tx_change(tx, CHANGE_PARTY, r->w.only, PARTY_ENDPOINT, 0, 0, NULL);
	return rc;
}

int delivery_replay_from(struct platform *p, int64_t endpoint_row, int64_t from_ms, struct err *e)
{
	struct replay r = { .w = { .only = endpoint_row, .now = clock_now_ms() }, .from_ms = from_ms };
	int rc, made = 0;

	do {
		rc = store_write(p->store, replay, &r, e);
		r.after = r.w.last;
		made += rc == 0 ? r.w.made : 0;
	} while (rc == 0 && r.w.n == EVENTS_MOST);
	free(r.w.taker);
	return rc < 0 ? rc : made;
}
