#include "compare.h"
#include "diff.h"
#include "markdown.h"
#include "pick.h"

/* The name of a field in words: "submission deadline". */
static void field_name(struct buf *out, const char *key)
{
	for (; *key; key++)
		buf_addc(out, *key == '_' ? ' ' : *key);
}

static void add_page(struct buf *out, const json_t *fact)
{
	if (json_is_integer(json_object_get(fact, "page")))
		buf_printf(out, " (page %lld)", pick_number(fact, "page"));
}

static void add_side(struct buf *out, const json_t *v)
{
	if (!v || json_is_null(v)) {
		buf_addstr(out, "not in the document");
		return;
	}
	markdown_value(out, v);
	add_page(out, v);
}

static void add_items(struct buf *out, const json_t *items)
{
	json_t *item;
	size_t i;

	json_array_foreach (items, i, item) {
		buf_printf(out, "  - %s: ", pick_word(item, "change"));
		if (streq(pick_word(item, "change"), "changed")) {
			add_side(out, json_object_get(item, "old"));
			buf_addstr(out, " → ");
		}
		add_side(out, json_object_get(item, streq(pick_word(item, "change"), "removed") ? "old" : "new"));
		buf_addc(out, '\n');
	}
}

static void add_fields(struct buf *out, const json_t *fields)
{
	json_t *field;
	size_t i;

	buf_addstr(out, "\n## Fields\n\n");
	if (json_array_size(fields) == 0)
		buf_addstr(out, "None has changed.\n");
	json_array_foreach (fields, i, field) {
		const json_t *items = json_object_get(field, "items");

		buf_addstr(out, "- **");
		field_name(out, pick_word(field, "field"));
		buf_printf(out, "** %s", pick_word(field, "change"));
		if (json_array_size(items) > 0) {
			buf_addstr(out, ":\n");
			add_items(out, items);
			continue;
		}
		buf_addstr(out, ": ");
		add_side(out, json_object_get(field, "old"));
		buf_addstr(out, " → ");
		add_side(out, json_object_get(field, "new"));
		buf_addc(out, '\n');
	}
}

static void begin_requirement(struct buf *out, const json_t *r)
{
	buf_addstr(out, "- **");
	markdown_add(out, pick_word(r, "id"));
	buf_addstr(out, "** (");
}

static void add_changed(struct buf *out, const json_t *list)
{
	json_t *r;
	size_t i;

	json_array_foreach (list, i, r) {
		begin_requirement(out, r);
		buf_printf(out, "page %lld", pick_number(r, "page"));
		if (!streq(pick_word(r, "level"), pick_word(r, "former_level")))
			buf_printf(out, "; %s → %s", pick_word(r, "former_level"), pick_word(r, "level"));
		buf_addstr(out, "): ");
		diff_markdown(json_object_get(r, "diff"), out);
		buf_addc(out, '\n');
	}
}

static void add_whole(struct buf *out, const json_t *list)
{
	json_t *r;
	size_t i;

	json_array_foreach (list, i, r) {
		begin_requirement(out, r);
		buf_printf(out, "%s, page %lld): ", pick_word(r, "level"), pick_number(r, "page"));
		markdown_add(out, pick_word(r, "text"));
		buf_addc(out, '\n');
	}
}

void compare_markdown(const json_t *comparison, const char *older, const char *newer, struct buf *out)
{
	static const struct {
		const char *key;
		void (*add)(struct buf *out, const json_t *list);
	} parts[] = { { "changed", add_changed }, { "added", add_whole }, { "removed", add_whole } };
	const json_t *requirements = json_object_get(comparison, "requirements");

	buf_addstr(out, "# What changed\n\nFrom ");
	markdown_add(out, older);
	buf_addstr(out, " to ");
	markdown_add(out, newer);
	buf_addstr(out, ".\n");
	add_fields(out, json_object_get(comparison, "fields"));
	buf_printf(out, "\n## Requirements\n\n%lld are the same.\n", pick_number(requirements, "same"));
	for (size_t i = 0; i < N_ELEMS(parts); i++) {
		const json_t *list = json_object_get(requirements, parts[i].key);

		if (json_array_size(list) == 0)
			continue;
		buf_printf(out, "\n### %zu %s\n\n", json_array_size(list), parts[i].key);
		parts[i].add(out, list);
	}
}
