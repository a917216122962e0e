/*
 * warm - weights are read ahead into the page cache, so that a load waits for the device and not for the disk
 *
 * A thread of the least priority reads them once, the likeliest first, as far as a budget goes. Nothing is held: the
 * kernel drops pages when memory is short.
 */
#ifndef FS0711_MODEL_WARM_H
#define FS0711_MODEL_WARM_H

#include "base/util.h"

struct warmer;

/* warmer_start - a thread that waits for work; NULL when there is none to be had */
struct warmer *warmer_start(void);
/* warmer_stop - end it in the middle of a file; w may be NULL */
void warmer_stop(struct warmer *w);

/*
 * warmer_want - read these from now on: n paths (files or directories, of the host), the likeliest first
 * budget  bytes of them all together; what does not fit whole is left out
 * What was wanted before and is not any more is no longer read; what was read already is not read again
 */
void warmer_want(struct warmer *w, const char *const *path, size_t n, uint64_t budget);

/* warmer_bytes - how much it has read since it started */
uint64_t warmer_bytes(struct warmer *w);

#endif
