#include "tests/test.h"

#include "tender/text/dates.h"
#include "tender/text/pattern.h"
#include "tender/text/periods.h"

static void check(const char *text, bool day_first, const char *value, const char *zone)
{
	GArray *found = dates_scan(text, day_first);
	char out[DATE_TEXT_BYTES];

	if (found->len != 1)
		fail_msg("%u dates in '%s'", found->len, text);
	assert_string_equal(date_format(&g_array_index(found, struct date, 0), out), value);
	assert_string_equal(g_array_index(found, struct date, 0).zone, zone);
	g_array_unref(found);
}

static void reads_english(void **state UNUSED)
{
	check("Quotes are due by 5:00 p.m. EDT, Friday, August 24, 2018, by", false, "2018-08-24T17:00", "EDT");
	check("April 1, 2019 at noon eastern", false, "2019-04-01T12:00", "eastern");
	check("8/16/2024 – 3:59PM PST", false, "2024-08-16T15:59", "PST");
	check("08 March 2016 at 1700 hrs.", false, "2016-03-08T17:00", "");
	check("18.11.2016 (Friday) upto 15.00 Hrs", false, "2016-11-18T15:00", "");
	check("Thursday, September 26, 2024 4PM PT", false, "2024-09-26T16:00", "PT");
	check("the 3rd of May, 2027", false, "2027-05-03", "");
	check("January 11, 2027", false, "2027-01-11", "");
	check("2027-01-11T09:30", false, "2027-01-11T09:30", "");
	check("midnight on 1 June 2027", false, "2027-06-01T24:00", "");
}

static void reads_zones_and_words(void **state UNUSED)
{
	check("7 May 2027, 18:00 EAT", false, "2027-05-07T18:00", "EAT");
	check("4 June 2027, 16:00 Irish time", false, "2027-06-04T16:00", "Irish time");
	check("March 26, 2027, 12:00 noon Central Time", false, "2027-03-26T12:00", "Central Time");
	check("Friday 19-Mar-27 not later than 2 p.m.", false, "2027-03-19T14:00", "");
	check("03-19-2027", false, "2027-03-19", "");
	check("03-04-2027", false, "2027-04-03", "");
	check("2. Juli 2027, 10:00 Uhr MESZ", true, "2027-07-02T10:00", "MESZ");
}

static void reads_a_time_alone(void **state UNUSED)
{
	struct date d = { .hour = -1 };

	assert_true(dates_clock("15:00 Uhr", &d));
	assert_int_equal(d.hour, 15);
	assert_true(dates_clock("by 11:59 p.m. PT", &d));
	assert_int_equal(d.hour * 60 + d.minute, 23 * 60 + 59);
	assert_false(dates_clock("Room 204", &d));
	assert_false(dates_clock("10:00 AM, Council Annex", &d));
}

static struct pattern period = { "\\b" PERIOD, 0, NULL, NULL };

static void check_period(const char *text, const char *value, int months)
{
	GMatchInfo *m = pattern_find(&period, text, 0);
	char out[PERIOD_TEXT_BYTES];
	struct period p;

	if (!m || !period_take(m, &p))
		fail_msg("no period in '%s'", text);
	assert_string_equal(period_format(&p, out), value);
	assert_int_equal(period_months(&p), months);
	g_match_info_free(m);
}

static void reads_periods(void **state UNUSED)
{
	check_period("for ninety (90) days", "P90D", 0);
	check_period("twenty-four months", "P24M", 24);
	check_period("one hundred eighty calendar days", "P180D", 0);
	check_period("two additional years", "P2Y", 24);
	check_period("f\xC3\xBCnf Jahren", "P5Y", 60);
	check_period("einem Monat", "P1M", 1);
	check_period("6 weeks", "P6W", 0);
}

static void reads_german(void **state UNUSED)
{
	check("bis zum 20.05.2025, 11.00 Uhr, elektronisch", true, "2025-05-20T11:00", "");
	check("am 15.07.2025 um 09:00 Uhr", true, "2025-07-15T09:00", "");
	check("3. März 2027", true, "2027-03-03", "");
	check("1. Dezember 2027, 9 Uhr", true, "2027-12-01T09:00", "");
	check("14/07/2025 09:45 +02:00", true, "2025-07-14T09:45", "+02:00");
}

static void knows_the_order_of_day_and_month(void **state UNUSED)
{
	check("03/04/2025", true, "2025-04-03", "");
	check("03/04/2025", false, "2025-03-04", "");
	check("25/04/2025", false, "2025-04-25", "");
	check("04/25/2025", true, "2025-04-25", "");
	check("05/05/2025", false, "2025-05-05", "");
}

static void takes_no_other_numbers(void **state UNUSED)
{
	static const char *const none[] = { "Section 3.1.2", "31.02.2025",     "2025/058", "Tel. 0731 12.05.20256",
					    "13/13/2025",    "version 1.10.4", "§ 17 VgV", "May 2027" };

	for (size_t i = 0; i < N_ELEMS(none); i++) {
		GArray *found = dates_scan(none[i], true);

		if (found->len)
			fail_msg("a date in '%s'", none[i]);
		g_array_unref(found);
	}
}

static void keeps_times_of_others_apart(void **state UNUSED)
{
	GArray *found = dates_scan("Opening on 4 May 2027. The office closes at 17:00", false);

	assert_int_equal(found->len, 1);
	assert_int_equal(g_array_index(found, struct date, 0).hour, -1);
	g_array_unref(found);
}

static void check_bare(const char *text, struct date after, const char *value)
{
	GArray *all = dates_scan_bare(text, &after);
	char out[DATE_TEXT_BYTES];

	assert_int_equal(all->len, 1);
	assert_string_equal(date_format(&g_array_index(all, struct date, 0), out), value);
	g_array_unref(all);
}

static void finds_the_year_of_a_day(void **state UNUSED)
{
	struct date autumn = { .year = 2027, .month = 11, .day = 2 }, summer = { .year = 2028, .month = 6, .day = 1 };

	check_bare("Bids are open until 1 November.", autumn, "2028-11-01");
	check_bare("Bids are open until 2 November.", autumn, "2027-11-02");
	check_bare("Bids are open until the end of November.", autumn, "2027-11-30");
	check_bare("Bids are open until the end of February.", autumn, "2028-02-29");
	check_bare("Bids are open until the end of February.", summer, "2029-02-28");
}

static void gives_utc_only_with_an_offset(void **state UNUSED)
{
	GArray *found = dates_scan("14/07/2025 00:45 +02:00 and 4 May 2027, 5 p.m. PT", true);
	char out[DATE_TEXT_BYTES];

	assert_int_equal(found->len, 2);
	assert_true(date_utc(&g_array_index(found, struct date, 0), out));
	assert_string_equal(out, "2025-07-13T22:45:00Z");
	assert_false(date_utc(&g_array_index(found, struct date, 1), out));
	g_array_unref(found);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_english),
		cmocka_unit_test(reads_zones_and_words),
		cmocka_unit_test(reads_a_time_alone),
		cmocka_unit_test(reads_periods),
		cmocka_unit_test(reads_german),
		cmocka_unit_test(knows_the_order_of_day_and_month),
		cmocka_unit_test(takes_no_other_numbers),
		cmocka_unit_test(keeps_times_of_others_apart),
		cmocka_unit_test(finds_the_year_of_a_day),
		cmocka_unit_test(gives_utc_only_with_an_offset),
	};

	return RUN_TESTS(tests);
}
