#include "language.h"

#include <glib.h>

#define LONGEST 6 /* bytes of the longest word in the lists */

static const char *const english[] = {
	"the", "of", "and", "to", "in", "for", "is", "be", "or", "shall", "will", "with"
};
static const char *const german[] = { "der",  "die", "das", "und", "von", "ist",
				      "sind", "den", "des", "zu",  "mit", "f\xC3\xBCr" };

static bool in_list(const char *word, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (streq(word, list[i]))
			return true;
	}
	return false;
}

static void count_word(struct language_count *c, const char *from, size_t len, int letters)
{
	char word[LONGEST + 1];

	c->words += letters >= 2;
	if (len == 0 || len > LONGEST)
		return;
	for (size_t i = 0; i < len; i++)
		word[i] = g_ascii_tolower(from[i]);
	word[len] = '\0';
	c->english += in_list(word, english, N_ELEMS(english));
	c->german += in_list(word, german, N_ELEMS(german));
}

void language_count(struct language_count *c, const char *text)
{
	const char *from = text;
	int letters = 0;

	for (const char *at = text;; at = g_utf8_next_char(at)) {
		gunichar ch = (unsigned char)*at < 0x80 ? (gunichar)(unsigned char)*at : g_utf8_get_char(at);

		if (ch < 0x80 ? g_ascii_isalpha((char)ch) : g_unichar_isalpha(ch)) {
			from = letters ? from : at;
			letters++;
			continue;
		}
		if (letters)
			count_word(c, from, (size_t)(at - from), letters);
		letters = 0;
		if (!*at)
			return;
	}
}

bool language_is_noise(const char *text)
{
	struct language_count c = { 0 };

	language_count(&c, text);
	return c.words >= 60 && 100 * (c.english + c.german) < c.words;
}
