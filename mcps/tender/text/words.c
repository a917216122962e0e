#include "words.h"

static int by_hash(gconstpointer a, gconstpointer b)
{
	guint x = *(const guint *)a, y = *(const guint *)b;

	return x < y ? -1 : x > y;
}

/* Letters and digits make words; all else parts them. */
GArray *words_list(const char *text)
{
	auto_free char *folded = g_utf8_casefold(text, -1);
	GArray *words = g_array_new(FALSE, FALSE, sizeof(guint));
	const char *from = NULL;

	for (const char *s = folded;; s = g_utf8_next_char(s)) {
		bool in_word = *s && g_unichar_isalnum(g_utf8_get_char(s));

		if (in_word && !from) {
			from = s;
		} else if (!in_word && from) {
			auto_free char *word = g_strndup(from, (gsize)(s - from));
			guint hash = g_str_hash(word);

			g_array_append_val(words, hash);
			from = NULL;
		}
		if (!*s)
			break;
	}
	g_array_sort(words, by_hash);
	return words;
}

unsigned words_common(const GArray *a, const GArray *b)
{
	guint i = 0, k = 0, common = 0;

	while (i < a->len && k < b->len) {
		guint x = g_array_index(a, guint, i), y = g_array_index(b, guint, k);

		common += x == y;
		i += x <= y;
		k += y <= x;
	}
	return common;
}

double words_likeness(const GArray *a, const GArray *b)
{
	return a->len + b->len == 0 ? 0 : 2.0 * words_common(a, b) / (a->len + b->len);
}
