/* Holds: a set of task rows, counted, since several writers may have one document open. */
#include <pthread.h>
#include <stdlib.h>

#include "platform/hold.h"
#include "platform/work.h"

struct holds {
	pthread_mutex_t lock;
	struct {
		int64_t row;
		unsigned n;
	} * slot;
	size_t n, room;
};

struct holds *holds_new(void)
{
	struct holds *h = xcalloc(1, sizeof(*h));

	pthread_mutex_init(&h->lock, NULL);
	return h;
}

void holds_free(struct holds *h)
{
	if (!h)
		return;
	pthread_mutex_destroy(&h->lock);
	free(h->slot);
	free(h);
}

static size_t find(const struct holds *h, int64_t row)
{
	size_t i = 0;

	while (i < h->n && h->slot[i].row != row)
		i++;
	return i;
}

void work_hold(struct platform *p, int64_t task_row)
{
	struct holds *h = p->holds;
	size_t i;

	pthread_mutex_lock(&h->lock);
	i = find(h, task_row);
	if (i == h->n) {
		if (h->n == h->room) {
			h->room = h->room ? h->room * 2 : 16;
			h->slot = xrealloc(h->slot, h->room * sizeof(*h->slot));
		}
		h->slot[h->n].row = task_row;
		h->slot[h->n++].n = 0;
	}
	h->slot[i].n++;
	pthread_mutex_unlock(&h->lock);
}

void work_lift(struct platform *p, int64_t task_row)
{
	struct change c = { .kind = CHANGE_LIVE, .row = task_row };
	struct holds *h = p->holds;
	bool free_now = false;
	size_t i;

	pthread_mutex_lock(&h->lock);
	i = find(h, task_row);
	if (i < h->n && --h->slot[i].n == 0) {
		h->slot[i] = h->slot[--h->n];
		free_now = true;
	}
	pthread_mutex_unlock(&h->lock);
	if (free_now && p->watch)
		p->watch(p->watch_ud, &c, 1);
}

bool hold_has(struct platform *p, int64_t task_row)
{
	bool has;

	pthread_mutex_lock(&p->holds->lock);
	has = find(p->holds, task_row) < p->holds->n;
	pthread_mutex_unlock(&p->holds->lock);
	return has;
}

size_t hold_count(struct platform *p)
{
	struct holds *h = p->holds;
	size_t n;

	pthread_mutex_lock(&h->lock);
	n = h->n;
	pthread_mutex_unlock(&h->lock);
	return n;
}
