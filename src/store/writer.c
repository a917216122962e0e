#include "store/writer.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/cond.h"

#define BATCH_JOBS    256
#define BATCH_MS      20  /* the first of a batch waits no longer for the others, apart from the last one's own time */
#define IDLE_S        1   /* without a write, before the database is tidied */
#define ALONE_WAIT_MS 100 /* for readers to end; nobody begins to read meanwhile */

struct writer {
	struct channel *channel;
	struct readers *readers;
	struct tx tx;
	pthread_t thread;
	bool untidy; /* written since the last UPKEEP_IDLE */

	pthread_mutex_t lock; /* of all below */
	pthread_cond_t wake;
	struct job *first, **last;
	bool stop;
	void (*watch)(void *ud, const struct change *c, size_t n);
	void *watch_ud;
};

/* The jobs of one transaction, in order. */
struct batch {
	struct job *first, **last;
	size_t n_jobs;
	int64_t until_ms;
	struct id_block ids; /* as they were before it */
};

static int writer_tx(struct writer *w, enum tx_verb verb, struct err *e)
{
	return w->channel->engine->tx(w->channel->conn, verb, e);
}

static bool in_tx(const struct writer *w)
{
	return w->channel->engine->in_tx(w->channel->conn);
}

static struct job *next_job(struct writer *w)
{
	struct job *job;

	pthread_mutex_lock(&w->lock);
	job = w->first;
	if (job) {
		w->first = job->next;
		if (!w->first)
			w->last = &w->first;
		job->next = NULL;
	}
	pthread_mutex_unlock(&w->lock);
	return job;
}

static void batch_add(struct batch *b, struct job *job)
{
	*b->last = job;
	b->last = &job->next;
	b->n_jobs++;
}

/* What the job did remains, or nothing of it. */
static int run_job(struct writer *w, struct job *job)
{
	struct id_block ids = w->tx.ids;
	size_t n_changes = w->tx.n_changes;
	int rc = writer_tx(w, TX_SAVE, job->e);

	if (rc == 0)
		rc = job->fn(&w->tx, job->arg, job->e);
	if (w->tx.lost.code)
		rc = err_set(job->e, w->tx.lost.code, "%s", w->tx.lost.text);
	if (rc >= 0) {
		int kept = writer_tx(w, TX_KEEP, job->e);

		rc = kept < 0 ? kept : rc;
	}
	if (rc < 0) {
		if (in_tx(w))
			writer_tx(w, TX_UNDO, NULL);
		w->tx.ids = ids;
		tx_forget(&w->tx, n_changes);
	}
	return rc;
}

/* 0, or -errno when a failure ended the whole transaction */
static int run_jobs(struct writer *w, struct batch *b, struct err *e)
{
	struct job *job;

	while (b->n_jobs < BATCH_JOBS && clock_mono_ms() <= b->until_ms && (job = next_job(w))) {
		batch_add(b, job);
		job->rc = run_job(w, job);
		if (!in_tx(w))
			return err_set(e, job->rc, "another change failed at the same time: %s", w->tx.lost.text);
	}
	return 0;
}

/* Nothing of the transaction remains: those who thought they were done are told. */
static void batch_fail(struct writer *w, struct batch *b, int rc, const struct err *why)
{
	struct job *job;

	if (in_tx(w))
		writer_tx(w, TX_ROLLBACK, NULL);
	w->tx.ids = b->ids;
	tx_forget(&w->tx, 0);
	if (b->n_jobs == 0)
		while ((job = next_job(w)))
			batch_add(b, job);
	for (job = b->first; job; job = job->next)
		if (job->rc >= 0)
			job->rc = err_set(job->e, rc, "cannot write to the store: %s", why->text);
}

static void announce(struct writer *w)
{
	void (*watch)(void *ud, const struct change *c, size_t n);
	void *ud;

	pthread_mutex_lock(&w->lock);
	watch = w->watch;
	ud = w->watch_ud;
	pthread_mutex_unlock(&w->lock);
	if (watch && w->tx.n_changes > 0)
		watch(ud, w->tx.changes, w->tx.n_changes);
	tx_forget(&w->tx, 0);
}

static void answer(struct batch *b)
{
	struct job *next;

	for (struct job *job = b->first; job; job = next) {
		next = job->next; /* done gives the memory back */
		job->done(job);
	}
}

static void write_batch(struct writer *w)
{
	struct batch b = { .until_ms = clock_mono_ms() + BATCH_MS, .ids = w->tx.ids };
	struct err e = ERR_INIT;
	int rc;

	b.last = &b.first;
	w->tx.lost = (struct err)ERR_INIT;
	readers_rest(w->readers);
	rc = writer_tx(w, TX_WRITE, &e);
	if (rc == 0)
		rc = run_jobs(w, &b, &e);
	if (rc == 0)
		rc = writer_tx(w, TX_COMMIT, &e);
	readers_changed(w->readers);
	if (rc < 0)
		batch_fail(w, &b, rc, &e);
	else
		announce(w);
	w->untidy = true;
	answer(&b);
}

static void tidy(struct writer *w, enum upkeep when)
{
	const struct engine *en = w->channel->engine;

	if (when == UPKEEP_IDLE)
		w->untidy = false;
	if (!en->upkeep(w->channel->conn, when))
		return;
	if (readers_stop(w->readers, ALONE_WAIT_MS))
		en->upkeep(w->channel->conn, UPKEEP_ALONE);
	readers_go(w->readers);
}

/* Wait for a job; false when there is none after IDLE_S and there is something to tidy, or when the end has come. */
static bool wait_for_job(struct writer *w, bool *stop)
{
	int64_t until = clock_mono_ms() + IDLE_S * 1000;
	bool found;
	int rc = 0;

	pthread_mutex_lock(&w->lock);
	while (!w->first && !w->stop && rc == 0)
		rc = cond_wait_until(&w->wake, &w->lock, w->untidy ? until : -1);
	found = w->first;
	*stop = w->stop;
	pthread_mutex_unlock(&w->lock);
	return found;
}

static void *writer_main(void *arg)
{
	struct writer *w = arg;
	bool stop = false;

	for (;;) {
		if (wait_for_job(w, &stop)) {
			write_batch(w);
			tidy(w, UPKEEP_BUSY);
		} else if (stop) {
			return NULL;
		} else {
			tidy(w, UPKEEP_IDLE);
		}
	}
}

/* Signals are for the threads that wait for them. */
static int start_thread(struct writer *w)
{
	sigset_t all, was;
	int rc;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &was);
	rc = pthread_create(&w->thread, NULL, writer_main, w);
	pthread_sigmask(SIG_SETMASK, &was, NULL);
	return -rc;
}

int writer_new(struct channel *s, struct readers *readers, struct writer **out, struct err *e)
{
	struct writer *w = xcalloc(1, sizeof(*w));
	int rc;

	w->channel = s;
	w->readers = readers;
	w->tx.channel = s;
	w->tx.writes = true;
	w->last = &w->first;
	pthread_mutex_init(&w->lock, NULL);
	cond_init(&w->wake);
	rc = start_thread(w);
	if (rc < 0) {
		writer_free(w);
		return err_set(e, rc, "cannot start the thread that writes: %s", strerror(-rc));
	}
	*out = w;
	return 0;
}

void writer_stop(struct writer *w)
{
	if (!w)
		return;
	pthread_mutex_lock(&w->lock);
	w->stop = true;
	pthread_cond_signal(&w->wake);
	pthread_mutex_unlock(&w->lock);
	pthread_join(w->thread, NULL);
}

void writer_free(struct writer *w)
{
	if (!w)
		return;
	channel_close(w->channel);
	tx_forget(&w->tx, 0);
	free(w->tx.changes);
	pthread_cond_destroy(&w->wake);
	pthread_mutex_destroy(&w->lock);
	free(w);
}

void writer_post(struct writer *w, struct job *job)
{
	job->next = NULL;
	pthread_mutex_lock(&w->lock);
	*w->last = job;
	w->last = &job->next;
	pthread_cond_signal(&w->wake);
	pthread_mutex_unlock(&w->lock);
}

void writer_watch(struct writer *w, void (*fn)(void *ud, const struct change *c, size_t n), void *ud)
{
	pthread_mutex_lock(&w->lock);
	w->watch = fn;
	w->watch_ud = ud;
	pthread_mutex_unlock(&w->lock);
}
