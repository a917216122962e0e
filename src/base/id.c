#include "base/id.h"

#include <pthread.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/crypto.h"

/*
 * 48 bits of time, then the 12 bits of rand_a as a counter (RFC 9562, 6.2, method 1), so that ids of one millisecond
 * sort in the order in which they were made. A full counter borrows from the next millisecond.
 */
static void next_stamp(int64_t *ms, unsigned *count)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	static int64_t last_ms;
	static unsigned last_count;
	int64_t now = clock_now_ms();

	pthread_mutex_lock(&lock);
	if (now > last_ms) {
		last_ms = now;
		last_count = 0;
	} else if (++last_count > 0xfff) {
		last_ms++;
		last_count = 0;
	}
	*ms = last_ms;
	*count = last_count;
	pthread_mutex_unlock(&lock);
}

const char *id_new(char *id)
{
	unsigned char r[8];
	unsigned count;
	int64_t ms;

	next_stamp(&ms, &count);
	crypto_random(r, sizeof(r));
	snprintf(id, ID_BYTES, "%08x-%04x-7%03x-%02x%02x-%02x%02x%02x%02x%02x%02x", (unsigned)(ms >> 16),
		 (unsigned)(ms & 0xffff), count, 0x80U | (r[0] & 0x3f), r[1], r[2], r[3], r[4], r[5], r[6], r[7]);
	return id;
}
