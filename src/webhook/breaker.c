#include "webhook/breaker.h"

#include "base/clock.h"
#include "base/err.h"

void breaker_init(struct breaker *b)
{
	*b = (struct breaker){ .state = BREAKER_ACTIVE };
}

bool breaker_success(const struct breaker_outcome *o)
{
	return o->status >= 200 && o->status <= 299;
}

/* A time further ahead than any pause was set before the clock was set back, and is over. */
static bool may_go(const struct breaker *b, int64_t now_ms)
{
	return now_ms >= b->until_ms || b->until_ms - now_ms > BREAKER_RETRY_MAX_S * INT64_C(1000);
}

/* wait_for - no request for so long; a longer wait that is under way stays */
static void wait_for(struct breaker *b, int64_t now_ms, int64_t ms)
{
	if (may_go(b, now_ms) || b->until_ms < now_ms + ms)
		b->until_ms = now_ms + ms;
}

int64_t breaker_next(const struct breaker *b, int64_t now_ms)
{
	if (b->state == BREAKER_ACTIVE)
		return now_ms;
	if (b->state == BREAKER_DISABLED || b->probing)
		return BREAKER_NEVER;
	return may_go(b, now_ms) ? now_ms : b->until_ms;
}

enum breaker_pass breaker_begin(struct breaker *b, int64_t now_ms)
{
	if (breaker_next(b, now_ms) > now_ms)
		return BREAKER_WAIT;
	if (b->state == BREAKER_ACTIVE)
		return BREAKER_GO;
	b->probing = true;
	return BREAKER_PROBE;
}

void breaker_prompt(struct breaker *b, int64_t now_ms)
{
	if (b->state != BREAKER_BROKEN)
		return;
	b->until_ms = now_ms;
	b->pause_ms = 0;
}

void breaker_drop(struct breaker *b, enum breaker_pass pass)
{
	if (pass == BREAKER_PROBE)
		b->probing = false;
}

/* throttle_s - for how long the endpoint wants to be left alone, 0 when it does not say so */
static int64_t throttle_s(const struct breaker_outcome *o)
{
	bool throttles = o->status == 429 || (o->status >= 502 && o->status <= 504);

	if (o->status == 0 || (o->retry_after_s < 0 && !throttles))
		return 0;
	if (o->retry_after_s < 0)
		return BREAKER_THROTTLE_S;
	if (o->retry_after_s < 1)
		return 1;
	return o->retry_after_s < BREAKER_RETRY_MAX_S ? o->retry_after_s : BREAKER_RETRY_MAX_S;
}

static void say_outcome(const struct breaker_outcome *o, struct err *said)
{
	if (o->refused)
		err_set(said, 0, "not sent: %s", o->error ? o->error : "its address is not allowed");
	else if (o->status == 0)
		err_set(said, 0, "no answer: %s", o->error ? o->error : "the connection failed");
	else
		err_set(said, 0, "the answer was %d", o->status);
}

/* struct err cuts a sentence that is too long at a whole character. */
static void say_why(struct breaker *b, int64_t now_ms, const struct breaker_outcome *o)
{
	char now[CLOCK_TEXT_BYTES], until[CLOCK_TEXT_BYTES], since[CLOCK_TEXT_BYTES];
	struct err said, why = ERR_INIT;

	say_outcome(o, &said);
	clock_format(now_ms, now);
	clock_format(b->until_ms, until);
	clock_format(b->failing_since_ms, since);
	if (b->state == BREAKER_DISABLED && o->status == 410)
		err_set(&why, 0, "the endpoint wants no more: at %s %s", now, said.text);
	else if (b->state == BREAKER_DISABLED)
		err_set(&why, 0, "all requests since %s have failed; at %s %s", since, now, said.text);
	else if (b->state == BREAKER_ACTIVE)
		err_set(&why, 0, "%u in a row failed; at %s %s", b->failures, now, said.text);
	else if (b->state == BREAKER_BROKEN)
		err_set(&why, 0, "%u in a row failed, the next goes at %s; at %s %s", b->failures, until, now,
			said.text);
	else
		err_set(&why, 0, "the endpoint wants a pause, the next goes at %s; at %s %s", until, now, said.text);
	_Static_assert(sizeof(b->why) == sizeof(why.text), "the sentence fits");
	memcpy(b->why, why.text, sizeof(b->why));
}

static void succeed(struct breaker *b)
{
	bool probing = b->probing;

	breaker_init(b);
	b->probing = probing;
}

static int64_t next_pause(const struct breaker *b)
{
	if (b->pause_ms == 0)
		return BREAKER_PAUSE_MS;
	return b->pause_ms * 2 < BREAKER_PAUSE_MAX_MS ? b->pause_ms * 2 : BREAKER_PAUSE_MAX_MS;
}

static void fail(struct breaker *b, enum breaker_pass pass, int64_t now_ms, const struct breaker_outcome *o)
{
	int64_t throttle_ms = throttle_s(o) * 1000;

	if (b->failing_since_ms == 0 || b->failing_since_ms > now_ms)
		b->failing_since_ms = now_ms;
	b->failures += o->status != 429;
	if (o->status == 410 || now_ms - b->failing_since_ms >= BREAKER_GIVE_UP_MS) {
		b->state = BREAKER_DISABLED;
	} else if (b->state == BREAKER_BROKEN && pass == BREAKER_PROBE) {
		/* Others were on their way when the circuit broke: they make the pause no longer. */
		b->pause_ms = next_pause(b);
		wait_for(b, now_ms, b->pause_ms);
	} else if (b->state != BREAKER_BROKEN && b->failures >= BREAKER_FAILURES) {
		b->state = BREAKER_BROKEN;
		b->pause_ms = BREAKER_PAUSE_MS;
		wait_for(b, now_ms, b->pause_ms);
	} else if (b->state == BREAKER_ACTIVE && throttle_ms > 0) {
		b->state = BREAKER_THROTTLED;
	} else if (b->state == BREAKER_THROTTLED && pass == BREAKER_PROBE && throttle_ms == 0) {
		throttle_ms = BREAKER_THROTTLE_S * 1000;
	}
	if (throttle_ms > 0)
		wait_for(b, now_ms, throttle_ms);
}

bool breaker_end(struct breaker *b, enum breaker_pass pass, int64_t now_ms, const struct breaker_outcome *o)
{
	enum breaker_state was = b->state;

	breaker_drop(b, pass);
	if (was == BREAKER_DISABLED)
		return false;
	if (breaker_success(o)) {
		succeed(b);
	} else {
		fail(b, pass, now_ms, o);
		say_why(b, now_ms, o);
	}
	return b->state != was;
}
