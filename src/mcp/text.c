#include "mcp/text.h"

#include "base/name.h"

static size_t character(const char *at)
{
	for (size_t n = 1; n <= 4; n++) {
		if (name_utf8(at, n))
			return n;
		if (at[n] == '\0')
			break;
	}
	return 0;
}

void text_clean(char *text)
{
	while (*text) {
		size_t n = character(text);

		if (n == 0 || (n == 1 && ((unsigned char)*text < 0x20 || *text == 0x7f)))
			*text = strchr("\t\n\r", *text) ? ' ' : '?';
		text += n ? n : 1;
	}
}

char *text_copy(const char *text, size_t max)
{
	size_t len = strnlen(text, max + 1);
	char *copy;

	if (len <= max) {
		copy = xstrndup(text, len);
	} else {
		len = max;
		while (len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80)
			len--;
		copy = xasprintf("%.*s...", (int)len, text);
	}
	text_clean(copy);
	return copy;
}
