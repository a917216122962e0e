#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/id.h"
#include "blob/place.h"

#define CHUNK_BYTES (256 * 1024)

/*
 * A staged document. Bytes that come in order are hashed as they come; hash covers the first hashed bytes, the rest is
 * read when it is sealed. Once sealed, fd is the blob itself, and writing goes to a copy.
 */
struct stage {
	struct blobs *blobs;
	pthread_mutex_t lock; /* of all below */
	int fd;
	char name[ID_BYTES];  /* in staging/ */
	_Atomic int64_t size; /* read without the lock too: who asks does not wait for a sync */
	struct sha256 *hash;  /* NULL until hashed > 0 */
	int64_t hashed;
	bool sealed;
	bool doubtful; /* a sync failed: the kernel may have dropped pages that it calls clean */
	bool unsynced; /* sealed, but its name may not survive a power cut */
	char sha[SHA256_HEX_BYTES];
};

static void hash_forget(struct stage *s)
{
	sha256_finish(s->hash, NULL);
	s->hash = NULL;
	s->hashed = 0;
}

static void hash_add(struct stage *s, const void *bytes, size_t len)
{
	if (!s->hash)
		s->hash = sha256_new();
	sha256_update(s->hash, bytes, len);
	s->hashed += (int64_t)len;
}

/* A new empty file in staging/: its descriptor, or -errno */
static int new_file(struct blobs *b, char *name)
{
	int fd = openat(b->staging_fd, id_new(name), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	return fd < 0 ? -errno : fd;
}

int stage_new(struct blobs *b, struct stage **out, struct err *e)
{
	struct stage *s = xcalloc(1, sizeof(*s));

	s->fd = new_file(b, s->name);
	if (s->fd < 0) {
		int rc = s->fd;

		free(s);
		return err_set(e, rc, "cannot make a file in \"%s/staging\": %s", b->dir, strerror(-rc));
	}
	s->blobs = b;
	pthread_mutex_init(&s->lock, NULL);
	*out = s;
	return 0;
}

void stage_free(struct stage *s)
{
	if (!s)
		return;
	if (!s->sealed)
		unlinkat(s->blobs->staging_fd, s->name, 0);
	util_close(&s->fd);
	hash_forget(s);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

static int write_whole(int fd, const char *bytes, size_t len, int64_t offset)
{
	while (len > 0) {
		ssize_t n = pwrite(fd, bytes, len, offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		bytes += n;
		offset += n;
		len -= (size_t)n;
	}
	return 0;
}

static ssize_t read_some(int fd, void *bytes, size_t len, int64_t offset)
{
	ssize_t n;

	do
		n = pread(fd, bytes, len, offset);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

static int copy_by_hand(int from, int to, int64_t at, int64_t end)
{
	auto_free char *chunk = xmalloc(CHUNK_BYTES);

	while (at < end) {
		int64_t want = end - at < CHUNK_BYTES ? end - at : CHUNK_BYTES;
		ssize_t n = read_some(from, chunk, (size_t)want, at);
		int rc = n < 0 ? (int)n : n == 0 ? -EIO : write_whole(to, chunk, (size_t)n, at);

		if (rc < 0)
			return rc;
		at += n;
	}
	return 0;
}

/* Sharing the blocks costs nothing where the file system can; the kernel copies where it can; else we do. */
static int copy_bytes(int from, int to, int64_t size)
{
	loff_t in = 0, out = 0;

	if (ioctl(to, FICLONE, from) == 0)
		return ftruncate(to, size) < 0 ? -errno : 0;
	while (in < size) {
		ssize_t n = copy_file_range(from, &in, to, &out, (size_t)(size - in), 0);

		if (n < 0 && (errno == ENOSPC || errno == EDQUOT || errno == EIO))
			return -errno;
		if (n <= 0)
			return copy_by_hand(from, to, in, size);
	}
	return 0;
}

/*
 * Go on in a new file that begins with the first size bytes of this one. A file whose sync failed is copied by hand: a
 * clone would share the blocks that may be bad.
 */
static int move_to_copy(struct stage *s, int64_t size)
{
	char name[ID_BYTES];
	auto_close int fd = new_file(s->blobs, name);
	int rc = fd;

	if (fd >= 0)
		rc = s->doubtful ? copy_by_hand(s->fd, fd, 0, size) : copy_bytes(s->fd, fd, size);
	if (rc < 0) {
		if (fd >= 0)
			unlinkat(s->blobs->staging_fd, name, 0);
		return rc;
	}
	if (!s->sealed)
		unlinkat(s->blobs->staging_fd, s->name, 0);
	close(s->fd);
	s->fd = steal_fd(&fd);
	memcpy(s->name, name, sizeof(name));
	s->size = size;
	s->sealed = s->doubtful = false;
	hash_forget(s);
	return 0;
}

static int write_locked(struct stage *s, const void *bytes, size_t len, int64_t offset)
{
	int rc = s->sealed ? move_to_copy(s, s->size) : 0;

	if (rc < 0 || len == 0)
		return rc;
	rc = write_whole(s->fd, bytes, len, offset);
	if (rc < 0 || offset < s->hashed)
		hash_forget(s);
	if (rc < 0) {
		if (ftruncate(s->fd, s->size) < 0) /* what was written past the end of it */
			s->doubtful = true;
		return rc;
	}
	if (offset == s->hashed)
		hash_add(s, bytes, len);
	if (offset + (int64_t)len > s->size)
		s->size = offset + (int64_t)len;
	return 0;
}

int stage_write(struct stage *s, const void *bytes, size_t len, int64_t offset)
{
	int rc;

	if (offset < 0 || (uint64_t)offset + len > INT64_MAX)
		return -EFBIG;
	pthread_mutex_lock(&s->lock);
	rc = write_locked(s, bytes, len, offset);
	pthread_mutex_unlock(&s->lock);
	return rc;
}

int stage_append(struct stage *s, const void *bytes, size_t len)
{
	int rc;

	pthread_mutex_lock(&s->lock);
	rc = (uint64_t)s->size + len > INT64_MAX ? -EFBIG : write_locked(s, bytes, len, s->size);
	pthread_mutex_unlock(&s->lock);
	return rc;
}

ssize_t stage_read(struct stage *s, void *bytes, size_t len, int64_t offset)
{
	ssize_t n;

	pthread_mutex_lock(&s->lock);
	n = read_some(s->fd, bytes, len, offset);
	pthread_mutex_unlock(&s->lock);
	return n;
}

static int truncate_locked(struct stage *s, int64_t size)
{
	int rc = 0;

	if (size == s->size)
		return 0;
	if (s->sealed)
		rc = move_to_copy(s, size < s->size ? size : s->size);
	if (rc == 0 && ftruncate(s->fd, size) < 0)
		rc = -errno;
	if (rc < 0)
		return rc;
	if (size < s->hashed)
		hash_forget(s);
	s->size = size;
	return 0;
}

int stage_truncate(struct stage *s, int64_t size)
{
	int rc;

	pthread_mutex_lock(&s->lock);
	rc = truncate_locked(s, size);
	pthread_mutex_unlock(&s->lock);
	return rc;
}

int64_t stage_size(struct stage *s)
{
	return s->size;
}

/* Hash what did not come in order, and give the whole; the running hash ends with it. */
static int hash_finish(struct stage *s, char *sha)
{
	auto_free char *chunk = s->hashed < s->size ? xmalloc(CHUNK_BYTES) : NULL;

	while (s->hashed < s->size) {
		ssize_t n = read_some(s->fd, chunk, CHUNK_BYTES, s->hashed);

		if (n <= 0) {
			hash_forget(s);
			return n < 0 ? (int)n : -EIO;
		}
		hash_add(s, chunk, (size_t)n);
	}
	if (!s->hash)
		s->hash = sha256_new();
	sha256_finish(s->hash, sha);
	s->hash = NULL;
	s->hashed = 0;
	return 0;
}

/* Bytes and size on the disk, then the name: after a power cut a blob in its place is whole. */
static int make_durable(struct stage *s)
{
	fchmod(s->fd, 0444); /* a file system without modes is good enough */
	if (fsync(s->fd) == 0)
		return 0;
	s->doubtful = true;
	return -errno;
}

/* From now on the stage reads the blob itself, so that a twin of it takes no room while the stage is open. */
static void read_from_blob(struct stage *s)
{
	int fd = blob_open(s->blobs, s->sha, NULL);

	if (fd >= 0) {
		close(s->fd);
		s->fd = fd;
	}
}

/* Without its pin; a blob that was moved there just now, and that nobody else has counted on, becomes staged again. */
static void take_back(struct stage *s, bool moved)
{
	struct blobs *b = s->blobs;

	pthread_mutex_lock(&b->lock);
	if (moved && pin_alone(b, s->sha) && place_back(b, s->name, s->sha) == 0)
		s->sealed = s->unsynced = false;
	pin_drop(b, s->sha);
	pthread_mutex_unlock(&b->lock);
}

/* Sync the name, of a twin too: who brought it may not have done so yet. */
static int sync_name(struct stage *s, bool moved)
{
	int rc = place_sync(s->blobs, s->sha);

	s->unsynced = rc < 0;
	if (rc < 0)
		take_back(s, moved);
	return rc;
}

static int move_into_place(struct stage *s)
{
	struct blobs *b = s->blobs;
	bool moved;
	int rc;

	pthread_mutex_lock(&b->lock);
	rc = place_move(b, s->name, s->sha, s->size, &moved);
	if (rc == 0)
		pin_add(b, s->sha);
	pthread_mutex_unlock(&b->lock);
	if (rc < 0)
		return rc;
	s->sealed = true;
	if (!moved)
		read_from_blob(s);
	return sync_name(s, moved);
}

/* Pin the blob of a stage that was sealed before; it may have been removed since. */
static bool pin_again(struct stage *s)
{
	struct blobs *b = s->blobs;
	int64_t size;
	bool there;

	pthread_mutex_lock(&b->lock);
	there = place_size(b, s->sha, &size) == 0 && size == s->size;
	if (there)
		pin_add(b, s->sha);
	pthread_mutex_unlock(&b->lock);
	return there;
}

static int seal_locked(struct stage *s)
{
	int rc = 0;

	if (s->sealed && pin_again(s))
		return s->unsynced ? sync_name(s, false) : 0;
	if (s->sealed || s->doubtful)
		rc = move_to_copy(s, s->size);
	if (rc == 0)
		rc = make_durable(s);
	if (rc == 0)
		rc = hash_finish(s, s->sha);
	return rc < 0 ? rc : move_into_place(s);
}

int stage_seal(struct stage *s, char *sha, int64_t *size, struct err *e)
{
	int rc;

	pthread_mutex_lock(&s->lock);
	rc = seal_locked(s);
	if (rc == 0) {
		memcpy(sha, s->sha, sizeof(s->sha));
		*size = s->size;
	}
	pthread_mutex_unlock(&s->lock);
	return rc < 0 ? err_set(e, rc, "cannot store the document in \"%s\": %s", s->blobs->dir, strerror(-rc)) : 0;
}

int stage_load(struct stage *s, const char *sha, struct err *e)
{
	auto_close int fd = blob_open(s->blobs, sha, e);
	struct stat sb;

	if (fd < 0)
		return fd;
	if (fstat(fd, &sb) < 0)
		return err_set(e, -errno, "cannot read the document %s: %s", sha, strerror(errno));
	pthread_mutex_lock(&s->lock);
	if (!s->sealed)
		unlinkat(s->blobs->staging_fd, s->name, 0);
	close(s->fd);
	s->fd = steal_fd(&fd);
	s->size = sb.st_size;
	s->sealed = true;
	snprintf(s->sha, sizeof(s->sha), "%s", sha);
	hash_forget(s);
	pthread_mutex_unlock(&s->lock);
	return 0;
}
