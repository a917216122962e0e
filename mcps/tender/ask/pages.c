#include "pages.h"

#define PIECE_BYTES 4000
#define SHOWN_BYTES 24000 /* some 7000 tokens: small models have room for them, and for the answer */

/* Where a piece that begins at from ends. */
static size_t piece_end(const char *text, size_t len, size_t from)
{
	size_t to = from + PIECE_BYTES, line;

	if (to >= len)
		return len;
	while ((text[to] & 0xC0) == 0x80)
		to--;
	for (line = to; line > from + PIECE_BYTES / 2; line--) {
		if (text[line - 1] == '\n')
			return line;
	}
	return to;
}

GArray *pages_cut(const struct doc *d)
{
	GArray *pieces = g_array_new(FALSE, FALSE, sizeof(struct piece));

	for (unsigned i = 0; i < d->pages->len; i++) {
		const struct page *p = doc_page(d, i);
		size_t len = p->readable ? strlen(p->text) : 0;

		for (struct piece one = { .page = i }; one.from < len; one.from = one.to) {
			one.to = piece_end(p->text, len, one.from);
			g_array_append_val(pieces, one);
		}
	}
	return pieces;
}

static const struct piece *piece_at(const GArray *pieces, unsigned i)
{
	return &g_array_index(pieces, struct piece, i);
}

static char *piece_text(const struct doc *d, const struct piece *one)
{
	auto_free char *raw = g_strndup(doc_page(d, one->page)->text + one->from, one->to - one->from);

	return g_utf8_make_valid(raw, -1);
}

static void show(json_t *shown, const struct doc *d, const struct piece *one)
{
	auto_free char *text = piece_text(d, one);

	json_array_append_new(shown, json_pack("{s:i, s:s}", "page", (int)one->page + 1, "text", text));
}

static bool has_words(const struct doc *d, const struct piece *one, struct pattern *words)
{
	auto_free char *text = piece_text(d, one);

	return pattern_match(words, text);
}

/* Takes what still has room: first those that it is about, then any. */
static void choose(const struct doc *d, const GArray *pieces, struct pattern *words, bool *chosen)
{
	size_t sum = 0;

	for (int turn = 0; turn < 2; turn++) {
		for (unsigned i = 0; i < pieces->len; i++) {
			const struct piece *one = piece_at(pieces, i);
			size_t len = one->to - one->from;

			if (chosen[i] || sum + len > SHOWN_BYTES)
				continue;
			chosen[i] = turn || i == 0 || has_words(d, one, words);
			sum += chosen[i] ? len : 0;
		}
	}
}

json_t *pages_about(const struct doc *d, const GArray *pieces, struct pattern *words)
{
	auto_free bool *chosen = g_new0(bool, pieces->len + 1);
	json_t *shown = json_array();

	choose(d, pieces, words, chosen);
	for (unsigned i = 0; i < pieces->len; i++) {
		if (chosen[i])
			show(shown, d, piece_at(pieces, i));
	}
	return shown;
}

json_t *pages_next(const struct doc *d, const GArray *pieces, unsigned *next)
{
	json_t *shown = json_array();
	size_t sum = 0;

	for (; *next < pieces->len; (*next)++) {
		const struct piece *one = piece_at(pieces, *next);

		sum += one->to - one->from;
		if (sum > SHOWN_BYTES)
			break;
		show(shown, d, one);
	}
	return shown;
}

json_t *pages_of(const struct doc *d, const GArray *pieces, const bool *wanted)
{
	json_t *shown = json_array();
	size_t sum = 0;

	for (unsigned i = 0; i < pieces->len; i++) {
		const struct piece *one = piece_at(pieces, i);

		if (!wanted[one->page] || sum + (one->to - one->from) > SHOWN_BYTES)
			continue;
		sum += one->to - one->from;
		show(shown, d, one);
	}
	return shown;
}

const struct page *pages_cited(const struct doc *d, const json_t *shown, const json_t *number)
{
	json_t *one;
	size_t i;

	json_array_foreach (shown, i, one) {
		if (json_is_integer(number) && json_equal(json_object_get(one, "page"), number))
			return doc_page(d, (unsigned)json_integer_value(number) - 1);
	}
	return NULL;
}
