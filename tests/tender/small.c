#include "small.h"

#include <jansson.h>
#include <stdio.h>

#include "tender/read/flow.h"

static const struct {
	const char *mark;
	struct style style;
	size_t skip; /* bytes of the mark that are no text */
} looks[] = {
	{ "- ", { FLOW_BODY, 18, true }, 0 },
	{ "# ", { 2 * FLOW_BODY, 0, false }, 2 },
	{ "= ", { 1.4 * FLOW_BODY, 0, false }, 2 },
	{ "", { FLOW_BODY, 0, false }, 0 },
};

static void add_paragraph(struct flow *f, const char *text)
{
	size_t i = 0;

	while (!util_starts(text, looks[i].mark))
		i++;
	flow_str(f, text + looks[i].skip);
	flow_end(f, &looks[i].style);
}

static void add_line(struct flow *f, const char *line)
{
	gchar **cells = g_strsplit(line, " | ", -1);
	unsigned n = g_strv_length(cells);

	if (n > 1)
		flow_row(f, NULL, n);
	for (unsigned i = 0; i < n; i++) {
		add_paragraph(f, cells[i]);
		if (i + 1 < n)
			flow_cell(f, 1);
	}
	if (n > 1)
		flow_row_end(f);
	g_strfreev(cells);
}

struct doc *small_doc(const char *text)
{
	struct doc *d = doc_new();
	struct file file = { .name = g_strdup("a.txt"), .type = "text/plain" };
	gchar **lines = g_strsplit(text, "\n", -1);
	struct flow *f;

	g_array_append_val(d->files, file);
	f = flow_new(d, 0);
	for (gchar **line = lines; *line; line++) {
		if (streq(*line, "\f"))
			flow_page(f);
		else
			add_line(f, *line);
	}
	g_strfreev(lines);
	flow_free(f);
	doc_finish(d);
	return d;
}

char *small_shown(const json_t *fact, const char *const *keys)
{
	json_t *all = json_is_array(fact) ? json_incref((json_t *)fact) : json_pack("[O]", fact), *one;
	GString *out = g_string_new(NULL);
	size_t i;

	json_array_foreach (all, i, one) {
		g_string_append(out, i ? "; " : "");
		for (const char *const *key = keys; *key; key++) {
			const json_t *value = json_object_get(one, *key);
			auto_free char *text = json_is_string(value) ? g_strdup(json_string_value(value))
								     : json_dumps(value, JSON_ENCODE_ANY);

			g_string_append_printf(out, "%s%s", key == keys ? "" : ", ", text ? text : "-");
		}
	}
	json_decref(all);
	return g_string_free(out, FALSE);
}

char *small_field(json_t *(*field)(const struct doc *d), const char *text, const char *keys)
{
	struct doc *d = small_doc(text);
	json_t *fact = field(d);
	gchar **names = g_strsplit(keys, " ", -1);
	char *got = fact ? small_shown(fact, (const char *const *)names) : g_strdup("null");

	g_strfreev(names);
	json_decref(fact);
	doc_free(d);
	return got;
}

int small_wrong(json_t *(*field)(const struct doc *d), const char *keys, const struct small_case *cases, size_t n)
{
	int wrong = 0;

	for (size_t i = 0; i < n; i++) {
		auto_free char *got = small_field(field, cases[i].text, keys);

		if (streq(got, cases[i].want))
			continue;
		fprintf(stderr, "'%s'\n\tis read as '%s', not '%s'\n", cases[i].text, got, cases[i].want);
		wrong++;
	}
	return wrong;
}
