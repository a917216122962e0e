#include "fs/unlinked.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/name.h"

#define FORGET_MS 10000

struct unlinked {
	uint64_t dir;
	pid_t tid;
	int64_t until_ms;
	char name[NAME_BYTES];
	struct unlinked *next;
};

struct unlinkeds {
	pthread_mutex_t lock;
	struct unlinked *first;
};

struct unlinkeds *unlinkeds_new(void)
{
	struct unlinkeds *us = xcalloc(1, sizeof(*us));

	pthread_mutex_init(&us->lock, NULL);
	return us;
}

static void drop(struct unlinked **at)
{
	struct unlinked *u = *at;

	*at = u->next;
	free(u);
}

void unlinkeds_free(struct unlinkeds *us)
{
	if (!us)
		return;
	while (us->first)
		drop(&us->first);
	pthread_mutex_destroy(&us->lock);
	free(us);
}

/* The place of that one, or the end of the list; those that are old go on the way. With the lock held. */
static struct unlinked **find(struct unlinkeds *us, uint64_t dir, const char *name, pid_t tid)
{
	struct unlinked **at = &us->first;
	int64_t now = clock_mono_ms();

	while (*at) {
		if ((*at)->until_ms <= now)
			drop(at);
		else if ((*at)->tid == tid && (*at)->dir == dir && streq((*at)->name, name))
			break;
		else
			at = &(*at)->next;
	}
	return at;
}

void unlinked_add(struct fs *fs, uint64_t dir, const char *name, pid_t tid)
{
	struct unlinkeds *us = fs->unlinkeds;
	struct unlinked *u = xmalloc(sizeof(*u)), **at;

	*u = (struct unlinked){ .dir = dir, .tid = tid, .until_ms = clock_mono_ms() + FORGET_MS };
	snprintf(u->name, sizeof(u->name), "%s", name);
	pthread_mutex_lock(&us->lock);
	at = find(us, dir, name, tid);
	if (*at)
		drop(at);
	u->next = us->first;
	us->first = u;
	pthread_mutex_unlock(&us->lock);
}

static bool look(struct fs *fs, uint64_t dir, const char *name, pid_t tid, bool take)
{
	struct unlinkeds *us = fs->unlinkeds;
	struct unlinked **at;
	bool there;

	pthread_mutex_lock(&us->lock);
	at = find(us, dir, name, tid);
	there = *at;
	if (there && take)
		drop(at);
	pthread_mutex_unlock(&us->lock);
	return there;
}

bool unlinked_has(struct fs *fs, uint64_t dir, const char *name, pid_t tid)
{
	return look(fs, dir, name, tid, false);
}

bool unlinked_take(struct fs *fs, uint64_t dir, const char *name, pid_t tid)
{
	return look(fs, dir, name, tid, true);
}
