/*
 * linger - who wrote an entry may still name it for a moment
 *
 * Programs set times, modes and attributes by name after they have closed a file. Where the work on it is over by then,
 * its entry is gone for everybody but the process that wrote it.
 */
#ifndef FS0711_FS_LINGER_H
#define FS0711_FS_LINGER_H

#include "fs/upload.h"

struct lingers *lingers_new(void);
void lingers_free(struct lingers *ls);

/* linger_add - the entry row, called name, was just written by that process */
void linger_add(struct fs *fs, const struct dropdir *dir, const char *name, int64_t row, pid_t writer);
/* linger_find - true and *row when the process of that thread is who wrote it last */
bool linger_find(struct fs *fs, const struct dropdir *dir, const char *name, pid_t tid, int64_t *row);

/* linger_process - the process of a thread, as requests name threads; 0 when it is gone or 0 */
pid_t linger_process(pid_t tid);
/* linger_killed - true when that process is being ended by a signal */
bool linger_killed(pid_t pid);

#endif
