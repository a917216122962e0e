/* tasks/STATE/ and .trash/: the tasks of all engagements in one place each */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "fs/handlers.h"
#include "fs/tree.h"
#include "fs/view.h"
#include "platform/party.h"
#include "platform/review.h"
#include "platform/settings.h"
#include "platform/task.h"
#include "platform/trash.h"

/* Names of engagements by row; neighbours in a listing are mostly of the same one. */
struct memo {
	int64_t row;
	char name[NAME_BYTES];
};

static int engagement_name(struct fs *fs, int64_t row, struct memo *m)
{
	union party x;
	int rc;

	if (m->row == row)
		return 0;
	rc = party_get(fs->p, PARTY_ENGAGEMENT, row, &x, NULL);
	if (rc < 0)
		return rc;
	m->row = row;
	snprintf(m->name, sizeof(m->name), "%s", x.engagement.name);
	party_release(PARTY_ENGAGEMENT, &x);
	return 0;
}

const char *view_name(const char *task, const char *engagement, bool is_default, char *out)
{
	auto_free char *suffix = NULL;

	if (is_default)
		return name_fit(task, "", out);
	suffix = xasprintf("@%s", engagement);
	if (strlen(suffix) < NAME_BYTES / 2)
		return name_fit(task, suffix, out);

	auto_free char *whole = xasprintf("%s%s", task, suffix);

	return name_fit(whole, "", out);
}

struct rows {
	struct task_listing *row;
	size_t n, room;
};

static int keep_row(void *row, void *ud)
{
	struct task_listing *t = row;
	struct rows *r = ud;

	if (r->n == r->room) {
		size_t room = r->room ? r->room * 2 : 64;
		struct task_listing *more = realloc(r->row, room * sizeof(*more));

		if (!more)
			return -ENOMEM;
		r->row = more;
		r->room = room;
	}
	r->row[r->n++] = *t;
	t->name = NULL; /* it is ours now */
	return 0;
}

static void rows_free(struct rows *r)
{
	for (size_t i = 0; i < r->n; i++)
		free(r->row[i].name);
	free(r->row);
}

static int read_rows(const struct ask *a, struct rows *r)
{
	if (a->node == &nodes[NODE_TRASH])
		return task_each_trashed(a->fs->p, 0, keep_row, r, a->e);
	return task_each_in(a->fs->p, (enum task_state)(a->row - 1), 0, keep_row, r, a->e);
}

static int by_place(const void *a, const void *b)
{
	const struct task_listing *x = *(struct task_listing *const *)a, *y = *(struct task_listing *const *)b;
	int order = (x->engagement_row > y->engagement_row) - (x->engagement_row < y->engagement_row);

	if (order == 0)
		order = strcmp(x->name, y->name);
	return order ? order : (x->row_id > y->row_id) - (x->row_id < y->row_id);
}

/* For each row, how many before it have the same name in the same engagement; the caller's, NULL without memory. */
static unsigned *count_same(const struct rows *r)
{
	auto_free const struct task_listing **sorted = calloc(r->n + 1, sizeof(void *));
	unsigned *same = sorted ? calloc(r->n + 1, sizeof(*same)) : NULL;

	if (!same)
		return NULL;
	for (size_t i = 0; i < r->n; i++)
		sorted[i] = &r->row[i];
	if (r->n)
		qsort(sorted, r->n, sizeof(void *), by_place);
	for (size_t i = 1; i < r->n; i++)
		if (sorted[i]->engagement_row == sorted[i - 1]->engagement_row &&
		    streq(sorted[i]->name, sorted[i - 1]->name))
			same[sorted[i] - r->row] = same[sorted[i - 1] - r->row] + 1;
	return same;
}

/* Each task of the view under its name there. In the trash every name holds its engagement, and is made unique. */
static int each_name(const struct ask *a,
		     int (*fn)(const char *name, const char *engagement, const struct task_listing *t, void *ud),
		     void *ud)
{
	auto_free char *fallback = settings_text(a->fs->p, SETTING_DEFAULT_ENGAGEMENT);
	auto_free unsigned *same = NULL;
	bool trash = a->node == &nodes[NODE_TRASH];
	struct memo m = { 0 };
	struct rows r = { 0 };
	char name[NAME_BYTES];
	int rc = read_rows(a, &r);

	if (rc == 0 && trash)
		same = count_same(&r);
	if (rc == 0 && trash && !same)
		rc = -ENOMEM;
	for (size_t i = 0; rc == 0 && i < r.n; i++) {
		const struct task_listing *t = &r.row[i];
		auto_free char *stem = same && same[i] ? xasprintf("%s~%u", t->name, same[i] + 1) : NULL;

		rc = engagement_name(a->fs, t->engagement_row, &m);
		view_name(stem ? stem : t->name, m.name, !trash && streq(m.name, fallback), name);
		if (rc == 0)
			rc = fn(name, m.name, t, ud);
	}
	rows_free(&r);
	return rc;
}

struct visit {
	unsigned kind;
	const char *wanted;
	struct found *out;
	struct listing *list;
};

static const char link_format[] = "../../engagements/%s/tasks/%s";

/* A link is as long as its text. */
static int64_t size_of(unsigned kind, const char *engagement, const struct task_listing *t)
{
	return kind == NODE_LINK
		       ? (int64_t)(sizeof(link_format) - sizeof("%s%s") + strlen(engagement) + strlen(t->name))
		       : 0;
}

static int add_name(const char *name, const char *engagement, const struct task_listing *t, void *ud)
{
	struct visit *v = ud;

	listing_add(v->list, name, v->kind, t->row_id);
	listing_know(v->list, size_of(v->kind, engagement, t), t->updated_at);
	return 0;
}

static int match_name(const char *name, const char *engagement, const struct task_listing *t, void *ud)
{
	struct visit *v = ud;

	if (!streq(name, v->wanted))
		return 0;
	*v->out = (struct found){ v->kind, t->row_id, true, size_of(v->kind, engagement, t), t->updated_at };
	return 1;
}

static unsigned kind_in(const struct ask *a)
{
	return a->node == &nodes[NODE_TRASH] ? NODE_TASK : NODE_LINK;
}

int view_list(const struct ask *a, struct listing *out)
{
	return each_name(a, add_name, &(struct visit){ .kind = kind_in(a), .list = out });
}

/* The engagement and the task that "NAME@E" means; names that were cut are found by looking at all. */
static int find_direct(const struct ask *a, const char *name, struct found *out)
{
	auto_free char *copy = xstrdup(name), *fallback = settings_text(a->fs->p, SETTING_DEFAULT_ENGAGEMENT);
	char *at = strchr(copy, '@');
	union party g;
	struct task_listing t;
	int rc;

	if (at)
		*at++ = '\0';
	rc = party_find(a->fs->p, PARTY_ENGAGEMENT, at ? at : fallback, &g, NULL);
	if (rc < 0)
		return rc;
	if (at && streq(at, fallback))
		rc = -ENOENT;
	if (rc == 0)
		rc = task_glance_find(a->fs->p, g.engagement.row_id, copy, &t, NULL);
	party_release(PARTY_ENGAGEMENT, &g);
	if (rc < 0)
		return rc;
	if ((int64_t)t.state != a->row - 1)
		rc = -ENOENT;
	*out = (struct found){ NODE_LINK, t.row_id, true, size_of(NODE_LINK, at ? at : fallback, &t), t.updated_at };
	row_release(&task_listing_table, &t);
	return rc;
}

static int find_trashed(const struct ask *a, const char *name, struct found *out)
{
	*out = (struct found){ .kind = NODE_TASK };
	return trash_find(a->fs->p, name, &out->row, NULL);
}

int view_find(const struct ask *a, const char *name, struct found *out)
{
	int rc = a->node == &nodes[NODE_TRASH] ? find_trashed(a, name, out) : find_direct(a, name, out);

	if (rc == 0 || !strchr(name, '~'))
		return rc;
	rc = each_name(a, match_name, &(struct visit){ .kind = kind_in(a), .wanted = name, .out = out });
	return rc == 1 ? 0 : rc < 0 ? rc : -ENOENT;
}

int view_stat(const struct ask *a, struct attr *out UNUSED)
{
	return a->row >= 1 && a->row <= N_TASK_STATES ? 0 : -ENOENT;
}

int states_find(const struct ask *a UNUSED, const char *name, struct found *out)
{
	int state = field_word(task_state_words, name);

	*out = (struct found){ NODE_STATE, state + 1 };
	return state < 0 ? -ENOENT : 0;
}

int states_list(const struct ask *a UNUSED, struct listing *out)
{
	for (int i = 0; i < N_TASK_STATES; i++)
		listing_add(out, task_state_words[i], NODE_STATE, i + 1);
	return 0;
}

int link_text(const struct ask *a, struct buf *out)
{
	struct memo m = { 0 };
	struct task_listing t;
	int rc = task_glance(a->fs->p, a->row, &t, a->e);

	if (rc < 0)
		return rc;
	rc = engagement_name(a->fs, t.engagement_row, &m);
	if (rc == 0)
		buf_printf(out, link_format, m.name, t.name);
	row_release(&task_listing_table, &t);
	return rc;
}

/* Removing the link of a closed task removes the task, into .trash. */
int view_remove(const struct ask *a, const char *name UNUSED, struct found at)
{
	return trash_put(a->fs->p, at.row, a->e);
}

/* mv between the status directories is the verb. */
int view_move(const struct ask *a, const char *name, struct found at, struct found to, const char *to_name,
	      bool replace UNUSED)
{
	if (to.kind == NODE_TRASH)
		return trash_put(a->fs->p, at.row, a->e);
	if (to.kind != NODE_STATE)
		return err_set(a->e, -EPERM, "'%s' is a link to a task: move it between the directories of tasks/",
			       name);
	if (!streq(name, to_name))
		return err_set(a->e, -EPERM, "'%s' keeps its name: rename the task in its engagement", name);
	return to.row == a->row ? 0 : review_move(a->fs->p, at.row, (enum task_state)(to.row - 1), a->who, a->e);
}

int trash_node_remove(const struct ask *a, const char *name UNUSED, struct found at)
{
	return trash_purge(a->fs->p, at.row, a->e);
}

int trash_node_move(const struct ask *a, const char *name, struct found at, struct found to, const char *to_name,
		    bool replace UNUSED)
{
	struct task t;
	int rc;

	if (to.kind != NODE_ENGAGEMENT_TASKS)
		return err_set(a->e, -EPERM, "'%s' goes back into engagements/E/tasks/ of its engagement", name);
	if (!streq(name, to_name))
		return trash_restore(a->fs->p, at.row, to.row, to_name, a->e);
	/* mv without another name says what .trash calls it: the task takes its own name back */
	rc = task_get(a->fs->p, at.row, &t, a->e);
	if (rc == 0)
		rc = trash_restore(a->fs->p, at.row, to.row, t.name, a->e);
	task_release(&t);
	return rc;
}
