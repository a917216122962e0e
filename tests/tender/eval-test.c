#include "tests/test.h"

#include <math.h>
#include <stdlib.h>

#include "eval/figures.h"
#include "eval/fold.h"
#include "eval/same.h"
#include "eval/score.h"
#include "eval/words.h"

static void compares_without_case_spaces_and_punctuation(void **state UNUSED)
{
	assert_true(words_same("E-PAYMENT Gateway", "e payment gate-way"));
	assert_true(words_same("Straße 5", "STRASSE 5"));
	assert_true(words_same("of\xEF\xAC\x81"
			       "ce",
			       "office"));
	assert_false(words_same("Lot 1", "Lot 2"));
	assert_false(words_same("--", "..."));
	assert_false(words_same("", ""));
}

static double overlap(const char *a, const char *b)
{
	GArray *one = words_split(a), *other = words_split(b);
	double got = words_overlap(one, other);

	g_array_unref(one);
	g_array_unref(other);
	return got;
}

static void near(double got, double want)
{
	if (fabs(got - want) > 0.0005)
		fail_msg("%f is not %f", got, want);
}

static void measures_overlap_in_words_and_order(void **state UNUSED)
{
	near(overlap("The bidder must sign.", "the Bidder MUST sign"), 1);
	near(overlap("a b c d", "a b x d"), 0.75);
	near(overlap("a b c d", "d c b a"), 0.25);
	near(overlap("a b", "a b c d e f"), 0.5);
	near(overlap("Doku-\nmente vorlegen", "Dokumente vorlegen"), 1);
	near(overlap("yes/no", "yes no"), 1);
	near(overlap("- (a) item", "a item"), 1);
	near(overlap("", "a"), 0);
}

static void share_is(const char *a, const char *b, double want)
{
	GArray *one = words_split(a), *other = words_split(b);

	near(words_share(one, other), want);
	g_array_unref(one);
	g_array_unref(other);
}

static void measures_what_stands_in_another(void **state UNUSED)
{
	share_is("b c", "a b c d", 1);
	share_is("a b c d", "b c", 0.5);
	share_is("", "b c", 0);
}

/* Known values: Wilson's interval as tables of it have it. */
static void gives_wilsons_interval(void **state UNUSED)
{
	struct interval i = figures_wilson(0, 10);

	near(i.low, 0);
	near(i.high, 0.2775);
	i = figures_wilson(10, 500);
	near(i.low, 0.0109);
	near(i.high, 0.0364);
	i = figures_wilson(5, 10);
	near(i.low, 0.2366);
	near(i.high, 0.7634);
	i = figures_wilson(0, 0);
	near(i.low, 0);
	near(i.high, 1);
}

static void weighs_the_distance_by_values(void **state UNUSED)
{
	struct reliability r = { 0 };

	near(reliability_error(&r), 0);
	for (int i = 0; i < 10; i++)
		reliability_count(&r, 80, i < 8);
	near(reliability_error(&r), 0);
	for (int i = 0; i < 10; i++)
		reliability_count(&r, 100, i < 5);
	near(reliability_error(&r), 0.25);
	assert_int_equal(r.bins[9].n, 10);
	assert_int_equal(r.bins[8].n, 10);
	reliability_count(&r, 0, false);
	assert_int_equal(r.bins[0].n, 1);
}

static void counts_precision_and_recall(void **state UNUSED)
{
	struct tally t = { .labels = 10, .answers = 8, .right = 6 }, none = { 0 };

	near(tally_precision(&t), 0.75);
	near(tally_recall(&t), 0.6);
	near(tally_f1(&t), 2 * 0.75 * 0.6 / (0.75 + 0.6));
	near(tally_precision(&none), -1);
	near(tally_recall(&none), -1);
	near(tally_f1(&none), -1);
}

static void keeps_a_document_in_one_fold(void **state UNUSED)
{
	int n[N_FOLDS] = { 0 };

	assert_int_equal(fold_of("tender.pdf"), fold_of("tender.zip"));
	assert_int_equal(fold_of("tender"), fold_of("tender.pdf"));
	for (int i = 0; i < 200; i++) {
		auto_free char *name = xasprintf("document-%d.pdf", i);

		n[fold_of(name)]++;
	}
	assert_in_range(n[FOLD_FIT], 70, 130);
	assert_int_equal(fold_find("report"), FOLD_REPORT);
	assert_int_equal(fold_find("all"), N_FOLDS);
}

static void takes_the_fold_that_a_label_names(void **state UNUSED)
{
	json_t *label = json_pack("{s:s, s:s}", "file", "a.pdf", "family", "tender");

	assert_int_equal(fold_of_label(label), fold_of("tender"));
	json_object_set_new(label, "fold", json_string("report"));
	assert_int_equal(fold_of_label(label), FOLD_REPORT);
	json_object_set_new(label, "fold", json_string("fit"));
	assert_int_equal(fold_of_label(label), FOLD_FIT);
	json_decref(label);
}

/* Two texts of JSON, and how they compare. */
static bool same(bool (*fn)(const json_t *, const json_t *), const char *label, const char *answer)
{
	json_t *one = json_loads(label, 0, NULL), *other = json_loads(answer, 0, NULL);
	bool got;

	assert_non_null(one);
	assert_non_null(other);
	got = fn(one, other);
	json_decref(one);
	json_decref(other);
	return got;
}

static void compares_dates_to_the_minute(void **state UNUSED)
{
	assert_true(same(same_date, "{\"value\": \"2026-01-09T11:00:00\"}", "{\"value\": \"2026-01-09T11:00\"}"));
	assert_true(same(same_date, "{\"value\": \"2027-03-31T24:00\"}", "{\"value\": \"2027-04-01T00:00\"}"));
	assert_false(same(same_date, "{\"value\": \"2026-01-09T11:00\"}", "{\"value\": \"2026-01-09T11:01\"}"));
	assert_false(same(same_date, "{\"value\": \"2026-01-09T11:00\"}", "{\"value\": \"2026-01-09\"}"));
	assert_false(same(same_date, "{\"value\": \"2026-01-09\"}", "{\"value\": \"2026-01-09T00:00\"}"));
	assert_true(same(same_date, "{\"value\": \"2026-01-09\", \"accept\": [\"2026-01-10\"]}",
			 "{\"value\": \"2026-01-10\"}"));
	assert_true(same(same_period, "{\"value\": \"P90D\"}", "{\"value\": \"P90D\"}"));
	assert_false(same(same_period, "{\"value\": \"P90D\"}", "{\"value\": \"2027-01-01\"}"));
}

static void compares_amounts_and_durations(void **state UNUSED)
{
	assert_true(same(same_money, "{\"value\": 5, \"currency\": null}", "{\"value\": 5, \"currency\": \"EUR\"}"));
	assert_false(
		same(same_money, "{\"value\": 5, \"currency\": \"USD\"}", "{\"value\": 5, \"currency\": \"EUR\"}"));
	assert_false(same(same_money, "{\"value\": 5, \"minimum\": 1}", "{\"value\": 5}"));
	assert_true(same(same_duration, "{\"months\": 12}", "{\"months\": 12, \"option_months\": 24}"));
	assert_false(same(same_duration, "{\"months\": 12, \"option_months\": 12}", "{\"months\": 12}"));
	assert_true(same(same_duration, "{\"months\": null, \"start\": \"2025-07\"}", "{\"start\": \"2025-07-01\"}"));
	assert_false(
		same(same_duration, "{\"start\": \"2025-07\", \"end\": \"2025-09\"}", "{\"start\": \"2025-07-01\"}"));
	assert_true(same(same_options, "{\"months\": 24}", "{\"months\": 24, \"count\": 2}"));
	assert_false(same(same_options, "{\"count\": 2}", "{\"months\": 24}"));
	assert_true(same(same_procedure, "{\"value\": \"a\", \"type\": \"open\"}",
			 "{\"value\": \"b\", \"type\": \"open\"}"));
	assert_false(same(same_procedure, "{\"value\": \"a\"}", "{\"value\": \"b\", \"type\": \"open\"}"));
}

static void compares_ways_and_people(void **state UNUSED)
{
	assert_true(same(same_submission, "{\"kind\": \"portal\", \"portal\": \"https://www.x.example/E1/\"}",
			 "{\"kind\": \"portal\", \"portal\": \"x.example/E1\"}"));
	assert_false(same(same_submission, "{\"kind\": \"portal\", \"portal\": \"x.example/E1\"}",
			  "{\"kind\": \"portal\"}"));
	assert_false(same(same_submission, "{\"kind\": \"email\", \"email\": \"a@x.example\"}",
			  "{\"kind\": \"portal\", \"email\": \"a@x.example\"}"));
	assert_true(same(same_submission,
			 "{\"kind\": \"physical\", \"address\": \"Town Hall, 1 High Street (page 3)\"}",
			 "{\"kind\": \"physical\", \"address\": \"1 High Street, Town Hall, Wexmoor\"}"));
	assert_true(same_phone("+49 8179 555-310", "08179 555 310"));
	assert_true(same_phone("022-6164 8635, 022-6164 8652", "022-6164 8652"));
	assert_false(same_phone("+49 8179 555-310", "310"));
	assert_true(same_person("Frau Katrin Seidel", "Katrin Seidel"));
	assert_false(same_person("Katrin Seidel", "Seidel"));
}

static int count(const struct score *s, const char *field, enum outcome outcome)
{
	int n = 0;

	for (unsigned i = 0; i < s->verdicts->len; i++) {
		const struct verdict *v = s->verdicts->pdata[i];

		n += streq(v->field, field) && v->outcome == outcome;
	}
	return n;
}

static struct score *judge(json_t **label, const char *labelled, const char *answered)
{
	struct score *s = score_new();
	json_t *result = json_loads(answered, 0, NULL);
	json_t *answer = json_pack("{s:{s:o}}", "result", "structuredContent", result);

	*label = json_loads(labelled, 0, NULL);
	assert_non_null(*label);
	assert_non_null(answer);
	score_document(s, *label, answer);
	json_decref(answer);
	return s;
}

static void judges_a_document(void **state UNUSED)
{
	json_t *label;
	struct score *s = judge(
		&label,
		"{\"file\": \"a.pdf\", \"title\": {\"value\": \"Roads\"}, \"issuer\": null, \"budget\": {\"value\": 7},"
		" \"page_limit\": null, \"issue_date\": {\"value\": \"2027-01-01\"},"
		" \"contact\": {\"name\": \"A B\", \"email\": \"a@b.example\", \"phone\": null},"
		" \"requirements\": [{\"text\": \"The bidder must sign the offer.\", \"page\": 2, \"level\": \"must\", \"category\": \"procedure\"},"
		" {\"text\": \"The system must be blue all day.\", \"page\": 3, \"level\": \"must\"}],"
		" \"evaluation_criteria\": {\"items\": [{\"name\": \"Price\", \"weight\": 60}, {\"name\": \"Quality\", \"weight\": 40,"
		" \"items\": [{\"name\": \"Team\", \"weight\": 40}]}]}}",
		"{\"confidence\": 81, \"title\": {\"value\": \"ROADS\", \"confidence\": 90, \"page\": 1},"
		" \"issuer\": {\"value\": \"Nobody\", \"confidence\": 85}, \"budget\": {\"value\": 8}, \"issue_date\": null,"
		" \"reference_number\": {\"value\": \"not labelled\"},"
		" \"contact\": {\"name\": \"C D\", \"email\": \"a@b.example\", \"phone\": \"1234567\"},"
		" \"requirements\": [{\"text\": \"The bidder must sign the offer\", \"page\": 2, \"level\": \"should\", \"category\": \"procedure\"},"
		" {\"text\": \"The system must be blue all day.\", \"page\": 4, \"level\": \"must\"}],"
		" \"evaluation_criteria\": {\"confidence\": 70, \"items\": [{\"name\": \"1.1 Price\", \"weight\": 60}, {\"name\": \"Quality\", \"weight\": 50},"
		" {\"name\": \"Team\", \"weight\": 40}]}}");

	assert_int_equal(count(s, "title", RIGHT), 1);
	assert_int_equal(count(s, "issuer", INVENTED), 1);
	assert_int_equal(count(s, "budget", OTHER), 1);
	assert_int_equal(count(s, "issue_date", MISSED), 1);
	assert_int_equal(count(s, "reference_number", INVENTED), 0);
	assert_int_equal(count(s, "contact", RIGHT), 1);
	assert_int_equal(count(s, "contact", OTHER), 1);
	assert_int_equal(count(s, "contact", INVENTED), 1);
	assert_int_equal(count(s, "requirements", RIGHT), 1);
	assert_int_equal(count(s, "requirements", MISSED), 1);
	assert_int_equal(count(s, "requirements", INVENTED), 1);
	assert_int_equal(count(s, "level", OTHER), 1);
	assert_int_equal(count(s, "category", RIGHT), 1);
	assert_int_equal(count(s, "evaluation_criteria", RIGHT), 2);
	assert_int_equal(count(s, "evaluation_criteria", MISSED), 1);
	assert_int_equal(count(s, "evaluation_criteria", INVENTED), 1);
	score_free(s);
	json_decref(label);
}

static void takes_a_sample_for_recall_alone(void **state UNUSED)
{
	json_t *label;
	struct score *s = judge(
		&label,
		"{\"file\": \"a.pdf\", \"requirements_sample\": [{\"text\": \"must be blue and be so on all days\", \"page\": 3}]}",
		"{\"requirements\": [{\"text\": \"Further, the system must be blue and be so on all days of the year.\", \"page\": 3},"
		" {\"text\": \"Something else must be.\", \"page\": 3}]}");

	assert_int_equal(count(s, "requirements (sample)", RIGHT), 1);
	assert_int_equal(count(s, "requirements (sample)", INVENTED), 0);
	score_free(s);
	json_decref(label);
}

static void says_when_a_document_was_not_read(void **state UNUSED)
{
	struct score *s = score_new();
	json_t *label = json_pack("{s:s, s:{s:s}}", "file", "a.pdf", "title", "value", "x");
	json_t *answer =
		json_pack("{s:{s:b, s:[{s:s}]}}", "result", "isError", 1, "content", "text", "It is encrypted.");

	score_document(s, label, answer);
	assert_int_equal(count(s, "title", MISSED), 1);
	assert_string_equal(g_array_index(s->documents, struct document, 0).error, "It is encrypted.");
	score_free(s);
	json_decref(answer);
	json_decref(label);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(compares_without_case_spaces_and_punctuation),
		cmocka_unit_test(measures_overlap_in_words_and_order),
		cmocka_unit_test(measures_what_stands_in_another),
		cmocka_unit_test(gives_wilsons_interval),
		cmocka_unit_test(weighs_the_distance_by_values),
		cmocka_unit_test(counts_precision_and_recall),
		cmocka_unit_test(keeps_a_document_in_one_fold),
		cmocka_unit_test(takes_the_fold_that_a_label_names),
		cmocka_unit_test(compares_dates_to_the_minute),
		cmocka_unit_test(compares_amounts_and_durations),
		cmocka_unit_test(compares_ways_and_people),
		cmocka_unit_test(judges_a_document),
		cmocka_unit_test(takes_a_sample_for_recall_alone),
		cmocka_unit_test(says_when_a_document_was_not_read),
	};

	return RUN_TESTS(tests);
}
