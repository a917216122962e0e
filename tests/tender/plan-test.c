#include "tests/test.h"

#include <stdlib.h>

#include "tender/tools/output.h"
#include "tender/tools/pick.h"
#include "tender/tools/plan.h"
#include "tender/tools/zone.h"

static json_t *date(const char *value, const char *zone)
{
	return json_pack("{s:s, s:s?, s:i, s:s, s:i}", "value", value, "timezone", zone, "page", 2, "quote", "so it is",
			 "confidence", 80);
}

static json_t *tender(const char *sha, const char *until)
{
	return json_pack("{s:{s:s}, s:{s:s}, s:{s:s}, s:o, s:o, s:n, s:o, s:o, s:{s:s, s:s, s:i, s:s, s:i}}",
			 "document", "sha256", sha, "title", "value", "Roof", "reference_number", "value", "R-7",
			 "issue_date", date("2027-01-04", NULL), "questions_deadline",
			 date("2027-02-20T12:00", "Pacific Time"), "participation_deadline", "submission_deadline",
			 date(until, "Pacific Time"), "binding_until", date("P2M", NULL), "contract_duration", "start",
			 "2027-07", "end", "2029-06-30", "page", 3, "quote", "from July", "confidence", 70);
}

static const json_t *find(const json_t *list, const char *key, const char *word)
{
	json_t *one;
	size_t i;

	json_array_foreach (list, i, one) {
		if (streq(pick_word(one, key), word))
			return one;
	}
	return NULL;
}

static void dates_come_in_order(void **state UNUSED)
{
	static const char *const want[] = { "issue_date",    "submission_deadline", "questions_deadline",
					    "binding_until", "contract_start",      "contract_end" };
	json_t *r = tender("00", "2027-02-19T14:00"), *dates = plan_dates(r);

	assert_int_equal(json_array_size(dates), N_ELEMS(want));
	for (size_t i = 0; i < N_ELEMS(want); i++)
		assert_string_equal(pick_word(json_array_get(dates, i), "field"), want[i]);
	assert_string_equal(pick_word(find(dates, "field", "binding_until"), "value"), "2027-04-19");
	assert_true(json_is_true(json_object_get(find(dates, "field", "binding_until"), "computed")));
	json_decref(dates);
	json_decref(r);
}

static void what_cannot_be_is_found(void **state UNUSED)
{
	json_t *r = tender("00", "2027-02-20T11:00"), *dates = plan_dates(r), *found = plan_check(dates, "2027-02-20");
	const json_t *order = find(found, "kind", "order");

	assert_non_null(order);
	assert_string_equal(json_string_value(json_array_get(json_object_get(order, "fields"), 0)),
			    "questions_deadline");
	assert_non_null(find(found, "kind", "weekend"));
	assert_null(find(found, "kind", "past")); /* the day itself is not over */
	assert_int_equal(pick_number(find(dates, "field", "submission_deadline"), "days_left"), 0);
	assert_true(json_is_null(json_object_get(find(dates, "field", "contract_start"), "days_left")));
	json_decref(found);
	found = plan_check(dates, "2027-02-21");
	assert_non_null(find(found, "kind", "past"));
	assert_int_equal(pick_number(find(dates, "field", "submission_deadline"), "days_left"), -1);
	json_decref(found);
	json_decref(dates);
	json_decref(r);
}

static void silence_is_a_finding(void **state UNUSED)
{
	json_t *r = json_object(), *dates = plan_dates(r), *found = plan_check(dates, "2027-02-20");

	assert_int_equal(json_array_size(dates), 0);
	assert_non_null(find(found, "kind", "missing"));
	json_decref(found);
	json_decref(dates);
	json_decref(r);
}

/* The value of the property behind name in the first event that has the field in its UID. */
static char *event_line(const char *ics, const char *field, const char *name)
{
	const char *uid = strstr(ics, field), *at = uid ? strstr(uid, name) : NULL;

	return at ? xstrndup(at, strcspn(at, "\r")) : NULL;
}

static void amended_dates_move_in_the_calendar(void **state UNUSED)
{
	json_t *older = tender("00", "2027-02-19T14:00"), *newer = tender("11", "2027-03-05T14:00");
	auto_buf a = BUF_INIT, b = BUF_INIT;
	char *line;
	size_t uid;

	ics_write(older, 1800000000000, &a);
	ics_write(newer, 1800000000000, &b);
	uid = (size_t)(strstr(buf_str(&a), "-submission_deadline@") - buf_str(&a));
	assert_true(uid > 20);
	assert_memory_equal(buf_str(&a) + uid - 16, strstr(buf_str(&b), "-submission_deadline@") - 16, 16);
	line = event_line(buf_str(&b), "-submission_deadline@", "DTSTART");
	assert_string_equal(line, "DTSTART;TZID=America/Los_Angeles:20270305T140000");
	free(line);
	line = event_line(buf_str(&b), "-binding_until@", "DTSTART");
	assert_string_equal(line, "DTSTART;VALUE=DATE:20270505");
	free(line);
	assert_null(strstr(buf_str(&b), "contract_start@")); /* a month has no day */
	assert_int_equal(strstr(buf_str(&b), "BEGIN:VTIMEZONE") - strstr(buf_str(&b), "CALSCALE:GREGORIAN"), 20);
	assert_null(strstr(strstr(buf_str(&b), "END:VTIMEZONE"), "BEGIN:VTIMEZONE"));
	json_decref(older);
	json_decref(newer);
}

static void reminders_stand_before_deadlines(void **state UNUSED)
{
	json_t *r = tender("00", "2027-02-19T14:00"), *dates = plan_dates(r), *days = json_pack("[i]", 14);
	auto_buf ics = BUF_INIT;
	int n = 0;

	ics_dates(r, dates, days, 1800000000000, &ics);
	for (const char *s = buf_str(&ics); (s = strstr(s, "TRIGGER:-P14D")); s++)
		n++;
	assert_int_equal(n, 2); /* questions and offers */
	assert_null(strstr(buf_str(&ics), "TRIGGER:-P7D"));
	json_decref(days);
	json_decref(dates);
	json_decref(r);
}

static void zones_are_those_that_are_certain(void **state UNUSED)
{
	auto_buf berlin = BUF_INIT;

	assert_string_equal(zone_find("Eastern Daylight Time")->id, "America/New_York");
	assert_string_equal(zone_find("EST")->id, "America/New_York");
	assert_string_equal(zone_find("MEZ")->id, "Europe/Berlin");
	assert_null(zone_find("UTC")->id);
	assert_null(zone_find("IST"));
	assert_null(zone_find("local time"));
	assert_null(zone_find("Ortszeit"));
	assert_null(zone_find("t"));
	zone_write(zone_find("CET"), &berlin);
	assert_string_equal(buf_str(&berlin),
			    "BEGIN:VTIMEZONE\r\nTZID:Europe/Berlin\r\nBEGIN:DAYLIGHT\r\nDTSTART:19960331T020000\r\n"
			    "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\n"
			    "TZNAME:CEST\r\nEND:DAYLIGHT\r\nBEGIN:STANDARD\r\nDTSTART:19961027T030000\r\n"
			    "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\n"
			    "TZNAME:CET\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dates_come_in_order),
		cmocka_unit_test(what_cannot_be_is_found),
		cmocka_unit_test(silence_is_a_finding),
		cmocka_unit_test(amended_dates_move_in_the_calendar),
		cmocka_unit_test(reminders_stand_before_deadlines),
		cmocka_unit_test(zones_are_those_that_are_certain),
	};

	return RUN_TESTS(tests);
}
