#include "store/readers.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/cond.h"

#define MAX_READERS 16

struct readers {
	const struct engine *engine;
	struct site *site;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct channel *idle; /* the last used first: its pages are in memory */
	_Atomic uint64_t commits;
	int n_open, n_taken;
	bool stopped;
};

struct readers *readers_new(const struct engine *en, struct site *site)
{
	struct readers *r = xcalloc(1, sizeof(*r));

	r->engine = en;
	r->site = site;
	pthread_mutex_init(&r->lock, NULL);
	cond_init(&r->changed);
	return r;
}

void readers_free(struct readers *r)
{
	if (!r)
		return;
	while (r->idle) {
		struct channel *s = r->idle;

		r->idle = s->next;
		channel_close(s);
	}
	pthread_cond_destroy(&r->changed);
	pthread_mutex_destroy(&r->lock);
	free(r);
}

static struct channel *pop_idle(struct readers *r)
{
	struct channel *s = r->idle;

	r->idle = s->next;
	r->n_taken++;
	return s;
}

/* Make one more; called and left with the lock held, which is not held meanwhile. */
static int open_one(struct readers *r, struct channel **out, struct err *e)
{
	int rc;

	r->n_open++;
	r->n_taken++;
	pthread_mutex_unlock(&r->lock);
	rc = channel_open(r->engine, r->site, false, out, e);
	pthread_mutex_lock(&r->lock);
	if (rc < 0) {
		r->n_open--;
		r->n_taken--;
		pthread_cond_broadcast(&r->changed);
	}
	return rc;
}

int readers_take(struct readers *r, struct channel **out, struct err *e)
{
	int rc = 0;

	*out = NULL;
	pthread_mutex_lock(&r->lock);
	while (rc == 0 && !*out) {
		if (!r->stopped && r->idle)
			*out = pop_idle(r);
		else if (!r->stopped && r->n_open < MAX_READERS)
			rc = open_one(r, out, e);
		else
			pthread_cond_wait(&r->changed, &r->lock);
	}
	if (rc == 0 && !(*out)->reading)
		(*out)->as_of = r->commits;
	pthread_mutex_unlock(&r->lock);
	return rc;
}

static void forget_old(struct readers *r, struct channel *s)
{
	if (s->as_of != r->commits)
		channel_read_end(s);
}

void readers_give(struct readers *r, struct channel *s)
{
	forget_old(r, s); /* most are found old here, without the lock */
	pthread_mutex_lock(&r->lock);
	forget_old(r, s);
	s->next = r->idle;
	r->idle = s;
	r->n_taken--;
	if (r->stopped)
		pthread_cond_broadcast(&r->changed);
	else
		pthread_cond_signal(&r->changed);
	pthread_mutex_unlock(&r->lock);
}

static void rest(struct readers *r)
{
	for (struct channel *s = r->idle; s; s = s->next)
		channel_read_end(s);
}

void readers_rest(struct readers *r)
{
	pthread_mutex_lock(&r->lock);
	rest(r);
	pthread_mutex_unlock(&r->lock);
}

void readers_changed(struct readers *r)
{
	pthread_mutex_lock(&r->lock);
	r->commits++;
	rest(r);
	pthread_mutex_unlock(&r->lock);
}

bool readers_stop(struct readers *r, int wait_ms)
{
	int64_t until = clock_mono_ms() + wait_ms;
	bool alone;

	pthread_mutex_lock(&r->lock);
	r->stopped = true;
	while (r->n_taken > 0 && cond_wait_until(&r->changed, &r->lock, until) == 0)
		continue;
	alone = r->n_taken == 0;
	rest(r);
	pthread_mutex_unlock(&r->lock);
	return alone;
}

void readers_go(struct readers *r)
{
	pthread_mutex_lock(&r->lock);
	r->stopped = false;
	pthread_cond_broadcast(&r->changed);
	pthread_mutex_unlock(&r->lock);
}
