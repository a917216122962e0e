#include "platform/attr.h"

#include <errno.h>

/* The inode numbers of a record's files: its row id and eight bits of which. */
#define FIRST(row)  V_INT((row)*256)
#define BEYOND(row) V_INT(((row) + 1) * 256)

int attr_forget(struct tx *tx, int64_t row, struct err *e)
{
	int rc = row_exec(tx, Q_XATTRS_DELETE, ARGS(FIRST(row), BEYOND(row)), e);

	return rc < 0 ? rc : 0;
}

int attr_forget_task(struct tx *tx, int64_t task_row, struct err *e)
{
	int rc = row_exec(tx, Q_XATTRS_DELETE_OF_TASK, ARGS(V_INT(task_row)), e);

	return rc < 0 ? rc : attr_forget(tx, task_row, e);
}

static int count(void *row UNUSED, void *ud)
{
	++*(int *)ud;
	return 1;
}

int attr_move(struct tx *tx, int64_t from, int64_t to, struct err *e)
{
	int n = 0, rc;

	if (from == to)
		return 0;
	rc = row_each(tx, Q_XATTRS_FROM, ARGS(FIRST(from), BEYOND(from)), count, &n, e);
	if (rc < 0 || n == 0)
		return rc;
	rc = attr_forget(tx, to, e);
	if (rc == 0)
		rc = row_exec(tx, Q_XATTRS_MOVE, ARGS(FIRST(from), BEYOND(from), V_INT((to - from) * 256)), e);
	return rc < 0 ? rc : 0;
}

int attr_sweep(struct tx *tx, struct err *e)
{
	int rc = row_exec(tx, Q_XATTRS_DELETE_LOST, NULL, e);

	return rc < 0 ? rc : 0;
}
