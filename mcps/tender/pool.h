/* pool - the same work on many items, on the processors there are */
#ifndef TENDER_POOL_H
#define TENDER_POOL_H

#include "base/util.h"

#define POOL_MOST 8 /* threads at a time */

/* pool_threads - how many threads are good for n items here: at least 1, at most POOL_MOST */
unsigned pool_threads(unsigned n);

/*
 * pool_run - call work(arg, thread, i) once for each i below n, in any order, on that many threads
 * thread  0 to n_threads - 1; no two calls at the same time have the same
 * done    called now and then on the calling thread with how many items are complete; may be NULL
 * The calling thread is one of them. Where no thread can be made it does the work alone. Returns when all is done.
 */
void pool_run(unsigned n_threads, unsigned n, void (*work)(void *arg, unsigned thread, unsigned i),
	      void (*done)(void *arg, unsigned n_done), void *arg);

/*
 * Work that may never end: libraries that read hostile bytes loop, or wait for locks that they hold themselves. No
 * thread can end another: one that takes too long is left behind, with its item, until the process ends.
 */
struct watch {
	unsigned limit_ms; /* for one item */
	unsigned most;     /* so many lost items, and no more are begun */
	/* begin makes what work needs for item i, end takes what came of it; never two of them at the same time */
	void *(*begin)(void *arg, unsigned i);
	void (*work)(void *item);
	void (*end)(void *arg, unsigned i, void *item);
	void (*done)(void *arg, unsigned n_done); /* as of pool_run */
	void *arg;
};

/*
 * pool_watch - do n items, each on one of that many threads made for it; 0: on the calling thread, which nobody watches
 * Returns how many were lost or not begun.
 */
unsigned pool_watch(unsigned n_threads, unsigned n, const struct watch *w);

#endif
