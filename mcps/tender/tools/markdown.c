#include "markdown.h"

#include <jansson.h>

#include "base/util.h"

void markdown_add(struct buf *out, const char *text)
{
	for (; *text; text++) {
		if (strchr("|\\`*_[]#~", *text))
			buf_addc(out, '\\');
		if (*text == '<')
			buf_addstr(out, "&lt;");
		else
			buf_addc(out, *text == '\n' || *text == '\r' ? ' ' : *text);
	}
}

/* Where a value was found and how sure it is stands beside it. */
static bool is_place(const char *key)
{
	static const char *const places[] = { "page", "quote", "confidence", "file", "candidates", "source" };

	for (size_t i = 0; i < N_ELEMS(places); i++) {
		if (streq(key, places[i]))
			return true;
	}
	return false;
}

static void add_list(struct buf *out, const json_t *list)
{
	json_t *one;
	size_t i;

	json_array_foreach (list, i, one) {
		buf_addstr(out, i ? "; " : "");
		markdown_value(out, one);
	}
}

static void add_object(struct buf *out, const json_t *object)
{
	const char *key;
	bool first = true;
	json_t *one;

	json_object_foreach ((json_t *)object, key, one) {
		if (is_place(key) || json_is_null(one) || json_is_false(one))
			continue;
		buf_addstr(out, first ? "" : ", ");
		first = false;
		if (json_is_true(one))
			markdown_add(out, key);
		else if (!streq(key, "value") && !json_is_string(one) && !json_is_array(one))
			buf_printf(out, "%s ", key);
		markdown_value(out, one);
	}
}

void markdown_value(struct buf *out, const json_t *value)
{
	if (json_is_string(value))
		markdown_add(out, json_string_value(value));
	else if (json_is_integer(value))
		buf_printf(out, "%lld", (long long)json_integer_value(value));
	else if (json_is_real(value))
		buf_printf(out, "%g", json_real_value(value));
	else if (json_is_array(value))
		add_list(out, value);
	else if (json_is_object(value))
		add_object(out, value);
}
