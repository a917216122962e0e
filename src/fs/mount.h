/* mount - the file system as the kernel sees it: one session from mount to unmount */
#ifndef FS0711_FS_MOUNT_H
#define FS0711_FS_MOUNT_H

#include "fs/fs.h"

/*
 * fs_open - mount; o is copied, what it points to is borrowed until fs_close
 * source is what the mount table shows. Returns 0 and *out: the kernel's requests are answered once fs_serve runs
 */
int fs_open(const struct fs_options *o, const char *source, bool debug, struct fs **out, struct err *e);

/*
 * fs_serve - answer until the file system is unmounted or TERM, INT or HUP says so. Those signals, and USR2, must be
 * blocked in all threads: one of its own waits for them. 0 or -errno
 */
int fs_serve(struct fs *fs, struct err *e);

/* fs_close - answer who still waits, unmount, free. fs may be NULL */
void fs_close(struct fs *fs);

/* fs_changes - for the change feed. Is short */
void fs_changes(struct fs *fs, const struct change *c, size_t n);

/*
 * mount_clean - if a daemon of ours died at this mountpoint and left it dead, or hanging, unmount it
 * Call it while there is one thread. Returns 1 when it was, 0 when there was nothing to do, -EBUSY when a mount there
 * does not answer although its daemon lives, or -errno. Blocks for seconds then, never longer
 */
int mount_clean(const char *mountpoint, struct err *e);

/* mount_check - -ENOTDIR, or -EBUSY when a platform is mounted there already: another one would hide it */
int mount_check(const char *mountpoint, struct err *e);

#endif
