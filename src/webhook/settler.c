#include "webhook/settler.h"

#include <pthread.h>
#include <stdlib.h>

struct settler {
	struct platform *p;
	void (*ended)(void *ud);
	void *ud;
	pthread_t thread;
	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t wake;
	struct settlement *given, *done;
	bool busy, stopping; /* busy: from settler_give to settler_take */
};

static struct settlement *wait_for_one(struct settler *s)
{
	struct settlement *x;

	pthread_mutex_lock(&s->lock);
	while (!s->given && !s->stopping)
		pthread_cond_wait(&s->wake, &s->lock);
	x = s->given;
	s->given = NULL;
	pthread_mutex_unlock(&s->lock);
	return x;
}

static void *run(void *arg)
{
	struct settler *s = arg;
	struct settlement *x;

	while ((x = wait_for_one(s))) {
		x->rc = delivery_settle(s->p, x->attempt, x->n_attempts, x->lesson, x->n_lessons, &x->e);
		pthread_mutex_lock(&s->lock);
		s->done = x;
		pthread_cond_broadcast(&s->wake);
		pthread_mutex_unlock(&s->lock);
		s->ended(s->ud);
	}
	return NULL;
}

int settler_start(struct platform *p, void (*ended)(void *ud), void *ud, struct settler **out)
{
	struct settler *s = xcalloc(1, sizeof(*s));
	int rc;

	s->p = p;
	s->ended = ended;
	s->ud = ud;
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->wake, NULL);
	rc = -pthread_create(&s->thread, NULL, run, s);
	if (rc < 0) {
		free(s);
		return rc;
	}
	*out = s;
	return 0;
}

void settler_stop(struct settler *s)
{
	if (!s)
		return;
	pthread_mutex_lock(&s->lock);
	s->stopping = true;
	pthread_cond_broadcast(&s->wake);
	pthread_mutex_unlock(&s->lock);
	pthread_join(s->thread, NULL);
	pthread_cond_destroy(&s->wake);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

void settler_give(struct settler *s, struct settlement *x)
{
	pthread_mutex_lock(&s->lock);
	s->given = x;
	s->busy = true;
	pthread_cond_broadcast(&s->wake);
	pthread_mutex_unlock(&s->lock);
}

struct settlement *settler_take(struct settler *s, bool wait)
{
	struct settlement *x;

	pthread_mutex_lock(&s->lock);
	while (wait && s->busy && !s->done)
		pthread_cond_wait(&s->wake, &s->lock);
	x = s->done;
	s->done = NULL;
	s->busy = s->busy && !x;
	pthread_mutex_unlock(&s->lock);
	return x;
}
