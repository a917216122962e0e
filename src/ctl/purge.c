/* purge: remove tasks in the trash for ever */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "ctl/verb.h"
#include "platform/trash.h"

struct trashed {
	int64_t *row;
	size_t n;
};

static bool has(const struct trashed *t, int64_t row)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->row[i] == row)
			return true;
	return false;
}

static void add(struct trashed *t, int64_t row)
{
	t->row = xrealloc(t->row, (t->n + 1) * sizeof(*t->row));
	t->row[t->n++] = row;
}

static int collect(void *row, void *ud)
{
	add(ud, ((const struct task_listing *)row)->row_id);
	return 0;
}

/* All are found before one goes: the others of its name are called otherwise then. Returns how many are not there. */
static int find_named(struct platform *p, const struct ctl_call *c, struct trashed *t, struct err *e)
{
	int missing = 0;

	for (int i = 0; i < c->n_args; i++) {
		int64_t row;
		int rc = trash_find(p, c->arg[i], &row, e);

		if (rc == 0 && !has(t, row))
			add(t, row);
		else if (rc < 0 && rc != -ENOENT)
			return rc;
		missing += rc == -ENOENT;
	}
	return missing;
}

static int purge(struct platform *p, const struct trashed *t, struct err *e)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < t->n; i++)
		rc = trash_purge(p, t->row[i], e);
	return rc;
}

int purge_run(const struct ctl_call *c, struct err *e)
{
	struct trashed t = { NULL, 0 };
	struct platform *p = NULL;
	int missing = 0, rc = ctl_open(c->source, &p, e);

	if (rc == 0)
		rc = missing = c->n_args ? find_named(p, c, &t, e) : task_each_trashed(p, 0, collect, &t, e);
	if (rc >= 0)
		rc = purge(p, &t, e);
	platform_close(p);
	if (rc == 0)
		printf("%zu task%s purged\n", t.n, t.n == 1 ? "" : "s");
	if (rc == 0 && missing)
		fprintf(stderr, "0711ctl: %d of the %d tasks named are not in .trash\n", missing, c->n_args);
	free(t.row);
	return rc < 0 ? CTL_FAILED : missing ? CTL_PROBLEMS : CTL_OK;
}
