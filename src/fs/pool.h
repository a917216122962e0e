/* pool - threads for requests that wait for the disk, so that those which do not are answered meanwhile */
#ifndef FS0711_FS_POOL_H
#define FS0711_FS_POOL_H

#include <stddef.h>

struct pool;

/* pool_start - n threads; NULL when there are none to be had */
struct pool *pool_start(size_t n);
/* pool_stop - finish what is queued, then end the threads. p may be NULL */
void pool_stop(struct pool *p);
/* pool_run - call fn(arg) on one of the threads, soon */
void pool_run(struct pool *p, void (*fn)(void *arg), void *arg);

#endif
