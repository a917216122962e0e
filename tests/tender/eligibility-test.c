#include "tests/test.h"

#include <stdlib.h>

#include "tender/tools/eligibility.h"
#include "tender/tools/pick.h"
#include "tender/text/quantity.h"

static const char profile_text[] =
	"{\"name\": \"Nordwind\", \"founded\": 2020, \"employees\": 12,"
	" \"turnover\": [{\"year\": 2026, \"value\": 3000000, \"currency\": \"EUR\"},"
	"  {\"year\": 2025, \"value\": 2000000, \"currency\": \"EUR\"}, {\"year\": 2024, \"value\": 1000000, \"currency\": \"EUR\"}],"
	" \"certificates\": [{\"name\": \"ISO/IEC 27001:2022\", \"valid_until\": \"2028-01-01\"},"
	"  {\"name\": \"ISO 9001\", \"valid_until\": \"2027-01-01\"}],"
	" \"references\": [{\"title\": \"Primary schools\", \"kind\": \"Schulreinigung\", \"year\": 2026, \"value\": 90000,"
	"  \"currency\": \"EUR\"}, {\"title\": \"Town hall\", \"kind\": \"Unterhaltsreinigung\", \"year\": 2021}],"
	" \"insurance\": [{\"kind\": \"Public liability\", \"sum\": 5000000, \"currency\": \"GBP\"},"
	"  {\"kind\": \"Betriebshaftpflicht\", \"sum\": 3000000, \"currency\": \"EUR\"}],"
	" \"registers\": [{\"name\": \"Handelsregister\", \"number\": \"HRB 7\"}, {\"name\": \"Board of Pumps\"}],"
	" \"languages\": [\"de\", \"English\"], \"exclusion_grounds\": []}";

static json_t *checked(const json_t *profile, const char *text)
{
	json_t *conditions =
		json_pack("[{s:s, s:i, s:s, s:i}]", "text", text, "page", 3, "quote", text, "confidence", 80);
	json_t *list = eligibility_check(conditions, profile, "2027-03-01", false);

	json_decref(conditions);
	return list;
}

static void is(const char *status, const char *text)
{
	json_t *profile = json_loads(profile_text, 0, NULL), *list = checked(profile, text), *nothing = json_object();
	json_t *silent = checked(nothing, text);

	if (!streq(pick_word(json_array_get(list, 0), "status"), status))
		fail_msg("%s: not %s", json_dumps(list, 0), status);
	/* who says nothing is neither in nor out */
	assert_string_equal(pick_word(json_array_get(silent, 0), "status"), "unknown");
	json_decref(silent);
	json_decref(nothing);
	json_decref(list);
	json_decref(profile);
}

static void numbers_are_read(void **state UNUSED)
{
	assert_int_equal(quantity_of("at least three (3) client references", "references"), 3);
	assert_int_equal(quantity_of("Angabe von mind. 3 Referenzen", "referenzen"), 3);
	assert_int_equal(quantity_of("Zwei Referenzprojekte", "\\p{L}*projekt"), 2);
	assert_int_equal(quantity_of("1,500 employees", "employees"), 1500);
	assert_int_equal(quantity_of("references are welcome", "references"), 0);
	assert_int_equal(quantity_years("in the last three financial years", 2027), 3);
	assert_int_equal(quantity_years("aus den letzten 10 Jahren", 2027), 10);
	assert_int_equal(quantity_years("im Mittel der letzten drei Geschäftsjahre", 2027), 3);
	assert_int_equal(quantity_years("seit dem 01.01.2016", 2027), 11);
	assert_int_equal(quantity_years("since Monday", 2027), 0);
}

static void turnover_is_held_against_sums(void **state UNUSED)
{
	is("met", "An annual turnover of at least EUR 1,000,000 in each of the last three years");
	is("not_met", "An annual turnover of at least EUR 2,000,000 in each of the last three years");
	is("met", "Jahresumsatz von 2.000.000 EUR im Mittel der letzten drei Geschäftsjahre");
	is("not_met", "Jahresumsatz von 2.500.000 EUR im Mittel der letzten drei Geschäftsjahre");
	is("unknown", "Turnover of $1,000,000 in the last two years");
	is("unknown", "Turnover of EUR 1,000,000 in each of the last five years");
	is("met", "Erklärung über den Gesamtumsatz der letzten drei Geschäftsjahre");
	is("unknown", "An annual turnover of EUR 1,500,000 for one lot and EUR 9,000,000 for two");
	is("unknown",
	   "A total turnover of EUR 4,000,000 for one lot and EUR 9,000,000 for two in the last three years");
	is("not_met",
	   "An average turnover of EUR 2,500,000 for one lot and EUR 9,000,000 for two in the last three years");
	is("unknown", "The turnover in each of the last two years was at least twice the value of the lots.");
}

static void insurance_is_held_kind_by_kind(void **state UNUSED)
{
	is("met", "Es besteht eine Betriebshaftpflichtversicherung über 2 Mio. Euro.");
	is("not_met", "Es besteht eine Betriebshaftpflichtversicherung über 4 Mio. Euro.");
	is("met", "The tenderer has public liability insurance of £5 million.");
	is("not_met",
	   "The tenderer has employer's liability insurance of £10 million and public liability insurance of £5 million.");
	is("unknown", "The tenderer has employer's liability insurance of £10 million, or undertakes to obtain it.");
	is("unknown", "Public liability £6 million, or an undertaking to obtain it");
	is("met", "Public Liability £5 million");
	is("unknown", "Betriebshaftpflichtversicherung über 5 Mio. CHF");
}

static void references_are_counted(void **state UNUSED)
{
	is("met", "eine Referenz über die Reinigung von Schulen aus den letzten drei Jahren");
	is("not_met", "drei Referenzen über die Reinigung von Schulen aus den letzten drei Jahren");
	is("unknown", "eine Referenz über Wasserwerke seit 2020");
	is("not_met",
	   "eine Referenz über Reinigung mit mindestens 100.000 EUR Auftragswert aus den letzten drei Jahren");
}

static void proofs_are_looked_up(void **state UNUSED)
{
	is("met", "The bidder must hold ISO 27001 certification.");
	is("not_met", "The bidder must hold ISO 9001 certification."); /* it has expired */
	is("not_met", "The bidder must hold a SOC 2 Type II report.");
	is("unknown", "The bidder must hold ISO 14001 certification or equivalent.");
	is("met", "DIN EN ISO 27001 oder BSI C5");
	is("met", "Nachweis der Eintragung in ein Berufs- oder Handelsregister");
	is("not_met", "Nachweis der Eintragung in die Handwerksrolle");
	is("met", "Registration with the Board of Pumps is required.");
	is("unknown", "The bidder should be a company registered in India.");
	is("unknown", "The bidder must be licensed to do business in the State of Cascadia.");
}

static void other_kinds(void **state UNUSED)
{
	is("met", "The bidder has at least 10 employees.");
	is("not_met", "mindestens 20 Mitarbeiter");
	is("not_met", "Der Bieter beschäftigt mindestens 20 fest angestellte Beraterinnen.");
	is("unknown", "Two projects at organisations having not less than 10,000 employees each");
	is("unknown", "Minimum 6 permanent experts");
	is("met", "Entities subject to EU restrictive measures may not take part.");
	is("met", "Ausschlussgründe nach §§ 123, 124 GWB dürfen nicht vorliegen.");
	is("not_met", "The bidder has been in business for at least ten years.");
	is("unknown", "The bidder has five years of experience with pipes.");
	is("met", "Staff are fluent in German and English.");
	is("not_met", "Staff are fluent in French.");
	is("unknown", "The bidder owns a stockpile near the yard.");
}

static void decision_is(const char *want, const char *a, const char *b)
{
	json_t *profile = json_loads(profile_text, 0, NULL);
	json_t *list = checked(profile, a), *second = checked(profile, b), *decision;

	json_array_extend(list, second);
	decision = eligibility_decide(list);
	assert_string_equal(pick_word(decision, "decision"), want);
	if (!streq(want, "go"))
		assert_non_null(
			strstr(json_string_value(json_array_get(json_object_get(decision, "reasons"), 0)), "Page 3"));
	json_decref(decision);
	json_decref(second);
	json_decref(list);
	json_decref(profile);
}

static void the_worst_condition_decides(void **state UNUSED)
{
	json_t *none = json_array(), *decision = eligibility_decide(none);

	assert_string_equal(pick_word(decision, "decision"), "unclear");
	decision_is("go", "The bidder has 10 employees.", "The bidder must hold ISO 27001.");
	decision_is("unclear", "The bidder has 10 employees.", "The bidder owns a stockpile near the yard.");
	decision_is("no-go", "The bidder owns a stockpile near the yard.", "The bidder has 20 employees.");
	decision_is("go", "ISO 14001 certification is preferred.", "The bidder has 10 employees.");
	json_decref(decision);
	json_decref(none);
}

static void evidence_names_the_keys(void **state UNUSED)
{
	json_t *profile = json_loads(profile_text, 0, NULL),
	       *list = checked(profile, "The bidder must hold ISO 27001.");
	const json_t *check = json_array_get(json_object_get(json_array_get(list, 0), "checks"), 0);
	const json_t *used = json_array_get(json_object_get(check, "profile"), 0);

	assert_string_equal(pick_word(used, "key"), "/certificates/0");
	assert_string_equal(pick_word(json_object_get(used, "value"), "name"), "ISO/IEC 27001:2022");
	json_decref(list);
	json_decref(profile);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_read),
		cmocka_unit_test(turnover_is_held_against_sums),
		cmocka_unit_test(insurance_is_held_kind_by_kind),
		cmocka_unit_test(references_are_counted),
		cmocka_unit_test(proofs_are_looked_up),
		cmocka_unit_test(other_kinds),
		cmocka_unit_test(the_worst_condition_decides),
		cmocka_unit_test(evidence_names_the_keys),
	};

	return RUN_TESTS(tests);
}
