#include "passage.h"

#include "tender/text/pattern.h"
#include "tender/text/text.h"

static struct pattern unit_words = {
	"year|month|week|\\bdays?\\b|jahr|monat|woche|\\btage|season|saison|semester|winter|verl.nger", 0, NULL, NULL
};

void passage_preload(void)
{
	pattern_compile(&unit_words, 1);
}

void passage_each(const struct doc *d, void (*fn)(void *arg, const struct passage *s), void *arg)
{
	for (unsigned i = 0; i < d->pages->len; i++) {
		const struct page *p = doc_page(d, i);

		for (unsigned k = 0; p->readable && k < p->blocks->len; k++) {
			const struct block *b = page_block(p, (int)k);
			const char *begin = b->text, *end;

			if (!pattern_match(&unit_words, b->text))
				continue;
			for (; *begin; begin = end + strspn(end, " ")) {
				auto_free char *text = NULL;

				end = text_sentence(begin);
				text = g_strndup(begin, (gsize)(end - begin));
				fn(arg, &(struct passage){ d, p, b, text, (int)(begin - b->text) });
			}
		}
	}
}
