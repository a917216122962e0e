/* The entries of an inbox after they arrived: found, listed, renamed, removed, and their receipts. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "platform/attr.h"
#include "platform/document.h"
#include "platform/inbox.h"
#include "platform/record.h"
#include "platform/task.h"
#include "platform/tempname.h"

struct fetch {
	enum query q;
	int64_t box, parent_row;
	const char *name;
	struct drop *out;
};

static int fetch(struct tx *tx, void *arg, struct err *e)
{
	struct fetch *f = arg;

	if (!f->name)
		return row_get(tx, &drop_table, f->box, f->out, e);
	if (f->q == Q_DROP_RECEIPT)
		return row_find(tx, f->q, ARGS(V_INT(f->box), V_TEXT(f->name)), f->out, e);
	return row_find(tx, f->q, ARGS(V_INT(f->box), V_INT(f->parent_row), V_TEXT(f->name)), f->out, e);
}

int inbox_get(struct platform *p, int64_t drop_row, struct drop *out, struct err *e)
{
	return store_read(p->store, fetch, &(struct fetch){ .box = drop_row, .out = out }, e);
}

int inbox_find(struct platform *p, int64_t box, int64_t parent_row, const char *name, struct drop *out, struct err *e)
{
	return store_read(p->store, fetch, &(struct fetch){ Q_DROP_BY_NAME, box, parent_row, name, out }, e);
}

int inbox_find_receipt(struct platform *p, int64_t box, const char *name, struct drop *out, struct err *e)
{
	return store_read(p->store, fetch, &(struct fetch){ Q_DROP_RECEIPT, box, 0, name, out }, e);
}

struct each {
	enum query q;
	int64_t box, parent_row, after;
	int (*fn)(void *drop, void *ud);
	void *ud;
};

static int each(struct tx *tx, void *arg, struct err *e)
{
	struct each *x = arg;
	struct val after = V_INT(x->after), all = V_INT(INT64_MAX);

	if (x->q == Q_DROPS_OF)
		return row_each(tx, x->q, ARGS(V_INT(x->box), V_INT(x->parent_row), after, all), x->fn, x->ud, e);
	if (x->q == Q_DROPS_RECEIPTS)
		return row_each(tx, x->q, ARGS(V_INT(x->box), after, all), x->fn, x->ud, e);
	return row_each(tx, x->q, NULL, x->fn, x->ud, e);
}

int inbox_each(struct platform *p, int64_t box, int64_t parent_row, int64_t after, int (*fn)(void *drop, void *ud),
	       void *ud, struct err *e)
{
	return store_read(p->store, each, &(struct each){ Q_DROPS_OF, box, parent_row, after, fn, ud }, e);
}

int inbox_each_receipt(struct platform *p, int64_t box, int64_t after, int (*fn)(void *drop, void *ud), void *ud,
		       struct err *e)
{
	return store_read(p->store, each, &(struct each){ Q_DROPS_RECEIPTS, box, 0, after, fn, ud }, e);
}

int inbox_each_open(struct platform *p, int (*fn)(void *drop, void *ud), void *ud, struct err *e)
{
	return store_read(p->store, each, &(struct each){ Q_DROPS_UNSUBMITTED, 0, 0, 0, fn, ud }, e);
}

struct edit {
	int64_t row_id;
	const char *name;
	bool replace;
	int64_t modified_at;
	char sha256[SHA256_HEX_BYTES]; /* out: bytes that an entry had which is gone */
};

static void tell(struct tx *tx, const struct drop *d, int now)
{
	tx_change(tx, CHANGE_DROP, d->row_id, d->parent_row ? d->parent_row : d->inbox, d->parent_row != 0, now,
		  d->name);
}

static int count_one(void *row UNUSED, void *ud)
{
	++*(int *)ud;
	return 1;
}

static int check_empty(struct tx *tx, const struct drop *d, struct err *e)
{
	int n = 0, rc;

	if (!d->is_dir)
		return 0;
	rc = row_each(tx, Q_DROPS_OF, ARGS(V_INT(d->inbox), V_INT(d->row_id), V_INT(0), V_INT(1)), count_one, &n, e);
	return rc < 0 ? rc : n ? err_set(e, -ENOTEMPTY, "folder '%s' is not empty", d->name) : 0;
}

/* Removing the entry says: I do not want this done. What is done already stays as it is. */
static int cancel_task(struct tx *tx, int64_t task_row, struct err *e)
{
	struct task t;
	int rc = row_get(tx, &task_table, task_row, &t, e);

	if (rc < 0)
		return rc == -ENOENT ? 0 : rc;
	if (!task_ended(t.state))
		rc = task_move(tx, &t, TASK_CANCELLED, MOVER_PERSON, e);
	task_release(&t);
	return rc;
}

static int drop_entry(struct tx *tx, struct edit *x, const struct drop *d, struct err *e)
{
	int rc = check_empty(tx, d, e);

	snprintf(x->sha256, sizeof(x->sha256), "%s", d->sha256 && !d->is_dir ? d->sha256 : "");
	if (rc == 0 && d->task_row)
		rc = cancel_task(tx, d->task_row, e);
	if (rc == 0)
		rc = row_delete(tx, &drop_table, d->row_id, e);
	if (rc == 0)
		rc = attr_forget(tx, d->row_id, e);
	if (rc == 0)
		tell(tx, d, CHANGE_NONE);
	return rc;
}

static int remove_entry(struct tx *tx, void *arg, struct err *e)
{
	struct edit *x = arg;
	struct drop d;
	int rc = row_get(tx, &drop_table, x->row_id, &d, e);

	if (rc < 0)
		return rc;
	rc = drop_entry(tx, x, &d, e);
	row_release(&drop_table, &d);
	return rc;
}

static int forget_bytes(struct platform *p, const struct edit *x, int rc)
{
	if (rc == 0 && *x->sha256)
		document_forget(p, x->sha256);
	return rc;
}

int inbox_remove(struct platform *p, int64_t drop_row, const struct actor *who UNUSED, struct err *e)
{
	struct edit x = { .row_id = drop_row };

	return forget_bytes(p, &x, store_write(p->store, remove_entry, &x, e));
}

static int remove_receipt(struct tx *tx, void *arg, struct err *e)
{
	struct edit *x = arg;
	struct drop d;
	int rc = row_get(tx, &drop_table, x->row_id, &d, e);

	if (rc < 0)
		return rc;
	if (!d.ended_at)
		rc = err_set(e, -EPERM, "the receipt of '%s' goes with its entry: remove that", d.name);
	if (rc == 0)
		rc = row_delete(tx, &drop_table, d.row_id, e);
	if (rc == 0)
		rc = attr_forget(tx, d.row_id, e);
	if (rc == 0)
		tell(tx, &d, CHANGE_NONE);
	row_release(&drop_table, &d);
	return rc;
}

int inbox_remove_receipt(struct platform *p, int64_t drop_row, struct err *e)
{
	return store_write(p->store, remove_receipt, &(struct edit){ .row_id = drop_row }, e);
}

/* What has the new name goes, when it may. */
static int replace_other(struct tx *tx, struct edit *x, const struct drop *d, struct err *e)
{
	struct drop other;
	int rc = row_find(tx, Q_DROP_BY_NAME, ARGS(V_INT(d->inbox), V_INT(d->parent_row), V_TEXT(x->name)), &other, e);

	x->sha256[0] = '\0';
	if (rc < 0)
		return rc == -ENOENT ? 0 : rc;
	if (other.row_id == d->row_id)
		rc = 0;
	else if (!x->replace)
		rc = err_set(e, -EEXIST, "there is already an entry '%s'", x->name);
	else if (other.is_dir != d->is_dir)
		rc = err_set(e, other.is_dir ? -EISDIR : -ENOTDIR, "'%s' is %s folder", x->name,
			     other.is_dir ? "a" : "no");
	else
		rc = drop_entry(tx, x, &other, e);
	row_release(&drop_table, &other);
	return rc;
}

/*
 * Programs move a file to a temporary name to keep it, or until its successor is there. The task stays with the former
 * name: with an entry that nobody sees, which goes on when a file comes under it.
 */
static int set_aside(struct tx *tx, struct drop *d, const char *name, struct err *e)
{
	struct drop left;
	int rc;

	if (!d->task_row || d->parent_row || d->is_dir || !tempname_is(name))
		return 0;
	row_copy(&drop_table, &left, d);
	left.row_id = 0;
	left.ended_at = clock_now_ms();
	rc = row_insert(tx, &drop_table, &left, e);
	row_release(&drop_table, &left);
	d->task_row = 0;
	row_set_text(&d->task_name, NULL);
	return rc;
}

static int rename_entry(struct tx *tx, void *arg, struct err *e)
{
	struct edit *x = arg;
	struct drop d;
	int rc = row_get(tx, &drop_table, x->row_id, &d, e);

	if (rc < 0)
		return rc;
	rc = replace_other(tx, x, &d, e);
	tell(tx, &d, CHANGE_NONE);
	if (rc == 0)
		rc = set_aside(tx, &d, x->name, e);
	row_set_text(&d.name, x->name);
	if (rc == 0)
		rc = row_update(tx, &drop_table, &d, e);
	if (rc == 0)
		tell(tx, &d, 0);
	row_release(&drop_table, &d);
	return rc;
}

int inbox_rename(struct platform *p, int64_t drop_row, const char *name, bool replace, struct err *e)
{
	struct edit x = { .row_id = drop_row, .name = name, .replace = replace };

	return forget_bytes(p, &x, store_write(p->store, rename_entry, &x, e));
}

/* The document that an entry became; -ENOENT while it is in no task. */
static int find_document(struct tx *tx, const struct drop *d, struct document *out, struct err *e)
{
	bool request = !d->parent_row && util_ends(d->name, ".json");
	struct document above = { .task_row = d->task_row };
	struct drop folder = { 0 };
	int rc = 0;

	if (d->parent_row)
		rc = row_get(tx, &drop_table, d->parent_row, &folder, e);
	if (rc == 0 && folder.parent_row)
		rc = find_document(tx, &folder, &above, e);
	else if (rc == 0 && d->parent_row)
		above.task_row = folder.task_row;
	if (rc == 0)
		rc = row_find(tx, Q_DOCUMENT_BY_NAME,
			      ARGS(V_INT(above.task_row),
				   V_TEXT(document_role_words[request ? DOCUMENT_REQUEST : DOCUMENT_INPUT]),
				   V_INT(above.row_id), V_TEXT(d->name)),
			      out, e);
	row_release(&document_table, &above);
	row_release(&drop_table, &folder);
	return rc;
}

/* Programs set the time last, when the file is taken in already; the document keeps it also after the entry is gone. */
static int touch_both(struct tx *tx, struct drop *d, int64_t modified_at, struct err *e)
{
	struct document doc = { 0 };
	int rc = find_document(tx, d, &doc, e);

	d->modified_at = modified_at;
	if (rc == 0)
		rc = document_touch(tx, &doc, modified_at, e);
	row_release(&document_table, &doc);
	return rc == -ENOENT ? 0 : rc;
}

static int touch_entry(struct tx *tx, void *arg, struct err *e)
{
	struct edit *x = arg;
	struct drop d;
	int rc = row_get(tx, &drop_table, x->row_id, &d, e);

	if (rc < 0)
		return rc;
	rc = touch_both(tx, &d, x->modified_at, e);
	if (rc == 0)
		rc = row_update(tx, &drop_table, &d, e);
	if (rc == 0)
		tell(tx, &d, 1);
	row_release(&drop_table, &d);
	return rc;
}

int inbox_touch(struct platform *p, int64_t drop_row, int64_t modified_at, struct err *e)
{
	return store_write(p->store, touch_entry, &(struct edit){ .row_id = drop_row, .modified_at = modified_at }, e);
}

struct place {
	int64_t task_row;
	struct task *task;
	struct engagement *engagement;
};

static int find_place(struct tx *tx, void *arg, struct err *e)
{
	struct place *x = arg;
	int rc;

	row_release(&task_table, x->task);
	rc = row_get(tx, &task_table, x->task_row, x->task, e);
	return rc < 0 ? rc : row_get(tx, &engagement_table, x->task->engagement_row, x->engagement, e);
}

int inbox_receipt(struct platform *p, const struct drop *d, struct buf *out, struct err *e)
{
	struct engagement g = { 0 };
	struct task t = { 0 };
	auto_free char *path = NULL;
	char time[CLOCK_TEXT_BYTES];
	json_t *doc;
	int rc = store_read(p->store, find_place, &(struct place){ d->task_row, &t, &g }, e);

	if (rc == 0) {
		path = xasprintf("engagements/%s/tasks/%s", g.name, t.name);
		doc = json_pack("{s:s, s:s, s:s, s:s, s:s?, s:I, s:s}", "task", t.id, "name", t.name, "path", path,
				"file", d->name, "sha256", d->sha256, "size", (json_int_t)d->size, "time",
				clock_format(d->created_at, time));
		record_dump(doc, out);
		json_decref(doc);
	}
	task_release(&t);
	row_release(&engagement_table, &g);
	return rc;
}
