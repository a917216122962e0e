#include "tests/test.h"

#include <stdlib.h>

#include "webhook/breaker.h"

#define T0     INT64_C(1800000000000)
#define MINUTE INT64_C(60000)
#define DAY    INT64_C(86400000)

static const struct breaker_outcome good = { 200, -1, false, NULL }, bad = { 500, -1, false, NULL },
				    gone = { 410, -1, false, NULL }, busy = { 503, -1, false, NULL },
				    silent = { 0, -1, false, "it took longer than 15 s" };

/* One request from start to end at that time; it must be let go with that pass. */
static bool ask(struct breaker *b, int64_t now, enum breaker_pass pass, const struct breaker_outcome *o)
{
	assert_true(breaker_next(b, now) <= now);
	assert_int_equal(breaker_begin(b, now), pass);
	return breaker_end(b, pass, now, o);
}

static void expect_wait(struct breaker *b, int64_t from, int64_t until)
{
	assert_int_equal(breaker_next(b, from), until);
	assert_int_equal(breaker_begin(b, from), BREAKER_WAIT);
	assert_int_equal(breaker_begin(b, until - 1), BREAKER_WAIT);
	assert_int_equal(breaker_next(b, until), until);
}

static void break_it(struct breaker *b, int64_t now)
{
	breaker_init(b);
	for (int i = 0; i < BREAKER_FAILURES; i++)
		ask(b, now, BREAKER_GO, &bad);
	assert_int_equal(b->state, BREAKER_BROKEN);
}

static void only_2xx_is_success(void **state UNUSED)
{
	for (int status = 0; status < 1000; status++) {
		struct breaker_outcome o = { status, -1, false, NULL };

		assert_int_equal(breaker_success(&o), status / 100 == 2);
	}
}

static void ten_failures_in_a_row_break(void **state UNUSED)
{
	static const int statuses[] = { 500, 302, 404, 100, 301, 400, 599, 307, 401, 0 };
	struct breaker b;

	breaker_init(&b);
	for (int i = 0; i < 9; i++)
		assert_false(ask(&b, T0, BREAKER_GO, &bad));
	assert_string_equal(b.why, "9 in a row failed; at 2027-01-15T08:00:00.000Z the answer was 500");
	assert_true(!ask(&b, T0, BREAKER_GO, &good) && b.state == BREAKER_ACTIVE);
	assert_string_equal(b.why, "");
	for (size_t i = 0; i < N_ELEMS(statuses); i++) {
		struct breaker_outcome o = { statuses[i], -1, false, NULL };

		assert_int_equal(ask(&b, T0, BREAKER_GO, &o), i == 9);
	}
	assert_int_equal(b.state, BREAKER_BROKEN);
	assert_int_equal(b.state, BREAKER_BROKEN);
	assert_string_equal(b.why, "10 in a row failed, the next goes at 2027-01-15T08:00:30.000Z; "
				   "at 2027-01-15T08:00:00.000Z no answer: the connection failed");
	expect_wait(&b, T0, T0 + 30000);
}

static void pauses_double_up_to_ten_minutes(void **state UNUSED)
{
	static const int64_t pauses_s[] = { 30, 60, 120, 240, 480, 600, 600, 600 };
	struct breaker b;
	int64_t now = T0;

	break_it(&b, now);
	for (size_t i = 0; i < N_ELEMS(pauses_s); i++) {
		expect_wait(&b, now, now + pauses_s[i] * 1000);
		now += pauses_s[i] * 1000;
		assert_false(ask(&b, now, BREAKER_PROBE, &silent));
	}
	now += 10 * MINUTE;
	assert_true(ask(&b, now, BREAKER_PROBE, &good));
	assert_int_equal(b.state, BREAKER_ACTIVE);
	assert_int_equal(b.failing_since_ms, 0);
	/* The next time it begins with 30 s again. */
	for (int i = 0; i < BREAKER_FAILURES; i++)
		ask(&b, now, BREAKER_GO, &bad);
	expect_wait(&b, now, now + 30000);
}

static void a_person_may_ask_for_a_probe(void **state UNUSED)
{
	struct breaker_outcome hour = { 429, 3600, false, NULL };
	struct breaker b;

	break_it(&b, T0);
	ask(&b, T0 + 30000, BREAKER_PROBE, &bad);
	breaker_prompt(&b, T0 + 31000);
	assert_int_equal(breaker_begin(&b, T0 + 31000), BREAKER_PROBE);
	breaker_prompt(&b, T0 + 31000);
	assert_int_equal(breaker_begin(&b, T0 + 31000), BREAKER_WAIT); /* one at a time still */
	breaker_end(&b, BREAKER_PROBE, T0 + 31000, &bad);
	expect_wait(&b, T0 + 31000, T0 + 61000);
	ask(&b, T0 + 61000, BREAKER_PROBE, &bad);
	expect_wait(&b, T0 + 61000, T0 + 121000);
	/* Who asked for a pause gets it. */
	breaker_init(&b);
	ask(&b, T0, BREAKER_GO, &hour);
	breaker_prompt(&b, T0 + 1000);
	expect_wait(&b, T0 + 1000, T0 + 3600 * 1000);
}

static void one_probe_at_a_time(void **state UNUSED)
{
	struct breaker b;
	int64_t now = T0 + 30000;

	break_it(&b, T0);
	assert_int_equal(breaker_begin(&b, now), BREAKER_PROBE);
	assert_int_equal(breaker_begin(&b, now), BREAKER_WAIT);
	assert_int_equal(breaker_begin(&b, now + DAY), BREAKER_WAIT);
	assert_true(breaker_next(&b, now) == BREAKER_NEVER);
	/* It was not made after all: another may. */
	breaker_drop(&b, BREAKER_PROBE);
	assert_int_equal(breaker_begin(&b, now), BREAKER_PROBE);
	breaker_end(&b, BREAKER_PROBE, now + 15000, &silent);
	expect_wait(&b, now + 15000, now + 75000);
}

/* Requests that were on their way when the circuit broke end later. */
static void late_ends(void **state UNUSED)
{
	struct breaker b;

	break_it(&b, T0);
	breaker_end(&b, BREAKER_GO, T0 + 5000, &bad);
	expect_wait(&b, T0 + 5000, T0 + 30000);
	assert_int_equal(breaker_begin(&b, T0 + 30000), BREAKER_PROBE);
	breaker_end(&b, BREAKER_GO, T0 + 31000, &bad);
	assert_int_equal(breaker_begin(&b, T0 + 31000), BREAKER_WAIT);
	/* What arrives late has arrived. */
	assert_true(breaker_end(&b, BREAKER_GO, T0 + 32000, &good));
	assert_int_equal(breaker_begin(&b, T0 + 32000), BREAKER_GO);
	/* Broken again while the former probe is still on its way: there is no second one. */
	for (int i = 0; i < BREAKER_FAILURES; i++)
		breaker_end(&b, BREAKER_GO, T0 + 33000, &bad);
	assert_int_equal(b.state, BREAKER_BROKEN);
	assert_int_equal(breaker_begin(&b, T0 + 90000), BREAKER_WAIT);
	breaker_end(&b, BREAKER_PROBE, T0 + 90000, &good);
	assert_int_equal(breaker_begin(&b, T0 + 90000), BREAKER_GO);
}

static void a_busy_endpoint_is_left_alone(void **state UNUSED)
{
	static const struct {
		struct breaker_outcome o;
		int64_t wait_s;
	} rows[] = {
		{ { 429, 120, false, NULL }, 120 },
		{ { 429, -1, false, NULL }, 30 },
		{ { 503, 7, false, NULL }, 7 },
		{ { 503, -1, false, NULL }, 30 },
		{ { 502, -1, false, NULL }, 30 },
		{ { 504, -1, false, NULL }, 30 },
		{ { 500, 60, false, NULL }, 60 },
		{ { 503, 0, false, NULL }, 1 },
		{ { 503, 86400, false, NULL }, 86400 },
		{ { 429, 86401, false, NULL }, 86400 },
		{ { 429, INT64_MAX, false, NULL }, 86400 },
	};

	for (size_t i = 0; i < N_ELEMS(rows); i++) {
		struct breaker b;

		breaker_init(&b);
		assert_true(ask(&b, T0, BREAKER_GO, &rows[i].o));
		assert_int_equal(b.state, BREAKER_THROTTLED);
		expect_wait(&b, T0, T0 + rows[i].wait_s * 1000);
		assert_true(ask(&b, T0 + rows[i].wait_s * 1000, BREAKER_PROBE, &good));
		assert_int_equal(b.state, BREAKER_ACTIVE);
	}
}

static void a_throttle_says_why(void **state UNUSED)
{
	struct breaker b;

	breaker_init(&b);
	ask(&b, T0, BREAKER_GO, &busy);
	assert_string_equal(b.why, "the endpoint wants a pause, the next goes at 2027-01-15T08:00:30.000Z; "
				   "at 2027-01-15T08:00:00.000Z the answer was 503");
}

static void throttles_never_get_shorter(void **state UNUSED)
{
	struct breaker_outcome hour = { 429, 3600, false, NULL }, second = { 429, 1, false, NULL };
	struct breaker b;

	breaker_init(&b);
	assert_int_equal(breaker_begin(&b, T0), BREAKER_GO);
	assert_int_equal(breaker_begin(&b, T0), BREAKER_GO);
	breaker_end(&b, BREAKER_GO, T0, &hour);
	breaker_end(&b, BREAKER_GO, T0, &second);
	expect_wait(&b, T0, T0 + 3600 * 1000);
	/* A broken circuit obeys as well, and a probe that fails otherwise does not set all loose. */
	break_it(&b, T0);
	assert_int_equal(breaker_begin(&b, T0 + 30000), BREAKER_PROBE);
	breaker_end(&b, BREAKER_PROBE, T0 + 30000, &hour);
	assert_int_equal(b.state, BREAKER_BROKEN);
	expect_wait(&b, T0 + 30000, T0 + 30000 + 3600 * 1000);
	breaker_init(&b);
	ask(&b, T0, BREAKER_GO, &second);
	ask(&b, T0 + 1000, BREAKER_PROBE, &bad);
	assert_int_equal(b.state, BREAKER_THROTTLED);
	expect_wait(&b, T0 + 1000, T0 + 31000);
}

/* 429 comes from an endpoint that is alive; 503 may come from what stands before a dead one. */
static void only_429_never_breaks(void **state UNUSED)
{
	struct breaker_outcome many = { 429, -1, false, NULL };
	struct breaker b;

	breaker_init(&b);
	ask(&b, T0, BREAKER_GO, &many);
	for (int i = 1; i < 50; i++)
		ask(&b, T0 + i * 30000, BREAKER_PROBE, &many);
	assert_int_equal(b.state, BREAKER_THROTTLED);
	breaker_init(&b);
	ask(&b, T0, BREAKER_GO, &busy);
	for (int i = 1; i < BREAKER_FAILURES; i++)
		ask(&b, T0 + i * 30000, BREAKER_PROBE, &busy);
	assert_int_equal(b.state, BREAKER_BROKEN);
}

static void gone_disables_for_good(void **state UNUSED)
{
	struct breaker b;

	breaker_init(&b);
	assert_int_equal(breaker_begin(&b, T0), BREAKER_GO);
	assert_true(ask(&b, T0, BREAKER_GO, &gone));
	assert_int_equal(b.state, BREAKER_DISABLED);
	assert_string_equal(b.why, "the endpoint wants no more: at 2027-01-15T08:00:00.000Z the answer was 410");
	assert_false(breaker_end(&b, BREAKER_GO, T0 + 1, &good));
	assert_true(breaker_next(&b, T0) == BREAKER_NEVER);
	assert_int_equal(breaker_begin(&b, T0 + 100 * DAY), BREAKER_WAIT);
	breaker_init(&b);
	assert_int_equal(breaker_begin(&b, T0), BREAKER_GO);
}

static void five_days_without_success_disable(void **state UNUSED)
{
	struct breaker_outcome refused = { 0, -1, true, "10.0.0.1 is a private address" };
	struct breaker b;

	breaker_init(&b);
	ask(&b, T0, BREAKER_GO, &bad);
	ask(&b, T0 + 5 * DAY - 1, BREAKER_GO, &bad);
	assert_int_equal(b.state, BREAKER_ACTIVE);
	assert_true(ask(&b, T0 + 5 * DAY, BREAKER_GO, &refused));
	assert_int_equal(b.state, BREAKER_DISABLED);
	assert_string_equal(b.why, "all requests since 2027-01-15T08:00:00.000Z have failed; "
				   "at 2027-01-20T08:00:00.000Z not sent: 10.0.0.1 is a private address");
	/* A success between begins anew. */
	breaker_init(&b);
	ask(&b, T0, BREAKER_GO, &bad);
	ask(&b, T0 + DAY, BREAKER_GO, &good);
	ask(&b, T0 + 2 * DAY, BREAKER_GO, &bad);
	ask(&b, T0 + 6 * DAY, BREAKER_GO, &bad);
	assert_int_equal(b.state, BREAKER_ACTIVE);
}

static void a_clock_that_was_set_back_holds_nothing_up(void **state UNUSED)
{
	struct breaker b;

	break_it(&b, T0 + 400 * DAY);
	assert_int_equal(breaker_next(&b, T0), T0);
	ask(&b, T0, BREAKER_PROBE, &bad);
	expect_wait(&b, T0, T0 + MINUTE);
	assert_int_equal(b.failing_since_ms, T0);
}

static void a_long_error_is_cut_at_a_character(void **state UNUSED)
{
	char error[2000];
	struct breaker_outcome o = { 0, -1, false, error };
	struct breaker b;
	size_t len;

	for (size_t i = 0; i + 2 < sizeof(error); i += 2)
		memcpy(error + i, "\xc3\xa9", 3);
	breaker_init(&b);
	ask(&b, T0, BREAKER_GO, &o);
	len = strlen(b.why);
	assert_in_range(len, BREAKER_WHY_BYTES - 3, BREAKER_WHY_BYTES - 1);
	assert_int_equal((unsigned char)b.why[len - 1], 0xa9);
}

/* A sequence that looks random and is the same in every run (Steele's SplitMix64). */
static uint64_t next_random(uint64_t *seed)
{
	uint64_t z = *seed += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

#define N_FLYING 16

/* What a breaker's owner does, with the rules of the header held against it at every step. */
struct world {
	struct breaker b;
	int64_t now;
	enum breaker_pass flying[N_FLYING]; /* BREAKER_WAIT: none */
	uint64_t seed;
};

static unsigned probes(const struct world *w)
{
	unsigned n = 0;

	for (size_t i = 0; i < N_FLYING; i++)
		n += w->flying[i] == BREAKER_PROBE;
	return n;
}

static void start_one(struct world *w, enum breaker_pass *slot)
{
	int64_t next = breaker_next(&w->b, w->now), until = w->b.until_ms;
	enum breaker_state was = w->b.state;

	*slot = breaker_begin(&w->b, w->now);
	assert_int_equal(*slot != BREAKER_WAIT, next <= w->now);
	assert_int_equal(*slot == BREAKER_GO, was == BREAKER_ACTIVE);
	if (*slot == BREAKER_PROBE)
		assert_true(w->now >= until && (was == BREAKER_BROKEN || was == BREAKER_THROTTLED));
	assert_true(probes(w) <= 1);
	assert_int_equal(w->b.state, was);
}

static void end_one(struct world *w, enum breaker_pass *slot)
{
	static const int statuses[] = { 0, 200, 204, 302, 404, 429, 500, 500, 500, 503, 502 };
	uint64_t r = next_random(&w->seed);
	struct breaker_outcome o = { r % 400 == 0 ? 410 : statuses[r % N_ELEMS(statuses)],
				     r >> 40 & 1 ? -1 : (int64_t)(r >> 41 & 0xfff), r >> 60 == 3, NULL };
	struct breaker was = w->b;
	bool changed = breaker_end(&w->b, *slot, w->now, &o);

	assert_int_equal(changed, w->b.state != was.state);
	*slot = BREAKER_WAIT;
	assert_int_equal(w->b.probing, probes(w) == 1);
	if (was.state == BREAKER_DISABLED) {
		assert_int_equal(w->b.state, BREAKER_DISABLED);
	} else if (breaker_success(&o)) {
		assert_int_equal(w->b.state, BREAKER_ACTIVE);
		assert_string_equal(w->b.why, "");
	} else {
		assert_string_not_equal(w->b.why, "");
		assert_true(w->b.until_ms >= was.until_ms);
		assert_true(w->b.until_ms <= w->now + BREAKER_RETRY_MAX_S * 1000 || w->b.until_ms == was.until_ms);
		assert_true(w->b.state == BREAKER_DISABLED || w->b.failures < BREAKER_FAILURES ||
			    w->b.state == BREAKER_BROKEN);
		assert_true(w->b.pause_ms <= BREAKER_PAUSE_MAX_MS);
	}
}

static void generated_lives(void **state UNUSED)
{
	struct world w = { .seed = 1 };
	unsigned met[N_BREAKER_STATES] = { 0 };

	for (int life = 0; life < 50; life++) {
		breaker_init(&w.b);
		memset(w.flying, 0, sizeof(w.flying));
		w.now = T0;
		for (int step = 0; step < 2000; step++) {
			uint64_t r = next_random(&w.seed);
			enum breaker_pass *slot = &w.flying[r % N_FLYING];

			w.now += (int64_t)(r >> 32 & 0x3fff);
			if (*slot == BREAKER_WAIT)
				start_one(&w, slot);
			else
				end_one(&w, slot);
			met[w.b.state]++;
		}
	}
	for (int i = 0; i < N_BREAKER_STATES; i++)
		assert_true(met[i] > 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_2xx_is_success),
		cmocka_unit_test(ten_failures_in_a_row_break),
		cmocka_unit_test(pauses_double_up_to_ten_minutes),
		cmocka_unit_test(a_person_may_ask_for_a_probe),
		cmocka_unit_test(one_probe_at_a_time),
		cmocka_unit_test(late_ends),
		cmocka_unit_test(a_busy_endpoint_is_left_alone),
		cmocka_unit_test(a_throttle_says_why),
		cmocka_unit_test(throttles_never_get_shorter),
		cmocka_unit_test(only_429_never_breaks),
		cmocka_unit_test(gone_disables_for_good),
		cmocka_unit_test(five_days_without_success_disable),
		cmocka_unit_test(a_clock_that_was_set_back_holds_nothing_up),
		cmocka_unit_test(a_long_error_is_cut_at_a_character),
		cmocka_unit_test(generated_lives),
	};

	return RUN_TESTS(tests);
}
