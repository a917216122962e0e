#include "platform/word.h"

#define SEPARATORS  ", \t\r\n"
#define SHOWN_BYTES 60

bool word_next(const char **text, struct word *w)
{
	size_t shown;

	w->text = *text + strspn(*text, SEPARATORS);
	w->len = strcspn(w->text, SEPARATORS);
	*text = w->text + w->len;
	shown = w->len;
	if (shown > SHOWN_BYTES) {
		shown = SHOWN_BYTES;
		while (shown > 0 && ((unsigned char)w->text[shown] & 0xc0) == 0x80)
			shown--;
	}
	w->shown = (int)shown;
	return w->len > 0;
}
