/*
 * scratch - the temporary files of editors beside a document: in memory, never more than that
 *
 * An editor writes a new version under a temporary name and renames it over the document; only then does it count.
 */
#ifndef FS0711_FS_SCRATCH_H
#define FS0711_FS_SCRATCH_H

#include "fs/node.h"

struct scratches *scratches_new(void);
void scratches_free(struct scratches *ss);

/* scratch_create - -EPERM unless the name is a temporary one, -EEXIST, -ENOSPC when there are too many */
int scratch_create(struct fs *fs, uint64_t dir_ino, const char *name, int64_t *row, struct err *e);
/* scratch_dir - the directory of it. 0 and *ino, or -ENOENT */
int scratch_dir(struct fs *fs, int64_t row, uint64_t *ino);
/* scratch_find - 0 and *row, or -ENOENT */
int scratch_find(struct fs *fs, uint64_t dir_ino, const char *name, int64_t *row);
void scratch_list(struct fs *fs, uint64_t dir_ino, struct listing *out);
int scratch_stat(struct fs *fs, int64_t row, struct attr *out);

/* scratch_write, scratch_truncate - -EFBIG above 16 MiB, -ENOMEM; scratch_read: bytes, or -ENOENT */
int scratch_write(struct fs *fs, int64_t row, const void *bytes, size_t len, int64_t offset);
int scratch_truncate(struct fs *fs, int64_t row, int64_t size);
ssize_t scratch_read(struct fs *fs, int64_t row, void *bytes, size_t len, int64_t offset);
/* scratch_copy - append its bytes to out */
int scratch_copy(struct fs *fs, int64_t row, struct buf *out);

/* scratch_rename - in its directory, to a temporary name that may be taken; scratch_remove */
int scratch_rename(struct fs *fs, int64_t row, const char *name, struct err *e);
void scratch_remove(struct fs *fs, int64_t row);
/* scratch_forget - those in a directory that is gone */
void scratch_forget(struct fs *fs, uint64_t dir_ino);
/* scratch_touch - keep another time of modification; -ENOENT */
int scratch_touch(struct fs *fs, int64_t row, int64_t modified_at);

#endif
