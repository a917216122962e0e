#include "store/store.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "store/tx.h"

#define MAX_FIELDS 64

static void *member(const struct field *f, const void *row)
{
	return (char *)row + f->offset;
}

static struct val int_or_null(int64_t i, int64_t null)
{
	return i == null ? (struct val){ .type = VAL_NULL } : V_INT(i);
}

static struct val real_or_null(double r)
{
	return isnan(r) ? (struct val){ .type = VAL_NULL } : (struct val){ .type = VAL_REAL, .r = r };
}

/* An index outside words is a mistake of the program; null makes the store refuse it. */
static struct val word_or_null(const struct field *f, int word)
{
	int n = 0;

	while (f->words[n])
		n++;
	return V_TEXT(word >= 0 && word < n ? f->words[word] : NULL);
}

static struct val field_to_val(const struct field *f, const void *row)
{
	const void *p = member(f, row);

	switch (f->type) {
	case FIELD_TEXT:
	case FIELD_JSON: return V_TEXT(*(char *const *)p);
	case FIELD_INT: return int_or_null(*(const int64_t *)p, INT_NULL);
	case FIELD_TIME: return int_or_null(*(const int64_t *)p, 0);
	case FIELD_BOOL: return V_INT(*(const bool *)p);
	case FIELD_REAL: return real_or_null(*(const double *)p);
	case FIELD_WORD: return word_or_null(f, *(const int *)p);
	}
	return (struct val){ .type = VAL_NULL };
}

static double to_real(struct val v)
{
	return v.type == VAL_REAL ? v.r : v.type == VAL_INT ? (double)v.i : NAN;
}

/* 0, -EUCLEAN for a word that is not among the field's, or -ENOMEM */
static int field_from_val(const struct field *f, struct val v, void *row)
{
	void *p = member(f, row);
	bool is_text = v.type == VAL_TEXT;

	switch (f->type) {
	case FIELD_TEXT:
	case FIELD_JSON: return is_text && (!v.s || row_put_text(p, v.s) < 0) ? -ENOMEM : 0;
	case FIELD_INT: *(int64_t *)p = v.type == VAL_INT ? v.i : INT_NULL; break;
	case FIELD_TIME: *(int64_t *)p = v.type == VAL_INT ? v.i : 0; break;
	case FIELD_BOOL: *(bool *)p = v.type == VAL_INT && v.i != 0; break;
	case FIELD_REAL: *(double *)p = to_real(v); break;
	case FIELD_WORD: *(int *)p = is_text && v.s ? field_word(f->words, v.s) : -1; break;
	}
	return f->type == FIELD_WORD && *(int *)p < 0 ? -EUCLEAN : 0;
}

/* The row that the statement stands on: its id, then the fields in their order. */
static int row_from_run(struct run *r, const struct table *t, void *row, struct err *e)
{
	int64_t row_id = r->engine->column(r->stmt, 0).i;

	memset(row, 0, t->size);
	*(int64_t *)row = row_id;
	for (size_t i = 0; i < t->n_fields; i++) {
		int rc = field_from_val(&t->fields[i], r->engine->column(r->stmt, (int)i + 1), row);

		if (rc == 0)
			continue;
		row_release(t, row);
		return err_set(e, rc,
			       rc == -ENOMEM ? "no memory for the %s of %s %" PRId64
					     : "the store has no known word as the %s of %s %" PRId64,
			       t->fields[i].name, t->name, row_id);
	}
	return 0;
}

static int check_required(const struct table *t, const struct val *fields, struct err *e)
{
	for (size_t i = 0; i < t->n_fields; i++) {
		bool required = t->fields[i].flags & FIELD_REQUIRED || t->fields[i].type == FIELD_WORD;

		if (required && fields[i].type == VAL_NULL)
			return err_set(e, -EINVAL, "the %s of the %s is missing", t->fields[i].name, t->name);
	}
	return 0;
}

/* Without its transaction, a change would remain on its own: nothing more is run, even when fn goes on. */
static int may_run(const struct tx *tx, struct err *e)
{
	return tx->lost.code ? err_set(e, tx->lost.code, "%s", tx->lost.text) : 0;
}

static int may_change(const struct tx *tx, struct err *e)
{
	return tx->writes ? may_run(tx, e) : err_set(e, -EROFS, "a reader cannot change the store");
}

/* End a statement that came out as rc; some failures end the whole transaction. Returns rc. */
static int end(struct tx *tx, struct run *r, int rc, const struct err *e)
{
	run_end(r);
	if (rc < 0 && tx->writes && !tx->lost.code && !r->engine->in_tx(tx->channel->conn))
		err_set(&tx->lost, rc, "%s", e ? e->text : "a change failed");
	return rc;
}

/* Run a statement that changes the row; returns how many it changed, or -errno. */
static int change(struct tx *tx, const struct table *t, enum row_verb verb, const struct val *args, size_t n_args,
		  struct err *e)
{
	struct run r;
	int rc = may_change(tx, e);

	if (rc == 0)
		rc = channel_row(tx->channel, t, verb, args, n_args, &r, e);
	if (rc < 0)
		return rc;
	rc = run_step(&r, e);
	if (rc >= 0)
		rc = (int)r.engine->n_changed(r.stmt);
	rc = end(tx, &r, rc, e);
	if (rc == -EEXIST)
		err_set(e, rc, "there is already another %s with this name or id", t->name);
	return rc;
}

/* ROW_INSERT or ROW_UPDATE: both write all fields. */
static int write_fields(struct tx *tx, const struct table *t, enum row_verb verb, const void *row, struct err *e)
{
	struct val args[MAX_FIELDS + 1] = { V_INT(*(const int64_t *)row) };
	int rc;

	if (t->n_fields > MAX_FIELDS)
		return err_set(e, -E2BIG, "the table %s has more than %d fields", t->name, MAX_FIELDS);
	for (size_t i = 0; i < t->n_fields; i++)
		args[i + 1] = field_to_val(&t->fields[i], row);
	rc = check_required(t, args + 1, e);
	return rc < 0 ? rc : change(tx, t, verb, args, t->n_fields + 1, e);
}

int row_insert(struct tx *tx, const struct table *t, void *row, struct err *e)
{
	int64_t *row_id = row, was = *row_id;
	int rc = may_change(tx, e);

	if (rc < 0)
		return rc;
	if (was == 0)
		*row_id = tx_next_id(tx, e);
	rc = *row_id < 0 ? (int)*row_id : write_fields(tx, t, ROW_INSERT, row, e);
	if (rc < 0)
		*row_id = was;
	return rc < 0 ? rc : 0;
}

/* One row is there to be changed, or none. */
static int one_row(int rc, const struct table *t, int64_t row_id, struct err *e)
{
	if (rc == 0)
		return err_set(e, -ENOENT, "there is no %s %" PRId64 " any more", t->name, row_id);
	return rc < 0 ? rc : 0;
}

int row_update(struct tx *tx, const struct table *t, const void *row, struct err *e)
{
	return one_row(write_fields(tx, t, ROW_UPDATE, row, e), t, *(const int64_t *)row, e);
}

int row_delete(struct tx *tx, const struct table *t, int64_t row_id, struct err *e)
{
	return one_row(change(tx, t, ROW_DELETE, ARGS(V_INT(row_id)), 1, e), t, row_id, e);
}

int row_get(struct tx *tx, const struct table *t, int64_t row_id, void *out, struct err *e)
{
	struct run r;
	int rc = may_run(tx, e);

	memset(out, 0, t->size);
	if (rc == 0)
		rc = channel_row(tx->channel, t, ROW_GET, ARGS(V_INT(row_id)), 1, &r, e);
	if (rc < 0)
		return rc;
	rc = run_step(&r, e);
	if (rc == 0)
		rc = err_set(e, -ENOENT, "there is no %s %" PRId64, t->name, row_id);
	else if (rc > 0)
		rc = row_from_run(&r, t, out, e);
	return end(tx, &r, rc, e);
}

/* A query of another kind is a mistake of the program. */
static int query_start(struct tx *tx, enum query q, enum query_kind kind, const struct val *args, struct run *out,
		       struct err *e)
{
	int rc;

	if (sql_queries[q].kind != kind)
		return err_set(e, -EINVAL, "query %d is of another kind", q);
	rc = kind == QUERY_EXEC ? may_change(tx, e) : may_run(tx, e);
	return rc < 0 ? rc : channel_query(tx->channel, q, args, out, e);
}

int row_find(struct tx *tx, enum query q, const struct val *args, void *out, struct err *e)
{
	const struct table *t = sql_queries[q].table;
	struct run r;
	int rc;

	if (!t)
		return err_set(e, -EINVAL, "query %d yields no rows", q);
	memset(out, 0, t->size);
	rc = query_start(tx, q, QUERY_ROWS, args, &r, e);
	if (rc < 0)
		return rc;
	rc = run_step(&r, e);
	if (rc == 0)
		rc = err_set(e, -ENOENT, "there is no such %s", t->name);
	else if (rc > 0)
		rc = row_from_run(&r, t, out, e);
	return end(tx, &r, rc, e);
}

/* A reader sees each row as it comes. */
static int each_now(struct run *r, const struct table *t, int (*fn)(void *row, void *ud), void *ud, struct err *e)
{
	auto_free void *row = xmalloc(t->size);
	int rc;

	while ((rc = run_step(r, e)) > 0) {
		rc = row_from_run(r, t, row, e);
		if (rc < 0)
			return rc;
		rc = fn(row, ud);
		row_release(t, row);
		if (rc != 0)
			return rc;
	}
	return rc;
}

struct rows {
	char *at;
	size_t n, cap;
};

static bool make_room(struct rows *rows, size_t row_bytes)
{
	size_t cap = rows->cap ? 2 * rows->cap : 16;
	char *at;

	if (rows->n < rows->cap)
		return true;
	at = realloc(rows->at, cap * row_bytes);
	if (!at)
		return false;
	rows->at = at;
	rows->cap = cap;
	return true;
}

static int collect(struct run *r, const struct table *t, struct rows *rows, struct err *e)
{
	int rc;

	while ((rc = run_step(r, e)) > 0) {
		if (!make_room(rows, t->size))
			return err_set(e, -ENOMEM, "no memory for so many rows of the %s", t->name);
		rc = row_from_run(r, t, rows->at + rows->n * t->size, e);
		if (rc < 0)
			return rc;
		rows->n++;
	}
	return rc;
}

/* The writer collects them first: fn may change what the query is about. */
static int each_later(struct run *r, const struct table *t, int (*fn)(void *row, void *ud), void *ud, struct err *e)
{
	struct rows rows = { NULL, 0, 0 };
	int rc = collect(r, t, &rows, e);

	for (size_t i = 0; i < rows.n; i++) {
		void *row = rows.at + i * t->size;

		if (rc == 0)
			rc = fn(row, ud);
		row_release(t, row);
	}
	free(rows.at);
	return rc;
}

int row_each(struct tx *tx, enum query q, const struct val *args, int (*fn)(void *row, void *ud), void *ud,
	     struct err *e)
{
	struct run r;
	int rc = query_start(tx, q, QUERY_ROWS, args, &r, e);

	if (rc < 0)
		return rc;
	rc = (tx->writes ? each_later : each_now)(&r, sql_queries[q].table, fn, ud, e);
	return end(tx, &r, rc, e);
}

int row_all(struct tx *tx, const struct table *t, int (*fn)(void *row, void *ud), void *ud, struct err *e)
{
	struct run r;
	int rc = may_run(tx, e);

	if (rc == 0)
		rc = channel_row(tx->channel, t, ROW_ALL, NULL, 0, &r, e);
	if (rc < 0)
		return rc;
	rc = (tx->writes ? each_later : each_now)(&r, t, fn, ud, e);
	return end(tx, &r, rc, e);
}

int row_exec(struct tx *tx, enum query q, const struct val *args, struct err *e)
{
	struct run r;
	int rc = query_start(tx, q, QUERY_EXEC, args, &r, e);

	if (rc < 0)
		return rc;
	rc = run_step(&r, e);
	if (rc >= 0)
		rc = (int)r.engine->n_changed(r.stmt);
	return end(tx, &r, rc, e);
}

int row_int(struct tx *tx, enum query q, const struct val *args, int64_t *out, struct err *e)
{
	struct run r;
	int rc = query_start(tx, q, QUERY_INT, args, &r, e);

	*out = 0;
	if (rc < 0)
		return rc;
	rc = run_step(&r, e);
	if (rc > 0) {
		struct val v = r.engine->column(r.stmt, 0);

		*out = v.type == VAL_INT ? v.i : 0;
		rc = 0;
	}
	return end(tx, &r, rc, e);
}
