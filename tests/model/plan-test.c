#include "tests/test.h"

#include <errno.h>

#include "model/plan.h"

#define UNIT  UINT64_C(10000000)
#define GB    UINT64_C(1000000000)
#define NOW   INT64_C(1800000000000)
#define EVERY UINT32_MAX

/* Three models on 20 units, bid-generator used longest ago; 12 units are wanted. */
static void the_walk(void **state UNUSED)
{
	static const struct plan_device ram0 = { "ram0", 20 * UNIT, 0, 0 };
	static const struct plan_wanted wanted = { "price-model", 12 * UNIT, EVERY };
	static const struct plan_model models[] = {
		{ "tender-parser", 0, 4 * UNIT, .last_used_ms = NOW - 20000, .cost_ms = 400 },
		{ "requirement-extractor", 0, 3 * UNIT, .last_used_ms = NOW - 10000, .cost_ms = 300 },
		{ "bid-generator", 0, 7 * UNIT, .last_used_ms = NOW - 60000, .cost_ms = 700 },
	};
	struct err why;
	struct plan p;

	plan_make(models, 3, &ram0, 1, &wanted, NOW, &p, &why);
	assert_int_equal(p.result, PLAN_EVICT);
	assert_int_equal(p.n_evict, 1);
	assert_int_equal(p.evict[0], 2);
	assert_int_equal(p.free, 6 * UNIT);
	assert_string_equal(why.text, "needs 120 MB, 60 free on ram0");
	plan_release(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_walk),
	};

	return RUN_TESTS(tests);
}
