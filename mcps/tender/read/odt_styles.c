#include "odt_styles.h"

#include <stdlib.h>

#define MOST_PARENTS 12
#define TINY         3.0  /* points: smaller letters are for machines */
#define MOST_POINTS  2000 /* no letter and no page is larger */

struct style {
	struct odt_style is;
	char *parent; /* key of another, NULL for none */
};

struct odt_styles {
	GHashTable *all; /* "paragraph Heading_20_1" -> struct style */
};

static void style_free(void *arg)
{
	struct style *s = arg;

	g_free(s->parent);
	g_free(s);
}

struct odt_styles *odt_styles_new(void)
{
	struct odt_styles *all = g_new0(struct odt_styles, 1);

	all->all = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, style_free);
	return all;
}

void odt_styles_free(struct odt_styles *all)
{
	g_hash_table_unref(all->all);
	g_free(all);
}

/* "2.5cm" in points; 0 for what is no length, as "120%" is none. */
static double points(const char *text)
{
	static const struct {
		const char *unit;
		double points;
	} units[] = {
		{ "pt", 1 }, { "cm", 72 / 2.54 }, { "mm", 72 / 25.4 }, { "in", 72 }, { "px", 0.75 }, { "pc", 12 }
	};
	char *end = NULL;
	double n = g_ascii_strtod(text, &end);

	for (size_t i = 0; i < N_ELEMS(units); i++) {
		if (util_starts(end, units[i].unit))
			return n > 0 && n * units[i].points < MOST_POINTS ? n * units[i].points : 0;
	}
	return 0;
}

static bool is_white(const char *colour)
{
	unsigned long rgb = strtoul(colour + (colour[0] == '#'), NULL, 16);

	return strlen(colour) == 7 && (rgb >> 16) >= 0xF0 && (rgb >> 8 & 0xFF) >= 0xF0 && (rgb & 0xFF) >= 0xF0;
}

static bool has_background(const xmlNode *properties)
{
	const char *colour = properties ? xml_attr(properties, "background-color") : "";

	return colour[0] && !streq(colour, "transparent") && !is_white(colour);
}

static void take_letters(struct odt_style *s, const xmlNode *n)
{
	const char *size = xml_attr(n, "font-size");

	s->size = points(size);
	s->white = is_white(xml_attr(n, "color"));
	s->hidden = streq(xml_attr(n, "display"), "none") || (s->size > 0 && s->size < TINY);
}

static void take_paragraph(struct odt_style *s, const xmlNode *n)
{
	s->indent = points(xml_attr(n, "margin-left"));
	s->breaks = s->breaks || streq(xml_attr(n, "break-before"), "page");
	s->ends = streq(xml_attr(n, "break-after"), "page");
}

void odt_styles_add(struct odt_styles *all, const xmlNode *n)
{
	const char *family = xml_attr(n, "family"), *parent = xml_attr(n, "parent-style-name");
	struct style *s;

	if (!xml_is(n, "style") && !xml_is(n, "default-style"))
		return;
	s = g_new0(struct style, 1);
	s->parent = parent[0] ? g_strdup_printf("%s %s", family, parent) : NULL;
	s->is.breaks = xml_attr(n, "master-page-name")[0] != '\0';
	for (const xmlNode *c = n->children; c; c = c->next) {
		if (xml_is(c, "text-properties"))
			take_letters(&s->is, c);
		else if (xml_is(c, "paragraph-properties"))
			take_paragraph(&s->is, c);
		else if (xml_is(c, "section-properties"))
			s->is.hidden = s->is.hidden || streq(xml_attr(c, "display"), "none");
		else if (xml_is(c, "table-column-properties"))
			s->is.width = points(xml_attr(c, "column-width"));
		if (c->type == XML_ELEMENT_NODE)
			s->is.shaded = s->is.shaded || has_background(c);
	}
	g_hash_table_replace(all->all, g_strdup_printf("%s %s", family, xml_attr(n, "name")), s);
}

struct odt_style odt_styles_get(const struct odt_styles *all, const char *family, const char *name)
{
	struct odt_style got = { 0 };
	auto_free char *first = g_strdup_printf("%s %s", family, name), *plain = g_strdup_printf("%s ", family);
	const char *key = first;

	for (int i = 0; i < MOST_PARENTS && key; i++) {
		const struct style *one = g_hash_table_lookup(all->all, key);

		if (!one)
			break;
		got.size = got.size > 0 ? got.size : one->is.size;
		got.indent = got.indent > 0 ? got.indent : one->is.indent;
		got.width = got.width > 0 ? got.width : one->is.width;
		got.hidden = got.hidden || one->is.hidden;
		got.white = got.white || one->is.white;
		got.shaded = got.shaded || one->is.shaded;
		got.breaks = got.breaks || one->is.breaks;
		got.ends = got.ends || one->is.ends;
		key = one->parent ? one->parent : streq(key, plain) ? NULL : plain;
	}
	return got;
}
