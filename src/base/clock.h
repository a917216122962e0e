/* clock - times of the platform: milliseconds since 1970 in UTC, written as RFC 3339 */
#ifndef FS0711_BASE_CLOCK_H
#define FS0711_BASE_CLOCK_H

#include "base/util.h"

#define CLOCK_TEXT_BYTES 32
#define CLOCK_DAY_MS     ((int64_t)86400000)

int64_t clock_now_ms(void);  /* since 1970, UTC */
int64_t clock_mono_ms(void); /* since some start, never backwards: for intervals */

/* clock_format - "2026-01-31T23:59:59.123Z" into text[CLOCK_TEXT_BYTES]; returns text */
const char *clock_format(int64_t ms, char *text);

/*
 * clock_parse - read an RFC 3339 date or date and time: "2026-01-31", "2026-01-31T23:59[:59[.123]][Z|+02:00]"
 * Without an offset the time is UTC. Returns 0 and *ms, or -EINVAL
 */
int clock_parse(const char *text, int64_t *ms);

#endif
