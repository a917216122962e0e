#include "tests/test.h"

#include <errno.h>

#include "platform/backoff.h"

#define DAY_MS ((int64_t)86400000)

static void expect_delays(const char *text, const int64_t *seconds, unsigned n)
{
	struct backoff b;

	assert_int_equal(backoff_parse(text, &b, NULL), 0);
	assert_int_equal(b.n, n);
	for (unsigned i = 0; i < n; i++)
		assert_int_equal(b.delay_ms[i], seconds[i] * 1000);
}

static void schedules_are_read(void **state UNUSED)
{
	static const int64_t usual[] = { 0, 5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400 };

	expect_delays(BACKOFF_DEFAULT, usual, N_ELEMS(usual));
	expect_delays("0,5,300,1800,7200,18000,36000,50400,72000,86400\n", usual, N_ELEMS(usual));
	expect_delays("0", usual, 1);
	expect_delays(" 7d, 604800 ,168h\n10080m", (const int64_t[]){ 604800, 604800, 604800, 604800 }, 4);
	expect_delays("00005s", (const int64_t[]){ 5 }, 1);
}

static void bad_ones_are_refused(void **state UNUSED)
{
	static const struct {
		const char *text, *said;
	} rows[] = {
		{ "", "there is no delay" },
		{ " , \n", "there is no delay" },
		{ "0,-5", "'-5'" },
		{ "5 s", "'s'" },
		{ "5x", "'5x'" },
		{ "5ss", "'5ss'" },
		{ "1.5", "'1.5'" },
		{ "0x10", "'0x10'" },
		{ "604801", "'604801'" },
		{ "8d", "'8d'" },
		{ "10081m", "'10081m'" },
		{ "99999999999999999999999999", "'99999999999999999999999999'" },
		{ "18446744073709551616", "'18446744073709551616'" },
		{ "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33", "'33'" },
	};

	for (size_t i = 0; i < N_ELEMS(rows); i++) {
		struct backoff b = { .n = 77 };
		struct err e = ERR_INIT;

		assert_int_equal(backoff_parse(rows[i].text, &b, &e), -EINVAL);
		if (!strstr(e.text, rows[i].said))
			fail_msg("of '%s' it says: %s", rows[i].text, e.text);
		assert_int_equal(b.n, 77);
	}
}

static void the_first_goes_at_once_and_the_last_ends_it(void **state UNUSED)
{
	struct backoff b;

	assert_int_equal(backoff_parse(BACKOFF_DEFAULT, &b, NULL), 0);
	assert_int_equal(backoff_next(&b, 0, 0), 0);
	assert_int_equal(backoff_next(&b, 0, UINT64_MAX), 0);
	for (unsigned i = 1; i < b.n; i++) {
		assert_int_equal(backoff_next(&b, i, 0), 0);
		assert_int_equal(backoff_next(&b, i, UINT64_MAX), b.delay_ms[i]);
		assert_int_equal(backoff_next(&b, i, UINT64_MAX / 2), b.delay_ms[i] / 2);
	}
	assert_int_equal(backoff_next(&b, b.n, 0), -1);
	assert_int_equal(backoff_next(&b, UINT32_MAX, UINT64_MAX), -1);
}

/* A sequence that looks random and is the same in every run (Steele's SplitMix64). */
static uint64_t next_random(uint64_t *seed)
{
	uint64_t z = *seed += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

/* Of every delay, however small: never over it, and each tenth of it is met about as often as another. */
static void jitter_is_full_and_even(void **state UNUSED)
{
	static const int64_t delays[] = { 0, 1000, 5000, 86400000, 7 * DAY_MS };
	uint64_t seed = 711;

	for (size_t d = 0; d < N_ELEMS(delays); d++) {
		struct backoff b = { .n = 1, .delay_ms = { delays[d] } };
		int met[10] = { 0 };

		for (int i = 0; i < 10000; i++) {
			int64_t ms = backoff_next(&b, 0, next_random(&seed));

			assert_true(ms >= 0 && ms <= delays[d]);
			met[ms * 10 / (delays[d] + 1)]++;
		}
		for (int i = 0; delays[d] > 0 && i < 10; i++)
			assert_in_range(met[i], 850, 1150);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(schedules_are_read),
		cmocka_unit_test(bad_ones_are_refused),
		cmocka_unit_test(the_first_goes_at_once_and_the_last_ends_it),
		cmocka_unit_test(jitter_is_full_and_even),
	};

	return RUN_TESTS(tests);
}
