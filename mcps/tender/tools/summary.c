#include <stdio.h>
#include <stdlib.h>

#include "markdown.h"
#include "tender/fields/names.h"
#include "output.h"

#define MOST_ROWS 8

static const char *text_of(const json_t *fact, const char *key)
{
	return json_string_value(json_object_get(fact, key));
}

static long long number_of(const json_t *fact, const char *key)
{
	return (long long)json_integer_value(json_object_get(fact, key));
}

static void show_value(struct buf *out, const json_t *fact)
{
	markdown_add(out, text_of(fact, "value") ? text_of(fact, "value") : "");
}

static void show_date(struct buf *out, const json_t *fact)
{
	const char *value = text_of(fact, "value"), *zone = text_of(fact, "timezone");

	buf_printf(out, "**%.10s", value);
	if (strlen(value) > 11)
		buf_printf(out, ", %s", value + 11);
	buf_addstr(out, "**");
	if (zone) {
		buf_addc(out, ' ');
		markdown_add(out, zone);
	}
}

static void show_duration(struct buf *out, const json_t *fact)
{
	show_value(out, fact);
	if (json_is_integer(json_object_get(fact, "option_months")))
		buf_printf(out, ", options of %lld months", number_of(fact, "option_months"));
}

static void show_budget(struct buf *out, const json_t *fact)
{
	const char *currency = text_of(fact, "currency");

	if (json_is_integer(json_object_get(fact, "minimum")))
		buf_printf(out, "%lld to ", number_of(fact, "minimum"));
	buf_printf(out, "%lld %s (%s)", number_of(fact, "value"), currency ? currency : "(no currency printed)",
		   text_of(fact, "kind"));
}

static void show_parts(struct buf *out, const json_t *fact, const char *const *keys, size_t n)
{
	bool any = false;

	for (size_t i = 0; i < n; i++) {
		if (!text_of(fact, keys[i]))
			continue;
		buf_addstr(out, any ? ", " : "");
		markdown_add(out, text_of(fact, keys[i]));
		any = true;
	}
}

static void show_method(struct buf *out, const json_t *fact)
{
	static const char *const keys[] = { "kind", "portal", "email", "address" };

	show_parts(out, fact, keys, N_ELEMS(keys));
}

static void show_contact(struct buf *out, const json_t *fact)
{
	static const char *const keys[] = { "name", "role", "email", "phone" };

	show_parts(out, fact, keys, N_ELEMS(keys));
}

static void show_pages(struct buf *out, const json_t *fact)
{
	buf_printf(out, "%lld pages", number_of(fact, "value"));
}

static const struct {
	const char *key, *name;
	void (*show)(struct buf *out, const json_t *fact);
} rows[] = {
	{ "submission_deadline", "Submit until", show_date },
	{ "questions_deadline", "Ask until", show_date },
	{ "submission_method", "How to submit", show_method },
	{ "issuer", "Issuer", show_value },
	{ "reference_number", "Reference", show_value },
	{ "procedure", "Procedure", show_value },
	{ "issue_date", "Issued", show_date },
	{ "contract_duration", "Duration", show_duration },
	{ "budget", "Budget", show_budget },
	{ "contact", "Contact", show_contact },
	{ "page_limit", "Page limit", show_pages },
};

static void write_facts(const json_t *result, struct buf *out)
{
	buf_addstr(out, "| | | Page | Sure |\n|---|---|--:|--:|\n");
	for (size_t i = 0; i < N_ELEMS(rows); i++) {
		const json_t *fact = json_object_get(result, rows[i].key);

		buf_printf(out, "| %s | ", rows[i].name);
		if (json_is_object(fact)) {
			rows[i].show(out, fact);
			buf_printf(out, " | %lld | %lld %% |\n", number_of(fact, "page"),
				   number_of(fact, "confidence"));
		} else {
			buf_addstr(out, "not found in the document | | |\n");
		}
	}
}

static void write_criteria(const json_t *result, struct buf *out)
{
	const json_t *fact = json_object_get(result, "evaluation_criteria");
	const char *unit = text_of(fact, "weight_unit");
	size_t i;
	json_t *item;

	if (!json_is_object(fact))
		return;
	buf_addstr(out, "\n## How offers are weighed\n\n");
	json_array_foreach (json_object_get(fact, "items"), i, item) {
		buf_addstr(out, "- ");
		markdown_add(out, text_of(item, "name"));
		if (json_is_integer(json_object_get(item, "weight")))
			buf_printf(out, ": %lld%s", number_of(item, "weight"),
				   unit && streq(unit, "percent") ? " %" : " points");
		buf_printf(out, " (page %lld)\n", number_of(item, "page"));
	}
}

/* Entries that say the same in one line: what they say, their ids and pages. */
struct line_of {
	const char *text;
	GString *ids, *pages;
	long long last_page;
	int n_pages;
};

static void line_of_free(void *item)
{
	struct line_of *line = item;

	g_string_free(line->ids, TRUE);
	g_string_free(line->pages, TRUE);
	g_free(line);
}

static struct line_of *line_begin(const char *text)
{
	struct line_of *line = g_new0(struct line_of, 1);

	*line = (struct line_of){ .text = text, .ids = g_string_new(NULL), .pages = g_string_new(NULL) };
	return line;
}

/* The entries of a list by what they say under key, in their order; free with g_ptr_array_unref. */
static GPtrArray *lines_of(const json_t *list, const char *key)
{
	GPtrArray *lines = g_ptr_array_new_with_free_func(line_of_free);
	GHashTable *known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	size_t i;
	json_t *one;

	json_array_foreach (list, i, one) {
		const char *text = text_of(one, key), *id = text_of(one, "id");
		char *name = names_key(text);
		struct line_of *line = g_hash_table_lookup(known, name);

		if (!line) {
			line = line_begin(text);
			g_ptr_array_add(lines, line);
		}
		g_hash_table_replace(known, name, line);
		if (id)
			g_string_append_printf(line->ids, "%s%s", line->ids->len ? ", " : "", id);
		if (line->n_pages == 0 || line->last_page != number_of(one, "page")) {
			line->last_page = number_of(one, "page");
			g_string_append_printf(line->pages, "%s%lld", line->n_pages++ ? ", " : "", line->last_page);
		}
	}
	g_hash_table_unref(known);
	return lines;
}

static void write_lines(const json_t *list, const char *key, const char *heading, struct buf *out)
{
	GPtrArray *lines = lines_of(list, key);

	if (lines->len > 0)
		buf_printf(out, "\n## %s\n\n", heading);
	for (unsigned i = 0; i < lines->len; i++) {
		const struct line_of *line = lines->pdata[i];

		if (i == MOST_ROWS) {
			buf_printf(out, "- and %u more in result.json\n", lines->len - i);
			break;
		}
		buf_printf(out, "- %s%s", line->ids->str, line->ids->len ? ": " : "");
		markdown_add(out, line->text);
		buf_printf(out, " (page%s %s)\n", line->n_pages > 1 ? "s" : "", line->pages->str);
	}
	g_ptr_array_unref(lines);
}

/* Codes in one line, lots in one line for each title. */
static void write_object(const json_t *result, struct buf *out)
{
	const json_t *codes = json_object_get(result, "cpv");
	size_t i;
	json_t *one;

	json_array_foreach (codes, i, one)
		buf_printf(out, "%s%s", i ? ", " : "\nCPV: ", text_of(one, "code"));
	if (json_array_size(codes) > 0)
		buf_addc(out, '\n');
	write_lines(json_object_get(result, "lots"), "title", "Lots", out);
}

static void write_conflicts(const json_t *result, struct buf *out)
{
	const json_t *list = json_object_get(result, "conflicts");
	size_t i;
	json_t *one;

	if (json_array_size(list) == 0)
		return;
	buf_addstr(out, "\n## The document contradicts itself\n\n");
	json_array_foreach (list, i, one) {
		buf_addstr(out, "- ");
		markdown_add(out, text_of(one, "text"));
		buf_printf(out, " (page %lld%s); taken was ", number_of(one, "page"),
			   json_object_get(one, "source") ? ", as a model reads it" : "");
		markdown_add(out, text_of(one, "taken"));
		buf_addc(out, '\n');
	}
}

static void write_requirements(const json_t *result, struct buf *out)
{
	const json_t *list = json_object_get(result, "requirements");
	int must = 0, should = 0, may = 0;
	size_t i;
	json_t *item;

	json_array_foreach (list, i, item) {
		const char *level = text_of(item, "level");

		must += streq(level, "must");
		should += streq(level, "should");
		may += streq(level, "may");
	}
	buf_printf(out,
		   "\n## Requirements\n\n%zu found: %d must, %d should, %d may. All of them are in requirements.csv.\n",
		   json_array_size(list), must, should, may);
}

static void write_warnings(const json_t *result, struct buf *out)
{
	const json_t *list = json_object_get(result, "warnings");
	size_t i;
	json_t *item;

	if (json_array_size(list) == 0)
		return;
	buf_addstr(out, "\n## To be checked\n\n");
	json_array_foreach (list, i, item) {
		if (i == MOST_ROWS) {
			buf_printf(out, "- and %zu more in result.json\n", json_array_size(list) - i);
			break;
		}
		buf_addstr(out, "- ");
		markdown_add(out, json_string_value(item));
		buf_addc(out, '\n');
	}
}

void summary_write(const json_t *result, struct buf *out)
{
	const json_t *document = json_object_get(result, "document");
	const char *title = text_of(json_object_get(result, "title"), "value");

	buf_addstr(out, "# ");
	markdown_add(out, title ? title : text_of(document, "file"));
	buf_addstr(out, "\n\n");
	markdown_add(out, text_of(document, "file"));
	buf_printf(out, ", %lld pages. Confidence of the whole: %lld %%.\n\n", number_of(document, "pages"),
		   number_of(result, "confidence"));
	write_facts(result, out);
	write_object(result, out);
	write_criteria(result, out);
	write_lines(json_object_get(result, "eligibility"), "text", "Who may bid", out);
	write_lines(json_object_get(result, "documents"), "text", "To hand in", out);
	write_conflicts(result, out);
	write_requirements(result, out);
	write_warnings(result, out);
}
