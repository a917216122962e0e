#include "pool.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"

#define LOOK_MS 50 /* how often the time of the items is looked at */

struct pool {
	void (*work)(void *arg, unsigned thread, unsigned i);
	void (*done)(void *arg, unsigned n_done);
	void *arg;
	unsigned n;
	atomic_uint next, n_done, n_threads;
};

unsigned pool_threads(unsigned n)
{
	cpu_set_t set;
	unsigned cpus = sched_getaffinity(0, sizeof(set), &set) == 0 ? (unsigned)CPU_COUNT(&set) : 1;

	cpus = cpus > POOL_MOST ? POOL_MOST : cpus;
	return n < cpus ? (n ? n : 1) : cpus;
}

static void run(struct pool *p, unsigned thread)
{
	unsigned i;

	while ((i = atomic_fetch_add(&p->next, 1)) < p->n) {
		p->work(p->arg, thread, i);
		atomic_fetch_add(&p->n_done, 1);
		if (thread == 0 && p->done)
			p->done(p->arg, atomic_load(&p->n_done));
	}
}

static void *run_thread(void *arg)
{
	struct pool *p = arg;

	run(p, atomic_fetch_add(&p->n_threads, 1));
	return NULL;
}

void pool_run(unsigned n_threads, unsigned n, void (*work)(void *arg, unsigned thread, unsigned i),
	      void (*done)(void *arg, unsigned n_done), void *arg)
{
	struct pool p = { .work = work, .done = done, .arg = arg, .n = n, .n_threads = 1 };
	pthread_t threads[POOL_MOST];
	unsigned n_made = 0;

	while (n_made + 1 < n_threads && n_made + 1 < POOL_MOST &&
	       pthread_create(&threads[n_made], NULL, run_thread, &p) == 0)
		n_made++;
	run(&p, 0);
	for (unsigned i = 0; i < n_made; i++)
		pthread_join(threads[i], NULL);
	if (done && n > 0)
		done(arg, n);
}

struct slot {
	struct watched *all;
	pthread_t thread;
	unsigned i;
	int64_t began_ms; /* 0: has no item */
	bool lost;
};

/* Of threads that may outlive the call: freed only when none was lost. */
struct watched {
	struct watch watch;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	unsigned n, next, n_done, n_lost, n_live, n_slots, most_slots;
	struct slot *slots;
};

static void run_slot(struct slot *s)
{
	struct watched *all = s->all;
	const struct watch *w = &all->watch;

	pthread_mutex_lock(&all->lock);
	while (all->next < all->n && all->n_lost < w->most) {
		void *item = w->begin(w->arg, s->i = all->next++);

		s->began_ms = clock_mono_ms();
		pthread_mutex_unlock(&all->lock);
		w->work(item);
		pthread_mutex_lock(&all->lock);
		if (s->lost)
			break;
		s->began_ms = 0;
		w->end(w->arg, s->i, item);
		all->n_done++;
	}
	if (!s->lost)
		all->n_live--;
	pthread_cond_signal(&all->changed);
	pthread_mutex_unlock(&all->lock);
}

static void *run_slot_thread(void *arg)
{
	run_slot(arg);
	return NULL;
}

static void add_slot(struct watched *all)
{
	struct slot *s = &all->slots[all->n_slots];

	if (all->n_slots >= all->most_slots)
		return;
	s->all = all;
	if (pthread_create(&s->thread, NULL, run_slot_thread, s) != 0)
		return;
	all->n_slots++;
	all->n_live++;
}

static void look_after(struct watched *all)
{
	int64_t now_ms = clock_mono_ms();

	for (unsigned k = 0; k < all->n_slots; k++) {
		struct slot *s = &all->slots[k];

		if (s->lost || !s->began_ms || now_ms - s->began_ms < all->watch.limit_ms)
			continue;
		s->lost = true;
		pthread_detach(s->thread);
		all->n_live--;
		all->n_lost++;
		add_slot(all);
	}
}

static void wait_for_slots(struct watched *all)
{
	pthread_mutex_lock(&all->lock);
	while (all->n_live > 0) {
		unsigned n_done = all->n_done;
		struct timespec until;

		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_nsec += LOOK_MS * 1000000L;
		until.tv_sec += until.tv_nsec / 1000000000;
		until.tv_nsec %= 1000000000;
		pthread_cond_timedwait(&all->changed, &all->lock, &until);
		look_after(all);
		if (!all->watch.done || n_done == all->n_done)
			continue;
		n_done = all->n_done;
		pthread_mutex_unlock(&all->lock);
		all->watch.done(all->watch.arg, n_done);
		pthread_mutex_lock(&all->lock);
	}
	pthread_mutex_unlock(&all->lock);
}

unsigned pool_watch(unsigned n_threads, unsigned n, const struct watch *w)
{
	struct watched *all = xcalloc(1, sizeof(*all));
	unsigned lost;

	*all = (struct watched){ .watch = *w, .n = n, .most_slots = POOL_MOST + w->most };
	pthread_mutex_init(&all->lock, NULL);
	pthread_cond_init(&all->changed, NULL);
	all->slots = xcalloc(all->most_slots, sizeof(all->slots[0]));
	pthread_mutex_lock(&all->lock);
	while (all->n_slots < n_threads && all->n_slots < POOL_MOST) {
		unsigned had = all->n_slots;

		add_slot(all);
		if (all->n_slots == had)
			break;
	}
	pthread_mutex_unlock(&all->lock);
	if (all->n_slots > 0)
		wait_for_slots(all);
	else
		run_slot(&(struct slot){ .all = all });
	if (w->done && n > 0)
		w->done(w->arg, n);
	lost = n - all->n_done;
	for (unsigned k = 0; k < all->n_slots; k++) {
		if (!all->slots[k].lost)
			pthread_join(all->slots[k].thread, NULL);
	}
	if (all->n_lost == 0) {
		free(all->slots);
		free(all);
	}
	return lost;
}
