#include "platform/task.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/jsonmem.h"
#include "base/id.h"
#include "platform/document.h"
#include "platform/event.h"
#include "platform/record.h"

#define OUTPUT_DATA_MAX (1 << 20)

#define BY(who) (1U << (who))
#define ANYONE  (BY(MOVER_WORKER) | BY(MOVER_PERSON))

/* Which moves exist and who may make them. What is not here is refused. */
static const unsigned moves[N_TASK_STATES][N_TASK_STATES] = {
	[TASK_TODO] = { [TASK_IN_PROGRESS] = BY(MOVER_WORKER),
			[TASK_FAILED] = BY(MOVER_WORKER),
			[TASK_CANCELLED] = BY(MOVER_PERSON) },
	[TASK_IN_PROGRESS] = { [TASK_TODO] = BY(MOVER_WORKER),
			       [TASK_NEEDS_REVIEW] = BY(MOVER_WORKER),
			       [TASK_COMPLETED] = BY(MOVER_WORKER),
			       [TASK_FAILED] = BY(MOVER_WORKER),
			       [TASK_CANCELLED] = BY(MOVER_PERSON) },
	[TASK_NEEDS_REVIEW] = { [TASK_TODO] = BY(MOVER_PERSON),
				[TASK_COMPLETED] = BY(MOVER_PERSON),
				[TASK_FAILED] = BY(MOVER_PERSON),
				[TASK_CANCELLED] = BY(MOVER_PERSON) },
	[TASK_COMPLETED] = { [TASK_TODO] = BY(MOVER_PERSON) },
	[TASK_FAILED] = { [TASK_TODO] = BY(MOVER_PERSON) },
	[TASK_CANCELLED] = { [TASK_TODO] = BY(MOVER_PERSON) },
};

static const struct {
	const char *event; /* told when a task arrives in this state, NULL for none */
	bool closed, ended;
} states[N_TASK_STATES] = {
	[TASK_TODO] = { NULL, false, false },
	[TASK_IN_PROGRESS] = { "task.started", false, false },
	[TASK_NEEDS_REVIEW] = { "task.needs_review", false, true },
	[TASK_COMPLETED] = { "task.completed", true, true },
	[TASK_FAILED] = { "task.failed", true, true },
	[TASK_CANCELLED] = { "task.cancelled", true, true },
};

bool task_closed(enum task_state state)
{
	return states[state].closed;
}

bool task_ended(enum task_state state)
{
	return states[state].ended;
}

static int refuse(const struct task *t, enum task_state to, enum task_mover who, struct err *e)
{
	if (t->state == TASK_IN_PROGRESS && who == MOVER_PERSON)
		return err_set(e, -EBUSY, "task '%s' is being worked on: cancel it or wait until it ends", t->name);
	return err_set(e, -EPERM, "task '%s' is '%s' and cannot become '%s'", t->name, task_state_words[t->state],
		       task_state_words[to]);
}

/* The work of an attempt that led to nothing counts too; of one whose worker was lost, as long as it was known to live.
 */
static void add_time(struct task *t, int64_t now)
{
	int64_t end = t->lease_until < now ? t->lease_until : now;

	if (t->started_at && end > t->started_at)
		t->seconds_used += (double)(end - t->started_at) / 1000;
}

static void stamp(struct task *t, enum task_state to, int64_t now)
{
	if (t->state == TASK_IN_PROGRESS)
		add_time(t, now);
	if (to == TASK_IN_PROGRESS)
		t->started_at = now;
	if (to == TASK_TODO)
		t->started_at = t->completed_at = t->lease_until = 0;
	if (task_ended(to)) {
		t->lease_until = 0;
		t->completed_at = now;
	}
}

static int tell_entry_gone(void *row, void *ud)
{
	const struct drop *d = row;

	if (!d->ended_at)
		tx_change(ud, CHANGE_DROP, d->row_id, d->inbox, (int)(d->parent_row != 0), CHANGE_NONE, d->name);
	return 0;
}

static int end_entries(struct tx *tx, const struct task *t, int64_t now, struct err *e)
{
	int rc = row_each(tx, Q_DROPS_OF_TASK, ARGS(V_INT(t->row_id)), tell_entry_gone, tx, e);

	if (rc == 0)
		rc = row_exec(tx, Q_DROPS_END, ARGS(V_INT(t->row_id), V_INT(now)), e);
	return rc < 0 ? rc : 0;
}

/* What a move is told as, or NULL. An attempt that led to nothing ends where the task began. */
static const char *event_of(enum task_state was, enum task_state to)
{
	return was == TASK_IN_PROGRESS && to == TASK_TODO ? "task.interrupted" : states[to].event;
}

int task_move(struct tx *tx, struct task *t, enum task_state to, enum task_mover who, struct err *e)
{
	enum task_state was = t->state;
	int64_t now = clock_now_ms();
	const char *told_as;
	int rc;

	if (!(moves[was][to] & BY(who)))
		return refuse(t, to, who, e);
	stamp(t, to, now);
	t->state = to;
	t->updated_at = now;
	rc = row_update(tx, &task_table, t, e);
	if (rc == 0 && (told_as = event_of(was, to)))
		rc = task_tell(tx, t, told_as, e);
	if (rc == 0 && task_ended(to))
		rc = end_entries(tx, t, now, e);
	if (rc == 0)
		tx_change(tx, CHANGE_TASK, t->row_id, t->engagement_row, was, to, t->name);
	return rc;
}

int task_save(struct tx *tx, struct task *t, struct err *e)
{
	int rc;

	t->updated_at = clock_now_ms();
	rc = row_update(tx, &task_table, t, e);
	if (rc == 0)
		tx_change(tx, CHANGE_TASK, t->row_id, t->engagement_row, t->state, t->state, t->name);
	return rc;
}

static int name_taken(struct tx *tx, int64_t engagement_row, const char *name, struct err *e)
{
	struct task other;
	int rc;

	if (streq(name, "inbox"))
		return 1;
	rc = row_find(tx, Q_TASK_BY_NAME, ARGS(V_INT(engagement_row), V_TEXT(name)), &other, e);
	if (rc == 0)
		row_release(&task_table, &other);
	return rc == 0 ? 1 : rc == -ENOENT ? 0 : rc;
}

/*
 * "rfp", "rfp-2", "rfp-3", …: doubling finds a free number, halving then the lowest one, so that the two thousandth
 * file of a name costs a dozen look-ups. Gaps left by removed tasks may be filled; names are free to come back.
 */
static int free_name(struct tx *tx, int64_t engagement_row, const char *stem, char *out, struct err *e)
{
	int64_t taken = 1, open = 2;
	char suffix[24];
	int rc = name_taken(tx, engagement_row, name_fit(stem, "", out), e);

	if (rc <= 0)
		return rc;
	for (;; taken = open, open *= 2) {
		snprintf(suffix, sizeof(suffix), "-%jd", (intmax_t)open);
		rc = name_taken(tx, engagement_row, name_fit(stem, suffix, out), e);
		if (rc <= 0)
			break;
	}
	while (rc == 0 && open - taken > 1) {
		int64_t mid = taken + (open - taken) / 2;

		snprintf(suffix, sizeof(suffix), "-%jd", (intmax_t)mid);
		rc = name_taken(tx, engagement_row, name_fit(stem, suffix, out), e);
		if (rc > 0)
			taken = mid;
		else
			open = mid;
		rc = rc < 0 ? rc : 0;
	}
	snprintf(suffix, sizeof(suffix), "-%jd", (intmax_t)open);
	name_fit(stem, suffix, out);
	return rc;
}

int task_begin(struct tx *tx, struct task *t, struct err *e)
{
	char name[NAME_BYTES], id[ID_BYTES];
	struct engagement g;
	int rc = row_get(tx, &engagement_table, t->engagement_row, &g, e);

	if (rc < 0)
		return rc;
	if (g.status != ENGAGEMENT_ACTIVE)
		rc = err_set(e, -EPERM, "engagement '%s' is not active and takes no new tasks", g.name);
	if (rc == 0)
		rc = free_name(tx, t->engagement_row, t->name, name, e);
	if (rc == 0) {
		row_set_text(&t->name, name);
		row_set_text(&t->engagement_id, g.id);
		row_set_text(&t->expert_id, g.expert_id);
		row_set_text(&t->customer_id, g.customer_id);
		if (!t->id)
			t->id = xstrdup(id_new(id));
		if (!t->title)
			t->title = xstrdup(name);
		t->state = TASK_TODO;
		t->ai_confidence = INT_NULL;
		t->created_at = t->updated_at = clock_now_ms();
		rc = row_insert(tx, &task_table, t, e);
	}
	if (rc == 0)
		rc = task_tell(tx, t, "task.created", e);
	if (rc == 0)
		tx_change(tx, CHANGE_TASK, t->row_id, t->engagement_row, CHANGE_NONE, TASK_TODO, t->name);
	row_release(&engagement_table, &g);
	return rc;
}

struct fetch {
	int64_t row; /* of the task, or of the engagement when there is a name */
	const char *name;
	struct task *out;
};

static int fetch(struct tx *tx, void *arg, struct err *e)
{
	struct fetch *f = arg;

	if (f->name)
		return row_find(tx, Q_TASK_BY_NAME, ARGS(V_INT(f->row), V_TEXT(f->name)), f->out, e);
	return row_get(tx, &task_table, f->row, f->out, e);
}

int task_get(struct platform *p, int64_t row_id, struct task *out, struct err *e)
{
	return store_read(p->store, fetch, &(struct fetch){ row_id, NULL, out }, e);
}

int task_find(struct platform *p, int64_t engagement_row, const char *name, struct task *out, struct err *e)
{
	return store_read(p->store, fetch, &(struct fetch){ engagement_row, name, out }, e);
}

struct namesakes {
	int64_t engagement_row;
	const char *name;
	int64_t *row;
	size_t n;
};

static int add_namesake(void *row, void *ud)
{
	struct namesakes *x = ud;

	x->row = xrealloc(x->row, (x->n + 1) * sizeof(*x->row));
	x->row[x->n++] = ((const struct task_listing *)row)->row_id;
	return 0;
}

static int find_namesakes(struct tx *tx, void *arg, struct err *e)
{
	struct namesakes *x = arg;

	x->n = 0;
	return row_each(tx, Q_TASKS_TRASHED_OF_NAME, ARGS(V_INT(x->engagement_row), V_TEXT(x->name)), add_namesake, x,
			e);
}

static int by_row(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

int task_find_trashed(struct platform *p, int64_t engagement_row, const char *name, size_t n, int64_t *row,
		      struct err *e)
{
	struct namesakes x = { .engagement_row = engagement_row, .name = name };
	int rc = store_read(p->store, find_namesakes, &x, e);

	if (rc == 0 && (n < 1 || n > x.n))
		rc = -ENOENT;
	if (rc == 0) {
		qsort(x.row, x.n, sizeof(*x.row), by_row);
		*row = x.row[n - 1];
	}
	free(x.row);
	return rc;
}

void task_release(struct task *t)
{
	json_decref(t->told_output);
	free(t->told_path);
	row_release(&task_table, t);
}

struct glance {
	int64_t row; /* of the task, or of the engagement when there is a name */
	const char *name;
	struct task_listing *out;
};

static int glance(struct tx *tx, void *arg, struct err *e)
{
	struct glance *g = arg;

	if (g->name)
		return row_find(tx, Q_TASK_LISTING_BY_NAME, ARGS(V_INT(g->row), V_TEXT(g->name)), g->out, e);
	return row_get(tx, &task_listing_table, g->row, g->out, e);
}

int task_glance(struct platform *p, int64_t row_id, struct task_listing *out, struct err *e)
{
	return store_read(p->store, glance, &(struct glance){ row_id, NULL, out }, e);
}

int task_glance_find(struct platform *p, int64_t engagement_row, const char *name, struct task_listing *out,
		     struct err *e)
{
	return store_read(p->store, glance, &(struct glance){ engagement_row, name, out }, e);
}

struct each {
	enum query q;
	int64_t engagement_row, after;
	const char *state;
	int (*fn)(void *listing, void *ud);
	void *ud;
};

static int each(struct tx *tx, void *arg, struct err *e)
{
	struct each *x = arg;
	struct val after = V_INT(x->after), all = V_INT(INT64_MAX);

	if (x->q == Q_TASKS_OF)
		return row_each(tx, x->q, ARGS(V_INT(x->engagement_row), after, all), x->fn, x->ud, e);
	if (x->q == Q_TASKS_IN_STATE)
		return row_each(tx, x->q, ARGS(V_TEXT(x->state), after, all), x->fn, x->ud, e);
	return row_each(tx, x->q, ARGS(after, all), x->fn, x->ud, e);
}

int task_each(struct platform *p, int64_t engagement_row, int64_t after, int (*fn)(void *listing, void *ud), void *ud,
	      struct err *e)
{
	struct each x = { .q = Q_TASKS_OF, .engagement_row = engagement_row, .after = after, .fn = fn, .ud = ud };

	return store_read(p->store, each, &x, e);
}

int task_each_in(struct platform *p, enum task_state state, int64_t after, int (*fn)(void *listing, void *ud), void *ud,
		 struct err *e)
{
	struct each x = { .q = Q_TASKS_IN_STATE, .state = task_state_words[state], .after = after, .fn = fn, .ud = ud };

	return store_read(p->store, each, &x, e);
}

int task_each_trashed(struct platform *p, int64_t after, int (*fn)(void *listing, void *ud), void *ud, struct err *e)
{
	struct each x = { .q = Q_TASKS_TRASHED, .after = after, .fn = fn, .ud = ud };

	return store_read(p->store, each, &x, e);
}

/* The stored result, or null: also where it is larger than a document in task.json should be. */
static json_t *output_data(struct platform *p, int64_t row_id)
{
	auto_free char *text = NULL;
	struct document d;
	size_t len;
	json_t *v = NULL;

	if (document_latest(p, row_id, DOCUMENT_RESULT, &d, NULL) < 0)
		return json_null();
	if (blob_read(p->blobs, d.sha256, OUTPUT_DATA_MAX, &text, &len, NULL) == 0)
		v = json_loadb(text, len, 0, NULL);
	row_release(&document_table, &d);
	return v ? v : json_null();
}

static json_t *as_json(struct platform *p, const struct task *t)
{
	json_t *doc = record_json(&task_table, t);

	json_object_set_new(doc, "output_data", output_data(p, t->row_id));
	return doc;
}

int task_document(struct platform *p, int64_t row_id, struct buf *out, struct err *e)
{
	unsigned lacks = jsonmem_lacks();
	struct task t;
	int rc = task_get(p, row_id, &t, e);
	json_t *doc;

	if (rc < 0)
		return rc;
	doc = as_json(p, &t);
	record_dump(doc, out);
	json_decref(doc);
	task_release(&t);
	return out->failed || jsonmem_lacks() != lacks ? err_set(e, -ENOMEM, "no memory for the task's document") : 0;
}

struct edit {
	int64_t row_id;
	const struct field *f;
	const char *text;
	const json_t *doc;
};

/* What a request may choose and nobody changes in a task that exists: another engine is `run` in its ctl. */
static int check_kept(const struct task *t, const json_t *doc, struct err *e)
{
	static const char *const kept[] = { "mcp", "tool", "expert_id", "customer_id", "input_data" };
	json_t *now = record_json(&task_table, t);
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < N_ELEMS(kept); i++) {
		const json_t *v = json_object_get(doc, kept[i]);

		if (v && !record_same(v, json_object_get(now, kept[i])))
			rc = err_set(e, -EPERM, "'%s' cannot be changed here", kept[i]);
	}
	json_decref(now);
	return rc;
}

static int change_task(struct tx *tx, void *arg, struct err *e)
{
	struct edit *c = arg;
	struct task t;
	int rc = row_get(tx, &task_table, c->row_id, &t, e);

	if (rc < 0)
		return rc;
	if (c->doc)
		rc = check_kept(&t, c->doc, e);
	if (rc == 0)
		rc = c->doc ? record_apply(&task_table, &t, c->doc, e) : record_set(&task_table, c->f, &t, c->text, e);
	if (rc == 0)
		rc = task_save(tx, &t, e);
	if (rc == 0)
		rc = task_tell(tx, &t, "task.updated", e);
	task_release(&t);
	return rc;
}

int task_set(struct platform *p, int64_t row_id, const char *field, const char *text, struct err *e)
{
	struct edit c = { .row_id = row_id, .f = field_find(&task_table, field), .text = text };

	return store_write(p->store, change_task, &c, e);
}

int task_put(struct platform *p, int64_t row_id, const char *text, size_t len, struct err *e)
{
	struct edit c = { .row_id = row_id };
	json_t *doc = NULL, *given, *kept;
	int rc = record_parse(text, len, &doc, e);

	if (rc < 0)
		return rc;
	given = json_object_get(doc, "output_data");
	kept = given ? output_data(p, row_id) : NULL;
	if (given && !record_same(given, kept))
		rc = err_set(e, -EPERM, "'output_data' cannot be changed here: write a corrected result.json");
	json_decref(kept);
	json_object_del(doc, "output_data");
	c.doc = doc;
	if (rc == 0)
		rc = store_write(p->store, change_task, &c, e);
	json_decref(doc);
	return rc;
}
