/* Web pages: what a reader sees of them. Styles are looked at only as far as they hide text. */
#include "read_html.h"

#include <errno.h>
#include <libxml/HTMLparser.h>
#include <libxml/SAX2.h>
#include <stdlib.h>

#include "reader.h"
#include "xml.h"

#define MOST_RULES 2000
#define TINY       3.0
#define MOST_CELLS 64

enum role { BLOCK, SKIP, LINE, RULE, ITEM, TABLE_ROW, CELL, PRE };

/* Elements that are not letters in a line. */
static const struct {
	const char *name;
	enum role role;
	double size; /* of the letters, 0 for that of the text around */
} elements[] = {
	{ "script", SKIP, 0 },      { "style", SKIP, 0 },       { "head", SKIP, 0 },      { "template", SKIP, 0 },
	{ "noscript", SKIP, 0 },    { "svg", SKIP, 0 },         { "iframe", SKIP, 0 },    { "object", SKIP, 0 },
	{ "select", SKIP, 0 },      { "textarea", SKIP, 0 },    { "br", LINE, 0 },        { "hr", RULE, 0 },
	{ "p", BLOCK, 0 },          { "div", BLOCK, 0 },        { "section", BLOCK, 0 },  { "article", BLOCK, 0 },
	{ "header", BLOCK, 0 },     { "footer", BLOCK, 0 },     { "main", BLOCK, 0 },     { "nav", BLOCK, 0 },
	{ "aside", BLOCK, 0 },      { "form", BLOCK, 0 },       { "fieldset", BLOCK, 0 }, { "table", BLOCK, 0 },
	{ "ul", BLOCK, 0 },         { "ol", BLOCK, 0 },         { "dl", BLOCK, 0 },       { "dt", BLOCK, 0 },
	{ "dd", BLOCK, 0 },         { "blockquote", BLOCK, 0 }, { "caption", BLOCK, 0 },  { "address", BLOCK, 0 },
	{ "figcaption", BLOCK, 0 }, { "summary", BLOCK, 0 },    { "details", BLOCK, 0 },  { "legend", BLOCK, 0 },
	{ "h1", BLOCK, 20 },        { "h2", BLOCK, 16 },        { "h3", BLOCK, 13 },      { "h4", BLOCK, 11 },
	{ "h5", BLOCK, 0 },         { "h6", BLOCK, 0 },         { "li", ITEM, 0 },        { "tr", TABLE_ROW, 0 },
	{ "td", CELL, 0 },          { "th", CELL, 0 },          { "pre", PRE, 0 },
};

struct html {
	struct flow *flow;
	GPtrArray *hidden; /* selectors of rules that hide: "p", ".note", "#x" */
	double size;
	bool item; /* the next paragraph is one */
};

static void walk(struct html *h, const xmlNode *n);

static double length_of(const char *style, const char *property)
{
	const char *at = strstr(style, property);

	return at ? atof(at + strlen(property)) : 1e6;
}

/* style is in lower case and without spaces: "color:#fff;font-size:1px" */
static bool style_hides(const char *style)
{
	static const char *const hiding[] = { "display:none",        "visibility:hidden",
					      "visibility:collapse", "opacity:0;",
					      "opacity:0.0",         "color:transparent",
					      "color:white",         "color:#fff;",
					      "color:#ffffff",       "color:rgb(255,255,255)" };
	bool painted = strstr(style, "background") != NULL;

	for (size_t i = 0; i < N_ELEMS(hiding); i++) {
		const char *at = strstr(style, hiding[i]);

		/* "background-color:white" hides nothing, and on a background white letters can be read. */
		if (at && (hiding[i][0] != 'c' || (!painted && (at == style || at[-1] == ';'))))
			return true;
	}
	return length_of(style, "font-size:") < TINY || length_of(style, "left:") < -900 ||
	       length_of(style, "top:") < -900 || length_of(style, "text-indent:") < -900;
}

static char *normal_style(const char *style)
{
	GString *out = g_string_new(NULL);

	for (; *style; style++) {
		if (!g_ascii_isspace(*style))
			g_string_append_c(out, g_ascii_tolower(*style));
	}
	g_string_append_c(out, ';');
	return g_string_free(out, FALSE);
}

/* Rules for one element, class or id; what selects by more than that is left to the page. */
static void take_rules(struct html *h, const char *css)
{
	gchar **rules = g_strsplit(css, "}", MOST_RULES);

	for (gchar **rule = rules; *rule; rule++) {
		char *open = strrchr(*rule, '{');
		auto_free char *style = open ? normal_style(open + 1) : NULL;
		gchar **selectors = NULL;

		if (!style || !style_hides(style))
			continue;
		*open = '\0';
		selectors = g_strsplit(*rule, ",", MOST_RULES);
		for (gchar **one = selectors; *one; one++) {
			g_strstrip(*one);
			if (**one && !strpbrk(*one, " >+~:[*@/"))
				g_ptr_array_add(h->hidden, g_strdup(*one));
		}
		g_strfreev(selectors);
	}
	g_strfreev(rules);
}

static void find_rules(struct html *h, const xmlNode *n)
{
	for (const xmlNode *c = n->children; c; c = c->next) {
		if (c->type != XML_ELEMENT_NODE)
			continue;
		if (xml_is(c, "style") && c->children && c->children->content)
			take_rules(h, (const char *)c->children->content);
		else
			find_rules(h, c);
	}
}

static bool has_word(const char *list, const char *word)
{
	size_t len = strlen(word);

	for (const char *at = strstr(list, word); at; at = strstr(at + 1, word)) {
		if ((at == list || g_ascii_isspace(at[-1])) && (!at[len] || g_ascii_isspace(at[len])))
			return true;
	}
	return false;
}

static bool is_hidden(const struct html *h, const xmlNode *n)
{
	const char *own = xml_attr(n, "style"), *class = xml_attr(n, "class"), *id = xml_attr(n, "id");
	auto_free char *style = own[0] ? normal_style(own) : NULL;

	if (xmlHasProp((xmlNode *)n, (const xmlChar *)"hidden") || (style && style_hides(style)))
		return true;
	if (xml_is(n, "font") && (streq(xml_attr(n, "color"), "#FFFFFF") || streq(xml_attr(n, "color"), "white")))
		return true;
	for (unsigned i = 0; i < h->hidden->len; i++) {
		const char *s = h->hidden->pdata[i];

		if ((*s == '.' && has_word(class, s + 1)) || (*s == '#' && streq(id, s + 1)) || xml_is(n, s))
			return true;
	}
	return false;
}

static void end(struct html *h)
{
	struct style s = { .size = h->size, .item = h->item };

	if (flow_pending(h->flow) > 0)
		h->item = false;
	flow_end(h->flow, &s);
}

static void walk_block(struct html *h, const xmlNode *n, double size)
{
	double was = h->size;

	end(h);
	h->size = size > 0 ? size : was;
	walk(h, n);
	end(h);
	h->size = was;
}

static void walk_pre(struct html *h, const xmlNode *n)
{
	xmlChar *text = xmlNodeGetContent((xmlNode *)n);
	gchar **lines = g_strsplit(text ? (const char *)text : "", "\n", -1);

	end(h);
	for (gchar **line = lines; *line; line++) {
		flow_str(h->flow, *line);
		flow_line(h->flow);
	}
	end(h);
	g_strfreev(lines);
	xmlFree(text);
}

static unsigned span_of(const xmlNode *n)
{
	return (unsigned)CLAMP(atoi(xml_attr(n, "colspan")), 1, MOST_CELLS);
}

static unsigned columns(const xmlNode *row)
{
	unsigned n = 0;

	for (const xmlNode *c = row->children; c; c = c->next) {
		if (xml_is(c, "td") || xml_is(c, "th"))
			n += span_of(c);
	}
	return MIN(n, MOST_CELLS);
}

static void walk_row(struct html *h, const xmlNode *n)
{
	end(h);
	flow_row(h->flow, NULL, columns(n));
	walk(h, n);
	end(h);
	flow_row_end(h->flow);
}

static void walk_element(struct html *h, const xmlNode *n)
{
	size_t i = 0;

	while (i < N_ELEMS(elements) && !xml_is(n, elements[i].name))
		i++;
	if (i == N_ELEMS(elements)) {
		walk(h, n);
		return;
	}
	switch (elements[i].role) {
	case SKIP: break;
	case LINE: flow_line(h->flow); break;
	case RULE: end(h); break;
	case PRE: walk_pre(h, n); break;
	case TABLE_ROW: walk_row(h, n); break;
	case CELL:
		walk_block(h, n, 0);
		flow_cell(h->flow, span_of(n));
		break;
	case ITEM: end(h); h->item = true; /* fall through */
	case BLOCK: walk_block(h, n, elements[i].size); break;
	}
}

static void walk(struct html *h, const xmlNode *n)
{
	for (const xmlNode *c = n->children; c; c = c->next) {
		if (c->type == XML_TEXT_NODE || c->type == XML_CDATA_SECTION_NODE)
			flow_str(h->flow, (const char *)c->content);
		else if (c->type == XML_ENTITY_REF_NODE)
			flow_str(h->flow, " ");
		else if (c->type == XML_ELEMENT_NODE && !is_hidden(h, c))
			walk_element(h, c);
	}
}

/* Elements that only format letters. */
static bool is_plain(const char *name, const xmlChar **attributes)
{
	static const char *const formatting[] = { "b",   "i",  "u",      "s",     "font", "span", "strong", "em",
						  "big", "tt", "strike", "small", "sub",  "sup",  "a",      "center" };
	static const char *const hiding[] = { "style", "class", "id", "hidden", "color" };
	bool plain = false;

	for (size_t i = 0; i < N_ELEMS(formatting); i++)
		plain = plain || streq(name, formatting[i]);
	for (; plain && attributes && attributes[0]; attributes += 2) {
		for (size_t i = 0; i < N_ELEMS(hiding); i++)
			plain = plain && !streq((const char *)attributes[0], hiding[i]);
	}
	return plain;
}

/*
 * Those make no node of the tree: in pages whose authors never close them each would be a level of it, and the parser
 * reads 256 levels. The list says of each element that is open whether it has a node.
 */
static void start_element(void *ctx, const xmlChar *name, const xmlChar **attributes)
{
	htmlParserCtxtPtr parser = ctx;
	guint8 node = !is_plain((const char *)name, attributes);

	g_byte_array_append(parser->_private, &node, 1);
	if (node)
		xmlSAX2StartElement(ctx, name, attributes);
}

static void end_element(void *ctx, const xmlChar *name)
{
	htmlParserCtxtPtr parser = ctx;
	GByteArray *open = parser->_private;
	bool node = open->len == 0 || open->data[open->len - 1];

	if (open->len > 0)
		g_byte_array_set_size(open, open->len - 1);
	if (node)
		xmlSAX2EndElement(ctx, name);
}

static htmlDocPtr parse(const char *bytes, size_t len, bool *whole)
{
	const char *set = g_utf8_validate(bytes, (gssize)len, NULL) ? "UTF-8" : NULL;
	htmlParserCtxtPtr parser = htmlNewParserCtxt();
	GByteArray *open = g_byte_array_new();
	const xmlError *error;
	htmlDocPtr doc;

	parser->_private = open;
	parser->sax->startElement = start_element;
	parser->sax->endElement = end_element;
	doc = htmlCtxtReadMemory(parser, bytes, (int)len, NULL, set,
				 HTML_PARSE_NONET | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_RECOVER |
					 HTML_PARSE_COMPACT);
	error = xmlCtxtGetLastError(parser);
	*whole = !error || error->level < XML_ERR_FATAL;
	htmlFreeParserCtxt(parser);
	g_byte_array_unref(open);
	return doc;
}

int read_html_flow(struct flow *f, const char *bytes, size_t len)
{
	bool whole;
	htmlDocPtr doc = parse(bytes, len, &whole);
	const xmlNode *root = doc ? xmlDocGetRootElement(doc) : NULL;
	struct html h = { .flow = f, .size = FLOW_BODY };

	if (root) {
		h.hidden = g_ptr_array_new_with_free_func(g_free);
		find_rules(&h, root);
		walk(&h, root);
		end(&h);
		g_ptr_array_unref(h.hidden);
	}
	xmlFreeDoc(doc);
	return !root ? -EBADMSG : whole ? 0 : -E2BIG;
}

void read_html_warn(struct doc *d, const char *name, int rc)
{
	if (rc == -E2BIG)
		doc_warn(d, "%s has too many elements in each other; what stands behind them was not read", name);
}

static bool html_sniff(const struct source *s)
{
	return reader_begins(s, "<!doctype html") || reader_begins(s, "<html") ||
	       ((reader_begins(s, "<?xml") || reader_begins(s, "<!--")) &&
		g_strstr_len(s->bytes, (gssize)MIN(s->len, 2048), "<html"));
}

static enum fault html_read(struct reader *r, const struct source *s, const struct format *f, struct err *e)
{
	struct flow *flow = flow_new(r->doc, reader_add(r, s, f));
	int rc = read_html_flow(flow, s->bytes, s->len);

	flow_free(flow);
	read_html_warn(r->doc, s->name, rc);
	return rc != -EBADMSG ? FAULT_NONE : reader_damaged(s, "it is no web page inside", e);
}

const struct format format_html = { "a web page", "text/html", 1, html_sniff, html_read };
