#include "platform/document.h"

#include <errno.h>
#include <stdlib.h>

#include "base/log.h"

int document_add(struct tx *tx, int64_t task_row, enum document_role role, int64_t parent_row, const char *name,
		 const char *sha256, int64_t size, int64_t modified_at, int64_t version, struct err *e)
{
	struct document d = { .task_row = task_row,
			      .parent_row = parent_row,
			      .role = role,
			      .name = (char *)name,
			      .sha256 = (char *)sha256,
			      .size = size,
			      .version = version,
			      .modified_at = modified_at };
	int rc = row_insert(tx, &document_table, &d, e);

	if (rc == 0)
		tx_change(tx, CHANGE_DOCUMENT, task_row, d.row_id, role, 0, name);
	return rc;
}

int document_touch(struct tx *tx, struct document *d, int64_t modified_at, struct err *e)
{
	int rc;

	d->modified_at = modified_at;
	rc = row_update(tx, &document_table, d, e);
	if (rc == 0)
		tx_change(tx, CHANGE_DOCUMENT, d->task_row, d->row_id, d->role, 0, NULL);
	return rc;
}

struct fetch {
	int64_t row; /* of the document, or of the task */
	enum document_role role;
	int64_t parent_row;
	const char *name;
	struct document *out;
};

static int fetch_row(struct tx *tx, void *arg, struct err *e)
{
	struct fetch *f = arg;

	return row_get(tx, &document_table, f->row, f->out, e);
}

static int fetch_name(struct tx *tx, void *arg, struct err *e)
{
	struct fetch *f = arg;

	return row_find(
		tx, Q_DOCUMENT_BY_NAME,
		ARGS(V_INT(f->row), V_TEXT(document_role_words[f->role]), V_INT(f->parent_row), V_TEXT(f->name)),
		f->out, e);
}

static int fetch_latest(struct tx *tx, void *arg, struct err *e)
{
	struct fetch *f = arg;

	return row_find(tx, Q_DOCUMENT_LATEST, ARGS(V_INT(f->row), V_TEXT(document_role_words[f->role])), f->out, e);
}

int document_get(struct platform *p, int64_t row_id, struct document *out, struct err *e)
{
	return store_read(p->store, fetch_row, &(struct fetch){ .row = row_id, .out = out }, e);
}

int document_find(struct platform *p, int64_t task_row, enum document_role role, int64_t parent_row, const char *name,
		  struct document *out, struct err *e)
{
	return store_read(p->store, fetch_name, &(struct fetch){ task_row, role, parent_row, name, out }, e);
}

int document_latest(struct platform *p, int64_t task_row, enum document_role role, struct document *out, struct err *e)
{
	return store_read(p->store, fetch_latest, &(struct fetch){ .row = task_row, .role = role, .out = out }, e);
}

struct each {
	int64_t task_row, parent_row;
	enum document_role role;
	int (*fn)(void *document, void *ud);
	void *ud;
};

static int each(struct tx *tx, void *arg, struct err *e)
{
	struct each *x = arg;

	return row_each(tx, Q_DOCUMENTS_OF,
			ARGS(V_INT(x->task_row), V_TEXT(document_role_words[x->role]), V_INT(x->parent_row)), x->fn,
			x->ud, e);
}

int document_each(struct platform *p, int64_t task_row, enum document_role role, int64_t parent_row,
		  int (*fn)(void *document, void *ud), void *ud, struct err *e)
{
	return store_read(p->store, each, &(struct each){ task_row, parent_row, role, fn, ud }, e);
}

struct hashes {
	char (*hex)[SHA256_HEX_BYTES];
	size_t n;
};

static int collect(void *row, void *ud)
{
	const struct document *d = row;
	struct hashes *h = ud;

	if (d->role != DOCUMENT_INPUT || d->is_dir)
		return 0;
	h->hex = xrealloc(h->hex, (h->n + 1) * sizeof(*h->hex));
	memcpy(h->hex[h->n++], d->sha256, SHA256_HEX_BYTES);
	return 0;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

int document_key(struct tx *tx, int64_t task_row, char *key, struct err *e)
{
	struct hashes h = { NULL, 0 };
	int rc = row_each(tx, Q_DOCUMENTS_ALL, ARGS(V_INT(task_row)), collect, &h, e);

	key[0] = '\0';
	if (rc == 0 && h.n > 0) {
		qsort(h.hex, h.n, sizeof(*h.hex), by_text);
		sha256_hex(h.hex, h.n * sizeof(*h.hex), key);
	}
	free(h.hex);
	return rc;
}

struct uses {
	const char *sha256;
	int64_t n;
};

static int count_uses(struct tx *tx, void *arg, struct err *e)
{
	struct uses *u = arg;

	return row_int(tx, Q_DOCUMENT_USES, ARGS(V_TEXT(u->sha256)), &u->n, e);
}

/* When the store cannot say, the bytes stay: a lost document is worse than a forgotten one. */
static bool is_used(void *ud, const char *sha256)
{
	struct platform *p = ud;
	struct uses u = { sha256, 0 };

	return store_read(p->store, count_uses, &u, NULL) < 0 || u.n > 0;
}

void document_forget(struct platform *p, const char *sha256)
{
	int rc = blob_remove(p->blobs, sha256, is_used, p);

	if (rc < 0)
		log_warn("the bytes of document %s could not be removed: %s", sha256, strerror(-rc));
}
