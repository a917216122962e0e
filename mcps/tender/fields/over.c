#include "over.h"

#include "fact.h"
#include "item.h"
#include "tender/doc/section.h"
#include "tender/text/text.h"

static const struct block *first_block(const struct page *p)
{
	for (int i = 0; i < (int)p->blocks->len; i++) {
		if (!page_line(p, page_block(p, i)->first)->furniture)
			return page_block(p, i);
	}
	return NULL;
}

const struct block *over_last(const struct page *p)
{
	for (int i = (int)p->blocks->len - 1; i >= 0; i--) {
		if (!page_line(p, page_block(p, i)->first)->furniture)
			return page_block(p, i);
	}
	return NULL;
}

const struct block *over_next(const struct page *p, const struct block *last, const struct page *next)
{
	const struct block *on = next->readable && next->file == p->file ? first_block(next) : NULL;

	if (!on || on->item || section_is_heading(on) || item_bullet(on->text) > 0 || section_is_heading(last) ||
	    strchr(".:;!?", last->text[strlen(last->text) - 1]))
		return NULL;
	return g_unichar_islower(g_utf8_get_char(on->text)) || strchr(on->text, '.') ? on : NULL;
}

static const struct block *goes_over(const struct doc *d, const struct page *p, const struct block *b)
{
	guint i;

	if (!b || b != over_last(p) || !g_ptr_array_find(d->pages, p, &i) || i + 1 >= d->pages->len)
		return NULL;
	return over_next(p, b, doc_page(d, i + 1));
}

char *over_text(const struct doc *d, const struct page *p, const struct block *b)
{
	const struct block *next = goes_over(d, p, b);
	GString *all = g_string_new(b->text);

	if (next) {
		auto_free char *rest = g_strndup(next->text, (gsize)(text_sentence(next->text) - next->text));

		text_join(all, rest);
	}
	return g_string_free(all, FALSE);
}

char *over_quote(const struct page *p, const struct block *b, size_t from, size_t to)
{
	size_t len = strlen(b->text);

	return fact_quote(p, b, (int)MIN(from, len - 1), (int)MIN(to, len));
}
