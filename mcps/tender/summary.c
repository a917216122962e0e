#include <stdio.h>
#include <stdlib.h>

#include "markdown.h"
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

/* Codes in one line, lots in one line each. */
static void write_object(const json_t *result, struct buf *out)
{
	const json_t *codes = json_object_get(result, "cpv"), *lots = json_object_get(result, "lots");
	size_t i;
	json_t *one;

	json_array_foreach (codes, i, one)
		buf_printf(out, "%s%s", i ? ", " : "\nCPV: ", text_of(one, "code"));
	if (json_array_size(codes) > 0)
		buf_addc(out, '\n');
	if (json_array_size(lots) > 0)
		buf_addstr(out, "\n## Lots\n\n");
	json_array_foreach (lots, i, one) {
		if (i == MOST_ROWS) {
			buf_printf(out, "- and %zu more in result.json\n", json_array_size(lots) - i);
			break;
		}
		buf_printf(out, "- %s: ", text_of(one, "id"));
		markdown_add(out, text_of(one, "title"));
		buf_printf(out, " (page %lld)\n", number_of(one, "page"));
	}
}

static void write_texts(const json_t *list, const char *heading, struct buf *out)
{
	size_t i, n = json_array_size(list);
	json_t *item;

	if (n == 0)
		return;
	buf_printf(out, "\n## %s\n\n", heading);
	json_array_foreach (list, i, item) {
		if (i == MOST_ROWS) {
			buf_printf(out, "- and %zu more in result.json\n", n - i);
			break;
		}
		buf_addstr(out, "- ");
		markdown_add(out, text_of(item, "text"));
		buf_printf(out, " (page %lld)\n", number_of(item, "page"));
	}
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
		buf_printf(out, " (page %lld); taken was ", number_of(one, "page"));
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
	write_texts(json_object_get(result, "eligibility"), "Who may bid", out);
	write_texts(json_object_get(result, "documents"), "To hand in", out);
	write_conflicts(result, out);
	write_requirements(result, out);
	write_warnings(result, out);
}
