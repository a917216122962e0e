#include "store/store.h"

#include <errno.h>
#include <semaphore.h>
#include <stdlib.h>

#include "store/ids.h"
#include "store/migrate.h"

struct store {
	const struct engine *engine;
	struct site *site;
	struct readers *readers;
	struct writer *writer;
	struct ids *ids;
};

static int start(struct store *st, struct err *e)
{
	struct channel *s;
	int rc = channel_open(st->engine, st->site, true, &s, e);

	if (rc < 0)
		return rc;
	rc = migrate_run(st->engine, s->conn, e);
	if (rc < 0) {
		channel_close(s);
		return rc;
	}
	st->readers = readers_new(st->engine, st->site);
	rc = writer_new(s, st->readers, &st->writer, e);
	if (rc == 0)
		st->ids = ids_new(st->writer);
	return rc;
}

int store_open(const char *source, struct store **out, struct err *e)
{
	struct store *st;
	int rc;

	if (strstr(source, "://"))
		return err_set(e, -EPROTONOSUPPORT, "\"%s\" is no directory: a store is a directory on this computer",
			       source);
	st = xcalloc(1, sizeof(*st));
	st->engine = &sqlite_engine;
	rc = st->engine->open(source, &st->site, e);
	if (rc == 0)
		rc = start(st, e);
	if (rc < 0) {
		store_close(st);
		return err_add(e, rc, "cannot open the store");
	}
	*out = st;
	return 0;
}

void store_close(struct store *st)
{
	if (!st)
		return;
	writer_stop(st->writer);
	readers_free(st->readers);
	writer_free(st->writer); /* the last connection to close copies the log back: the one that may write */
	ids_free(st->ids);
	if (st->site)
		st->engine->close(st->site);
	free(st);
}

/* A job whose poster waits for it. */
struct waiting {
	struct job job;
	sem_t done;
};

static void wake_up(struct job *job)
{
	sem_post(&((struct waiting *)job)->done);
}

int store_write(struct store *st, store_fn *fn, void *arg, struct err *e)
{
	struct waiting w = { .job = { .fn = fn, .arg = arg, .e = e, .done = wake_up } };

	sem_init(&w.done, 0, 0);
	writer_post(st->writer, &w.job);
	while (sem_wait(&w.done) < 0)
		continue;
	sem_destroy(&w.done);
	return w.job.rc;
}

static int read_in(struct channel *s, store_fn *fn, void *arg, struct err *e)
{
	struct tx tx = { .channel = s };
	int rc = s->engine->tx(s->conn, TX_READ, e);

	if (rc < 0)
		return rc;
	rc = fn(&tx, arg, e);
	if (s->engine->in_tx(s->conn))
		s->engine->tx(s->conn, TX_ROLLBACK, NULL);
	tx_forget(&tx, 0);
	free(tx.changes);
	return rc;
}

int store_read(struct store *st, store_fn *fn, void *arg, struct err *e)
{
	struct channel *s;
	int rc = readers_take(st->readers, &s, e);

	if (rc < 0)
		return rc;
	rc = read_in(s, fn, arg, e);
	readers_give(st->readers, s);
	return rc;
}

int64_t store_reserve(struct store *st, struct err *e)
{
	return ids_take(st->ids, e);
}

void store_watch(struct store *st, void (*fn)(void *ud, const struct change *c, size_t n), void *ud)
{
	writer_watch(st->writer, fn, ud);
}

const char *store_dir(const struct store *st)
{
	return st->engine->dir(st->site);
}

const char *store_engine(const struct store *st)
{
	return st->engine->name;
}
