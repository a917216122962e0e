/*
 * What is done with models, with each call into the store failing once: a failure leaves everything as it was, and then
 * it can be done; or it is done although a call failed.
 */
#include "tests/platform/models.h"
#include "tests/platform/trap.h"

#define N_MAX 100 /* an operation that fails so often goes round in circles */

static int64_t row;

/* All rows of some tables, as text. */
struct rows {
	const struct table *table;
	struct buf text;
};

static int add_row(void *at, void *ud)
{
	struct rows *r = ud;

	trap_row(r->table, at, &r->text);
	return 0;
}

static int look(struct tx *tx, void *arg, struct err *e)
{
	static const struct table *const tables[] = { &model_table, &model_memory_table, &model_step_table,
						      &event_table };
	struct rows *r = arg;
	int rc = 0;

	buf_clear(&r->text);
	for (size_t i = 0; rc == 0 && i < N_ELEMS(tables); i++) {
		r->table = tables[i];
		rc = row_all(tx, tables[i], add_row, r, e);
	}
	return rc;
}

static char *picture(void)
{
	struct rows r = { .text = BUF_INIT };
	struct err e = ERR_INIT;

	expect_ok(store_read(p->store, look, &r, &e), &e);
	return buf_steal(&r.text);
}

struct scenario {
	int (*operation)(struct err *e);
	void (*check)(void); /* it was done, once */
	unsigned calls;      /* at least so many can fail */
};

static void prepare(void)
{
	struct model_memory m = { .loads = 1 };
	struct err e = ERR_INIT;

	row = new_model("parser", SERVER);
	expect_ok(tell(&(struct model_news){ .model_row = row, .state = "loading" }, &m, &e), &e);
	row_release(&model_memory_table, &m);
}

/* True when a failure did not keep it from being done; *n is the call then. */
static bool fail_until_done(const struct scenario *s, unsigned *n)
{
	auto_free char *before = NULL;
	bool fired;
	int rc;

	assert_int_equal(temp_open(NULL), 0);
	prepare();
	before = picture();
	do {
		struct err e = ERR_INIT;

		trap_set(++*n);
		rc = s->operation(&e);
		fired = trap_set(0);
		if (rc < 0 && !fired)
			fail_msg("it failed by itself: %s", e.text);
		if (rc < 0) {
			auto_free char *after = picture();

			assert_string_not_equal(e.text, "");
			assert_string_equal(after, before);
		}
		assert_true(*n < N_MAX);
	} while (rc < 0);
	s->check();
	temp_close(NULL);
	return fired;
}

static void fail_each(const struct scenario *s)
{
	unsigned n = 0;

	while (fail_until_done(s, &n))
		;
	print_message("# %u calls\n", n - 1);
	assert_true(n > s->calls);
}

static int64_t made;

static int make(struct err *e)
{
	return party_create(p, PARTY_MODEL, "writer", operator(), &made, e);
}

static void check_made(void)
{
	assert_string_equal(get_model(made)->name, "writer");
	assert_string_equal(told(0), "engagement.created model.updated model.updated model.updated");
}

static void a_model_is_made(void **state UNUSED)
{
	fail_each(&(struct scenario){ make, check_made, 3 });
}

static int change(struct err *e)
{
	return put_spec(row, "{\"pinned\": true, \"memory_bytes\": 7}", operator(), e);
}

static void check_changed(void)
{
	assert_true(get_model(row)->pinned);
	assert_int_equal(get_model(row)->memory_bytes, 7);
}

static void a_spec_is_changed(void **state UNUSED)
{
	fail_each(&(struct scenario){ change, check_changed, 4 });
}

static int put_key(struct err *e)
{
	return model_put_key(p, row, "hush", operator(), e);
}

static void check_key(void)
{
	auto_free char *key = NULL;
	struct err e = ERR_INIT;

	expect_ok(model_key(p, get_model(row), &key, &e), &e);
	assert_string_equal(key, "hush");
}

static void a_key_is_put(void **state UNUSED)
{
	fail_each(&(struct scenario){ put_key, check_key, 4 });
}

/* The keeper goes on with the memory that a call has failed with. */
static struct model_memory memory;

static int load(struct err *e)
{
	struct model_news news = { .model_row = row,
				   .state = "resident",
				   .device = "ram0",
				   .bytes = 40000000,
				   .event = "model.loaded",
				   .load_ms = 20 };

	memory.loads = 2;
	return tell(&news, &memory, e);
}

static void check_loaded(void)
{
	auto_buf lines = BUF_INIT;
	struct model_memory m;
	struct err e = ERR_INIT;
	int n = 0;

	row_release(&model_memory_table, &memory);
	expect_ok(model_memory_get(p, row, &m, &e), &e);
	assert_int_equal(m.loads, 2);
	row_release(&model_memory_table, &m);
	expect_ok(model_history(p, row, 9, &lines, &e), &e);
	for (const char *at = buf_str(&lines); (at = strchr(at, '\n')); at++)
		n++;
	assert_int_equal(n, 2);
	assert_string_equal(told(0), "engagement.created model.updated model.updated model.loaded");
}

static void a_step_is_told(void **state UNUSED)
{
	fail_each(&(struct scenario){ load, check_loaded, 6 });
}

static int touch(struct err *e)
{
	memory.loads = 5;
	memory.tokens = 9;
	return model_touch(p, row, &memory, e);
}

static void check_touched(void)
{
	struct model_memory m;
	struct err e = ERR_INIT;

	row_release(&model_memory_table, &memory);
	expect_ok(model_memory_get(p, row, &m, &e), &e);
	assert_int_equal(m.tokens, 9);
	row_release(&model_memory_table, &m);
}

static void memory_is_touched(void **state UNUSED)
{
	fail_each(&(struct scenario){ touch, check_touched, 4 });
}

static int remove_it(struct err *e)
{
	return party_remove(p, PARTY_MODEL, row, e);
}

static void check_removed(void)
{
	auto_free char *all = picture();

	assert_null(strstr(all, "model "));
	assert_null(strstr(all, "model_memory "));
	assert_null(strstr(all, "model_step "));
	assert_string_equal(told(0), "engagement.created model.updated model.updated model.removed");
}

static void a_model_is_removed(void **state UNUSED)
{
	fail_each(&(struct scenario){ remove_it, check_removed, 7 });
}

static struct buf found;

static int note(void *model, void *ud UNUSED)
{
	buf_printf(&found, "%s ", ((struct model *)model)->name);
	return 0;
}

static int read_all(struct err *e)
{
	int rc;

	buf_clear(&found);
	rc = model_each(p, note, NULL, e);
	if (rc == 0)
		rc = model_history(p, row, 9, &found, e);
	row_release(&model_memory_table, &memory);
	return rc < 0 ? rc : model_memory_get(p, row, &memory, e);
}

static void check_read(void)
{
	assert_true(util_starts(buf_str(&found), "parser {"));
	assert_int_equal(memory.loads, 1);
	row_release(&model_memory_table, &memory);
	buf_release(&found);
}

static void all_is_read(void **state UNUSED)
{
	fail_each(&(struct scenario){ read_all, check_read, 3 });
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_model_is_made),   cmocka_unit_test(a_spec_is_changed),
		cmocka_unit_test(a_key_is_put),      cmocka_unit_test(a_step_is_told),
		cmocka_unit_test(memory_is_touched), cmocka_unit_test(a_model_is_removed),
		cmocka_unit_test(all_is_read),
	};

	return RUN_TESTS(tests);
}
