#include "label.h"

#include "fact.h"
#include "tender/text/text.h"

#define MOST_VALUE 300

void labelled_release(struct labelled *l)
{
	g_free(l->value);
	g_free(l->quote);
	*l = (struct labelled){ 0 };
}

#define SHORT_LABEL 10 /* bytes of a word that may be a label without a capital: "ref:", "closing:" */

/* "Beschreibung: …", "Email:" begin something else. */
static bool begins_label(const char *s)
{
	const char *colon = strstr(s, ":");

	if (colon && colon - s <= SHORT_LABEL && colon[1] == ' ' && strcspn(s, " ") > (size_t)(colon - s))
		return true;
	return colon && colon - s >= 2 && colon - s < 48 && (colon[1] == ' ' || colon[1] == '\0') &&
	       g_unichar_isupper(g_utf8_get_char(s)) && !g_strstr_len(s, colon - s, ". ");
}

/* "II.1.1) ", "2 " before a capital: numbers of sections that are no bullets. */
static size_t section_number(const char *s)
{
	size_t roman = strspn(s, "IVX"), n = strspn(s, roman ? "IVX.0123456789)" : "0123456789");

	if (n == 0 || s[n] != ' ' || (roman ? strcspn(s, ".)") > n : n > 2))
		return 0;
	return g_unichar_isupper(g_utf8_get_char(s + n + 1)) ? n + 1 : 0;
}

size_t label_begin(const char *text)
{
	size_t bullet = text_bullet(text);

	return bullet ? bullet : section_number(text);
}

/* The lines of a block from one on, until another label begins or the sentence is over. */
static void take_lines(const struct page *p, int first, const char *rest, GString *value, GString *quote)
{
	const struct block *b = page_block(p, page_line(p, first)->block);

	g_string_append(value, rest);
	g_string_append(quote, page_line(p, first)->text);
	for (int i = first + 1; i < b->first + b->n && value->len < MOST_VALUE; i++) {
		const char *text = page_line(p, i)->text;
		gsize was = quote->len;

		if (begins_label(text) ||
		    (value->len && strchr(".;", value->str[value->len - 1]) && !util_ends(value->str, "Tel.")))
			break;
		text_join(quote, text);
		if (!fact_stands(p, quote->str)) {
			g_string_truncate(quote, was);
			break;
		}
		text_join(value, text);
	}
}

/* Of a value too long for one its first sentence may be it: the rest describes. */
static void keep_sentence(char *value)
{
	size_t first = (size_t)(text_sentence(value) - value);

	if (strlen(value) > MOST_VALUE && first <= MOST_VALUE)
		value[first] = '\0';
}

/* Where the label ends in the line: behind its colon, dash or number sign; -1 when it does not match. */
static int label_end(struct pattern *label, const char *text)
{
	GMatchInfo *m = pattern_find(label, text, 0);
	int from, to = -1;
	size_t skip;

	if (!m)
		return -1;
	if (g_match_info_fetch_pos(m, 0, &from, &to)) {
		bool marked = false;

		for (skip = strspn(text + to, " "); strchr(":#.-=", text[to + (int)skip]) && text[to + (int)skip];
		     skip++)
			marked = true;
		skip += strspn(text + to + skip, " ");
		/* A word that goes on is prose: "Title of the" is a label, "Contact us" is none. */
		if (text[to + (int)skip] && !marked && (to == 0 || text[to - 1] != ':'))
			to = -1;
		else
			to += (int)skip;
	}
	g_match_info_free(m);
	return to;
}

/* The next field of a form, or an item of a list. */
static bool begins_other(const struct page *p, int k)
{
	return begins_label(page_line(p, k)->text) || page_line(p, k)->item;
}

/* Beside the label, else under it; -1 for none. A label of two lines has no value under its first. */
static int value_place(const struct page *p, int i)
{
	int right = page_right(p, i), below;

	if (right >= 0 && !begins_other(p, right))
		return right;
	below = page_below(p, i);
	if (right >= 0 && below >= 0 && !page_line(p, right)->item && !page_line(p, i)->item &&
	    !util_ends(page_line(p, i)->text, ":") && page_line(p, below)->block == page_line(p, i)->block &&
	    g_unichar_islower(g_utf8_get_char(page_line(p, below)->text)))
		return right;
	return below >= 0 && !begins_other(p, below) ? below : -1;
}

bool label_value(const struct page *p, int i, struct pattern *label, struct labelled *out)
{
	const char *text = page_line(p, i)->text;
	size_t begin = label_begin(text);
	int end = label_end(label, text + begin), at = i;
	GString *value, *quote;
	bool good;

	if (end < 0)
		return false;
	value = g_string_new(NULL);
	quote = g_string_new(NULL);
	if (text[begin + (size_t)end]) {
		take_lines(p, i, text + begin + end, value, quote);
	} else {
		at = value_place(p, i);
		if (at >= 0) {
			take_lines(p, at, page_line(p, at)->text, value, quote);
			g_string_prepend(quote, " \xE2\x80\xA6 ");
			g_string_prepend(quote, text);
		}
	}
	*out = (struct labelled){ text_clean(value->str), g_strdup(quote->str), i, at };
	keep_sentence(out->value);
	g_string_free(value, TRUE);
	g_string_free(quote, TRUE);
	good = out->value[0] && strlen(out->value) <= MOST_VALUE && fact_stands(p, out->quote);
	if (!good)
		labelled_release(out);
	return good;
}
