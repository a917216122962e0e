/*
 * engine - what a database offers to the store: connections, transactions and statements
 *
 * Internal to this folder. An engine knows how to reach its database and how to say its errors; which statements run,
 * on which connection and in which transaction is the store's. A connection and its statements serve one thread at a
 * time. Every function that can fail returns -errno with the sentence in e, and maps what users may meet:
 * -ENOSPC, -EIO, -ENOMEM, -EUCLEAN (damaged), -EEXIST (a unique index), -EINVAL (another constraint).
 */
#ifndef FS0711_STORE_ENGINE_H
#define FS0711_STORE_ENGINE_H

#include "store/store.h"

struct site; /* where the rows of one store are, and what keeps others away */
struct conn;
struct stmt;

enum tx_verb {
	TX_READ,  /* begin, on a snapshot */
	TX_WRITE, /* begin, as the only writer */
	TX_COMMIT,
	TX_ROLLBACK,
	TX_SAVE, /* set the savepoint; there is one at a time */
	TX_KEEP, /* forget it, keep what came after */
	TX_UNDO, /* back to it, and forget it */
	N_TX_VERBS
};

enum upkeep {
	UPKEEP_BUSY,  /* other writes wait */
	UPKEEP_IDLE,  /* none do */
	UPKEEP_ALONE, /* no reader has a snapshot */
};

struct engine {
	const char *name;
	const char *key_type; /* what {key} in a migration means: the type of row_id, a primary key that we assign */

	/* open - claim the source, as store_open says */
	int (*open)(const char *source, struct site **out, struct err *e);
	/* open_read - to read only, as store_open_read says */
	int (*open_read)(const char *source, struct site **out, struct err *e);
	void (*close)(struct site *s);
	const char *(*dir)(const struct site *s);
	/* holder - who writes to a site that is open to read only; NULL when nobody does */
	const char *(*holder)(const struct site *s);

	int (*connect)(struct site *s, bool writes, struct conn **out, struct err *e);
	void (*disconnect)(struct conn *c);
	/* script - statements without parameters or results, separated by semicolons */
	int (*script)(struct conn *c, const char *sql, struct err *e);
	int (*tx)(struct conn *c, enum tx_verb verb, struct err *e);
	/* in_tx - false when a failure has ended the transaction by itself */
	bool (*in_tx)(const struct conn *c);
	/* upkeep - what a database needs now and then, on the writer, between transactions; true asks for UPKEEP_ALONE
	 */
	bool (*upkeep)(struct conn *c, enum upkeep when);

	/* check - the database's own check of itself: fn gets each fault in words; not 0 from fn ends it */
	int (*check)(struct conn *c, int (*fn)(const char *fault, void *ud), void *ud, struct err *e);
	/* reindex - make all indexes anew from the rows, within a transaction */
	int (*reindex)(struct conn *c, struct err *e);

	/* prepare - sql has the parameters $1, $2, … */
	int (*prepare)(struct conn *c, const char *sql, struct stmt **out, struct err *e);
	void (*unprepare)(struct stmt *s);
	/* start - run it with these arguments, whose texts stay until finish */
	int (*start)(struct stmt *s, const struct val *args, size_t n_args, struct err *e);
	/* step - 1 for a row, 0 at the end, or -errno */
	int (*step)(struct stmt *s, struct err *e);
	/* column - of the row that step found, from 0; a text is good until the next call for the statement, and
	 * NULL when there is no memory for it */
	struct val (*column)(struct stmt *s, int i);
	/* n_changed - rows that an executed statement changed */
	int64_t (*n_changed)(struct stmt *s);
	void (*finish)(struct stmt *s);
};

extern const struct engine sqlite_engine;

#endif
