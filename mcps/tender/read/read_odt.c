/*
 * ODT, the format of LibreOffice: OpenDocument, ISO/IEC 26300. Its pages are those of the last time that it was laid
 * out (text:soft-page-break) and those that its author began; headers and footers stand in styles.xml and are not read.
 */
#include <stdlib.h>

#include "flow.h"
#include "odt_numbers.h"
#include "odt_styles.h"
#include "part.h"
#include "xml.h"
#include "zip.h"

#define MOST_CELLS   64
#define MOST_SPACES  64
#define MOST_INDENT  200.0
#define HEADING_SIZE 13.0 /* where no style says another */

/* Where in lists we are. */
struct place {
	const char *list; /* name of its style */
	int level;        /* -1 outside of lists */
	int start;        /* number of the next item, -1 for the one behind the last */
	bool pending;     /* the number of the item was not yet written */
};

struct odt {
	struct reader *reader;
	const struct source *source;
	struct flow *flow;
	struct odt_styles *styles;
	struct odt_numbers *numbers;
	GPtrArray *waiting; /* text of notes and boxes that belong to the paragraph, until it ends */
	struct place place;
	double size;  /* of the first letters of the paragraph */
	bool shaded;  /* white letters can be read here: a cell, a table, a paragraph */
	bool began;   /* there is text on some page */
	bool broke;   /* a page began by the author's will, and nothing stands on it yet */
	unsigned toc; /* in how many tables of contents we are */
};

static void walk(struct odt *d, const xmlNode *n);
static void read_blocks(struct odt *d, const xmlNode *n);
static void read_block(void *arg, const xmlNode *n);

static bool is_hidden(const struct odt *d, const struct odt_style *s)
{
	return s->hidden || (s->white && !s->shaded && !d->shaded);
}

/* A break before the first paragraph of all makes no empty page. */
static void page_by_will(struct odt *d)
{
	if (d->began && !d->broke)
		flow_page(d->flow);
	d->broke = true;
}

static void page_by_layout(struct odt *d, const xmlNode *n UNUSED)
{
	if (d->began && !d->broke)
		flow_page(d->flow);
	d->broke = false;
}

static void add_text(struct odt *d, const xmlNode *n)
{
	flow_str(d->flow, (const char *)n->content);
	if (flow_pending(d->flow) > 0) {
		d->began = true;
		d->broke = false;
	}
}

static void do_span(struct odt *d, const xmlNode *n)
{
	struct odt_style s = odt_styles_get(d->styles, "text", xml_attr(n, "style-name"));
	bool was = d->shaded;

	if (is_hidden(d, &s))
		return;
	if (d->size <= 0)
		d->size = s.size;
	d->shaded = was || s.shaded;
	walk(d, n);
	d->shaded = was;
}

static void do_tab(struct odt *d, const xmlNode *n UNUSED)
{
	if (d->toc > 0)
		flow_str(d->flow, " ........ "); /* as such a line is printed, and known by */
	else
		flow_tab(d->flow);
}

static void do_spaces(struct odt *d, const xmlNode *n UNUSED)
{
	flow_str(d->flow, " ");
}

static void do_line(struct odt *d, const xmlNode *n UNUSED)
{
	flow_line(d->flow);
}

static void skip(struct odt *d UNUSED, const xmlNode *n UNUSED)
{
}

/* The text of a note or a box, without its form: a string for each paragraph. */
static void collect(struct odt *d, GString *to, const xmlNode *n)
{
	for (const xmlNode *c = n->children; c; c = c->next) {
		if (c->content && (c->type == XML_TEXT_NODE || c->type == XML_CDATA_SECTION_NODE))
			g_string_append(to, (const char *)c->content);
		if (c->type != XML_ELEMENT_NODE || xml_is(c, "annotation"))
			continue;
		if (xml_is(c, "tab") || xml_is(c, "s") || xml_is(c, "line-break"))
			g_string_append_c(to, ' ');
		collect(d, to, c);
	}
}

static void wait_paragraphs(struct odt *d, const xmlNode *n)
{
	for (const xmlNode *c = n->children; c; c = c->next) {
		GString *text;

		if (c->type != XML_ELEMENT_NODE)
			continue;
		if (!xml_is(c, "p") && !xml_is(c, "h")) {
			wait_paragraphs(d, c);
			continue;
		}
		text = g_string_new(NULL);
		collect(d, text, c);
		g_ptr_array_add(d->waiting, g_string_free(text, FALSE));
	}
}

static void do_note(struct odt *d, const xmlNode *n)
{
	const xmlNode *body = xml_child(n, "note-body");

	if (body)
		wait_paragraphs(d, body);
}

/* What stands in a paragraph; of what is not named here the children are looked at. */
static const struct {
	const char *name;
	void (*read)(struct odt *d, const xmlNode *n);
} inlines[] = {
	{ "span", do_span },
	{ "tab", do_tab },
	{ "s", do_spaces },
	{ "line-break", do_line },
	{ "soft-page-break", page_by_layout },
	{ "note", do_note },
	{ "frame", wait_paragraphs },
	{ "custom-shape", wait_paragraphs },
	{ "g", wait_paragraphs },
	{ "rect", wait_paragraphs },
	{ "annotation", skip },
	{ "hidden-text", skip },
	{ "hidden-paragraph", skip },
	{ "tracked-changes", skip },
	{ "ruby-text", skip },
	{ "script", skip },
};

static void walk_element(struct odt *d, const xmlNode *n)
{
	size_t i = 0;

	while (i < N_ELEMS(inlines) && !xml_is(n, inlines[i].name))
		i++;
	if (i < N_ELEMS(inlines))
		inlines[i].read(d, n);
	else
		walk(d, n);
}

static void walk(struct odt *d, const xmlNode *n)
{
	for (const xmlNode *c = n->children; c; c = c->next) {
		if (c->content && (c->type == XML_TEXT_NODE || c->type == XML_CDATA_SECTION_NODE))
			add_text(d, c);
		else if (c->type == XML_ELEMENT_NODE)
			walk_element(d, c);
	}
}

static int start_of(const xmlNode *n, const char *name)
{
	const char *value = xml_attr(n, name);

	return g_ascii_isdigit(value[0]) ? (int)CLAMP(strtol(value, NULL, 10), 0, 1000000) : -1;
}

/* Headings outside of lists are a list of their own; an item's number stands before its first paragraph. */
static bool read_number(struct odt *d, const xmlNode *n)
{
	auto_free char *text = NULL;
	bool listed = d->place.level >= 0;

	if (listed && !d->place.pending)
		return false;
	if (!listed && (!xml_is(n, "h") || streq(xml_attr(n, "is-list-header"), "true")))
		return false;
	if (listed)
		text = odt_numbers_next(d->numbers, d->place.list, d->place.level, d->place.start);
	else
		text = odt_numbers_next(
			d->numbers, ODT_HEADINGS, start_of(n, "outline-level") - 1,
			streq(xml_attr(n, "restart-numbering"), "true") ? MAX(start_of(n, "start-value"), 1) : -1);
	d->place.pending = false;
	d->place.start = -1;
	if (text[0]) {
		flow_str(d->flow, text);
		flow_str(d->flow, " ");
	}
	return listed || text[0];
}

static void end_waiting(struct odt *d)
{
	static const struct style small = { .size = 9 };

	for (unsigned i = 0; i < d->waiting->len; i++) {
		flow_str(d->flow, d->waiting->pdata[i]);
		flow_end(d->flow, &small);
	}
	g_ptr_array_set_size(d->waiting, 0);
}

static void read_paragraph(struct odt *d, const xmlNode *n)
{
	struct odt_style style = odt_styles_get(d->styles, "paragraph", xml_attr(n, "style-name"));
	struct style s = { .indent = CLAMP(style.indent, 0, MOST_INDENT) };
	bool was = d->shaded;

	if (style.breaks)
		page_by_will(d);
	if (is_hidden(d, &style))
		return;
	s.item = read_number(d, n);
	d->size = 0;
	d->shaded = was || style.shaded;
	walk(d, n);
	d->shaded = was;
	s.size = d->size > 0 ? d->size : style.size > 0 ? style.size : xml_is(n, "h") ? HEADING_SIZE : FLOW_BODY;
	flow_end(d->flow, &s);
	end_waiting(d);
	if (style.ends)
		page_by_will(d);
}

static void read_item(struct odt *d, const xmlNode *n)
{
	d->place.start = start_of(n, "start-value");
	d->place.pending = xml_is(n, "list-item");
	read_blocks(d, n);
}

static void read_list(struct odt *d, const xmlNode *n)
{
	struct place was = d->place;
	const char *name = xml_attr(n, "style-name");

	d->place.list = name[0] ? name : was.level >= 0 ? was.list : "";
	d->place.level++;
	if (!streq(xml_attr(n, "continue-numbering"), "true") && !xml_attr(n, "continue-list")[0])
		odt_numbers_restart(d->numbers, d->place.list, d->place.level);
	for (const xmlNode *c = n->children; c; c = c->next) {
		if (xml_is(c, "list-item") || xml_is(c, "list-header"))
			read_item(d, c);
	}
	d->place = was;
	d->place.pending = false;
}

/* A cell that lies under another has a place in the row and nothing in it. */
static void read_cell(struct odt *d, const xmlNode *n)
{
	struct odt_style style = odt_styles_get(d->styles, "table-cell", xml_attr(n, "style-name"));
	struct place place = d->place;
	bool was = d->shaded;

	d->shaded = was || style.shaded;
	d->place = (struct place){ .level = -1, .start = -1 };
	if (xml_is(n, "table-cell"))
		read_blocks(d, n);
	d->place = place;
	d->shaded = was;
	flow_cell(d->flow, (unsigned)CLAMP(start_of(n, "number-columns-repeated"), 1, MOST_CELLS));
}

static unsigned count_cells(const xmlNode *row)
{
	unsigned n = 0;

	for (const xmlNode *c = row->children; c; c = c->next)
		n += xml_is(c, "table-cell") || xml_is(c, "covered-table-cell");
	return n;
}

static void read_row(struct odt *d, const xmlNode *n, const double *edges, unsigned n_edges)
{
	if (streq(xml_attr(n, "visibility"), "collapse"))
		return;
	if (n_edges > 0)
		flow_row(d->flow, edges, n_edges);
	else
		flow_row(d->flow, NULL, count_cells(n));
	for (const xmlNode *c = n->children; c; c = c->next) {
		if (xml_is(c, "table-cell") || xml_is(c, "covered-table-cell"))
			read_cell(d, c);
	}
	flow_row_end(d->flow);
}

static unsigned add_columns(const struct odt *d, const xmlNode *n, double *edges, unsigned n_edges)
{
	for (const xmlNode *c = n->children; c; c = c->next) {
		int times = CLAMP(start_of(c, "number-columns-repeated"), 1, MOST_CELLS);
		double width;

		if (xml_is(c, "table-columns") || xml_is(c, "table-header-columns") || xml_is(c, "table-column-group"))
			n_edges = add_columns(d, c, edges, n_edges);
		if (!xml_is(c, "table-column"))
			continue;
		width = odt_styles_get(d->styles, "table-column", xml_attr(c, "style-name")).width;
		for (; times > 0 && n_edges < MOST_CELLS; times--, n_edges++)
			edges[n_edges] = (n_edges > 0 ? edges[n_edges - 1] : 0) + MAX(width, 1);
	}
	return n_edges;
}

static void read_rows(struct odt *d, const xmlNode *n, const double *edges, unsigned n_edges)
{
	for (const xmlNode *c = n->children; c; c = c->next) {
		if (xml_is(c, "table-row"))
			read_row(d, c, edges, n_edges);
		else if (xml_is(c, "soft-page-break"))
			page_by_layout(d, c);
		else if (xml_is(c, "table-rows") || xml_is(c, "table-header-rows") || xml_is(c, "table-row-group"))
			read_rows(d, c, edges, n_edges);
	}
}

static void read_table(struct odt *d, const xmlNode *n)
{
	struct odt_style style = odt_styles_get(d->styles, "table", xml_attr(n, "style-name"));
	double edges[MOST_CELLS];
	bool was = d->shaded;

	if (style.breaks)
		page_by_will(d);
	d->shaded = was || style.shaded;
	read_rows(d, n, edges, add_columns(d, n, edges, 0));
	d->shaded = was;
}

static void read_section(struct odt *d, const xmlNode *n)
{
	struct odt_style style = odt_styles_get(d->styles, "section", xml_attr(n, "style-name"));

	if (!style.hidden && !streq(xml_attr(n, "display"), "none"))
		read_blocks(d, n);
}

static void read_contents(struct odt *d, const xmlNode *n)
{
	d->toc++;
	read_blocks(d, n);
	d->toc--;
}

/* A frame that belongs to the page and to no paragraph. */
static void read_frame(struct odt *d, const xmlNode *n)
{
	wait_paragraphs(d, n);
	end_waiting(d);
}

/* What stands between paragraphs; of what is not named here nothing is read. */
static const struct {
	const char *name;
	void (*read)(struct odt *d, const xmlNode *n);
} blocks[] = {
	{ "p", read_paragraph },
	{ "h", read_paragraph },
	{ "list", read_list },
	{ "table", read_table },
	{ "section", read_section },
	{ "soft-page-break", page_by_layout },
	{ "table-of-content", read_contents },
	{ "illustration-index", read_contents },
	{ "table-index", read_contents },
	{ "alphabetical-index", read_contents },
	{ "user-index", read_contents },
	{ "object-index", read_contents },
	{ "bibliography", read_blocks },
	{ "index-title", read_blocks },
	{ "index-body", read_blocks },
	{ "numbered-paragraph", read_blocks },
	{ "frame", read_frame },
	{ "custom-shape", read_frame },
};

static void read_block(void *arg, const xmlNode *n)
{
	for (size_t i = 0; i < N_ELEMS(blocks); i++) {
		if (xml_is(n, blocks[i].name)) {
			blocks[i].read(arg, n);
			return;
		}
	}
}

static void read_blocks(struct odt *d, const xmlNode *n)
{
	for (const xmlNode *c = n->children; c; c = c->next)
		read_block(d, c);
}

static void take_style(void *arg, const xmlNode *n)
{
	struct odt *d = arg;

	odt_styles_add(d->styles, n);
	odt_numbers_add(d->numbers, n);
}

static struct odt *odt_open(struct reader *r, const struct source *s, const char *content, size_t len)
{
	struct odt *d = g_new0(struct odt, 1);
	auto_free char *styles = NULL;
	size_t styles_len;

	d->reader = r;
	d->source = s;
	d->styles = odt_styles_new();
	d->numbers = odt_numbers_new();
	d->waiting = g_ptr_array_new_with_free_func(g_free);
	d->place.level = d->place.start = -1;
	if (zip_find(s, "styles.xml", r, &styles, &styles_len) == 0) {
		xml_each_child(styles, styles_len, "styles", take_style, d);
		xml_each_child(styles, styles_len, "automatic-styles", take_style, d);
	}
	xml_each_child(content, len, "automatic-styles", take_style, d);
	return d;
}

static void odt_close(struct odt *d)
{
	odt_styles_free(d->styles);
	odt_numbers_free(d->numbers);
	g_ptr_array_unref(d->waiting);
	g_free(d);
}

/* The list of parts of an OpenDocument file says which of them need a password. */
static bool is_encrypted(struct reader *r, const struct source *s)
{
	auto_free char *bytes = NULL;
	size_t len;

	return zip_find(s, "META-INF/manifest.xml", r, &bytes, &len) == 0 &&
	       g_strstr_len(bytes, (gssize)len, "encryption-data");
}

static bool odt_sniff(const struct source *s)
{
	return zip_has(s, "content.xml");
}

static enum fault odt_read(struct reader *r, const struct source *s, const struct format *f, struct err *e)
{
	auto_free char *bytes = NULL;
	size_t len;
	enum fault fault =
		is_encrypted(r, s) ? reader_encrypted(s, e) : part_take(r, s, "content.xml", &bytes, &len, e);
	unsigned n_before = r->doc->pages->len;
	struct odt *d;
	int rc;

	if (fault != FAULT_NONE)
		return fault;
	d = odt_open(r, s, bytes, len);
	d->flow = flow_new(r->doc, reader_add(r, s, f));
	rc = xml_each_child(bytes, len, "body/text", read_block, d);
	flow_free(d->flow);
	odt_close(d);
	return part_end(r, s, n_before, rc, e);
}

const struct format format_odt = { "an ODT", "application/vnd.oasis.opendocument.text", 0, odt_sniff, odt_read };
