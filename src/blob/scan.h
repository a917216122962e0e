/* scan - look at what lies in a directory of documents without changing it; a daemon may work there meanwhile */
#ifndef FS0711_BLOB_SCAN_H
#define FS0711_BLOB_SCAN_H

#include "base/crypto.h"
#include "base/err.h"

struct scan;

struct scan_file {
	const char *path; /* below DIR */
	const char *sha;  /* what its name says, "" for a file whose name is no blob's */
	int64_t size;
	int64_t changed_at; /* milliseconds since 1970 */
};

/* scan_open - DIR as of blobs_open; what is missing in it counts as empty. 0 or -errno */
int scan_open(const char *dir, struct scan **out, struct err *e);
/* scan_close - s may be NULL */
void scan_close(struct scan *s);

/* scan_blobs, scan_staging - fn for each file there, in no order; fn returning not 0 ends it. Blocks on the disk */
int scan_blobs(struct scan *s, int (*fn)(const struct scan_file *f, void *ud), void *ud, struct err *e);
int scan_staging(struct scan *s, int (*fn)(const struct scan_file *f, void *ud), void *ud, struct err *e);

/* scan_path - where a blob lies below DIR, also one that is lost; out[SCAN_PATH_BYTES], "" for what is no SHA-256 */
#define SCAN_PATH_BYTES 80
const char *scan_path(const char *sha, char *out);
/* scan_fd - a descriptor for reading the blob, the caller's, and its size; -ENOENT when it is lost */
int scan_fd(struct scan *s, const char *sha, int64_t *size, struct err *e);
/* scan_hash - read the blob whole: got[SHA256_HEX_BYTES] is what its bytes hash to. -ENOENT, -EIO, … */
int scan_hash(struct scan *s, const char *sha, char *got, int64_t *size, struct err *e);

/*
 * scan_set_aside - move the blob to DIR/damaged/SHA, where only a person looks at it; durable on return
 * Nobody else may have the directory. 0, also when the blob is gone, or -errno
 */
int scan_set_aside(struct scan *s, const char *sha, struct err *e);

#endif
