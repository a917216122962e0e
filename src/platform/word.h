/* word - the words of a setting, separated by newlines, commas or blanks */
#ifndef FS0711_PLATFORM_WORD_H
#define FS0711_PLATFORM_WORD_H

#include "base/util.h"

/* Points into the setting's text. */
struct word {
	const char *text;
	size_t len;
	int shown; /* the bytes that a sentence shows of it, by "%.*s": whole characters, not too many */
};

/* word_next - the next word at *text, which is moved behind it; false when there is none */
bool word_next(const char **text, struct word *w);

#endif
