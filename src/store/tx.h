/* tx - what a store_fn gets: a channel in a transaction, the row ids it may give out, the changes it announces */
#ifndef FS0711_STORE_TX_H
#define FS0711_STORE_TX_H

#include "store/channel.h"

/* Row ids that nobody has yet: first, first + 1, …, end - 1. */
struct id_block {
	int64_t first, end;
};

struct tx {
	struct channel *channel;
	bool writes;
	struct err lost;     /* why the database ended the transaction by itself; code 0 while it has not */
	struct id_block ids; /* the writer's own; goes back with a savepoint that took it */
	struct change *changes;
	size_t n_changes, cap_changes;
};

/* tx_take_block - a new block of row ids, ours once the transaction commits. 0 or -errno */
int tx_take_block(struct tx *tx, struct id_block *out, struct err *e);
/* tx_next_id - the next id of tx->ids, or of a new block; > 0 or -errno */
int64_t tx_next_id(struct tx *tx, struct err *e);
/* tx_forget - drop the changes from the n-th on */
void tx_forget(struct tx *tx, size_t n);

#endif
