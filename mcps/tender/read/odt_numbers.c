#include "odt_numbers.h"

#include <stdlib.h>

#include "docx_numbers.h"

#define N_LEVELS    10
#define MOST_NUMBER 1000000

struct level {
	const char *format; /* one of docx_numbers_write, NULL for a bullet or nothing */
	char *before, *after;
	int start;
	int shown; /* how many levels, its own the last: 2 for "1.3" */
};

struct list {
	struct level levels[N_LEVELS];
	int counts[N_LEVELS]; /* of the last item; 0 before the first */
	bool used[N_LEVELS];
};

struct odt_numbers {
	GHashTable *lists; /* name -> struct list */
};

static void list_free(void *arg)
{
	struct list *l = arg;

	for (int i = 0; i < N_LEVELS; i++) {
		g_free(l->levels[i].before);
		g_free(l->levels[i].after);
	}
	g_free(l);
}

struct odt_numbers *odt_numbers_new(void)
{
	struct odt_numbers *all = g_new0(struct odt_numbers, 1);

	all->lists = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, list_free);
	return all;
}

void odt_numbers_free(struct odt_numbers *all)
{
	g_hash_table_unref(all->lists);
	g_free(all);
}

static int number(const char *text, int none)
{
	return g_ascii_isdigit(text[0]) ? (int)CLAMP(strtol(text, NULL, 10), 0, MOST_NUMBER) : none;
}

static const char *format_of(const char *code)
{
	static const struct {
		char code;
		const char *format;
	} known[] = { { '1', "decimal" },
		      { 'a', "lowerLetter" },
		      { 'A', "upperLetter" },
		      { 'i', "lowerRoman" },
		      { 'I', "upperRoman" } };

	for (size_t i = 0; i < N_ELEMS(known); i++) {
		if (code[0] == known[i].code)
			return known[i].format;
	}
	return NULL;
}

static void add_level(struct list *l, const xmlNode *n)
{
	int i = number(xml_attr(n, "level"), 0) - 1;
	struct level *to;

	if (i < 0 || i >= N_LEVELS || l->levels[i].before)
		return;
	to = &l->levels[i];
	to->format = format_of(xml_attr(n, "num-format"));
	to->before = g_strdup(xml_attr(n, "num-prefix"));
	to->after = g_strdup(xml_attr(n, "num-suffix"));
	to->start = number(xml_attr(n, "start-value"), 1);
	to->shown = number(xml_attr(n, "display-levels"), 1);
}

void odt_numbers_add(struct odt_numbers *all, const xmlNode *n)
{
	bool headings = xml_is(n, "outline-style");
	struct list *l;

	if (!headings && !xml_is(n, "list-style"))
		return;
	l = g_new0(struct list, 1);
	for (const xmlNode *c = n->children; c; c = c->next) {
		if (c->type == XML_ELEMENT_NODE)
			add_level(l, c);
	}
	g_hash_table_replace(all->lists, g_strdup(headings ? ODT_HEADINGS : xml_attr(n, "name")), l);
}

void odt_numbers_restart(struct odt_numbers *all, const char *list, int level)
{
	struct list *l = g_hash_table_lookup(all->lists, list);

	for (int i = level; l && i < N_LEVELS; i++)
		l->used[i] = false;
}

static char *write_number(const struct list *l, int level)
{
	const struct level *at = &l->levels[level];
	GString *text = g_string_new(at->before);

	for (int i = MAX(level - at->shown + 1, 0); i <= level; i++) {
		const struct level *one = &l->levels[i];

		if (!one->format)
			continue;
		docx_numbers_write(text, l->used[i] ? l->counts[i] : one->start, one->format);
		if (i < level)
			g_string_append_c(text, '.');
	}
	g_string_append(text, at->after);
	return g_string_free(text, FALSE);
}

char *odt_numbers_next(struct odt_numbers *all, const char *list, int level, int start)
{
	struct list *l = g_hash_table_lookup(all->lists, list);

	level = CLAMP(level, 0, N_LEVELS - 1);
	if (!l)
		return g_strdup("");
	if (start < 0)
		start = l->used[level] ? MIN(l->counts[level] + 1, MOST_NUMBER) : l->levels[level].start;
	l->counts[level] = start;
	l->used[level] = true;
	odt_numbers_restart(all, list, level + 1);
	return l->levels[level].format ? write_number(l, level) : g_strdup("");
}
