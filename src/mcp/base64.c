#include "mcp/base64.h"

#include <errno.h>

/* -1 for white space and "=", -2 for what does not belong there; "-" and "_" are the alphabet of URLs */
static int digit(unsigned char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+' || c == '-')
		return 62;
	if (c == '/' || c == '_')
		return 63;
	return c == '=' || c == '\n' || c == '\r' || c == ' ' || c == '\t' ? -1 : -2;
}

int base64_decode(const char *text, size_t len, struct buf *out)
{
	uint32_t bits = 0;
	int n_bits = 0;

	if (!buf_reserve(out, len / 4 * 3 + 4))
		return -ENOMEM;
	for (size_t i = 0; i < len; i++) {
		int d = digit((unsigned char)text[i]);

		if (d == -2)
			return -EINVAL;
		if (d == -1)
			continue;
		bits = bits << 6 | (uint32_t)d;
		n_bits += 6;
		if (n_bits >= 8) {
			n_bits -= 8;
			out->data[out->len++] = (char)(bits >> n_bits & 0xff);
		}
	}
	out->data[out->len] = '\0';
	return 0;
}
