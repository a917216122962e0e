#include "store/tx.h"

#include <errno.h>
#include <stdlib.h>

#define BLOCK_ROWS 4096
#define MAX_ROW    ((int64_t)1 << 45) /* row id << 8 stays exact in every JSON reader */

int tx_take_block(struct tx *tx, struct id_block *out, struct err *e)
{
	int64_t end;
	int rc = row_int(tx, Q_SEQUENCE_TAKE, ARGS(V_INT(BLOCK_ROWS)), &end, e);

	if (rc < 0)
		return err_add(e, rc, "cannot take new row ids");
	if (end <= BLOCK_ROWS)
		return err_set(e, -EUCLEAN, "the store has lost its counter of row ids: run 0711ctl fsck");
	if (end > MAX_ROW)
		return err_set(e, -EOVERFLOW, "the store has no row ids left");
	*out = (struct id_block){ end - BLOCK_ROWS, end };
	return 0;
}

int64_t tx_next_id(struct tx *tx, struct err *e)
{
	if (tx->ids.first == tx->ids.end) {
		int rc = tx_take_block(tx, &tx->ids, e);

		if (rc < 0)
			return rc;
	}
	return tx->ids.first++;
}

void tx_change(struct tx *tx, int kind, int64_t row, int64_t parent, int was, int now, const char *name)
{
	if (tx->n_changes == tx->cap_changes) {
		tx->cap_changes = tx->cap_changes ? 2 * tx->cap_changes : 64;
		tx->changes = xrealloc(tx->changes, tx->cap_changes * sizeof(*tx->changes));
	}
	tx->changes[tx->n_changes++] = (struct change){ kind, row, parent, was, now, xstrdup(name) };
}

void tx_forget(struct tx *tx, size_t n)
{
	while (tx->n_changes > n)
		free(tx->changes[--tx->n_changes].name);
}
