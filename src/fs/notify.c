#define FUSE_USE_VERSION 312
#include "fs/notify.h"

#include <errno.h>
#include <fuse_lowlevel.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/cond.h"
#include "fs/dirtime.h"
#include "fs/kick.h"
#include "fs/node.h"
#include "fs/scratch.h"
#include "fs/view.h"
#include "platform/inbox.h"
#include "platform/party.h"
#include "platform/refusal.h"
#include "platform/settings.h"
#include "platform/task.h"

#define N_TELLERS KICK_HOLDERS
#define AGAIN_MS  20
#define N_PENDING 256

/* Called when every teller has come to it. */
struct mark {
	void (*fn)(void *arg);
	void *arg;
	_Atomic int left;
};

/* One thing to tell the kernel: a name in a directory, or (name NULL) the attributes of an inode. Or a mark, or what
 * watchers are told. */
struct telling {
	uint64_t ino;
	char *name;
	struct mark *mark;
	struct kick *kick;
	int64_t due_ms; /* not 0: told before, the kernel did not know it */
	struct telling *next;
};

struct teller {
	struct fs *fs;
	unsigned number;
	pthread_mutex_t lock;
	pthread_cond_t more, idle;
	struct telling *first, **last;
	struct telling *later, **latest; /* told again when they are due */
	uint64_t
		pending[N_PENDING]; /* inodes whose attributes wait in the queue, by their hash: a burst is told once */
	bool stopping, busy;
	pthread_t thread;
};

struct raw {
	struct change c;
	struct mark *mark;
	struct raw *next;
};

struct notifier {
	struct fs *fs;
	pthread_mutex_t lock;
	pthread_cond_t more;
	struct raw *first, **last;
	bool stopping;
	_Atomic bool quiet;
	pthread_t thread;
	struct teller teller[N_TELLERS];
};

static void mark_reached(struct mark *m)
{
	if (--m->left > 0)
		return;
	m->fn(m->arg);
	free(m);
}

static void put(struct teller *t, struct telling what)
{
	struct telling *x = xmalloc(sizeof(*x));

	*x = what;
	*t->last = x;
	t->last = &x->next;
	pthread_cond_signal(&t->more);
}

static uint64_t *pending_slot(struct teller *t, uint64_t ino)
{
	return &t->pending[(ino ^ ino >> 8 ^ ino >> 16) % N_PENDING];
}

/* What waits in the queue is told after this change too. With the lock held. */
static bool is_pending(struct teller *t, uint64_t ino)
{
	uint64_t *slot = pending_slot(t, ino);
	bool there = *slot == ino;

	*slot = ino;
	return there;
}

/* A directory's names and an inode's attributes always go through the same thread, in order. */
static struct teller *teller_of(struct notifier *n, uint64_t ino)
{
	return &n->teller[(ino >> 8 ^ ino) % N_TELLERS];
}

static void tell(struct notifier *n, uint64_t ino, const char *name)
{
	struct teller *t = teller_of(n, ino);

	if (S_ISDIR(nodes[INO_KIND(ino)].mode) && INO_KIND(ino) != NODE_FOLDER)
		dirtime_touch(n->fs, ino);
	if (n->quiet)
		return;
	pthread_mutex_lock(&t->lock);
	if (name || !is_pending(t, ino))
		put(t, (struct telling){ .ino = ino, .name = xstrdup(name) });
	pthread_mutex_unlock(&t->lock);
}

/* Watchers hear of a name once the kernel has been told what was before. */
static void tell_watchers(void *ud, struct kick *k)
{
	struct teller *t = teller_of(ud, k->dir);

	pthread_mutex_lock(&t->lock);
	put(t, (struct telling){ .ino = k->dir, .kick = k });
	pthread_mutex_unlock(&t->lock);
}

static void pass_mark(struct notifier *n, struct mark *m)
{
	for (size_t i = 0; i < N_TELLERS; i++) {
		struct teller *t = &n->teller[i];

		pthread_mutex_lock(&t->lock);
		put(t, (struct telling){ .mark = m });
		pthread_mutex_unlock(&t->lock);
	}
}

static int tell_kernel(const struct teller *t, const struct telling *x)
{
	struct fuse_session *se = t->fs->session;
	int rc;

	/* Listings and the texts of links are kept as pages: they go too. Other bytes that are kept never change. */
	if (!x->name)
		return fuse_lowlevel_notify_inval_inode(se, x->ino, S_ISREG(nodes[INO_KIND(x->ino)].mode) ? -1 : 0, 0);
	kick_hold(t->fs, t->number, x->ino);
	rc = fuse_lowlevel_notify_inval_entry(se, x->ino, x->name, strlen(x->name));
	kick_let_go(t->fs, t->number);
	return rc;
}

static struct telling *pop(struct telling **first, struct telling ***last)
{
	struct telling *x = *first;

	*first = x->next;
	if (!*first)
		*last = first;
	x->next = NULL;
	return x;
}

static void forget(struct telling *x)
{
	if (x->mark)
		mark_reached(x->mark);
	kick_free(x->kick);
	free(x->name);
	free(x);
}

static void drop_all(struct telling **first, struct telling ***last)
{
	while (*first)
		forget(pop(first, last));
}

/* The next thing to tell: what is new first, then what is due again. NULL at the end, when nothing is told any more. */
static struct telling *take(struct teller *t)
{
	struct telling *x = NULL;

	pthread_mutex_lock(&t->lock);
	t->busy = false;
	pthread_cond_broadcast(&t->idle);
	while (!t->first && !t->stopping && !(t->later && t->later->due_ms <= clock_mono_ms()))
		cond_wait_until(&t->more, &t->lock, t->later ? t->later->due_ms : -1);
	if (t->stopping) {
		drop_all(&t->first, &t->last);
		drop_all(&t->later, &t->latest);
	} else {
		x = t->first ? pop(&t->first, &t->last) : pop(&t->later, &t->latest);
		if (!x->name && !x->mark && !x->kick && *pending_slot(t, x->ino) == x->ino)
			*pending_slot(t, x->ino) = 0;
		t->busy = true;
	}
	pthread_mutex_unlock(&t->lock);
	return x;
}

static void tell_later(struct teller *t, struct telling *x)
{
	x->due_ms = clock_mono_ms() + AGAIN_MS;
	pthread_mutex_lock(&t->lock);
	*t->latest = x;
	t->latest = &x->next;
	pthread_mutex_unlock(&t->lock);
}

/*
 * A look-up that read the old state before the commit may reply after we told the kernel, which did not know the inode
 * then and now keeps the old attributes. So what is unknown is told once more, after such a reply must have come.
 */
static void *teller_run(void *arg)
{
	struct teller *t = arg;
	struct telling *x;

	while ((x = take(t))) {
		if (x->kick)
			kick_push(t->fs, steal(x->kick));
		else if (!x->mark && tell_kernel(t, x) == -ENOENT && !x->due_ms && !x->name) {
			tell_later(t, x);
			continue;
		}
		forget(x);
	}
	return NULL;
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
	static const unsigned files[] = { [REFUSAL_TASK] = NODE_TASK_ERROR,
					  [REFUSAL_EXPERT] = NODE_EXPERT_ERROR,
					  [REFUSAL_COMPANY] = NODE_COMPANY_ERROR,
					  [REFUSAL_ENGAGEMENT] = NODE_ENGAGEMENT_ERROR,
					  [REFUSAL_SETTINGS] = NODE_SETTINGS_ERROR };

	if ((size_t)c->parent < N_ELEMS(files) && files[c->parent])
		tell(n, INO(files[c->parent], c->row), NULL);
}

static void (*const on_change[])(struct notifier *n, const struct change *c) = {
	[CHANGE_PARTY] = party_changed,     [CHANGE_TASK] = task_changed,         [CHANGE_TRASH] = trash_changed,
	[CHANGE_DROP] = drop_changed,       [CHANGE_DOCUMENT] = document_changed, [CHANGE_EVENT] = event_changed,
	[CHANGE_SETTING] = setting_changed, [CHANGE_LIVE] = live_changed,         [CHANGE_REFUSAL] = refusal_changed,
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
		if (r->mark) {
			pass_mark(n, r->mark);
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

void notify_changes(struct fs *fs, const struct change *c, size_t n)
{
	struct notifier *q = fs->notifier;

	if (!q)
		return;
	pthread_mutex_lock(&q->lock);
	for (size_t i = 0; i < n; i++) {
		struct raw r = { .c = c[i] };

		if (c[i].kind == CHANGE_DROP && c[i].was &&
		    c[i].now != 1) /* at once: who drops a folder sets its time next */
			dirtime_touch(fs, INO(NODE_FOLDER, c[i].parent));
		r.c.name = xstrdup(c[i].name);
		put_raw(q, r);
	}
	pthread_mutex_unlock(&q->lock);
}

void notify_then(struct fs *fs, void (*fn)(void *arg), void *arg)
{
	struct notifier *n = fs->notifier;
	struct mark *m;

	if (!n || n->quiet) {
		fn(arg);
		return;
	}
	m = xmalloc(sizeof(*m));
	*m = (struct mark){ fn, arg, N_TELLERS };
	pthread_mutex_lock(&n->lock);
	put_raw(n, (struct raw){ .mark = m });
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

static int start_teller(struct teller *t, struct fs *fs, unsigned number)
{
	t->fs = fs;
	t->number = number;
	t->last = &t->first;
	t->latest = &t->later;
	pthread_mutex_init(&t->lock, NULL);
	cond_init(&t->more);
	cond_init(&t->idle);
	return -pthread_create(&t->thread, NULL, teller_run, t);
}

static void stop_teller(struct teller *t)
{
	pthread_mutex_lock(&t->lock);
	t->stopping = true;
	pthread_cond_signal(&t->more);
	pthread_mutex_unlock(&t->lock);
	pthread_join(t->thread, NULL);
	pthread_mutex_destroy(&t->lock);
	pthread_cond_destroy(&t->more);
	pthread_cond_destroy(&t->idle);
}

void notify_quiet(struct fs *fs)
{
	struct notifier *n = fs->notifier;

	n->quiet = true;
	kicks_quiet(fs);
	for (size_t i = 0; i < N_TELLERS; i++) {
		struct teller *t = &n->teller[i];

		pthread_mutex_lock(&t->lock);
		drop_all(&t->first, &t->last);
		drop_all(&t->later, &t->latest);
		while (t->busy)
			pthread_cond_wait(&t->idle, &t->lock);
		pthread_mutex_unlock(&t->lock);
	}
}

int notify_start(struct fs *fs)
{
	struct notifier *n = xcalloc(1, sizeof(*n));
	int rc, started = 0;

	n->fs = fs;
	n->last = &n->first;
	pthread_mutex_init(&n->lock, NULL);
	pthread_cond_init(&n->more, NULL);
	rc = kicks_start(fs);
	while (rc == 0 && started < N_TELLERS) {
		rc = start_teller(&n->teller[started], fs, (unsigned)started);
		started += rc == 0;
	}
	if (rc == 0)
		rc = -pthread_create(&n->thread, NULL, notifier_run, n);
	if (rc == 0) {
		fs->notifier = n;
		return 0;
	}
	kicks_stop(fs);
	while (started > 0)
		stop_teller(&n->teller[--started]);
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
	for (size_t i = 0; i < N_TELLERS; i++)
		stop_teller(&n->teller[i]);
	pthread_mutex_destroy(&n->lock);
	pthread_cond_destroy(&n->more);
	kicks_free(fs);
	fs->notifier = NULL;
	free(n);
}
