/*
 * logfile - what a server says, from a pipe into DIR/log by a thread of its own
 *
 * When log has 384 KiB it becomes log.1, which is replaced: both together stay below 1 MiB, and the last lines are
 * never lost.
 */
#ifndef FS0711_MODEL_LOGFILE_H
#define FS0711_MODEL_LOGFILE_H

#include "base/buf.h"
#include "base/err.h"

struct logfile;

/*
 * logfile_open - begin to write what comes out of the pipe, after first (a line without its end)
 * from  the reading end, the logfile's from here on, also on error
 * Returns 0 and *out, or -errno
 */
int logfile_open(const char *dir, const char *first, int from, struct logfile **out, struct err *e);
/* logfile_drain - wait until the pipe has ended and all is written, at most timeout_ms. False when it did not end */
bool logfile_drain(struct logfile *l, int64_t timeout_ms);
/* logfile_tail - the last lines since logfile_open on one line, fit to be shown, at most size - 1 bytes; returns text
 */
const char *logfile_tail(struct logfile *l, char *text, size_t size);
/* logfile_close - stop, also when the pipe has not ended; l may be NULL */
void logfile_close(struct logfile *l);

/* logfile_read - append the last whole lines in DIR, at most max bytes */
void logfile_read(const char *dir, size_t max, struct buf *out);

#endif
