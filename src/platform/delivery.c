#include "platform/delivery.h"

#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/jsonmem.h"
#include "platform/backoff.h"
#include "platform/party.h"
#include "platform/record.h"
#include "platform/settings.h"

#define REPLAY_AFTER_MS 500          /* mv looks at what it has moved: it must still be there */
#define HURRY_MIN_MS    CLOCK_DAY_MS /* a wait that the setting allowed before it was made shorter stays */
#define HURRY_SLACK_MS  60000
#define SWEEP_AT_ONCE   1000
#define LOG_MOST        50 /* attempts that a delivery tells of; one that is sent again often has more */

void delivery_job_release(struct delivery_job *j)
{
	row_release(&delivery_table, &j->d);
	row_release(&event_table, &j->event);
}

struct due {
	const struct endpoint *x;
	int64_t now;
	struct delivery_place after;
	int limit;
	bool (*wants)(int64_t row, void *ud);
	void (*fn)(struct delivery_job *j, void *ud);
	void *ud;
	struct tx *tx;
	struct err *e;
};

static int add_due(void *row, void *ud)
{
	struct due *q = ud;
	struct delivery_job j = { .d = *(struct delivery *)row };
	int rc;

	if (!q->wants(j.d.row_id, q->ud))
		return 0;
	memset(row, 0, sizeof(struct delivery)); /* the texts are the job's now */
	rc = row_get(q->tx, &event_table, j.d.event_row, &j.event, q->e);
	if (rc == 0)
		q->fn(&j, q->ud);
	delivery_job_release(&j);
	return rc == -ENOENT ? 0 : rc; /* the sweep removes it */
}

static int read_due(struct tx *tx, void *arg, struct err *e)
{
	struct due *q = arg;

	q->tx = tx;
	q->e = e;
	return row_each(tx, Q_DELIVERIES_DUE,
			ARGS(V_INT(q->x->row_id), V_INT(q->now), V_INT(q->limit), V_INT(q->after.next_at),
			     V_INT(q->after.row_id)),
			add_due, q, e);
}

int delivery_due(struct platform *p, const struct endpoint *x, int64_t now_ms, struct delivery_place after, int limit,
		 bool (*wants)(int64_t row, void *ud), void (*fn)(struct delivery_job *j, void *ud), void *ud,
		 struct err *e)
{
	struct due q = { .x = x, .now = now_ms, .after = after, .limit = limit, .wants = wants, .fn = fn, .ud = ud };

	return store_read(p->store, read_due, &q, e);
}

struct first {
	const struct delivery *d;
	int64_t event_row;
};

static int read_first(struct tx *tx, void *arg, struct err *e)
{
	struct first *f = arg;

	return row_int(tx, Q_EVENT_FIRST_OF, ARGS(V_INT(f->d->task_row), V_TEXT(f->d->type)), &f->event_row, e);
}

int delivery_first(struct platform *p, const struct delivery *d, struct err *e)
{
	struct first f = { d, 0 };
	int rc = d->task_row ? store_read(p->store, read_first, &f, e) : 0;

	return rc < 0 ? rc : f.event_row == d->event_row;
}

struct question {
	int64_t endpoint_row, after, answer;
};

static int read_next(struct tx *tx, void *arg, struct err *e)
{
	struct question *q = arg;

	return row_int(tx, Q_DELIVERY_NEXT, ARGS(V_INT(q->endpoint_row), V_INT(q->after)), &q->answer, e);
}

int64_t delivery_next(struct platform *p, int64_t endpoint_row, int64_t after_ms, struct err *e)
{
	struct question q = { endpoint_row, after_ms, 0 };
	int rc = store_read(p->store, read_next, &q, e);

	return rc < 0 ? rc : q.answer;
}

/* The log of a delivery with one attempt more. */
static char *add_to_log(const struct delivery_attempt *a)
{
	char time[CLOCK_TEXT_BYTES];
	json_t *log = a->d->log ? json_loads(a->d->log, 0, NULL) : NULL, *one;
	char *text;

	if (!json_is_array(log)) {
		json_decref(log);
		log = json_array();
	}
	one = json_pack("{s:s, s:o, s:I, s:s?, s:s?}", "time", clock_format(a->at_ms, time), "status",
			a->status ? json_integer(a->status) : json_null(), "milliseconds", (json_int_t)a->took_ms,
			"answer", a->answer, "error", a->error);
	json_array_append_new(log, one);
	while (json_array_size(log) > LOG_MOST)
		json_array_remove(log, 0);
	text = json_dumps(log, JSON_COMPACT);
	json_decref(log);
	return text;
}

struct settling {
	const struct delivery_attempt *a;
	size_t n;
	const struct delivery_lesson *l;
	size_t n_lessons;
	char **log; /* of each attempt */
	int64_t now;
};

static int settle_attempt(struct tx *tx, const struct delivery_attempt *a, const char *log, int64_t now, struct err *e)
{
	const struct delivery *d = a->d;
	enum delivery_state to = a->arrived ? DELIVERY_DELIVERED : a->next_ms ? DELIVERY_PENDING : DELIVERY_DEAD;
	bool over = to != DELIVERY_PENDING;
	int rc = row_exec(tx, Q_DELIVERY_END,
			  ARGS(V_INT(d->row_id), V_TEXT(delivery_state_words[to]), V_INT(d->attempts + 1),
			       over ? V_TEXT(NULL) : V_INT(a->next_ms), V_INT(now), over ? V_INT(now) : V_TEXT(NULL),
			       V_TEXT(log)),
			  e);

	if (rc <= 0)
		return rc;
	if (over)
		rc = delivery_release(tx, d, now, e);
	tx_change(tx, CHANGE_DELIVERY, d->row_id, d->endpoint_row, DELIVERY_PENDING, to, d->event_id);
	return rc < 0 ? rc : 0;
}

static int learn(struct tx *tx, const struct delivery_lesson *l, int64_t now, struct err *e)
{
	struct endpoint x;
	int rc = row_get(tx, &endpoint_table, l->endpoint_row, &x, e);

	if (rc < 0)
		return rc == -ENOENT ? 0 : rc;
	if (x.state != ENDPOINT_DISABLED) { /* who switched it off meanwhile has the last word */
		x.state = l->gave_up ? ENDPOINT_DISABLED : l->state;
		x.enabled = !l->gave_up;
		x.failing_since = l->failing_since;
		x.updated_at = now;
		row_set_text(&x.reason, l->reason);
		rc = row_update(tx, &endpoint_table, &x, e);
		if (rc == 0 && l->gave_up)
			rc = endpoint_tell(tx, &x, "webhook.disabled", e);
		tx_change(tx, CHANGE_PARTY, x.row_id, PARTY_ENDPOINT, 0, 0, x.name);
	}
	row_release(&endpoint_table, &x);
	return rc;
}

static int settle(struct tx *tx, void *arg, struct err *e)
{
	const struct settling *s = arg;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < s->n; i++)
		rc = settle_attempt(tx, &s->a[i], s->log[i], s->now, e);
	for (size_t i = 0; rc == 0 && i < s->n_lessons; i++)
		rc = learn(tx, &s->l[i], s->now, e);
	return rc;
}

int delivery_settle(struct platform *p, const struct delivery_attempt *a, size_t n, const struct delivery_lesson *l,
		    size_t n_lessons, struct err *e)
{
	struct settling s = { .a = a, .n = n, .l = l, .n_lessons = n_lessons, .now = clock_now_ms() };
	int rc;

	s.log = xcalloc(n + 1, sizeof(*s.log));
	for (size_t i = 0; i < n; i++)
		s.log[i] = add_to_log(&a[i]);
	rc = store_write(p->store, settle, &s, e);
	for (size_t i = 0; i < n; i++)
		free(s.log[i]);
	free(s.log);
	return rc;
}

struct fetch {
	int64_t row;
	const char *event_id;
	enum delivery_state state;
	struct delivery *out;
};

static int fetch(struct tx *tx, void *arg, struct err *e)
{
	const struct fetch *f = arg;

	if (f->event_id)
		return row_find(tx, Q_DELIVERY_NAMED,
				ARGS(V_INT(f->row), V_TEXT(f->event_id), V_TEXT(delivery_state_words[f->state])),
				f->out, e);
	return row_get(tx, &delivery_table, f->row, f->out, e);
}

int delivery_get(struct platform *p, int64_t row_id, struct delivery *out, struct err *e)
{
	return store_read(p->store, fetch, &(struct fetch){ .row = row_id, .out = out }, e);
}

int delivery_named(struct platform *p, int64_t endpoint_row, const char *event_id, enum delivery_state state,
		   struct delivery *out, struct err *e)
{
	return store_read(p->store, fetch, &(struct fetch){ endpoint_row, event_id, state, out }, e);
}

struct each {
	enum delivery_state state;
	int64_t limit;
	int (*fn)(void *listing, void *ud);
	void *ud;
};

static int read_each(struct tx *tx, void *arg, struct err *e)
{
	const struct each *x = arg;

	return row_each(tx, Q_DELIVERIES_IN, ARGS(V_TEXT(delivery_state_words[x->state]), V_INT(x->limit)), x->fn,
			x->ud, e);
}

int delivery_each(struct platform *p, enum delivery_state state, int64_t limit, int (*fn)(void *listing, void *ud),
		  void *ud, struct err *e)
{
	return store_read(p->store, read_each, &(struct each){ state, limit, fn, ud }, e);
}

static json_t *time_or_null(int64_t ms)
{
	char time[CLOCK_TEXT_BYTES];

	return ms ? json_string(clock_format(ms, time)) : json_null();
}

int delivery_document(struct platform *p, int64_t row_id, struct buf *out, struct err *e)
{
	unsigned lacks = jsonmem_lacks();
	struct delivery d;
	union party x;
	json_t *doc;
	int rc = delivery_get(p, row_id, &d, e);

	if (rc < 0)
		return rc;
	rc = party_get(p, PARTY_ENDPOINT, d.endpoint_row, &x, e);
	if (rc == 0) {
		doc = json_pack("{s:s, s:s, s:s, s:s, s:I, s:o, s:o, s:o, s:o}", "event", d.event_id, "type", d.type,
				"endpoint", x.endpoint.name, "state", delivery_state_words[d.state], "attempts_made",
				(json_int_t)d.attempts, "created_at", time_or_null(d.created_at), "next_at",
				time_or_null(d.state == DELIVERY_PENDING ? d.next_at : 0), "ended_at",
				time_or_null(d.ended_at), "attempts",
				d.log ? json_loads(d.log, 0, NULL) : json_array());
		record_dump(doc, out);
		json_decref(doc);
		party_release(PARTY_ENDPOINT, &x);
	}
	row_release(&delivery_table, &d);
	return rc < 0 ? rc : jsonmem_lacks() != lacks ? -ENOMEM : 0;
}

struct moving {
	int64_t row_id;
	enum delivery_state to;
	bool remove;
};

static int refuse(const struct delivery *d, enum delivery_state to, struct err *e)
{
	return err_set(e, -EPERM,
		       "the delivery of '%s' is %s and cannot become %s: what ended goes back to pending, "
		       "what is pending can be given up",
		       d->event_id, delivery_state_words[d->state], delivery_state_words[to]);
}

static int line_up_again(struct tx *tx, struct delivery *d, struct err *e)
{
	struct endpoint x;
	int rc = row_get(tx, &endpoint_table, d->endpoint_row, &x, e);

	if (rc < 0)
		return rc;
	rc = delivery_line_up(tx, d, x.ordered, e);
	row_release(&endpoint_table, &x);
	return rc;
}

static int move(struct tx *tx, void *arg, struct err *e)
{
	const struct moving *m = arg;
	int64_t now = clock_now_ms();
	struct delivery d;
	int was, rc = row_get(tx, &delivery_table, m->row_id, &d, e);

	if (rc < 0)
		return rc;
	was = d.state;
	if (m->remove) {
		rc = row_delete(tx, &delivery_table, d.row_id, e);
	} else if ((was == DELIVERY_PENDING) == (m->to == DELIVERY_PENDING) || m->to == DELIVERY_DELIVERED) {
		rc = refuse(&d, m->to, e);
	} else {
		d.state = m->to;
		d.changed_at = now;
		d.next_at = m->to == DELIVERY_PENDING ? now + REPLAY_AFTER_MS : 0;
		d.ended_at = m->to == DELIVERY_PENDING ? 0 : now;
		d.attempts = m->to == DELIVERY_PENDING ? 0 : d.attempts;
		rc = m->to == DELIVERY_PENDING ? line_up_again(tx, &d, e) : 0;
		if (rc == 0)
			rc = row_update(tx, &delivery_table, &d, e);
	}
	if (rc == 0)
		tx_change(tx, CHANGE_DELIVERY, d.row_id, d.endpoint_row, was, m->remove ? CHANGE_NONE : (int)m->to,
			  d.event_id);
	if (rc == 0 && was == DELIVERY_PENDING)
		rc = delivery_release(tx, &d, now, e);
	row_release(&delivery_table, &d);
	return rc;
}

int delivery_replay(struct platform *p, int64_t row_id, struct err *e)
{
	return store_write(p->store, move, &(struct moving){ row_id, DELIVERY_PENDING, false }, e);
}

int delivery_give_up(struct platform *p, int64_t row_id, struct err *e)
{
	return store_write(p->store, move, &(struct moving){ row_id, DELIVERY_DEAD, false }, e);
}

int delivery_remove(struct platform *p, int64_t row_id, struct err *e)
{
	return store_write(p->store, move, &(struct moving){ row_id, DELIVERY_DEAD, true }, e);
}

struct counting {
	int64_t endpoint_row;
	struct delivery_counts *out;
};

static int count(struct tx *tx, void *arg, struct err *e)
{
	const struct counting *c = arg;
	int rc = row_int(tx, Q_DELIVERY_OLDEST, NULL, &c->out->oldest, e);

	for (int i = 0; rc == 0 && i < N_DELIVERY_STATES; i++) {
		struct val state = V_TEXT(delivery_state_words[i]);

		rc = c->endpoint_row
			     ? row_int(tx, Q_DELIVERY_COUNT_OF, ARGS(state, V_INT(c->endpoint_row)), &c->out->in[i], e)
			     : row_int(tx, Q_DELIVERY_COUNT_IN, &state, &c->out->in[i], e);
	}
	return rc;
}

int delivery_count(struct platform *p, int64_t endpoint_row, struct delivery_counts *out, struct err *e)
{
	*out = (struct delivery_counts){ 0 };
	return store_read(p->store, count, &(struct counting){ endpoint_row, out }, e);
}

static int delete_old(struct tx *tx, void *arg, struct err *e)
{
	const int64_t *before = arg;

	return row_exec(tx, Q_DELIVERIES_DELETE_OLD, ARGS(V_INT(*before), V_INT(SWEEP_AT_ONCE)), e);
}

static int delete_lost(struct tx *tx, void *arg UNUSED, struct err *e)
{
	return row_exec(tx, Q_DELIVERIES_DELETE_LOST, NULL, e);
}

struct hurry {
	struct tx *tx;
	struct err *e;
	int64_t now, latest;
};

static int hurry_endpoint(void *row, void *ud)
{
	struct hurry *h = ud;
	int64_t endpoint_row = ((const struct endpoint *)row)->row_id;
	int n = row_exec(h->tx, Q_DELIVERIES_HURRY, ARGS(V_INT(endpoint_row), V_INT(h->now), V_INT(h->latest)), h->e);

	if (n > 0) /* who sends looks again at an endpoint that changed */
		tx_change(h->tx, CHANGE_PARTY, endpoint_row, PARTY_ENDPOINT, 0, 0, NULL);
	return n < 0 ? n : 0;
}

static int hurry(struct tx *tx, void *arg, struct err *e)
{
	struct hurry *h = arg;

	h->tx = tx;
	h->e = e;
	return row_each(tx, Q_ENDPOINTS_ALL, NULL, hurry_endpoint, h, e);
}

static int hurry_all(struct platform *p, struct err *e)
{
	auto_free char *text = settings_text(p, SETTING_WEBHOOK_RETRIES);
	struct hurry h = { .now = clock_now_ms() };
	struct backoff b;
	int64_t longest;

	if (backoff_parse(text, &b, NULL) < 0) /* of a newer version */
		return 0;
	longest = backoff_longest(&b);
	h.latest = h.now + (longest > HURRY_MIN_MS ? longest : HURRY_MIN_MS) + HURRY_SLACK_MS;
	return store_write(p->store, hurry, &h, e);
}

int delivery_sweep(struct platform *p, struct err *e)
{
	int64_t before = clock_now_ms() - settings_int(p, SETTING_DELIVERED_DAYS) * CLOCK_DAY_MS;
	int n, all = 0;

	do {
		n = store_write(p->store, delete_old, &before, e);
		all += n > 0 ? n : 0;
	} while (n == SWEEP_AT_ONCE);
	if (n >= 0)
		n = store_write(p->store, delete_lost, NULL, e);
	if (n >= 0) {
		all += n;
		n = hurry_all(p, e);
	}
	return n < 0 ? n : all;
}
