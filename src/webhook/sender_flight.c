#include "webhook/sender_parts.h"

#include <stdlib.h>

#include "base/clock.h"

#define DOUBTFUL_MOST (FLIGHT_MOST / 2) /* requests at a time to endpoints that may not answer */

void shot_free(struct shot *shot)
{
	delivery_job_release(&shot->job);
	message_release(&shot->message);
	free(shot->attempt.answer);
	free(shot->attempt.error);
	free(shot);
}

static void lift(struct sender *s, struct shot *shot)
{
	shot->next = s->flying;
	shot->at = &s->flying;
	if (shot->next)
		shot->next->at = &shot->next;
	s->flying = shot;
	shot->doubtful = lane_doubtful(shot->lane);
	s->n_doubtful += shot->doubtful;
	shot->lane->in_flight++;
}

static void land(struct sender *s, struct shot *shot)
{
	*shot->at = shot->next;
	if (shot->next)
		shot->next->at = shot->at;
	shot->next = NULL;
	s->n_doubtful -= shot->doubtful;
	shot->lane->in_flight--;
}

/* The answer's beginning as text: bytes that are none become "?". */
static char *text_of(const char *bytes, size_t len)
{
	char *text = xstrndup(bytes, len);

	for (char *c = text; *c; c++)
		if ((unsigned char)*c >= 0x80 || ((unsigned char)*c < 0x20 && !strchr("\t\r\n", *c)))
			*c = '?';
	return text;
}

static int64_t next_attempt(struct sender *s, const struct shot *shot, int64_t now)
{
	uint64_t random;
	int64_t wait;

	crypto_random(&random, sizeof(random));
	wait = backoff_next(&s->backoff, (unsigned)shot->job.d.attempts + 1, random);
	return wait < 0 ? 0 : now + wait;
}

static void count(struct sender *s, const struct shot *shot, bool refused)
{
	pthread_mutex_lock(&s->lock);
	s->attempts++;
	s->succeeded += shot->attempt.arrived;
	s->refused += refused;
	s->took_ms += (uint64_t)shot->attempt.took_ms;
	pthread_mutex_unlock(&s->lock);
}

static void on_answer(void *ud, const struct http_answer *a)
{
	struct shot *shot = ud;
	struct sender *s = shot->s;
	struct lane *l = shot->lane;
	int64_t now = clock_now_ms();
	struct breaker_outcome o = { a->status, a->retry_after_s, a->refused, a->error };

	land(s, shot);
	lane_ended(l, shot->pass, now, &o);
	shot->attempt.took_ms = a->took_ms;
	shot->attempt.status = a->status;
	shot->attempt.answer = a->head_len ? text_of(a->head, a->head_len) : NULL;
	shot->attempt.error = a->error ? xstrdup(a->error) : NULL;
	shot->attempt.arrived = breaker_success(&o);
	shot->attempt.next_ms = shot->attempt.arrived ? 0 : next_attempt(s, shot, now);
	count(s, shot, a->refused);
	settling_add(s, shot);
}

/* The message was not even begun: a fault of ours, or of what is set. */
static void fail(struct shot *shot, const char *why)
{
	on_answer(shot, &(struct http_answer){ .retry_after_s = -1, .head = "", .error = why });
}

static void shoot(struct sender *s, struct lane *l, struct delivery_job *j, enum breaker_pass pass, int64_t now)
{
	struct shot *shot = xcalloc(1, sizeof(*shot));
	struct err e = ERR_INIT;
	struct http_request r;
	int is_first;

	*shot = (struct shot){ .s = s, .lane = l, .job = *j, .pass = pass };
	shot->attempt.d = &shot->job.d;
	shot->attempt.at_ms = now;
	lift(s, shot);
	is_first = s->older ? delivery_first(s->p, &j->d, &e) : 0;
	if (is_first < 0 || message_make(l, j, now, s->older, is_first, &shot->message) < 0) {
		fail(shot, "the message could not be made");
		return;
	}
	r = (struct http_request){ .url = l->x.url,
				   .header = shot->message.header,
				   .body = shot->message.body.data,
				   .len = shot->message.body.len,
				   .allow = &l->allow,
				   .timeout_ms = s->timeout_ms,
				   .ud = shot,
				   .done = on_answer };
	if (http_post(s->http, &r, &e) < 0)
		fail(shot, e.text);
}

static bool has_room(const struct sender *s)
{
	return http_running(s->http) < FLIGHT_MOST && settling_has_room(s);
}

/*
 * Nobody takes more than half of what is free, so that there is always a place for who has none, however many hang; and
 * those of whom it is not known that they answer take half of all at most.
 */
static bool has_place(const struct sender *s, const struct lane *l)
{
	size_t room = FLIGHT_MOST - http_running(s->http);
	size_t half = s->n_doubtful < DOUBTFUL_MOST ? DOUBTFUL_MOST - s->n_doubtful : 0;

	if (lane_doubtful(l) && half < room)
		room = half;
	return room > 0 && l->in_flight < l->places && (l->in_flight == 0 || l->in_flight < room / 2);
}

/* The next one of that endpoint; false when none may go. */
static bool send_one(struct sender *s, struct lane *l)
{
	int64_t now = clock_now_ms();
	enum breaker_pass pass;
	struct delivery_job j;

	if (l->gone || !has_place(s, l) || breaker_next(&l->breaker, now) > now || !lane_take(l, s->p, now, &j))
		return false;
	pass = breaker_begin(&l->breaker, now);
	if (pass == BREAKER_WAIT) {
		lane_settled(l, j.d.row_id);
		delivery_job_release(&j);
		return false;
	}
	shoot(s, l, &j, pass, now);
	return true;
}

void flight_fill(struct sender *s)
{
	size_t in_vain = 0;

	while (in_vain < s->n_lanes && has_room(s)) {
		struct lane *l = s->turn ? s->turn : s->lanes;

		in_vain = send_one(s, l) ? 0 : in_vain + 1;
		s->turn = l->next;
	}
}

int64_t flight_next(const struct sender *s, int64_t now)
{
	int64_t first = INT64_MAX;

	for (struct lane *l = has_room(s) ? s->lanes : NULL; l; l = l->next) {
		int64_t next = has_place(s, l) ? lane_next(l, now) : INT64_MAX;

		first = next < first ? next : first;
	}
	return first;
}

void flight_free(struct sender *s)
{
	while (s->flying) {
		struct shot *shot = s->flying;

		s->flying = shot->next;
		shot_free(shot);
	}
}
