#include "rtf_tables.h"

#include <stdio.h>

#define MOST_FONTS   4096
#define MOST_COLOURS 4096
#define WESTERN      1252

void rtf_tables_init(struct rtf_tables *t)
{
	*t = (struct rtf_tables){ .font = -1, .colour = RTF_AUTO, .page = WESTERN };
	t->pages = g_hash_table_new(NULL, NULL);
	t->colours = g_array_new(FALSE, FALSE, sizeof(unsigned));
}

void rtf_tables_release(struct rtf_tables *t)
{
	g_hash_table_unref(t->pages);
	g_array_unref(t->colours);
}

/* 0 for the set of the document. */
static int page_of_charset(int charset)
{
	static const struct {
		int charset, page;
	} known[] = { { 0, WESTERN }, { 2, RTF_SYMBOLS }, { 77, 10000 }, { 128, 932 },  { 129, 949 },  { 134, 936 },
		      { 136, 950 },   { 161, 1253 },      { 162, 1254 }, { 163, 1258 }, { 177, 1255 }, { 178, 1256 },
		      { 186, 1257 },  { 204, 1251 },      { 222, 874 },  { 238, 1250 }, { 254, 437 },  { 255, 850 } };

	for (size_t i = 0; i < N_ELEMS(known); i++) {
		if (known[i].charset == charset)
			return known[i].page;
	}
	return 0;
}

static void set_page(struct rtf_tables *t, int page)
{
	if (t->font >= 0 && page > 0 && g_hash_table_size(t->pages) < MOST_FONTS)
		g_hash_table_insert(t->pages, GINT_TO_POINTER(t->font), GINT_TO_POINTER(page));
}

static void set_part(struct rtf_tables *t, unsigned shift, int number)
{
	if (t->colour == RTF_AUTO)
		t->colour = 0;
	t->colour = (t->colour & ~(0xFFu << shift)) | (unsigned)CLAMP(number, 0, 255) << shift;
}

void rtf_tables_word(struct rtf_tables *t, const char *word, int number)
{
	if (streq(word, "f"))
		t->font = number;
	else if (streq(word, "fcharset"))
		set_page(t, page_of_charset(number));
	else if (streq(word, "cpg"))
		set_page(t, number);
	else if (streq(word, "red"))
		set_part(t, 16, number);
	else if (streq(word, "green"))
		set_part(t, 8, number);
	else if (streq(word, "blue"))
		set_part(t, 0, number);
}

void rtf_tables_next(struct rtf_tables *t)
{
	if (t->colours->len < MOST_COLOURS)
		g_array_append_val(t->colours, t->colour);
	t->colour = RTF_AUTO;
}

int rtf_tables_page(const struct rtf_tables *t, int font)
{
	int page = GPOINTER_TO_INT(g_hash_table_lookup(t->pages, GINT_TO_POINTER(font)));

	return page ? page : t->page;
}

const char *rtf_tables_set(int page, char *out)
{
	snprintf(out, 16, page == 10000 ? "MACINTOSH" : page == 65001 ? "UTF-8" : "CP%d", page);
	return out;
}

bool rtf_tables_white(const struct rtf_tables *t, int colour)
{
	unsigned rgb = colour >= 0 && (unsigned)colour < t->colours->len
			       ? g_array_index(t->colours, unsigned, (unsigned)colour)
			       : RTF_AUTO;

	return rgb != RTF_AUTO && (rgb >> 16) >= 0xF0 && (rgb >> 8 & 0xFF) >= 0xF0 && (rgb & 0xFF) >= 0xF0;
}
