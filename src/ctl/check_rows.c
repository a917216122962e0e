#include <inttypes.h>
#include <stdlib.h>

#include "ctl/check_parts.h"
#include "platform/endpoint.h"
#include "platform/model.h"
#include "platform/task.h"
#include "platform/tempname.h"

static void add(struct check_job *j, enum fault fault, const struct table *t, int64_t row, char *which,
		const char *text)
{
	struct finding *x = findings_add(&j->out->findings, fault, which, "%s", text);

	x->table = t;
	x->row = row;
}

static void add_task(struct check_job *j, enum fault fault, const struct task *t, const char *text)
{
	add(j, fault, &task_table, t->row_id, census_task_name(&j->census, t->row_id), text);
}

static void check_task(struct check_job *j, const struct task *t)
{
	const struct engagement *g = rowset_find(&j->census.engagement, t->engagement_row);
	auto_free char *text = NULL;

	if (!g) {
		text = xasprintf("it belongs to engagement %" PRId64 ", which is not there", t->engagement_row);
		add_task(j, FAULT_NO_ENGAGEMENT, t, text);
	} else if (t->engagement_id && !streq(t->engagement_id, g->id)) {
		text = xasprintf("its engagement_id is '%s', its engagement's id is '%s'", t->engagement_id, g->id);
		add_task(j, FAULT_OTHER_ENGAGEMENT, t, text);
	}
	if (t->trashed_at && !task_closed(t->state))
		add_task(j, FAULT_TRASH, t, "it is in .trash, but not closed");
	if (t->state == TASK_IN_PROGRESS && !j->out->holder)
		add_task(j, FAULT_LEASE, t, "it is in_progress, but the process that worked on it is gone");
}

static int by_number(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static void check_results(struct check_job *j)
{
	const struct census *c = &j->census;
	auto_free int64_t *with = xcalloc(c->document.n + 1, sizeof(*with));
	size_t n = 0;

	for (size_t i = 0; i < c->document.n; i++) {
		const struct document *d = rowset_get(&c->document, i);

		if (d->role == DOCUMENT_RESULT)
			with[n++] = d->task_row;
	}
	qsort(with, n, sizeof(*with), by_number);
	for (size_t i = 0; i < c->task.n; i++) {
		const struct task *t = rowset_get(&c->task, i);
		bool needs = (t->state == TASK_COMPLETED || t->state == TASK_NEEDS_REVIEW) && !t->trashed_at;

		if (needs && !bsearch(&t->row_id, with, n, sizeof(*with), by_number))
			add_task(j, FAULT_NO_RESULT, t, "its work is done, but it has no result");
	}
}

static void check_document(struct check_job *j, const struct document *d)
{
	const struct document *folder = d->parent_row ? rowset_find(&j->census.document, d->parent_row) : NULL;
	auto_free char *task = census_task_name(&j->census, d->task_row);
	auto_free char *text = NULL;

	if (!rowset_find(&j->census.task, d->task_row)) {
		text = xasprintf("'%s' belongs to task %" PRId64 ", which is not there", d->name, d->task_row);
		add(j, FAULT_NO_TASK, &document_table, d->row_id, xasprintf("document %" PRId64, d->row_id), text);
	}
	if (d->parent_row && (!folder || !folder->is_dir || folder->task_row != d->task_row)) {
		text = xasprintf("it is in folder %" PRId64 ", which is not there", d->parent_row);
		add(j, FAULT_NO_FOLDER, &document_table, d->row_id, xasprintf("'%s' of %s", d->name, task), text);
	}
}

/* Under the names that programs use while they write, an entry is no task. */
static bool may_wait(const char *name)
{
	return tempname_is(name) || tempname_maybe(name);
}

/* What lies in a folder that is dropped has no task of its own. */
static void check_entry(struct check_job *j, const struct drop *d)
{
	const struct task *t = d->task_row ? rowset_find(&j->census.task, d->task_row) : NULL;
	char *which = xasprintf("inbox entry '%s'", d->name);
	auto_free char *text = NULL;

	if (d->parent_row && !rowset_find(&j->census.drop, d->parent_row)) {
		add(j, FAULT_NO_FOLDER_DROP, &drop_table, d->row_id, xstrdup(which),
		    "its folder is not there any more");
	} else if (d->task_row ? !t : !d->parent_row && !d->is_dir && !may_wait(d->name)) {
		text = xasprintf("its task %" PRId64 " is not there", d->task_row);
		add(j, FAULT_NO_TASK_DROP, &drop_table, d->row_id, xstrdup(which),
		    d->task_row ? text : "it never became a task");
	} else if (t && !d->ended_at && task_ended(t->state)) {
		text = xasprintf("it is still shown, although its task is '%s'", task_state_words[t->state]);
		add(j, FAULT_ENTRY, &drop_table, d->row_id, xstrdup(which), text);
	}
	free(which);
}

/* What a mount would trip over: settings that this version cannot read, and a beginning behind the end of the log. */
static void check_endpoint(struct check_job *j, const struct endpoint *x)
{
	struct err e = ERR_INIT;
	auto_free char *text = NULL;

	if (x->state == ENDPOINT_DISABLED)
		return;
	if (endpoint_sound(x, &e) < 0)
		text = xasprintf("what is set of it cannot be used: %s", e.text);
	else if (x->from_row >= j->census.next_row)
		text = xasprintf("it waits for events after %" PRId64 ", which is beyond the log", x->from_row);
	if (text)
		add(j, FAULT_ENDPOINT, &endpoint_table, x->row_id, xasprintf("endpoint '%s'", x->name), text);
}

/* Row ids of events that are gone are behind it by right; one that was never given out is not. */
static void check_bookmark(struct check_job *j, const struct bookmark *m)
{
	auto_free char *text = NULL;

	if (m->value < j->census.next_row)
		return;
	text = xasprintf("it says that the log was read up to %" PRId64 ", where no event ever was", m->value);
	add(j, FAULT_BOOKMARK, &bookmark_table, m->row_id, xasprintf("bookmark '%s'", m->name), text);
}

/* A spec that nobody could have written; one without a runner is never used. */
static void check_model(struct check_job *j, const struct model *m)
{
	struct err e = ERR_INIT;
	auto_free char *text = NULL;

	if (m->runner == RUNNER_NONE || model_sound(m, &e) == 0)
		return;
	text = xasprintf("its spec cannot be used: %s", e.text);
	add(j, FAULT_MODEL, &model_table, m->row_id, xasprintf("model '%s'", m->name), text);
}

void check_rows(struct check_job *j)
{
	const struct census *c = &j->census;

	for (size_t i = 0; i < c->task.n; i++)
		check_task(j, rowset_get(&c->task, i));
	for (size_t i = 0; i < c->document.n; i++)
		check_document(j, rowset_get(&c->document, i));
	for (size_t i = 0; i < c->drop.n; i++)
		check_entry(j, rowset_get(&c->drop, i));
	for (size_t i = 0; i < c->endpoint.n; i++)
		check_endpoint(j, rowset_get(&c->endpoint, i));
	for (size_t i = 0; i < c->bookmark.n; i++)
		check_bookmark(j, rowset_get(&c->bookmark, i));
	for (size_t i = 0; i < c->model.n; i++)
		check_model(j, rowset_get(&c->model, i));
	check_results(j);
}
