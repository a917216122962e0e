/* dir - the directory of a store on this host, held by one process at a time */
#ifndef FS0711_STORE_DIR_H
#define FS0711_STORE_DIR_H

#include "base/err.h"

struct dir;

/*
 * dir_open - make the directory where it is missing (0700, parents too) and lock it until dir_close or the process ends
 * The lock belongs to the open file: children of a fork share it, programs they start do not.
 * Returns 0, -EBUSY (the sentence has the pid of the process that holds it), -EREMOTE (on a network file system) or
 * -errno
 */
int dir_open(const char *path, struct dir **out, struct err *e);
/* dir_close - d may be NULL */
void dir_close(struct dir *d);
/* dir_path - absolute; borrowed */
const char *dir_path(const struct dir *d);

#endif
