/*
 * keeper_parts - what the files of the keeper share
 *
 * keeper.c starts and stops it, and has the thread that decides; keeper_spec.c reads the models from the store;
 * keeper_plan.c decides who is loaded and who goes; keeper_move.c loads and lets go; keeper_watch.c looks
 * after those that are there and writes down what happened; keeper_memory.c weighs them; keeper_ask.c lets requests in;
 * keeper_warm.c has weights read ahead; keeper_show.c tells people. All fields are under the keeper's lock unless said
 * otherwise.
 */
#ifndef FS0711_MODEL_KEEPER_PARTS_H
#define FS0711_MODEL_KEEPER_PARTS_H

#include <pthread.h>

#include "model/device.h"
#include "model/inference.h"
#include "model/keeper.h"
#include "model/plan.h"
#include "model/warm.h"

#define NO_DEVICE (-1)

/* What a mover does with a model; MOVE_NONE: nothing. MOVE_BURY: its server died, and is let go when nobody uses it.
 * MOVE_DOUBT: it is asked whether it is healthy. */
enum move { MOVE_NONE, MOVE_LOAD, MOVE_UNLOAD, MOVE_SLEEP, MOVE_WAKE, MOVE_BURY, MOVE_DOUBT };

struct kept {
	struct kept *next;
	struct keeper *keeper;
	struct model spec; /* a copy of the row */
	struct model_memory memory;
	enum model_state state;
	char reason[400];
	int device;    /* where it is, or is going to be; NO_DEVICE */
	uint64_t held; /* bytes there: measured, while it loads what it is expected to take */
	struct inference *server;
	unsigned in_use;
	unsigned watched;          /* threads that look at it without being in it */
	enum move move;            /* under way, by a thread of its own */
	struct mcp_cancel *cancel; /* of the move; the mover's */
	uint64_t drained_by;       /* number of the request whose model gets its room; 0: none */
	uint64_t batch;            /* requests up to that number waited when it was loaded: they enter before it goes */
	bool doubted;              /* a request to it was given up: its health is to be asked */
	bool refused;              /* its reason is why a verb was refused: true until something changes */
	bool planned;              /* in this round of keeper_decide */
	bool gone;                 /* removed from the store */
	bool outdated;             /* it takes no new requests, and goes when it is idle, for what stands in ends */
	bool dirty;                /* memory has news that the store does not know */
	unsigned failures;         /* in a row: of loads, and of servers that ended soon after */
	int64_t loaded_ms;         /* monotonic */
	int64_t retry_ms;          /* monotonic: not loaded again before */
	int64_t pin_retry_ms;      /* monotonic: what is pinned and could have no room is not tried before */
	int64_t last_used_ms;      /* monotonic */
	char ends[200];
	/* of the move: for whom it makes room ("" for nobody), why */
	char wanted[200], why[300];
};

/* One move, for its thread: its own copy of the spec, which may be replaced meanwhile. */
struct mover {
	struct kept *m;
	enum move move;
	enum model_state was;
	struct model spec;
	int device;
	uint64_t turn; /* of the keeper, when it began */
	struct mcp_cancel *cancel;
	char *dir;
};

/* Somebody who waits for a model. In the keeper's list until it is done. */
struct want {
	struct want *next;
	struct kept *model;
	uint64_t number; /* of the order in which they came */
	bool enters;     /* takes a place among its requests; else it is only to be loaded */
	bool detached;   /* nobody waits any more: who ends it frees it */
	bool done;
	int rc;
	struct err why;
	char for_whom[200];
};

/* A device as it was measured last. */
struct measured {
	struct device_memory memory;
	uint64_t foreign;
	bool lost; /* it does not answer */
};

struct keeper {
	struct platform *p;
	struct spawner *spawner;
	struct call_pool *pool;
	struct devices *devices;
	const struct device *device; /* the devices' own */
	size_t n_devices;
	char *dir;
	int wake_fd;
	pthread_t thread;
	pthread_mutex_t lock; /* of what follows, and of every kept */
	pthread_cond_t changed;
	struct measured *measured; /* n_devices */
	int64_t measured_at;
	struct kept *models;
	struct want *wants, **last_want;
	uint64_t next_number;
	unsigned n_moving;
	uint64_t turn; /* rises when a move begins or ends: what was measured meanwhile is of more than one model */
	struct warmer *warmer;           /* NULL: nothing was to be read ahead yet */
	char *warmed;                    /* what it was told, a path a line */
	bool stopping, stale, reloading; /* stale: the specs are to be read */
	bool new_budget;                 /* a setting was changed */
};

/* keeper_kick - let the deciding thread look again; any thread, with the lock or without */
void keeper_kick(struct keeper *k);

/* keeper_find - by name or by row; NULL when there is none (or no more). With the lock */
struct kept *keeper_find(struct keeper *k, const char *name);
struct kept *keeper_find_row(struct keeper *k, int64_t row_id);
/* keeper_say - set state and reason; reason "" for none. With the lock */
void keeper_say(struct kept *m, enum model_state state, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* keeper_bytes - what it is expected to take of a device */
uint64_t keeper_bytes(const struct kept *m);
/* keeper_may_use - its spec allows the device of that name */
bool keeper_may_use(const struct model *spec, const char *device);
/* keeper_may_sleep - its server can give its memory back and stay */
bool keeper_may_sleep(const struct kept *m);

/* keeper_reload - read all specs from the store; leaves the lock meanwhile. keeper_free_gone - those that nobody needs
 */
void keeper_reload(struct keeper *k);
/* keeper_wait_fresh - until what was written before this call has been read; leaves the lock meanwhile */
void keeper_wait_fresh(struct keeper *k);
void keeper_free_gone(struct keeper *k);

/* keeper_warm - tell the warmer which weights are likely to be wanted */
void keeper_warm(struct keeper *k);

/* keeper_measure - look at all devices now; leaves the lock meanwhile */
void keeper_measure(struct keeper *k);
/* keeper_want_pinned - what is pinned is loaded without being asked for */
void keeper_want_pinned(struct keeper *k);
/* keeper_decide - begin what can begin. Returns until when at most (monotonic ms, INT64_MAX: nothing waits for time) */
int64_t keeper_decide(struct keeper *k);
/* keeper_plan - what would have to happen for m if it were wanted now, behind all who wait; for plan_release. With the
 * lock */
void keeper_plan(struct keeper *k, const struct kept *m, struct plan *out, struct err *why);

/* keeper_move - begin it: m does not move and (but for a load) is in nobody's use. With the lock */
void keeper_move(struct kept *m, enum move move, const char *wanted, const char *why);
/* keeper_failed - it could not be loaded, or died: those who wait get rc, and it is not tried again for a while */
void keeper_failed(struct kept *m, int rc, const struct err *why);
/* keeper_retry_pinned - there may be room now: what is pinned is tried at once. With the lock */
void keeper_retry_pinned(struct keeper *k);

/* --- memory --- */

/* keeper_excess - how much more the device has lent than it has, what is leaving left out; 0: all fits. With the lock
 */
uint64_t keeper_excess(const struct keeper *k, int device);
/* keeper_free - bytes that are free on a device now; 0 where it does not answer. Without the lock, as the next three */
uint64_t keeper_free(struct keeper *k, int device);
/*
 * keeper_taken - what the server holds, by its processes; where nobody can say, by what the device has less than before
 * *sure  out: false where others moved on the device meanwhile, or nothing could be seen: then it is what was expected
 */
uint64_t keeper_taken(const struct mover *v, const struct inference *s, uint64_t free_before, bool *sure);
/* keeper_left - what a server that fell asleep still holds */
uint64_t keeper_left(const struct mover *v, const struct inference *s, uint64_t free_before, uint64_t held);
/* keeper_await_memory - until a device has back what a server held that is gone; some seconds at most */
void keeper_await_memory(const struct mover *v, uint64_t free_before, uint64_t held);
/* keeper_weigh - see what the resident ones hold by now; while there is more than the budget, one goes. Leaves the lock
 */
void keeper_weigh(struct keeper *k);

/* keeper_check - see which servers have died. With the lock */
void keeper_check(struct keeper *k);
/* keeper_tell - write down what happened to m; leaves the lock meanwhile. event may be NULL */
void keeper_tell(struct kept *m, const char *event, int64_t load_ms);
/* keeper_touch - write down figures that the store does not know; leaves the lock meanwhile */
void keeper_touch(struct keeper *k);

/* want_add - queue a request for m. want_end - it is over: takes it from the list; a detached one is freed */
struct want *want_add(struct kept *m, const char *for_whom, bool enters);
void want_end(struct keeper *k, struct want *w, int rc, const struct err *why);
/* want_grant - let in those for whom there is room, in order */
void want_grant(struct keeper *k);
/* want_fail - end all requests for m */
void want_fail(struct kept *m, int rc, const struct err *why);
/* want_first - the oldest request for m, or NULL */
struct want *want_first(const struct kept *m);

#endif
