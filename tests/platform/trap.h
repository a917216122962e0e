/*
 * trap - the n-th call into the store fails; the linker gives its calls to the functions below (--wrap)
 *
 * For one file of a program, with -Wl,--wrap= for each WRAP.
 */
#ifndef FS0711_TESTS_PLATFORM_TRAP_H
#define FS0711_TESTS_PLATFORM_TRAP_H

#include <pthread.h>

#include "platform/record.h"
#include "store/sql.h"
#include "tests/test.h"

enum trap_kind { TRAP_CALL, TRAP_MEMORY };

/* The store's threads ask too, also after they have answered. */
static struct {
	pthread_mutex_t lock;
	enum trap_kind kind; /* of what is to fail */
	unsigned left;       /* calls until the one that fails; 0: none does */
	bool fired;
	const char *what;
} trap = { .lock = PTHREAD_MUTEX_INITIALIZER };

static inline bool trap_fails_as(enum trap_kind kind, const char *what)
{
	bool now;

	pthread_mutex_lock(&trap.lock);
	now = kind == trap.kind && trap.left && --trap.left == 0;
	if (now) {
		trap.fired = true;
		trap.what = what;
	}
	pthread_mutex_unlock(&trap.lock);
	return now;
}

static inline bool trap_fails(const char *what)
{
	return trap_fails_as(TRAP_CALL, what);
}

/* The n-th call from now on is to fail; 0: none. True when one has failed since the last time. */
static inline bool trap_set(unsigned n)
{
	bool fired;

	pthread_mutex_lock(&trap.lock);
	fired = trap.fired;
	trap.fired = false;
	trap.left = n;
	pthread_mutex_unlock(&trap.lock);
	return fired;
}

#define WRAP(type, name, ...)            \
	type __real_##name(__VA_ARGS__); \
	type __wrap_##name(__VA_ARGS__); \
	type __wrap_##name(__VA_ARGS__)

#define FAIL_ROW(e)               \
	if (trap_fails(__func__)) \
	return err_set(e, -EIO, "as asked")

WRAP(int, row_insert, struct tx *tx, const struct table *t, void *row, struct err *e)
{
	FAIL_ROW(e);
	return __real_row_insert(tx, t, row, e);
}

WRAP(int, row_update, struct tx *tx, const struct table *t, const void *row, struct err *e)
{
	FAIL_ROW(e);
	return __real_row_update(tx, t, row, e);
}

WRAP(int, row_delete, struct tx *tx, const struct table *t, int64_t row_id, struct err *e)
{
	FAIL_ROW(e);
	return __real_row_delete(tx, t, row_id, e);
}

WRAP(int, row_get, struct tx *tx, const struct table *t, int64_t row_id, void *out, struct err *e)
{
	memset(out, 0, t->size);
	FAIL_ROW(e);
	return __real_row_get(tx, t, row_id, out, e);
}

WRAP(int, row_find, struct tx *tx, enum query q, const struct val *args, void *out, struct err *e)
{
	memset(out, 0, sql_queries[q].table->size);
	FAIL_ROW(e);
	return __real_row_find(tx, q, args, out, e);
}

WRAP(int, row_each, struct tx *tx, enum query q, const struct val *args, int (*fn)(void *row, void *ud), void *ud,
     struct err *e)
{
	FAIL_ROW(e);
	return __real_row_each(tx, q, args, fn, ud, e);
}

WRAP(int, row_exec, struct tx *tx, enum query q, const struct val *args, struct err *e)
{
	FAIL_ROW(e);
	return __real_row_exec(tx, q, args, e);
}

WRAP(int, row_int, struct tx *tx, enum query q, const struct val *args, int64_t *out, struct err *e)
{
	FAIL_ROW(e);
	return __real_row_int(tx, q, args, out, e);
}

/* The commit: all of the function is done, and then it does not count. */
struct commit {
	store_fn *fn;
	void *arg;
};

static int run_and_fail(struct tx *tx, void *arg, struct err *e)
{
	struct commit *c = arg;
	int rc = c->fn(tx, c->arg, e);

	if (rc < 0)
		return rc;
	FAIL_ROW(e);
	return rc;
}

WRAP(int, store_write, struct store *st, store_fn *fn, void *arg, struct err *e)
{
	struct commit c = { fn, arg };

	return __real_store_write(st, run_and_fail, &c, e);
}

/* trap_row - all that a row holds, as text */
static inline void trap_row(const struct table *t, const void *row, struct buf *out)
{
	buf_printf(out, "%s %jd:", t->name, (intmax_t) * (const int64_t *)row);
	for (size_t i = 0; i < t->n_fields; i++) {
		buf_printf(out, " %s=", t->fields[i].name);
		record_value(&t->fields[i], row, out);
	}
	buf_addc(out, '\n');
}

#endif
