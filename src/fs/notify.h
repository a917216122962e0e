/*
 * notify - the kernel forgets what has changed
 *
 * Changes come from the feed after their commit. Threads of their own tell the kernel, since a notification may wait
 * for a directory's lock that a request holds; they hold no lock that a handler needs, and no handler waits for them.
 * What should be seen at once by whoever made the change is answered by notify_then instead.
 */
#ifndef FS0711_FS_NOTIFY_H
#define FS0711_FS_NOTIFY_H

#include "fs/fs.h"

/* notify_start - begin to tell fs->session, which must exist. 0 or -errno; notify_stop before the session goes */
int notify_start(struct fs *fs);
void notify_stop(struct fs *fs);
/*
 * notify_quiet - tell the kernel nothing any more, and wait until what is being told is over. Call it while requests
 * are still answered: a notification may wait for the lock of a directory that one of them holds, and would for ever
 */
void notify_quiet(struct fs *fs);

/* notify_changes - for the change feed; only queues */
void notify_changes(struct fs *fs, const struct change *c, size_t n);
/*
 * notify_then - fn is called when the kernel has been told of all that changed before, on a thread of the notifier: it
 * must not block. Not for the answer to a request that holds a directory's lock (CREATE, MKDIR, RENAME, UNLINK), for
 * which the telling may have to wait
 */
void notify_then(struct fs *fs, void (*fn)(void *arg), void *arg);
/* notify_attr - size and times of an inode are others now */
void notify_attr(struct fs *fs, uint64_t ino);
/* notify_name - what the kernel takes for that name in a directory may be wrong: it asks again */
void notify_name(struct fs *fs, uint64_t dir, const char *name);

/*
 * notify_gone - an upload that was not taken in, and that only we knew, is gone from an inbox, or from the dropped
 * folder parent_row
 */
void notify_gone(struct fs *fs, int64_t inbox, int64_t parent_row);

#endif
