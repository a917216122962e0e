/*
 * The walk over schema and value. Work is bounded by a number of steps and by time, since schemas that refer to
 * themselves can ask for exponentially many, and a pattern may be slow.
 */
#include "mcp/schema_parts.h"

#include <errno.h>

#include "base/clock.h"

#define MAX_DEPTH 200
#define MAX_STEPS 4000000
#define MAX_MS    3000

int schema_refuse(struct check *c, const char *fmt, ...)
{
	auto_buf text = BUF_INIT;
	va_list ap;

	if (!c->e)
		return -EINVAL;
	va_start(ap, fmt);
	buf_vprintf(&text, fmt, ap);
	va_end(ap);
	if (c->path.len == 0)
		return err_set(c->e, -EINVAL, "the value %s", buf_str(&text));
	return err_set(c->e, -EINVAL, "'%s' %s", buf_str(&c->path), buf_str(&text));
}

bool schema_spend(struct check *c, size_t steps)
{
	if (steps > MAX_STEPS - c->steps || (steps >= MATCH_STEPS && clock_mono_ms() > c->until_ms))
		c->exhausted = true;
	else
		c->steps += (unsigned)steps;
	return !c->exhausted;
}

static int give_up(struct check *c)
{
	c->exhausted = true;
	return -EINVAL;
}

/* --- places --- */

static size_t path_push(struct check *c, const char *key)
{
	size_t was = c->path.len;

	buf_addc(&c->path, '/');
	for (; *key; key++) {
		if (*key == '~' || *key == '/')
			buf_addstr(&c->path, *key == '~' ? "~0" : "~1");
		else
			buf_addc(&c->path, *key);
	}
	return was;
}

static void path_pop(struct check *c, size_t was)
{
	c->path.len = was;
	if (c->path.data)
		c->path.data[was] = '\0';
}

int schema_member(struct check *c, const json_t *schema, const json_t *value, const char *key)
{
	size_t was = path_push(c, key);
	int rc = schema_value(c, schema, value);

	path_pop(c, was);
	return rc;
}

int schema_element(struct check *c, const json_t *schema, const json_t *array, size_t i)
{
	auto_free char *key = xasprintf("%zu", i);

	return schema_member(c, schema, json_array_get(array, i), key);
}

bool schema_fits(struct check *c, const json_t *schema, const json_t *value)
{
	struct err *e = c->e;
	bool ok;

	c->e = NULL;
	ok = schema_value(c, schema, value) == 0;
	c->e = e;
	return ok;
}

static bool is_kind(const json_t *value, enum schema_kind kind)
{
	switch (kind) {
	case ANY: return true;
	case NUMBER: return json_is_number(value);
	case STRING: return json_is_string(value);
	case ARRAY: return json_is_array(value);
	case OBJECT: return json_is_object(value);
	}
	return false;
}

static int check_keywords(struct check *c, const json_t *schema, const json_t *value)
{
	const char *name;
	json_t *arg;

	json_object_foreach ((json_t *)schema, name, arg) {
		const struct schema_keyword *k = schema_keyword_find(name);
		int rc = 0;

		if (!schema_spend(c, 1))
			return -EINVAL;
		if (k && is_kind(value, k->kind))
			rc = k->check(c, schema, arg, value);
		if (rc < 0 || c->exhausted)
			return -EINVAL;
	}
	return 0;
}

int schema_value(struct check *c, const json_t *schema, const json_t *value)
{
	int rc;

	if (json_is_false(schema))
		return schema_refuse(c, "is not allowed there");
	if (c->exhausted || c->depth >= MAX_DEPTH || c->path.failed)
		return give_up(c);
	c->depth++;
	rc = json_is_object(schema) ? check_keywords(c, schema, value) : 0;
	c->depth--;
	return rc;
}

int schema_check(const json_t *schema, const json_t *value, struct err *e)
{
	struct check c = { .root = schema, .e = e, .path = BUF_INIT, .until_ms = clock_mono_ms() + MAX_MS };
	int rc = schema && value ? schema_value(&c, schema, value) : 0;

	buf_release(&c.path);
	if (c.exhausted)
		return err_set(e, -E2BIG, "the value is too large or nested too deep to be checked against its schema");
	return rc;
}
