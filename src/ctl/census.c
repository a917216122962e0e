#include "ctl/census.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

/* Rows and ids of one table that has ids, to see those that are there twice. */
struct identity {
	char *id;
	int64_t row;
};

struct reading {
	struct census *census;
	struct findings *findings;
	const struct table *table;
	struct rowset *kept; /* NULL: only ids are of interest */
	struct identity *identity;
	size_t n_identities, cap_identities;
};

const void *rowset_get(const struct rowset *s, size_t i)
{
	return s->at + i * s->table->size;
}

const void *rowset_find(const struct rowset *s, int64_t row_id)
{
	size_t low = 0, high = s->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int64_t at = *(const int64_t *)rowset_get(s, mid);

		if (at == row_id)
			return rowset_get(s, mid);
		if (at < row_id)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

/* The texts go over to the set. */
static void rowset_add(struct rowset *s, void *row)
{
	if (s->n == s->cap) {
		s->cap = s->cap ? 2 * s->cap : 64;
		s->at = xrealloc(s->at, s->cap * s->table->size);
	}
	memcpy(s->at + s->n++ * s->table->size, row, s->table->size);
	memset(row, 0, s->table->size);
}

static void rowset_release(struct rowset *s)
{
	for (size_t i = 0; i < s->n; i++)
		row_release(s->table, s->at + i * s->table->size);
	free(s->at);
}

void census_release(struct census *c)
{
	rowset_release(&c->engagement);
	rowset_release(&c->task);
	rowset_release(&c->document);
	rowset_release(&c->drop);
	rowset_release(&c->endpoint);
	rowset_release(&c->bookmark);
	rowset_release(&c->model);
	free(c->event);
	shaset_release(&c->bytes);
}

char *census_task_name(const struct census *c, int64_t task_row)
{
	const struct task *t = rowset_find(&c->task, task_row);
	const struct engagement *g = t ? rowset_find(&c->engagement, t->engagement_row) : NULL;

	if (!t)
		return xasprintf("task %" PRId64, task_row);
	return g ? xasprintf("task '%s@%s'", t->name, g->name) : xasprintf("task '%s'", t->name);
}

/* Long texts of tasks are not looked at. */
static void slim(struct task *t)
{
	row_set_text(&t->description, NULL);
	row_set_text(&t->input_data, NULL);
	row_set_text(&t->review, NULL);
}

/* Many rows may belong to one that is gone: the finding is about that. which is taken. */
static void add_once(struct reading *r, enum fault fault, int64_t gone, char *which, const char *text)
{
	struct finding like = { .fault = fault, .which = which }, *x;

	if (findings_has(r->findings, &like)) {
		free(which);
		return;
	}
	x = findings_add(r->findings, fault, which, "%s", text);
	x->table = r->table;
	x->row = gone;
}

static void check_log_line(struct reading *r, const struct log_line *l)
{
	if (!rowset_find(&r->census->task, l->task_row))
		add_once(r, FAULT_NO_TASK_LOG, l->task_row, xasprintf("log of task %" PRId64, l->task_row),
			 "the task is not there");
}

/* Models are read before what was learned of them. */
static void check_of_model(struct reading *r, int64_t model, const char *what)
{
	if (!rowset_find(&r->census->model, model))
		add_once(r, FAULT_NO_MODEL, model, xasprintf("%s of model %" PRId64, what, model),
			 "the model is not there");
}

static void note_event(struct census *c, int64_t row)
{
	if (c->n_events == c->cap_events) {
		c->cap_events = c->cap_events ? 2 * c->cap_events : 1024;
		c->event = xrealloc(c->event, c->cap_events * sizeof(*c->event));
	}
	c->event[c->n_events++] = row;
}

static int by_number(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* Endpoints and events are read before deliveries. */
static void check_delivery(struct reading *r, const struct delivery *d)
{
	const struct census *c = r->census;
	bool has_endpoint = rowset_find(&c->endpoint, d->endpoint_row);
	struct finding *x;

	if (has_endpoint && c->n_events && bsearch(&d->event_row, c->event, c->n_events, sizeof(*c->event), by_number))
		return;
	x = findings_add(r->findings, FAULT_DELIVERY, xasprintf("delivery %" PRId64, d->row_id),
			 has_endpoint ? "the event '%s' is not there" : "the endpoint of the event '%s' is not there",
			 d->event_id);
	x->table = &delivery_table;
	x->row = d->row_id;
}

static void note_identity(struct reading *r, void *row)
{
	const struct field *f = field_find(r->table, "id");
	struct identity *x;

	if (!f)
		return;
	if (r->n_identities == r->cap_identities) {
		r->cap_identities = r->cap_identities ? 2 * r->cap_identities : 256;
		r->identity = xrealloc(r->identity, r->cap_identities * sizeof(*r->identity));
	}
	x = &r->identity[r->n_identities++];
	x->row = *(int64_t *)row;
	x->id = xstrdup(*(char **)((char *)row + f->offset));
}

static int note_row(void *row, void *ud)
{
	struct reading *r = ud;

	note_identity(r, row);
	if (r->table == &log_line_table)
		check_log_line(r, row);
	if (r->table == &event_table)
		note_event(r->census, *(int64_t *)row);
	if (r->table == &delivery_table && r->census->whole)
		check_delivery(r, row);
	if (r->table == &model_memory_table && r->census->whole)
		check_of_model(r, ((struct model_memory *)row)->model_row, "memory");
	if (r->table == &model_step_table && r->census->whole)
		check_of_model(r, ((struct model_step *)row)->model_row, "history");
	if (r->table == &document_table && ((struct document *)row)->sha256)
		shaset_add(&r->census->bytes, ((struct document *)row)->sha256, 0);
	if (r->table == &drop_table && !((struct drop *)row)->is_dir && ((struct drop *)row)->sha256)
		shaset_add(&r->census->bytes, ((struct drop *)row)->sha256, 0);
	if (r->table == &task_table)
		slim(row);
	if (r->kept)
		rowset_add(r->kept, row);
	return 0;
}

static int by_id(const void *a, const void *b)
{
	const struct identity *x = a, *y = b;
	int order = strcmp(x->id ? x->id : "", y->id ? y->id : "");

	return order ? order : (x->row > y->row) - (x->row < y->row);
}

static void check_identities(struct reading *r)
{
	if (r->n_identities == 0)
		return;
	qsort(r->identity, r->n_identities, sizeof(*r->identity), by_id);
	for (size_t i = 1; i < r->n_identities; i++) {
		const struct identity *first = &r->identity[i - 1], *x = &r->identity[i];
		struct finding *f;

		if (!x->id || !first->id || !streq(x->id, first->id))
			continue;
		f = findings_add(r->findings, FAULT_DUPLICATE_ID, xasprintf("%s %" PRId64, r->table->name, x->row),
				 "it has the id '%s' of %s %" PRId64, x->id, r->table->name, first->row);
		f->table = r->table;
		f->row = x->row;
	}
	for (size_t i = 0; i < r->n_identities; i++)
		free(r->identity[i].id);
	free(r->identity);
}

static int read_table(struct tx *tx, struct census *c, struct findings *f, const struct table *t, struct err *e)
{
	struct rowset *sets[] = { &c->engagement, &c->task,     &c->document, &c->drop,
				  &c->endpoint,   &c->bookmark, &c->model };
	struct reading r = { .census = c, .findings = f, .table = t };
	struct err why = ERR_INIT;
	int rc;

	for (size_t i = 0; i < N_ELEMS(sets); i++)
		if (sets[i]->table == t)
			r.kept = sets[i];
	rc = row_all(tx, t, note_row, &r, &why);
	check_identities(&r);
	if (rc != -EUCLEAN && rc != -EIO)
		return rc < 0 ? err_set(e, rc, "%s", why.text) : 0;
	c->whole = false;
	findings_add(f, FAULT_DATABASE, xasprintf("table %s", t->name), "it cannot be read to its end: %s", why.text);
	return 0;
}

struct take {
	struct census *census;
	struct findings *findings;
};

static int read_tables(struct tx *tx, void *arg, struct err *e)
{
	struct take *k = arg;
	int rc = row_int(tx, Q_SEQUENCE_NEXT, NULL, &k->census->next_row, e);

	for (size_t i = 0; rc == 0 && store_tables[i]; i++)
		rc = read_table(tx, k->census, k->findings, store_tables[i], e);
	return rc;
}

int census_take(struct store *st, struct census *c, struct findings *f, struct err *e)
{
	*c = (struct census){ .engagement.table = &engagement_table,
			      .task.table = &task_table,
			      .document.table = &document_table,
			      .drop.table = &drop_table,
			      .endpoint.table = &endpoint_table,
			      .bookmark.table = &bookmark_table,
			      .model.table = &model_table,
			      .whole = true };
	return store_read(st, read_tables, &(struct take){ c, f }, e);
}
