/*
 * readers - the connections that read: made when needed up to a limit, then waited for
 *
 * A connection keeps its snapshot from one question to the next as long as nothing was committed: beginning and ending
 * one costs more than most questions. The writer ends those of idle connections, which would keep the log from starting
 * anew.
 */
#ifndef FS0711_STORE_READERS_H
#define FS0711_STORE_READERS_H

#include "store/channel.h"

struct readers;

struct readers *readers_new(const struct engine *en, struct site *site);
/* readers_free - all channels were given back. r may be NULL */
void readers_free(struct readers *r);

/* readers_take - a channel for the caller alone; blocks while all are taken, or readers_stop holds. 0 or -errno */
int readers_take(struct readers *r, struct channel **out, struct err *e);
void readers_give(struct readers *r, struct channel *s);
/* readers_changed - something was committed: who reads from now on sees it */
void readers_changed(struct readers *r);
/* readers_rest - idle connections let go of their snapshots */
void readers_rest(struct readers *r);

/*
 * readers_stop - let nobody begin to read until readers_go, and wait for those who do
 * Returns true when nobody reads any more, false when somebody still did after wait_ms
 */
bool readers_stop(struct readers *r, int wait_ms);
void readers_go(struct readers *r);

#endif
