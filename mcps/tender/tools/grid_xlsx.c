/* A workbook as a grid: the first sheet with cells, its shared and its inline strings. */
#include <stdlib.h>

#include "grid.h"
#include "tender/read/xml.h"
#include "tender/read/zip.h"

struct workbook {
	GPtrArray *strings; /* char *, the shared ones */
	struct grid *grid;
};

/* All <t> below n, but not those of a phonetic reading; "_x000A_" is how a workbook writes what XML cannot. */
static void add_texts(const xmlNode *n, GString *out)
{
	for (const xmlNode *c = n->children; c; c = c->next) {
		if (xml_is(c, "t")) {
			xmlChar *text = xmlNodeGetContent(c);

			g_string_append(out, (const char *)text);
			xmlFree(text);
		} else if (c->type == XML_ELEMENT_NODE && !xml_is(c, "rPh")) {
			add_texts(c, out);
		}
	}
}

static char *text_of(const xmlNode *n)
{
	GString *raw = g_string_new(NULL), *out = g_string_new(NULL);

	add_texts(n, raw);
	for (const char *s = raw->str; *s; s++) {
		long code = 0;
		char *end = NULL;

		if (s[0] == '_' && s[1] == 'x' && strlen(s) >= 7 && s[6] == '_')
			code = strtol(s + 2, &end, 16);
		if (end == s + 6 && code > 0 && g_unichar_validate((gunichar)code)) {
			g_string_append_unichar(out, (gunichar)code);
			s += 6;
		} else {
			g_string_append_c(out, *s);
		}
	}
	g_string_free(raw, TRUE);
	return g_string_free(out, FALSE);
}

static void add_shared(void *arg, const xmlNode *n)
{
	struct workbook *w = arg;

	if (xml_is(n, "si"))
		g_ptr_array_add(w->strings, text_of(n));
}

static char *cell_text(const struct workbook *w, const xmlNode *cell)
{
	const char *type = xml_attr(cell, "t");
	const xmlNode *value = xml_child(cell, "v");
	char *text;
	xmlChar *content;

	if (streq(type, "inlineStr"))
		return text_of(cell);
	content = value ? xmlNodeGetContent(value) : NULL;
	text = g_strdup(content ? (const char *)content : "");
	xmlFree(content);
	if (streq(type, "s")) {
		guint64 i = g_ascii_strtoull(text, NULL, 10);

		g_free(text);
		text = g_strdup(i < w->strings->len ? w->strings->pdata[i] : "");
	}
	return text;
}

/* "C7" is column 2; without a reference the cell stands right of the one before. */
static unsigned column_of(const xmlNode *cell, unsigned next)
{
	const char *ref = xml_attr(cell, "r");
	unsigned column = 0;

	if (!g_ascii_isalpha(*ref))
		return next;
	for (; g_ascii_isalpha(*ref) && column < GRID_MOST_COLUMNS; ref++)
		column = column * 26 + (unsigned)(g_ascii_toupper(*ref) - 'A') + 1;
	return column - 1;
}

static void add_row(void *arg, const xmlNode *n)
{
	struct workbook *w = arg;
	GPtrArray *cells;

	if (!xml_is(n, "row") || w->grid->rows->len >= GRID_MOST_ROWS)
		return;
	cells = g_ptr_array_new();
	for (const xmlNode *c = n->children; c; c = c->next) {
		unsigned at;

		if (!xml_is(c, "c"))
			continue;
		at = column_of(c, cells->len);
		if (at >= GRID_MOST_COLUMNS || at < cells->len)
			continue;
		while (cells->len < at)
			g_ptr_array_add(cells, g_strdup(""));
		g_ptr_array_add(cells, cell_text(w, c));
	}
	g_ptr_array_add(cells, NULL);
	g_ptr_array_add(w->grid->rows, g_ptr_array_free(cells, FALSE));
}

static bool read_sheet(void *arg, const struct zip_member *m)
{
	struct workbook *w = arg;
	auto_free char *bytes = NULL;
	size_t len;

	if (!util_starts(m->name, "xl/worksheets/") || !util_ends(m->name, ".xml"))
		return true;
	if (zip_bytes(m, NULL, NULL, &bytes, &len) < 0)
		return true;
	xml_each_child(bytes, len, "sheetData", add_row, w);
	return w->grid->rows->len == 0;
}

struct grid *grid_xlsx(const struct source *s)
{
	struct workbook w = { g_ptr_array_new_with_free_func(g_free), NULL };
	auto_free char *shared = NULL;
	struct err e;
	size_t len;

	if (!zip_is(s) || !zip_has(s, "xl/worksheets/")) {
		g_ptr_array_unref(w.strings);
		return NULL;
	}
	w.grid = g_new0(struct grid, 1);
	w.grid->rows = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
	if (zip_find(s, "xl/sharedStrings.xml", NULL, &shared, &len) == 0)
		xml_each_child(shared, len, "sst", add_shared, &w);
	zip_each(s, read_sheet, &w, &e);
	g_ptr_array_unref(w.strings);
	if (w.grid->rows->len > 0)
		return w.grid;
	grid_free(w.grid);
	return NULL;
}
