/* cond - condition variables that wait on the clock that never jumps */
#ifndef FS0711_BASE_COND_H
#define FS0711_BASE_COND_H

#include <pthread.h>

#include "base/util.h"

/* cond_init - as pthread_cond_init, for cond_wait_until */
void cond_init(pthread_cond_t *cond);

/*
 * cond_wait_until - wait with the lock held until the condition is signalled or clock_mono_ms() reaches at_ms (-1:
 * without an end). Like any wait it may return early. Returns 0, or ETIMEDOUT at that time
 */
int cond_wait_until(pthread_cond_t *cond, pthread_mutex_t *lock, int64_t at_ms);

#endif
