#include "platform/record.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/jsonmem.h"
#include "base/name.h"

#define MEMBER(row, f, type) (*(type *)((char *)(row) + (f)->offset))
#define VALUE(row, f, type)  (*(const type *)((const char *)(row) + (f)->offset))

static json_t *text_or_null(const char *s)
{
	json_t *v = s ? json_string(s) : json_null();

	return v ? v : json_null();
}

static json_t *get_text(const struct field *f, const void *row)
{
	return text_or_null(VALUE(row, f, char *));
}

static json_t *get_json(const struct field *f, const void *row)
{
	const char *s = VALUE(row, f, char *);
	json_t *v = s ? json_loads(s, JSON_DECODE_ANY, NULL) : NULL;

	return v ? v : json_null();
}

static json_t *get_int(const struct field *f, const void *row)
{
	int64_t n = VALUE(row, f, int64_t);

	return n == INT_NULL ? json_null() : json_integer(n);
}

static json_t *get_bool(const struct field *f, const void *row)
{
	return json_boolean(VALUE(row, f, bool));
}

static json_t *get_real(const struct field *f, const void *row)
{
	double d = VALUE(row, f, double);

	return isnan(d) ? json_null() : json_real(d);
}

static json_t *get_time(const struct field *f, const void *row)
{
	int64_t ms = VALUE(row, f, int64_t);
	char text[CLOCK_TEXT_BYTES];

	return ms ? json_string(clock_format(ms, text)) : json_null();
}

static json_t *get_word(const struct field *f, const void *row)
{
	return json_string(f->words[VALUE(row, f, int)]);
}

static int wrong(const struct field *f, const char *what, struct err *e)
{
	return err_set(e, -EINVAL, "'%s' must be %s", f->name, what);
}

static int no_room_for(const struct field *f, struct err *e)
{
	return err_set(e, -ENOMEM, "no memory for '%s'", f->name);
}

static int set_text(const struct field *f, void *row, const json_t *v, struct err *e)
{
	if (!json_is_string(v) && !json_is_null(v))
		return wrong(f, "a text or null", e);
	if ((f->flags & FIELD_REQUIRED) && (!json_is_string(v) || !*json_string_value(v)))
		return wrong(f, "a text", e);
	return row_put_text(&MEMBER(row, f, char *), json_string_value(v)) < 0 ? no_room_for(f, e) : 0;
}

static int set_json(const struct field *f, void *row, const json_t *v, struct err *e)
{
	auto_free char *text = NULL;
	bool list = json_is_array(v) && !(f->flags & FIELD_OBJECT);
	bool object = json_is_object(v) && !(f->flags & FIELD_LIST);

	if (!json_is_null(v) && !list && !object)
		return wrong(f,
			     f->flags & FIELD_LIST     ? "a list or null"
			     : f->flags & FIELD_OBJECT ? "an object or null"
						       : "a list, an object or null",
			     e);
	if (!json_is_null(v)) {
		text = json_dumps(v, JSON_COMPACT);
		if (!text)
			return no_room_for(f, e);
	}
	free(MEMBER(row, f, char *));
	MEMBER(row, f, char *) = steal(text);
	return 0;
}

static int in_range(const struct field *f, double n, struct err *e)
{
	if ((f->min || f->max) && (n < (double)f->min || n > (double)f->max))
		return err_set(e, -ERANGE, "'%s' must be from %jd to %jd", f->name, (intmax_t)f->min, (intmax_t)f->max);
	return 0;
}

static int set_int(const struct field *f, void *row, const json_t *v, struct err *e)
{
	if (json_is_null(v) && !(f->flags & FIELD_REQUIRED)) {
		MEMBER(row, f, int64_t) = INT_NULL;
		return 0;
	}
	if (json_is_real(v))
		return wrong(f, "a whole number, written without point or exponent", e);
	if (!json_is_integer(v))
		return wrong(f, "a whole number", e);
	if (in_range(f, (double)json_integer_value(v), e) < 0)
		return -ERANGE;
	MEMBER(row, f, int64_t) = json_integer_value(v);
	return 0;
}

static int set_bool(const struct field *f, void *row, const json_t *v, struct err *e)
{
	if (!json_is_boolean(v))
		return wrong(f, "true or false", e);
	MEMBER(row, f, bool) = json_is_true(v);
	return 0;
}

static int set_real(const struct field *f, void *row, const json_t *v, struct err *e)
{
	if (json_is_null(v)) {
		MEMBER(row, f, double) = NAN;
		return 0;
	}
	if (!json_is_number(v))
		return wrong(f, "a number or null", e);
	if (in_range(f, json_number_value(v), e) < 0)
		return -ERANGE;
	MEMBER(row, f, double) = json_number_value(v);
	return 0;
}

static int set_time(const struct field *f, void *row, const json_t *v, struct err *e)
{
	int64_t ms = 0;

	if (!json_is_null(v) && (!json_is_string(v) || clock_parse(json_string_value(v), &ms) < 0))
		return wrong(f, "a time such as 2026-01-31 or 2026-01-31T17:00:00Z, or null", e);
	MEMBER(row, f, int64_t) = ms;
	return 0;
}

static int set_word(const struct field *f, void *row, const json_t *v, struct err *e)
{
	int i = json_is_string(v) ? field_word(f->words, json_string_value(v)) : -1;
	char list[256] = "";

	if (i >= 0) {
		MEMBER(row, f, int) = i;
		return 0;
	}
	for (const char *const *w = f->words; *w; w++)
		snprintf(list + strlen(list), sizeof(list) - strlen(list), "%s%s", w == f->words ? "" : ", ", *w);
	return err_set(e, -EINVAL, "'%s' must be one of: %s", f->name, list);
}

static const struct {
	json_t *(*get)(const struct field *f, const void *row);
	int (*set)(const struct field *f, void *row, const json_t *v, struct err *e);
} types[] = {
	[FIELD_TEXT] = { get_text, set_text }, [FIELD_JSON] = { get_json, set_json },
	[FIELD_INT] = { get_int, set_int },    [FIELD_BOOL] = { get_bool, set_bool },
	[FIELD_REAL] = { get_real, set_real }, [FIELD_TIME] = { get_time, set_time },
	[FIELD_WORD] = { get_word, set_word },
};

json_t *record_json(const struct table *t, const void *row)
{
	json_t *doc = json_object();

	for (size_t i = 0; i < t->n_fields; i++)
		if (!(t->fields[i].flags & FIELD_HIDDEN))
			json_object_set_new(doc, t->fields[i].name, types[t->fields[i].type].get(&t->fields[i], row));
	return doc;
}

static bool same_elements(const json_t *a, const json_t *b)
{
	bool same = json_array_size(a) == json_array_size(b);

	for (size_t i = 0; same && i < json_array_size(a); i++)
		same = record_same(json_array_get(a, i), json_array_get(b, i));
	return same;
}

static bool same_members(const json_t *a, const json_t *b)
{
	bool same = json_object_size(a) == json_object_size(b);
	const char *key;
	json_t *v;

	json_object_foreach ((json_t *)a, key, v)
		same = same && record_same(v, json_object_get(b, key));
	return same;
}

bool record_same(const json_t *a, const json_t *b)
{
	if (json_is_array(a) && json_is_array(b))
		return same_elements(a, b);
	if (json_is_object(a) && json_is_object(b))
		return same_members(a, b);
	if (json_is_number(a) && json_is_number(b) && json_is_real(a) != json_is_real(b))
		return json_number_value(a) == json_number_value(b);
	return json_equal(a, b);
}

static int apply_field(const struct field *f, void *row, const json_t *v, struct err *e)
{
	json_t *now;
	bool same;

	if (!(f->flags & FIELD_FIXED))
		return types[f->type].set(f, row, v, e);
	now = types[f->type].get(f, row);
	same = record_same(now, v);
	json_decref(now);
	if (!same && streq(f->name, "updated_at"))
		return err_set(e, -EBUSY,
			       "the document has changed since you read it: read it again and repeat your change");
	return same ? 0 : err_set(e, -EPERM, "'%s' cannot be changed", f->name);
}

int record_apply(const struct table *t, void *row, const json_t *doc, struct err *e)
{
	auto_free void *copy = xmalloc(t->size);
	const char *key;
	json_t *v;

	if (!json_is_object(doc))
		return err_set(e, -EINVAL, "the document must be a JSON object");
	if (row_copy(t, copy, row) < 0)
		return err_set(e, -ENOMEM, "no memory for the document");
	json_object_foreach ((json_t *)doc, key, v) {
		const struct field *f = field_find(t, key);
		int rc = f && !(f->flags & FIELD_HIDDEN) ? apply_field(f, copy, v, e)
							 : err_set(e, -EINVAL, "there is no field '%s'", key);

		if (rc < 0) {
			row_release(t, copy);
			return rc;
		}
	}
	row_release(t, row);
	memcpy(row, copy, t->size);
	return 0;
}

void record_value(const struct field *f, const void *row, struct buf *out)
{
	json_t *v = types[f->type].get(f, row);

	if (json_is_string(v)) {
		buf_addstr(out, json_string_value(v));
		buf_addc(out, '\n');
	} else if (!json_is_null(v)) {
		auto_free char *text = json_dumps(v, JSON_ENCODE_ANY | JSON_COMPACT);

		buf_printf(out, "%s\n", text ? text : "");
	}
	json_decref(v);
}

static bool is_plain_text(const struct field *f)
{
	return f->type == FIELD_TEXT || f->type == FIELD_TIME || f->type == FIELD_WORD;
}

int record_set(const struct table *t, const struct field *f, void *row, const char *text, struct err *e)
{
	unsigned lacks = jsonmem_lacks();
	json_t *v = NULL, *doc;
	int rc;

	if (!*text)
		v = json_null();
	else if (is_plain_text(f))
		v = json_string(text);
	else
		v = json_loads(text, JSON_DECODE_ANY, NULL);
	if (!v && jsonmem_lacks() != lacks)
		return no_room_for(f, e);
	if (!v)
		return err_set(e, -EINVAL, "'%s' is not a value for '%s'", text, f->name);
	doc = json_object();
	json_object_set_new(doc, f->name, v);
	rc = record_apply(t, row, doc, e);
	json_decref(doc);
	return rc;
}

int record_parse(const char *text, size_t len, json_t **out, struct err *e)
{
	unsigned lacks = jsonmem_lacks();
	json_error_t at;

	if (!name_utf8(text, len))
		return err_set(e, -EINVAL, "the document is not valid UTF-8");
	*out = json_loadb(text, len, JSON_REJECT_DUPLICATES, &at);
	if (!*out && jsonmem_lacks() != lacks)
		return err_set(e, -ENOMEM, "no memory for a document of %zu bytes", len);
	if (!*out)
		return err_set(e, -EINVAL, "the document is not valid JSON: line %d, column %d: %s", at.line, at.column,
			       at.text);
	return 0;
}

static int add_bytes(const char *bytes, size_t len, void *ud)
{
	buf_add(ud, bytes, len);
	return 0;
}

void record_dump(const json_t *doc, struct buf *out)
{
	if (json_dump_callback(doc, add_bytes, out, JSON_INDENT(2) | JSON_ENCODE_ANY) < 0 && doc)
		out->failed = true;
	buf_addc(out, '\n');
}
