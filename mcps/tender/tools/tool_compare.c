/* compare_rfps: what changed between two versions of a tender. */
#include "compare.h"
#include "pick.h"
#include "tool.h"

/* The last part of the path without its ending: "rfp" comes before "rfp-amended", as "rfp.pdf" would not. */
static char *stem_of(const char *path)
{
	char *name = g_path_get_basename(path), *dot = strrchr(name, '.');

	if (dot && dot > name)
		*dot = '\0';
	return name;
}

static bool is_named(const char *path, const char *name)
{
	auto_free char *own = g_path_get_basename(path), *wanted = g_path_get_basename(name);

	return streq(own, wanted);
}

/* The index of the document of that name; -1 for none, -2 when that is said. */
static int find_named(struct call *c, const json_t *documents, const char *key)
{
	const json_t *arg = json_object_get(call_args(c), key);
	json_t *path;
	size_t i;

	if (!arg || json_is_null(arg))
		return -1;
	json_array_foreach (documents, i, path) {
		if (json_is_string(arg) && is_named(json_string_value(path), json_string_value(arg)))
			return (int)i;
	}
	call_fail(c, "arguments", false, "'%s' must be the name of one of the two documents.", key);
	return -2;
}

/* Which is the older: what the call says, else the order of a list in file_path, else that of the names. */
static int find_older(struct call *c, const json_t *documents)
{
	int older = find_named(c, documents, "older"), newer = find_named(c, documents, "newer");
	auto_free char *first = stem_of(json_string_value(json_array_get(documents, 0)));
	auto_free char *second = stem_of(json_string_value(json_array_get(documents, 1)));

	if (older == -2 || newer == -2)
		return -2;
	if (older >= 0 && older == newer) {
		call_fail(c, "arguments", false, "'older' and 'newer' name the same document.");
		return -2;
	}
	if (older >= 0)
		return older;
	if (newer >= 0)
		return 1 - newer;
	if (json_is_array(json_object_get(call_args(c), "file_path")))
		return 0;
	return strcmp(first, second) <= 0 ? 0 : 1;
}

static json_t *read_one(struct call *c, const json_t *documents, int i, struct share share)
{
	json_t *paths = json_array(), *result;

	json_array_append(paths, json_array_get(documents, (size_t)i));
	result = tool_read(c, paths, share);
	json_decref(paths);
	return result;
}

static const char *file_of(const json_t *result)
{
	return pick_word(json_object_get(result, "document"), "file");
}

/* The warnings of both, the older's first. */
static json_t *warnings_of(const json_t *older, const json_t *newer)
{
	json_t *all = json_copy(json_object_get(older, "warnings"));

	json_array_extend(all, json_object_get(newer, "warnings"));
	return all;
}

static void say(struct call *c, const json_t *older, const json_t *newer)
{
	long long before = pick_number(older, "confidence"), after = pick_number(newer, "confidence");
	json_t *answer = tool_answer(newer, (int)(before < after ? before : after));
	json_t *comparison = compare_results(older, newer);
	const json_t *r = json_object_get(comparison, "requirements");
	auto_buf text = BUF_INIT, changes = BUF_INIT;

	json_object_set(answer, "older", json_object_get(older, "document"));
	json_object_set(answer, "newer", json_object_get(newer, "document"));
	json_object_set_new(answer, "warnings", warnings_of(older, newer));
	json_object_update(answer, comparison);
	compare_markdown(comparison, file_of(older), file_of(newer), &changes);
	buf_printf(&text, "%zu fields changed; requirements: %lld the same, %zu changed, %zu added, %zu removed.",
		   json_array_size(json_object_get(comparison, "fields")), pick_number(r, "same"),
		   json_array_size(json_object_get(r, "changed")), json_array_size(json_object_get(r, "added")),
		   json_array_size(json_object_get(r, "removed")));
	call_text(c, buf_str(&text));
	call_file(c, "changes.md", "text/markdown", buf_str(&changes));
	call_structured(c, answer);
	json_decref(comparison);
}

int tool_compare(struct call *c)
{
	const json_t *documents = tool_documents(c);
	json_t *older = NULL, *newer = NULL;
	int first;

	if (!documents)
		return 0;
	if (json_array_size(documents) != 2)
		return call_fail(
			c, "arguments", false,
			"Two documents are compared, and %zu came. Where a version has several files, pack each "
			"into a ZIP.",
			json_array_size(documents));
	first = find_older(c, documents);
	if (first >= 0)
		older = read_one(c, documents, first, (struct share){ 0, 48 });
	if (older)
		newer = read_one(c, documents, 1 - first, (struct share){ 48, 96 });
	if (newer) {
		say(c, older, newer);
		call_progress(c, 100, 100, "done");
	}
	json_decref(older);
	json_decref(newer);
	return 0;
}
