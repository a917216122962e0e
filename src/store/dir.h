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
/*
 * dir_open_read - a directory that exists, to read what is in it: nothing is made in it
 * Where no process holds it, none can take it until dir_close; several may read. Else dir_holder says who has it
 * Returns 0, -ENOENT, -EREMOTE or -errno
 */
int dir_open_read(const char *path, struct dir **out, struct err *e);
/* dir_holder - "123 (0711fs)": the process that held it when dir_open_read came; NULL when none did. Borrowed */
const char *dir_holder(const struct dir *d);
/*
 * dir_orphaned - true when the process that holds the directory is dead, but not gone: one of its threads is stuck in
 * the kernel, and its lock stays until that one gets loose
 */
bool dir_orphaned(const char *path);
/* dir_close - d may be NULL */
void dir_close(struct dir *d);
/* dir_path - absolute; borrowed */
const char *dir_path(const struct dir *d);

#endif
