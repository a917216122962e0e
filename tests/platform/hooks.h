/* hooks - endpoints and deliveries of the platform of temp.h */
#ifndef FS0711_TESTS_PLATFORM_HOOKS_H
#define FS0711_TESTS_PLATFORM_HOOKS_H

#include "base/clock.h"
#include "platform/delivery.h"
#include "tests/platform/temp.h"

static inline void set_endpoint(int64_t row, const char *field, const char *text)
{
	struct err e = ERR_INIT;

	expect_ok(endpoint_put(p, row, field, text, strlen(text), &anna, &e), &e);
}

static inline void enable(int64_t row, const char *word)
{
	struct err e = ERR_INIT;

	expect_ok(party_set(p, PARTY_ENDPOINT, row, field_find(&endpoint_table, "enabled"), word, &anna, &e), &e);
}

/* new_endpoint - one that is active */
static inline int64_t new_endpoint(const char *name, const char *events)
{
	struct err e = ERR_INIT;
	int64_t row;

	expect_ok(party_create(p, PARTY_ENDPOINT, name, &anna, &row, &e), &e);
	set_endpoint(row, "url", "https://127.0.0.1/");
	set_endpoint(row, "events", events);
	expect_ok(endpoint_put_secret(p, row, "generate", &anna, NULL, &e), &e);
	return row;
}

static inline void get_endpoint(int64_t row, struct endpoint *out)
{
	struct err e = ERR_INIT;
	union party x;

	expect_ok(party_get(p, PARTY_ENDPOINT, row, &x, &e), &e);
	*out = x.endpoint;
}

static inline void expand_all(void)
{
	struct err e = ERR_INIT;
	int n;

	while ((n = delivery_expand(p, &e)) > 0)
		;
	expect_ok(n, &e);
}

struct due_list {
	struct delivery_job job[16];
	size_t n;
	struct buf types;
};

static inline void add_to_list(struct delivery_job *j, void *ud)
{
	struct due_list *l = ud;

	assert_true(l->n < N_ELEMS(l->job));
	buf_printf(&l->types, "%s%s", l->types.len ? " " : "", j->event.type);
	l->job[l->n++] = *j;
	*j = (struct delivery_job){ .d.row_id = 0 };
}

static inline void list_release(struct due_list *l)
{
	for (size_t i = 0; i < l->n; i++)
		delivery_job_release(&l->job[i]);
	buf_release(&l->types);
	*l = (struct due_list){ .n = 0 };
}

static inline bool wants_all(int64_t row UNUSED, void *ud UNUSED)
{
	return true;
}

/* list_due - what may go to an endpoint at that time */
static inline void list_due(int64_t row, int64_t now, struct due_list *out)
{
	struct err e = ERR_INIT;
	struct endpoint x;

	*out = (struct due_list){ .n = 0 };
	get_endpoint(row, &x);
	expect_ok(delivery_due(p, &x, now, (struct delivery_place){ 0, 0 }, N_ELEMS(out->job), wants_all, add_to_list,
			       out, &e),
		  &e);
	row_release(&endpoint_table, &x);
}

/* due - their types; good until the next call */
static inline const char *due(int64_t row, int64_t now)
{
	static char text[500];
	struct due_list l;

	list_due(row, now, &l);
	snprintf(text, sizeof(text), "%s", buf_str(&l.types));
	list_release(&l);
	return text;
}

static inline void expect_counts(int64_t row, int64_t pending, int64_t delivered, int64_t dead)
{
	struct delivery_counts n;
	struct err e = ERR_INIT;

	expect_ok(delivery_count(p, row, &n, &e), &e);
	assert_int_equal(n.in[DELIVERY_PENDING], pending);
	assert_int_equal(n.in[DELIVERY_DELIVERED], delivered);
	assert_int_equal(n.in[DELIVERY_DEAD], dead);
}

#endif
