#include "tests/test.h"

#include <errno.h>
#include <stdlib.h>

#include "mcp/schema.h"

/* One schema and value, and a part of the sentence when they do not fit; NULL when they do. */
struct row {
	const char *schema, *value, *refusal;
};

static const struct row rows[] = {
	{ "true", "1", NULL },
	{ "false", "1", "is not allowed" },
	{ "{}", "{\"a\": [1, null]}", NULL },
	{ "{\"type\": \"integer\"}", "1", NULL },
	{ "{\"type\": \"integer\"}", "1.0", NULL },
	{ "{\"type\": \"integer\"}", "1.5", "the value is a number, it must be of type integer" },
	{ "{\"type\": [\"integer\", \"null\"]}", "null", NULL },
	{ "{\"type\": [\"integer\", \"null\"]}", "\"x\"", "is a string, it must be of type integer or null" },
	{ "{\"type\": [\"a\", \"string\", \"null\"]}", "1", "of type a, string or null" },
	{ "{\"enum\": [1, \"a\", null]}", "\"a\"", NULL },
	{ "{\"enum\": [1, \"a\"]}", "1.0", NULL },
	{ "{\"enum\": [1, \"a\"]}", "\"b\"", "must be one of [1, \"a\"]" },
	{ "{\"const\": {\"a\": 1}}", "{\"a\": 1}", NULL },
	{ "{\"const\": {\"a\": 1}}", "{\"a\": 2}", "must be {\"a\": 1}" },
	{ "{\"minimum\": 0, \"maximum\": 100}", "100", NULL },
	{ "{\"minimum\": 0}", "-1", "is -1, the smallest allowed is 0" },
	{ "{\"maximum\": 100}", "100.5", "the largest allowed is 100" },
	{ "{\"exclusiveMinimum\": 0}", "0", "must be above 0" },
	{ "{\"exclusiveMaximum\": 1}", "1", "must be below 1" },
	{ "{\"multipleOf\": 0.1}", "0.3", NULL },
	{ "{\"multipleOf\": 3}", "7", "multiple of 3" },
	{ "{\"multipleOf\": 3}", "-9", NULL },
	{ "{\"minimum\": 5}", "\"a text passes\"", NULL },
	{ "{\"minLength\": 2, \"maxLength\": 3}", "\"\\u00e4\\u00f6\\u00fc\"", NULL },
	{ "{\"minLength\": 2}", "\"\\u00e4\"", "has 1 characters, it must have at least 2" },
	{ "{\"maxLength\": 1}", "\"ab\"", "at most 1" },
	{ "{\"pattern\": \"^[0-9]{4}-\\\\d\\\\d$\"}", "\"2026-01\"", NULL },
	{ "{\"pattern\": \"^\\\\d+$\"}", "\"12a\"", "does not match the pattern" },
	{ "{\"pattern\": \"b\"}", "\"abc\"", NULL },
	{ "{\"pattern\": \"(\"}", "\"anything\"", NULL },
	{ "{\"items\": {\"type\": \"integer\"}}", "[1, 2, \"x\"]", "'/2' is a string" },
	{ "{\"prefixItems\": [{\"type\": \"string\"}], \"items\": {\"type\": \"integer\"}}", "[\"a\", 1]", NULL },
	{ "{\"prefixItems\": [{\"type\": \"string\"}], \"items\": false}", "[\"a\", 1]", "'/1' is not allowed" },
	{ "{\"items\": [{\"type\": \"string\"}], \"additionalItems\": false}", "[\"a\", 1]", "'/1' is not allowed" },
	{ "{\"minItems\": 1}", "[]", "has 0 elements" },
	{ "{\"maxItems\": 1}", "[1, 2]", "at most 1" },
	{ "{\"uniqueItems\": true}", "[1, 2, 1.0]", "twice, at 0 and 2" },
	{ "{\"contains\": {\"const\": 1}}", "[2, 1]", NULL },
	{ "{\"contains\": {\"const\": 1}, \"maxContains\": 1}", "[1, 1]", "at most 1" },
	{ "{\"properties\": {\"a\": {\"properties\": {\"b/c\": {\"type\": \"null\"}}}}}", "{\"a\": {\"b/c\": 1}}",
	  "'/a/b~1c' is a number" },
	{ "{\"required\": [\"a\", \"b\"]}", "{\"a\": 1}", "the value has no field 'b'" },
	{ "{\"properties\": {\"a\": {}}, \"additionalProperties\": false}", "{\"a\": 1, \"b\": 2}", "a field 'b'" },
	{ "{\"additionalProperties\": {\"type\": \"string\"}}", "{\"b\": 2}", "'/b' is a number" },
	{ "{\"patternProperties\": {\"^x-\": {}}, \"additionalProperties\": false}", "{\"x-a\": 1}", NULL },
	{ "{\"patternProperties\": {\"^x-\": {\"type\": \"null\"}}}", "{\"x-a\": 1}", "'/x-a' is a number" },
	{ "{\"propertyNames\": {\"maxLength\": 2}}", "{\"abc\": 1}", "'abc', whose name" },
	{ "{\"dependentRequired\": {\"a\": [\"b\"]}}", "{\"a\": 1}", "has no field 'b'" },
	{ "{\"minProperties\": 1}", "{}", "at least 1" },
	{ "{\"maxProperties\": 0}", "{\"a\": 1}", "at most 0" },
	{ "{\"allOf\": [{\"minimum\": 1}, {\"maximum\": 2}]}", "3", "largest allowed is 2" },
	{ "{\"anyOf\": [{\"type\": \"null\"}, {\"type\": \"string\"}]}", "3", "none of the 2 forms" },
	{ "{\"anyOf\": [{\"type\": \"null\"}, {\"type\": \"string\"}]}", "null", NULL },
	{ "{\"oneOf\": [{\"minimum\": 1}, {\"minimum\": 2}]}", "3", "fits 2 of the 2 forms" },
	{ "{\"oneOf\": [{\"minimum\": 1}, {\"minimum\": 4}]}", "3", NULL },
	{ "{\"not\": {\"type\": \"null\"}}", "null", "form that is not allowed" },
	{ "{\"if\": {\"type\": \"string\"}, \"then\": {\"minLength\": 2}, \"else\": {\"minimum\": 5}}", "\"a\"",
	  "at least 2" },
	{ "{\"if\": {\"type\": \"string\"}, \"then\": {\"minLength\": 2}, \"else\": {\"minimum\": 5}}", "7", NULL },
	{ "{\"$ref\": \"#/$defs/a~1b\", \"$defs\": {\"a/b\": {\"type\": \"null\"}}}", "1", "of type null" },
	{ "{\"properties\": {\"next\": {\"$ref\": \"#\"}, \"v\": {\"type\": \"null\"}}}",
	  "{\"next\": {\"next\": {\"v\": 1}}}", "'/next/next/v'" },
	{ "{\"$ref\": \"https://example.org/other.json\"}", "1", NULL },
	{ "{\"$ref\": \"#/nowhere\"}", "1", NULL },
	{ "{\"$schema\": \"https://example.org/unknown\", \"x-mine\": 5, \"format\": \"date\"}", "\"no date\"", NULL },
	{ "{\"type\": 5, \"enum\": 5, \"required\": 5, \"items\": 5, \"pattern\": 5, \"minimum\": \"x\"}", "[1]",
	  NULL },
};

static void test_rows(void **state UNUSED)
{
	for (size_t i = 0; i < N_ELEMS(rows); i++) {
		json_t *schema = json_loads(rows[i].schema, JSON_DECODE_ANY, NULL);
		json_t *value = json_loads(rows[i].value, JSON_DECODE_ANY, NULL);
		struct err e = ERR_INIT;
		int rc = schema_check(schema, value, &e);

		assert_non_null(schema);
		assert_non_null(value);
		if (rc != (rows[i].refusal ? -EINVAL : 0) || (rc && !strstr(e.text, rows[i].refusal)))
			fail_msg("%s with %s: %d %s", rows[i].schema, rows[i].value, rc, e.text);
		json_decref(schema);
		json_decref(value);
	}
}

static void test_no_schema(void **state UNUSED)
{
	json_t *value = json_integer(1);

	assert_int_equal(schema_check(NULL, value, NULL), 0);
	json_decref(value);
}

/* Schemas that would take for ever end with -E2BIG. */
static void test_bounds(void **state UNUSED)
{
	static const char *const schemas[] = {
		"{\"$ref\": \"#\"}",
		"{\"anyOf\": [{\"$ref\": \"#\"}, {\"$ref\": \"#\"}, {\"$ref\": \"#\"}]}",
		"{\"properties\": {\"a\": {\"anyOf\": [{\"$ref\": \"#\"}, {\"$ref\": \"#\"}]}}, \"required\": [\"z\"]}",
	};
	json_t *deep = json_object();

	for (int i = 0; i < 300; i++)
		deep = json_pack("{s:o}", "a", deep);
	for (size_t i = 0; i < N_ELEMS(schemas); i++) {
		json_t *schema = json_loads(schemas[i], 0, NULL);
		struct err e = ERR_INIT;
		int rc = schema_check(schema, deep, &e);

		if (rc != -E2BIG && rc != -EINVAL)
			fail_msg("%s: %d", schemas[i], rc);
		json_decref(schema);
	}
	json_decref(deep);
}

static void test_slow_pattern(void **state UNUSED)
{
	json_t *schema = json_pack("{s:s}", "pattern", "^(a+)+$");
	json_t *value = json_string("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab");

	assert_int_equal(schema_check(schema, value, NULL), 0); /* no statement after so many steps */
	json_decref(schema);
	json_decref(value);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_no_schema),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_slow_pattern),
	};

	return RUN_TESTS(tests);
}
