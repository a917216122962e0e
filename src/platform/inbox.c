#include "platform/inbox.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "platform/attr.h"
#include "platform/document.h"
#include "platform/input.h"
#include "platform/record.h"
#include "platform/request.h"
#include "platform/settings.h"
#include "platform/task.h"
#include "platform/tempname.h"

#define FOLDERS_DEEP 256 /* in one another: who reads what is in them calls itself for each */

int64_t inbox_number(int64_t engagement_row, const char *mcp, const char *tool)
{
	char text[256], hex[SHA256_HEX_BYTES];
	int n;

	if (!mcp || !*mcp)
		return engagement_row;
	n = snprintf(text, sizeof(text), "%jd/%s/%s", (intmax_t)engagement_row, mcp, tool ? tool : "");
	sha256_hex(text, (size_t)n, hex);
	hex[11] = '\0';
	return INBOX_CHOSEN | (int64_t)strtoull(hex, NULL, 16);
}

struct call {
	struct platform *p;
	const struct inbox *box;
	const struct arrival *a;
	const struct actor *who;
	struct acceptance *out;
	int64_t row_id, parent_row;
	const char *name;
	struct drop *drop;
	char replaced[SHA256_HEX_BYTES]; /* out: the bytes that an entry had before */
};

/* The task's engine: what the inbox directory chose, else the request, the engagement, the settings. */
static int choose_engine(struct tx *tx, struct platform *p, const struct inbox *box, struct task *t, struct err *e)
{
	auto_free char *fallback = settings_text(p, SETTING_DEFAULT_MCP);
	const char *tool, *version;
	struct engagement g;
	int rc = row_get(tx, &engagement_table, t->engagement_row, &g, e);

	if (rc < 0)
		return rc;
	if (*box->mcp) {
		row_set_text(&t->mcp, box->mcp);
		row_set_text(&t->tool, *box->tool ? box->tool : NULL);
	} else if (!t->mcp) {
		row_set_text(&t->mcp, g.mcp ? g.mcp : fallback);
		if (!t->tool)
			row_set_text(&t->tool, g.tool);
	}
	row_release(&engagement_table, &g);
	rc = p->engines.resolve(p->engines.ud, t->mcp, t->tool, &tool, &version, e) < 0 ? -EINVAL : 0;
	if (rc == 0) {
		row_set_text(&t->tool, tool);
		row_set_text(&t->mcp_version, version);
	}
	return rc;
}

static int engagement_of(struct tx *tx, struct platform *p, const struct inbox *box, int64_t *row, struct err *e)
{
	auto_free char *name = NULL;
	struct engagement g;
	int rc;

	*row = box->engagement_row;
	if (*row)
		return 0;
	name = settings_text(p, SETTING_DEFAULT_ENGAGEMENT);
	rc = row_find(tx, Q_ENGAGEMENT_BY_NAME, ARGS(V_TEXT(name)), &g, e);
	if (rc == -ENOENT)
		return err_set(e, -ENOENT, "the default engagement '%s' does not exist", name);
	*row = g.row_id;
	row_release(&engagement_table, &g);
	return rc;
}

/* A task's name from a file's: without its ending, and without '@', which marks the engagement in tasks/STATE/. */
static void stem_of(const char *file, bool is_dir, char *out)
{
	char *dot;

	snprintf(out, NAME_BYTES, "%s", file);
	dot = is_dir ? NULL : strrchr(out, '.');
	if (dot && dot > out)
		*dot = '\0';
	for (char *c = out; (c = strchr(c, '@'));)
		*c = '-';
}

/* What the documents say about the task: their common hash, and the first task that has the same. */
static int link_twin(struct tx *tx, struct task *t, struct err *e)
{
	char key[SHA256_HEX_BYTES];
	struct task twin;
	int rc = document_key(tx, t->row_id, key, e);

	if (rc < 0)
		return rc;
	row_set_text(&t->input_key, key);
	row_set_text(&t->duplicate_of, NULL);
	rc = *key ? row_find(tx, Q_TASK_FIRST_TWIN, ARGS(V_INT(t->engagement_row), V_TEXT(key), V_INT(t->row_id)),
			     &twin, e)
		  : -ENOENT;
	if (rc == 0 && twin.row_id < t->row_id)
		row_set_text(&t->duplicate_of, twin.id);
	if (rc == 0)
		row_release(&task_table, &twin);
	return rc == -ENOENT ? 0 : rc;
}

static int write_drop(struct tx *tx, struct drop *d, bool is_new, struct err *e)
{
	int rc = is_new ? row_insert(tx, &drop_table, d, e) : row_update(tx, &drop_table, d, e);
	int now = !is_new && d->parent_row ? 1 : 0; /* the folder has the names that it had */

	if (rc == 0)
		tx_change(tx, CHANGE_DROP, d->row_id, d->parent_row ? d->parent_row : d->inbox, d->parent_row != 0, now,
			  d->name);
	return rc;
}

static struct drop new_drop(const struct call *c)
{
	return (struct drop){ .row_id = c->row_id,
			      .inbox = c->box->number,
			      .parent_row = c->parent_row,
			      .engagement_row = c->box->engagement_row,
			      .mcp = xstrdup(*c->box->mcp ? c->box->mcp : NULL),
			      .tool = xstrdup(*c->box->tool ? c->box->tool : NULL),
			      .name = xstrdup(c->name),
			      .uid = (int64_t)c->who->uid,
			      .host = xstrdup(c->p->host),
			      .created_at = clock_now_ms() };
}

/* The entry gets other bytes: those it has now may be nobody's any more. */
static void replace_bytes(struct call *c, const struct drop *d)
{
	snprintf(c->replaced, sizeof(c->replaced), "%s", d->sha256 && !d->is_dir ? d->sha256 : "");
}

static void fill_drop(struct drop *d, const struct arrival *a)
{
	row_set_text(&d->sha256, a->sha256);
	d->size = a->size;
	d->modified_at = a->modified_at;
}

static int add_documents(struct tx *tx, const struct arrival *a, int64_t task_row, struct err *e)
{
	int rc = document_add(tx, task_row, a->request ? DOCUMENT_REQUEST : DOCUMENT_INPUT, 0, a->name, a->sha256,
			      a->size, a->modified_at, 0, e);

	for (size_t i = 0; rc == 0 && i < a->n_attachments; i++)
		rc = document_add(tx, task_row, DOCUMENT_INPUT, 0, a->attachment[i].name, a->attachment[i].sha256,
				  a->attachment[i].size, a->modified_at, 0, e);
	return rc;
}

/* A new task for c->name; on return d names it. Documents are added by fn, between the task's row and its key. */
static int start_task(struct tx *tx, struct call *c, struct drop *d, struct task *t,
		      int (*fn)(struct tx *tx, struct call *c, int64_t task_row, struct err *e), struct err *e)
{
	char stem[NAME_BYTES];
	int rc = engagement_of(tx, c->p, c->box, &t->engagement_row, e);

	stem_of(c->name, d->is_dir, stem);
	row_set_text(&t->name, stem);
	row_set_text(&t->created_by, c->who->name);
	if (rc == 0)
		rc = choose_engine(tx, c->p, c->box, t, e);
	if (rc == 0)
		rc = task_begin(tx, t, e);
	if (rc == 0)
		rc = fn(tx, c, t->row_id, e);
	if (rc == 0)
		rc = link_twin(tx, t, e);
	if (rc == 0)
		rc = row_update(tx, &task_table, t, e);
	d->task_row = t->row_id;
	row_set_text(&d->task_name, t->name);
	return rc;
}

static int arrival_documents(struct tx *tx, struct call *c, int64_t task_row, struct err *e)
{
	return add_documents(tx, c->a, task_row, e);
}

static int accept_new(struct tx *tx, struct call *c, struct err *e)
{
	const struct arrival *a = c->a;
	struct task t = { .row_id = a->task_row, .priority = PRIORITY_MEDIUM, .ai_confidence = INT_NULL };
	struct drop d = new_drop(c);
	int rc = a->request ? request_apply(a->request, &t, e) : 0;

	fill_drop(&d, a);
	t.not_before = a->quiet_ms ? clock_now_ms() + a->quiet_ms : 0;
	if (rc == 0)
		rc = start_task(tx, c, &d, &t, arrival_documents, e);
	if (rc == 0)
		rc = row_exec(tx, Q_DROPS_DELETE_ENDED, ARGS(V_INT(d.inbox), V_TEXT(d.name)), e);
	if (rc >= 0)
		rc = write_drop(tx, &d, true, e);
	*c->out = (struct acceptance){ d.row_id, t.row_id };
	row_release(&task_table, &t);
	row_release(&drop_table, &d);
	return rc;
}

/* The work on t begins again, with what its input is now. */
static int renew_task(struct tx *tx, struct task *t, int64_t quiet_ms, struct err *e)
{
	int rc = link_twin(tx, t, e);

	t->not_before = clock_now_ms() + quiet_ms;
	t->attempts = 0;
	if (rc == 0 && t->state == TASK_IN_PROGRESS)
		return task_move(tx, t, TASK_TODO, MOVER_WORKER, e);
	return rc < 0 ? rc : task_save(tx, t, e);
}

/* The task as the new request says: its engine too. It is the same task, so it keeps its id. */
static int apply_again(struct tx *tx, struct call *c, struct task *t, struct err *e)
{
	auto_free char *id = xstrdup(t->id);
	int rc;

	row_set_text(&t->mcp, NULL);
	row_set_text(&t->tool, NULL);
	rc = request_apply(c->a->request, t, e);
	if (rc == 0 && !streq(t->id, id))
		rc = err_set(e, -EINVAL, "the request's 'id' is '%s' now: '%s' is being worked on", t->id, id);
	return rc < 0 ? rc : choose_engine(tx, c->p, c->box, t, e);
}

static int renew_input(struct tx *tx, struct call *c, struct task *t, struct err *e)
{
	const struct arrival *a = c->a;
	int64_t quiet = a->quiet_ms ? a->quiet_ms : settings_int(c->p, SETTING_REWRITE_QUIET);
	struct input was = { NULL, 0 };
	int rc = a->request ? apply_again(tx, c, t, e) : 0;

	if (rc == 0)
		rc = input_take(tx, t->row_id, &was, e);
	if (rc == 0)
		rc = add_documents(tx, a, t->row_id, e);
	if (rc == 0)
		rc = input_retire(tx, t->row_id, &was, e);
	input_release(&was);
	return rc < 0 ? rc : renew_task(tx, t, quiet, e);
}

static int accept_again(struct tx *tx, struct call *c, struct drop *d, struct task *t, struct err *e)
{
	const struct arrival *a = c->a;
	int rc;

	*c->out = (struct acceptance){ d->row_id, t->row_id };
	if (streq(d->sha256, a->sha256) && !a->request) { /* the same bytes: nothing to do anew */
		d->modified_at = a->modified_at;
		return write_drop(tx, d, false, e);
	}
	rc = renew_input(tx, c, t, e);
	replace_bytes(c, d);
	fill_drop(d, a);
	if (rc == 0)
		rc = write_drop(tx, d, false, e);
	if (rc == 0) /* of a file that was renamed over this one */
		rc = attr_move(tx, a->row_id, d->row_id, e);
	return rc;
}

/* Its entry has given its name to another's while it was being written: the task is this writer's all the same. */
static int accept_nameless(struct tx *tx, struct call *c, struct task *t, struct err *e)
{
	*c->out = (struct acceptance){ 0, t->row_id };
	return renew_input(tx, c, t, e);
}

static bool goes_on(const struct call *c, const struct drop *d, const struct task *t)
{
	return !task_ended(t->state) && !t->trashed_at && d->uid == (int64_t)c->who->uid &&
	       streq(d->host, c->p->host) && !c->a->request == !util_ends(d->name, ".json");
}

/* Another's entry, or one whose work is over, gives its name away; its receipt gives way to the new one. */
static int end_entry(struct tx *tx, struct drop *d, struct err *e)
{
	d->ended_at = clock_now_ms();
	tx_change(tx, CHANGE_DROP, d->row_id, d->inbox, 0, CHANGE_NONE, d->name);
	return row_update(tx, &drop_table, d, e);
}

/* Its name may be one that a program gives while it writes: kept, but no task before it is clear. */
static int accept_aside(struct tx *tx, struct call *c, struct drop *d, struct err *e)
{
	bool is_new = !d->row_id;

	if (is_new)
		*d = new_drop(c);
	replace_bytes(c, d);
	fill_drop(d, c->a);
	*c->out = (struct acceptance){ d->row_id, 0 };
	return write_drop(tx, d, is_new, e);
}

/* The entry of that name; or the one that had it, when it was set aside and its task is there still. */
static int find_entry(struct tx *tx, const struct call *c, struct drop *d, struct task *t, struct err *e)
{
	int rc = row_find(tx, Q_DROP_BY_NAME, ARGS(V_INT(c->box->number), V_INT(0), V_TEXT(c->name)), d, e);
	bool ended = rc == -ENOENT;

	if (ended)
		rc = row_find(tx, Q_DROP_RECEIPT, ARGS(V_INT(c->box->number), V_TEXT(c->name)), d, e);
	if (rc == 0 && d->task_row)
		rc = row_get(tx, &task_table, d->task_row, t, e);
	else if (rc < 0)
		return rc;
	rc = rc == -ENOENT ? 0 : rc;
	if (rc == 0 && ended && (d->is_dir || !t->row_id || !goes_on(c, d, t))) {
		row_release(&task_table, t);
		row_release(&drop_table, d);
		return -ENOENT;
	}
	d->ended_at = 0;
	return rc;
}

/* 1: the task of the same writing, under whose name another stands now, is in t. 0: there is none */
static int own_task(struct tx *tx, const struct call *c, const struct drop *named, struct task *t, struct err *e)
{
	int rc;

	if (!c->a->own_task || named->task_row == c->a->own_task)
		return 0;
	rc = row_get(tx, &task_table, c->a->own_task, t, e);
	if (rc == 0 && !task_ended(t->state) && !t->trashed_at)
		return 1;
	row_release(&task_table, t);
	return rc == -ENOENT ? 0 : rc;
}

static int accept_top(struct tx *tx, struct call *c, struct err *e)
{
	struct drop d = { 0 };
	struct task t = { 0 }, mine = { 0 };
	int rc = find_entry(tx, c, &d, &t, e);
	int own = rc == 0 || rc == -ENOENT ? own_task(tx, c, &d, &mine, e) : 0;

	if (own != 0) {
		rc = own < 0 ? own : accept_nameless(tx, c, &mine, e);
	} else if (rc == 0 && d.is_dir) {
		rc = err_set(e, -EISDIR, "'%s' is a folder", d.name);
	} else if (rc == 0 && t.row_id && goes_on(c, &d, &t)) {
		rc = accept_again(tx, c, &d, &t, e);
	} else if (c->a->aside && (rc == -ENOENT || (rc == 0 && !d.task_row))) {
		rc = accept_aside(tx, c, &d, e);
	} else if (rc == 0 || rc == -ENOENT) {
		rc = rc == 0 ? end_entry(tx, &d, e) : 0;
		if (rc == 0)
			rc = accept_new(tx, c, e);
	}
	row_release(&task_table, &mine);
	row_release(&task_table, &t);
	row_release(&drop_table, &d);
	return rc;
}

/* From the folder that was dropped to one in it. */
struct way {
	int n_folders; /* with both */
	bool aside;    /* one has a temporary name: what is in it is no input */
};

/* The folder that was dropped, which holds row (or is it), and the way from there. */
static int top_folder(struct tx *tx, int64_t row, struct drop *out, struct way *way, struct err *e)
{
	int rc = row_get(tx, &drop_table, row, out, e);

	*way = (struct way){ 1, rc == 0 && tempname_is(out->name) };
	while (rc == 0 && out->parent_row) {
		row = out->parent_row;
		row_release(&drop_table, out);
		rc = row_get(tx, &drop_table, row, out, e);
		way->n_folders++;
		way->aside = way->aside || (rc == 0 && tempname_is(out->name));
	}
	return rc;
}

struct copying {
	struct tx *tx;
	struct err *e;
	int64_t task_row, parent_row, size;
	int n_files;
};

static int copy_folder(struct tx *tx, int64_t box, int64_t folder_row, struct copying *c);

/* One entry of a dropped folder as a document; folders become rows without bytes. */
static int copy_entry(void *row, void *ud)
{
	struct copying *c = ud;
	struct drop *d = row;
	struct document doc = { .task_row = c->task_row,
				.parent_row = c->parent_row,
				.role = DOCUMENT_INPUT,
				.is_dir = d->is_dir,
				.name = d->name,
				.sha256 = d->sha256,
				.size = d->size,
				.modified_at = d->modified_at };
	struct copying below;
	int rc;

	if (d->is_dir && tempname_is(d->name))
		return 0;
	rc = row_insert(c->tx, &document_table, &doc, c->e);
	c->n_files += !d->is_dir;
	c->size += d->size;
	if (rc < 0 || !d->is_dir)
		return rc;
	below = *c;
	below.parent_row = doc.row_id;
	rc = copy_folder(c->tx, d->inbox, d->row_id, &below);
	c->n_files = below.n_files;
	c->size = below.size;
	return rc;
}

static int copy_folder(struct tx *tx, int64_t box, int64_t folder_row, struct copying *c)
{
	return row_each(tx, Q_DROPS_OF, ARGS(V_INT(box), V_INT(folder_row), V_INT(0), V_INT(INT64_MAX)), copy_entry, c,
			c->e);
}

static int folder_documents(struct tx *tx, struct call *c, int64_t task_row, struct err *e)
{
	struct copying copy = { .tx = tx, .e = e, .task_row = task_row };
	int rc = copy_folder(tx, c->drop->inbox, c->drop->row_id, &copy);

	if (rc == 0 && copy.n_files == 0)
		rc = err_set(e, -ENODATA, "folder '%s' is empty", c->drop->name);
	c->drop->size = copy.size;
	return rc;
}

static int submit(struct tx *tx, void *arg, struct err *e)
{
	struct call *c = arg;
	struct task t = { .priority = PRIORITY_MEDIUM, .ai_confidence = INT_NULL };
	struct drop d;
	int rc = row_get(tx, &drop_table, c->row_id, &d, e);

	if (rc < 0)
		return rc;
	c->drop = &d;
	c->name = d.name;
	if (d.task_row)
		rc = err_set(e, -EALREADY, "folder '%s' is submitted already", d.name);
	else if (tempname_is(d.name))
		rc = err_set(e, -EINVAL, "'%s' is a temporary name: rename the folder to submit it", d.name);
	if (rc == 0)
		rc = start_task(tx, c, &d, &t, folder_documents, e);
	row_set_text(&d.sha256, t.input_key);
	d.modified_at = clock_now_ms();
	if (rc == 0)
		rc = write_drop(tx, &d, false, e);
	c->out->task_row = t.row_id;
	row_release(&task_table, &t);
	row_release(&drop_table, &d);
	return rc;
}

/* A file that comes after its folder was submitted: the input is made again from the folder, the work restarts. */
static int extend_task(struct tx *tx, struct call *c, struct drop *top, struct err *e)
{
	struct input was = { NULL, 0 };
	struct task t;
	int rc = row_get(tx, &task_table, top->task_row, &t, e);

	if (rc < 0)
		return rc;
	if (task_ended(t.state))
		rc = err_set(e, -EPERM, "the work on folder '%s' is over: drop the file as a new task", top->name);
	if (rc == 0)
		rc = input_take(tx, t.row_id, &was, e);
	c->drop = top;
	if (rc == 0)
		rc = folder_documents(tx, c, t.row_id, e);
	if (rc == 0)
		rc = input_retire(tx, t.row_id, &was, e);
	input_release(&was);
	if (rc == 0)
		rc = renew_task(tx, &t, settings_int(c->p, SETTING_FOLDER_QUIET) * 1000, e);
	row_set_text(&top->sha256, t.input_key);
	if (rc == 0)
		rc = write_drop(tx, top, false, e);
	tx_change(tx, CHANGE_DOCUMENT, t.row_id, 0, DOCUMENT_INPUT, 0, c->name);
	c->out->task_row = t.row_id;
	row_release(&task_table, &t);
	return rc;
}

static int accept_inside(struct tx *tx, struct call *c, struct err *e)
{
	struct drop d = { 0 }, top;
	struct way way;
	int rc =
		row_find(tx, Q_DROP_BY_NAME, ARGS(V_INT(c->box->number), V_INT(c->parent_row), V_TEXT(c->name)), &d, e);
	bool is_new = rc == -ENOENT;

	if (is_new) {
		d = new_drop(c);
		rc = 0;
	}
	if (rc < 0)
		return rc;
	replace_bytes(c, &d);
	fill_drop(&d, c->a);
	rc = d.is_dir ? err_set(e, -EISDIR, "'%s' is a folder", d.name) : write_drop(tx, &d, is_new, e);
	*c->out = (struct acceptance){ d.row_id, 0 };
	if (rc == 0)
		rc = top_folder(tx, c->parent_row, &top, &way, e);
	if (rc == 0) {
		if (top.task_row && !way.aside)
			rc = extend_task(tx, c, &top, e);
		row_release(&drop_table, &top);
	}
	row_release(&drop_table, &d);
	return rc;
}

static int leave_folder(struct tx *tx, int64_t row, struct err *e)
{
	struct drop d;
	int rc = row_get(tx, &drop_table, row, &d, e);

	if (rc == 0) {
		tx_change(tx, CHANGE_DROP, d.row_id, d.parent_row, 1, CHANGE_NONE, d.name);
		rc = row_delete(tx, &drop_table, d.row_id, e);
	}
	row_release(&drop_table, &d);
	return rc;
}

static int accept(struct tx *tx, void *arg, struct err *e)
{
	struct call *c = arg;
	int rc = c->a->from_row ? leave_folder(tx, c->a->from_row, e) : 0;

	c->replaced[0] = '\0';
	if (rc < 0)
		return rc;
	return c->parent_row ? accept_inside(tx, c, e) : accept_top(tx, c, e);
}

int inbox_accept(struct platform *p, const struct arrival *a, const struct actor *who, struct acceptance *out,
		 struct err *e)
{
	struct call c = { .p = p,
			  .box = a->box,
			  .a = a,
			  .who = who,
			  .out = out,
			  .row_id = a->row_id,
			  .parent_row = a->parent_row,
			  .name = a->name };
	int rc = store_write(p->store, accept, &c, e);

	if (rc == 0 && *c.replaced)
		document_forget(p, c.replaced);
	return rc;
}

static int make_folder(struct tx *tx, void *arg, struct err *e)
{
	struct call *c = arg;
	struct drop d = new_drop(c), other, top;
	struct way way = { 0, false };
	int rc = row_find(tx, Q_DROP_BY_NAME, ARGS(V_INT(c->box->number), V_INT(c->parent_row), V_TEXT(c->name)),
			  &other, e);

	if (rc == 0) {
		row_release(&drop_table, &other);
		rc = err_set(e, -EEXIST, "there is already an entry '%s'", c->name);
	} else if (rc == -ENOENT) {
		rc = 0;
	}
	if (rc == 0 && c->parent_row) {
		rc = top_folder(tx, c->parent_row, &top, &way, e);
		row_release(&drop_table, &top);
	}
	if (rc == 0 && way.n_folders >= FOLDERS_DEEP)
		rc = err_set(e, -ENAMETOOLONG, "'%s' would lie in more than %d folders", c->name, FOLDERS_DEEP);
	d.is_dir = true;
	d.modified_at = d.created_at;
	if (rc == 0)
		rc = write_drop(tx, &d, true, e);
	row_release(&drop_table, &d);
	return rc;
}

int inbox_folder(struct platform *p, const struct inbox *box, int64_t row_id, int64_t parent_row, const char *name,
		 const struct actor *who, struct err *e)
{
	struct call c = { .p = p, .box = box, .who = who, .row_id = row_id, .parent_row = parent_row, .name = name };

	return store_write(p->store, make_folder, &c, e);
}

int inbox_submit(struct platform *p, const struct inbox *box, int64_t folder_row, const struct actor *who,
		 int64_t *task_row, struct err *e)
{
	struct acceptance out = { 0, 0 };
	struct call c = { .p = p, .box = box, .who = who, .row_id = folder_row, .out = &out };
	int rc = store_write(p->store, submit, &c, e);

	*task_row = out.task_row;
	return rc;
}
