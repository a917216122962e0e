/*
 * eventlog - `events`: today's events as JSON lines, only ever longer, of exact size; and those of finished days
 *
 * The lines are kept in an unnamed file that grows when somebody looks, so that a stat costs the new events and not
 * the whole day. At 00:00 UTC it begins again.
 */
#ifndef FS0711_FS_EVENTLOG_H
#define FS0711_FS_EVENTLOG_H

#include "fs/fs.h"

struct eventlog *eventlog_new(struct fs *fs, struct err *e); /* NULL and e when there is no room */
void eventlog_free(struct eventlog *l);

/* eventlog_size - bytes as of now, and the time of the last event; or -errno */
int64_t eventlog_size(struct fs *fs, int64_t *modified_at);
/* eventlog_read - as pread(2) on the lines as of now */
ssize_t eventlog_read(struct fs *fs, void *bytes, size_t len, int64_t offset);

/* eventlog_finished - the first day (since 1970) that is not over yet, or only just */
int64_t eventlog_finished(void);
/*
 * eventlog_day - size and time of the last event of a finished day, whose lines do not change any more
 * fd  NULL, or where a descriptor to read them goes; the caller's. 0, -ENOENT when the day has no events, or -errno
 */
int eventlog_day(struct fs *fs, int64_t day, int64_t *size, int64_t *modified_at, int *fd, struct err *e);

#endif
