#include "fs/dirtime.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/clock.h"

#define N_BUCKETS 1024

struct dirtime {
	uint64_t ino;
	int64_t at_ms;
	struct dirtime *next;
};

struct dirtimes {
	pthread_mutex_t lock;
	struct dirtime *bucket[N_BUCKETS];
};

struct dirtimes *dirtimes_new(void)
{
	struct dirtimes *d = xcalloc(1, sizeof(*d));

	pthread_mutex_init(&d->lock, NULL);
	return d;
}

void dirtimes_free(struct dirtimes *d)
{
	if (!d)
		return;
	for (size_t i = 0; i < N_BUCKETS; i++) {
		while (d->bucket[i]) {
			struct dirtime *t = d->bucket[i];

			d->bucket[i] = t->next;
			free(t);
		}
	}
	pthread_mutex_destroy(&d->lock);
	free(d);
}

static struct dirtime **find(struct dirtimes *d, uint64_t ino)
{
	struct dirtime **at = &d->bucket[(ino ^ ino >> 8) % N_BUCKETS];

	while (*at && (*at)->ino != ino)
		at = &(*at)->next;
	return at;
}

void dirtime_touch(struct fs *fs, uint64_t ino)
{
	struct dirtimes *d = fs->dirtimes;
	int64_t now = clock_now_ms();
	struct dirtime **at;

	pthread_mutex_lock(&d->lock);
	at = find(d, ino);
	if (!*at) {
		*at = xcalloc(1, sizeof(**at));
		(*at)->ino = ino;
	}
	(*at)->at_ms = now > (*at)->at_ms ? now : (*at)->at_ms + 1;
	pthread_mutex_unlock(&d->lock);
}

void dirtime_forget(struct fs *fs, uint64_t ino)
{
	struct dirtimes *d = fs->dirtimes;
	struct dirtime **at, *gone;

	pthread_mutex_lock(&d->lock);
	at = find(d, ino);
	gone = *at;
	if (gone)
		*at = gone->next;
	pthread_mutex_unlock(&d->lock);
	free(gone);
}

int64_t dirtime_get(struct fs *fs, uint64_t ino, int64_t since)
{
	struct dirtimes *d = fs->dirtimes;
	struct dirtime *t;

	pthread_mutex_lock(&d->lock);
	t = *find(d, ino);
	if (t && t->at_ms > since)
		since = t->at_ms;
	pthread_mutex_unlock(&d->lock);
	return since;
}
