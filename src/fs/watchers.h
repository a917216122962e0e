/* watchers - which inodes of a file system programs watch by inotify or fanotify, as /proc shows it */
#ifndef FS0711_FS_WATCHERS_H
#define FS0711_FS_WATCHERS_H

#include "base/util.h"

/* Inode numbers, sorted. By value; all zeroes is empty; released by watchers_release. */
struct watchers {
	uint64_t *ino;
	size_t n, room;
};

/*
 * watchers_find - look through all processes that we may inspect; a plain user may inspect his own only
 * dev     the file system's device number, as the kernel writes it (major << 20 | minor)
 * Returns 0 and *out (released before), or -errno when there is no /proc. Takes some milliseconds; asks no file system
 * but /proc
 */
int watchers_find(uint64_t dev, struct watchers *out);
bool watchers_have(const struct watchers *w, uint64_t ino);
void watchers_release(struct watchers *w);

#endif
