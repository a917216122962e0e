#include "tests/test.h"

#include "tender/text/money.h"

static void check(const char *text, bool decimal_comma, int64_t value, const char *currency)
{
	GArray *found = money_scan(text, decimal_comma);

	if (found->len != 1)
		fail_msg("%u amounts in '%s'", found->len, text);
	assert_int_equal(g_array_index(found, struct amount, 0).value, value);
	assert_string_equal(g_array_index(found, struct amount, 0).currency, currency);
	g_array_unref(found);
}

static void reads_english(void **state UNUSED)
{
	check("to be $100 million.", false, 100000000, "USD");
	check("up to $2 million for", false, 2000000, "USD");
	check("shall not exceed $240,000.", false, 240000, "USD");
	check("$1,234,567.89 in total", false, 1234567, "USD");
	check("$1.5M", false, 1500000, "USD");
	check("GBP 12,000", false, 12000, "GBP");
	check("Rs. 1,50,000/-", false, 150000, "INR");
	check("Rs. 20 Crores", false, 200000000, "INR");
	check("INR 10 lakhs", false, 1000000, "INR");
}

static void reads_german(void **state UNUSED)
{
	check("ca. 8,145 Mio. Euro (brutto)", true, 8145000, "EUR");
	check("310.000 EUR ohne", true, 310000, "EUR");
	check("1.234.567,89 €", true, 1234567, "EUR");
	check("2,0 Mio. Euro", true, 2000000, "EUR");
	check("500 T€", true, 500000, "EUR");
	check("CHF 12'500", true, 12500, "CHF");
}

static void reads_ranges_as_two(void **state UNUSED)
{
	GArray *found = money_scan("$10,000 - $25,000 USD", false);

	assert_int_equal(found->len, 2);
	assert_int_equal(g_array_index(found, struct amount, 0).value, 10000);
	assert_int_equal(g_array_index(found, struct amount, 1).value, 25000);
	g_array_unref(found);
}

static void takes_no_other_numbers(void **state UNUSED)
{
	GArray *found = money_scan("Section 3, page 12 of 40, 98 percent, call 555-0142", false);
	int64_t value;

	assert_int_equal(found->len, 0);
	g_array_unref(found);
	assert_true(money_number("20000000", false, &value));
	assert_int_equal(value, 20000000);
	assert_false(money_number("80 pieces", false, &value));
	assert_false(money_number("", false, &value));
}

static void refuses_more_than_fits(void **state UNUSED)
{
	GArray *found = money_scan("$99999999999999999999999999 billion", false);

	assert_int_equal(found->len, 0);
	g_array_unref(found);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_english),          cmocka_unit_test(reads_german),
		cmocka_unit_test(reads_ranges_as_two),    cmocka_unit_test(takes_no_other_numbers),
		cmocka_unit_test(refuses_more_than_fits),
	};

	return RUN_TESTS(tests);
}
