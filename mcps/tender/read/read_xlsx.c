/*
 * XLSX, the spreadsheet of Excel: ISO/IEC 29500. A sheet begins a page, its name is the heading; what its author hid is
 * left out and named in a warning.
 */
#include <errno.h>
#include <stdlib.h>

#include "part.h"
#include "cells.h"
#include "xlsx_formats.h"
#include "xml.h"
#include "zip.h"

#define MOST_COLUMN 16384

struct xlsx {
	struct reader *reader;
	const struct source *source;
	struct flow *flow;
	struct xlsx_formats *formats;
	GPtrArray *strings; /* char *: what cells share */
	GPtrArray *names;   /* char *: of the sheets, with their parts in parts */
	GPtrArray *parts;   /* char *: number of the relation first, then the path */
	bool from_1904;
	/* The sheet that is being read. */
	struct cells *cells;
	GByteArray *hidden; /* [column] 1: nobody sees it */
	unsigned n_hidden;  /* rows and columns of it */
	unsigned column;    /* of the next cell that does not say its own */
	bool full;
	unsigned n_shown; /* sheets laid out */
};

/* The text of a string with runs of letters; readings of Japanese words are not part of it. */
static void add_runs(GString *to, const xmlNode *n)
{
	for (const xmlNode *c = n->children; c; c = c->next) {
		if (xml_is(c, "t")) {
			for (const xmlNode *t = c->children; t; t = t->next)
				g_string_append(to, t->content ? (const char *)t->content : "");
		} else if (xml_is(c, "r")) {
			add_runs(to, c);
		}
	}
}

static void take_string(void *arg, const xmlNode *n)
{
	struct xlsx *x = arg;
	GString *text = g_string_new(NULL);

	add_runs(text, n);
	g_ptr_array_add(x->strings, g_string_free(text, FALSE));
}

static void take_sheet(void *arg, const xmlNode *n)
{
	struct xlsx *x = arg;
	const char *state = xml_attr(n, "state");

	if (state[0] && !streq(state, "visible")) {
		doc_warn(x->reader->doc, "The sheet '%s' of %s is hidden and was not read", xml_attr(n, "name"),
			 x->source->name);
		return;
	}
	g_ptr_array_add(x->names, g_strdup(xml_attr(n, "name")));
	g_ptr_array_add(x->parts, g_strdup(xml_attr(n, "id")));
}

static void take_property(void *arg, const xmlNode *n)
{
	struct xlsx *x = arg;
	const char *from = xml_is(n, "workbookPr") ? xml_attr(n, "date1904") : "";

	x->from_1904 = x->from_1904 || streq(from, "1") || streq(from, "true");
}

/* Puts the path of its part in the place of a relation's number. */
static void take_relation(void *arg, const xmlNode *n)
{
	struct xlsx *x = arg;
	const char *target = xml_attr(n, "Target");

	for (unsigned i = 0; i < x->parts->len; i++) {
		if (!streq(x->parts->pdata[i], xml_attr(n, "Id")))
			continue;
		g_free(x->parts->pdata[i]);
		x->parts->pdata[i] = target[0] == '/' ? g_strdup(target + 1) : g_strconcat("xl/", target, NULL);
	}
}

/* "AB12" is in column 27. */
static unsigned column_of(const char *place, unsigned otherwise)
{
	unsigned n = 0;

	for (; g_ascii_isalpha(*place) && n < MOST_COLUMN; place++)
		n = n * 26 + (unsigned)(g_ascii_toupper(*place) - 'A') + 1;
	return n > 0 && n <= MOST_COLUMN ? n - 1 : otherwise;
}

static bool is_on(const char *value)
{
	return streq(value, "1") || streq(value, "true");
}

static const char *content_of(const xmlNode *n)
{
	return n && n->children && n->children->content ? (const char *)n->children->content : "";
}

static char *text_of(const struct xlsx *x, const xmlNode *cell)
{
	const char *type = xml_attr(cell, "t"), *value = content_of(xml_child(cell, "v"));
	unsigned long i = strtoul(value, NULL, 10);
	GString *text;

	if (streq(type, "s"))
		return g_strdup(value[0] && i < x->strings->len ? x->strings->pdata[i] : "");
	if (streq(type, "inlineStr")) {
		text = g_string_new(NULL);
		if (xml_child(cell, "is"))
			add_runs(text, xml_child(cell, "is"));
		return g_string_free(text, FALSE);
	}
	if (streq(type, "b"))
		return g_strdup(is_on(value) ? "TRUE" : "FALSE");
	if (type[0] && !streq(type, "n"))
		return g_strdup(value);
	return xlsx_formats_write(x->formats, (unsigned)strtoul(xml_attr(cell, "s"), NULL, 10), value, x->from_1904);
}

static void take_cell(struct xlsx *x, const xmlNode *n)
{
	auto_free char *text = NULL;

	x->column = column_of(xml_attr(n, "r"), x->column);
	if (x->column >= x->hidden->len || !x->hidden->data[x->column]) {
		text = text_of(x, n);
		x->full = !cells_put(x->cells, x->column, text) || x->full;
	}
	x->column = MIN(x->column + 1, MOST_COLUMN);
}

static void take_row(void *arg, const xmlNode *n)
{
	struct xlsx *x = arg;

	if (is_on(xml_attr(n, "hidden"))) {
		x->n_hidden++;
		return;
	}
	x->column = 0;
	for (const xmlNode *c = n->children; c; c = c->next) {
		if (xml_is(c, "c"))
			take_cell(x, c);
	}
	cells_row(x->cells);
}

static void take_column(void *arg, const xmlNode *n)
{
	struct xlsx *x = arg;
	long from = strtol(xml_attr(n, "min"), NULL, 10), to = strtol(xml_attr(n, "max"), NULL, 10);

	/* Columns up to the last one are hidden because nothing stands in them. */
	if (!is_on(xml_attr(n, "hidden")) || from < 1 || to >= MOST_COLUMN || from > to)
		return;
	if (x->hidden->len < (guint)to) {
		guint was = x->hidden->len;

		g_byte_array_set_size(x->hidden, (guint)to);
		memset(x->hidden->data + was, 0, (size_t)to - was);
	}
	memset(x->hidden->data + from - 1, 1, (size_t)(to - from + 1));
	x->n_hidden += (unsigned)(to - from + 1);
}

static void warn_sheet(struct xlsx *x, const char *name, int rc)
{
	struct doc *d = x->reader->doc;

	if (rc == -EFBIG)
		doc_warn(d, "The sheet '%s' of %s is too large when unpacked and was not read", name, x->source->name);
	else if (rc < 0)
		doc_warn(d, "The sheet '%s' of %s is damaged: what stands behind the damage was not read", name,
			 x->source->name);
	if (x->n_hidden > 0)
		doc_warn(d, "The sheet '%s' of %s has %u hidden rows or columns, which were not read", name,
			 x->source->name, x->n_hidden);
	if (x->full)
		doc_warn(d, "The sheet '%s' of %s has more than %d cells: the others were left out", name,
			 x->source->name, CELLS_MOST);
}

static void read_sheet(struct xlsx *x, const char *name, const char *part)
{
	auto_free char *bytes = NULL;
	size_t len;
	int rc = zip_find(x->source, part, x->reader, &bytes, &len);

	x->cells = cells_new();
	x->n_hidden = 0;
	x->full = false;
	g_byte_array_set_size(x->hidden, 0);
	if (rc == 0) {
		if (g_strstr_len(bytes, (gssize)len, "cols>"))
			xml_each_child(bytes, len, "cols", take_column, x);
		rc = xml_each_child(bytes, len, "sheetData", take_row, x);
	}
	if (x->n_shown++ > 0)
		flow_page(x->flow);
	cells_flow(x->cells, x->flow, name);
	warn_sheet(x, name, rc);
	cells_free(x->cells);
}

static void take_part(struct xlsx *x, const char *name, const char *parent, void (*fn)(void *arg, const xmlNode *n))
{
	auto_free char *bytes = NULL;
	size_t len;

	if (zip_find(x->source, name, x->reader, &bytes, &len) == 0)
		xml_each_child(bytes, len, parent, fn, x);
}

static void xlsx_open(struct xlsx *x, struct reader *r, const struct source *s)
{
	auto_free char *styles = NULL;
	size_t len;

	*x = (struct xlsx){ .reader = r, .source = s };
	zip_find(s, "xl/styles.xml", r, &styles, &len);
	x->formats = xlsx_formats_new(styles, len);
	x->strings = g_ptr_array_new_with_free_func(g_free);
	x->names = g_ptr_array_new_with_free_func(g_free);
	x->parts = g_ptr_array_new_with_free_func(g_free);
	x->hidden = g_byte_array_new();
	take_part(x, "xl/sharedStrings.xml", "sst", take_string);
}

static void xlsx_close(struct xlsx *x)
{
	xlsx_formats_free(x->formats);
	g_ptr_array_unref(x->strings);
	g_ptr_array_unref(x->names);
	g_ptr_array_unref(x->parts);
	g_byte_array_unref(x->hidden);
}

static bool xlsx_sniff(const struct source *s)
{
	return zip_has(s, "xl/workbook.xml");
}

static bool has_text(const struct doc *d, unsigned from)
{
	for (unsigned i = from; i < d->pages->len; i++) {
		if (doc_page(d, i)->text[0])
			return true;
	}
	return false;
}

static enum fault xlsx_read(struct reader *r, const struct source *s, const struct format *f, struct err *e)
{
	auto_free char *bytes = NULL;
	size_t len;
	enum fault fault = part_take(r, s, "xl/workbook.xml", &bytes, &len, e);
	unsigned n_before = r->doc->pages->len;
	struct xlsx x;

	if (fault != FAULT_NONE)
		return fault;
	xlsx_open(&x, r, s);
	xml_each_child(bytes, len, "workbook", take_property, &x);
	xml_each_child(bytes, len, "sheets", take_sheet, &x);
	take_part(&x, "xl/_rels/workbook.xml.rels", "Relationships", take_relation);
	x.flow = flow_new(r->doc, reader_add(r, s, f));
	for (unsigned i = 0; i < x.names->len; i++)
		read_sheet(&x, x.names->pdata[i], x.parts->pdata[i]);
	flow_free(x.flow);
	xlsx_close(&x);
	return has_text(r->doc, n_before) ? FAULT_NONE : reader_damaged(s, "its sheets hold no text", e);
}

const struct format format_xlsx = { "an XLSX", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", 3,
				    xlsx_sniff, xlsx_read };
