/* pool - the same work on many items, on the processors there are */
#ifndef TENDER_POOL_H
#define TENDER_POOL_H

#define POOL_MOST 8 /* threads */

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

#endif
