/* Which directory holds a node: what ".." means to who comes by a file handle, without a path */
#include <errno.h>

#include "fs/folder.h"
#include "fs/handlers.h"
#include "fs/scratch.h"
#include "fs/tree.h"
#include "fs/upload.h"
#include "platform/document.h"
#include "platform/task.h"

static struct found inbox_of(const struct inbox *box)
{
	if (*box->mcp)
		return (struct found){ *box->tool ? NODE_INBOX_TOOL : NODE_INBOX_MCP, box->number };
	return (struct found){ box->number ? NODE_INBOX : NODE_TASKS_INBOX, box->number };
}

static struct found dropdir_of(const struct dropdir *dir)
{
	return dir->parent_row ? (struct found){ NODE_FOLDER, dir->parent_row } : inbox_of(&dir->box);
}

int link_up(const struct ask *a, struct found *out)
{
	struct task t;
	int rc = task_get(a->fs->p, a->row, &t, a->e);

	if (rc < 0)
		return rc;
	*out = (struct found){ NODE_STATE, (int64_t)t.state + 1 };
	task_release(&t);
	return 0;
}

int task_up(const struct ask *a, struct found *out)
{
	struct task t;
	int rc = task_get(a->fs->p, a->row, &t, a->e);

	if (rc < 0)
		return rc;
	*out = t.trashed_at ? (struct found){ NODE_TRASH, 0 }
			    : (struct found){ NODE_ENGAGEMENT_TASKS, t.engagement_row };
	task_release(&t);
	return 0;
}

/* inbox/@MCP/TOOL/ lies in inbox/@MCP/, and that in the inbox. */
int inbox_mcp_up(const struct ask *a, struct found *out)
{
	struct inbox box, above;
	int rc = folder_box(a->fs, a->row, &box, a->e);

	if (rc < 0)
		return rc;
	if (*box.tool)
		folder_choose(a->fs, &box, box.mcp, NULL, &above);
	else
		above = (struct inbox){ .number = box.engagement_row };
	*out = inbox_of(&above);
	return 0;
}

static int stored_up(const struct ask *a, struct found *out)
{
	struct dropdir dir = { .parent_row = 0 };
	struct drop d;
	int rc = inbox_get(a->fs->p, a->row, &d, a->e);

	if (rc < 0)
		return rc;
	dir.parent_row = d.parent_row;
	rc = folder_box(a->fs, d.inbox, &dir.box, a->e);
	row_release(&drop_table, &d);
	*out = dropdir_of(&dir);
	return rc;
}

int entry_up(const struct ask *a, struct found *out)
{
	struct upload *u = a->node == &nodes[NODE_ENTRY] ? upload_get_loaded(a->fs, a->row) : NULL;
	struct dropdir dir;

	if (!u)
		return stored_up(a, out);
	upload_dir(u, &dir);
	upload_put(u);
	*out = dropdir_of(&dir);
	return 0;
}

int document_up(const struct ask *a, struct found *out)
{
	static const unsigned dirs[] = { [DOCUMENT_INPUT] = NODE_TASK_INPUT,
					 [DOCUMENT_FORMER] = NODE_TASK_FORMER,
					 [DOCUMENT_RESULT] = NODE_TASK,
					 [DOCUMENT_OUTPUT] = NODE_TASK_OUTPUT,
					 [DOCUMENT_REQUEST] = NODE_TASK_INPUT };
	struct document d;
	int rc = document_get(a->fs->p, a->row, &d, a->e);

	if (rc < 0)
		return rc;
	*out = d.parent_row ? (struct found){ NODE_DOCUMENT_DIR, d.parent_row }
			    : (struct found){ dirs[d.role], d.task_row };
	row_release(&document_table, &d);
	return 0;
}

int scratch_up(const struct ask *a, struct found *out)
{
	uint64_t ino;
	int rc = scratch_dir(a->fs, a->row, &ino);

	*out = (struct found){ INO_KIND(ino), INO_ROW(ino) };
	return rc;
}

/* A name of its own stands in the directory of the same record; what a list names, in the one list there is. */
int tree_parent(const struct ask *a, struct found *out)
{
	if (a->node->up)
		return a->node->up(a, out);
	*out = (struct found){ a->node->parent, a->node->name ? a->row : 0 };
	return a->node->parent == NODE_NONE ? -ENOENT : 0;
}
