/* event - the public log: what happened, for people and other systems; written in the transaction of the change */
#ifndef FS0711_PLATFORM_EVENT_H
#define FS0711_PLATFORM_EVENT_H

#include <jansson.h>

#include "base/buf.h"
#include "platform/platform.h"

/*
 * event_emit - add an event to the transaction
 * type  such as "task.created"; task_row 0 when it is about no task
 * data  its JSON object; the reference is taken, also on failure
 */
int event_emit(struct tx *tx, const char *type, int64_t task_row, int64_t engagement_row, json_t *data, struct err *e);

/* event_line - one event as a JSON line {id, type, timestamp, data} */
void event_line(const struct event *ev, struct buf *out);

/*
 * event_lines - append the lines of the events after a row, oldest first
 * task_row  only of this task, or 0 for all; from_ms only events at or after this time (0: all)
 * after     in and out: the row of the last event that was appended
 * limit     at most so many; 0 for no limit
 * Returns how many, or -errno
 */
int event_lines(struct platform *p, int64_t task_row, int64_t from_ms, int64_t *after, int limit, struct buf *out,
		struct err *e);

/* event_last - the row of the newest event, 0 for none; -errno */
int64_t event_last(struct platform *p, struct err *e);

#endif
