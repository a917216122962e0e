#include "words.h"

#include <stdlib.h>

static bool is_hyphen(gunichar c)
{
	return c == '-' || c == 0xAD || (c >= 0x2010 && c <= 0x2011);
}

static bool divides(gunichar c)
{
	return g_unichar_isspace(c) || strchr("()[]{}/|", c < 128 ? (int)c : 'x');
}

/* Bullets and private signs are no text; a zero-width space is no white space either. */
static bool counts(gunichar c)
{
	return g_unichar_isalnum(c) || g_unichar_ismark(c);
}

static char *fold(const char *s)
{
	auto_free char *nfkc = g_utf8_normalize(s, -1, G_NORMALIZE_ALL_COMPOSE);

	return nfkc ? g_utf8_casefold(nfkc, -1) : g_strdup("");
}

char *words_normal(const char *s)
{
	auto_free char *folded = fold(s);
	GString *out = g_string_new(NULL);

	for (const char *at = folded; *at; at = g_utf8_next_char(at)) {
		if (counts(g_utf8_get_char(at)))
			g_string_append_unichar(out, g_utf8_get_char(at));
	}
	return g_string_free(out, FALSE);
}

bool words_same(const char *a, const char *b)
{
	auto_free char *one = words_normal(a), *other = words_normal(b);

	return *one && streq(one, other);
}

char *words_digits(const char *s)
{
	char *out = xstrdup(s), *to = out;

	for (; *s; s++) {
		if (g_ascii_isdigit(*s))
			*to++ = *s;
	}
	*to = '\0';
	return out;
}

static void end_word(GArray *words, GString *word)
{
	uint64_t hash = 14695981039346656037u; /* FNV-1a */

	if (word->len == 0)
		return;
	for (gsize i = 0; i < word->len; i++)
		hash = (hash ^ (unsigned char)word->str[i]) * 1099511628211u;
	g_array_append_val(words, hash);
	g_string_truncate(word, 0);
}

GArray *words_split(const char *s)
{
	auto_free char *folded = fold(s);
	GArray *words = g_array_new(FALSE, FALSE, sizeof(uint64_t));
	GString *word = g_string_new(NULL);
	gunichar was = ' ';

	for (const char *at = folded; *at; at = g_utf8_next_char(at)) {
		gunichar c = g_utf8_get_char(at);

		/* A hyphen before white space divides a word over two lines, unless it stands alone. */
		if (divides(c) && !(is_hyphen(was) && word->len > 0))
			end_word(words, word);
		else if (counts(c))
			g_string_append_unichar(word, c);
		was = divides(c) ? ' ' : c;
	}
	end_word(words, word);
	g_string_free(word, TRUE);
	return words;
}

unsigned words_common(const GArray *a, const GArray *b)
{
	auto_free unsigned *row = xcalloc(b->len + 1, sizeof(*row));

	for (unsigned i = 0; i < a->len; i++) {
		unsigned diagonal = 0;

		for (unsigned k = 0; k < b->len; k++) {
			unsigned above = row[k + 1];

			if (g_array_index(a, uint64_t, i) == g_array_index(b, uint64_t, k))
				row[k + 1] = diagonal + 1;
			else if (row[k] > above)
				row[k + 1] = row[k];
			diagonal = above;
		}
	}
	return row[b->len];
}

double words_overlap(const GArray *a, const GArray *b)
{
	return a->len && b->len ? 2.0 * words_common(a, b) / (a->len + b->len) : 0;
}

double words_share(const GArray *a, const GArray *b)
{
	return a->len ? (double)words_common(a, b) / a->len : 0;
}
