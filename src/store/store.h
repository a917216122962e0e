/*
 * store - rows in, rows out; one interface for every engine
 *
 * Nothing above this folder knows SQL or an engine's types. All access goes through functions that run in a
 * transaction (store_write, store_read) and get a struct tx, which is good for that call only.
 */
#ifndef FS0711_STORE_STORE_H
#define FS0711_STORE_STORE_H

#include "base/err.h"
#include "store/field.h"
#include "store/query.h"

struct store;
struct tx;

/*
 * store_open - open the store of a source and bring its schema up to date
 * source  a directory (SQLite in it, made when missing)
 * Returns 0 and *out; -EBUSY (another process has it: its pid is in the sentence), -EREMOTE (the directory is on a
 * network file system), -EPROTO (made by a newer version), -EPROTONOSUPPORT (an address, not a directory), -EUCLEAN
 * (the database is damaged), or -errno. Blocks on the disk
 */
int store_open(const char *source, struct store **out, struct err *e);
/*
 * store_open_read - open the store of a source to read it, also while another process writes to it
 * Nothing is made or changed: store_write and store_reserve answer -EROFS. While no process has the source, none can
 * take it until store_close. Returns 0 and *out; -ENOENT (no store is there), -EPROTO (made by another version),
 * -EREMOTE, -EPROTONOSUPPORT, -EUCLEAN (the database is damaged) or -errno
 */
int store_open_read(const char *source, struct store **out, struct err *e);
/* store_holder - "123 (0711fs)": the process that had the source when store_open_read came; NULL for none. Borrowed */
const char *store_holder(const struct store *st);
/* store_close - finish what waits and close. st may be NULL */
void store_close(struct store *st);

/*
 * A function that runs in a transaction. It may run more than once, so it touches nothing but the store and what arg
 * gives it to fill, and it begins by setting that back. Returns 0 or -errno: then nothing of it remains.
 */
typedef int store_fn(struct tx *tx, void *arg, struct err *e);

/*
 * store_write - run fn on the writer; its changes and those of others that wait share one durable commit
 * Returns after the commit: fn's value, or -EIO, -ENOSPC, ... when the commit failed (then nothing remains)
 * Blocks on the disk. Never call it from within a store_fn or with a lock held that a watcher takes.
 */
int store_write(struct store *st, store_fn *fn, void *arg, struct err *e);
/* store_read - run fn on a snapshot, at the same time as other readers and the writer. fn must not write */
int store_read(struct store *st, store_fn *fn, void *arg, struct err *e);

/* store_check - the database's own check: fn gets each fault in words, not 0 ends it. 0, what fn gave, or -errno */
int store_check(struct store *st, int (*fn)(const char *fault, void *ud), void *ud, struct err *e);
/* store_reindex - make the indexes anew from the rows; durable. 0, -EEXIST (two rows where there may be one), … */
int store_reindex(struct store *st, struct err *e);
/* store_version - of the schema that this program makes */
int store_version(void);

/* store_reserve - a row id that no row ever had, of any table; costs no commit. > 0, or -errno */
int64_t store_reserve(struct store *st, struct err *e);

/* Arguments of a query: borrowed for the call. */
struct val {
	enum { VAL_NULL, VAL_INT, VAL_REAL, VAL_TEXT } type;
	union {
		int64_t i;
		double r;
		const char *s;
	};
};
#define V_INT(x)  ((struct val){ .type = VAL_INT, .i = (x) })
#define V_TEXT(x) store_text_val(x)
#define ARGS(...) ((const struct val[]){ __VA_ARGS__ })

static inline struct val store_text_val(const char *s)
{
	return s ? (struct val){ .type = VAL_TEXT, .s = s } : (struct val){ .type = VAL_NULL };
}

/* row_insert - add a row; its row_id 0 is replaced by a new one. -EEXIST where a unique name is taken */
int row_insert(struct tx *tx, const struct table *t, void *row, struct err *e);
/* row_update - write all fields of the row with this row_id. -ENOENT, -EEXIST */
int row_update(struct tx *tx, const struct table *t, const void *row, struct err *e);
/* row_delete - -ENOENT when there is none */
int row_delete(struct tx *tx, const struct table *t, int64_t row_id, struct err *e);
/* row_get - fill out (overwritten; release it with row_release). -ENOENT leaves out zeroed */
int row_get(struct tx *tx, const struct table *t, int64_t row_id, void *out, struct err *e);

/*
 * row_find - the first row of a query that yields rows; as row_get. args: as many as the query says, see query.h
 * row_each - call fn for each row; a row is released after the call unless fn empties its texts (steal).
 *            fn returning not 0 ends it, and that is returned. In store_write the rows are collected first, so that fn
 *            may change what the query is about
 * row_all  - as row_each for every row of a table in their order
 * row_exec - a query that changes rows; returns how many, or -errno
 * row_int  - a query that yields one number; *out is 0 when it yields none
 */
int row_find(struct tx *tx, enum query q, const struct val *args, void *out, struct err *e);
int row_each(struct tx *tx, enum query q, const struct val *args, int (*fn)(void *row, void *ud), void *ud,
	     struct err *e);
int row_all(struct tx *tx, const struct table *t, int (*fn)(void *row, void *ud), void *ud, struct err *e);
int row_exec(struct tx *tx, enum query q, const struct val *args, struct err *e);
int row_int(struct tx *tx, enum query q, const struct val *args, int64_t *out, struct err *e);

/*
 * The change feed: what a transaction changed, told after its commit to whoever keeps something of it (the kernel's
 * caches, waiting readers). Kinds and meanings are the platform's (platform/change.h); the store only carries them.
 */
struct change {
	int kind;
	int64_t row, parent;
	int was, now;
	char *name; /* may be NULL */
};
/* tx_change - add to the feed; name is copied. Dropped with the transaction when that fails */
void tx_change(struct tx *tx, int kind, int64_t row, int64_t parent, int was, int now, const char *name);
/*
 * store_watch - call fn after each commit with its n changes in order, on the writer thread, before the callers of
 * store_write return: it must be short, and must not call the store. One watcher; set it before the first write
 */
void store_watch(struct store *st, void (*fn)(void *ud, const struct change *c, size_t n), void *ud);

/* store_dir - the directory for what stands beside the rows (documents, staging); borrowed */
const char *store_dir(const struct store *st);
/* store_engine - "sqlite" */
const char *store_engine(const struct store *st);

#endif
