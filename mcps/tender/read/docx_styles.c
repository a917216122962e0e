#include "docx_styles.h"

#include <stdlib.h>

#define MOST_PARENTS 12

struct docx_styles {
	GHashTable *all; /* id -> struct docx_style */
	double size;     /* of letters where no style says another */
	char *plain;     /* the paragraph style of those that name none */
};

bool docx_on(const xmlNode *properties, const char *name)
{
	const xmlNode *n = xml_child(properties, name);
	const char *val = n ? xml_attr(n, "val") : "0";

	return !streq(val, "0") && !streq(val, "false") && !streq(val, "off");
}

double docx_size(const xmlNode *properties)
{
	double half = atof(xml_child_attr(properties, "sz", "val"));

	return half > 0 && half < 2000 ? half / 2 : 0;
}

static bool is_colour(const char *fill)
{
	return fill[0] && !streq(fill, "auto") && g_ascii_strcasecmp(fill, "FFFFFF") != 0;
}

bool docx_shaded(const xmlNode *n)
{
	if (!n)
		return false;
	if (xml_is(n, "shd") && is_colour(xml_attr(n, "fill")))
		return true;
	if (xml_is(n, "highlight") && !streq(xml_attr(n, "val"), "none"))
		return true;
	for (const xmlNode *c = n->children; c; c = c->next) {
		if (c->type == XML_ELEMENT_NODE && docx_shaded(c))
			return true;
	}
	return false;
}

static void style_free(void *arg)
{
	struct docx_style *s = arg;

	g_free(s->based_on);
	g_free(s);
}

static int number(const char *text, int none)
{
	return text[0] ? atoi(text) : none;
}

static void add_style(struct docx_styles *all, const xmlNode *n)
{
	const xmlNode *ppr = xml_child(n, "pPr"), *rpr = xml_child(n, "rPr"), *num = xml_child(ppr, "numPr");
	const char *based_on = xml_child_attr(n, "basedOn", "val");
	struct docx_style *s = g_new0(struct docx_style, 1);

	s->based_on = based_on[0] ? g_strdup(based_on) : NULL;
	s->size = docx_size(rpr);
	s->num = number(xml_child_attr(num, "numId", "val"), -1);
	s->level = number(xml_child_attr(num, "ilvl", "val"), -1);
	s->toc = g_ascii_strncasecmp(xml_child_attr(n, "name", "val"), "toc ", 4) == 0;
	s->hidden = docx_on(rpr, "vanish");
	s->shaded = docx_shaded(n);
	s->breaks = docx_on(ppr, "pageBreakBefore");
	g_hash_table_replace(all->all, g_strdup(xml_attr(n, "styleId")), s);
	if (streq(xml_attr(n, "type"), "paragraph") && streq(xml_attr(n, "default"), "1")) {
		g_free(all->plain);
		all->plain = g_strdup(xml_attr(n, "styleId"));
	}
}

static void take(void *arg, const xmlNode *n)
{
	struct docx_styles *all = arg;

	if (xml_is(n, "style"))
		add_style(all, n);
	else if (xml_is(n, "docDefaults"))
		all->size = docx_size(xml_child(xml_child(n, "rPrDefault"), "rPr"));
}

struct docx_styles *docx_styles_new(const char *bytes, size_t len)
{
	struct docx_styles *s = g_new0(struct docx_styles, 1);

	s->all = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, style_free);
	if (bytes)
		xml_each_child(bytes, len, "styles", take, s);
	return s;
}

void docx_styles_free(struct docx_styles *s)
{
	g_hash_table_unref(s->all);
	g_free(s->plain);
	g_free(s);
}

struct docx_style docx_styles_get(const struct docx_styles *s, const char *id)
{
	struct docx_style got = { .num = -1, .level = -1 };

	if (!id[0] && s->plain)
		id = s->plain;
	for (int i = 0; i < MOST_PARENTS && id; i++) {
		const struct docx_style *one = g_hash_table_lookup(s->all, id);

		if (!one)
			break;
		got.size = got.size > 0 ? got.size : one->size;
		got.num = got.num >= 0 ? got.num : one->num;
		got.level = got.level >= 0 ? got.level : one->level;
		got.toc = got.toc || one->toc;
		got.hidden = got.hidden || one->hidden;
		got.shaded = got.shaded || one->shaded;
		got.breaks = got.breaks || one->breaks;
		id = one->based_on;
	}
	if (got.size <= 0)
		got.size = s->size > 0 ? s->size : 10;
	return got;
}
