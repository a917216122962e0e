#include "webhook/sender.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "net/http.h"
#include "platform/backoff.h"
#include "platform/party.h"
#include "platform/settings.h"
#include "webhook/message.h"
#include "webhook/settler.h"

#define MOST        256  /* requests at a time */
#define SETTLE_MOST 256  /* attempts that are kept in one commit */
#define ENDED_MOST  1024 /* attempts that wait for the commit before */
#define SETTLE_MS   4    /* an attempt that ended waits at most so long for others */
#define AGAIN_MS    1000 /* after the store failed */
#define LONGEST_MS  60000

/* One delivery on its way, and then until the store knows its end. */
struct shot {
	struct sender *s;
	struct lane *lane;
	struct delivery_job job;
	struct message message;
	enum breaker_pass pass;
	struct delivery_attempt attempt;
	struct shot *next, **at; /* at: what points to it, while it flies */
};

struct sender {
	struct platform *p;
	struct http *http;
	struct settler *settler;
	struct lane *lanes, *turn; /* turn: whose delivery goes next; NULL: the first one's */
	size_t n_lanes;
	struct shot *flying;              /* whose request has not ended */
	struct shot *ended, **last_ended; /* whose end is to be kept */
	size_t n_ended;
	int64_t ended_since;
	struct settlement settlement;
	struct shot *settling;
	bool busy;   /* the settler, with these */
	bool unkept; /* it could not keep them */
	struct backoff backoff;
	bool older;
	int64_t retry_mono_ms; /* the store failed: not before */
	pthread_t thread;
	pthread_mutex_t lock; /* of what follows */
	bool stopping, news, changed;
	bool idle;         /* nobody is to be told: events wait in the log until somebody is */
	int64_t *prompted; /* endpoints to which a person sends something again */
	size_t n_prompted;
	uint64_t attempts, succeeded, refused, took_ms;
};

static struct lane *find_lane(struct sender *s, int64_t row)
{
	struct lane *l = s->lanes;

	while (l && (l->x.row_id != row || l->gone))
		l = l->next;
	return l;
}

struct reloading {
	struct sender *s;
	int64_t *seen;
	size_t n;
};

static void let_go(struct lane *l, const char *why)
{
	if (why)
		log_warn("webhooks: nothing is sent to '%s': %s", l->x.name, why);
	l->gone = true;
}

static int take_endpoint(void *row, void *ud)
{
	const struct endpoint *x = row;
	struct reloading *r = ud;
	struct lane *l = find_lane(r->s, x->row_id);
	struct err e = ERR_INIT;

	if (x->state == ENDPOINT_DISABLED)
		return 0;
	r->seen = xrealloc(r->seen, (r->n + 1) * sizeof(*r->seen));
	r->seen[r->n++] = x->row_id;
	if (l && lane_update(l, r->s->p, x, &e) < 0) {
		let_go(l, e.text);
	} else if (!l) {
		l = lane_new(r->s->p, x, &e);
		if (!l) {
			log_warn("webhooks: nothing is sent to '%s': %s", x->name, e.text);
			return 0;
		}
		l->next = r->s->lanes;
		r->s->lanes = l;
		r->s->n_lanes++;
	}
	return 0;
}

/* Those that nobody uses any more. */
static void free_lanes(struct sender *s)
{
	struct lane **at = &s->lanes, *l;

	while ((l = *at)) {
		if (!l->gone || l->in_flight || l->n_unsettled) {
			at = &l->next;
			continue;
		}
		*at = l->next;
		if (s->turn == l)
			s->turn = l->next;
		s->n_lanes--;
		lane_free(l);
	}
}

static int reload(struct sender *s, struct err *e)
{
	struct reloading r = { .s = s };
	int rc = endpoint_each(s->p, take_endpoint, &r, e);

	for (struct lane *l = s->lanes; rc == 0 && l; l = l->next) {
		bool seen = false;

		for (size_t i = 0; i < r.n; i++)
			seen = seen || r.seen[i] == l->x.row_id;
		if (!seen)
			let_go(l, NULL);
	}
	free(r.seen);
	free_lanes(s);
	return rc;
}

static void read_settings(struct sender *s)
{
	auto_free char *text = settings_text(s->p, SETTING_WEBHOOK_RETRIES);

	if (backoff_parse(text, &s->backoff, NULL) < 0)
		backoff_parse(BACKOFF_DEFAULT, &s->backoff, NULL);
	s->older = settings_int(s->p, SETTING_WEBHOOK_OLDER) != 0;
}

static void free_shot(struct shot *shot)
{
	delivery_job_release(&shot->job);
	message_release(&shot->message);
	free(shot->attempt.answer);
	free(shot->attempt.error);
	free(shot);
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

static void add_ended(struct sender *s, struct shot *shot)
{
	if (!s->ended)
		s->ended_since = clock_mono_ms();
	*s->last_ended = shot;
	s->last_ended = &shot->next;
	s->n_ended++;
}

static void lift(struct sender *s, struct shot *shot)
{
	shot->next = s->flying;
	shot->at = &s->flying;
	if (shot->next)
		shot->next->at = &shot->next;
	s->flying = shot;
}

static void land(struct shot *shot)
{
	*shot->at = shot->next;
	if (shot->next)
		shot->next->at = shot->at;
	shot->next = NULL;
}

static void on_answer(void *ud, const struct http_answer *a)
{
	struct shot *shot = ud;
	struct sender *s = shot->s;
	struct lane *l = shot->lane;
	int64_t now = clock_now_ms(), failing_since = l->breaker.failing_since_ms;
	struct breaker_outcome o = { a->status, a->retry_after_s, a->refused, a->error };
	bool moved = breaker_end(&l->breaker, shot->pass, now, &o);

	land(shot);
	l->in_flight--;
	l->learned = l->learned || moved || shot->pass == BREAKER_PROBE || failing_since != l->breaker.failing_since_ms;
	shot->attempt.took_ms = a->took_ms;
	shot->attempt.status = a->status;
	shot->attempt.answer = a->head_len ? text_of(a->head, a->head_len) : NULL;
	shot->attempt.error = a->error ? xstrdup(a->error) : NULL;
	shot->attempt.arrived = breaker_success(&o);
	shot->attempt.next_ms = shot->attempt.arrived ? 0 : next_attempt(s, shot, now);
	count(s, shot, a->refused);
	add_ended(s, shot);
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
	l->in_flight++;
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
				   .ud = shot,
				   .done = on_answer };
	if (http_post(s->http, &r, &e) < 0)
		fail(shot, e.text);
}

/* The next one of that endpoint; false when none may go. */
static bool send_one(struct sender *s, struct lane *l)
{
	int64_t now = clock_now_ms();
	enum breaker_pass pass;
	struct delivery_job j;

	if (l->gone || l->in_flight >= LANE_MOST || breaker_next(&l->breaker, now) > now ||
	    !lane_take(l, s->p, now, &j))
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

/* When the store is slow, what has ended must not pile up. */
static bool has_room(const struct sender *s)
{
	return http_running(s->http) < MOST && s->n_ended < ENDED_MOST;
}

/* One of each endpoint in turn, so that nobody waits for all that is due to another. */
static void fill(struct sender *s)
{
	size_t in_vain = 0;

	while (in_vain < s->n_lanes && has_room(s)) {
		struct lane *l = s->turn ? s->turn : s->lanes;

		in_vain = send_one(s, l) ? 0 : in_vain + 1;
		s->turn = l->next;
	}
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

/* One commit for all that ended. */
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

/* 0, or -errno: then settle_again is next, unless wait: nobody is left to do it. */
static int take_settled(struct sender *s, bool wait, struct err *e)
{
	struct settlement *x = settler_take(s->settler, wait);
	struct shot *shot;

	if (!x)
		return 0;
	s->unkept = x->rc < 0 && !wait;
	if (s->unkept)
		return err_set(e, x->rc, "%s", x->e.text);
	while ((shot = s->settling)) {
		s->settling = shot->next;
		lane_settled(shot->lane, shot->job.d.row_id);
		free_shot(shot);
	}
	for (size_t i = 0; i < x->n_lessons; i++)
		free((char *)(uintptr_t)x->lesson[i].reason);
	free(x->lesson);
	free(x->attempt);
	s->busy = false;
	free_lanes(s);
	return x->rc < 0 ? err_set(e, x->rc, "%s", x->e.text) : 0;
}

static int expand(struct sender *s, struct err *e)
{
	int n, all = 0;

	while ((n = delivery_expand(s->p, e)) > 0)
		all += n;
	for (struct lane *l = s->lanes; all > 0 && l; l = l->next)
		l->look_at = 0;
	return n;
}

static void take_prompts(struct sender *s)
{
	auto_free int64_t *rows = NULL;
	int64_t now = clock_now_ms();
	size_t n;

	pthread_mutex_lock(&s->lock);
	rows = steal(s->prompted);
	n = s->n_prompted;
	s->n_prompted = 0;
	pthread_mutex_unlock(&s->lock);
	for (size_t i = 0; i < n; i++) {
		struct lane *l = find_lane(s, rows[i]);

		if (l)
			lane_prompt(l, now);
	}
}

/* A secret that was replaced may have signed for the last time. */
static bool secrets_end(const struct sender *s, int64_t now)
{
	for (const struct lane *l = s->lanes; l; l = l->next)
		if (l->secrets_until && l->secrets_until <= now)
			return true;
	return false;
}

/* What others have done since the last look. */
static int take_news(struct sender *s, struct err *e)
{
	bool news, changed;
	int rc = 0;

	pthread_mutex_lock(&s->lock);
	news = s->news;
	changed = s->changed;
	s->news = s->changed = false;
	pthread_mutex_unlock(&s->lock);
	changed = changed || secrets_end(s, clock_now_ms());
	if (changed)
		rc = reload(s, e);
	for (struct lane *l = s->lanes; changed && l; l = l->next)
		l->look_at = 0;
	if (rc >= 0 && s->lanes && (news || changed))
		rc = expand(s, e);
	pthread_mutex_lock(&s->lock);
	if (s->idle && s->lanes && s->news) /* it came while nobody would have woken us */
		http_wake(s->http);
	s->idle = !s->lanes;
	if (rc < 0) {
		s->news = s->news || news;
		s->changed = s->changed || changed;
	}
	pthread_mutex_unlock(&s->lock);
	return rc < 0 ? rc : 0;
}

static bool must_settle(const struct sender *s)
{
	if (s->busy)
		return false;
	if (s->n_ended >= SETTLE_MOST || (s->n_ended && http_running(s->http) == 0))
		return true;
	return s->n_ended && clock_mono_ms() - s->ended_since >= SETTLE_MS;
}

static int wait_ms(struct sender *s)
{
	int64_t now = clock_now_ms(), until = now + LONGEST_MS;

	if (s->retry_mono_ms > clock_mono_ms())
		return AGAIN_MS;
	if (s->n_ended && !s->busy)
		until = now + SETTLE_MS;
	for (struct lane *l = has_room(s) ? s->lanes : NULL; l; l = l->next) {
		int64_t next = lane_next(l, now);

		until = next < until ? next : until;
	}
	return until > now ? (int)(until - now) : 0;
}

static bool goes_on(struct sender *s)
{
	bool on;

	pthread_mutex_lock(&s->lock);
	on = !s->stopping;
	pthread_mutex_unlock(&s->lock);
	return on;
}

static int turn(struct sender *s, struct err *e)
{
	int rc;

	settle_again(s);
	rc = take_news(s, e);
	take_prompts(s);
	read_settings(s);
	if (rc == 0)
		rc = take_settled(s, false, e);
	if (rc == 0)
		fill(s);
	if (must_settle(s))
		settle(s);
	return rc;
}

static void *run(void *arg)
{
	struct sender *s = arg;
	bool told = false;

	while (goes_on(s)) {
		struct err e = ERR_INIT;
		int rc = clock_mono_ms() >= s->retry_mono_ms ? turn(s, &e) : 0;

		if (rc < 0) {
			if (!told)
				log_error("webhooks: %s", e.text);
			s->retry_mono_ms = clock_mono_ms() + AGAIN_MS;
		}
		told = rc < 0;
		http_run(s->http, wait_ms(s));
	}
	return NULL;
}

static void wake(void *ud)
{
	const struct sender *s = ud;

	http_wake(s->http);
}

int sender_start(struct platform *p, const char *cafile, struct sender **out, struct err *e)
{
	struct sender *s = xcalloc(1, sizeof(*s));
	struct http_options o = { .cafile = cafile,
				  .most_connections = MOST,
				  .timeout_ms = (long)settings_int(p, SETTING_WEBHOOK_TIMEOUT) * 1000,
				  .agent = "0711fs/" PACKAGE_VERSION };
	int rc = 0;

	s->p = p;
	s->last_ended = &s->ended;
	s->news = s->changed = true;
	pthread_mutex_init(&s->lock, NULL);
	s->http = http_new(&o, e);
	if (!s->http)
		rc = e->code ? e->code : -ENOMEM;
	if (rc == 0)
		rc = settler_start(p, wake, s, &s->settler);
	if (rc == 0)
		rc = -pthread_create(&s->thread, NULL, run, s);
	if (rc < 0) {
		settler_stop(s->settler);
		http_free(s->http);
		free(s);
		return rc;
	}
	*out = s;
	return 0;
}

static void keep_last(struct sender *s)
{
	struct err e = ERR_INIT;
	int rc, kept;

	settle_again(s);
	rc = take_settled(s, true, &e);
	if (s->n_ended) {
		settle(s);
		kept = take_settled(s, true, &e);
		rc = rc < 0 ? rc : kept;
	}
	if (rc < 0)
		log_error("webhooks: what ended last could not be kept: %s", e.text);
	settler_stop(s->settler);
}

void sender_stop(struct sender *s)
{
	if (!s)
		return;
	pthread_mutex_lock(&s->lock);
	s->stopping = true;
	pthread_mutex_unlock(&s->lock);
	http_wake(s->http);
	pthread_join(s->thread, NULL);
	keep_last(s);
	http_free(s->http);
	while (s->flying) {
		struct shot *shot = s->flying;

		s->flying = shot->next;
		free_shot(shot);
	}
	while (s->lanes) {
		struct lane *l = s->lanes;

		s->lanes = l->next;
		lane_free(l);
	}
	pthread_mutex_destroy(&s->lock);
	free(s->prompted);
	free(s);
}

/* With the lock held. */
static void prompt(struct sender *s, int64_t endpoint_row)
{
	for (size_t i = 0; i < s->n_prompted; i++)
		if (s->prompted[i] == endpoint_row)
			return;
	s->prompted = xrealloc(s->prompted, (s->n_prompted + 1) * sizeof(*s->prompted));
	s->prompted[s->n_prompted++] = endpoint_row;
}

void sender_changes(struct sender *s, const struct change *c, size_t n)
{
	bool wake = false;

	pthread_mutex_lock(&s->lock);
	for (size_t i = 0; i < n; i++) {
		bool news = c[i].kind == CHANGE_EVENT;
		bool changed = c[i].kind == CHANGE_PARTY && c[i].parent == PARTY_ENDPOINT;
		bool again =
			c[i].kind == CHANGE_DELIVERY && c[i].was > DELIVERY_PENDING && c[i].now == DELIVERY_PENDING;

		s->news = s->news || news;
		s->changed = s->changed || changed;
		if (again)
			prompt(s, c[i].parent);
		wake = wake || changed || again || (news && !s->idle);
	}
	pthread_mutex_unlock(&s->lock);
	if (wake)
		http_wake(s->http);
}

json_t *sender_figures(struct sender *s)
{
	json_t *doc;

	pthread_mutex_lock(&s->lock);
	doc = json_pack("{s:I, s:I, s:I, s:I, s:f}", "attempts", (json_int_t)s->attempts, "succeeded",
			(json_int_t)s->succeeded, "failed", (json_int_t)(s->attempts - s->succeeded), "refused",
			(json_int_t)s->refused, "seconds", (double)s->took_ms / 1000);
	pthread_mutex_unlock(&s->lock);
	return doc;
}
