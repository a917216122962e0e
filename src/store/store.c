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

static int refuse_address(const char *source, struct err *e)
{
	return strstr(source, "://")
		       ? err_set(e, -EPROTONOSUPPORT, "\"%s\" is no directory: a store is a directory on this computer",
				 source)
		       : 0;
}

int store_open(const char *source, struct store **out, struct err *e)
{
	struct store *st;
	int rc = refuse_address(source, e);

	if (rc < 0)
		return rc;
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

static int check_version(struct store *st, struct err *e)
{
	struct channel *s;
	int rc = readers_take(st->readers, &s, e);

	if (rc < 0)
		return rc;
	rc = migrate_check(st->engine, s->conn, e);
	readers_give(st->readers, s);
	return rc;
}

int store_open_read(const char *source, struct store **out, struct err *e)
{
	struct store *st;
	int rc = refuse_address(source, e);

	if (rc < 0)
		return rc;
	st = xcalloc(1, sizeof(*st));
	st->engine = &sqlite_engine;
	rc = st->engine->open_read(source, &st->site, e);
	if (rc == 0) {
		st->readers = readers_new(st->engine, st->site);
		rc = check_version(st, e);
	}
	if (rc < 0) {
		store_close(st);
		return err_add(e, rc, "cannot read the store");
	}
	*out = st;
	return 0;
}

const char *store_holder(const struct store *st)
{
	return st->engine->holder(st->site);
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

	if (!st->writer)
		return err_set(e, -EROFS, "the store is open to be read only");
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
	int rc = channel_read(s, e);

	if (rc < 0)
		return rc;
	rc = fn(&tx, arg, e);
	if (rc < 0 && rc != -ENOENT) /* it may be the snapshot's fault */
		channel_read_end(s);
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
	if (!st->writer) /* who writes there is another process: we do not hear of its commits */
		channel_read_end(s);
	readers_give(st->readers, s);
	return rc;
}

int store_check(struct store *st, int (*fn)(const char *fault, void *ud), void *ud, struct err *e)
{
	struct channel *s;
	int rc = readers_take(st->readers, &s, e);

	if (rc < 0)
		return rc;
	rc = s->engine->check(s->conn, fn, ud, e);
	readers_give(st->readers, s);
	return rc;
}

static int reindex(struct tx *tx, void *arg UNUSED, struct err *e)
{
	return tx->channel->engine->reindex(tx->channel->conn, e);
}

int store_reindex(struct store *st, struct err *e)
{
	return store_write(st, reindex, NULL, e);
}

int store_version(void)
{
	return migrate_newest();
}

int64_t store_reserve(struct store *st, struct err *e)
{
	return st->ids ? ids_take(st->ids, e) : err_set(e, -EROFS, "the store is open to be read only");
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
