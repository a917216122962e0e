#include "webhook/sender_parts.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"

#define SETTLE_MOST 256  /* attempts that are kept in one commit */
#define ENDED_MOST  1024 /* attempts that wait for the commit before */
#define SETTLE_MS   4    /* an attempt that ended waits at most so long for others */

void settling_add(struct sender *s, struct shot *shot)
{
	if (!s->ended)
		s->ended_since = clock_mono_ms();
	*s->last_ended = shot;
	s->last_ended = &shot->next;
	s->n_ended++;
}

bool settling_has_room(const struct sender *s)
{
	return s->n_ended < ENDED_MOST;
}

static size_t collect_lessons(struct sender *s, struct delivery_lesson **out)
{
	static const enum endpoint_state states[N_BREAKER_STATES] = {
		[BREAKER_ACTIVE] = ENDPOINT_ACTIVE,
		[BREAKER_THROTTLED] = ENDPOINT_THROTTLED,
		[BREAKER_BROKEN] = ENDPOINT_BROKEN,
		[BREAKER_DISABLED] = ENDPOINT_DISABLED,
	};
	size_t n = 0;

	for (struct lane *l = s->lanes; l; l = l->next) {
		const struct breaker *b = &l->breaker;

		if (!l->learned || l->gone)
			continue;
		*out = xrealloc(*out, (n + 1) * sizeof(**out));
		(*out)[n++] = (struct delivery_lesson){ .endpoint_row = l->x.row_id,
							.state = states[b->state],
							.reason = *b->why ? xstrdup(b->why) : NULL,
							.failing_since = b->failing_since_ms,
							.gave_up = b->state == BREAKER_DISABLED };
		l->learned = false;
	}
	return n;
}

static void settle(struct sender *s)
{
	struct settlement *x = &s->settlement;
	size_t n = 0;

	*x = (struct settlement){ .attempt = xcalloc(s->n_ended + 1, sizeof(*x->attempt)) };
	x->n_lessons = collect_lessons(s, &x->lesson);
	for (const struct shot *shot = s->ended; shot; shot = shot->next)
		x->attempt[n++] = shot->attempt;
	x->n_attempts = n;
	s->settling = s->ended;
	s->ended = NULL;
	s->last_ended = &s->ended;
	s->n_ended = 0;
	s->busy = true;
	settler_give(s->settler, x);
}

/* What the store refused it is asked to keep again: to send it again would only repeat what has arrived. */
static void settle_again(struct sender *s)
{
	if (!s->unkept)
		return;
	s->unkept = false;
	settler_give(s->settler, &s->settlement);
}

static void release(struct sender *s, struct settlement *x)
{
	struct shot *shot;

	while ((shot = s->settling)) {
		s->settling = shot->next;
		lane_settled(shot->lane, shot->job.d.row_id);
		shot_free(shot);
	}
	for (size_t i = 0; i < x->n_lessons; i++)
		free((char *)(uintptr_t)x->lesson[i].reason);
	free(x->lesson);
	free(x->attempt);
	s->busy = false;
	lanes_tidy(s);
}

int settling_take(struct sender *s, struct err *e)
{
	struct settlement *x;

	settle_again(s);
	x = settler_take(s->settler, false);
	if (!x)
		return 0;
	if (x->rc < 0) {
		s->unkept = true;
		return err_set(e, x->rc, "%s", x->e.text);
	}
	release(s, x);
	return 0;
}

static bool must_settle(const struct sender *s)
{
	if (s->busy || s->n_ended == 0)
		return false;
	return s->n_ended >= SETTLE_MOST || http_running(s->http) == 0 || clock_mono_ms() - s->ended_since >= SETTLE_MS;
}

void settling_go(struct sender *s)
{
	if (must_settle(s))
		settle(s);
}

int64_t settling_due(const struct sender *s, int64_t now)
{
	return s->n_ended && !s->busy ? now + SETTLE_MS : INT64_MAX;
}

/* Nobody is left to ask the store again. */
static void settle_last(struct sender *s)
{
	struct settlement *x = settler_take(s->settler, true);

	if (!x)
		return;
	if (x->rc < 0)
		log_error("webhooks: what ended last could not be kept: %s", x->e.text);
	release(s, x);
}

void settling_end(struct sender *s)
{
	settle_again(s);
	settle_last(s);
	if (s->n_ended) {
		settle(s);
		settle_last(s);
	}
}
