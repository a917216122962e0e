/* Deliveries: what is made of the log, in which order they go, how they end and come again, and what is swept away. */
#include "tests/platform/hooks.h"

/* settle - the first one that is due ended so; next_ms 0 without arriving: for the last time */
static void settle(int64_t row, int64_t now, bool arrived, int64_t next_ms)
{
	struct delivery_attempt a = {
		.at_ms = now, .status = arrived ? 204 : 500, .arrived = arrived, .next_ms = next_ms
	};
	struct err e = ERR_INIT;
	struct due_list l;

	list_due(row, now, &l);
	assert_true(l.n > 0);
	a.d = &l.job[0].d;
	expect_ok(delivery_settle(p, &a, 1, NULL, 0, &e), &e);
	list_release(&l);
}

static void each_event_once_for_who_wants_it(void **state UNUSED)
{
	int64_t later, now, early = new_endpoint("early", "*.created"), picky = new_endpoint("picky", "task.started");
	struct err e = ERR_INIT;
	struct work w;

	drop("one.pdf", "one");
	later = new_endpoint("later", "task.*");
	claim(&w);
	work_release(&w);
	new_engagement("city");
	expand_all();
	now = clock_now_ms();
	assert_string_equal(due(early, now), "task.created engagement.created");
	assert_string_equal(due(picky, now), "task.started");
	assert_string_equal(due(later, now), "task.started");
	assert_int_equal(delivery_expand(p, &e), 0);
	expect_counts(0, 4, 0, 0);
	expect_counts(early, 2, 0, 0);
}

static void what_happens_while_it_is_off_is_not_sent(void **state UNUSED)
{
	int64_t row = new_endpoint("shop", "engagement.created");

	new_engagement("before");
	enable(row, "false");
	new_engagement("meanwhile");
	enable(row, "true");
	new_engagement("after");
	expand_all();
	/* What was not read before it went off counts as happened meanwhile. */
	assert_string_equal(due(row, clock_now_ms()), "engagement.created");
}

static void a_task_goes_in_its_order(void **state UNUSED)
{
	int64_t row = new_endpoint("shop", "task.*\nengagement.created"), now, wait;
	struct err e = ERR_INIT;
	struct work w;

	drop("one.pdf", "one");
	claim(&w);
	work_release(&w);
	drop("two.pdf", "two");
	new_engagement("city");
	expand_all();
	now = clock_now_ms();
	assert_string_equal(due(row, now), "task.created task.created engagement.created");
	wait = now + 60000;
	settle(row, now, false, wait);
	/* The other event of the task waits with it, the rest does not. */
	assert_string_equal(due(row, now), "task.created engagement.created");
	assert_int_equal(delivery_next(p, row, now, &e), wait);
	assert_string_equal(due(row, wait), "task.created engagement.created task.created");
	settle(row, now, true, 0);
	settle(row, now, true, 0);
	settle(row, wait, true, 0);
	assert_string_equal(due(row, wait), "task.started");
	settle(row, wait, true, 0);
	assert_string_equal(due(row, wait), "");
	expect_counts(row, 0, 4, 0);
}

static void what_is_due_is_read_behind_a_place(void **state UNUSED)
{
	int64_t row = new_endpoint("shop", "engagement.created"), now, second;
	struct delivery_place after;
	struct err e = ERR_INIT;
	struct due_list l;
	struct endpoint x;

	for (int i = 0; i < 3; i++)
		new_engagement((const char *[]){ "one", "two", "three" }[i]);
	expand_all();
	now = clock_now_ms();
	list_due(row, now, &l);
	assert_int_equal(l.n, 3);
	after = (struct delivery_place){ l.job[0].d.next_at, l.job[0].d.row_id };
	second = l.job[1].d.row_id;
	list_release(&l);
	get_endpoint(row, &x);
	expect_ok(delivery_due(p, &x, now, after, 1, wants_all, add_to_list, &l, &e), &e);
	assert_int_equal(l.n, 1);
	assert_int_equal(l.job[0].d.row_id, second);
	list_release(&l);
	/* One of an earlier time is before the place, whatever its row is. */
	after = (struct delivery_place){ now + 1, 1 };
	expect_ok(delivery_due(p, &x, now + 1, after, 9, wants_all, add_to_list, &l, &e), &e);
	assert_int_equal(l.n, 0);
	list_release(&l);
	row_release(&endpoint_table, &x);
}

static void one_that_is_dead_holds_up_nothing(void **state UNUSED)
{
	int64_t row = new_endpoint("shop", "task.*"), now;
	struct err e = ERR_INIT;
	struct due_list l;
	struct work w;

	drop("one.pdf", "one");
	claim(&w);
	work_release(&w);
	expand_all();
	now = clock_now_ms();
	list_due(row, now, &l);
	assert_int_equal(l.n, 1);
	settle(row, now, false, 0);
	expect_counts(row, 1, 0, 1);
	assert_string_equal(due(row, clock_now_ms()), "task.started");
	/* Sent again it has its attempts anew. */
	expect(delivery_give_up(p, l.job[0].d.row_id, &e), -EPERM, &e, "dead");
	expect_ok(delivery_replay(p, l.job[0].d.row_id, &e), &e);
	expect(delivery_replay(p, l.job[0].d.row_id, &e), -EPERM, &e, "pending");
	assert_string_equal(due(row, clock_now_ms() + 10000), "task.created");
	expect_counts(row, 2, 0, 0);
	expect_ok(delivery_give_up(p, l.job[0].d.row_id, &e), &e);
	expect_ok(delivery_remove(p, l.job[0].d.row_id, &e), &e);
	expect_counts(row, 1, 0, 0);
	list_release(&l);
}

/* Who removes or gives up a delivery while it is on its way has the last word. */
static void an_end_that_comes_late(void **state UNUSED)
{
	int64_t row = new_endpoint("shop", "task.*");
	struct delivery_attempt a = { .at_ms = 1, .status = 204, .arrived = true };
	struct err e = ERR_INIT;
	struct due_list l;

	drop("one.pdf", "one");
	drop("two.pdf", "two");
	expand_all();
	list_due(row, clock_now_ms(), &l);
	expect_ok(delivery_give_up(p, l.job[0].d.row_id, &e), &e);
	expect_ok(delivery_remove(p, l.job[1].d.row_id, &e), &e);
	for (size_t i = 0; i < l.n; i++) {
		a.d = &l.job[i].d;
		expect_ok(delivery_settle(p, &a, 1, NULL, 0, &e), &e);
	}
	expect_counts(row, 0, 0, 1);
	list_release(&l);
}

static void since_a_time_all_is_sent_again(void **state UNUSED)
{
	int64_t row = new_endpoint("shop", "engagement.created"), off = new_endpoint("off", "engagement.created"), now;
	struct err e = ERR_INIT;

	new_engagement("first");
	expand_all();
	now = clock_now_ms();
	settle(row, now, true, 0);
	enable(off, "false");
	new_engagement("second");
	expand_all();
	expect_counts(row, 1, 1, 0);
	/* That of the default engagement is older than the endpoint, and counts too. */
	assert_int_equal(delivery_replay_from(p, row, 0, &e), 3);
	expect_counts(row, 3, 0, 0);
	/* What waits for its next attempt does not wait any more. */
	settle(row, clock_now_ms(), false, clock_now_ms() + 60000);
	assert_int_equal(delivery_replay_from(p, row, 0, &e), 3);
	assert_string_equal(due(row, clock_now_ms()), "engagement.created engagement.created engagement.created");
	assert_int_equal(delivery_replay_from(p, row, clock_now_ms() + 1000, &e), 0);
	assert_int_equal(delivery_replay_from(p, off, 0, &e), 3);
	expect_counts(off, 3, 0, 0);
}

static int64_t age_ms;

static int age_delivery(void *row, void *ud)
{
	struct buf *rows = ud;

	buf_add(rows, row, sizeof(int64_t));
	return 0;
}

/* All that ended and all that happened was so much earlier. */
static int age(struct tx *tx, void *arg UNUSED, struct err *e)
{
	auto_buf events = BUF_INIT, ended = BUF_INIT;
	int rc = row_each(tx, Q_EVENTS_SINCE, ARGS(V_INT(0), V_INT(99)), age_delivery, &events, e);

	if (rc == 0)
		rc = row_each(tx, Q_DELIVERIES_IN, ARGS(V_TEXT("delivered"), V_INT(99)), age_delivery, &ended, e);
	for (size_t i = 0; rc == 0 && i < events.len; i += sizeof(int64_t)) {
		struct event ev;

		rc = row_get(tx, &event_table, *(int64_t *)(void *)(events.data + i), &ev, e);
		ev.created_at -= age_ms;
		rc = rc == 0 ? row_update(tx, &event_table, &ev, e) : rc;
		row_release(&event_table, &ev);
	}
	for (size_t i = 0; rc == 0 && i < ended.len; i += sizeof(int64_t)) {
		struct delivery d;

		rc = row_get(tx, &delivery_table, *(int64_t *)(void *)(ended.data + i), &d, e);
		d.ended_at -= age_ms;
		rc = rc == 0 ? row_update(tx, &delivery_table, &d, e) : rc;
		row_release(&delivery_table, &d);
	}
	return rc;
}

static void age_all(int64_t days)
{
	struct err e = ERR_INIT;

	age_ms = days * CLOCK_DAY_MS;
	expect_ok(store_write(p->store, age, NULL, &e), &e);
}

static void what_arrived_long_ago_goes(void **state UNUSED)
{
	int64_t row = new_endpoint("shop", "engagement.created"), now;
	struct err e = ERR_INIT;

	for (int i = 0; i < 3; i++)
		new_engagement((const char *[]){ "one", "two", "three" }[i]);
	expand_all();
	now = clock_now_ms();
	settle(row, now, true, 0);
	settle(row, now, false, 0);
	age_all(6);
	assert_int_equal(delivery_sweep(p, &e), 0);
	age_all(2);
	assert_int_equal(delivery_sweep(p, &e), 1);
	expect_counts(row, 1, 0, 1);
}

static void what_waits_too_long_goes_at_once(void **state UNUSED)
{
	int64_t row = new_endpoint("shop", "engagement.created"), now;
	struct err e = ERR_INIT;

	set(SETTING_WEBHOOK_RETRIES, "0,1h,2d");
	new_engagement("soon");
	new_engagement("late");
	expand_all();
	now = clock_now_ms();
	settle(row, now, false, now + 2 * CLOCK_DAY_MS);
	settle(row, now, false, now + 3 * CLOCK_DAY_MS);
	assert_int_equal(delivery_sweep(p, &e), 0);
	assert_string_equal(due(row, clock_now_ms()), "engagement.created");
	assert_int_equal(delivery_next(p, row, clock_now_ms(), &e), now + 2 * CLOCK_DAY_MS);
	expect_counts(row, 2, 0, 0);
}

/* However old an event is, it stays while it is not read, or on its way. */
static void the_log_stays_until_it_is_sent(void **state UNUSED)
{
	int64_t row = new_endpoint("shop", "engagement.created"), now;
	struct err e = ERR_INIT;

	set(SETTING_EVENT_DAYS, "1");
	new_engagement("one");
	age_all(3);
	assert_true(event_sweep(p, &e) >= 0);
	assert_non_null(strstr(told(0), "engagement.created"));
	expand_all();
	assert_true(event_sweep(p, &e) >= 0);
	assert_string_equal(told(0), "engagement.created");
	now = clock_now_ms();
	assert_string_equal(due(row, now), "engagement.created");
	settle(row, now, true, 0);
	assert_int_equal(event_sweep(p, &e), 1);
	assert_int_equal(delivery_sweep(p, &e), 1);
	expect_counts(row, 0, 0, 0);
}

static void an_endpoint_that_is_off_keeps_no_log(void **state UNUSED)
{
	int64_t row = new_endpoint("shop", "engagement.created");
	struct err e = ERR_INIT;

	set(SETTING_EVENT_DAYS, "1");
	enable(row, "false");
	new_engagement("one");
	age_all(3);
	assert_true(event_sweep(p, &e) > 0);
	assert_string_equal(told(0), "");
}

/* Secrets */

static size_t n_secrets(int64_t row, int64_t now)
{
	struct secret *all;
	struct err e = ERR_INIT;
	struct endpoint x;
	size_t n;

	get_endpoint(row, &x);
	expect_ok(endpoint_secrets(p, &x, now, &all, &n, &e), &e);
	for (size_t i = 0; i < n; i++)
		secret_wipe(&all[i]);
	free(all);
	row_release(&endpoint_table, &x);
	return n;
}

static void a_former_secret_signs_for_a_day(void **state UNUSED)
{
	int64_t row = new_endpoint("shop", "*"), now;
	struct err e = ERR_INIT;

	assert_int_equal(n_secrets(row, clock_now_ms()), 1);
	expect_ok(endpoint_put_secret(p, row, "generate ed25519", &anna, NULL, &e), &e);
	now = clock_now_ms();
	assert_int_equal(n_secrets(row, now), 2);
	assert_int_equal(n_secrets(row, now + CLOCK_DAY_MS - 60000), 2);
	assert_int_equal(n_secrets(row, now + CLOCK_DAY_MS), 1);
	expect(endpoint_put_secret(p, row, "whsec_MDEyMw==", &anna, NULL, &e), -EINVAL, &e, NULL);
	assert_int_equal(n_secrets(row, now), 2);
	expect_ok(endpoint_put_secret(p, row, "retire", &anna, NULL, &e), &e);
	assert_int_equal(n_secrets(row, now), 1);
	expect_ok(endpoint_put_secret(p, row, "", &anna, NULL, &e), &e);
	assert_int_equal(n_secrets(row, now), 0);
}

static void what_is_refused_changes_nothing(void **state UNUSED)
{
	static const struct {
		const char *field, *text;
	} rows[] = { { "url", "no url" },        { "url", "ftp://127.0.0.1/" }, { "events", "tusk.*" },
		     { "allow", "10.0.0.0/33" }, { "headers", "Host: other" },  { "headers", "none" } };
	int64_t row = new_endpoint("shop", "task.*");

	for (size_t i = 0; i < N_ELEMS(rows); i++) {
		auto_buf before = BUF_INIT, after = BUF_INIT;
		struct err e = ERR_INIT, none = ERR_INIT;

		expect_ok(endpoint_show(p, row, rows[i].field, &before, &none), &none);
		expect(endpoint_put(p, row, rows[i].field, rows[i].text, strlen(rows[i].text), &anna, &e), -EINVAL, &e,
		       NULL);
		assert_string_not_equal(e.text, "");
		expect_ok(endpoint_show(p, row, rows[i].field, &after, &none), &none);
		assert_string_equal(buf_str(&after), buf_str(&before));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_PLATFORM(each_event_once_for_who_wants_it),
		IN_PLATFORM(what_happens_while_it_is_off_is_not_sent),
		IN_PLATFORM(a_task_goes_in_its_order),
		IN_PLATFORM(what_is_due_is_read_behind_a_place),
		IN_PLATFORM(one_that_is_dead_holds_up_nothing),
		IN_PLATFORM(an_end_that_comes_late),
		IN_PLATFORM(since_a_time_all_is_sent_again),
		IN_PLATFORM(what_arrived_long_ago_goes),
		IN_PLATFORM(what_waits_too_long_goes_at_once),
		IN_PLATFORM(the_log_stays_until_it_is_sent),
		IN_PLATFORM(an_endpoint_that_is_off_keeps_no_log),
		IN_PLATFORM(a_former_secret_signs_for_a_day),
		IN_PLATFORM(what_is_refused_changes_nothing),
	};

	return RUN_TESTS(tests);
}
