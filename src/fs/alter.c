#include "fs/alter.h"

#include <errno.h>
#include <string.h>

#include "fs/dirtime.h"
#include "fs/notify.h"
#include "fs/scratch.h"
#include "fs/tree.h"
#include "platform/refusal.h"
#include "platform/tempname.h"

/* Which record's `error` speaks of this node: its own, or that of the directory that holds it by name. */
static int refusals_of(struct fs *fs, unsigned kind, int64_t row, int64_t *record)
{
	struct ask a = tree_ask(fs, INO(kind, row), NULL, NULL);

	if (a.node->refusals)
		return a.node->refusals(&a, record);
	a = tree_ask(fs, INO(a.node->parent, row), NULL, NULL);
	return a.node->refusals ? a.node->refusals(&a, record) : -1;
}

int alter_note(struct fs *fs, unsigned kind, int64_t row, int rc, const struct err *e)
{
	struct err own = *e;
	int64_t record = 0;
	int where;

	if (rc >= 0 || !e->text[0])
		return rc;
	where = refusals_of(fs, kind, row, &record);
	own.code = rc;
	if (where >= 0)
		refusal_note(fs->p, (enum refusal_kind)where, record, &own);
	return rc;
}

void alter_done(struct fs *fs, unsigned kind, int64_t row)
{
	int64_t record = 0;
	int where = refusals_of(fs, kind, row, &record);

	if (where >= 0)
		refusal_clear(fs->p, (enum refusal_kind)where, record);
}

int alter_mkdir(struct fs *fs, uint64_t dir, const char *name, const struct actor *who, struct found *out,
		struct err *e)
{
	struct ask a = tree_ask(fs, dir, who, e);
	int rc;

	if (!a.node->mkdir)
		return err_set(e, -EPERM, "no directory can be made here");
	rc = tree_find(&a, name, out);
	if (rc == 0)
		return -EEXIST;
	e->text[0] = '\0';
	rc = rc == -ENOENT ? a.node->mkdir(&a, name, out) : rc;
	if (rc == 0)
		dirtime_touch(fs, dir);
	return alter_note(fs, INO_KIND(dir), INO_ROW(dir), rc, e);
}

/* A directory with a name of its own goes with what holds it, once nothing is in it that could have been removed. */
static int check_fixed_dir(struct fs *fs, struct found at, struct err *e)
{
	struct ask a = tree_ask(fs, INO(at.kind, at.row), NULL, e);
	struct listing l;
	size_t movable = 0;
	int rc;

	if (!a.node->remove)
		return 0;
	rc = tree_list(&a, &l);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < l.n; i++)
		movable += !nodes[l.entry[i].at.kind].name;
	listing_free(&l);
	return movable ? -ENOTEMPTY : 0;
}

static int remove_found(struct ask *a, const char *name, struct found at)
{
	int rc;

	if (at.kind == NODE_SCRATCH) {
		scratch_remove(a->fs, at.row);
		return 0;
	}
	if (a->node->remove && !nodes[at.kind].name)
		return a->node->remove(a, name, at);
	if (!a->node->removable)
		return err_set(a->e, -EPERM, "'%s' belongs here and cannot be removed", name);
	rc = a->node->removable(a);
	return rc == 0 && tree_is_dir(at.kind) ? check_fixed_dir(a->fs, at, a->e) : rc;
}

int alter_remove(struct fs *fs, uint64_t dir, const char *name, bool is_dir, const struct actor *who, struct err *e)
{
	struct ask a = tree_ask(fs, dir, who, e);
	struct found at;
	int rc = tree_find(&a, name, &at);

	if (rc < 0)
		return rc;
	if (is_dir && !tree_is_dir(at.kind))
		return -ENOTDIR;
	if (!is_dir && tree_is_dir(at.kind))
		return -EISDIR;
	e->text[0] = '\0';
	rc = remove_found(&a, name, at);
	if (rc == 0)
		dirtime_touch(fs, dir);
	if (rc == 0 && is_dir)
		scratch_forget(fs, INO(at.kind, at.row));
	alter_note(fs, nodes[at.kind].refusals ? at.kind : INO_KIND(dir),
		   nodes[at.kind].refusals ? at.row : INO_ROW(dir), rc, e);
	return rc;
}

/* The text of a line file as one line, without its end. */
static int one_line(struct buf *text, struct err *e)
{
	while (text->len && strchr("\r\n \t", text->data[text->len - 1]))
		text->data[--text->len] = '\0';
	if (text->len && (strlen(text->data) != text->len || strchr(text->data, '\n')))
		return err_set(e, -EINVAL, "this file holds one line");
	return 0;
}

/* The rename that ends an editor's work: the temporary file becomes the document. */
static int install(struct ask *dir, struct found scratch, struct found at)
{
	struct ask a = tree_ask(dir->fs, INO(at.kind, at.row), dir->who, dir->e);
	auto_buf text = BUF_INIT;
	int rc;

	if (!a.node->put)
		return err_set(dir->e, -EPERM, "this file cannot be written");
	rc = scratch_copy(dir->fs, scratch.row, &text);
	if (rc == 0 && (a.node->flags & NODE_LINE))
		rc = one_line(&text, dir->e);
	if (rc == 0)
		rc = a.node->put(&a, buf_str(&text), text.len);
	if (rc < 0)
		return rc;
	scratch_remove(dir->fs, scratch.row);
	alter_done(dir->fs, at.kind, at.row);
	notify_attr(dir->fs, INO(at.kind, at.row));
	return 0;
}

static int move_scratch(struct ask *from, struct found at, uint64_t to, const char *to_name)
{
	struct found target;

	if (to != INO(from->node - nodes, from->row))
		return -EXDEV;
	if (tree_find(from, to_name, &target) == 0 && target.kind != NODE_SCRATCH) {
		from->e->text[0] = '\0';
		return install(from, at, target);
	}
	return scratch_rename(from->fs, at.row, to_name, from->e);
}

/* The rename that begins an editor's work: what is there becomes its backup. It stays, until the successor comes. */
static int keep_backup(struct ask *dir, struct found at, const char *name)
{
	struct ask a = tree_ask(dir->fs, INO(at.kind, at.row), dir->who, dir->e);
	uint64_t ino = INO(dir->node - nodes, dir->row);
	auto_buf text = BUF_INIT;
	int64_t row;
	int rc = tree_bytes(&a, &text);

	if (rc == 0 && scratch_find(dir->fs, ino, name, &row) == 0)
		scratch_remove(dir->fs, row);
	if (rc == 0)
		rc = scratch_create(dir->fs, ino, name, &row, dir->e);
	return rc < 0 ? rc : scratch_write(dir->fs, row, buf_str(&text), text.len, 0);
}

int alter_move(struct fs *fs, uint64_t dir, const char *name, uint64_t to, const char *to_name, bool replace,
	       const struct actor *who, struct err *e)
{
	struct ask from = tree_ask(fs, dir, who, e), target = tree_ask(fs, to, who, e);
	struct found at, other;
	int rc = tree_find(&from, name, &at);

	if (rc < 0)
		return rc;
	e->text[0] = '\0';
	if (!replace && tree_find(&target, to_name, &other) == 0 &&
	    !(dir == to && other.kind == at.kind && other.row == at.row))
		return -EEXIST;
	e->text[0] = '\0';
	if (at.kind == NODE_SCRATCH)
		rc = move_scratch(&from, at, to, to_name);
	else if (dir == to && nodes[at.kind].put && (from.node->flags & NODE_SCRATCHY) && tempname_is(to_name))
		rc = keep_backup(&from, at, to_name);
	else if (from.node->move && !nodes[at.kind].name)
		rc = from.node->move(&from, name, at, (struct found){ INO_KIND(to), INO_ROW(to) }, to_name, replace);
	else
		rc = err_set(e, -EPERM, "'%s' belongs where it is and cannot be moved", name);
	if (rc == -EINVAL)
		rc = -EBADMSG;
	if (rc == 0) {
		dirtime_touch(fs, dir);
		dirtime_touch(fs, to);
	}
	if (rc == 0) /* the kernel has it under that name now, for ever; a view or .trash may call it otherwise */
		notify_name(fs, to, to_name);
	if (rc == 0 && nodes[at.kind].refusals)
		alter_done(fs, at.kind, at.row);
	alter_note(fs, nodes[at.kind].refusals ? at.kind : INO_KIND(dir),
		   nodes[at.kind].refusals ? at.row : INO_ROW(dir), rc, e);
	return rc;
}
