/* backoff - when a delivery that failed is tried again: a schedule with full jitter */
#ifndef FS0711_PLATFORM_BACKOFF_H
#define FS0711_PLATFORM_BACKOFF_H

#include "base/err.h"

#define BACKOFF_MAX     32
#define BACKOFF_DEFAULT "0 5s 5m 30m 2h 5h 10h 14h 20h 24h"

/* By value. */
struct backoff {
	unsigned n; /* so many attempts are made */
	int64_t delay_ms[BACKOFF_MAX];
};

/*
 * backoff_parse - read the longest delay before each attempt: 1 to BACKOFF_MAX whole numbers separated by commas or
 * blanks, in seconds or with s, m, h or d behind them, each at most 7 days: "0,5,300" is "0 5s 5m"
 * Returns 0, or -EINVAL with a sentence naming the word; out is untouched then
 */
int backoff_parse(const char *text, struct backoff *out, struct err *e);

/*
 * backoff_next - how long to wait before the next attempt when so many were made
 * random  64 bits that nobody foresees
 * Returns milliseconds, evenly spread from 0 to the schedule's delay, so that what failed together does not come back
 * together; -1 when no attempt is left
 */
int64_t backoff_next(const struct backoff *b, unsigned attempts_made, uint64_t random);

/* backoff_longest - the longest delay of the schedule, in milliseconds */
int64_t backoff_longest(const struct backoff *b);

#endif
