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

static const struct block *last_block(const struct page *p)
{
	for (int i = (int)p->blocks->len - 1; i >= 0; i--) {
		if (!page_line(p, page_block(p, i)->first)->furniture)
			return page_block(p, i);
	}
	return NULL;
}

/* The block on the next page in which the last sentence of b goes on, NULL for none. */
static const struct block *goes_over(const struct doc *d, const struct page *p, const struct block *b)
{
	const struct block *next = NULL;

	if (!b || b != last_block(p) || section_is_heading(b) || strchr(".;:!?", b->text[strlen(b->text) - 1]))
		return NULL;
	for (unsigned i = 0; i + 1 < d->pages->len; i++) {
		if (doc_page(d, i) == p && doc_page(d, i + 1)->readable && doc_page(d, i + 1)->file == p->file)
			next = first_block(doc_page(d, i + 1));
	}
	if (!next || next->item || section_is_heading(next) || item_bullet(next->text) > 0)
		return NULL;
	return g_unichar_islower(g_utf8_get_char(next->text)) || strchr(next->text, '.') ? next : NULL;
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
