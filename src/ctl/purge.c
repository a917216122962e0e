/* purge: remove tasks in the trash for ever */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "ctl/verb.h"
#include "platform/party.h"
#include "platform/trash.h"

struct trashed {
	int64_t row, engagement_row;
	char name[NAME_BYTES];
};

struct all {
	struct trashed *item;
	size_t n;
};

static int collect(void *row, void *ud)
{
	const struct task_listing *t = row;
	struct all *all = ud;
	struct trashed *x;

	all->item = xrealloc(all->item, (all->n + 1) * sizeof(*all->item));
	x = &all->item[all->n++];
	x->row = t->row_id;
	x->engagement_row = t->engagement_row;
	snprintf(x->name, sizeof(x->name), "%s", t->name);
	return 0;
}

/* "NAME@ENGAGEMENT", as .trash/ shows it. */
static bool is_named(struct platform *p, const struct trashed *t, char **names, int n)
{
	auto_free char *shown = NULL;
	union party g;

	if (n == 0)
		return true;
	if (party_get(p, PARTY_ENGAGEMENT, t->engagement_row, &g, NULL) < 0)
		return false;
	shown = xasprintf("%s@%s", t->name, g.engagement.name);
	party_release(PARTY_ENGAGEMENT, &g);
	for (int i = 0; i < n; i++)
		if (streq(shown, names[i]))
			return true;
	return false;
}

static int purge(struct platform *p, char **names, int n, int *purged, struct err *e)
{
	struct all all = { NULL, 0 };
	int rc = task_each_trashed(p, 0, collect, &all, e);

	for (size_t i = 0; rc == 0 && i < all.n; i++) {
		if (!is_named(p, &all.item[i], names, n))
			continue;
		rc = trash_purge(p, all.item[i].row, e);
		*purged += rc == 0;
	}
	free(all.item);
	return rc;
}

int purge_run(const struct ctl_call *c, struct err *e)
{
	struct platform *p = NULL;
	int purged = 0, rc = ctl_open(c->source, &p, e);

	if (rc == 0)
		rc = purge(p, c->arg, c->n_args, &purged, e);
	platform_close(p);
	if (rc < 0)
		return CTL_FAILED;
	printf("%d task%s purged\n", purged, purged == 1 ? "" : "s");
	if (c->n_args <= purged)
		return CTL_OK;
	fprintf(stderr, "0711ctl: %d of the %d tasks named are not in .trash\n", c->n_args - purged, c->n_args);
	return CTL_PROBLEMS;
}
