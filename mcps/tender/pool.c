#include "pool.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

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
