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

static void reads_other_currencies(void **state UNUSED)
{
	check("SEK 1 200 000", false, 1200000, "SEK");
	check("KES 3.5 million", false, 3500000, "KES");
	check("Fr. 120'000.-", true, 120000, "CHF");
	check("CHF 1’200’000", true, 1200000, "CHF");
	check("NZ$450,000", false, 450000, "NZD");
	check("60 k€", true, 60000, "EUR");
}

static void range(const char *text, bool decimal_comma, int64_t low, int64_t high)
{
	GArray *found = money_scan(text, decimal_comma);

	if (found->len != 2)
		fail_msg("%u amounts in '%s'", found->len, text);
	assert_int_equal(g_array_index(found, struct amount, 0).value, low);
	assert_int_equal(g_array_index(found, struct amount, 1).value, high);
	assert_string_equal(g_array_index(found, struct amount, 0).currency,
			    g_array_index(found, struct amount, 1).currency);
	g_array_unref(found);
}

static void reads_ranges_as_two(void **state UNUSED)
{
	range("$10,000 - $25,000 USD", false, 10000, 25000);
	range("between 40.000 and 55.000 EUR", true, 40000, 55000);
	range("zwischen 40.000 Euro und 55.000 Euro", true, 40000, 55000);
	range("$3.1 to 3.4 million", false, 3100000, 3400000);
	range("mit 2,9 bis 3,3 Mio. EUR (netto)", true, 2900000, 3300000);
	range("£1 million to 2 million", false, 1000000, 2000000);
	check("in 2027 and 5.000 EUR then", true, 5000, "EUR");
	check("lots 3 and 5.000 EUR", true, 5000, "EUR");
	check("$45,000 and 12 months", false, 45000, "USD");
}

static void reads_units_of_labels(void **state UNUSED)
{
	char currency[4];
	int64_t value;

	assert_int_equal(money_unit("Estimated cost (Rs. in lakhs)", currency), 5);
	assert_string_equal(currency, "INR");
	assert_int_equal(money_unit("Auftragswert in TEUR", currency), 3);
	assert_string_equal(currency, "EUR");
	assert_int_equal(money_unit("Estimated value", currency), 0);
	assert_string_equal(currency, "");
	assert_true(money_number("45.20", false, 5, &value));
	assert_int_equal(value, 4520000);
}

static void takes_no_other_numbers(void **state UNUSED)
{
	GArray *found = money_scan("Section 3, page 12 of 40, 98 percent, call 555-0142", false);
	int64_t value;

	assert_int_equal(found->len, 0);
	g_array_unref(found);
	assert_true(money_number("20000000", false, 0, &value));
	assert_int_equal(value, 20000000);
	assert_false(money_number("80 pieces", false, 0, &value));
	assert_false(money_number("", false, 0, &value));
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
		cmocka_unit_test(refuses_more_than_fits), cmocka_unit_test(reads_other_currencies),
		cmocka_unit_test(reads_units_of_labels),
	};

	return RUN_TESTS(tests);
}
