#include "ctl/recover.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/id.h"
#include "platform/document.h"
#include "platform/settings.h"
#include "platform/task.h"

/* What is known of a task that is gone, from what it left: documents, entries, events. */
struct trace {
	int64_t engagement_row;
	char *id, *name, *mcp, *tool;
	bool any_document;
};

struct call {
	struct platform *p;
	int64_t row;
};

static void trace_release(struct trace *x)
{
	free(x->id);
	free(x->name);
	free(x->mcp);
	free(x->tool);
}

/* The first that says it counts. */
static void learn(char **what, const char *text)
{
	if (!*what)
		*what = xstrdup(text);
}

/* A name for the task from that of a file: without its ending. */
static void learn_stem(struct trace *x, const char *file)
{
	auto_free char *stem = xstrdup(file);
	char *dot = strrchr(stem, '.');

	if (dot && dot != stem)
		*dot = '\0';
	learn(&x->name, stem);
}

static int learn_event(void *row, void *ud)
{
	const struct event *ev = row;
	struct trace *x = ud;
	json_t *data = ev->data ? json_loads(ev->data, 0, NULL) : NULL;

	x->engagement_row = ev->engagement_row;
	learn(&x->id, json_string_value(json_object_get(data, "task_id")));
	learn(&x->name, json_string_value(json_object_get(data, "name")));
	learn(&x->mcp, json_string_value(json_object_get(data, "mcp_id")));
	json_decref(data);
	return 1;
}

static void learn_drop(struct trace *x, const struct drop *d)
{
	if (!x->engagement_row)
		x->engagement_row = d->engagement_row;
	learn(&x->name, d->task_name);
	learn_stem(x, d->name);
	learn(&x->mcp, d->mcp);
	learn(&x->tool, d->tool);
}

static int learn_entry(void *row, void *ud)
{
	learn_drop(ud, row);
	return 0;
}

static int learn_document(void *row, void *ud)
{
	const struct document *d = row;
	struct trace *x = ud;

	x->any_document = true;
	if (d->role == DOCUMENT_INPUT)
		learn_stem(x, d->name);
	return 0;
}

static int follow(struct tx *tx, int64_t task_row, struct trace *x, struct err *e)
{
	struct val task = V_INT(task_row);
	int rc = row_each(tx, Q_EVENTS_OF_TASK, ARGS(task, V_INT(0), V_INT(1)), learn_event, x, e);

	if (rc >= 0)
		rc = row_each(tx, Q_DROPS_OF_TASK, ARGS(task), learn_entry, x, e);
	if (rc >= 0)
		rc = row_each(tx, Q_DOCUMENTS_ALL, ARGS(task), learn_document, x, e);
	return rc < 0 ? rc : 0;
}

/* The engagement of the trace, or the default one where that is gone or takes nothing. */
static int find_engagement(struct tx *tx, struct platform *p, const struct trace *x, struct engagement *g,
			   struct err *e)
{
	auto_free char *name = settings_text(p, SETTING_DEFAULT_ENGAGEMENT);
	int rc = x->engagement_row ? row_get(tx, &engagement_table, x->engagement_row, g, e) : -ENOENT;

	if (rc == 0 && g->status != ENGAGEMENT_ACTIVE) {
		row_release(&engagement_table, g);
		rc = -ENOENT;
	}
	return rc == -ENOENT ? row_find(tx, Q_ENGAGEMENT_BY_NAME, ARGS(V_TEXT(name)), g, e) : rc;
}

static bool id_taken(struct tx *tx, const char *id)
{
	struct task other;
	bool taken = row_find(tx, Q_TASK_BY_ID, ARGS(V_TEXT(id)), &other, NULL) == 0;

	if (taken)
		row_release(&task_table, &other);
	return taken;
}

/* The task begins and, once it has its documents, fails: it passes the gate as every task does. */
static int begin_task(struct tx *tx, struct platform *p, const struct trace *x, struct task *t, struct err *e)
{
	struct engagement g;
	int rc = find_engagement(tx, p, x, &g, e);

	if (rc < 0)
		return rc;
	t->engagement_row = g.row_id;
	t->priority = PRIORITY_MEDIUM;
	t->name = xstrdup(x->name ? x->name : "recovered");
	t->id = x->id && !id_taken(tx, x->id) ? xstrdup(x->id) : NULL;
	t->mcp = xstrdup(x->mcp ? x->mcp : g.mcp);
	t->tool = xstrdup(x->mcp ? x->tool : g.tool);
	if (!t->mcp)
		t->mcp = settings_text(p, SETTING_DEFAULT_MCP);
	row_release(&engagement_table, &g);
	return task_begin(tx, t, e);
}

static int fail_task(struct tx *tx, struct task *t, struct err *e)
{
	char key[SHA256_HEX_BYTES];
	int rc = document_key(tx, t->row_id, key, e);

	row_set_text(&t->input_key, key);
	row_set_text(&t->error_message, "the record of this task was lost, and made anew by 0711ctl fsck from what was "
					"left: look whether its input is whole, then retry it");
	return rc < 0 ? rc : task_move(tx, t, TASK_FAILED, MOVER_WORKER, e);
}

static bool task_there(struct tx *tx, int64_t task_row)
{
	struct task t;
	bool there = task_row && row_get(tx, &task_table, task_row, &t, NULL) == 0;

	if (there)
		task_release(&t);
	return there;
}

static int make_task(struct tx *tx, void *arg, struct err *e)
{
	const struct call *c = arg;
	struct task t = { .row_id = c->row };
	struct trace x = { 0 };
	int rc;

	if (task_there(tx, c->row))
		return 0;
	rc = follow(tx, c->row, &x, e);
	if (rc == 0)
		rc = begin_task(tx, c->p, &x, &t, e);
	if (rc == 0)
		rc = fail_task(tx, &t, e);
	trace_release(&x);
	task_release(&t);
	return rc;
}

int recover_task(struct platform *p, int64_t task_row, struct err *e)
{
	return store_write(p->store, make_task, &(struct call){ p, task_row }, e);
}

static int add_entry_document(struct tx *tx, const struct drop *d, int64_t task_row, struct err *e)
{
	return d->is_dir || !d->sha256 ? 0
				       : document_add(tx, task_row, DOCUMENT_INPUT, 0, d->name, d->sha256, d->size,
						      d->modified_at, 0, e);
}

static int make_task_of(struct tx *tx, struct platform *p, struct drop *d, struct trace *x, struct err *e)
{
	struct task t = { .row_id = d->task_row };
	int rc = begin_task(tx, p, x, &t, e);

	if (rc == 0 && !x->any_document)
		rc = add_entry_document(tx, d, t.row_id, e);
	d->task_row = t.row_id;
	row_set_text(&d->task_name, t.name);
	if (rc == 0)
		rc = row_update(tx, &drop_table, d, e);
	if (rc == 0)
		rc = fail_task(tx, &t, e);
	task_release(&t);
	return rc;
}

static int make_entry(struct tx *tx, void *arg, struct err *e)
{
	const struct call *c = arg;
	struct trace x = { 0 };
	struct drop d;
	int rc = row_get(tx, &drop_table, c->row, &d, e);

	if (rc < 0)
		return rc == -ENOENT ? 0 : rc;
	if (d.task_row && !task_there(tx, d.task_row))
		rc = follow(tx, d.task_row, &x, e);
	learn_drop(&x, &d);
	if (rc == 0 && !task_there(tx, d.task_row))
		rc = d.ended_at && !x.any_document ? row_delete(tx, &drop_table, d.row_id, e)
						   : make_task_of(tx, c->p, &d, &x, e);
	trace_release(&x);
	row_release(&drop_table, &d);
	return rc;
}

int recover_entry(struct platform *p, int64_t drop_row, struct err *e)
{
	return store_write(p->store, make_entry, &(struct call){ p, drop_row }, e);
}

static int make_engagement(struct tx *tx, void *arg, struct err *e)
{
	const struct call *c = arg;
	char id[ID_BYTES];
	struct engagement g;
	struct task t;
	int rc = row_get(tx, &task_table, c->row, &t, e);

	if (rc < 0)
		return rc == -ENOENT ? 0 : rc;
	rc = row_get(tx, &engagement_table, t.engagement_row, &g, e);
	if (rc == -ENOENT) {
		g = (struct engagement){ .row_id = t.engagement_row,
					 .id = xstrdup(t.engagement_id ? t.engagement_id : id_new(id)),
					 .name = xasprintf("recovered-%" PRId64, t.engagement_row),
					 .status = ENGAGEMENT_ACTIVE,
					 .expert_id = xstrdup(t.expert_id),
					 .customer_id = xstrdup(t.customer_id),
					 .review_threshold = 80,
					 .created_by = xstrdup(c->p->owner),
					 .created_at = clock_now_ms(),
					 .updated_at = clock_now_ms() };
		rc = row_insert(tx, &engagement_table, &g, e);
	}
	row_release(&engagement_table, &g);
	task_release(&t);
	return rc;
}

int recover_engagement(struct platform *p, int64_t task_row, struct err *e)
{
	return store_write(p->store, make_engagement, &(struct call){ p, task_row }, e);
}
