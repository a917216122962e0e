/* inboxes: where files and folders are dropped, with the receipts of what became of them */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "fs/folder.h"
#include "fs/handlers.h"
#include "fs/linger.h"
#include "fs/tree.h"
#include "fs/upload.h"
#include "platform/party.h"
#include "platform/refusal.h"
#include "platform/tempname.h"

#define RECEIPT INBOX_RECEIPT

int inbox_node_dir(const struct ask *a, struct dropdir *out)
{
	struct drop d;
	int rc;

	*out = (struct dropdir){ .parent_row = 0 };
	if (a->node != &nodes[NODE_FOLDER])
		return folder_box(a->fs, a->row, &out->box, a->e);
	rc = inbox_get(a->fs->p, a->row, &d, a->e);
	if (rc < 0)
		return rc;
	out->parent_row = a->row;
	rc = folder_box(a->fs, d.inbox, &out->box, a->e);
	row_release(&drop_table, &d);
	return rc;
}

int inbox_node_stat(const struct ask *a, struct attr *out)
{
	struct inbox box;
	union party x;
	int rc = folder_box(a->fs, a->row, &box, a->e);

	if (rc < 0 || !box.engagement_row)
		return rc;
	rc = party_get(a->fs->p, PARTY_ENGAGEMENT, box.engagement_row, &x, a->e);
	if (rc < 0)
		return rc;
	out->modified_at = x.engagement.updated_at;
	party_release(PARTY_ENGAGEMENT, &x);
	return 0;
}

/* inbox/@MCP/ and inbox/@MCP/TOOL/ choose the engine; they answer look-ups of engines that exist. */
static int find_chosen(const struct ask *a, const char *name, struct found *out)
{
	struct platform *p = a->fs->p;
	bool tool_dir = a->node == &nodes[NODE_INBOX_MCP];
	const char *tool, *version;
	struct inbox box, chosen;
	int rc = folder_box(a->fs, a->row, &box, a->e);

	if (rc == 0 && tool_dir)
		rc = p->engines.resolve(p->engines.ud, box.mcp, name, &tool, &version, NULL);
	else if (rc == 0)
		rc = p->engines.resolve(p->engines.ud, name + 1, NULL, &tool, &version, NULL);
	if (rc < 0)
		return -ENOENT;
	folder_choose(a->fs, &box, tool_dir ? box.mcp : name + 1, tool_dir ? name : NULL, &chosen);
	*out = (struct found){ tool_dir ? NODE_INBOX_TOOL : NODE_INBOX_MCP, chosen.number };
	return 0;
}

static int find_receipt(const struct ask *a, const struct dropdir *dir, const char *name, struct found *out)
{
	char file[NAME_BYTES];
	struct drop d;
	int rc;

	if (dir->parent_row || !util_ends(name, RECEIPT))
		return -ENOENT;
	snprintf(file, sizeof(file), "%.*s", (int)(strlen(name) - strlen(RECEIPT)), name);
	rc = inbox_find_receipt(a->fs->p, dir->box.number, file, &d, NULL);
	if (rc < 0)
		return -ENOENT;
	*out = (struct found){ NODE_RECEIPT, d.row_id };
	row_release(&drop_table, &d);
	return 0;
}

struct cut {
	const char *wanted;
	struct found *out;
};

static int match_receipt(void *row, void *ud)
{
	const struct drop *d = row;
	struct cut *c = ud;
	char name[NAME_BYTES];

	if (!streq(name_fit(d->name, RECEIPT, name), c->wanted))
		return 0;
	*c->out = (struct found){ NODE_RECEIPT, d->row_id };
	return 1;
}

/* A receipt whose name had to be cut. */
static int find_cut_receipt(const struct ask *a, const struct dropdir *dir, const char *name, struct found *out)
{
	struct cut c = { name, out };

	if (dir->parent_row || !util_ends(name, RECEIPT) || strlen(name) < 200 || !strchr(name, '~'))
		return -ENOENT;
	return inbox_each_receipt(a->fs->p, dir->box.number, 0, match_receipt, &c, a->e) == 1 ? 0 : -ENOENT;
}

/* The entry that this process wrote under that name and that is gone since: one that has another name is not gone. */
static bool find_lingering(const struct ask *a, const struct dropdir *dir, const char *name, int64_t *row)
{
	struct drop d;
	bool gone;

	if (!a->pid || !linger_find(a->fs, dir, name, a->pid, row) || inbox_get(a->fs->p, *row, &d, NULL) < 0)
		return false;
	gone = d.ended_at && streq(d.name, name);
	row_release(&drop_table, &d);
	return gone;
}

int inbox_node_find(const struct ask *a, const char *name, struct found *out)
{
	struct dropdir dir;
	struct drop d;
	int rc = inbox_node_dir(a, &dir);

	if (rc < 0)
		return rc;
	*out = (struct found){ NODE_ENTRY, 0 };
	if (upload_find(a->fs, &dir, name, &out->row) == 0)
		return 0;
	rc = inbox_find(a->fs->p, dir.box.number, dir.parent_row, name, &d, NULL);
	if (rc == 0) {
		*out = (struct found){ d.is_dir ? NODE_FOLDER : NODE_ENTRY, d.row_id };
		row_release(&drop_table, &d);
		return 0;
	}
	*out = (struct found){ NODE_ENTRY, 0 };
	if (find_lingering(a, &dir, name, &out->row))
		return 0;
	if (a->node == &nodes[NODE_INBOX_MCP] || (!dir.parent_row && name[0] == '@' && !*dir.box.mcp))
		if (find_chosen(a, name, out) == 0)
			return 0;
	rc = find_receipt(a, &dir, name, out);
	return rc < 0 ? find_cut_receipt(a, &dir, name, out) : rc;
}

static int add_drop(void *row, void *ud)
{
	const struct drop *d = row;

	listing_add(ud, d->name, d->is_dir ? NODE_FOLDER : NODE_ENTRY, d->row_id);
	return 0;
}

static int by_name_then_row(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order ? order : (x->at.row > y->at.row) - (x->at.row < y->at.row);
}

static int add_receipt(void *row, void *ud)
{
	const struct drop *d = row;
	char name[NAME_BYTES];

	listing_add(ud, name_fit(d->name, RECEIPT, name), NODE_RECEIPT, d->row_id);
	return 0;
}

/* Several drops of one name have one receipt, the newest. */
static void merge_newest(struct listing *from, struct listing *to)
{
	if (from->n)
		qsort(from->entry, from->n, sizeof(*from->entry), by_name_then_row);
	for (size_t i = 0; i < from->n; i++)
		if (i + 1 == from->n || !streq(from->entry[i].name, from->entry[i + 1].name))
			listing_add(to, from->entry[i].name, NODE_RECEIPT, from->entry[i].at.row);
	listing_free(from);
}

int inbox_node_list(const struct ask *a, struct listing *out)
{
	struct listing receipts = { 0 };
	struct dropdir dir;
	int rc = inbox_node_dir(a, &dir);

	if (rc < 0)
		return rc;
	upload_list(a->fs, &dir, out);
	rc = inbox_each(a->fs->p, dir.box.number, dir.parent_row, 0, add_drop, out, a->e);
	if (rc == 0 && !dir.parent_row)
		rc = inbox_each_receipt(a->fs->p, dir.box.number, 0, add_receipt, &receipts, a->e);
	merge_newest(&receipts, out);
	return rc;
}

int inbox_node_mkdir(const struct ask *a, const char *name, struct found *out)
{
	struct dropdir dir;
	int rc = inbox_node_dir(a, &dir);

	if (rc == 0 && name[0] == '@')
		rc = err_set(a->e, -EINVAL, "a name in an inbox cannot begin with '@': '%s'", name);
	if (rc < 0)
		return rc;
	*out = (struct found){ NODE_FOLDER, store_reserve(a->fs->p->store, a->e) };
	if (out->row < 0)
		return (int)out->row;
	rc = inbox_folder(a->fs->p, &dir.box, out->row, dir.parent_row, name, a->who, a->e);
	if (rc == 0)
		folder_stir(a->fs, out->row);
	return rc;
}

/* What is being written into a folder is known here only: the store would call the folder empty. */
static int check_uploads(const struct ask *a, int64_t folder_row)
{
	struct listing l = { 0 };
	struct dropdir dir;
	struct ask folder = tree_ask(a->fs, INO(NODE_FOLDER, folder_row), a->who, a->e);
	int rc = inbox_node_dir(&folder, &dir);

	if (rc < 0)
		return rc;
	upload_list(a->fs, &dir, &l);
	rc = l.n ? err_set(a->e, -ENOTEMPTY, "files are being written into the folder") : 0;
	listing_free(&l);
	return rc;
}

int inbox_node_remove(const struct ask *a, const char *name UNUSED, struct found at)
{
	struct upload *u = at.kind == NODE_ENTRY ? upload_get(a->fs, at.row) : NULL;
	int rc = at.kind == NODE_FOLDER ? check_uploads(a, at.row) : 0;

	if (rc < 0)
		return rc;
	if (at.kind == NODE_RECEIPT)
		return inbox_remove_receipt(a->fs->p, at.row, a->e);
	if (!u)
		return inbox_remove(a->fs->p, at.row, a->who, a->e);
	rc = upload_remove(u, at.row, a->who, a->e);
	upload_put(u);
	return rc;
}

/* May what has the name give way to at? */
static int check_target(const struct ask *a, struct found at, const char *to_name, bool replace)
{
	struct found other;

	if (tree_find(a, to_name, &other) < 0 || (other.kind == at.kind && other.row == at.row)) {
		a->e->text[0] = '\0';
		return 0;
	}
	if (!replace)
		return err_set(a->e, -EEXIST, "there is already an entry '%s'", to_name);
	if (other.kind != NODE_ENTRY && other.kind != NODE_FOLDER)
		return err_set(a->e, -EEXIST, "'%s' is in the way", to_name);
	if (other.kind != at.kind)
		return err_set(a->e, at.kind == NODE_FOLDER ? -ENOTDIR : -EISDIR, "'%s' is in the way", to_name);
	return other.kind == NODE_FOLDER ? check_uploads(a, other.row) : 0;
}

/* Under a name that did not count it was in no task; under this one it is taken in. */
static bool counts_now(const struct ask *a, struct found at, const char *to_name)
{
	struct drop d;
	bool loose;

	if (at.kind != NODE_ENTRY || tempname_is(to_name) || inbox_get(a->fs->p, at.row, &d, NULL) < 0)
		return false;
	loose = !d.task_row && !d.parent_row;
	row_release(&drop_table, &d);
	return loose;
}

static int rename_opened(const struct ask *a, struct found at, const struct dropdir *dir, const char *to_name)
{
	struct upload *u;
	int rc = upload_open(a->fs, at.row, false, a->who->uid, &u, a->e);

	if (rc < 0)
		return rc;
	rc = upload_rename(u, dir, to_name, a->who, a->e);
	upload_release(u, a->who);
	return rc;
}

static int rename_here(const struct ask *a, struct found at, const struct dropdir *dir, const char *to_name,
		       bool replace)
{
	struct upload *u;
	int rc = check_target(a, at, to_name, replace);

	if (rc < 0)
		return rc;
	if (counts_now(a, at, to_name))
		return rename_opened(a, at, dir, to_name);
	u = at.kind == NODE_ENTRY ? upload_get(a->fs, at.row) : NULL;
	if (u) {
		rc = upload_rename(u, dir, to_name, a->who, a->e);
		upload_put(u);
		return rc;
	}
	rc = upload_rename_entry(a->fs, dir, at.row, to_name, a->who, a->e);
	if (rc == 0 && at.kind == NODE_FOLDER)
		folder_stir(a->fs, at.row);
	return rc;
}

/*
 * Programs that gather in a folder, such as rsync --delay-updates, move files out of it. What is in a task already
 * stays: a program then copies and removes, which is what dropping elsewhere means.
 */
static int rename_across(const struct ask *a, struct found at, const struct dropdir *from, struct found to,
			 const char *to_name, bool replace)
{
	struct ask target = tree_ask(a->fs, INO(to.kind, to.row), a->who, a->e);
	struct dropdir dir;
	int rc;

	if (at.kind != NODE_ENTRY || !folder_is_loose(a->fs, from->parent_row) || !(target.node->flags & NODE_UPLOADS))
		return -EXDEV;
	rc = inbox_node_dir(&target, &dir);
	if (rc == 0 && dir.box.number != from->box.number)
		rc = -EXDEV;
	if (rc == 0)
		rc = check_target(&target, at, to_name, replace);
	if (rc == 0)
		rc = rename_opened(a, at, &dir, to_name);
	if (rc == 0 && dir.parent_row)
		folder_stir(a->fs, dir.parent_row);
	return rc;
}

int inbox_node_move(const struct ask *a, const char *name, struct found at, struct found to, const char *to_name,
		    bool replace)
{
	struct dropdir dir;
	int rc = inbox_node_dir(a, &dir);

	if (rc < 0)
		return rc;
	if (to_name[0] == '@')
		return err_set(a->e, -EINVAL, "a name in an inbox cannot begin with '@': '%s'", to_name);
	if (&nodes[to.kind] != a->node || to.row != a->row)
		return rename_across(a, at, &dir, to, to_name, replace);
	if (at.kind == NODE_RECEIPT)
		return err_set(a->e, -EPERM, "'%s' is a receipt and keeps its name", name);
	return rename_here(a, at, &dir, to_name, replace);
}

int inbox_node_refusals(const struct ask *a, int64_t *row)
{
	struct dropdir dir;

	if (inbox_node_dir(a, &dir) < 0)
		return -1;
	*row = dir.box.number;
	return REFUSAL_INBOX;
}

int entry_node_stat(const struct ask *a, struct attr *out)
{
	struct drop d;
	int rc;

	if (upload_stat(a->fs, a->row, out))
		return 0;
	rc = inbox_get(a->fs->p, a->row, &d, a->e);
	if (rc < 0)
		return rc;
	out->size = d.is_dir ? 0 : d.size;
	out->modified_at = d.modified_at;
	if (d.ended_at) /* it answers only who wrote it, for a moment */
		out->timeout_s = 0;
	if (a->fs->o.allow_other)
		out->owner = (uid_t)d.uid;
	row_release(&drop_table, &d);
	return 0;
}

int entry_node_open(const struct ask *a)
{
	struct drop d;
	int rc = inbox_get(a->fs->p, a->row, &d, a->e);

	if (rc < 0)
		return rc;
	rc = blob_open(a->fs->p->blobs, d.sha256, a->e);
	row_release(&drop_table, &d);
	return rc;
}

int receipt_show(const struct ask *a, struct buf *out)
{
	struct drop d;
	int rc = inbox_get(a->fs->p, a->row, &d, a->e);

	if (rc < 0)
		return rc;
	rc = inbox_receipt(a->fs->p, &d, out, a->e);
	row_release(&drop_table, &d);
	return rc;
}

int receipt_stat(const struct ask *a, struct attr *out)
{
	struct drop d;
	int rc = inbox_get(a->fs->p, a->row, &d, a->e);

	if (rc < 0)
		return rc;
	out->modified_at = d.created_at;
	out->timeout_s = 0; /* the path in it follows when the task or its engagement is renamed */
	row_release(&drop_table, &d);
	return 0;
}

int folder_ctl_put(const struct ask *a, const char *text, size_t len UNUSED)
{
	if (!streq(text, "submit"))
		return err_set(a->e, -EINVAL, "'%.80s' is not known here; known is: submit", text);
	return folder_submit(a->fs, a->row, a->who, a->e);
}

int folder_node_removable(const struct ask *a UNUSED)
{
	return 0;
}
