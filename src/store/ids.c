#include "store/ids.h"

#include <pthread.h>
#include <stdlib.h>

struct ids {
	struct writer *writer;
	pthread_mutex_t lock; /* of all below */
	pthread_cond_t answered;
	struct id_block now, ahead;
	bool asked;
	unsigned n_failed; /* how often the writer could not bring new ones, and why the last time */
	struct err why;

	struct job job; /* the writer's while asked */
	struct id_block coming;
	struct err job_err;
};

static int bring(struct tx *tx, void *arg, struct err *e)
{
	struct ids *ids = arg;

	return tx_take_block(tx, &ids->coming, e);
}

static void arrived(struct job *job)
{
	struct ids *ids = job->arg;

	pthread_mutex_lock(&ids->lock);
	if (job->rc < 0) {
		ids->n_failed++;
		ids->why = ids->job_err;
	} else {
		ids->ahead = ids->coming;
	}
	ids->asked = false;
	pthread_cond_broadcast(&ids->answered);
	pthread_mutex_unlock(&ids->lock);
}

/* With the lock held: there is a block ahead, or the writer was asked for it. */
static void look_ahead(struct ids *ids)
{
	if (ids->now.first == ids->now.end) {
		ids->now = ids->ahead;
		ids->ahead = (struct id_block){ 0, 0 };
	}
	if (ids->ahead.first == ids->ahead.end && !ids->asked) {
		ids->asked = true;
		ids->job = (struct job){ .fn = bring, .arg = ids, .e = &ids->job_err, .done = arrived };
		writer_post(ids->writer, &ids->job);
	}
}

struct ids *ids_new(struct writer *w)
{
	struct ids *ids = xcalloc(1, sizeof(*ids));

	ids->writer = w;
	pthread_mutex_init(&ids->lock, NULL);
	pthread_cond_init(&ids->answered, NULL);
	pthread_mutex_lock(&ids->lock);
	look_ahead(ids);
	pthread_mutex_unlock(&ids->lock);
	return ids;
}

void ids_free(struct ids *ids)
{
	if (!ids)
		return;
	pthread_cond_destroy(&ids->answered);
	pthread_mutex_destroy(&ids->lock);
	free(ids);
}

int64_t ids_take(struct ids *ids, struct err *e)
{
	int64_t id = 0;
	unsigned failed_before;

	pthread_mutex_lock(&ids->lock);
	failed_before = ids->n_failed;
	while (id == 0) {
		look_ahead(ids);
		if (ids->now.first < ids->now.end)
			id = ids->now.first++;
		else if (ids->n_failed != failed_before)
			id = err_set(e, ids->why.code, "%s", ids->why.text);
		else
			pthread_cond_wait(&ids->answered, &ids->lock);
	}
	pthread_mutex_unlock(&ids->lock);
	return id;
}
