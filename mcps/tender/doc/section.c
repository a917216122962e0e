#include "section.h"

#include "tender/text/pattern.h"
#include "tender/text/text.h"

static struct pattern index_line = { "\\.{4,}\\s*\\d+|(?:\\. ){4,}|\\x{2026}{2,}", 0, NULL, NULL };
static struct pattern numbered = {
	"^(?:\\d{1,2}(?:\\.\\d{1,2}){0,4}\\.?|[A-Z]\\.|[IVX]{1,5}\\.|§ ?\\d+|(?:section|part|teil|abschnitt|article) \\w+[:.]?)\\s+\\p{Lu}",
	0, NULL, NULL
};

static struct pattern named = { "^[A-Z]{1,3}\\.?\\d{1,2}(?:\\.\\d{1,2}){0,3}\\.?\\s+\\p{Lu}", 0, NULL, NULL };

bool section_is_index(const struct block *b)
{
	return pattern_match(&index_line, b->text);
}

bool section_is_heading(const struct block *b)
{
	size_t len = strlen(b->text);
	int words = text_words(b->text);

	if (b->n > 2 || len > 110 || words < 1 || words > 14 || section_is_index(b))
		return false;
	if (strchr(".;,", b->text[len - 1]) || strstr(b->text, ". "))
		return pattern_match(&numbered, b->text) && len < 70 && b->text[len - 1] != ';' &&
		       b->text[len - 1] != ',';
	if (pattern_match(&numbered, b->text) || pattern_match(&named, b->text) || text_upper(b->text))
		return true;
	return !b->item && b->n == 1 && words <= 9 && g_unichar_isupper(g_utf8_get_char(b->text)) &&
	       b->text[len - 1] != ')';
}
