#include "fs/notify.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "fs/dirtime.h"
#include "fs/node.h"
#include "fs/scratch.h"
#include "fs/teller.h"
#include "fs/tree.h"
#include "fs/upload.h"
#include "fs/view.h"
#include "platform/inbox.h"
#include "platform/party.h"
#include "platform/refusal.h"
#include "platform/settings.h"
#include "platform/task.h"

/* A change, or (then not NULL) what is called when all before it was told. */
struct raw {
	struct change c;
	void (*then)(void *arg);
	void *arg;
	struct raw *next;
};

struct notifier {
	struct fs *fs;
	pthread_mutex_t lock;
	pthread_cond_t more;
	struct raw *first, **last;
	bool stopping;
	pthread_t thread;
	struct tellers *tellers;
};

static void tell(struct notifier *n, uint64_t ino, const char *name)
{
	teller_tell(n->tellers, ino, name);
}

static void tell_watchers(void *ud, struct kick *k)
{
	struct notifier *n = ud;

	teller_kick(n->tellers, k);
}

static void tell_files(struct notifier *n, unsigned dir_kind, int64_t row)
{
	tell(n, INO(dir_kind, row), NULL);
	for (unsigned k = NODE_ROOT; k < N_NODE_KINDS; k++)
		if (nodes[k].parent == dir_kind && nodes[k].name)
			tell(n, INO(k, row), NULL);
}

static const struct {
	unsigned list, dir, error;
} party_nodes[N_PARTY_KINDS] = {
	[PARTY_EXPERT] = { NODE_EXPERTS, NODE_EXPERT, NODE_EXPERT_ERROR },
	[PARTY_COMPANY] = { NODE_COMPANIES, NODE_COMPANY, NODE_COMPANY_ERROR },
	[PARTY_ENGAGEMENT] = { NODE_ENGAGEMENTS, NODE_ENGAGEMENT, NODE_ENGAGEMENT_ERROR },
	[PARTY_ENDPOINT] = { NODE_ENDPOINTS, NODE_ENDPOINT, NODE_ENDPOINT_ERROR },
	[PARTY_MODEL] = { NODE_MODELS, NODE_MODEL, NODE_MODEL_ERROR },
};

struct links {
	struct notifier *n;
	const char *engagement;
};

/* The links of a task in every directory, under both names it may have had. */
static void tell_link(struct notifier *n, const char *task, const char *engagement, int state)
{
	char name[NAME_BYTES];

	tell(n, INO(NODE_STATE, state + 1), view_name(task, engagement, true, name));
	tell(n, INO(NODE_STATE, state + 1), view_name(task, engagement, false, name));
	tell(n, INO(NODE_STATE, state + 1), NULL);
}

static int tell_task_link(void *row, void *ud)
{
	const struct task_listing *t = row;
	struct links *l = ud;

	tell_link(l->n, t->name, l->engagement, t->state);
	tell(l->n, INO(NODE_LINK, t->row_id), NULL);
	return 0;
}

static void party_changed(struct notifier *n, const struct change *c)
{
	enum party_kind kind = (enum party_kind)c->parent;

	tell(n, INO(party_nodes[kind].list, 0), NULL);
	if (kind == PARTY_MODEL) {
		tree_renew();
		tell(n, INO(NODE_RESIDENT, c->row), NULL);
	}
	if (c->now != CHANGE_NONE) {
		tell_files(n, party_nodes[kind].dir, c->row);
		return;
	}
	tell(n, INO(party_nodes[kind].list, 0), c->name);
	if (kind == PARTY_ENGAGEMENT)
		task_each(n->fs->p, c->row, 0, tell_task_link, &(struct links){ n, c->name }, NULL);
}

static bool engagement_name(struct notifier *n, int64_t row, char *out)
{
	union party x;

	if (party_get(n->fs->p, PARTY_ENGAGEMENT, row, &x, NULL) < 0)
		return false;
	snprintf(out, NAME_BYTES, "%s", x.engagement.name);
	party_release(PARTY_ENGAGEMENT, &x);
	return true;
}

static void task_changed(struct notifier *n, const struct change *c)
{
	char engagement[NAME_BYTES];

	if (c->was != c->now && engagement_name(n, c->parent, engagement)) {
		if (c->was != CHANGE_NONE)
			tell_link(n, c->name, engagement, c->was);
		if (c->now != CHANGE_NONE)
			tell(n, INO(NODE_STATE, c->now + 1), NULL);
	}
	if (c->was == CHANGE_NONE || c->now == CHANGE_NONE) {
		tell(n, INO(NODE_ENGAGEMENT_TASKS, c->parent), c->now == CHANGE_NONE ? c->name : NULL);
		tell(n, INO(NODE_LINK, c->row), NULL);
	}
	if (c->was != CHANGE_NONE || c->now != TASK_TODO) /* all but a new one, of which nobody knows files yet */
		tell_files(n, NODE_TASK, c->row);
}

/* The kernel asks for the names in .trash each time: one that goes may change others. */
static void trash_changed(struct notifier *n, const struct change *c)
{
	tell(n, INO(NODE_TRASH, 0), NULL);
	scratch_forget(n->fs, INO(NODE_TASK, c->row));
}

/* The inbox of that number, or (in_folder) the dropped folder of that row. */
static void drop_at(struct notifier *n, int64_t parent, bool in_folder)
{
	if (in_folder) {
		tell(n, INO(NODE_FOLDER, parent), NULL);
	} else if (parent & INBOX_CHOSEN) {
		tell(n, INO(NODE_INBOX_MCP, parent), NULL);
		tell(n, INO(NODE_INBOX_TOOL, parent), NULL);
	} else {
		tell(n, parent ? INO(NODE_INBOX, parent) : INO(NODE_TASKS_INBOX, 0), NULL);
	}
}

static void drop_changed(struct notifier *n, const struct change *c)
{
	tell(n, INO(NODE_ENTRY, c->row), NULL);
	tell(n, INO(NODE_FOLDER, c->row), NULL);
	drop_at(n, c->parent, c->was);
}

static void document_changed(struct notifier *n, const struct change *c)
{
	static const unsigned dirs[] = { NODE_TASK, NODE_TASK_INPUT, NODE_TASK_OUTPUT, NODE_TASK_FORMER };

	if (!c->name) {
		tell(n, INO(NODE_DOCUMENT, c->parent), NULL);
		return;
	}
	for (size_t i = 0; i < N_ELEMS(dirs); i++) {
		tell(n, INO(dirs[i], c->row), NULL);
		tell(n, INO(dirs[i], c->row), c->name);
	}
	tell(n, INO(NODE_TASK_JSON, c->row), NULL);
}

static void event_changed(struct notifier *n, const struct change *c)
{
	if (c->parent)
		tell(n, INO(NODE_TASK_EVENTS, c->parent), NULL);
}

static int tell_default_link(void *row, void *ud)
{
	const struct task_listing *t = row;
	struct notifier *n = ud;
	char engagement[NAME_BYTES];

	if (engagement_name(n, t->engagement_row, engagement))
		tell_link(n, t->name, engagement, t->state);
	return 0;
}

static void setting_changed(struct notifier *n, const struct change *c)
{
	tell(n, INO(NODE_SETTING, c->row + 1), NULL);
	for (int s = 0; c->row == SETTING_DEFAULT_ENGAGEMENT && s < N_TASK_STATES; s++)
		task_each_in(n->fs->p, (enum task_state)s, 0, tell_default_link, n, NULL);
}

static void live_changed(struct notifier *n, const struct change *c)
{
	tell(n, INO(NODE_TASK_PROGRESS, c->row), NULL);
	tell(n, INO(NODE_TASK_LOG, c->row), NULL);
}

static void refusal_changed(struct notifier *n, const struct change *c)
{
	static const unsigned files[] = {
		[REFUSAL_TASK] = NODE_TASK_ERROR,         [REFUSAL_EXPERT] = NODE_EXPERT_ERROR,
		[REFUSAL_COMPANY] = NODE_COMPANY_ERROR,   [REFUSAL_ENGAGEMENT] = NODE_ENGAGEMENT_ERROR,
		[REFUSAL_SETTINGS] = NODE_SETTINGS_ERROR, [REFUSAL_ENDPOINT] = NODE_ENDPOINT_ERROR,
		[REFUSAL_MODEL] = NODE_MODEL_ERROR
	};

	if ((size_t)c->parent < N_ELEMS(files) && files[c->parent])
		tell(n, INO(files[c->parent], c->row), NULL);
}

/* The kernel asks for deliveries each time: thousands may end in a second. */
static void delivery_changed(struct notifier *n UNUSED, const struct change *c UNUSED)
{
}

/* And for what models do, which is known before it is stored. */
static void model_changed(struct notifier *n UNUSED, const struct change *c UNUSED)
{
	tree_renew();
}

static void (*const on_change[])(struct notifier *n, const struct change *c) = {
	[CHANGE_PARTY] = party_changed,       [CHANGE_TASK] = task_changed,         [CHANGE_TRASH] = trash_changed,
	[CHANGE_DROP] = drop_changed,         [CHANGE_DOCUMENT] = document_changed, [CHANGE_EVENT] = event_changed,
	[CHANGE_SETTING] = setting_changed,   [CHANGE_LIVE] = live_changed,         [CHANGE_REFUSAL] = refusal_changed,
	[CHANGE_DELIVERY] = delivery_changed, [CHANGE_MODEL] = model_changed,
};

static void *notifier_run(void *arg)
{
	struct notifier *n = arg;

	pthread_mutex_lock(&n->lock);
	for (;;) {
		struct raw *r = n->first;

		if (!r && n->stopping)
			break;
		if (!r) {
			pthread_cond_wait(&n->more, &n->lock);
			continue;
		}
		n->first = r->next;
		if (!n->first)
			n->last = &n->first;
		pthread_mutex_unlock(&n->lock);
		if (r->then) {
			teller_then(n->tellers, r->then, r->arg);
		} else {
			on_change[r->c.kind](n, &r->c);
			kick_changed(n->fs, &r->c, tell_watchers, n);
		}
		free(r->c.name);
		free(r);
		pthread_mutex_lock(&n->lock);
	}
	pthread_mutex_unlock(&n->lock);
	return NULL;
}

/* With the lock held. */
static void put_raw(struct notifier *n, struct raw what)
{
	struct raw *r = xmalloc(sizeof(*r));

	*r = what;
	*n->last = r;
	n->last = &r->next;
	pthread_cond_signal(&n->more);
}

/* Does the folder list other names now? What is taken in after it was closed, it listed before. */
static bool changes_names(struct fs *fs, const struct change *c)
{
	bool in_folder = c->kind == CHANGE_DROP && c->was;

	return in_folder && c->now != 1 && (c->now == CHANGE_NONE || !upload_shows(fs, c->row));
}

void notify_changes(struct fs *fs, const struct change *c, size_t n)
{
	struct notifier *q = fs->notifier;

	if (!q)
		return;
	pthread_mutex_lock(&q->lock);
	for (size_t i = 0; i < n; i++) {
		struct raw r = { .c = c[i] };

		if (changes_names(fs, &c[i])) /* at once: who drops a folder sets its time next */
			dirtime_touch(fs, INO(NODE_FOLDER, c[i].parent));
		r.c.name = xstrdup(c[i].name);
		put_raw(q, r);
	}
	pthread_mutex_unlock(&q->lock);
}

void notify_then(struct fs *fs, void (*fn)(void *arg), void *arg)
{
	struct notifier *n = fs->notifier;

	if (!n || tellers_are_quiet(n->tellers)) {
		fn(arg);
		return;
	}
	pthread_mutex_lock(&n->lock);
	put_raw(n, (struct raw){ .then = fn, .arg = arg });
	pthread_mutex_unlock(&n->lock);
}

void notify_attr(struct fs *fs, uint64_t ino)
{
	if (fs->notifier)
		tell(fs->notifier, ino, NULL);
}

void notify_gone(struct fs *fs, int64_t inbox, int64_t parent_row)
{
	if (parent_row)
		dirtime_touch(fs, INO(NODE_FOLDER, parent_row));
	if (fs->notifier)
		drop_at(fs->notifier, parent_row ? parent_row : inbox, parent_row);
}

void notify_name(struct fs *fs, uint64_t dir, const char *name)
{
	if (fs->notifier)
		tell(fs->notifier, dir, name);
}

void notify_quiet(struct fs *fs)
{
	kicks_quiet(fs);
	tellers_quiet(fs->notifier->tellers);
}

int notify_start(struct fs *fs)
{
	struct notifier *n = xcalloc(1, sizeof(*n));
	int rc;

	n->fs = fs;
	n->last = &n->first;
	pthread_mutex_init(&n->lock, NULL);
	pthread_cond_init(&n->more, NULL);
	rc = kicks_start(fs);
	if (rc == 0)
		rc = tellers_start(fs, &n->tellers);
	if (rc == 0)
		rc = -pthread_create(&n->thread, NULL, notifier_run, n);
	if (rc == 0) {
		fs->notifier = n;
		return 0;
	}
	kicks_stop(fs);
	if (n->tellers)
		tellers_stop(n->tellers);
	kicks_free(fs);
	free(n);
	return rc;
}

void notify_stop(struct fs *fs)
{
	struct notifier *n = fs->notifier;

	if (!n)
		return;
	kicks_stop(fs);
	pthread_mutex_lock(&n->lock);
	n->stopping = true;
	pthread_cond_signal(&n->more);
	pthread_mutex_unlock(&n->lock);
	pthread_join(n->thread, NULL);
	tellers_stop(n->tellers);
	pthread_mutex_destroy(&n->lock);
	pthread_cond_destroy(&n->more);
	kicks_free(fs);
	fs->notifier = NULL;
	free(n);
}
