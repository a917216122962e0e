#include "fs/backing.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "base/log.h"

/* Below it the registration, one more call to the kernel at open and at close, costs more than it saves. */
#define LEAST_BYTES (1 << 20)

struct backing {
	uint64_t ino;
	int id;
	size_t users;
	struct backing *next;
};

struct backings {
	pthread_mutex_t lock;
	bool allowed;
	struct backing *first;
};

struct backings *backings_new(void)
{
	struct backings *bs = xcalloc(1, sizeof(*bs));

	pthread_mutex_init(&bs->lock, NULL);
	return bs;
}

void backings_free(struct backings *bs)
{
	struct backing *b;

	if (!bs)
		return;
	while ((b = bs->first)) {
		bs->first = b->next;
		free(b);
	}
	pthread_mutex_destroy(&bs->lock);
	free(bs);
}

void backings_allow(struct backings *bs)
{
	pthread_mutex_lock(&bs->lock);
	bs->allowed = true;
	pthread_mutex_unlock(&bs->lock);
}

#ifdef FUSE_CAP_PASSTHROUGH

static struct backing **find(struct backings *bs, uint64_t ino)
{
	struct backing **at = &bs->first;

	while (*at && (*at)->ino != ino)
		at = &(*at)->next;
	return at;
}

static bool is_large(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && st.st_size >= LEAST_BYTES;
}

/* 0 or less when the kernel refuses: without the right to it, or for a store on a stack of file systems. */
static int add(struct backings *bs, fuse_req_t req, uint64_t ino, int fd)
{
	int id = fuse_passthrough_open(req, fd);
	struct backing *b;

	if (id <= 0) {
		log_info("large documents are read through the daemon: the kernel does not read them by itself here");
		bs->allowed = false;
		return 0;
	}
	b = xmalloc(sizeof(*b));
	*b = (struct backing){ ino, id, 1, bs->first };
	bs->first = b;
	return id;
}

int backing_get(struct backings *bs, fuse_req_t req, uint64_t ino, int fd)
{
	struct backing *b;
	int id = 0;

	if (!is_large(fd))
		return 0;
	pthread_mutex_lock(&bs->lock);
	b = *find(bs, ino);
	if (b) {
		b->users++;
		id = b->id;
	} else if (bs->allowed) {
		id = add(bs, req, ino, fd);
	}
	pthread_mutex_unlock(&bs->lock);
	return id;
}

void backing_put(struct backings *bs, fuse_req_t req, uint64_t ino)
{
	struct backing **at, *b;

	pthread_mutex_lock(&bs->lock);
	at = find(bs, ino);
	b = *at;
	if (--b->users == 0) {
		fuse_passthrough_close(req, b->id);
		*at = b->next;
		free(b);
	}
	pthread_mutex_unlock(&bs->lock);
}

#else

int backing_get(struct backings *bs UNUSED, fuse_req_t req UNUSED, uint64_t ino UNUSED, int fd UNUSED)
{
	return 0;
}

void backing_put(struct backings *bs UNUSED, fuse_req_t req UNUSED, uint64_t ino UNUSED)
{
}

#endif
