#include "charset.h"

#define LOOK_BYTES 65536

/* What Windows-1252 has where Latin-1 has control characters; 0 for nothing. */
static const gunichar high[32] = { 0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
				   0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017D, 0,
				   0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
				   0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178 };

/* The character that a byte stands for in Windows-1252 */
static gunichar cp1252_letter(unsigned char byte)
{
	if (byte < 0x80 || byte >= 0xA0)
		return byte;
	return high[byte - 0x80] ? high[byte - 0x80] : 0xFFFD;
}

static char *from_cp1252(const char *bytes, size_t len)
{
	GString *out = g_string_sized_new(len + len / 8);

	for (size_t i = 0; i < len; i++) {
		if (bytes[i])
			g_string_append_unichar(out, cp1252_letter((unsigned char)bytes[i]));
	}
	return g_string_free(out, FALSE);
}

static gunichar unit(const char *bytes, bool big)
{
	unsigned a = (unsigned char)bytes[0], b = (unsigned char)bytes[1];

	return big ? a << 8 | b : b << 8 | a;
}

static char *from_utf16(const char *bytes, size_t len, bool big)
{
	GString *out = g_string_sized_new(len);

	for (size_t i = 0; i + 1 < len; i += 2) {
		gunichar c = unit(bytes + i, big);

		if (c >= 0xD800 && c < 0xDC00 && i + 3 < len) {
			gunichar low = unit(bytes + i + 2, big);

			if (low >= 0xDC00 && low < 0xE000) {
				c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
				i += 2;
			}
		}
		if (c)
			g_string_append_unichar(out, c >= 0xD800 && c < 0xE000 ? 0xFFFD : c);
	}
	return g_string_free(out, FALSE);
}

static bool is_cp1252(const char *name)
{
	return !name || g_ascii_strcasecmp(name, "windows-1252") == 0 || g_ascii_strcasecmp(name, "cp1252") == 0 ||
	       g_ascii_strcasecmp(name, "iso-8859-1") == 0 || g_ascii_strcasecmp(name, "us-ascii") == 0;
}

char *charset_utf8(const char *bytes, size_t len, const char *name)
{
	char *named;

	if (len == 0)
		return g_strdup("");
	if (len >= 2 && (memcmp(bytes, "\xFF\xFE", 2) == 0 || memcmp(bytes, "\xFE\xFF", 2) == 0))
		return from_utf16(bytes + 2, len - 2, bytes[0] == '\xFE');
	if (len >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0) {
		bytes += 3;
		len -= 3;
	}
	named = is_cp1252(name) ? NULL : g_convert(bytes, (gssize)len, "UTF-8", name, NULL, NULL, NULL);
	if (named && g_utf8_validate(named, -1, NULL))
		return named;
	g_free(named);
	if (g_utf8_validate(bytes, (gssize)len, NULL))
		return g_strndup(bytes, len);
	return from_cp1252(bytes, len);
}

static bool is_utf16(const char *bytes, size_t len)
{
	return len >= 4 && (memcmp(bytes, "\xFF\xFE", 2) == 0 || memcmp(bytes, "\xFE\xFF", 2) == 0);
}

bool charset_is_text(const char *bytes, size_t len)
{
	size_t n = MIN(len, LOOK_BYTES), strange = 0, letters = 0;

	if (is_utf16(bytes, len)) {
		auto_free char *text = from_utf16(bytes + 2, n - 2, bytes[0] == '\xFE');

		/* Text in UTF-16 has no byte order mark of its own left in it. */
		return text[0] && charset_is_text(text, strlen(text));
	}
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)bytes[i];

		if (c == 0)
			return false;
		strange += (c < 0x20 && !strchr("\t\n\r\f\v\x1A\x1B", c)) || c == 0x7F;
		letters += g_ascii_isalpha(c) || c >= 0xC0;
	}
	return strange * 200 <= n && letters * 5 >= n && letters >= 2;
}
