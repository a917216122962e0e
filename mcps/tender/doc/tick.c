#include "tick.h"

/* Boxes as they are typed, drawn with characters of Unicode, or read from fonts of symbols. */
static const struct box {
	const char *text;
	enum tick tick;
} boxes[] = {
	{ "[x]", TICK_ON },           { "[X]", TICK_ON },           { "(x)", TICK_ON },
	{ "(X)", TICK_ON },           { "[ ]", TICK_OFF },          { "[]", TICK_OFF },
	{ "( )", TICK_OFF },          { "[_]", TICK_OFF },          { "\xE2\x98\x92", TICK_ON },
	{ "\xE2\x98\x91", TICK_ON },  { "\xE2\x9C\x93", TICK_ON },  { "\xE2\x9C\x94", TICK_ON },
	{ "\xE2\x9C\x97", TICK_ON },  { "\xE2\x9C\x98", TICK_ON },  { "\xE2\x98\x90", TICK_OFF },
	{ "\xE2\x96\xA1", TICK_OFF }, { "\xE2\x9D\x91", TICK_OFF }, { "\xE2\x9D\x8F", TICK_OFF },
};

static const struct box *box_at(const char *s)
{
	for (size_t i = 0; strchr("[(\xE2", *s) && *s && i < N_ELEMS(boxes); i++) {
		if (util_starts(s, boxes[i].text))
			return &boxes[i];
	}
	return NULL;
}

enum tick tick_box(const char *s)
{
	const struct box *box = box_at(s);

	if (box)
		return s[strlen(box->text)] ? TICK_NONE : box->tick;
	return streq(s, "x") || streq(s, "X") ? TICK_ON : TICK_NONE;
}

char *tick_blank(const char *text)
{
	char *out = NULL;
	bool off = false;

	for (size_t i = 0, skip = 1; text[i]; i += skip) {
		const struct box *box = box_at(text + i);

		skip = box ? strlen(box->text) : 1;
		if (box) {
			out = out ? out : g_strdup(text);
			off = box->tick == TICK_OFF;
		}
		if (box || off)
			memset(out + i, ' ', skip);
	}
	return out;
}

int tick_cross(const char *text)
{
	for (const char *s = text; (s = strpbrk(s, "xX")); s++) {
		if ((s == text || s[-1] == ' ') && s[1] == ' ' && g_unichar_isupper(g_utf8_get_char(s + 2)))
			return (int)(s + 2 - text);
	}
	return -1;
}
