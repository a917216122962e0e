#include "item.h"

#include "fact.h"
#include "tender/text/pattern.h"
#include "tender/text/text.h"

#define BOX_EMPTY "\xE2\x98\x90"

/* A bullet that stands alone; one that its item follows without a space. */
static struct pattern lone_mark = { "^(?:\\(?(?:\\d{1,2}|[a-zA-Z]|[ivx]{1,5})[.)]|[•▪■●○–-]|\\x{F0B7}|\\x{F0A7})$", 0,
				    NULL, NULL };
static struct pattern tight_mark = { "^\\((?:\\d{1,2}|[a-z]|[ivx]{1,5})\\)", 0, NULL, NULL };

void item_preload(void)
{
	pattern_compile(&lone_mark, 1);
	pattern_compile(&tight_mark, 1);
}

bool item_is_lone(const struct line *l)
{
	return l->bullet || pattern_match(&lone_mark, l->text);
}

size_t item_bullet(const char *text)
{
	if (text_bullet(text) == 0 && text[0] == '(' && pattern_match(&tight_mark, text))
		return (size_t)(strchr(text, ')') + 1 - text);
	return text_bullet(text);
}

int item_mark(const struct page *p, int k)
{
	const struct line *l = page_line(p, k), *left = k > 0 ? page_line(p, k - 1) : NULL;

	if (text_bullet(l->text) > 0 || (l->text[0] == '(' && pattern_match(&tight_mark, l->text)))
		return k;
	if (left && left->x1 <= l->x0 + 1 && left->y0 < l->y1 && left->y1 > l->y0 &&
	    pattern_match(&lone_mark, left->text))
		return k - 1;
	return l->item ? k : -1;
}

/* "2.3 Format", "A5.2 Scoring" are headings, "(a)", "3.", "•" begin items. */
static char kind_of(const char *text)
{
	size_t n = strspn(text, "(");
	size_t digits = strspn(text + n, "0123456789");

	if (digits)
		return text[n + digits] == '.' && g_ascii_isdigit(text[n + digits + 1]) ? 'h' : '1';
	if (g_ascii_isalpha(text[n])) {
		n++;
		digits = strspn(text + n, "0123456789");
		return digits && text[n + digits] == '.' && g_ascii_isdigit(text[n + digits + 1]) ? 'h' : 'a';
	}
	return util_starts(text, BOX_EMPTY) ? 'h' : '*';
}

char item_kind(const struct page *p, int k, int mark)
{
	char kind = kind_of(page_line(p, mark)->text);

	return kind != 'h' && mark == k && item_bullet(page_line(p, k)->text) == 0 ? '*' : kind;
}

char *item_text(const struct page *p, int k, size_t most)
{
	const struct line *l = page_line(p, k), *last = l;
	GString *all = g_string_new(l->text);

	for (int i = k + 1; i < (int)p->lines->len && all->len < most; i++) {
		const struct line *next = page_line(p, i);
		double height = last->y1 - last->y0;
		gsize was = all->len;

		if (item_mark(p, i) >= 0 || item_is_lone(next) || next->furniture || next->y0 < last->y0 + height / 2 ||
		    next->y0 - last->y1 > 0.5 * height || next->x0 > l->x1 || next->x0 < l->x0 - height)
			break;
		/* A new sentence at the edge of the list is none of it. */
		if (strchr(".;:", last->text[strlen(last->text) - 1]) ||
		    (next->x0 < l->x0 - 2 && g_unichar_isupper(g_utf8_get_char(next->text))))
			break;
		text_join(all, next->text);
		if (!fact_stands(p, all->str)) {
			g_string_truncate(all, was);
			break;
		}
		last = next;
	}
	return g_string_free(all, FALSE);
}
