#include "tests/test.h"

#include <errno.h>

#include "base/clock.h"

/* A text, the same moment as the platform writes it; NULL where the text is none. */
static const struct {
	const char *text, *utc;
} times[] = {
	{ "1970-01-01", "1970-01-01T00:00:00.000Z" },
	{ "2024-02-29", "2024-02-29T00:00:00.000Z" },
	{ "2026-01-31T23:59", "2026-01-31T23:59:00.000Z" },
	{ "2026-01-31T23:59:58Z", "2026-01-31T23:59:58.000Z" },
	{ "2026-01-31t23:59:58z", "2026-01-31T23:59:58.000Z" },
	{ "2026-01-31 23:59:58.5", "2026-01-31T23:59:58.500Z" },
	{ "2026-01-31T23:59:58.123456789Z", "2026-01-31T23:59:58.123Z" },
	{ "2026-01-31T23:30:00-01:00", "2026-02-01T00:30:00.000Z" },
	{ "2026-03-01T01:30:00+05:30", "2026-02-28T20:00:00.000Z" },
	{ "1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z" },
	{ "", NULL },
	{ "2026", NULL },
	{ "2026-13-01", NULL },
	{ "2026-00-01", NULL },
	{ "2025-02-29", NULL },
	{ "2026-04-31", NULL },
	{ "2026-1-1", NULL },
	{ "2026-01-01T", NULL },
	{ "2026-01-01T24:00", NULL },
	{ "2026-01-01T10:60", NULL },
	{ "2026-01-01T10:00:61", NULL },
	{ "2026-01-01T10:00+0200", NULL },
	{ "2026-01-01T10:00+02:60", NULL },
	{ "2026-01-01T10:00Z ", NULL },
	{ "2026-01-01 noon", NULL },
};

static void reads_what_rfc_3339_allows(void **state UNUSED)
{
	char text[CLOCK_TEXT_BYTES];

	for (size_t i = 0; i < N_ELEMS(times); i++) {
		int64_t ms = 42;
		int rc = clock_parse(times[i].text, &ms);

		print_message("# %s\n", times[i].text);
		assert_int_equal(rc, times[i].utc ? 0 : -EINVAL);
		if (times[i].utc)
			assert_string_equal(clock_format(ms, text), times[i].utc);
		else
			assert_int_equal(ms, 42);
	}
}

static void now_reads_back(void **state UNUSED)
{
	char text[CLOCK_TEXT_BYTES];
	int64_t now = clock_now_ms(), back;

	assert_int_equal(clock_parse(clock_format(now, text), &back), 0);
	assert_int_equal(back, now);
}

static void intervals_never_run_backwards(void **state UNUSED)
{
	int64_t last = clock_mono_ms();

	for (int i = 0; i < 1000; i++) {
		int64_t now = clock_mono_ms();

		assert_true(now >= last);
		last = now;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_rfc_3339_allows),
		cmocka_unit_test(now_reads_back),
		cmocka_unit_test(intervals_never_run_backwards),
	};

	return RUN_TESTS(tests);
}
