/* Which change of the platform is which kick */
#include <stdlib.h>

#include "fs/kick.h"
#include "platform/inbox.h"
#include "platform/party.h"
#include "platform/refusal.h"

struct feed {
	struct fs *fs;
	const struct change *c;
	void (*emit)(void *ud, struct kick *k);
	void *ud;
};

static struct kick *make(uint64_t dir, enum kick_what what, const char *name)
{
	struct kick *k = xmalloc(sizeof(*k));

	*k = (struct kick){ .dir = dir, .what = what, .name = xstrdup(name) };
	return k;
}

static void came(const struct feed *f, uint64_t dir, const char *name)
{
	f->emit(f->ud, make(dir, KICK_CAME, name));
}

static void gone(const struct feed *f, uint64_t dir, const char *name, mode_t type)
{
	struct kick *k = make(dir, KICK_GONE, name);

	k->type = type;
	f->emit(f->ud, k);
}

/* A file that has its name from the table of nodes. */
static void changed(const struct feed *f, unsigned kind, int64_t row)
{
	struct kick *k = make(INO(nodes[kind].parent, row), KICK_CHANGED, nodes[kind].name);

	k->ino = INO(kind, row);
	f->emit(f->ud, k);
}

static void link_moved(const struct feed *f, int state, enum kick_what what)
{
	struct kick *k = make(INO(NODE_STATE, state + 1), what, f->c->name);

	k->type = S_IFLNK;
	k->view_of = f->c->parent;
	f->emit(f->ud, k);
}

static void on_task(const struct feed *f)
{
	const struct change *c = f->c;
	bool new = c->was == CHANGE_NONE, end = c->now == CHANGE_NONE;

	if (new)
		came(f, INO(NODE_ENGAGEMENT_TASKS, c->parent), c->name);
	if (end)
		gone(f, INO(NODE_ENGAGEMENT_TASKS, c->parent), c->name, S_IFDIR);
	if (!new && c->was != c->now)
		link_moved(f, c->was, KICK_GONE);
	if (!end && c->was != c->now)
		link_moved(f, c->now, KICK_CAME);
	if (new || end)
		return;
	changed(f, NODE_TASK_JSON, c->row);
	if (c->was == c->now)
		return;
	changed(f, NODE_TASK_STATUS, c->row);
	changed(f, NODE_TASK_PROGRESS, c->row);
	if (c->now == TASK_FAILED)
		changed(f, NODE_TASK_ERROR, c->row);
}

/* A file, or a dropped folder: its row, if it is still there, knows. */
static void gone_entry(const struct feed *f, uint64_t dir)
{
	struct kick *k = make(dir, KICK_GONE, f->c->name);

	k->ino = INO(NODE_ENTRY, f->c->row);
	f->emit(f->ud, k);
}

/*
 * Entries come by requests through the mount, which the kernel reports by itself: files people write. They go when
 * their work is over. Receipts are ours from beginning to end.
 */
static void on_drop(const struct feed *f)
{
	const struct change *c = f->c;
	uint64_t dir = c->was ? INO(NODE_FOLDER, c->parent) : kick_inbox(f->fs, c->parent);
	char receipt[NAME_BYTES];

	if (!dir || !c->name)
		return;
	name_fit(c->name, INBOX_RECEIPT, receipt);
	if (c->now == CHANGE_NONE)
		gone_entry(f, dir);
	if (c->was) /* in a folder: it has no receipt of its own */
		return;
	if (c->now == CHANGE_NONE)
		gone(f, dir, receipt, S_IFREG);
	else
		came(f, dir, receipt);
}

static void on_document(const struct feed *f)
{
	static const unsigned dirs[] = {
		[DOCUMENT_INPUT] = NODE_TASK_INPUT,
		[DOCUMENT_RESULT] = NODE_TASK,
		[DOCUMENT_OUTPUT] = NODE_TASK_OUTPUT,
	};
	const struct change *c = f->c;

	if (!c->name || c->was >= (int)N_ELEMS(dirs) || !dirs[c->was])
		return;
	if (c->now == CHANGE_NONE)
		gone(f, INO(dirs[c->was], c->row), c->name, S_IFREG);
	else
		came(f, INO(dirs[c->was], c->row), c->name);
	if (c->was == DOCUMENT_RESULT)
		changed(f, NODE_TASK_JSON, c->row);
}

static void on_party(const struct feed *f)
{
	static const unsigned files[N_PARTY_KINDS] = {
		[PARTY_EXPERT] = NODE_EXPERT_JSON,         [PARTY_COMPANY] = NODE_COMPANY_JSON,
		[PARTY_ENGAGEMENT] = NODE_ENGAGEMENT_JSON, [PARTY_ENDPOINT] = NODE_ENDPOINT_JSON,
		[PARTY_MODEL] = NODE_MODEL_SPEC,
	};

	if (f->c->was != CHANGE_NONE && f->c->now != CHANGE_NONE)
		changed(f, files[f->c->parent], f->c->row);
}

static void on_live(const struct feed *f)
{
	changed(f, NODE_TASK_PROGRESS, f->c->row);
	changed(f, NODE_TASK_LOG, f->c->row);
}

static void on_refusal(const struct feed *f)
{
	static const unsigned files[] = {
		[REFUSAL_TASK] = NODE_TASK_ERROR,
		[REFUSAL_ENGAGEMENT] = NODE_ENGAGEMENT_ERROR,
		[REFUSAL_ENDPOINT] = NODE_ENDPOINT_ERROR,
		[REFUSAL_MODEL] = NODE_MODEL_ERROR,
	};

	if ((size_t)f->c->parent < N_ELEMS(files) && files[f->c->parent])
		changed(f, files[f->c->parent], f->c->row);
}

static void on_model(const struct feed *f)
{
	changed(f, NODE_MODEL_STATE, f->c->row);
	changed(f, NODE_MODEL_REASON, f->c->row);
	changed(f, NODE_MODEL_HISTORY, f->c->row);
}

void kick_changed(struct fs *fs, const struct change *c, void (*fn)(void *ud, struct kick *k), void *ud)
{
	static void (*const on[])(const struct feed *f) = {
		[CHANGE_TASK] = on_task,   [CHANGE_DROP] = on_drop,       [CHANGE_DOCUMENT] = on_document,
		[CHANGE_PARTY] = on_party, [CHANGE_REFUSAL] = on_refusal, [CHANGE_LIVE] = on_live,
		[CHANGE_MODEL] = on_model,
	};

	if (kick_wanted(fs) && (size_t)c->kind < N_ELEMS(on) && on[c->kind])
		on[c->kind](&(struct feed){ fs, c, fn, ud });
}
