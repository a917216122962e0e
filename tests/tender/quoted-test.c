#include "tests/test.h"

#include "tests/tender/small.h"
#include "tender/ask/quoted.h"

/* What is read of quote when a model says value: the keys of the fact, or "null" where the quote does not say it. */
struct said {
	const char *value, *quote, *want;
};

static int wrong(json_t *(*read)(const struct quoted *q), const char *keys, const struct said *cases, size_t n)
{
	gchar **names = g_strsplit(keys, " ", -1);
	struct doc d = { .day_first = true, .language = LANG_DE };
	int n_wrong = 0;

	for (size_t i = 0; i < n; i++) {
		json_t *fact = read(&(struct quoted){ &d, cases[i].value, cases[i].quote });
		auto_free char *got = fact ? small_shown(fact, (const char *const *)names) : g_strdup("null");

		if (!streq(got, cases[i].want)) {
			n_wrong++;
			print_error("'%s' in '%s' is %s, not %s\n", cases[i].value, cases[i].quote, got, cases[i].want);
		}
		json_decref(fact);
	}
	g_strfreev(names);
	return n_wrong;
}
#define WRONG(read, keys, cases) wrong(read, keys, cases, N_ELEMS(cases))

static void reads_names(void **state UNUSED)
{
	static const struct said cases[] = {
		{ "Stadt Hallbergen", "Auftraggeber ist die Stadt Hallbergen.", "Stadt Hallbergen" },
		{ "Stadt  Hallbergen", "die Stadt\nHallbergen", "Stadt\nHallbergen" },
		{ "Hallberg", "die Stadt Hallbergen", "null" },
		{ "stadt", "die Kreisstadt", "null" },
		{ "Stadt Neuhall", "die Stadt Hallbergen", "null" },
		{ "...", "die Stadt ...", "null" },
		{ "", "die Stadt", "null" },
	};

	assert_int_equal(WRONG(quoted_name, "value", cases), 0);
}

static void reads_numbers(void **state UNUSED)
{
	static const struct said cases[] = {
		{ "HBS-2027-0031", "Vergabenummer: HBS-2027-0031", "HBS-2027-0031" },
		{ "2027-0031", "Vergabenummer: HBS-2027-0031", "2027-0031" },
		{ "HBS-2027-003", "Vergabenummer: HBS-2027-0031", "null" },
		{ "Vergabenummer", "Vergabenummer: HBS-2027-0031", "null" },
	};

	assert_int_equal(WRONG(quoted_number, "value", cases), 0);
}

static void reads_days(void **state UNUSED)
{
	static const struct said cases[] = {
		{ "2027-02-19T11:00", "bis zum 19.02.2027, 11:00 Uhr", "2027-02-19T11:00" },
		{ "2027-02-19", "bis zum 19.02.2027, 11:00 Uhr", "2027-02-19T11:00" },
		{ "2027-02-19T12:00", "bis zum 19.02.2027, 11:00 Uhr", "null" },
		{ "2027-02", "bis zum 19.02.2027", "null" },
		{ "2027-03-01", "vom 19.02.2027 bis zum 01.03.2027", "2027-03-01" },
		{ "19.02.2027", "bis zum 19.02.2027", "null" },
		{ "2027-02-30", "bis zum 30.02.2027", "null" },
	};

	assert_int_equal(WRONG(quoted_day, "value", cases), 0);
	assert_int_equal(WRONG(quoted_binding, "value", cases), 0);
}

static void reads_lengths(void **state UNUSED)
{
	static const struct said bindings[] = {
		{ "90 days", "valid for ninety (90) days", "P90D" },
		{ "6 Wochen", "zwei Lose, sechs Wochen gebunden", "P6W" },
		{ "90 days", "valid for 90 weeks", "null" },
	};
	static const struct said durations[] = {
		{ "24 Monate", "Der Vertrag läuft 24 Monate.", "24 Monate, 24" },
		{ "two years", "six weeks to start, then two years", "two years, 24" },
		{ "24 months", "for two years", "null" },
		{ "lang", "lang", "null" },
	};

	assert_int_equal(WRONG(quoted_binding, "value", bindings), 0);
	assert_int_equal(WRONG(quoted_duration, "value months", durations), 0);
}

static void reads_money(void **state UNUSED)
{
	static const struct said cases[] = {
		{ "180000", "Es stehen 180.000 Euro bereit.", "180000, EUR" },
		{ "180", "Es stehen 180.000 Euro bereit.", "null" },
		{ "180.000", "Es stehen 180.000 Euro bereit.", "null" },
		{ "99999999999999999999999", "99999999999999999999999 Euro", "null" },
		{ "-5", "5 Euro", "null" },
		{ "", "0 Euro", "null" },
	};

	assert_int_equal(WRONG(quoted_money, "value currency", cases), 0);
}

static void reads_places(void **state UNUSED)
{
	static const struct said people[] = {
		{ "m.delgado@larkspur.example", "Maria Delgado, m.delgado@larkspur.example",
		  "Maria Delgado, m.delgado@larkspur.example" },
		{ "j.delgado@larkspur.example", "Maria Delgado, m.delgado@larkspur.example", "null" },
	};
	static const struct said ways[] = {
		{ "BIDS@larkspur.example", "Send it to bids@larkspur.example.", "email, bids@larkspur.example, null" },
		{ "https://bids.example/rfp", "Upload it at https://bids.example/rfp.",
		  "portal, null, https://bids.example/rfp" },
		{ "https://bids.example", "Upload it at https://bids.example/rfp.", "null" },
		{ "by hand", "by hand", "null" },
	};

	assert_int_equal(WRONG(quoted_person, "name email", people), 0);
	assert_int_equal(WRONG(quoted_way, "kind email portal", ways), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_names),   cmocka_unit_test(reads_numbers), cmocka_unit_test(reads_days),
		cmocka_unit_test(reads_lengths), cmocka_unit_test(reads_money),   cmocka_unit_test(reads_places),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
