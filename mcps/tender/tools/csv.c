#include <stdio.h>

#include "output.h"

void csv_cell(struct buf *out, const char *text)
{
	/* A spreadsheet runs what begins so; the text comes from a stranger. */
	bool formula = *text && strchr("=+-@\t\r", *text);

	if (!formula && !strpbrk(text, "\",\r\n")) {
		buf_addstr(out, text);
		return;
	}
	buf_addc(out, '"');
	if (formula)
		buf_addc(out, '\'');
	for (; *text; text++) {
		if (*text == '"')
			buf_addc(out, '"');
		buf_addc(out, *text);
	}
	buf_addc(out, '"');
}

static void add_text(struct buf *out, const json_t *item, const char *key)
{
	const json_t *v = json_object_get(item, key);

	if (json_is_integer(v))
		buf_printf(out, "%lld", (long long)json_integer_value(v));
	else if (json_is_string(v))
		csv_cell(out, json_string_value(v));
}

/* The rules say nothing of themselves: only a model is named as the source. */
static bool any_of_model(const json_t *requirements)
{
	size_t i;
	json_t *item;

	json_array_foreach (requirements, i, item)
		if (json_object_get(item, "source"))
			return true;
	return false;
}

void csv_write(const json_t *result, struct buf *out)
{
	static const char *const columns[] = { "id",      "level", "category",   "page",
					       "section", "text",  "confidence", "source" };
	const json_t *requirements = json_object_get(result, "requirements");
	size_t i, n = N_ELEMS(columns) - !any_of_model(requirements);
	json_t *item;

	for (size_t k = 0; k < n; k++)
		buf_printf(out, "%s%s", k ? "," : "", columns[k]);
	buf_addstr(out, "\r\n");
	json_array_foreach (requirements, i, item) {
		for (size_t k = 0; k < n; k++) {
			if (k)
				buf_addc(out, ',');
			add_text(out, item, columns[k]);
		}
		buf_addstr(out, "\r\n");
	}
}
