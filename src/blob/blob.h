/*
 * blob - documents by their SHA-256: DIR/blobs/ab/cdef…, never changed once there
 *
 * A document is staged (DIR/staging), hashed while it is written, made durable and moved to its place; what is there
 * twice is kept once. A pin keeps a blob from being removed between its arrival and the commit of the row that names
 * it.
 */
#ifndef FS0711_BLOB_BLOB_H
#define FS0711_BLOB_BLOB_H

#include "base/crypto.h"
#include "base/err.h"

struct blobs;
struct stage;

/* blobs_open - DIR is made when missing, what an earlier process left in staging is removed. 0 or -errno */
int blobs_open(const char *dir, struct blobs **out, struct err *e);
void blobs_close(struct blobs *b);

/* stage_new - an empty staged file; free it with stage_free, which removes it unless it was sealed. 0 or -errno */
int stage_new(struct blobs *b, struct stage **out, struct err *e);
void stage_free(struct stage *s);
/* stage_write - as pwrite(2), whole or -errno. A sealed stage becomes a staged copy first. Safe from several threads */
int stage_write(struct stage *s, const void *bytes, size_t len, int64_t offset);
/* stage_append - the same at the end */
int stage_append(struct stage *s, const void *bytes, size_t len);
/* stage_read - as pread(2): bytes read or -errno */
ssize_t stage_read(struct stage *s, void *bytes, size_t len, int64_t offset);
int stage_truncate(struct stage *s, int64_t size);
/* stage_size - how long it is now; waits for nobody */
int64_t stage_size(struct stage *s);
/*
 * stage_seal - make the bytes durable under their hash: fsync, hash (again from the start only when the writes did
 * not come in order), move into place. Pins the blob. sha[SHA256_HEX_BYTES] and *size out. Blocks on the disk.
 * Returns 0 or -errno (-ENOSPC, -EIO, …): then the stage is as before. Sealing twice without a write between is cheap
 */
int stage_seal(struct stage *s, char *sha, int64_t *size, struct err *e);
/* stage_load - make a new stage start with the bytes of a blob; they are copied when it is written. 0 or -errno */
int stage_load(struct stage *s, const char *sha, struct err *e);

/* blob_put - stage_new, write, seal for bytes in memory. Pins. 0 or -errno */
int blob_put(struct blobs *b, const void *bytes, size_t len, char *sha, struct err *e);
/* One of several documents that are put at once. */
struct blob_put {
	const void *bytes;
	size_t len;
	char sha[SHA256_HEX_BYTES]; /* out, as the rest */
	int rc;                     /* 0: it is there, and pinned */
	struct err err;
};
/*
 * blob_put_all - blob_put for each, several at a time: most of it is waiting for the disk. Those that are there are
 * pinned, also when others failed. 0, or the -errno of the first that failed
 */
int blob_put_all(struct blobs *b, struct blob_put *all, size_t n, struct err *e);
/* blob_pin - keep a blob that is there already, for a row that will name it too. 0, -ENOENT when it is lost, or -errno
 */
int blob_pin(struct blobs *b, const char *sha, struct err *e);
/* blob_unpin - undo one pin */
void blob_unpin(struct blobs *b, const char *sha);
/* blob_open - a descriptor for reading, the caller's; -ENOENT when the blob is lost */
int blob_open(struct blobs *b, const char *sha, struct err *e);
/* blob_path - where the blob is, absolute; out[PATH_MAX]. Returns out */
const char *blob_path(struct blobs *b, const char *sha, char *out);
/* blob_read - all bytes of a blob, at most max (else -EFBIG); *out is the caller's, with a NUL behind. 0 or -errno */
int blob_read(struct blobs *b, const char *sha, size_t max, char **out, size_t *len, struct err *e);
/*
 * blob_remove - remove the blob unless it is pinned or used() says that a row names it. used runs under the lock
 * that pinning takes, so nothing can begin to use the blob between the question and the removal; it may read the store.
 * Returns 0, also when the blob stays or is gone already, or -errno
 */
int blob_remove(struct blobs *b, const char *sha, bool (*used)(void *ud, const char *sha), void *ud);

#endif
