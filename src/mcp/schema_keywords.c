#define PCRE2_CODE_UNIT_WIDTH 8

#include "mcp/schema_parts.h"

#include <errno.h>
#include <pcre2.h>
#include <stdio.h>
#include <stdlib.h>

#define MATCH_LIMIT   100000
#define MATCH_HEAP_KB 4096

/* --- any value --- */

/* The distance to the nearest whole number; every double above 2^53 is whole. */
static double off_whole(double x)
{
	double near;

	if (x < 0)
		x = -x;
	if (x >= 9e15)
		return 0;
	near = (double)(int64_t)(x + 0.5);
	return x > near ? x - near : near - x;
}

static bool is_integer(const json_t *v)
{
	return json_is_integer(v) || (json_is_real(v) && off_whole(json_real_value(v)) == 0);
}

static bool is_type(const json_t *v, const char *type)
{
	switch (json_typeof(v)) {
	case JSON_OBJECT: return streq(type, "object");
	case JSON_ARRAY: return streq(type, "array");
	case JSON_STRING: return streq(type, "string");
	case JSON_INTEGER:
	case JSON_REAL: return streq(type, "number") || (streq(type, "integer") && is_integer(v));
	case JSON_TRUE:
	case JSON_FALSE: return streq(type, "boolean");
	case JSON_NULL: return streq(type, "null");
	}
	return false;
}

static const char *type_of(const json_t *v)
{
	static const char *const names[] = {
		[JSON_OBJECT] = "an object", [JSON_ARRAY] = "an array", [JSON_STRING] = "a string",
		[JSON_INTEGER] = "a number", [JSON_REAL] = "a number",  [JSON_TRUE] = "true",
		[JSON_FALSE] = "false",      [JSON_NULL] = "null",
	};

	return names[json_typeof(v)];
}

static int check_type(struct check *c, const json_t *schema UNUSED, const json_t *arg, const json_t *value)
{
	auto_buf names = BUF_INIT;
	size_t n = json_is_array(arg) ? json_array_size(arg) : 1;

	for (size_t i = 0; i < n; i++) {
		const char *type = json_string_value(json_is_array(arg) ? json_array_get(arg, i) : arg);

		if (!type || is_type(value, type))
			return 0;
		buf_printf(&names, "%s%s", i == 0 ? "" : i + 1 == n ? " or " : ", ", type);
	}
	return schema_refuse(c, "is %s, it must be of type %s", type_of(value), buf_str(&names));
}

static bool is_equal(const json_t *a, const json_t *b)
{
	if (json_is_number(a) && json_is_number(b) && json_typeof(a) != json_typeof(b))
		return json_number_value(a) == json_number_value(b);
	return json_equal(a, b);
}

static int check_enum(struct check *c, const json_t *schema UNUSED, const json_t *arg, const json_t *value)
{
	size_t n = json_array_size(arg);

	for (size_t i = 0; i < n; i++)
		if (is_equal(json_array_get(arg, i), value))
			return 0;
	if (!json_is_array(arg))
		return 0;
	auto_free char *list = json_dumps(arg, JSON_ENCODE_ANY);

	return schema_refuse(c, "must be one of %.200s", list ? list : "a list");
}

static int check_const(struct check *c, const json_t *schema UNUSED, const json_t *arg, const json_t *value)
{
	if (is_equal(arg, value))
		return 0;
	auto_free char *text = json_dumps(arg, JSON_ENCODE_ANY);

	return schema_refuse(c, "must be %.200s", text ? text : "another value");
}

/* --- numbers --- */

static int check_minimum(struct check *c, const json_t *schema UNUSED, const json_t *arg, const json_t *value)
{
	if (!json_is_number(arg) || json_number_value(value) >= json_number_value(arg))
		return 0;
	return schema_refuse(c, "is %g, the smallest allowed is %g", json_number_value(value), json_number_value(arg));
}

static int check_maximum(struct check *c, const json_t *schema UNUSED, const json_t *arg, const json_t *value)
{
	if (!json_is_number(arg) || json_number_value(value) <= json_number_value(arg))
		return 0;
	return schema_refuse(c, "is %g, the largest allowed is %g", json_number_value(value), json_number_value(arg));
}

static int check_above(struct check *c, const json_t *schema UNUSED, const json_t *arg, const json_t *value)
{
	if (!json_is_number(arg) || json_number_value(value) > json_number_value(arg))
		return 0;
	return schema_refuse(c, "is %g, it must be above %g", json_number_value(value), json_number_value(arg));
}

static int check_below(struct check *c, const json_t *schema UNUSED, const json_t *arg, const json_t *value)
{
	if (!json_is_number(arg) || json_number_value(value) < json_number_value(arg))
		return 0;
	return schema_refuse(c, "is %g, it must be below %g", json_number_value(value), json_number_value(arg));
}

static int check_multiple(struct check *c, const json_t *schema UNUSED, const json_t *arg, const json_t *value)
{
	double of = json_number_value(arg), times = of > 0 ? json_number_value(value) / of : 0;

	/* 0.3 is a multiple of 0.1, although the division does not come out even */
	if (off_whole(times) <= 1e-9 * (times > 1 ? times : times < -1 ? -times : 1))
		return 0;
	return schema_refuse(c, "is %g, it must be a multiple of %g", json_number_value(value), of);
}

/* --- strings --- */

static size_t count_characters(const json_t *string)
{
	const char *at = json_string_value(string), *end = at + json_string_length(string);
	size_t n = 0;

	for (; at < end; at++)
		n += ((unsigned char)*at & 0xc0) != 0x80;
	return n;
}

/* The value of a keyword that counts; false when it is no such number. */
static bool count_of(const json_t *arg, size_t *n)
{
	if (!json_is_number(arg) || json_number_value(arg) < 0 || json_number_value(arg) > 1e15)
		return false;
	*n = (size_t)json_number_value(arg);
	return true;
}

static int check_min_length(struct check *c, const json_t *schema UNUSED, const json_t *arg, const json_t *value)
{
	size_t min, len = count_characters(value);

	if (!count_of(arg, &min) || len >= min)
		return 0;
	return schema_refuse(c, "has %zu characters, it must have at least %zu", len, min);
}

static int check_max_length(struct check *c, const json_t *schema UNUSED, const json_t *arg, const json_t *value)
{
	size_t max, len = count_characters(value);

	if (!count_of(arg, &max) || len <= max)
		return 0;
	return schema_refuse(c, "has %zu characters, at most %zu are allowed", len, max);
}

/* True also when the pattern cannot be compiled or takes too long: it is then no statement about the value. */
static bool matches(const char *pattern, const char *text, size_t len)
{
	int code, rc = 0;
	PCRE2_SIZE offset;
	pcre2_match_context *limits = pcre2_match_context_create(NULL);
	pcre2_code *re =
		pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED,
			      PCRE2_UTF | PCRE2_DOLLAR_ENDONLY | PCRE2_NEVER_BACKSLASH_C, &code, &offset, NULL);
	pcre2_match_data *data = re ? pcre2_match_data_create_from_pattern(re, NULL) : NULL;

	if (data && limits) {
		pcre2_set_match_limit(limits, MATCH_LIMIT);
		pcre2_set_heap_limit(limits, MATCH_HEAP_KB);
		rc = pcre2_match(re, (PCRE2_SPTR)text, len, 0, 0, data, limits);
	}
	pcre2_match_data_free(data);
	pcre2_code_free(re);
	pcre2_match_context_free(limits);
	return rc != PCRE2_ERROR_NOMATCH;
}

static int check_pattern(struct check *c, const json_t *schema UNUSED, const json_t *arg, const json_t *value)
{
	size_t len = json_string_length(value);

	if (!json_is_string(arg))
		return 0;
	if (!schema_spend(c, MATCH_STEPS + len / 16))
		return -EINVAL;
	if (matches(json_string_value(arg), json_string_value(value), len))
		return 0;
	return schema_refuse(c, "does not match the pattern %.200s", json_string_value(arg));
}

/* --- arrays --- */

static int check_elements(struct check *c, const json_t *schema, const json_t *array, size_t from)
{
	int rc = 0;

	for (size_t i = from; rc == 0 && i < json_array_size(array); i++)
		rc = schema_element(c, schema, array, i);
	return rc;
}

static int check_prefix(struct check *c, const json_t *schema UNUSED, const json_t *arg, const json_t *value)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < json_array_size(arg) && i < json_array_size(value); i++)
		rc = schema_element(c, json_array_get(arg, i), value, i);
	return rc;
}

static int check_items(struct check *c, const json_t *schema, const json_t *arg, const json_t *value)
{
	if (json_is_array(arg))
		return check_prefix(c, schema, arg, value);
	return check_elements(c, arg, value, json_array_size(json_object_get(schema, "prefixItems")));
}

static int check_more_items(struct check *c, const json_t *schema, const json_t *arg, const json_t *value)
{
	const json_t *items = json_object_get(schema, "items");

	return json_is_array(items) ? check_elements(c, arg, value, json_array_size(items)) : 0;
}

static int check_min_items(struct check *c, const json_t *schema UNUSED, const json_t *arg, const json_t *value)
{
	size_t min;

	if (!count_of(arg, &min) || json_array_size(value) >= min)
		return 0;
	return schema_refuse(c, "has %zu elements, it must have at least %zu", json_array_size(value), min);
}

static int check_max_items(struct check *c, const json_t *schema UNUSED, const json_t *arg, const json_t *value)
{
	size_t max;

	if (!count_of(arg, &max) || json_array_size(value) <= max)
		return 0;
	return schema_refuse(c, "has %zu elements, at most %zu are allowed", json_array_size(value), max);
}

static int check_unique(struct check *c, const json_t *schema UNUSED, const json_t *arg, const json_t *value)
{
	size_t n = json_array_size(value);

	if (!json_is_true(arg))
		return 0;
	for (size_t i = 1; i < n; i++) {
		if (!schema_spend(c, i))
			return -EINVAL;
		for (size_t k = 0; k < i; k++)
			if (is_equal(json_array_get(value, i), json_array_get(value, k)))
				return schema_refuse(c, "has the same element twice, at %zu and %zu", k, i);
	}
	return 0;
}

static int check_contains(struct check *c, const json_t *schema, const json_t *arg, const json_t *value)
{
	size_t n = 0, min = 1, max = SIZE_MAX;

	count_of(json_object_get(schema, "minContains"), &min);
	count_of(json_object_get(schema, "maxContains"), &max);
	for (size_t i = 0; i < json_array_size(value); i++)
		n += schema_fits(c, arg, json_array_get(value, i));
	if (n < min)
		return schema_refuse(c, "has %zu elements of the wanted kind, it must have at least %zu", n, min);
	if (n > max)
		return schema_refuse(c, "has %zu elements of a kind of which at most %zu are allowed", n, max);
	return 0;
}

/* --- objects --- */

static int check_properties(struct check *c, const json_t *schema UNUSED, const json_t *arg, const json_t *value)
{
	const char *key;
	json_t *member;
	int rc;

	json_object_foreach ((json_t *)value, key, member) {
		const json_t *wanted = json_object_get(arg, key);

		if (wanted && (rc = schema_member(c, wanted, member, key)) < 0)
			return rc;
	}
	return 0;
}

static int check_pattern_properties(struct check *c, const json_t *schema UNUSED, const json_t *arg,
				    const json_t *value)
{
	const char *key, *pattern;
	json_t *member, *wanted;
	int rc;

	json_object_foreach ((json_t *)value, key, member) {
		json_object_foreach ((json_t *)arg, pattern, wanted) {
			if (!schema_spend(c, MATCH_STEPS))
				return -EINVAL;
			if (!matches(pattern, key, strlen(key)))
				continue;
			rc = schema_member(c, wanted, member, key);
			if (rc < 0)
				return rc;
		}
	}
	return 0;
}

static bool is_named(struct check *c, const json_t *schema, const char *key)
{
	const char *pattern;
	json_t *wanted;

	if (json_object_get(json_object_get(schema, "properties"), key))
		return true;
	json_object_foreach (json_object_get(schema, "patternProperties"), pattern, wanted)
		if (schema_spend(c, MATCH_STEPS) && matches(pattern, key, strlen(key)))
			return true;
	return false;
}

static int check_additional(struct check *c, const json_t *schema, const json_t *arg, const json_t *value)
{
	const char *key;
	json_t *member;
	int rc;

	json_object_foreach ((json_t *)value, key, member) {
		if (is_named(c, schema, key))
			continue;
		if (json_is_false(arg))
			return schema_refuse(c, "has a field '%.100s', which is not allowed there", key);
		rc = schema_member(c, arg, member, key);
		if (rc < 0)
			return rc;
	}
	return 0;
}

static int check_names(struct check *c, const json_t *schema UNUSED, const json_t *arg, const json_t *value)
{
	const char *key;
	json_t *member;

	json_object_foreach ((json_t *)value, key, member) {
		json_t *name = json_string(key);
		int rc = name ? schema_value(c, arg, name) : 0;

		json_decref(name);
		if (rc < 0)
			return schema_refuse(c, "has a field '%.100s', whose name is not allowed there", key);
	}
	return 0;
}

static int require_all(struct check *c, const json_t *names, const json_t *value)
{
	for (size_t i = 0; i < json_array_size(names); i++) {
		const char *name = json_string_value(json_array_get(names, i));

		if (name && !json_object_get(value, name))
			return schema_refuse(c, "has no field '%.100s'", name);
	}
	return 0;
}

static int check_required(struct check *c, const json_t *schema UNUSED, const json_t *arg, const json_t *value)
{
	return require_all(c, arg, value);
}

static int check_dependent(struct check *c, const json_t *schema UNUSED, const json_t *arg, const json_t *value)
{
	const char *key;
	json_t *names;
	int rc = 0;

	json_object_foreach ((json_t *)arg, key, names)
		if (rc == 0 && json_object_get(value, key))
			rc = require_all(c, names, value);
	return rc;
}

static int check_min_properties(struct check *c, const json_t *schema UNUSED, const json_t *arg, const json_t *value)
{
	size_t min;

	if (!count_of(arg, &min) || json_object_size(value) >= min)
		return 0;
	return schema_refuse(c, "has %zu fields, it must have at least %zu", json_object_size(value), min);
}

static int check_max_properties(struct check *c, const json_t *schema UNUSED, const json_t *arg, const json_t *value)
{
	size_t max;

	if (!count_of(arg, &max) || json_object_size(value) <= max)
		return 0;
	return schema_refuse(c, "has %zu fields, at most %zu are allowed", json_object_size(value), max);
}

/* --- schemas in schemas --- */

static int check_all(struct check *c, const json_t *schema UNUSED, const json_t *arg, const json_t *value)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < json_array_size(arg); i++)
		rc = schema_value(c, json_array_get(arg, i), value);
	return rc;
}

static int check_any(struct check *c, const json_t *schema UNUSED, const json_t *arg, const json_t *value)
{
	size_t n = json_array_size(arg);

	for (size_t i = 0; i < n; i++)
		if (schema_fits(c, json_array_get(arg, i), value))
			return 0;
	/* with one alternative left to name, its own complaint is the better sentence */
	if (n == 1)
		return schema_value(c, json_array_get(arg, 0), value);
	return n ? schema_refuse(c, "fits none of the %zu forms that are allowed", n) : 0;
}

static int check_one(struct check *c, const json_t *schema UNUSED, const json_t *arg, const json_t *value)
{
	size_t n = json_array_size(arg), fit = 0;

	for (size_t i = 0; i < n; i++)
		fit += schema_fits(c, json_array_get(arg, i), value);
	if (fit == 1 || n == 0)
		return 0;
	return schema_refuse(c, "fits %zu of the %zu forms that are allowed, it must fit exactly one", fit, n);
}

static int check_not(struct check *c, const json_t *schema UNUSED, const json_t *arg, const json_t *value)
{
	return schema_fits(c, arg, value) ? schema_refuse(c, "has a form that is not allowed there") : 0;
}

static int check_if(struct check *c, const json_t *schema, const json_t *arg, const json_t *value)
{
	const json_t *branch = json_object_get(schema, schema_fits(c, arg, value) ? "then" : "else");

	return branch ? schema_value(c, branch, value) : 0;
}

/* One step of a JSON pointer (RFC 6901), with ~0 and ~1 and the %XX of a URI fragment undone. */
static char *pointer_step(const char *from, size_t len)
{
	char *step = xmalloc(len + 1);
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		unsigned byte;

		if (from[i] == '%' && i + 2 < len && sscanf(from + i + 1, "%2x", &byte) == 1 && byte) {
			step[n++] = (char)byte;
			i += 2;
		} else if (from[i] == '~' && i + 1 < len && (from[i + 1] == '0' || from[i + 1] == '1')) {
			step[n++] = from[++i] == '0' ? '~' : '/';
		} else {
			step[n++] = from[i];
		}
	}
	step[n] = '\0';
	return step;
}

/* NULL for what lies outside the document. */
static const json_t *resolve(const json_t *root, const char *ref)
{
	const json_t *at = root;

	if (*ref++ != '#')
		return NULL;
	while (at && *ref == '/') {
		size_t len = strcspn(++ref, "/");
		auto_free char *step = pointer_step(ref, len);
		int64_t i;

		if (json_is_array(at))
			at = util_int(step, &i) == 0 && i >= 0 ? json_array_get(at, (size_t)i) : NULL;
		else
			at = json_object_get(at, step);
		ref += len;
	}
	return *ref == '\0' ? at : NULL;
}

static int check_ref(struct check *c, const json_t *schema UNUSED, const json_t *arg, const json_t *value)
{
	const char *ref = json_string_value(arg);
	const json_t *target = ref ? resolve(c->root, ref) : NULL;

	return target ? schema_value(c, target, value) : 0;
}

static const struct schema_keyword keywords[] = {
	{ "$ref", ANY, check_ref },
	{ "additionalItems", ARRAY, check_more_items },
	{ "additionalProperties", OBJECT, check_additional },
	{ "allOf", ANY, check_all },
	{ "anyOf", ANY, check_any },
	{ "const", ANY, check_const },
	{ "contains", ARRAY, check_contains },
	{ "dependentRequired", OBJECT, check_dependent },
	{ "enum", ANY, check_enum },
	{ "exclusiveMaximum", NUMBER, check_below },
	{ "exclusiveMinimum", NUMBER, check_above },
	{ "if", ANY, check_if },
	{ "items", ARRAY, check_items },
	{ "maxItems", ARRAY, check_max_items },
	{ "maxLength", STRING, check_max_length },
	{ "maxProperties", OBJECT, check_max_properties },
	{ "maximum", NUMBER, check_maximum },
	{ "minItems", ARRAY, check_min_items },
	{ "minLength", STRING, check_min_length },
	{ "minProperties", OBJECT, check_min_properties },
	{ "minimum", NUMBER, check_minimum },
	{ "multipleOf", NUMBER, check_multiple },
	{ "not", ANY, check_not },
	{ "oneOf", ANY, check_one },
	{ "pattern", STRING, check_pattern },
	{ "patternProperties", OBJECT, check_pattern_properties },
	{ "prefixItems", ARRAY, check_prefix },
	{ "properties", OBJECT, check_properties },
	{ "propertyNames", OBJECT, check_names },
	{ "required", OBJECT, check_required },
	{ "type", ANY, check_type },
	{ "uniqueItems", ARRAY, check_unique },
};

static int compare_keyword(const void *name, const void *row)
{
	return strcmp(name, ((const struct schema_keyword *)row)->name);
}

const struct schema_keyword *schema_keyword_find(const char *name)
{
	return bsearch(name, keywords, N_ELEMS(keywords), sizeof(keywords[0]), compare_keyword);
}
