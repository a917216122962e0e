#include "fs/pool.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/util.h"

struct job {
	void (*fn)(void *arg);
	void *arg;
	struct job *next;
};

struct pool {
	pthread_mutex_t lock;
	pthread_cond_t more;
	struct job *first, **last;
	bool stopping;
	size_t n;
	pthread_t thread[];
};

static void *run(void *arg)
{
	struct pool *p = arg;

	pthread_mutex_lock(&p->lock);
	for (;;) {
		struct job *j = p->first;

		if (!j && p->stopping)
			break;
		if (!j) {
			pthread_cond_wait(&p->more, &p->lock);
			continue;
		}
		p->first = j->next;
		if (!p->first)
			p->last = &p->first;
		pthread_mutex_unlock(&p->lock);
		j->fn(j->arg);
		free(j);
		pthread_mutex_lock(&p->lock);
	}
	pthread_mutex_unlock(&p->lock);
	return NULL;
}

struct pool *pool_start(size_t n)
{
	struct pool *p = xcalloc(1, sizeof(*p) + n * sizeof(p->thread[0]));

	p->last = &p->first;
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->more, NULL);
	while (p->n < n && pthread_create(&p->thread[p->n], NULL, run, p) == 0)
		p->n++;
	if (p->n == 0) {
		pool_stop(p);
		return NULL;
	}
	return p;
}

void pool_stop(struct pool *p)
{
	if (!p)
		return;
	pthread_mutex_lock(&p->lock);
	p->stopping = true;
	pthread_cond_broadcast(&p->more);
	pthread_mutex_unlock(&p->lock);
	for (size_t i = 0; i < p->n; i++)
		pthread_join(p->thread[i], NULL);
	pthread_mutex_destroy(&p->lock);
	pthread_cond_destroy(&p->more);
	free(p);
}

void pool_run(struct pool *p, void (*fn)(void *arg), void *arg)
{
	struct job *j = xmalloc(sizeof(*j));

	*j = (struct job){ fn, arg, NULL };
	pthread_mutex_lock(&p->lock);
	*p->last = j;
	p->last = &j->next;
	pthread_cond_signal(&p->more);
	pthread_mutex_unlock(&p->lock);
}
