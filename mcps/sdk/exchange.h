/* exchange - HTTP requests over a connection that is there already, one after the other, from many threads */
#ifndef MCPS_SDK_EXCHANGE_H
#define MCPS_SDK_EXCHANGE_H

#include <pthread.h>

#include "base/err.h"
#include "sdk/answer.h"

#define EXCHANGE_BYTES (32u << 20) /* the longest body of an answer */

struct exchange {
	int fd;           /* connected; -ENODEV: the host offers none; or -errno why it cannot be reached */
	int64_t until_ms; /* on clock_mono_ms: no answer is waited for any longer; 0: no bound */
	int64_t limit_ms; /* the same for the requests of now, as their caller bounds them */
	pthread_mutex_t lock;
	bool over; /* the connection has ended, or stands in the middle of an answer: it is of no use any more */
};

/* exchange_init - of a connected descriptor, which it borrows, or of -errno. Nothing to release but the descriptor */
void exchange_init(struct exchange *x, int fd, int64_t until_ms);

/*
 * exchange_run - send a request, wait for the answer; out is ANSWER_INIT(EXCHANGE_BYTES), released by the caller
 * body  JSON, len bytes; NULL: none
 * Returns 0 whatever the status, or with a sentence -ENODEV (there is no connection), -EAGAIN (it ended), -ETIMEDOUT,
 * -EPROTO, -EMSGSIZE, -ENOMEM. Waits for other threads' requests before its own, all within until_ms
 */
int exchange_run(struct exchange *x, const char *method, const char *path, const char *body, size_t len,
		 struct answer *out, struct err *e);

#endif
