/* event - the public log: what happened, for people and other systems; written in the transaction of the change */
#ifndef FS0711_PLATFORM_EVENT_H
#define FS0711_PLATFORM_EVENT_H

#include <jansson.h>

#include "base/buf.h"
#include "platform/platform.h"

/* What can happen. Types that only parts to come tell of are known too, so that receivers can ask for them. */
struct event_type {
	const char *name;
	const char *fields; /* the members of data, in words; 0711fs-events(7) says what each is */
	bool to_come;
};
/* All of them; the last one has no name. */
extern const struct event_type event_types[];

/* event_type_find - the type of that name, or NULL */
const struct event_type *event_type_find(const char *name);

/*
 * event_emit - add an event to the transaction
 * type  one of event_types; task_row 0 when it is about no task
 * data  its JSON object; the reference is taken, also on failure
 */
int event_emit(struct tx *tx, const char *type, int64_t task_row, int64_t engagement_row, json_t *data, struct err *e);
/* event_put - the same with the text of its JSON object, borrowed */
int event_put(struct tx *tx, const char *type, int64_t task_row, int64_t engagement_row, const char *data,
	      struct err *e);

/* event_line - one event as a JSON line {id, type, timestamp, data} */
void event_line(const struct event *ev, struct buf *out);

/* Which events are meant. */
struct event_span {
	int64_t task_row; /* only those of this task, 0: of all; then the times do not count */
	int64_t from_ms;  /* created at or after, 0: from the first on */
	int64_t to_ms;    /* created before, 0: up to the last; only together with from_ms */
	int limit;        /* at most so many, 0: all */
};

/*
 * event_lines - append the lines of the events after a row, oldest first
 * after  in and out: the row of the last event that was appended
 * Returns how many, or -errno
 */
int event_lines(struct platform *p, const struct event_span *span, int64_t *after, struct buf *out, struct err *e);

/* event_last - the row of the newest event, 0 for none; -errno */
int64_t event_last(struct platform *p, struct err *e);
/* event_find - the row of the event with that id; -ENOENT, -errno */
int64_t event_find(struct platform *p, const char *id, struct err *e);
/* event_from, event_before - the time of the first event at or after, of the last one before; 0 for none; -errno */
int64_t event_from(struct platform *p, int64_t time_ms, struct err *e);
int64_t event_before(struct platform *p, int64_t time_ms, struct err *e);

/* event_sweep - remove what is older than the setting event_days. Returns how many went, or -errno */
int event_sweep(struct platform *p, struct err *e);

#endif
