/* The table of faults, and how each is repaired. The source is ours alone, and nothing works in it. */
#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/id.h"
#include "blob/scan.h"
#include "ctl/finding.h"
#include "ctl/recover.h"
#include "platform/document.h"
#include "platform/endpoint.h"
#include "platform/model.h"
#include "platform/task.h"
#include "platform/trash.h"

/* A repair within a transaction: what runs there, and for which finding. */
struct repair {
	struct platform *p;
	const struct finding *f;
	int64_t size;
};

static int in_tx(struct platform *p, const struct finding *f, store_fn *fn, struct err *e)
{
	int rc = store_write(p->store, fn, &(struct repair){ .p = p, .f = f }, e);

	return rc == -ENOENT ? 0 : rc; /* the row is gone: nothing to repair */
}

static int reindex(struct platform *p, const struct finding *f UNUSED, struct err *e)
{
	return store_reindex(p->store, e);
}

static int give_new_id(struct tx *tx, void *arg, struct err *e)
{
	const struct finding *f = ((struct repair *)arg)->f;
	const struct field *id = field_find(f->table, "id");
	auto_free char *row = xcalloc(1, f->table->size);
	char text[ID_BYTES];
	int rc = row_get(tx, f->table, f->row, row, e);

	if (rc < 0)
		return rc;
	row_set_text((char **)(row + id->offset), id_new(text));
	rc = row_update(tx, f->table, row, e);
	row_release(f->table, row);
	return rc;
}

static int repair_id(struct platform *p, const struct finding *f, struct err *e)
{
	return in_tx(p, f, give_new_id, e);
}

static int repair_no_engagement(struct platform *p, const struct finding *f, struct err *e)
{
	return recover_engagement(p, f->row, e);
}

static int take_engagement_id(struct tx *tx, void *arg, struct err *e)
{
	const struct finding *f = ((struct repair *)arg)->f;
	struct engagement g = { 0 };
	struct task t;
	int rc = row_get(tx, &task_table, f->row, &t, e);

	if (rc == 0)
		rc = row_get(tx, &engagement_table, t.engagement_row, &g, e);
	row_set_text(&t.engagement_id, g.id);
	if (rc == 0)
		rc = task_save(tx, &t, e);
	row_release(&engagement_table, &g);
	task_release(&t);
	return rc;
}

static int repair_engagement_id(struct platform *p, const struct finding *f, struct err *e)
{
	return in_tx(p, f, take_engagement_id, e);
}

static int repair_no_task(struct platform *p, const struct finding *f, struct err *e)
{
	struct document d;
	int rc = document_get(p, f->row, &d, e);

	if (rc == 0)
		rc = recover_task(p, d.task_row, e);
	row_release(&document_table, &d);
	return rc == -ENOENT ? 0 : rc;
}

static int repair_no_task_drop(struct platform *p, const struct finding *f, struct err *e)
{
	return recover_entry(p, f->row, e);
}

static int leave_folder(struct tx *tx, void *arg, struct err *e)
{
	const struct finding *f = ((struct repair *)arg)->f;
	struct document d;
	int rc = row_get(tx, &document_table, f->row, &d, e);

	d.parent_row = 0;
	if (rc == 0)
		rc = row_update(tx, &document_table, &d, e);
	row_release(&document_table, &d);
	return rc;
}

static int repair_no_folder(struct platform *p, const struct finding *f, struct err *e)
{
	return in_tx(p, f, leave_folder, e);
}

static int count_one(void *row UNUSED, void *ud)
{
	++*(int *)ud;
	return 1;
}

/* A file whose bytes no task has comes to the top of its inbox, and there gets a task; folders and copies go. */
static int leave_dropped_folder(struct tx *tx, void *arg, struct err *e)
{
	const struct finding *f = ((struct repair *)arg)->f;
	struct drop d;
	int n = 0, rc = row_get(tx, &drop_table, f->row, &d, e);

	if (rc < 0)
		return rc;
	if (d.sha256 && !d.is_dir)
		rc = row_each(tx, Q_DOCUMENTS_OF_BYTES, ARGS(V_TEXT(d.sha256)), count_one, &n, e);
	d.parent_row = 0;
	if (rc >= 0 && (d.is_dir || n > 0))
		rc = row_delete(tx, &drop_table, d.row_id, e);
	else if (rc >= 0)
		rc = row_update(tx, &drop_table, &d, e);
	row_release(&drop_table, &d);
	return rc;
}

static int repair_no_folder_drop(struct platform *p, const struct finding *f, struct err *e)
{
	return in_tx(p, f, leave_dropped_folder, e);
}

/* What an engine made it can make again, unless a person has judged it since. */
static bool may_work_anew(const struct task *t)
{
	return !t->trashed_at && !t->reviewed_by && (t->state == TASK_NEEDS_REVIEW || t->state == TASK_COMPLETED);
}

static int work_anew(struct tx *tx, struct task *t, struct err *e)
{
	t->fresh = true;
	t->attempts = 0;
	return task_move(tx, t, TASK_TODO, MOVER_PERSON, e);
}

struct redo {
	struct tx *tx;
	struct err *e;
};

static int redo_document(void *row, void *ud)
{
	const struct document *d = row;
	struct redo *r = ud;
	struct task t;
	bool made = (d->role == DOCUMENT_RESULT || d->role == DOCUMENT_OUTPUT) && !d->author;
	int rc = made ? row_get(r->tx, &task_table, d->task_row, &t, r->e) : -ENOENT;

	if (rc < 0)
		return rc == -ENOENT ? 0 : rc;
	if (may_work_anew(&t) || t.state == TASK_TODO)
		rc = row_delete(r->tx, &document_table, d->row_id, r->e);
	if (rc == 0 && may_work_anew(&t))
		rc = work_anew(r->tx, &t, r->e);
	task_release(&t);
	return rc;
}

static int redo_documents(struct tx *tx, void *arg, struct err *e)
{
	const struct finding *f = ((struct repair *)arg)->f;

	return row_each(tx, Q_DOCUMENTS_OF_BYTES, ARGS(V_TEXT(f->sha)), redo_document, &(struct redo){ tx, e }, e);
}

static int repair_lost(struct platform *p, const struct finding *f, struct err *e)
{
	return in_tx(p, f, redo_documents, e);
}

/* Out of the way, so that nobody reads wrong bytes, and who drops the right ones again brings them back. */
static int repair_corrupt(struct platform *p, const struct finding *f, struct err *e)
{
	struct scan *s;
	int rc = scan_open(store_dir(p->store), &s, e);

	if (rc < 0)
		return rc;
	rc = scan_set_aside(s, f->sha, e);
	scan_close(s);
	return rc < 0 ? rc : repair_lost(p, f, e);
}

static int set_document_size(struct tx *tx, void *arg, struct err *e)
{
	const struct repair *r = arg;
	struct document d;
	int rc = row_get(tx, &document_table, r->f->row, &d, e);

	d.size = r->size;
	if (rc == 0)
		rc = row_update(tx, &document_table, &d, e);
	row_release(&document_table, &d);
	return rc;
}

static int set_entry_size(struct tx *tx, void *arg, struct err *e)
{
	const struct repair *r = arg;
	struct drop d;
	int rc = row_get(tx, &drop_table, r->f->row, &d, e);

	d.size = r->size;
	if (rc == 0)
		rc = row_update(tx, &drop_table, &d, e);
	row_release(&drop_table, &d);
	return rc;
}

static int repair_size(struct platform *p, const struct finding *f, struct err *e)
{
	struct repair r = { .p = p, .f = f };
	struct scan *s;
	int fd, rc = scan_open(store_dir(p->store), &s, e);

	if (rc < 0)
		return rc;
	fd = scan_fd(s, f->sha, &r.size, e);
	scan_close(s);
	if (fd < 0)
		return fd;
	util_close(&fd);
	return store_write(p->store, f->table == &drop_table ? set_entry_size : set_document_size, &r, e);
}

static int redo_task(struct tx *tx, void *arg, struct err *e)
{
	const struct finding *f = ((struct repair *)arg)->f;
	struct task t;
	int rc = row_get(tx, &task_table, f->row, &t, e);

	if (rc == 0 && may_work_anew(&t))
		rc = work_anew(tx, &t, e);
	task_release(&t);
	return rc;
}

static int repair_no_result(struct platform *p, const struct finding *f, struct err *e)
{
	return in_tx(p, f, redo_task, e);
}

static int repair_trash(struct platform *p, const struct finding *f, struct err *e)
{
	struct task t;
	int rc = task_get(p, f->row, &t, e);

	if (rc == 0)
		rc = trash_restore(p, t.row_id, t.engagement_row, t.name, e);
	task_release(&t);
	return rc;
}

static int end_entry(struct tx *tx, void *arg, struct err *e)
{
	const struct finding *f = ((struct repair *)arg)->f;
	struct drop d;
	int rc = row_get(tx, &drop_table, f->row, &d, e);

	d.ended_at = clock_now_ms();
	if (rc == 0)
		rc = row_update(tx, &drop_table, &d, e);
	row_release(&drop_table, &d);
	return rc;
}

static int repair_entry(struct platform *p, const struct finding *f, struct err *e)
{
	return in_tx(p, f, end_entry, e);
}

/* Switched off, so that a person looks at it: what was set of it stays, to be read. */
static int switch_off(struct tx *tx, void *arg, struct err *e)
{
	const struct finding *f = ((struct repair *)arg)->f;
	struct err why = ERR_INIT;
	struct endpoint x;
	int rc = row_get(tx, &endpoint_table, f->row, &x, e);

	if (rc == 0 && endpoint_sound(&x, &why) < 0) {
		x.enabled = false;
		x.state = ENDPOINT_DISABLED;
		row_set_text(&x.reason, why.text);
	}
	if (rc == 0)
		rc = row_int(tx, Q_EVENT_LAST, NULL, &x.from_row, e);
	if (rc == 0)
		rc = row_update(tx, &endpoint_table, &x, e);
	row_release(&endpoint_table, &x);
	return rc;
}
static int repair_endpoint(struct platform *p, const struct finding *f, struct err *e)
{
	return in_tx(p, f, switch_off, e);
}

/* Back to the last event that is known to have been read: what has a delivery gets no second one. */
static int set_bookmark(struct tx *tx, void *arg, struct err *e)
{
	const struct finding *f = ((struct repair *)arg)->f;
	struct bookmark m;
	int rc = row_get(tx, &bookmark_table, f->row, &m, e);

	if (rc == 0)
		rc = row_int(tx, Q_DELIVERY_LAST_EVENT, NULL, &m.value, e);
	if (rc == 0)
		rc = row_update(tx, &bookmark_table, &m, e);
	row_release(&bookmark_table, &m);
	return rc;
}

static int repair_bookmark(struct platform *p, const struct finding *f, struct err *e)
{
	return in_tx(p, f, set_bookmark, e);
}

/* No more loaded, until a person has mended its spec, which stays to be read. */
static int take_runner(struct tx *tx, void *arg, struct err *e)
{
	const struct finding *f = ((struct repair *)arg)->f;
	struct model m;
	int rc = row_get(tx, &model_table, f->row, &m, e);

	m.runner = RUNNER_NONE;
	if (rc == 0)
		rc = row_update(tx, &model_table, &m, e);
	row_release(&model_table, &m);
	return rc;
}

static int repair_model(struct platform *p, const struct finding *f, struct err *e)
{
	return in_tx(p, f, take_runner, e);
}

static int end_model(struct tx *tx, void *arg, struct err *e)
{
	return model_end(tx, ((struct repair *)arg)->f->row, e);
}

static int repair_no_model(struct platform *p, const struct finding *f, struct err *e)
{
	return in_tx(p, f, end_model, e);
}

static int delete_delivery(struct tx *tx, void *arg, struct err *e)
{
	return row_delete(tx, &delivery_table, ((struct repair *)arg)->f->row, e);
}

static int repair_delivery(struct platform *p, const struct finding *f, struct err *e)
{
	return in_tx(p, f, delete_delivery, e);
}

static int give_back(struct tx *tx, void *arg, struct err *e)
{
	const struct finding *f = ((struct repair *)arg)->f;
	struct task t;
	int rc = row_get(tx, &task_table, f->row, &t, e);

	if (rc == 0 && t.state == TASK_IN_PROGRESS)
		rc = task_move(tx, &t, TASK_TODO, MOVER_WORKER, e);
	task_release(&t);
	return rc;
}

static int repair_lease(struct platform *p, const struct finding *f, struct err *e)
{
	return in_tx(p, f, give_back, e);
}

static int delete_log(struct tx *tx, void *arg, struct err *e)
{
	int rc = row_exec(tx, Q_LOG_DELETE, ARGS(V_INT(((struct repair *)arg)->f->row)), e);

	return rc < 0 ? rc : 0;
}

static int repair_log(struct platform *p, const struct finding *f, struct err *e)
{
	return in_tx(p, f, delete_log, e);
}

/* To open the platform was enough. */
static int repair_staging(struct platform *p UNUSED, const struct finding *f UNUSED, struct err *e UNUSED)
{
	return 0;
}

static int repair_orphan(struct platform *p, const struct finding *f, struct err *e UNUSED)
{
	document_forget(p, f->sha);
	return 0;
}

#define TRY "0711ctl fsck --repair "

const struct fault_row fault_rows[N_FAULTS] = {
	[FAULT_DATABASE] = { "database", false, "restore platform.db from a backup, or load a dump", NULL },
	[FAULT_INDEX] = { "index", false, TRY "makes the indexes anew", reindex },
	[FAULT_DUPLICATE_ID] = { "duplicate-id", false, TRY "gives it an id of its own", repair_id },
	[FAULT_NO_ENGAGEMENT] = { "no-engagement", false, TRY "makes one for it", repair_no_engagement },
	[FAULT_OTHER_ENGAGEMENT] = { "engagement-id", false, TRY "writes that of its engagement",
				     repair_engagement_id },
	[FAULT_NO_TASK] = { "no-task", false, TRY "makes a failed task for it, to be looked at", repair_no_task },
	[FAULT_NO_TASK_DROP] = { "no-task-of-entry", false, TRY "makes a failed task for it, to be looked at",
				 repair_no_task_drop },
	[FAULT_NO_FOLDER] = { "no-folder", false, TRY "puts it into input/ itself", repair_no_folder },
	[FAULT_CORRUPT] = { "corrupt", false,
			    "restore it from a backup, or drop a file with the right bytes again after " TRY
			    "moved it to damaged/",
			    repair_corrupt },
	[FAULT_LOST] = { "lost", false,
			 "restore it from a backup, or drop a file with the same bytes again; what an engine made, " TRY
			 "lets it make anew",
			 repair_lost },
	[FAULT_SIZE] = { "size", false, TRY "writes the size that it has", repair_size },
	[FAULT_NO_RESULT] = { "no-result", false, TRY "lets its engine work anew, unless somebody reviewed it",
			      repair_no_result },
	[FAULT_TRASH] = { "trash", false, TRY "puts it back into its engagement", repair_trash },
	[FAULT_ENTRY] = { "entry", false, TRY "takes it out of the inbox", repair_entry },
	[FAULT_ENDPOINT] = { "endpoint", false, TRY "switches it off, or lets it begin at the end of the log",
			     repair_endpoint },
	[FAULT_BOOKMARK] = { "bookmark", false, TRY "lets the log be read from the last event that has a delivery",
			     repair_bookmark },
	[FAULT_MODEL] = { "model", false, "mend its spec.json; until then " TRY "sets its runner to none",
			  repair_model },
	[FAULT_LEASE] = { "lease", true, "the next mount works on it, and " TRY "puts it back into todo",
			  repair_lease },
	[FAULT_NO_TASK_LOG] = { "no-task-of-log", true, TRY "removes its lines", repair_log },
	[FAULT_DELIVERY] = { "delivery", true, TRY "removes it", repair_delivery },
	[FAULT_NO_MODEL] = { "no-model", true, TRY "removes it", repair_no_model },
	[FAULT_NO_FOLDER_DROP] = { "no-folder-of-entry", false, TRY "makes a task of it, unless one has its bytes",
				   repair_no_folder_drop },
	[FAULT_STAGING] = { "staging", true, "the next mount or " TRY "removes it", repair_staging },
	[FAULT_ORPHAN] = { "orphan", true, "the next mount or " TRY "removes it", repair_orphan },
	[FAULT_STRANGER] = { "stranger", true, "remove it yourself, if you do not need it", NULL },
};
