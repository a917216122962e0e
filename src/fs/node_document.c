/* The documents of a task: input/, input/.former/, output/ and the results */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "fs/handlers.h"
#include "fs/tree.h"
#include "platform/document.h"
#include "platform/refusal.h"
#include "platform/review.h"

/* input/, .former/ and output/ hold the documents of one role each. */
static enum document_role role_of(const struct ask *a)
{
	unsigned kind = (unsigned)(a->node - nodes);

	return kind == NODE_TASK_OUTPUT ? DOCUMENT_OUTPUT : kind == NODE_TASK_FORMER ? DOCUMENT_FORMER : DOCUMENT_INPUT;
}

/* Former bytes of "rfp.pdf" are shown as "rfp.1.pdf", "rfp.2.pdf", …: the ending still says what they are. */
static const char *former_name(const struct document *d, char *out)
{
	auto_free char *stem = xstrdup(d->name), *suffix = NULL;
	char *dot = strrchr(stem, '.');

	suffix = xasprintf(".%jd%s", (intmax_t)d->version, dot && dot > stem ? dot : "");
	if (dot && dot > stem)
		*dot = '\0';
	return name_fit(stem, suffix, out);
}

struct documents {
	const char *wanted;
	struct found *out;
	struct listing *list;
};

static int visit_document(void *row, void *ud)
{
	const struct document *d = row;
	struct documents *x = ud;
	unsigned kind = d->is_dir ? NODE_DOCUMENT_DIR : NODE_DOCUMENT;
	char former[NAME_BYTES];
	const char *name = d->role == DOCUMENT_FORMER ? former_name(d, former) : d->name;

	if (x->list) {
		listing_add(x->list, name, kind, d->row_id);
		listing_know(x->list, d->size, d->modified_at);
	} else if (streq(name, x->wanted)) {
		*x->out = (struct found){ kind, d->row_id, true, d->size, d->modified_at };
	}
	return 0;
}

static int each_document(const struct ask *a, struct documents *x)
{
	enum document_role role = role_of(a);
	int rc = document_each(a->fs->p, a->row, role, 0, visit_document, x, a->e);

	if (rc == 0 && role == DOCUMENT_INPUT)
		rc = document_each(a->fs->p, a->row, DOCUMENT_REQUEST, 0, visit_document, x, a->e);
	return rc;
}

int documents_node_find(const struct ask *a, const char *name, struct found *out)
{
	struct documents x = { .wanted = name, .out = out };
	int rc;

	*out = (struct found){ NODE_NONE, 0 };
	rc = each_document(a, &x);
	return rc < 0 ? rc : out->kind == NODE_NONE ? -ENOENT : 0;
}

int documents_node_list(const struct ask *a, struct listing *out)
{
	return each_document(a, &(struct documents){ .list = out });
}

int document_dir_find(const struct ask *a, const char *name, struct found *out)
{
	struct document dir, d;
	int rc = document_get(a->fs->p, a->row, &dir, a->e);

	if (rc < 0)
		return rc;
	rc = document_find(a->fs->p, dir.task_row, DOCUMENT_INPUT, a->row, name, &d, a->e);
	if (rc == 0) {
		*out = (struct found){ d.is_dir ? NODE_DOCUMENT_DIR : NODE_DOCUMENT, d.row_id, true, d.size,
				       d.modified_at };
		row_release(&document_table, &d);
	}
	row_release(&document_table, &dir);
	return rc;
}

int document_dir_list(const struct ask *a, struct listing *out)
{
	struct documents x = { .list = out };
	struct document dir;
	int rc = document_get(a->fs->p, a->row, &dir, a->e);

	if (rc < 0)
		return rc;
	rc = document_each(a->fs->p, dir.task_row, DOCUMENT_INPUT, a->row, visit_document, &x, a->e);
	row_release(&document_table, &dir);
	return rc;
}

int document_node_stat(const struct ask *a, struct attr *out)
{
	struct document d;
	int rc = document_get(a->fs->p, a->row, &d, a->e);

	if (rc < 0)
		return rc;
	out->size = d.size;
	out->modified_at = d.modified_at;
	row_release(&document_table, &d);
	return 0;
}

int document_node_open(const struct ask *a)
{
	struct document d;
	int rc = document_get(a->fs->p, a->row, &d, a->e);

	if (rc < 0)
		return rc;
	rc = blob_open(a->fs->p->blobs, d.sha256, a->e);
	row_release(&document_table, &d);
	return rc == -ENOENT ? err_add(a->e, -EIO, "the document's bytes are lost") : rc;
}

/* What is inside input/ or output/ may go when the task may: the row is the task's, or a document of it. */
int document_dir_removable(const struct ask *a)
{
	struct ask task = *a;
	struct document d;

	if (a->node == &nodes[NODE_DOCUMENT_DIR]) {
		int rc = document_get(a->fs->p, a->row, &d, a->e);

		if (rc < 0)
			return rc;
		task.row = d.task_row;
		row_release(&document_table, &d);
	}
	return task_node_removable(&task);
}

int result_put(const struct ask *a, const char *text, size_t len)
{
	struct document d;
	int rc = document_get(a->fs->p, a->row, &d, a->e);

	if (rc < 0)
		return rc;
	rc = review_correct(a->fs->p, d.task_row, text, len, a->who, a->e);
	row_release(&document_table, &d);
	return rc;
}

int result_refusals(const struct ask *a, int64_t *row)
{
	struct document d;

	if (document_get(a->fs->p, a->row, &d, NULL) < 0)
		return -1;
	*row = d.task_row;
	row_release(&document_table, &d);
	return REFUSAL_TASK;
}
