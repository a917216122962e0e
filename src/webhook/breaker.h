/*
 * breaker - whether requests may go to an endpoint: a circuit breaker and a throttle, without clock, memory or threads
 *
 * Active lets all go. Ten failures in a row break the circuit for 30 s; then one request at a time goes as a probe, and
 * each probe that fails doubles the pause, up to 10 min. An answer of 429, 502, 503 or 504, or a failure that comes
 * with Retry-After, throttles for as long as that says, and then one goes as a probe too; all but 429 count among the
 * ten. Any 2xx makes the endpoint active. 410 disables it, and so does a failure 5 days after the first one without a
 * success between; only breaker_init ends that.
 */
#ifndef FS0711_WEBHOOK_BREAKER_H
#define FS0711_WEBHOOK_BREAKER_H

#include "base/util.h"

#define BREAKER_FAILURES     10
#define BREAKER_PAUSE_MS     ((int64_t)30000)
#define BREAKER_PAUSE_MAX_MS ((int64_t)600000)
#define BREAKER_THROTTLE_S   30    /* where the endpoint does not say how long */
#define BREAKER_RETRY_MAX_S  86400 /* a longer Retry-After is cut to it */
#define BREAKER_GIVE_UP_MS   ((int64_t)5 * 86400000)
#define BREAKER_NEVER        INT64_MAX
#define BREAKER_WHY_BYTES    504

enum breaker_state { BREAKER_ACTIVE, BREAKER_THROTTLED, BREAKER_BROKEN, BREAKER_DISABLED, N_BREAKER_STATES };

/* By value; times are of the wall clock. All of it can be kept over a restart, with probing false. */
struct breaker {
	enum breaker_state state;
	unsigned failures;           /* in a row, 429 apart */
	int64_t failing_since_ms;    /* the first failure after the last success, 0: none */
	int64_t until_ms;            /* throttled or broken: nothing goes before */
	int64_t pause_ms;            /* broken: how long the last pause was, 0: it was cut short */
	bool probing;                /* a probe is on its way */
	char why[BREAKER_WHY_BYTES]; /* why the state is what it is, for people; "" while all is well */
};

/* How a request ended. */
struct breaker_outcome {
	int status;            /* of the answer, 0: there was none */
	int64_t retry_after_s; /* what the answer's Retry-After comes to, -1: it has none */
	bool refused;          /* it was not sent, because its address is not allowed */
	const char *error;     /* with status 0: what went wrong, in words; borrowed, may be NULL */
};

/* What breaker_begin answers, and breaker_end is told again. */
enum breaker_pass { BREAKER_WAIT, BREAKER_GO, BREAKER_PROBE };

/* breaker_init - active, nothing failed yet; also for an endpoint that a person enables again */
void breaker_init(struct breaker *b);

/* breaker_next - when breaker_begin will let a request go: a time at or before now_ms for at once, BREAKER_NEVER while
 * disabled or while a probe is on its way */
int64_t breaker_next(const struct breaker *b, int64_t now_ms);
/* breaker_begin - may a request go now? Every answer but BREAKER_WAIT is followed by one breaker_end or breaker_drop */
enum breaker_pass breaker_begin(struct breaker *b, int64_t now_ms);
/* breaker_end - a request that had that pass has ended; returns true when the state has changed */
bool breaker_end(struct breaker *b, enum breaker_pass pass, int64_t now_ms, const struct breaker_outcome *o);
/* breaker_prompt - a person wants it tried: a broken circuit is probed at once, and when that fails its pauses begin
 * anew. A throttled endpoint has asked to be left alone, and is */
void breaker_prompt(struct breaker *b, int64_t now_ms);
/* breaker_drop - a request that had that pass was not made, and says nothing about the endpoint */
void breaker_drop(struct breaker *b, enum breaker_pass pass);

/* breaker_success - true for the only answers that mean a delivery has arrived: 200 to 299 */
bool breaker_success(const struct breaker_outcome *o);

#endif
