#include "platform/input.h"

#include <errno.h>
#include <stdlib.h>

static int keep_document(void *row, void *ud)
{
	struct document *d = row;
	struct input *was = ud;

	if (d->role != DOCUMENT_INPUT && d->role != DOCUMENT_REQUEST)
		return 0;
	was->document = xrealloc(was->document, (was->n + 1) * sizeof(*was->document));
	was->document[was->n++] = *d;
	d->name = d->sha256 = NULL; /* they are ours now */
	return 0;
}

void input_release(struct input *was)
{
	for (size_t i = 0; i < was->n; i++)
		row_release(&document_table, &was->document[i]);
	free(was->document);
}

int input_take(struct tx *tx, int64_t task_row, struct input *was, struct err *e)
{
	static const enum document_role roles[] = { DOCUMENT_INPUT, DOCUMENT_REQUEST };
	struct val task = V_INT(task_row);
	int rc = row_each(tx, Q_DOCUMENTS_ALL, ARGS(task), keep_document, was, e);

	for (size_t i = 0; rc >= 0 && i < N_ELEMS(roles); i++)
		rc = row_exec(tx, Q_DOCUMENTS_DELETE, ARGS(task, V_TEXT(document_role_words[roles[i]])), e);
	return rc < 0 ? rc : 0;
}

static int last_former(struct tx *tx, int64_t task_row, int64_t *version, struct err *e)
{
	struct document d;
	int rc = row_find(tx, Q_DOCUMENT_LATEST, ARGS(V_INT(task_row), V_TEXT(document_role_words[DOCUMENT_FORMER])),
			  &d, e);

	*version = d.version; /* 0 where there is none */
	row_release(&document_table, &d);
	return rc == -ENOENT ? 0 : rc;
}

static bool has_bytes(const struct input *now, const char *sha256)
{
	for (size_t i = 0; i < now->n; i++)
		if (!now->document[i].is_dir && streq(now->document[i].sha256, sha256))
			return true;
	return false;
}

int input_retire(struct tx *tx, int64_t task_row, const struct input *was, struct err *e)
{
	struct input now = { NULL, 0 };
	int64_t version;
	int rc = last_former(tx, task_row, &version, e);

	if (rc == 0)
		rc = row_each(tx, Q_DOCUMENTS_ALL, ARGS(V_INT(task_row)), keep_document, &now, e);
	for (size_t i = 0; rc == 0 && i < was->n; i++) {
		const struct document *d = &was->document[i];

		if (!d->is_dir && d->size > 0 && !has_bytes(&now, d->sha256))
			rc = document_add(tx, task_row, DOCUMENT_FORMER, 0, d->name, d->sha256, d->size, d->modified_at,
					  ++version, e);
		tx_change(tx, CHANGE_DOCUMENT, task_row, 0, DOCUMENT_INPUT, CHANGE_NONE, d->name);
	}
	input_release(&now);
	return rc;
}
