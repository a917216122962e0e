/*
 * unlinked - who removed a document that belongs there does not see it for a while
 *
 * mv and install from another file system remove what is in their way and then make the name anew, with O_EXCL. What
 * belongs in a directory cannot go, so its removal has no effect; but for the thread that asked, the name is free until
 * it is made again.
 */
#ifndef FS0711_FS_UNLINKED_H
#define FS0711_FS_UNLINKED_H

#include "fs/fs.h"

struct unlinkeds *unlinkeds_new(void);
void unlinkeds_free(struct unlinkeds *us);

/* unlinked_add - that thread removed this name, which belongs in the directory with this inode number */
void unlinked_add(struct fs *fs, uint64_t dir, const char *name, pid_t tid);
/* unlinked_has - true when the thread did so not long ago, and has not made the name since */
bool unlinked_has(struct fs *fs, uint64_t dir, const char *name, pid_t tid);
/* unlinked_take - the same, and from now on it sees the name again */
bool unlinked_take(struct fs *fs, uint64_t dir, const char *name, pid_t tid);

#endif
