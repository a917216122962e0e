/*
 * dirtime - when the entries of a directory last changed
 *
 * The kernel keeps the listing of a directory until its time of modification is another. Times of one directory only
 * rise, also within a millisecond. They are kept in memory: nobody's cache outlives the process. Of many directories
 * only those that changed last are known; the others have the time of their record again.
 */
#ifndef FS0711_FS_DIRTIME_H
#define FS0711_FS_DIRTIME_H

#include "fs/fs.h"

struct dirtimes *dirtimes_new(void);
void dirtimes_free(struct dirtimes *d);

/* dirtime_touch - the directory changed now */
void dirtime_touch(struct fs *fs, uint64_t ino);
/* dirtime_forget - its time was set to another one: what was before does not count */
void dirtime_forget(struct fs *fs, uint64_t ino);
/* dirtime_get - since when its entries are as they are, not before since */
int64_t dirtime_get(struct fs *fs, uint64_t ino, int64_t since);

#endif
