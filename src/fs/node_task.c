/* engagements/E/tasks/NAME/: one task */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "fs/handlers.h"
#include "fs/tree.h"
#include "platform/document.h"
#include "platform/event.h"
#include "platform/record.h"
#include "platform/refusal.h"
#include "platform/review.h"
#include "platform/trash.h"
#include "platform/work.h"

static int get(const struct ask *a, struct task *t)
{
	return task_get(a->fs->p, a->row, t, a->e);
}

int task_node_stat(const struct ask *a, struct attr *out)
{
	struct task_listing t;
	int rc = task_glance(a->fs->p, a->row, &t, a->e);

	if (rc < 0)
		return rc;
	out->modified_at = t.updated_at;
	row_release(&task_listing_table, &t);
	return 0;
}

int tasks_node_find(const struct ask *a, const char *name, struct found *out)
{
	struct task_listing t;
	int rc = task_glance_find(a->fs->p, a->row, name, &t, a->e);

	if (rc < 0)
		return rc;
	*out = (struct found){ NODE_TASK, t.row_id, true, 0, t.updated_at };
	row_release(&task_listing_table, &t);
	return 0;
}

static int add_task(void *row, void *ud)
{
	const struct task_listing *t = row;

	listing_add(ud, t->name, NODE_TASK, t->row_id);
	listing_know(ud, 0, t->updated_at);
	return 0;
}

int tasks_node_list(const struct ask *a, struct listing *out)
{
	return task_each(a->fs->p, a->row, 0, add_task, out, a->e);
}

int tasks_node_remove(const struct ask *a, const char *name UNUSED, struct found at)
{
	return trash_put(a->fs->p, at.row, a->e);
}

int tasks_node_move(const struct ask *a, const char *name UNUSED, struct found at, struct found to, const char *to_name,
		    bool replace UNUSED)
{
	if (to.kind == NODE_TRASH)
		return trash_put(a->fs->p, at.row, a->e);
	if (to.kind != NODE_ENGAGEMENT_TASKS || to.row != a->row)
		return err_set(a->e, -EPERM, "a task stays in its engagement: it can only be renamed there");
	return trash_rename(a->fs->p, at.row, to_name, a->e);
}

/* What is in a closed task may be removed on the way to removing the task; by itself it stays. */
int task_node_removable(const struct ask *a)
{
	struct task_listing t;
	int rc = task_glance(a->fs->p, a->row, &t, a->e);

	if (rc < 0)
		return rc;
	if (!task_closed((enum task_state)t.state))
		rc = err_set(a->e, -EBUSY, "task '%s' is '%s': cancel it or decide its review before you remove it",
			     t.name, task_state_words[t.state]);
	row_release(&task_listing_table, &t);
	return rc;
}

int task_node_refusals(const struct ask *a, int64_t *row)
{
	*row = a->row;
	return REFUSAL_TASK;
}

/* result.json is the newest result; "result.1.json" and so on are the ones before it. */
static const char *result_name(const struct document *d, int64_t newest, char *out)
{
	if (d->version == newest)
		snprintf(out, NAME_BYTES, "result.json");
	else
		snprintf(out, NAME_BYTES, "result.%jd.json", (intmax_t)d->version);
	return out;
}

struct results {
	int64_t newest;
	const char *wanted; /* find */
	struct found *out;
	struct listing *list; /* list */
};

static int newest_result(void *row, void *ud)
{
	const struct document *d = row;
	int64_t *newest = ud;

	if (d->version > *newest)
		*newest = d->version;
	return 0;
}

static int visit_result(void *row, void *ud)
{
	const struct document *d = row;
	struct results *r = ud;
	char name[NAME_BYTES];
	unsigned kind = d->version == r->newest ? NODE_RESULT : NODE_DOCUMENT;

	result_name(d, r->newest, name);
	if (r->list) {
		listing_add(r->list, name, kind, d->row_id);
		listing_know(r->list, d->size, d->modified_at);
	} else if (streq(name, r->wanted)) {
		*r->out = (struct found){ kind, d->row_id, true, d->size, d->modified_at };
	}
	return 0;
}

static int each_result(const struct ask *a, struct results *r)
{
	int rc = document_each(a->fs->p, a->row, DOCUMENT_RESULT, 0, newest_result, &r->newest, a->e);

	return rc < 0 ? rc : document_each(a->fs->p, a->row, DOCUMENT_RESULT, 0, visit_result, r, a->e);
}

/* The newest result is what people read: it takes one question. */
static int find_newest(const struct ask *a, struct found *out)
{
	struct document d;
	int rc = document_latest(a->fs->p, a->row, DOCUMENT_RESULT, &d, a->e);

	if (rc < 0)
		return rc;
	*out = (struct found){ NODE_RESULT, d.row_id, true, d.size, d.modified_at };
	row_release(&document_table, &d);
	return 0;
}

int task_node_find(const struct ask *a, const char *name, struct found *out)
{
	struct results r = { .wanted = name, .out = out };
	int rc;

	if (!util_starts(name, "result."))
		return -ENOENT;
	if (streq(name, "result.json"))
		return find_newest(a, out);
	*out = (struct found){ NODE_NONE, 0 };
	rc = each_result(a, &r);
	return rc < 0 ? rc : out->kind == NODE_NONE ? -ENOENT : 0;
}

int task_node_list(const struct ask *a, struct listing *out)
{
	return each_result(a, &(struct results){ .list = out });
}

int task_json_show(const struct ask *a, struct buf *out)
{
	return task_document(a->fs->p, a->row, out, a->e);
}

int task_json_put(const struct ask *a, const char *text, size_t len)
{
	return task_put(a->fs->p, a->row, text, len, a->e);
}

int task_field_show(const struct ask *a, struct buf *out)
{
	struct task t;
	int rc = get(a, &t);

	if (rc < 0)
		return rc;
	record_value(field_find(&task_table, a->node->field), &t, out);
	task_release(&t);
	return 0;
}

int task_field_put(const struct ask *a, const char *text, size_t len UNUSED)
{
	return task_set(a->fs->p, a->row, a->node->field, text, a->e);
}

int task_progress_show(const struct ask *a, struct buf *out)
{
	struct task t;
	int rc = get(a, &t);

	if (rc == 0)
		rc = work_show_progress(a->fs->p, &t, out);
	task_release(&t);
	return rc;
}

int task_log_show(const struct ask *a, struct buf *out)
{
	struct task t;
	int rc = get(a, &t);

	if (rc == 0)
		rc = work_show_log(a->fs->p, &t, out, a->e);
	task_release(&t);
	return rc;
}

int task_error_show(const struct ask *a, struct buf *out)
{
	struct task t;
	int rc = get(a, &t);

	if (rc < 0)
		return rc;
	if (t.error_message)
		buf_printf(out, "%s\n", t.error_message);
	refusal_get(a->fs->p, REFUSAL_TASK, a->row, out);
	task_release(&t);
	return 0;
}

int task_review_show(const struct ask *a, struct buf *out)
{
	struct task t;
	int rc = get(a, &t);

	if (rc == 0)
		review_show(&t, out);
	task_release(&t);
	return rc;
}

int task_review_put(const struct ask *a, const char *text, size_t len UNUSED)
{
	return review_line(a->fs->p, a->row, text, a->who, a->e);
}

int task_ctl_show(const struct ask *a UNUSED, struct buf *out UNUSED)
{
	return 0;
}

int task_ctl_put(const struct ask *a, const char *text, size_t len UNUSED)
{
	return review_command(a->fs->p, a->row, text, a->who, a->e);
}

int task_events_show(const struct ask *a, struct buf *out)
{
	int64_t after = 0;
	int n = event_lines(a->fs->p, &(struct event_span){ .task_row = a->row }, &after, out, a->e);

	return n < 0 ? n : 0;
}
