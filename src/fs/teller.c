#define FUSE_USE_VERSION 312
#include "fs/teller.h"

#include <errno.h>
#include <fuse_lowlevel.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/cond.h"
#include "fs/dirtime.h"

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
	/* inodes whose attributes wait in the queue, by their hash: a burst is told once */
	uint64_t pending[N_PENDING];
	bool stopping, busy;
	pthread_t thread;
};

struct tellers {
	struct fs *fs;
	_Atomic bool quiet;
	unsigned n;
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
static struct teller *teller_of(struct tellers *all, uint64_t ino)
{
	return &all->teller[(ino >> 8 ^ ino) % N_TELLERS];
}

void teller_tell(struct tellers *all, uint64_t ino, const char *name)
{
	struct teller *t = teller_of(all, ino);

	if (S_ISDIR(nodes[INO_KIND(ino)].mode) && INO_KIND(ino) != NODE_FOLDER)
		dirtime_touch(all->fs, ino);
	pthread_mutex_lock(&t->lock);
	if (!all->quiet && (name || !is_pending(t, ino)))
		put(t, (struct telling){ .ino = ino, .name = xstrdup(name) });
	pthread_mutex_unlock(&t->lock);
}

void teller_kick(struct tellers *all, struct kick *k)
{
	struct teller *t = teller_of(all, k->dir);

	pthread_mutex_lock(&t->lock);
	put(t, (struct telling){ .ino = k->dir, .kick = k });
	pthread_mutex_unlock(&t->lock);
}

void teller_then(struct tellers *all, void (*fn)(void *arg), void *arg)
{
	struct mark *m = xmalloc(sizeof(*m));

	*m = (struct mark){ fn, arg, N_TELLERS };
	for (size_t i = 0; i < N_TELLERS; i++) {
		struct teller *t = &all->teller[i];

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

bool tellers_are_quiet(const struct tellers *all)
{
	return all->quiet;
}

void tellers_quiet(struct tellers *all)
{
	all->quiet = true;
	for (size_t i = 0; i < N_TELLERS; i++) {
		struct teller *t = &all->teller[i];

		pthread_mutex_lock(&t->lock);
		drop_all(&t->first, &t->last);
		while (t->busy)
			pthread_cond_wait(&t->idle, &t->lock);
		drop_all(&t->later, &t->latest); /* also what it was about */
		pthread_mutex_unlock(&t->lock);
	}
}

int tellers_start(struct fs *fs, struct tellers **out)
{
	struct tellers *all = xcalloc(1, sizeof(*all));
	int rc = 0;

	all->fs = fs;
	while (rc == 0 && all->n < N_TELLERS) {
		rc = start_teller(&all->teller[all->n], fs, all->n);
		all->n += rc == 0;
	}
	if (rc < 0)
		tellers_stop(all);
	else
		*out = all;
	return rc;
}

void tellers_stop(struct tellers *all)
{
	while (all->n > 0)
		stop_teller(&all->teller[--all->n]);
	free(all);
}
