#include "compare.h"

#include "diff.h"
#include "match.h"
#include "pick.h"
#include "tender/text/text.h"

/* What is no field, or is compared in a way of its own. */
static bool is_no_field(const char *key)
{
	static const char *const others[] = { "document", "files",      "requirements", "requirements_coverage",
					      "warnings", "confidence", "engine",       "conflicts" };

	for (size_t i = 0; i < N_ELEMS(others); i++) {
		if (streq(key, others[i]))
			return true;
	}
	return false;
}

static bool is_place(const char *key)
{
	return streq(key, "page") || streq(key, "quote") || streq(key, "confidence") || streq(key, "file") ||
	       streq(key, "candidates") || streq(key, "source");
}

/* The value in the form in which two are compared: without its place, texts plain. */
static json_t *bare(const json_t *v)
{
	json_t *out, *one;
	const char *key;
	size_t i;

	if (json_is_string(v)) {
		auto_free char *plain = text_plain(json_string_value(v), NULL), *folded = g_utf8_casefold(plain, -1);

		return json_string(folded);
	}
	if (json_is_array(v)) {
		out = json_array();
		json_array_foreach (v, i, one)
			json_array_append_new(out, bare(one));
		return out;
	}
	if (!json_is_object(v))
		return v ? json_deep_copy(v) : json_null();
	out = json_object();
	json_object_foreach ((json_t *)v, key, one) {
		if (!is_place(key))
			json_object_set_new(out, key, bare(one));
	}
	return out;
}

static bool is_same(const json_t *a, const json_t *b)
{
	json_t *x = bare(a), *y = bare(b);
	bool same = json_equal(x, y);

	json_decref(x);
	json_decref(y);
	return same;
}

static json_t *or_null(json_t *v)
{
	return v ? json_incref(v) : json_null();
}

static const char *change_of(const json_t *old, const json_t *now)
{
	return !old || json_is_null(old) ? "added" : !now || json_is_null(now) ? "removed" : "changed";
}

/* Entries have a text, or a name as criteria do, or a title as lots do. */
static json_t *entry_text(const json_t *entry)
{
	static const char *const keys[] = { "text", "name", "title", "code", "value" };

	for (size_t i = 0; i < N_ELEMS(keys); i++) {
		json_t *v = json_object_get(entry, keys[i]);

		if (json_is_string(v))
			return json_incref(v);
	}
	return json_string("");
}

static json_t *entries_of(const json_t *list)
{
	json_t *out = json_array(), *one;
	size_t i;

	json_array_foreach (list, i, one)
		json_array_append_new(out, json_pack("{s:o}", "text", entry_text(one)));
	return out;
}

/* A field that is a list, or has one under "items": which entries changed. */
static json_t *compare_entries(const json_t *older, const json_t *newer)
{
	json_t *before = entries_of(older), *after = entries_of(newer), *changes = json_array();
	GArray *pairs = match_find(before, after);

	for (guint n = 0; n < pairs->len; n++) {
		const struct pair *p = &g_array_index(pairs, struct pair, n);
		json_t *old = p->older < 0 ? NULL : json_array_get(older, (size_t)p->older);
		json_t *now = p->newer < 0 ? NULL : json_array_get(newer, (size_t)p->newer);

		if (!is_same(old, now))
			json_array_append_new(changes, json_pack("{s:s, s:o, s:o}", "change", change_of(old, now),
								 "old", or_null(old), "new", or_null(now)));
	}
	g_array_unref(pairs);
	json_decref(before);
	json_decref(after);
	return changes;
}

static json_t *list_in(json_t *field)
{
	json_t *items = json_object_get(field, "items");

	return json_is_array(field) ? field : json_is_array(items) ? items : NULL;
}

static void compare_field(json_t *list, const char *key, json_t *old, json_t *now)
{
	json_t *change;

	if (is_same(old, now))
		return;
	change = json_pack("{s:s, s:s, s:o, s:o}", "field", key, "change", change_of(old, now), "old", or_null(old),
			   "new", or_null(now));
	if (list_in(old) || list_in(now))
		json_object_set_new(change, "items", compare_entries(list_in(old), list_in(now)));
	json_array_append_new(list, change);
}

static json_t *compare_fields(const json_t *older, const json_t *newer)
{
	json_t *list = json_array(), *v;
	const char *key;

	json_object_foreach ((json_t *)newer, key, v) {
		if (!is_no_field(key))
			compare_field(list, key, json_object_get(older, key), v);
	}
	json_object_foreach ((json_t *)older, key, v) {
		if (!is_no_field(key) && !json_object_get(newer, key))
			compare_field(list, key, v, NULL);
	}
	return list;
}

static json_t *changed_requirement(const json_t *was, const json_t *now)
{
	json_t *change = json_copy((json_t *)now);

	json_object_set(change, "former_id", json_object_get(was, "id"));
	json_object_set(change, "former_text", json_object_get(was, "text"));
	json_object_set(change, "former_level", json_object_get(was, "level"));
	json_object_set(change, "former_page", json_object_get(was, "page"));
	json_object_set_new(change, "diff", diff_words(pick_word(was, "text"), pick_word(now, "text")));
	return change;
}

static json_t *compare_requirements(const json_t *older, const json_t *newer)
{
	GArray *pairs = match_find(older, newer);
	json_t *changed = json_array(), *added = json_array(), *removed = json_array();
	int same = 0;

	for (guint n = 0; n < pairs->len; n++) {
		const struct pair *p = &g_array_index(pairs, struct pair, n);
		json_t *was = p->older < 0 ? NULL : json_array_get(older, (size_t)p->older);
		json_t *now = p->newer < 0 ? NULL : json_array_get(newer, (size_t)p->newer);

		if (!was)
			json_array_append(added, now);
		else if (!now)
			json_array_append(removed, was);
		else if (p->same && streq(pick_word(was, "level"), pick_word(now, "level")))
			same++;
		else
			json_array_append_new(changed, changed_requirement(was, now));
	}
	g_array_unref(pairs);
	return json_pack("{s:i, s:o, s:o, s:o}", "same", same, "changed", changed, "added", added, "removed", removed);
}

json_t *compare_results(const json_t *older, const json_t *newer)
{
	return json_pack(
		"{s:o, s:o}", "fields", compare_fields(older, newer), "requirements",
		compare_requirements(json_object_get(older, "requirements"), json_object_get(newer, "requirements")));
}
