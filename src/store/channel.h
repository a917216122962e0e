/* channel - a connection with the statements that were prepared on it; used by one thread at a time */
#ifndef FS0711_STORE_CHANNEL_H
#define FS0711_STORE_CHANNEL_H

#include "store/engine.h"
#include "store/sql.h"

struct prepared {
	struct stmt *stmt; /* NULL until it is used first */
	bool busy;
};

struct table_stmts {
	const struct table *table;
	struct prepared verbs[N_ROW_VERBS];
	struct table_stmts *next;
};

struct channel {
	const struct engine *engine;
	struct conn *conn;
	struct prepared queries[N_QUERIES];
	struct table_stmts *tables;
	struct channel *next; /* of those that are idle */
	bool reading;         /* it has a snapshot, */
	uint64_t as_of;       /* which shows so many commits, or more */
};

int channel_open(const struct engine *en, struct site *site, bool writes, struct channel **out, struct err *e);
/* channel_close - s may be NULL */
void channel_close(struct channel *s);

/* channel_read - take a snapshot, unless there is one already; channel_read_end lets it go. 0 or -errno */
int channel_read(struct channel *s, struct err *e);
void channel_read_end(struct channel *s);

/* A statement in use: the prepared one, or one of its own when that is busy (a query from within its own row_each). */
struct run {
	const struct engine *engine;
	struct stmt *stmt;
	struct prepared *from; /* NULL: its own */
};

/*
 * channel_query, channel_row - start a query, or what is done with one row; args as query.h and sql.h say
 * Returns 0 and *out, to be ended by run_end, or -errno
 */
int channel_query(struct channel *s, enum query q, const struct val *args, struct run *out, struct err *e);
int channel_row(struct channel *s, const struct table *t, enum row_verb verb, const struct val *args, size_t n_args,
		struct run *out, struct err *e);
/* run_step - 1 for a row, 0 at the end, or -errno */
int run_step(struct run *r, struct err *e);
void run_end(struct run *r);

#endif
