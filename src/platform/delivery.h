/*
 * delivery - events on their way to endpoints: made from the log, sent, ended, sent again
 *
 * The log is read behind a mark that the store keeps: what a crash interrupts is done again, and nothing is left out.
 */
#ifndef FS0711_PLATFORM_DELIVERY_H
#define FS0711_PLATFORM_DELIVERY_H

#include "base/buf.h"
#include "platform/endpoint.h"
#include "platform/platform.h"

/*
 * In an endpoint where order counts, of a task's deliveries only the first that is on its way has a time at which it
 * may go; the others wait for it without one.
 */
/* delivery_line_up - in a transaction: take the time from d when it has to wait for another; d need not be stored yet
 */
int delivery_line_up(struct tx *tx, struct delivery *d, bool ordered, struct err *e);
/* delivery_release - in a transaction: d is not on its way any more; who waited for it may go from now on */
int delivery_release(struct tx *tx, const struct delivery *d, int64_t now_ms, struct err *e);
/* delivery_recover - in a transaction, at the start: nobody waits for what is not there */
int delivery_recover(struct tx *tx, struct err *e);

/* delivery_mark - in a transaction: the log was read up to that row */
int delivery_mark(struct tx *tx, int64_t event_row, struct err *e);

/*
 * delivery_expand - make deliveries of the next events of the log, for each endpoint that wants them
 * Returns how many events were looked at (0: there were none, or there are no endpoints), or -errno
 */
int delivery_expand(struct platform *p, struct err *e);

/* One that may be sent, with what it tells. */
struct delivery_job {
	struct delivery d;
	struct event event;
};
void delivery_job_release(struct delivery_job *j);

/* A place in the order of what is due, that of a row with such fields; all zero: before the first. */
struct delivery_place {
	int64_t next_at, row_id;
};

/*
 * delivery_due - those of an endpoint whose time has come, longest due first, behind a place; with x->ordered only the
 * first of each task. wants says of each row whether it is asked for. fn owns what it empties (steal the job by a copy
 * and zeroing it). Returns 0 or -errno
 */
int delivery_due(struct platform *p, const struct endpoint *x, int64_t now_ms, struct delivery_place after, int limit,
		 bool (*wants)(int64_t row, void *ud), void (*fn)(struct delivery_job *j, void *ud), void *ud,
		 struct err *e);
/* delivery_first - was no other event of that type told of its task before? 1 or 0, -errno */
int delivery_first(struct platform *p, const struct delivery *d, struct err *e);
/* delivery_next - when the next one of an endpoint after that time may go; 0 for none, -errno */
int64_t delivery_next(struct platform *p, int64_t endpoint_row, int64_t after_ms, struct err *e);

/* How an attempt ended. */
struct delivery_attempt {
	struct delivery *d; /* borrowed; as it was read */
	int64_t at_ms, took_ms;
	int status;   /* 0: no answer */
	char *answer; /* its beginning, or NULL; the attempt's own, as error */
	char *error;  /* a sentence where there was no answer, or NULL */
	bool arrived;
	int64_t next_ms; /* not arrived: when it is tried again; 0: never */
};
/* What the attempts have taught about an endpoint. */
struct delivery_lesson {
	int64_t endpoint_row;
	enum endpoint_state state;
	const char *reason; /* NULL: none */
	int64_t failing_since;
	bool gave_up; /* it is switched off, and webhook.disabled tells it */
};
/*
 * delivery_settle - keep what became of attempts and endpoints, in one commit
 * A delivery that was removed or moved meanwhile stays as it is. 0 or -errno: then nothing was kept
 */
int delivery_settle(struct platform *p, const struct delivery_attempt *a, size_t n, const struct delivery_lesson *l,
		    size_t n_lessons, struct err *e);

/* delivery_get, delivery_named - fill out (row_release it); -ENOENT */
int delivery_get(struct platform *p, int64_t row_id, struct delivery *out, struct err *e);
int delivery_named(struct platform *p, int64_t endpoint_row, const char *event_id, enum delivery_state state,
		   struct delivery *out, struct err *e);
/* delivery_each - fn for each delivery_listing in that state, newest first, at most limit */
int delivery_each(struct platform *p, enum delivery_state state, int64_t limit, int (*fn)(void *listing, void *ud),
		  void *ud, struct err *e);
/* delivery_document - what its file shows */
int delivery_document(struct platform *p, int64_t row_id, struct buf *out, struct err *e);

/* delivery_replay - a delivery that ended is sent again. -EPERM when it is on its way still, -ENOENT */
int delivery_replay(struct platform *p, int64_t row_id, struct err *e);
/* delivery_replay_from - all events since a time that the endpoint wants now are sent again. How many, or -errno */
int delivery_replay_from(struct platform *p, int64_t endpoint_row, int64_t from_ms, struct err *e);
/* delivery_give_up - one that is on its way is dead. delivery_remove - no more of it */
int delivery_give_up(struct platform *p, int64_t row_id, struct err *e);
int delivery_remove(struct platform *p, int64_t row_id, struct err *e);

struct delivery_counts {
	int64_t in[N_DELIVERY_STATES];
	int64_t oldest; /* when the oldest one on its way was made, 0: there is none */
};
/* delivery_count - of one endpoint, or of all (0) */
int delivery_count(struct platform *p, int64_t endpoint_row, struct delivery_counts *out, struct err *e);

/*
 * delivery_sweep - remove what arrived long ago, and what tells of events that are gone; what would go later than the
 * longest wait of all from now (at least a day) was set by a clock that was ahead, and goes now
 * Returns how many were removed, or -errno
 */
int delivery_sweep(struct platform *p, struct err *e);

#endif
