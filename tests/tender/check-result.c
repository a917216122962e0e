/*
 * check-result MANIFEST FILE - judge the answer to parse_rfp that comes by standard input
 *
 * The structured content must fit the output schema of the manifest, and every quote must stand on its page, compared
 * with what pdftotext says of it (plain, -raw or -layout) after NFKC and without white space and hyphens; " … " joins
 * pieces. Quotes of pages that OCR read stand in no text and are only counted. Of an Office file the words of its XML
 * are taken, whatever the page; numbers of list items are not in them. Says what is wrong, a line each, and ends with 0
 * (good), 1 (bad) or 77 (pdftotext or unzip is not installed).
 */
#include <glib.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/util.h"

static int n_bad, n_quotes, n_ocr;
static const json_t *ocr_pages;

static void bad(const char *fmt, ...) PRINTF_LIKE(1, 2);
static void bad(const char *fmt, ...)
{
	va_list ap;

	n_bad++;
	va_start(ap, fmt);
	printf("# ");
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n");
}

static bool has_type(const json_t *v, const char *type)
{
	static const struct {
		const char *name;
		json_type type;
	} types[] = {
		{ "object", JSON_OBJECT }, { "array", JSON_ARRAY },     { "string", JSON_STRING },
		{ "null", JSON_NULL },     { "integer", JSON_INTEGER },
	};

	if (streq(type, "boolean"))
		return json_is_boolean(v);
	if (streq(type, "number"))
		return json_is_number(v);
	for (size_t i = 0; i < N_ELEMS(types); i++) {
		if (streq(type, types[i].name))
			return json_typeof(v) == types[i].type;
	}
	return false;
}

static bool type_fits(const json_t *v, const json_t *type)
{
	size_t i;
	json_t *one;

	if (!type || json_is_string(type))
		return !type || has_type(v, json_string_value(type));
	json_array_foreach (type, i, one) {
		if (has_type(v, json_string_value(one)))
			return true;
	}
	return false;
}

static bool in_enum(const json_t *v, const json_t *list)
{
	size_t i;
	json_t *one;

	json_array_foreach (list, i, one) {
		if (json_equal(v, one))
			return true;
	}
	return false;
}

static void check_value(const json_t *v, const json_t *schema, const json_t *root, const char *path);

static void check_object(const json_t *v, const json_t *schema, const json_t *root, const char *path)
{
	const json_t *properties = json_object_get(schema, "properties"), *value;
	const char *key;
	size_t i;
	json_t *name;

	json_array_foreach (json_object_get(schema, "required"), i, name) {
		if (!json_object_get(v, json_string_value(name)))
			bad("%s has no '%s'", path, json_string_value(name));
	}
	json_object_foreach ((json_t *)v, key, value) {
		auto_free char *at = xasprintf("%s/%s", path, key);
		const json_t *its = json_object_get(properties, key);

		if (its)
			check_value(value, its, root, at);
		else if (json_is_false(json_object_get(schema, "additionalProperties")))
			bad("%s is not allowed", at);
	}
}

static void check_string(const json_t *v, const json_t *schema, const char *path)
{
	const char *pattern = json_string_value(json_object_get(schema, "pattern"));

	if (pattern && !g_regex_match_simple(pattern, json_string_value(v), 0, 0))
		bad("%s is '%s', which does not match %s", path, json_string_value(v), pattern);
	if ((json_int_t)json_string_length(v) < json_integer_value(json_object_get(schema, "minLength")))
		bad("%s is too short", path);
}

/* The part of JSON Schema that the manifest uses. */
static void check_value(const json_t *v, const json_t *schema, const json_t *root, const char *path)
{
	const char *ref = json_string_value(json_object_get(schema, "$ref"));
	json_t *max = json_object_get(schema, "maximum"), *min = json_object_get(schema, "minimum"), *one;
	size_t i;

	if (ref) {
		check_value(v, json_object_get(json_object_get(root, "$defs"), ref + strlen("#/$defs/")), root, path);
		return;
	}
	if (!type_fits(v, json_object_get(schema, "type")))
		bad("%s has the wrong type", path);
	if (json_object_get(schema, "enum") && !in_enum(v, json_object_get(schema, "enum")))
		bad("%s is none of the words allowed", path);
	if (json_is_object(v))
		check_object(v, schema, root, path);
	if (json_is_string(v))
		check_string(v, schema, path);
	if (json_is_number(v) && ((max && json_number_value(v) > json_number_value(max)) ||
				  (min && json_number_value(v) < json_number_value(min))))
		bad("%s is out of its range", path);
	json_array_foreach (v, i, one) {
		auto_free char *at = xasprintf("%s/%zu", path, i);

		if (json_object_get(schema, "items"))
			check_value(one, json_object_get(schema, "items"), root, at);
	}
}

/* On purpose not the function of the program under test. */
static char *plain(const char *s)
{
	auto_free char *nfkc = g_utf8_normalize(s, -1, G_NORMALIZE_ALL_COMPOSE);
	GString *out = g_string_new(NULL);

	for (const char *at = nfkc ? nfkc : ""; *at; at = g_utf8_next_char(at)) {
		gunichar c = g_utf8_get_char(at);

		if (!g_unichar_isspace(c) && c != '-' && c != 0xAD && c != 0x2010 && c != 0x2011)
			g_string_append_unichar(out, c);
	}
	return g_string_free(out, FALSE);
}

static const char *const modes[] = { "-nopgbrk", "-raw", "-layout" };

static bool is_pdf(const char *path)
{
	auto_free char *bytes = NULL;
	gsize len = 0;

	return g_file_get_contents(path, &bytes, &len, NULL) && g_strstr_len(bytes, (gssize)MIN(len, 1024), "%PDF-");
}

static char *run(char **argv)
{
	char *text = NULL;

	if (!g_spawn_sync(NULL, argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, &text, NULL,
			  NULL, NULL))
		exit(77);
	return text;
}

/* The words of an Office file: its text parts without their tags. */
static char *office_text(const char *path)
{
	static const char *const entities[][2] = {
		{ "&lt;", "<" }, { "&gt;", ">" }, { "&quot;", "\"" }, { "&apos;", "'" }, { "&amp;", "&" }
	};
	char *argv[] = { "unzip", "-p", (char *)path, "word/document.xml", "word/footnotes.xml", "content.xml", NULL };
	GRegex *tags = g_regex_new("<[^>]*>", 0, 0, NULL);
	auto_free char *xml = run(argv), *bare = xml ? g_regex_replace_literal(tags, xml, -1, 0, "", 0, NULL) : NULL;
	GString *text = g_string_new(bare);

	for (size_t i = 0; i < N_ELEMS(entities); i++)
		g_string_replace(text, entities[i][0], entities[i][1], 0);
	g_regex_unref(tags);
	return g_string_free(text, FALSE);
}

static char *pdf_text(const char *pdf, int page, size_t mode)
{
	auto_free char *number = xasprintf("%d", page);
	char *argv[] = { "pdftotext", (char *)modes[mode], "-f", number, "-l", number, (char *)pdf, "-", NULL };

	return run(argv);
}

/* The page's text in one mode, as plain() has it; kept for the next quote. */
static const char *page_text(const char *path, int page, size_t mode)
{
	static GHashTable *known;
	bool pdf = is_pdf(path);
	auto_free char *key = pdf ? xasprintf("%d %zu", page, mode) : xstrdup("all"), *text = NULL;
	const char *got;

	if (!known)
		known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	got = g_hash_table_lookup(known, key);
	if (got)
		return got;
	text = pdf ? pdf_text(path, page, mode) : office_text(path);
	g_hash_table_insert(known, g_strdup(key), plain(text));
	return g_hash_table_lookup(known, key);
}

/* Word counts the items of its lists itself: "2.1" stands in no text. */
static const char *without_number(const char *path, const char *piece)
{
	size_t n = strspn(piece, "0123456789.()abcdefghijklmnopqrstuvwxyz");

	return is_pdf(path) || piece[n] != ' ' ? piece : piece + n;
}

static bool stands(const char *path, int page, const char *piece)
{
	auto_free char *want = plain(piece), *bare = plain(without_number(path, piece));

	for (size_t mode = 0; mode < N_ELEMS(modes); mode++) {
		if (*want && strstr(page_text(path, page, mode), want))
			return true;
	}
	return *bare && strstr(page_text(path, page, 0), bare);
}

static void check_quote(const char *pdf, const json_t *fact, const char *path)
{
	int page = (int)json_integer_value(json_object_get(fact, "page"));
	gchar **pieces = g_strsplit(json_string_value(json_object_get(fact, "quote")), " \xE2\x80\xA6 ", -1);
	size_t i;
	json_t *one;

	n_quotes++;
	json_array_foreach (ocr_pages, i, one) {
		if (json_integer_value(one) == page) {
			n_ocr++;
			g_strfreev(pieces);
			return;
		}
	}
	for (gchar **piece = pieces; *piece; piece++) {
		if (!stands(pdf, page, *piece))
			bad("%s: '%s' does not stand on page %d", path, *piece, page);
	}
	g_strfreev(pieces);
}

static void check_quotes(const char *pdf, const json_t *v, const char *path)
{
	const char *key;
	json_t *value;
	size_t i;

	if (json_is_object(v) && json_is_string(json_object_get(v, "quote")))
		check_quote(pdf, v, path);
	json_object_foreach ((json_t *)v, key, value) {
		auto_free char *at = xasprintf("%s/%s", path, key);

		check_quotes(pdf, value, at);
	}
	json_array_foreach (v, i, value) {
		auto_free char *at = xasprintf("%s/%zu", path, i);

		check_quotes(pdf, value, at);
	}
}

int main(int argc, char **argv)
{
	json_t *manifest = argc == 3 ? json_load_file(argv[1], 0, NULL) : NULL,
	       *answer = json_loadf(stdin, JSON_DISABLE_EOF_CHECK, NULL);
	json_t *tool = json_array_get(json_object_get(manifest, "tools"), 0),
	       *schema = json_object_get(tool, "outputSchema");
	json_t *content = json_object_get(json_object_get(answer, "result"), "structuredContent");

	if (!schema || !json_is_object(content)) {
		printf("# usage: check-result MANIFEST PDF <ANSWER; the answer needs structured content\n");
		return 1;
	}
	ocr_pages = json_object_get(json_object_get(content, "document"), "ocr_pages");
	check_value(content, schema, schema, "");
	check_quotes(argv[2], content, "");
	printf("# %d quotes, %d of them by OCR, %d faults\n", n_quotes, n_ocr, n_bad);
	json_decref(manifest);
	json_decref(answer);
	return n_bad > 0;
}
