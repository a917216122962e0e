/*
 * DOCX, the format of Word: ISO/IEC 29500. Its pages are those of the last time that Word laid it out
 * (w:lastRenderedPageBreak) and those that its author began; headers and footers stand in other parts and are not read.
 */
#include <stdlib.h>

#include "docx_numbers.h"
#include "docx_styles.h"
#include "flow.h"
#include "part.h"
#include "xml.h"
#include "zip.h"

#define TWIPS      20.0 /* in a point */
#define TINY       3.0  /* points: smaller letters are for machines */
#define MOST_CELLS 64

struct docx {
	struct reader *reader;
	const struct source *source;
	struct flow *flow;
	struct docx_styles *styles;
	struct docx_numbers *numbers;
	GHashTable *notes;  /* "footnote 2" -> its text */
	GPtrArray *waiting; /* text of notes and boxes that belong to the paragraph, until it ends */
	bool broke;         /* a page began by the author's will, and nothing stands on it yet */
	bool shaded;        /* white letters can be read here: a cell, a table */
	unsigned boxes;     /* in how many text boxes we are */
};

/* What holds for the runs of a paragraph. */
struct para {
	struct docx_style style;
	double size; /* of the first letters */
	bool shaded;
};

static void walk(struct docx *d, const xmlNode *n, struct para *p);
static void read_block(void *arg, const xmlNode *n);

static bool is_white(const char *colour)
{
	unsigned rgb = (unsigned)strtoul(colour, NULL, 16);

	return strlen(colour) == 6 && (rgb >> 16) >= 0xF0 && (rgb >> 8 & 0xFF) >= 0xF0 && (rgb & 0xFF) >= 0xF0;
}

/* Letters that no reader sees say nothing. */
static bool run_hidden(const struct docx *d, const xmlNode *rpr, const struct para *p)
{
	double size = docx_size(rpr);
	const char *style = xml_child_attr(rpr, "rStyle", "val");

	if (docx_on(rpr, "vanish") || (p->style.hidden && !xml_child(rpr, "vanish")))
		return true;
	if (style[0] && docx_styles_get(d->styles, style).hidden)
		return true;
	if (size > 0 && size < TINY)
		return true;
	return is_white(xml_child_attr(rpr, "color", "val")) && !p->shaded && !d->shaded && !docx_shaded(rpr);
}

static void page_by_will(struct docx *d)
{
	flow_page(d->flow);
	d->broke = true;
}

/* Word notes the page that it began itself also behind the break that the author made. */
static void page_by_word(struct docx *d)
{
	if (!d->broke)
		flow_page(d->flow);
	d->broke = false;
}

static void read_break(struct docx *d, const xmlNode *n)
{
	const char *type = xml_attr(n, "type");

	if (streq(type, "page"))
		page_by_will(d);
	else
		flow_line(d->flow);
}

static void read_text(struct docx *d, const xmlNode *n)
{
	for (const xmlNode *c = n->children; c; c = c->next) {
		if (c->content && (c->type == XML_TEXT_NODE || c->type == XML_CDATA_SECTION_NODE)) {
			flow_str(d->flow, (const char *)c->content);
			d->broke = d->broke && flow_pending(d->flow) == 0;
		}
	}
}

static void read_symbol(struct docx *d, const xmlNode *n)
{
	char utf8[8] = "";
	unsigned long c = strtoul(xml_attr(n, "char"), NULL, 16);

	if (c >= 0x20 && c < 0xD800)
		g_unichar_to_utf8((gunichar)c, utf8);
	else if (c >= 0xE000 && c <= 0xFFFD)
		g_unichar_to_utf8((gunichar)c, utf8);
	flow_str(d->flow, utf8);
}

/* Boxes of forms are pictures of letters elsewhere: empty or ticked. */
static void read_field(struct docx *d, const xmlNode *n)
{
	const xmlNode *box = xml_find(n, "checkBox");

	if (box)
		flow_str(d->flow, docx_on(box, xml_child(box, "checked") ? "checked" : "default") ? "\xE2\x98\x92"
												  : "\xE2\x98\x90");
}

static void wait_note(struct docx *d, const xmlNode *n)
{
	auto_free char *key = g_strdup_printf("%s %s", (const char *)n->name, xml_attr(n, "id"));
	const char *text = g_hash_table_lookup(d->notes, key);

	if (text)
		g_ptr_array_add(d->waiting, g_strdup(text));
}

static void tab(struct docx *d, const struct para *p)
{
	if (p->style.toc)
		flow_str(d->flow, " ........ "); /* as such a line is printed, and known by */
	else
		flow_tab(d->flow);
}

static void collect(GString *to, const xmlNode *n);

/* A box stands beside the text: its paragraphs come after the one that holds it. */
static void wait_box(struct docx *d, const xmlNode *n)
{
	for (const xmlNode *c = n->children; c; c = c->next) {
		GString *text;

		if (!xml_is(c, "p"))
			continue;
		text = g_string_new(NULL);
		collect(text, c);
		g_ptr_array_add(d->waiting, g_string_free(text, FALSE));
	}
}

/* The text of a note or a box, without its form. */
static void collect(GString *to, const xmlNode *n)
{
	for (const xmlNode *c = n->children; c; c = c->next) {
		if (xml_is(c, "t") && c->children && c->children->content)
			g_string_append(to, (const char *)c->children->content);
		else if (xml_is(c, "tab") || xml_is(c, "br"))
			g_string_append_c(to, ' ');
		else if (c->type == XML_ELEMENT_NODE && !xml_is(c, "del") && !xml_is(c, "Fallback") &&
			 !(xml_is(c, "r") && docx_on(xml_child(c, "rPr"), "vanish")))
			collect(to, c);
		if (xml_is(c, "p"))
			g_string_append_c(to, ' ');
	}
}

static void read_run(struct docx *d, const xmlNode *n, struct para *p)
{
	const xmlNode *rpr = xml_child(n, "rPr");

	if (run_hidden(d, rpr, p))
		return;
	if (p->size <= 0 && docx_size(rpr) > 0 && xml_child(n, "t"))
		p->size = docx_size(rpr);
	walk(d, n, p);
}

static void skip(struct docx *d UNUSED, const xmlNode *n UNUSED, struct para *p UNUSED)
{
}

static void do_text(struct docx *d, const xmlNode *n, struct para *p UNUSED)
{
	read_text(d, n);
}

static void do_tab(struct docx *d, const xmlNode *n UNUSED, struct para *p)
{
	tab(d, p);
}

static void do_break(struct docx *d, const xmlNode *n, struct para *p UNUSED)
{
	read_break(d, n);
}

static void do_page(struct docx *d, const xmlNode *n UNUSED, struct para *p UNUSED)
{
	page_by_word(d);
}

static void do_hyphen(struct docx *d, const xmlNode *n UNUSED, struct para *p UNUSED)
{
	flow_str(d->flow, "-");
}

static void do_symbol(struct docx *d, const xmlNode *n, struct para *p UNUSED)
{
	read_symbol(d, n);
}

static void do_field(struct docx *d, const xmlNode *n, struct para *p UNUSED)
{
	read_field(d, n);
}

static void do_note(struct docx *d, const xmlNode *n, struct para *p UNUSED)
{
	wait_note(d, n);
}

static void do_box(struct docx *d, const xmlNode *n, struct para *p UNUSED)
{
	wait_box(d, n);
}

/* What stands in a paragraph; of what is not named here the children are looked at. */
static const struct {
	const char *name;
	void (*read)(struct docx *d, const xmlNode *n, struct para *p);
} inlines[] = {
	{ "r", read_run },
	{ "t", do_text },
	{ "tab", do_tab },
	{ "ptab", do_tab },
	{ "br", do_break },
	{ "cr", do_break },
	{ "lastRenderedPageBreak", do_page },
	{ "noBreakHyphen", do_hyphen },
	{ "sym", do_symbol },
	{ "fldChar", do_field },
	{ "footnoteReference", do_note },
	{ "endnoteReference", do_note },
	{ "txbxContent", do_box },
	{ "rPr", skip },
	{ "pPr", skip },
	{ "del", skip },
	{ "moveFrom", skip },
	{ "instrText", skip },
	{ "delText", skip },
	{ "Fallback", skip },
	{ "rt", skip },
	{ "sdtPr", skip },
};

static void walk(struct docx *d, const xmlNode *n, struct para *p)
{
	for (const xmlNode *c = n->children; c; c = c->next) {
		size_t i = 0;

		if (c->type != XML_ELEMENT_NODE)
			continue;
		while (i < N_ELEMS(inlines) && !xml_is(c, inlines[i].name))
			i++;
		if (i < N_ELEMS(inlines))
			inlines[i].read(d, c, p);
		else
			walk(d, c, p);
	}
}

/* Counts the paragraph in its list and puts the number before it; true when it is an item of one. */
static bool read_number(struct docx *d, const xmlNode *ppr, const struct para *p)
{
	const xmlNode *own = xml_child(ppr, "numPr");
	const char *id = xml_child_attr(own, "numId", "val"), *level = xml_child_attr(own, "ilvl", "val");
	int num = id[0] ? atoi(id) : p->style.num, at = level[0] ? atoi(level) : MAX(p->style.level, 0);
	auto_free char *text = docx_numbers_next(d->numbers, num, at);

	if (text && text[0]) {
		flow_str(d->flow, text);
		flow_str(d->flow, " ");
	}
	return text != NULL;
}

static void end_waiting(struct docx *d)
{
	static const struct style small = { .size = 9 };

	for (unsigned i = 0; i < d->waiting->len; i++) {
		flow_str(d->flow, d->waiting->pdata[i]);
		flow_end(d->flow, &small);
	}
	g_ptr_array_set_size(d->waiting, 0);
}

static void read_paragraph(struct docx *d, const xmlNode *n)
{
	const xmlNode *ppr = xml_child(n, "pPr");
	struct para p = { .style = docx_styles_get(d->styles, xml_child_attr(ppr, "pStyle", "val")) };
	struct style s = { .indent = atof(xml_child_attr(ppr, "ind", "left")) / TWIPS };

	p.shaded = p.style.shaded || docx_shaded(xml_child(ppr, "shd"));
	if (p.style.breaks || docx_on(ppr, "pageBreakBefore"))
		page_by_will(d);
	s.item = read_number(d, ppr, &p);
	walk(d, n, &p);
	s.size = p.size > 0 ? p.size : p.style.size;
	s.indent = CLAMP(s.indent, 0, 200);
	flow_end(d->flow, &s);
	end_waiting(d);
}

static void read_cell(struct docx *d, const xmlNode *n)
{
	const xmlNode *pr = xml_child(n, "tcPr");
	bool was = d->shaded;

	d->shaded = d->shaded || docx_shaded(pr);
	for (const xmlNode *c = n->children; c; c = c->next)
		read_block(d, c);
	d->shaded = was;
	flow_cell(d->flow, (unsigned)CLAMP(atoi(xml_child_attr(pr, "gridSpan", "val")), 1, MOST_CELLS));
}

static void read_cells(struct docx *d, const xmlNode *n)
{
	for (const xmlNode *c = n->children; c; c = c->next) {
		if (xml_is(c, "tc"))
			read_cell(d, c);
		else if (xml_is(c, "sdt"))
			read_cells(d, xml_child(c, "sdtContent") ? xml_child(c, "sdtContent") : c);
	}
}

static unsigned count_cells(const xmlNode *row)
{
	unsigned n = 0;

	for (const xmlNode *c = row->children; c; c = c->next)
		n += xml_is(c, "tc");
	return n;
}

static void read_row(struct docx *d, const xmlNode *n, const double *edges, unsigned n_edges)
{
	const xmlNode *pr = xml_child(n, "trPr");

	if (docx_on(pr, "hidden") || xml_child(pr, "del"))
		return;
	if (n_edges > 0)
		flow_row(d->flow, edges, n_edges);
	else
		flow_row(d->flow, NULL, count_cells(n));
	for (int i = atoi(xml_child_attr(pr, "gridBefore", "val")); i > 0; i--)
		flow_cell(d->flow, 1);
	read_cells(d, n);
	flow_row_end(d->flow);
	d->broke = false;
}

static unsigned grid(const xmlNode *table, double *edges)
{
	unsigned n = 0;
	double at = 0;
	const xmlNode *all = xml_child(table, "tblGrid");

	for (const xmlNode *c = all ? all->children : NULL; c && n < MOST_CELLS; c = c->next) {
		if (xml_is(c, "gridCol"))
			edges[n++] = at += MAX(atof(xml_attr(c, "w")), 1);
	}
	return n;
}

static void read_rows(struct docx *d, const xmlNode *n, const double *edges, unsigned n_edges)
{
	for (const xmlNode *c = n->children; c; c = c->next) {
		if (xml_is(c, "tr"))
			read_row(d, c, edges, n_edges);
		else if (xml_is(c, "sdt") || xml_is(c, "sdtContent") || xml_is(c, "ins"))
			read_rows(d, c, edges, n_edges);
	}
}

static void read_table(struct docx *d, const xmlNode *n)
{
	const xmlNode *pr = xml_child(n, "tblPr");
	bool was = d->shaded;
	double edges[MOST_CELLS];
	unsigned n_edges = grid(n, edges);

	d->shaded = d->shaded || docx_shaded(xml_child(pr, "shd")) ||
		    docx_styles_get(d->styles, xml_child_attr(pr, "tblStyle", "val")).shaded;
	read_rows(d, n, edges, n_edges);
	d->shaded = was;
}

/* A paragraph, a table, or what holds some of them. */
static void read_block(void *arg, const xmlNode *n)
{
	struct docx *d = arg;

	if (n->type != XML_ELEMENT_NODE)
		return;
	if (xml_is(n, "p")) {
		read_paragraph(d, n);
	} else if (xml_is(n, "tbl")) {
		read_table(d, n);
	} else if (xml_is(n, "sdt") || xml_is(n, "sdtContent") || xml_is(n, "ins") || xml_is(n, "moveTo") ||
		   xml_is(n, "customXml") || xml_is(n, "AlternateContent") || xml_is(n, "Choice")) {
		for (const xmlNode *c = n->children; c; c = c->next)
			read_block(d, c);
	}
}

static void take_note(void *arg, const xmlNode *n)
{
	struct docx *d = arg;
	GString *text = g_string_new(NULL);

	/* Those with a type are lines that part notes from text. */
	if (xml_attr(n, "type")[0] == '\0' || streq(xml_attr(n, "type"), "normal"))
		collect(text, n);
	g_hash_table_replace(d->notes, g_strdup_printf("%sReference %s", (const char *)n->name, xml_attr(n, "id")),
			     g_string_free(text, FALSE));
}

static void load_notes(struct docx *d, const char *part, const char *parent)
{
	auto_free char *bytes = NULL;
	size_t len;

	if (zip_find(d->source, part, d->reader, &bytes, &len) == 0)
		xml_each_child(bytes, len, parent, take_note, d);
}

/* Some programs call the main part something else than word/document.xml: the package says how. */
static char *main_part(struct docx *d)
{
	auto_free char *bytes = NULL;
	size_t len;
	char *name = NULL;
	xmlDoc *doc = zip_find(d->source, "_rels/.rels", d->reader, &bytes, &len) == 0 ? xml_parse(bytes, len) : NULL;
	const xmlNode *root = doc ? xmlDocGetRootElement(doc) : NULL;

	for (const xmlNode *c = root ? root->children : NULL; c && !name; c = c->next) {
		if (xml_is(c, "Relationship") && util_ends(xml_attr(c, "Type"), "/officeDocument"))
			name = g_strdup(xml_attr(c, "Target") + (xml_attr(c, "Target")[0] == '/'));
	}
	xmlFreeDoc(doc);
	return name ? name : g_strdup("word/document.xml");
}

static struct docx *docx_open(struct reader *r, const struct source *s)
{
	struct docx *d = g_new0(struct docx, 1);
	auto_free char *styles = NULL, *numbers = NULL;
	size_t styles_len, numbers_len;

	d->reader = r;
	d->source = s;
	zip_find(s, "word/styles.xml", r, &styles, &styles_len);
	zip_find(s, "word/numbering.xml", r, &numbers, &numbers_len);
	d->styles = docx_styles_new(styles, styles_len);
	d->numbers = docx_numbers_new(numbers, numbers_len);
	d->notes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	d->waiting = g_ptr_array_new_with_free_func(g_free);
	load_notes(d, "word/footnotes.xml", "footnotes");
	load_notes(d, "word/endnotes.xml", "endnotes");
	return d;
}

static void docx_close(struct docx *d)
{
	docx_styles_free(d->styles);
	docx_numbers_free(d->numbers);
	g_hash_table_unref(d->notes);
	g_ptr_array_unref(d->waiting);
	g_free(d);
}

static bool docx_sniff(const struct source *s)
{
	return zip_has(s, "word/document");
}

static enum fault docx_read(struct reader *r, const struct source *s, const struct format *f, struct err *e)
{
	struct docx *d = docx_open(r, s);
	auto_free char *part = main_part(d), *bytes = NULL;
	size_t len;
	enum fault fault = part_take(r, s, part, &bytes, &len, e);

	if (fault == FAULT_NONE) {
		unsigned n_before = r->doc->pages->len;
		int rc;

		d->flow = flow_new(r->doc, reader_add(r, s, f));
		rc = xml_each_child(bytes, len, "body", read_block, d);
		flow_free(d->flow);
		fault = part_end(r, s, n_before, rc, e);
	}
	docx_close(d);
	return fault;
}

const struct format format_docx = { "a DOCX", "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
				    0, docx_sniff, docx_read };
