#include "base/base64.h"

#include <errno.h>

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void base64_encode(const void *bytes, size_t len, struct buf *out)
{
	const unsigned char *in = bytes;

	if (!buf_reserve(out, (len + 2) / 3 * 4))
		return;
	for (size_t i = 0; i < len; i += 3) {
		size_t have = len - i < 3 ? len - i : 3;
		uint32_t bits = (uint32_t)in[i] << 16;
		char four[4];

		if (have > 1)
			bits |= (uint32_t)in[i + 1] << 8;
		if (have > 2)
			bits |= in[i + 2];
		for (int d = 0; d < 4; d++)
			four[d] = digits[bits >> (18 - 6 * d) & 63];
		memset(four + have + 1, '=', 3 - have);
		buf_add(out, four, sizeof(four));
	}
}

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

int base64_decode_loose(const char *text, size_t len, struct buf *out)
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

/* Bits of the last digit that belong to no byte must be 0, or two texts would stand for the same bytes. */
static bool is_exact(const char *text, size_t len)
{
	size_t n = len;

	while (n > 0 && len - n < 2 && text[n - 1] == '=')
		n--;
	for (size_t i = 0; i < n; i++) {
		if (digit((unsigned char)text[i]) < 0 || text[i] == '-' || text[i] == '_')
			return false;
	}
	if (len % 4 != 0)
		return false;
	return len == n || (digit((unsigned char)text[n - 1]) & (len - n == 1 ? 3 : 15)) == 0;
}

int base64_decode(const char *text, size_t len, struct buf *out)
{
	return is_exact(text, len) ? base64_decode_loose(text, len, out) : -EINVAL;
}
