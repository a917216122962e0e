#include "fs/dirtime.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/clock.h"

#define N_BUCKETS   1024
#define N_IN_BUCKET 16

struct dirtime {
	uint64_t ino;
	int64_t at_ms;
	struct dirtime *next;
};

struct dirtimes {
	pthread_mutex_t lock;
	struct dirtime *bucket[N_BUCKETS]; /* each with what changed last first */
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

static struct dirtime **bucket_of(struct dirtimes *d, uint64_t ino)
{
	return &d->bucket[(ino ^ ino >> 8) % N_BUCKETS];
}

static struct dirtime **find(struct dirtimes *d, uint64_t ino)
{
	struct dirtime **at = bucket_of(d, ino);

	while (*at && (*at)->ino != ino)
		at = &(*at)->next;
	return at;
}

/* Out of its bucket, NULL when it is not known. */
static struct dirtime *take(struct dirtimes *d, uint64_t ino)
{
	struct dirtime **at = find(d, ino), *t = *at;

	if (t)
		*at = t->next;
	return t;
}

/* The one that changed longest ago goes when there are too many. */
static void put_first(struct dirtimes *d, struct dirtime *t)
{
	struct dirtime **at = bucket_of(d, t->ino);

	t->next = *at;
	*at = t;
	for (int n = 0; *at && n < N_IN_BUCKET; n++)
		at = &(*at)->next;
	free(steal(*at));
}

void dirtime_touch(struct fs *fs, uint64_t ino)
{
	struct dirtimes *d = fs->dirtimes;
	int64_t now = clock_now_ms();
	struct dirtime *t;

	pthread_mutex_lock(&d->lock);
	t = take(d, ino);
	if (!t)
		t = xcalloc(1, sizeof(*t));
	t->ino = ino;
	t->at_ms = now > t->at_ms ? now : t->at_ms + 1;
	put_first(d, t);
	pthread_mutex_unlock(&d->lock);
}

void dirtime_forget(struct fs *fs, uint64_t ino)
{
	struct dirtimes *d = fs->dirtimes;
	struct dirtime *gone;

	pthread_mutex_lock(&d->lock);
	gone = take(d, ino);
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
