#include "platform/trash.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "platform/attr.h"
#include "platform/document.h"
#include "platform/party.h"
#include "platform/settings.h"

#define HOUR_MS       ((int64_t)3600000)
#define SWEEP_AT_ONCE 256

struct hashes {
	char (*hex)[SHA256_HEX_BYTES];
	size_t n;
};

struct removal {
	int64_t task_row, engagement_row;
	const char *name;
	struct hashes gone;
};

static int put(struct tx *tx, void *arg, struct err *e)
{
	struct removal *r = arg;
	struct task t;
	int rc = row_get(tx, &task_table, r->task_row, &t, e);

	if (rc < 0)
		return rc;
	if (t.trashed_at)
		rc = -ENOENT;
	else if (!task_closed(t.state))
		rc = err_set(e, -EBUSY, "task '%s' is '%s': cancel it or decide its review before you remove it",
			     t.name, task_state_words[t.state]);
	t.trashed_at = clock_now_ms();
	if (rc == 0)
		rc = row_update(tx, &task_table, &t, e);
	if (rc == 0)
		rc = task_tell(tx, &t, "task.removed", e);
	if (rc == 0) {
		tx_change(tx, CHANGE_TASK, t.row_id, t.engagement_row, t.state, CHANGE_NONE, t.name);
		tx_change(tx, CHANGE_TRASH, t.row_id, t.engagement_row, CHANGE_NONE, 0, t.name);
	}
	task_release(&t);
	return rc;
}

int trash_put(struct platform *p, int64_t task_row, struct err *e)
{
	return store_write(p->store, put, &(struct removal){ .task_row = task_row }, e);
}

int trash_find(struct platform *p, const char *name, int64_t *task_row, struct err *e)
{
	auto_free char *copy = xstrdup(name);
	char *engagement = strchr(copy, '@'), *number, *end;
	unsigned long n;
	union party g;
	int rc;

	if (!engagement)
		return -ENOENT;
	*engagement++ = '\0';
	rc = party_find(p, PARTY_ENGAGEMENT, engagement, &g, e);
	if (rc < 0)
		return rc;
	rc = task_find_trashed(p, g.engagement.row_id, copy, 1, task_row, e);
	number = rc == -ENOENT ? strrchr(copy, '~') : NULL;
	n = number ? strtoul(number + 1, &end, 10) : 0;
	if (n > 1 && !*end && number[1] >= '1' && number[1] <= '9') {
		*number = '\0';
		rc = task_find_trashed(p, g.engagement.row_id, copy, n, task_row, e);
	}
	party_release(PARTY_ENGAGEMENT, &g);
	return rc;
}

static int check_name(const char *name, struct err *e)
{
	if (name[0] == '.' || strchr(name, '@') || streq(name, "inbox"))
		return err_set(e, -EINVAL, "a task cannot be called '%s': no '@', no '.' at the beginning, not 'inbox'",
			       name);
	return 0;
}

static int restore(struct tx *tx, void *arg, struct err *e)
{
	struct removal *r = arg;
	struct task t;
	int rc = row_get(tx, &task_table, r->task_row, &t, e);

	if (rc < 0)
		return rc;
	if (t.engagement_row != r->engagement_row)
		rc = err_set(e, -EPERM, "task '%s' belongs to another engagement and goes back only there", t.name);
	tx_change(tx, CHANGE_TRASH, t.row_id, t.engagement_row, 0, CHANGE_NONE, t.name);
	t.trashed_at = 0;
	t.updated_at = clock_now_ms();
	row_set_text(&t.name, r->name);
	if (rc == 0)
		rc = row_update(tx, &task_table, &t, e);
	if (rc == -EEXIST)
		err_set(e, rc, "there is already a task '%s'", r->name);
	if (rc == 0)
		rc = task_tell(tx, &t, "task.restored", e);
	if (rc == 0)
		tx_change(tx, CHANGE_TASK, t.row_id, t.engagement_row, CHANGE_NONE, t.state, t.name);
	task_release(&t);
	return rc;
}

int trash_restore(struct platform *p, int64_t task_row, int64_t engagement_row, const char *name, struct err *e)
{
	struct removal r = { .task_row = task_row, .engagement_row = engagement_row, .name = name };
	int rc = check_name(name, e);

	return rc < 0 ? rc : store_write(p->store, restore, &r, e);
}

static int rename_task(struct tx *tx, void *arg, struct err *e)
{
	struct removal *r = arg;
	struct task t;
	int rc = row_get(tx, &task_table, r->task_row, &t, e);

	if (rc < 0)
		return rc;
	tx_change(tx, CHANGE_TASK, t.row_id, t.engagement_row, t.state, CHANGE_NONE, t.name);
	row_set_text(&t.name, r->name);
	t.updated_at = clock_now_ms();
	rc = row_update(tx, &task_table, &t, e);
	if (rc == -EEXIST)
		err_set(e, rc, "there is already a task '%s'", r->name);
	if (rc == 0)
		tx_change(tx, CHANGE_TASK, t.row_id, t.engagement_row, CHANGE_NONE, t.state, t.name);
	if (rc == 0)
		rc = task_tell(tx, &t, "task.updated", e);
	task_release(&t);
	return rc;
}

int trash_rename(struct platform *p, int64_t task_row, const char *name, struct err *e)
{
	int rc = check_name(name, e);

	return rc < 0 ? rc
		      : store_write(p->store, rename_task, &(struct removal){ .task_row = task_row, .name = name }, e);
}

static int note_gone(struct hashes *h, const char *sha256)
{
	if (!sha256 || !*sha256)
		return 0;
	h->hex = xrealloc(h->hex, (h->n + 1) * sizeof(*h->hex));
	snprintf(h->hex[h->n++], SHA256_HEX_BYTES, "%s", sha256);
	return 0;
}

static int note_document(void *row, void *ud)
{
	return note_gone(ud, ((const struct document *)row)->sha256);
}

static int is_folder(void *row, void *ud UNUSED)
{
	return ((const struct drop *)row)->is_dir;
}

/* The entries of the task; with a dropped folder goes what lies in it. */
static int delete_entries(struct tx *tx, struct val task, struct err *e)
{
	int folder = row_each(tx, Q_DROPS_OF_TASK, ARGS(task), is_folder, NULL, e), rc = folder;

	if (rc >= 0)
		rc = row_exec(tx, Q_DROPS_DELETE_OF_TASK, ARGS(task), e);
	if (rc >= 0 && folder)
		rc = row_exec(tx, Q_DROPS_DELETE_ORPHANS, NULL, e);
	return rc;
}

/* Everything of the task but its events, which are the log of what happened. */
static int purge(struct tx *tx, void *arg, struct err *e)
{
	struct removal *r = arg;
	struct val task = V_INT(r->task_row);
	struct task t;
	int rc = row_get(tx, &task_table, r->task_row, &t, e);

	r->gone.n = 0;
	if (rc < 0)
		return rc;
	if (!t.trashed_at)
		rc = err_set(e, -EPERM, "task '%s' is not in .trash: remove it first", t.name);
	if (rc == 0)
		rc = row_each(tx, Q_DOCUMENTS_ALL, ARGS(task), note_document, &r->gone, e);
	if (rc == 0)
		rc = attr_forget_task(tx, r->task_row, e);
	if (rc == 0)
		rc = row_exec(tx, Q_DOCUMENTS_DELETE_ALL, ARGS(task), e);
	if (rc >= 0)
		rc = row_exec(tx, Q_LOG_DELETE, ARGS(task), e);
	if (rc >= 0)
		rc = delete_entries(tx, task, e);
	if (rc >= 0)
		rc = row_delete(tx, &task_table, r->task_row, e);
	if (rc == 0)
		tx_change(tx, CHANGE_TRASH, t.row_id, t.engagement_row, 0, CHANGE_NONE, t.name);
	task_release(&t);
	return rc;
}

static void forget_all(struct platform *p, struct hashes *h, bool done)
{
	for (size_t i = 0; done && i < h->n; i++)
		document_forget(p, h->hex[i]);
	free(h->hex);
}

int trash_purge(struct platform *p, int64_t task_row, struct err *e)
{
	struct removal r = { .task_row = task_row };
	int rc = store_write(p->store, purge, &r, e);

	forget_all(p, &r.gone, rc == 0);
	return rc;
}

struct sweep {
	int64_t trash_before, receipts_before;
	int64_t row[SWEEP_AT_ONCE];
	size_t n;
	struct hashes gone;
	int n_receipts;
};

static int add_row(void *row, void *ud)
{
	struct sweep *s = ud;

	s->row[s->n++] = ((const struct task_listing *)row)->row_id;
	return 0;
}

static int find_old(struct tx *tx, void *arg, struct err *e)
{
	struct sweep *s = arg;

	s->n = 0;
	return row_each(tx, Q_TASKS_TRASHED_BEFORE, ARGS(V_INT(s->trash_before), V_INT(SWEEP_AT_ONCE)), add_row, s, e);
}

struct old_receipts {
	struct tx *tx;
	struct sweep *s;
	int64_t row[SWEEP_AT_ONCE];
	size_t n;
};

static int add_receipt(void *row, void *ud)
{
	const struct drop *d = row;
	struct old_receipts *o = ud;

	o->row[o->n++] = d->row_id;
	tx_change(o->tx, CHANGE_DROP, d->row_id, d->inbox, 0, CHANGE_NONE, d->name);
	return d->is_dir ? 0 : note_gone(&o->s->gone, d->sha256);
}

static int sweep_receipts(struct tx *tx, void *arg, struct err *e)
{
	struct sweep *s = arg;
	struct old_receipts o = { .tx = tx, .s = s };
	int rc;

	s->gone.n = 0;
	rc = row_each(tx, Q_DROPS_OLD, ARGS(V_INT(s->receipts_before), V_INT(SWEEP_AT_ONCE)), add_receipt, &o, e);
	for (size_t i = 0; rc == 0 && i < o.n; i++)
		rc = row_delete(tx, &drop_table, o.row[i], e);
	for (size_t i = 0; rc == 0 && i < o.n; i++)
		rc = attr_forget(tx, o.row[i], e);
	if (rc == 0)
		rc = row_exec(tx, Q_DROPS_DELETE_ORPHANS, NULL, e);
	s->n_receipts = (int)o.n;
	return rc < 0 ? rc : 0;
}

int trash_sweep(struct platform *p, struct err *e)
{
	int64_t now = clock_now_ms();
	struct sweep s = { .trash_before = now - settings_int(p, SETTING_TRASH_DAYS) * CLOCK_DAY_MS,
			   .receipts_before = now - settings_int(p, SETTING_RECEIPT_HOURS) * HOUR_MS };
	int rc = store_read(p->store, find_old, &s, e);

	for (size_t i = 0; rc == 0 && i < s.n; i++)
		rc = trash_purge(p, s.row[i], e);
	if (rc == 0)
		rc = store_write(p->store, sweep_receipts, &s, e);
	forget_all(p, &s.gone, rc == 0);
	return rc < 0 ? rc : (int)s.n + s.n_receipts;
}
