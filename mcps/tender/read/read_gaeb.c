/*
 * GAEB DA XML, bills of quantities as German builders exchange them: X81 to X86, phase 83 above all. An item is a row
 * of its number (OZ), its short text, its quantity and unit; its long text follows. Remarks are paragraphs.
 */
#include <stdlib.h>

#include "flow.h"
#include "part.h"
#include "xml.h"

#define SNIFF_BYTES   4096
#define MOST_DEPTH    32 /* parts in parts of a bill */
#define ITEMS_OF_PAGE 60

struct gaeb {
	struct flow *flow;
	unsigned n_items; /* on the page */
	char *currency;
};

static const struct style body = { .size = FLOW_BODY }, heading = { .size = 13 }, title = { .size = 16 };

static void read_part(struct gaeb *g, const xmlNode *n, const char *number, int depth);

/* What stands behind a line and behind a paragraph until the text is laid out; neither can come from a document. */
#define LINE      "\v"
#define PARAGRAPH "\f"

/* The text of an element with these marks in it. */
static void collect(GString *to, const xmlNode *n)
{
	for (const xmlNode *c = n->children; c; c = c->next) {
		if (c->content && (c->type == XML_TEXT_NODE || c->type == XML_CDATA_SECTION_NODE))
			g_string_append(to, (const char *)c->content);
		if (c->type != XML_ELEMENT_NODE || xml_is(c, "image") || xml_is(c, "attachment"))
			continue;
		if (xml_is(c, "br"))
			g_string_append(to, LINE);
		collect(to, c);
		if (xml_is(c, "p") || xml_is(c, "div") || xml_is(c, "li") || xml_is(c, "tr"))
			g_string_append(to, PARAGRAPH);
		else if (xml_is(c, "td"))
			g_string_append_c(to, ' ');
	}
}

static char *text_of(const xmlNode *n)
{
	GString *text = g_string_new(NULL);

	if (n)
		collect(text, n);
	return g_strstrip(g_string_free(text, FALSE));
}

static char *child_text(const xmlNode *n, const char *child)
{
	return text_of(xml_child(n, child));
}

/* Programs write each line of a long text as a paragraph: one that goes on in the next is none. */
static bool goes_on(const char *text, const char *end)
{
	const char *next = end + strspn(end, PARAGRAPH LINE " \t\r\n");

	while (end > text && g_ascii_isspace(end[-1]))
		end--;
	return *next && end > text && !strchr(".:;!?", end[-1]) && g_unichar_islower(g_utf8_get_char(next));
}

static void put_lines(struct gaeb *g, const char *text, const struct style *s)
{
	for (const char *at = text; *at;) {
		size_t n = strcspn(at, PARAGRAPH LINE);

		flow_add(g->flow, at, n);
		if (at[n] == LINE[0] || goes_on(at, at + n))
			flow_line(g->flow);
		else
			flow_end(g->flow, s);
		at += n + (at[n] != '\0');
	}
	flow_end(g->flow, s);
}

/* The text of an element as one line. */
static char *line_of(const xmlNode *n)
{
	char *text = text_of(n);

	return g_strdelimit(text, PARAGRAPH LINE, ' ');
}

static void put_cell(struct gaeb *g, const char *text)
{
	put_lines(g, text, &body);
	flow_cell(g->flow, 1);
}

/* A label and what it says, where it says something. */
static void put_fact(struct gaeb *g, const char *label, const char *text)
{
	static const double edges[] = { 3, 10 };

	if (!text[0])
		return;
	flow_row(g->flow, edges, N_ELEMS(edges));
	put_cell(g, label);
	put_cell(g, text);
	flow_row_end(g->flow);
}

static void put_description(struct gaeb *g, const xmlNode *description)
{
	const xmlNode *all = xml_child(description, "CompleteText"), *from = all ? all : description;
	const xmlNode *detail = from ? xml_child(from, "DetailTxt") : NULL;
	auto_free char *text = text_of(detail);

	put_lines(g, text, &body);
}

/* The short text; where there is none, the first line of the long one. */
static char *outline_of(const xmlNode *description)
{
	const xmlNode *outline = description ? xml_find(description, "OutlineText") : NULL,
		      *detail = description ? xml_find(description, "DetailTxt") : NULL;
	char *text = text_of(outline ? outline : description ? xml_find(description, "OutlTxt") : NULL);

	if (!text[0] && detail) {
		g_free(text);
		text = text_of(detail);
		text[strcspn(text, PARAGRAPH LINE)] = '\0';
	}
	return g_strdelimit(text, PARAGRAPH LINE, ' ');
}

static char *number_of(const xmlNode *n, const char *above)
{
	return g_strconcat(above, above[0] && xml_attr(n, "RNoPart")[0] ? "." : "", xml_attr(n, "RNoPart"),
			   xml_attr(n, "RNoIndex"), NULL);
}

/* "nur Einheitspreis" and the like: the kinds of items that a bidder must know of. */
static void put_kind(struct gaeb *g, const xmlNode *item)
{
	static const struct {
		const char *element, *says;
	} kinds[] = {
		{ "Provis", "Bedarfsposition" },       { "ALNGroupNo", "Alternativposition" },
		{ "LumpSumItem", "Pauschalposition" }, { "QtyTBD", "Menge vom Bieter anzugeben" },
		{ "NotAppl", "Position entfällt" },    { "HourIt", "Stundenlohnarbeiten" },
		{ "KeyIt", "Schwerpunktposition" },
	};

	for (size_t i = 0; i < N_ELEMS(kinds); i++) {
		if (!xml_child(item, kinds[i].element))
			continue;
		flow_str(g->flow, kinds[i].says);
		flow_end(g->flow, &body);
	}
}

/* The price of an item of an offer or an order, as "Einheitspreis 12.50 EUR". */
static void put_price(struct gaeb *g, const xmlNode *item)
{
	auto_free char *price = child_text(item, "UP"), *line = NULL;

	if (!price[0])
		return;
	line = g_strdup_printf("Einheitspreis %s %s", price, g->currency);
	flow_str(g->flow, line);
	flow_end(g->flow, &body);
}

static void page_when_full(struct gaeb *g)
{
	if (g->n_items++ < ITEMS_OF_PAGE)
		return;
	flow_page(g->flow);
	g->n_items = 1;
}

static void read_item(struct gaeb *g, const xmlNode *n, const char *above)
{
	static const double edges[] = { 12, 70, 82, 92 };
	const xmlNode *description = xml_child(n, "Description");
	auto_free char *number = number_of(n, above), *outline = outline_of(description),
		       *quantity = child_text(n, "Qty"), *unit = child_text(n, "QU");

	page_when_full(g);
	flow_row(g->flow, edges, N_ELEMS(edges));
	put_cell(g, number);
	put_lines(g, outline, &body);
	put_kind(g, n);
	put_price(g, n);
	put_description(g, description);
	flow_cell(g->flow, 1);
	put_cell(g, quantity);
	put_cell(g, unit);
	flow_row_end(g->flow);
}

/* Remarks before items, and descriptions of work that several of them share. */
static void read_remark(struct gaeb *g, const xmlNode *n)
{
	const xmlNode *description = xml_child(n, "Description");
	auto_free char *outline = outline_of(description);

	if (outline[0]) {
		flow_str(g->flow, outline);
		flow_end(g->flow, &body);
	}
	put_description(g, description);
}

static void read_category(struct gaeb *g, const xmlNode *n, const char *above, int depth)
{
	auto_free char *number = number_of(n, above), *label = line_of(xml_child(n, "LblTx"));

	if (depth == 0 && g->n_items > 0) {
		flow_page(g->flow);
		g->n_items = 0;
	}
	flow_str(g->flow, number);
	flow_str(g->flow, " ");
	flow_str(g->flow, label);
	flow_end(g->flow, &heading);
	if (depth < MOST_DEPTH)
		read_part(g, n, number, depth + 1);
}

/* What a part of the bill holds: other parts, items, remarks. */
static void read_part(struct gaeb *g, const xmlNode *n, const char *number, int depth)
{
	for (const xmlNode *c = n->children; c; c = c->next) {
		if (xml_is(c, "BoQCtgy"))
			read_category(g, c, number, depth);
		else if (xml_is(c, "Item"))
			read_item(g, c, number);
		else if (xml_is(c, "Remark") || xml_is(c, "PerfDescr"))
			read_remark(g, c);
		else if (xml_is(c, "BoQBody") || xml_is(c, "Itemlist"))
			read_part(g, c, number, depth);
	}
}

/* What stands in the head of an award, with the words for it. */
static const struct {
	const char *element, *label;
} facts[] = {
	{ "AwardNo", "Vergabenummer" },          { "EvalEnd", "Zuschlagsfrist" },
	{ "SubmLoc", "Ort der Angebotsabgabe" }, { "CnstStart", "Beginn der Ausführung" },
	{ "CnstEnd", "Ende der Ausführung" },    { "ContrNo", "Auftragsnummer" },
	{ "AcceptType", "Art der Abnahme" },
};

static char *address_of(const xmlNode *owner)
{
	static const char *const parts[] = { "Name1", "Name2", "Name3", "Street", "PCode", "City" };
	const xmlNode *address = xml_child(owner, "Address");
	GString *text = g_string_new(NULL);

	for (size_t i = 0; i < N_ELEMS(parts); i++) {
		auto_free char *one = child_text(address, parts[i]);

		if (!one[0])
			continue;
		if (text->len > 0)
			g_string_append(text, streq(parts[i], "City") ? " " : ", ");
		g_string_append(text, one);
	}
	return g_string_free(text, FALSE);
}

/* The day and the time of day are elements of their own: "11:00:00" is read as a time behind its day only. */
static void put_opening(struct gaeb *g, const xmlNode *info)
{
	auto_free char *day = line_of(xml_child(info, "OpenDate")), *at = line_of(xml_child(info, "OpenTime")),
		       *both = g_strconcat(day, day[0] && at[0] ? ", " : "", at, NULL);

	put_fact(g, "Angebotsöffnung", both);
}

static void read_award(struct gaeb *g, const xmlNode *award)
{
	const xmlNode *info = xml_child(award, "AwardInfo"), *boq = xml_child(award, "BoQ"),
		      *owner = xml_child(award, "OWN");
	const xmlNode *address = xml_child(owner, "Address");
	auto_free char *who = address_of(owner), *contact = child_text(address, "Contact"),
		       *mail = child_text(address, "Email"), *name = child_text(xml_child(boq, "BoQInfo"), "Name"),
		       *label = child_text(xml_child(boq, "BoQInfo"), "LblBoQ");

	put_fact(g, "Auftraggeber", who);
	put_fact(g, "Ansprechpartner", contact);
	put_fact(g, "E-Mail", mail);
	put_opening(g, info);
	for (size_t i = 0; i < N_ELEMS(facts); i++) {
		auto_free char *text = line_of(xml_child(info, facts[i].element));

		put_fact(g, facts[i].label, text);
	}
	put_fact(g, "Leistungsverzeichnis", label[0] ? label : name);
	for (const xmlNode *c = award->children; c; c = c->next) {
		if (xml_is(c, "AddText")) {
			auto_free char *text = text_of(c);

			put_lines(g, text, &body);
		}
	}
	if (boq)
		read_part(g, boq, "", 0);
}

static void read_project(struct gaeb *g, const xmlNode *n)
{
	auto_free char *name = child_text(n, "NamePrj"), *label = child_text(n, "LblPrj"),
		       *about = child_text(n, "Descrip");

	put_lines(g, label[0] ? label : name, &title);
	if (label[0])
		put_fact(g, "Projekt", name);
	put_lines(g, about, &body);
	g_free(g->currency);
	g->currency = child_text(n, "Cur");
}

static void read_block(void *arg, const xmlNode *n)
{
	if (xml_is(n, "PrjInfo"))
		read_project(arg, n);
	else if (xml_is(n, "Award"))
		read_award(arg, n);
}

static bool gaeb_sniff(const struct source *s)
{
	return reader_begins(s, "<") && g_strstr_len(s->bytes, (gssize)MIN(s->len, SNIFF_BYTES), "<GAEB");
}

static enum fault gaeb_read(struct reader *r, const struct source *s, const struct format *f, struct err *e)
{
	unsigned n_before = r->doc->pages->len;
	struct gaeb g = { .currency = g_strdup("") };
	int rc;

	g.flow = flow_new(r->doc, reader_add(r, s, f));
	rc = xml_each_child(s->bytes, s->len, "GAEB", read_block, &g);
	flow_free(g.flow);
	g_free(g.currency);
	return part_end(r, s, n_before, rc, e);
}

const struct format format_gaeb = { "a GAEB bill", "application/x-gaeb-xml", 2, gaeb_sniff, gaeb_read };
