#include "docx_numbers.h"

#include <stdlib.h>

#define N_LEVELS 9

struct level {
	char format[24];
	char *text; /* "%1.%2" */
	int start;
};

struct list {
	struct level levels[N_LEVELS];
	int counts[N_LEVELS]; /* of the last paragraph; 0 before the first */
	bool used[N_LEVELS];
};

/* What a document calls a list: one of the lists, perhaps begun anew. */
struct use {
	int list;
	int restart[N_LEVELS]; /* number to begin with, -1 for going on */
	bool begun[N_LEVELS];
};

struct docx_numbers {
	GHashTable *lists; /* number -> struct list */
	GHashTable *uses;  /* number -> struct use */
};

static void list_free(void *arg)
{
	struct list *l = arg;

	for (int i = 0; i < N_LEVELS; i++)
		g_free(l->levels[i].text);
	g_free(l);
}

static int level_of(const xmlNode *n)
{
	int i = atoi(xml_attr(n, "ilvl"));

	return i >= 0 && i < N_LEVELS ? i : -1;
}

static void add_level(struct list *l, const xmlNode *n)
{
	int i = level_of(n);
	const char *start = xml_child_attr(n, "start", "val");

	if (i < 0)
		return;
	g_free(l->levels[i].text);
	l->levels[i].text = g_strdup(xml_child_attr(n, "lvlText", "val"));
	l->levels[i].start = start[0] ? atoi(start) : 1;
	g_strlcpy(l->levels[i].format, xml_child_attr(n, "numFmt", "val"), sizeof(l->levels[i].format));
}

static void add_list(struct docx_numbers *all, const xmlNode *n)
{
	struct list *l = g_new0(struct list, 1);

	for (const xmlNode *c = n->children; c; c = c->next) {
		if (xml_is(c, "lvl"))
			add_level(l, c);
	}
	g_hash_table_replace(all->lists, GINT_TO_POINTER(atoi(xml_attr(n, "abstractNumId"))), l);
}

static void add_use(struct docx_numbers *all, const xmlNode *n)
{
	struct use *u = g_new0(struct use, 1);

	u->list = atoi(xml_child_attr(n, "abstractNumId", "val"));
	for (int i = 0; i < N_LEVELS; i++)
		u->restart[i] = -1;
	for (const xmlNode *c = n->children; c; c = c->next) {
		const char *start = xml_is(c, "lvlOverride") ? xml_child_attr(c, "startOverride", "val") : "";

		if (start[0] && level_of(c) >= 0)
			u->restart[level_of(c)] = atoi(start);
	}
	g_hash_table_replace(all->uses, GINT_TO_POINTER(atoi(xml_attr(n, "numId"))), u);
}

static void take(void *arg, const xmlNode *n)
{
	if (xml_is(n, "abstractNum"))
		add_list(arg, n);
	else if (xml_is(n, "num"))
		add_use(arg, n);
}

struct docx_numbers *docx_numbers_new(const char *bytes, size_t len)
{
	struct docx_numbers *all = g_new0(struct docx_numbers, 1);

	all->lists = g_hash_table_new_full(NULL, NULL, NULL, list_free);
	all->uses = g_hash_table_new_full(NULL, NULL, NULL, g_free);
	if (bytes)
		xml_each_child(bytes, len, "numbering", take, all);
	return all;
}

void docx_numbers_free(struct docx_numbers *all)
{
	g_hash_table_unref(all->lists);
	g_hash_table_unref(all->uses);
	g_free(all);
}

static void write_roman(GString *to, int n, bool upper)
{
	static const struct {
		int value;
		const char *upper, *lower;
	} parts[] = { { 1000, "M", "m" }, { 900, "CM", "cm" }, { 500, "D", "d" }, { 400, "CD", "cd" },
		      { 100, "C", "c" },  { 90, "XC", "xc" },  { 50, "L", "l" },  { 40, "XL", "xl" },
		      { 10, "X", "x" },   { 9, "IX", "ix" },   { 5, "V", "v" },   { 4, "IV", "iv" },
		      { 1, "I", "i" } };

	for (size_t i = 0; i < N_ELEMS(parts) && n < 5000; i++) {
		for (; n >= parts[i].value; n -= parts[i].value)
			g_string_append(to, upper ? parts[i].upper : parts[i].lower);
	}
}

/* 27 is aa, as Word counts. */
static void write_letter(GString *to, int n, char first)
{
	for (int i = 0; n > 0 && i <= (n - 1) / 26 && i < 10; i++)
		g_string_append_c(to, (char)(first + (n - 1) % 26));
}

void docx_numbers_write(GString *to, int n, const char *format)
{
	if (streq(format, "lowerLetter") || streq(format, "upperLetter"))
		write_letter(to, n, format[0] == 'u' ? 'A' : 'a');
	else if (streq(format, "lowerRoman") || streq(format, "upperRoman"))
		write_roman(to, n, format[0] == 'u');
	else if (!streq(format, "none"))
		g_string_append_printf(to, streq(format, "decimalZero") ? "%02d" : "%d", n);
}

static void count(struct list *l, struct use *u, int level)
{
	int start = l->levels[level].start;

	if (u->restart[level] >= 0 && !u->begun[level]) {
		start = u->restart[level];
		l->used[level] = false;
	}
	u->begun[level] = true;
	l->counts[level] = l->used[level] && l->counts[level] < 1000000 ? l->counts[level] + 1 : start;
	l->used[level] = true;
	for (int i = level + 1; i < N_LEVELS; i++)
		l->used[i] = false;
}

static char *write_text(const struct list *l, int level)
{
	GString *text = g_string_new(NULL);

	for (const char *c = l->levels[level].text; *c; c++) {
		int i = c[1] - '1';

		if (*c != '%' || i < 0 || i >= N_LEVELS) {
			g_string_append_c(text, *c);
			continue;
		}
		docx_numbers_write(text, l->used[i] ? l->counts[i] : l->levels[i].start, l->levels[i].format);
		c++;
	}
	return g_string_free(text, FALSE);
}

char *docx_numbers_next(struct docx_numbers *all, int num, int level)
{
	struct use *u = num > 0 ? g_hash_table_lookup(all->uses, GINT_TO_POINTER(num)) : NULL;
	struct list *l = u ? g_hash_table_lookup(all->lists, GINT_TO_POINTER(u->list)) : NULL;

	level = CLAMP(level, 0, N_LEVELS - 1);
	if (!l || !l->levels[level].text)
		return NULL;
	count(l, u, level);
	if (streq(l->levels[level].format, "bullet"))
		return g_strdup("");
	return write_text(l, level);
}
