/* Where a directory lies below the mountpoint, from its inode number */
#include <errno.h>
#include <stdio.h>

#include "fs/folder.h"
#include "fs/kick.h"
#include "platform/party.h"
#include "platform/task.h"

/* A directory that is named by its row: its name, and the directory that it is in. */
struct place {
	char name[2 * NAME_BYTES];
	uint64_t parent;
};

static int state_place(struct fs *fs UNUSED, int64_t row, struct place *out)
{
	if (row < 1 || row > N_TASK_STATES)
		return -ENOENT;
	snprintf(out->name, sizeof(out->name), "%s", task_state_words[row - 1]);
	out->parent = INO(NODE_TASKS, 0);
	return 0;
}

static int party_place(struct fs *fs, enum party_kind kind, int64_t row, struct place *out)
{
	union party x;
	int rc = party_get(fs->p, kind, row, &x, NULL);

	if (rc < 0)
		return rc;
	snprintf(out->name, sizeof(out->name), "%s", party_name(kind, &x));
	party_release(kind, &x);
	return 0;
}

static int engagement_place(struct fs *fs, int64_t row, struct place *out)
{
	out->parent = INO(NODE_ENGAGEMENTS, 0);
	return party_place(fs, PARTY_ENGAGEMENT, row, out);
}

static int expert_place(struct fs *fs, int64_t row, struct place *out)
{
	out->parent = INO(NODE_EXPERTS, 0);
	return party_place(fs, PARTY_EXPERT, row, out);
}

static int company_place(struct fs *fs, int64_t row, struct place *out)
{
	out->parent = INO(NODE_COMPANIES, 0);
	return party_place(fs, PARTY_COMPANY, row, out);
}

static int endpoint_place(struct fs *fs, int64_t row, struct place *out)
{
	out->parent = INO(NODE_ENDPOINTS, 0);
	return party_place(fs, PARTY_ENDPOINT, row, out);
}

static int model_place(struct fs *fs, int64_t row, struct place *out)
{
	out->parent = INO(NODE_MODELS, 0);
	return party_place(fs, PARTY_MODEL, row, out);
}

static int task_place(struct fs *fs, int64_t row, struct place *out)
{
	struct task t;
	int rc = task_get(fs->p, row, &t, NULL);

	if (rc < 0)
		return rc;
	snprintf(out->name, sizeof(out->name), "%s", t.name);
	out->parent = INO(NODE_ENGAGEMENT_TASKS, t.engagement_row);
	task_release(&t);
	return 0;
}

static uint64_t plain_inbox(int64_t engagement_row)
{
	return engagement_row ? INO(NODE_INBOX, engagement_row) : INO(NODE_TASKS_INBOX, 0);
}

uint64_t kick_inbox(struct fs *fs, int64_t number)
{
	struct inbox box;

	if (!(number & INBOX_CHOSEN))
		return plain_inbox(number);
	if (folder_box(fs, number, &box, NULL) < 0)
		return 0;
	return INO(box.tool[0] ? NODE_INBOX_TOOL : NODE_INBOX_MCP, number);
}

static int chosen_place(struct fs *fs, int64_t row, struct place *out)
{
	struct inbox box;
	int rc = folder_box(fs, row, &box, NULL);

	if (rc < 0)
		return rc;
	snprintf(out->name, sizeof(out->name), "@%s%s%s", box.mcp, box.tool[0] ? "/" : "", box.tool);
	out->parent = plain_inbox(box.engagement_row);
	return 0;
}

static int folder_place(struct fs *fs, int64_t row, struct place *out)
{
	struct drop d;
	int rc = inbox_get(fs->p, row, &d, NULL);

	if (rc < 0)
		return rc;
	snprintf(out->name, sizeof(out->name), "%s", d.name);
	out->parent = d.parent_row ? INO(NODE_FOLDER, d.parent_row) : kick_inbox(fs, d.inbox);
	row_release(&drop_table, &d);
	return out->parent ? 0 : -ESTALE;
}

static int (*const places[N_NODE_KINDS])(struct fs *fs, int64_t row, struct place *out) = {
	[NODE_STATE] = state_place,       [NODE_ENGAGEMENT] = engagement_place,
	[NODE_EXPERT] = expert_place,     [NODE_COMPANY] = company_place,
	[NODE_TASK] = task_place,         [NODE_INBOX_MCP] = chosen_place,
	[NODE_INBOX_TOOL] = chosen_place, [NODE_FOLDER] = folder_place,
	[NODE_ENDPOINT] = endpoint_place, [NODE_MODEL] = model_place,
};

int kick_path(struct fs *fs, uint64_t dir, struct buf *out)
{
	const struct node *n = &nodes[INO_KIND(dir)];
	struct place at = { .parent = INO(n->parent, INO_ROW(dir)) };
	int rc;

	if (INO_KIND(dir) == NODE_ROOT)
		return 0;
	if (n->name)
		snprintf(at.name, sizeof(at.name), "%s", n->name);
	else if (!places[INO_KIND(dir)])
		return -ENOENT;
	rc = n->name ? 0 : places[INO_KIND(dir)](fs, INO_ROW(dir), &at);
	if (rc == 0)
		rc = kick_path(fs, at.parent, out);
	if (rc == 0)
		buf_printf(out, "%s%s", out->len ? "/" : "", at.name);
	return rc;
}
