/* A row as a document and as single values. */
#include "tests/test.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "platform/record.h"

static const char *const colours[] = { "red", "green", NULL };

struct sample {
	int64_t row_id;
	char *text, *needed, *list, *secret, *kept;
	int64_t number, bounded, counted;
	bool yes;
	double share, measured;
	int64_t when;
	int colour;
};

#define AT(m) offsetof(struct sample, m)
static const struct field fields[] = {
	{ .name = "text", .type = FIELD_TEXT, .offset = AT(text) },
	{ .name = "needed", .type = FIELD_TEXT, .flags = FIELD_REQUIRED, .offset = AT(needed) },
	{ .name = "list", .type = FIELD_JSON, .offset = AT(list) },
	{ .name = "secret", .type = FIELD_TEXT, .flags = FIELD_HIDDEN | FIELD_FIXED, .offset = AT(secret) },
	{ .name = "kept", .type = FIELD_TEXT, .flags = FIELD_FIXED, .offset = AT(kept) },
	{ .name = "number", .type = FIELD_INT, .offset = AT(number) },
	{ .name = "bounded", .type = FIELD_INT, .offset = AT(bounded), .min = 0, .max = 100 },
	{ .name = "counted", .type = FIELD_INT, .flags = FIELD_REQUIRED, .offset = AT(counted) },
	{ .name = "yes", .type = FIELD_BOOL, .offset = AT(yes) },
	{ .name = "share", .type = FIELD_REAL, .offset = AT(share), .min = 0, .max = 5 },
	{ .name = "measured", .type = FIELD_REAL, .flags = FIELD_FIXED, .offset = AT(measured) },
	{ .name = "when", .type = FIELD_TIME, .offset = AT(when) },
	{ .name = "colour", .type = FIELD_WORD, .offset = AT(colour), .words = colours },
};
static const struct table table = { "sample", sizeof(struct sample), fields, N_ELEMS(fields) };

static struct sample row;

static int fill(void **state UNUSED)
{
	row = (struct sample){ .row_id = 7,
			       .text = xstrdup("a"),
			       .needed = xstrdup("n"),
			       .list = xstrdup("[1]"),
			       .secret = xstrdup("s"),
			       .kept = xstrdup("k"),
			       .number = 1,
			       .bounded = 50,
			       .counted = 2,
			       .share = 2.5,
			       .measured = 3.0,
			       .when = 1000 };
	return 0;
}

static int empty(void **state UNUSED)
{
	row_release(&table, &row);
	return 0;
}

static int apply(const char *text, struct err *e)
{
	json_t *doc = json_loads(text, JSON_DECODE_ANY, NULL);
	int rc = record_apply(&table, &row, doc, e);

	json_decref(doc);
	return rc;
}

static void expect(int rc, int wanted, const struct err *e, const char *words)
{
	if (rc != wanted || (words && !strstr(e->text, words)))
		fail_msg("%d instead of %d: '%s' (wanted '%s')", rc, wanted, e->text, words ? words : "");
}

static json_t *value_of(const char *name)
{
	json_t *doc = record_json(&table, &row), *v = json_incref(json_object_get(doc, name));

	json_decref(doc);
	return v;
}

/* Each value goes in by the document and comes out of it and of the single file, and in again by that. */
static void every_type_goes_round(void **state UNUSED)
{
	static const struct {
		const char *name, *json, *line;
	} rows[] = {
		{ "text", "\"Straße \\\"x\\\"\"", "Straße \"x\"\n" },
		{ "text", "null", "" },
		{ "needed", "\"ok\"", "ok\n" },
		{ "list", "[\"a\", {\"b\": null}]", "[\"a\",{\"b\":null}]\n" },
		{ "list", "{}", "{}\n" },
		{ "list", "null", "" },
		{ "number", "-9007199254740993", "-9007199254740993\n" },
		{ "number", "null", "" },
		{ "bounded", "0", "0\n" },
		{ "bounded", "100", "100\n" },
		{ "counted", "0", "0\n" },
		{ "yes", "true", "true\n" },
		{ "yes", "false", "false\n" },
		{ "share", "0.125", "0.125\n" },
		{ "share", "5.0", "5.0\n" },
		{ "share", "null", "" },
		{ "when", "\"2026-01-31T17:00:00.000Z\"", "2026-01-31T17:00:00.000Z\n" },
		{ "when", "null", "" },
		{ "colour", "\"green\"", "green\n" },
	};

	for (size_t i = 0; i < N_ELEMS(rows); i++) {
		auto_free char *doc = xasprintf("{\"%s\": %s}", rows[i].name, rows[i].json);
		const struct field *f = field_find(&table, rows[i].name);
		json_t *wanted = json_loads(rows[i].json, JSON_DECODE_ANY, NULL), *got;
		auto_buf line = BUF_INIT;
		struct err e = ERR_INIT;

		expect(apply(doc, &e), 0, &e, NULL);
		got = value_of(rows[i].name);
		assert_true(json_equal(got, wanted));
		json_decref(got);
		record_value(f, &row, &line);
		assert_string_equal(buf_str(&line), rows[i].line);
		if (line.len)
			line.data[--line.len] = '\0';
		expect(record_set(&table, f, &row, buf_str(&line), &e), 0, &e, NULL);
		got = value_of(rows[i].name);
		assert_true(json_equal(got, wanted));
		json_decref(got);
		json_decref(wanted);
	}
}

static void what_is_not_named_stays(void **state UNUSED)
{
	struct err e = ERR_INIT;

	expect(apply("{\"text\": \"b\"}", &e), 0, &e, NULL);
	assert_string_equal(row.text, "b");
	assert_string_equal(row.needed, "n");
	assert_string_equal(row.secret, "s");
	assert_int_equal(row.row_id, 7);
	expect(apply("{}", &e), 0, &e, NULL);
	assert_string_equal(row.text, "b");
}

/* Each after a change that is fine by itself: nothing of the document counts. */
static void refusals_leave_the_row_alone(void **state UNUSED)
{
	static const struct {
		const char *doc;
		int rc;
		const char *words;
	} rows[] = {
		{ "[]", -EINVAL, "must be a JSON object" },
		{ "\"text\"", -EINVAL, "must be a JSON object" },
		{ "{\"text\": \"b\", \"nothing\": 1}", -EINVAL, "no field 'nothing'" },
		{ "{\"text\": \"b\", \"row_id\": 7}", -EINVAL, "no field 'row_id'" },
		{ "{\"text\": \"b\", \"secret\": \"s\"}", -EINVAL, "no field 'secret'" },
		{ "{\"text\": \"b\", \"kept\": \"other\"}", -EPERM, "'kept' cannot be changed" },
		{ "{\"text\": \"b\", \"kept\": null}", -EPERM, "'kept'" },
		{ "{\"text\": \"b\", \"measured\": 3.5}", -EPERM, "'measured'" },
		{ "{\"text\": \"b\", \"measured\": \"3.0\"}", -EPERM, "'measured'" },
		{ "{\"needed\": \"m\", \"text\": 1}", -EINVAL, "'text' must be a text" },
		{ "{\"text\": \"b\", \"needed\": null}", -EINVAL, "'needed'" },
		{ "{\"text\": \"b\", \"needed\": \"\"}", -EINVAL, "'needed'" },
		{ "{\"text\": \"b\", \"list\": \"[1]\"}", -EINVAL, "'list' must be a list" },
		{ "{\"text\": \"b\", \"number\": 1.0}", -EINVAL, "without point or exponent" },
		{ "{\"text\": \"b\", \"number\": \"1\"}", -EINVAL, "whole number" },
		{ "{\"text\": \"b\", \"counted\": null}", -EINVAL, "whole number" },
		{ "{\"text\": \"b\", \"bounded\": -1}", -ERANGE, "from 0 to 100" },
		{ "{\"text\": \"b\", \"bounded\": 101}", -ERANGE, "from 0 to 100" },
		{ "{\"text\": \"b\", \"yes\": 1}", -EINVAL, "true or false" },
		{ "{\"text\": \"b\", \"yes\": null}", -EINVAL, "true or false" },
		{ "{\"text\": \"b\", \"share\": 5.5}", -ERANGE, "from 0 to 5" },
		{ "{\"text\": \"b\", \"share\": \"2\"}", -EINVAL, "a number" },
		{ "{\"text\": \"b\", \"when\": \"tomorrow\"}", -EINVAL, "2026-01-31" },
		{ "{\"text\": \"b\", \"when\": 5}", -EINVAL, "2026-01-31" },
		{ "{\"text\": \"b\", \"colour\": \"blue\"}", -EINVAL, "one of: red, green" },
		{ "{\"text\": \"b\", \"colour\": 1}", -EINVAL, "one of: red, green" },
		{ "{\"text\": \"b\", \"colour\": null}", -EINVAL, "one of: red, green" },
	};
	json_t *before = record_json(&table, &row);

	for (size_t i = 0; i < N_ELEMS(rows); i++) {
		struct err e = ERR_INIT;
		json_t *after;

		expect(apply(rows[i].doc, &e), rows[i].rc, &e, rows[i].words);
		after = record_json(&table, &row);
		assert_true(json_equal(before, after));
		assert_string_equal(row.secret, "s");
		json_decref(after);
	}
	json_decref(before);
}

/* Programs write 3.0 as 3 when they put a document back. */
static void fixed_values_may_be_repeated(void **state UNUSED)
{
	struct err e = ERR_INIT;

	expect(apply("{\"kept\": \"k\", \"measured\": 3.0, \"text\": \"b\"}", &e), 0, &e, NULL);
	expect(apply("{\"measured\": 3, \"text\": \"c\"}", &e), 0, &e, NULL);
	assert_string_equal(row.text, "c");
}

static void hidden_fields_are_not_shown(void **state UNUSED)
{
	json_t *doc = record_json(&table, &row);

	assert_null(json_object_get(doc, "secret"));
	assert_null(json_object_get(doc, "row_id"));
	assert_int_equal(json_object_size(doc), N_ELEMS(fields) - 1);
	json_decref(doc);
}

static void lines_that_are_no_value(void **state UNUSED)
{
	static const struct {
		const char *name, *line;
		int rc;
	} rows[] = {
		{ "needed", "", -EINVAL },
		{ "number", "x", -EINVAL },
		{ "number", "1 2", -EINVAL },
		{ "bounded", "101", -ERANGE },
		{ "yes", "yes", -EINVAL },
		{ "share", "NaN", -EINVAL },
		{ "when", "soon", -EINVAL },
		{ "colour", "blue", -EINVAL },
		{ "colour", "", -EINVAL },
		{ "list", "[1,", -EINVAL },
		{ "kept", "x", -EPERM },
		{ "text", "\xff", -EINVAL },
		{ "number", "99999999999999999999", -EINVAL },
	};

	for (size_t i = 0; i < N_ELEMS(rows); i++) {
		struct err e = ERR_INIT;

		expect(record_set(&table, field_find(&table, rows[i].name), &row, rows[i].line, &e), rows[i].rc, &e,
		       NULL);
		assert_true(e.text[0] != '\0');
	}
	assert_string_equal(row.text, "a");
}

static void documents_that_are_none(void **state UNUSED)
{
	static const struct {
		const char *text;
		size_t len;
		const char *words;
	} rows[] = {
		{ "", 0, "not valid JSON" },
		{ "{", 1, "line 1" },
		{ "{}\n{}", 5, "line 2" },
		{ "5", 1, "not valid JSON" },
		{ "{\"a\":1,\"a\":2}", 13, "duplicate" },
		{ "{\"a\":\"\xff\"}", 9, "UTF-8" },
		{ "\xef\xbb\xbf{}", 5, "not valid JSON" },
		{ "{\"a\":\"\\u0000\"}", 14, "not valid JSON" },
		{ "{}\0", 3, "not valid JSON" },
		{ "{\"a\":\"\xed\xa0\x80\"}", 11, "UTF-8" },
	};

	for (size_t i = 0; i < N_ELEMS(rows); i++) {
		struct err e = ERR_INIT;
		json_t *doc = NULL;

		expect(record_parse(rows[i].text, rows[i].len, &doc, &e), -EINVAL, &e, rows[i].words);
		assert_null(doc);
	}
}

static void a_document_ends_with_a_newline(void **state UNUSED)
{
	json_t *doc = json_pack("{s:i}", "a", 1), *again;
	auto_buf text = BUF_INIT;
	struct err e = ERR_INIT;

	record_dump(doc, &text);
	assert_string_equal(buf_str(&text), "{\n  \"a\": 1\n}\n");
	expect(record_parse(text.data, text.len, &again, &e), 0, &e, NULL);
	assert_true(json_equal(doc, again));
	json_decref(again);
	json_decref(doc);
}

int main(void)
{
#define ON_ROW(test) cmocka_unit_test_setup_teardown(test, fill, empty)
	const struct CMUnitTest tests[] = {
		ON_ROW(every_type_goes_round),
		ON_ROW(what_is_not_named_stays),
		ON_ROW(refusals_leave_the_row_alone),
		ON_ROW(fixed_values_may_be_repeated),
		ON_ROW(hidden_fields_are_not_shown),
		ON_ROW(lines_that_are_no_value),
		cmocka_unit_test(documents_that_are_none),
		cmocka_unit_test(a_document_ends_with_a_newline),
	};

	return RUN_TESTS(tests);
}
