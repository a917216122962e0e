#include "webhook/sender_parts.h"

#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "platform/party.h"
#include "platform/settings.h"

#define AGAIN_MS   1000 /* after the store failed */
#define LONGEST_MS 60000

/* Each request takes the place of a kept connection where none is free: with twice as many, one to its host is kept. */
#define CONNECTIONS_MOST (2 * FLIGHT_MOST)

static void read_settings(struct sender *s)
{
	auto_free char *text = settings_text(s->p, SETTING_WEBHOOK_RETRIES);

	if (backoff_parse(text, &s->backoff, NULL) < 0)
		backoff_parse(BACKOFF_DEFAULT, &s->backoff, NULL);
	s->older = settings_int(s->p, SETTING_WEBHOOK_OLDER) != 0;
	s->timeout_ms = (long)settings_int(s->p, SETTING_WEBHOOK_TIMEOUT) * 1000;
}

/* Some events a turn: however fast they come, what is due is sent in between. */
static int expand(struct sender *s, struct err *e)
{
	int n = delivery_expand(s->p, e);

	s->more = n > 0;
	if (n > 0)
		lanes_look(s);
	return n;
}

static void take_prompts(struct sender *s)
{
	auto_free int64_t *rows = NULL;
	size_t n;

	pthread_mutex_lock(&s->lock);
	rows = steal(s->prompted);
	n = s->n_prompted;
	s->n_prompted = 0;
	pthread_mutex_unlock(&s->lock);
	lanes_prompt(s, rows, n);
}

/* What others have done since the last look. */
static int take_news(struct sender *s, struct err *e)
{
	bool news, changed;
	int rc = 0;

	pthread_mutex_lock(&s->lock);
	news = s->news || s->more;
	changed = s->changed;
	s->news = s->changed = false;
	pthread_mutex_unlock(&s->lock);
	changed = changed || lanes_outdated(s, clock_now_ms());
	if (changed)
		rc = lanes_reload(s, e);
	if (rc >= 0 && s->lanes && (news || changed))
		rc = expand(s, e);
	s->more = s->more && s->lanes;
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

static int wait_ms(struct sender *s)
{
	int64_t now = clock_now_ms(), until = now + LONGEST_MS, next;

	if (s->retry_mono_ms > clock_mono_ms())
		return AGAIN_MS;
	if (s->more)
		return 0;
	next = settling_due(s, now);
	until = next < until ? next : until;
	next = flight_next(s, now);
	until = next < until ? next : until;
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
	int rc, kept;

	rc = take_news(s, e);
	take_prompts(s);
	read_settings(s);
	kept = settling_take(s, e);
	rc = rc < 0 ? rc : kept;
	if (rc == 0)
		flight_fill(s);
	settling_go(s);
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
				  .most_connections = CONNECTIONS_MOST,
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

void sender_stop(struct sender *s)
{
	if (!s)
		return;
	pthread_mutex_lock(&s->lock);
	s->stopping = true;
	pthread_mutex_unlock(&s->lock);
	http_wake(s->http);
	pthread_join(s->thread, NULL);
	settling_end(s);
	settler_stop(s->settler);
	http_free(s->http);
	flight_free(s);
	lanes_free(s);
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
