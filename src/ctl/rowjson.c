#include "ctl/rowjson.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define MEMBER(row, f, type) (*(type *)((char *)(row) + (f)->offset))

static json_t *text_json(const char *text)
{
	json_t *o;
	auto_buf hex = BUF_INIT;

	if (!text)
		return json_null();
	o = json_string(text);
	if (o)
		return o;
	for (const char *c = text; *c; c++)
		buf_printf(&hex, "%02x", (unsigned)(unsigned char)*c);
	return json_pack("{s:s}", "hex", buf_str(&hex));
}

static json_t *field_json(const struct field *f, const void *row)
{
	switch (f->type) {
	case FIELD_TEXT:
	case FIELD_JSON: return text_json(MEMBER(row, f, char *const));
	case FIELD_INT:
		return MEMBER(row, f, const int64_t) == INT_NULL ? json_null()
								 : json_integer(MEMBER(row, f, const int64_t));
	case FIELD_TIME: return json_integer(MEMBER(row, f, const int64_t));
	case FIELD_BOOL: return json_boolean(MEMBER(row, f, const bool));
	case FIELD_REAL:
		return isnan(MEMBER(row, f, const double)) ? json_null() : json_real(MEMBER(row, f, const double));
	case FIELD_WORD: return json_string(f->words[MEMBER(row, f, const int)]);
	}
	return json_null();
}

void rowjson_write(const struct table *t, const void *row, struct buf *out)
{
	json_t *o = json_object();
	char *line;

	json_object_set_new(o, "row_id", json_integer(*(const int64_t *)row));
	for (size_t i = 0; i < t->n_fields; i++)
		json_object_set_new(o, t->fields[i].name, field_json(&t->fields[i], row));
	line = json_dumps(o, JSON_COMPACT);
	if (line)
		buf_addstr(out, line);
	else
		out->failed = true;
	buf_addc(out, '\n');
	free(line);
	json_decref(o);
}

static int text_from_hex(const char *hex, char **out)
{
	size_t n = strlen(hex) / 2;
	char *text;

	if (strlen(hex) % 2 || strspn(hex, "0123456789abcdef") != 2 * n)
		return -EBADMSG;
	text = xmalloc(n + 1);
	for (size_t i = 0; i < n; i++) {
		char digits[3] = { hex[2 * i], hex[2 * i + 1], '\0' };

		text[i] = (char)strtol(digits, NULL, 16);
	}
	text[n] = '\0';
	*out = text;
	return 0;
}

static int text_from_json(const json_t *v, char **out)
{
	if (!v || json_is_null(v))
		return 0;
	if (json_is_object(v) && json_is_string(json_object_get(v, "hex")))
		return text_from_hex(json_string_value(json_object_get(v, "hex")), out);
	if (!json_is_string(v))
		return -EBADMSG;
	*out = xstrdup(json_string_value(v));
	return 0;
}

static int integer_from_json(const json_t *v, int64_t null, int64_t *out)
{
	*out = json_is_integer(v) ? json_integer_value(v) : null;
	return !v || json_is_null(v) || json_is_integer(v) ? 0 : -EBADMSG;
}

static int field_from_json(const struct field *f, const json_t *v, void *row)
{
	switch (f->type) {
	case FIELD_TEXT:
	case FIELD_JSON: return text_from_json(v, &MEMBER(row, f, char *));
	case FIELD_INT: return integer_from_json(v, INT_NULL, &MEMBER(row, f, int64_t));
	case FIELD_TIME: return integer_from_json(v, 0, &MEMBER(row, f, int64_t));
	case FIELD_BOOL: MEMBER(row, f, bool) = json_is_true(v); return !v || json_is_boolean(v) ? 0 : -EBADMSG;
	case FIELD_REAL:
		MEMBER(row, f, double) = json_is_number(v) ? json_number_value(v) : (double)NAN;
		return !v || json_is_null(v) || json_is_number(v) ? 0 : -EBADMSG;
	case FIELD_WORD:
		MEMBER(row, f, int) = json_is_string(v) ? field_word(f->words, json_string_value(v)) : -1;
		return MEMBER(row, f, int) < 0 ? -EBADMSG : 0;
	}
	return -EBADMSG;
}

int rowjson_read(const struct table *t, const char *line, size_t len, void *row, struct err *e)
{
	json_error_t where;
	json_t *o = json_loadb(line, len, JSON_REJECT_DUPLICATES, &where);
	int rc = json_is_object(o) ? integer_from_json(json_object_get(o, "row_id"), 0, row) : -EBADMSG;

	memset((char *)row + sizeof(int64_t), 0, t->size - sizeof(int64_t));
	if (rc < 0 || *(int64_t *)row <= 0)
		rc = err_set(e, -EBADMSG, "a line of %s is no row: %s", t->name, o ? "it has no row_id" : where.text);
	for (size_t i = 0; rc == 0 && i < t->n_fields; i++) {
		rc = field_from_json(&t->fields[i], json_object_get(o, t->fields[i].name), row);
		if (rc < 0)
			err_set(e, rc, "the %s of a row of %s is not what it must be", t->fields[i].name, t->name);
	}
	json_decref(o);
	return rc;
}
