#include "base/name.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <utf8proc.h>

#include "base/crypto.h"

bool name_utf8(const char *bytes, size_t len)
{
	const utf8proc_uint8_t *at = (const utf8proc_uint8_t *)bytes;
	utf8proc_int32_t c;

	while (len > 0) {
		utf8proc_ssize_t n = utf8proc_iterate(at, (utf8proc_ssize_t)len, &c);

		if (n <= 0)
			return false;
		at += n;
		len -= (size_t)n;
	}
	return true;
}

int name_width(const char *name)
{
	const utf8proc_uint8_t *at = (const utf8proc_uint8_t *)name;
	utf8proc_int32_t c;
	utf8proc_ssize_t n;
	int width = 0;

	for (; (n = *at ? utf8proc_iterate(at, -1, &c) : 0) > 0; at += n)
		width += utf8proc_charwidth(c);
	return width;
}

static bool has_control(const char *name)
{
	const utf8proc_uint8_t *at = (const utf8proc_uint8_t *)name;
	utf8proc_int32_t c;

	for (; *at; at += utf8proc_iterate(at, -1, &c)) {
		utf8proc_iterate(at, -1, &c);
		if (c < 0x20 || (c >= 0x7f && c < 0xa0) || c == '/')
			return true;
	}
	return false;
}

/* Most names: nothing in them has another spelling. */
static bool is_plain(const char *name)
{
	for (; *name; name++)
		if (*name < 0x20 || *name >= 0x7f || *name == '/')
			return false;
	return true;
}

int name_clean(const char *name, char *out, struct err *e)
{
	size_t len = strlen(name);

	if (len == 0)
		return err_set(e, -EINVAL, "a name cannot be empty");
	if (len >= NAME_BYTES)
		return err_set(e, -ENAMETOOLONG, "the name has %zu bytes, 255 are allowed", len);
	if (is_plain(name)) {
		memcpy(out, name, len + 1);
		return 0;
	}
	if (!name_utf8(name, len))
		return err_set(e, -EILSEQ, "the name is not valid UTF-8");
	if (has_control(name))
		return err_set(e, -EINVAL, "the name has a control character");

	auto_free utf8proc_uint8_t *nfc = utf8proc_NFC((const utf8proc_uint8_t *)name);

	if (!nfc)
		return err_set(e, -ENOMEM, "no memory to normalise a name");
	if (strlen((char *)nfc) >= NAME_BYTES)
		return err_set(e, -ENAMETOOLONG, "the name has more than 255 bytes in its normal form");
	strcpy(out, (char *)nfc);
	return 0;
}

const char *name_fit(const char *stem, const char *suffix, char *out)
{
	size_t keep, tail = strlen(suffix);
	char hex[SHA256_HEX_BYTES];

	keep = strlen(stem);
	if (keep + tail < NAME_BYTES) {
		memcpy(out, stem, keep);
		memcpy(out + keep, suffix, tail + 1);
		return out;
	}
	sha256_hex(stem, strlen(stem), hex);
	keep = NAME_BYTES - 1 - tail - 9;
	while (keep > 0 && ((unsigned char)stem[keep] & 0xc0) == 0x80)
		keep--;
	snprintf(out, NAME_BYTES, "%.*s~%.8s%s", (int)keep, stem, hex, suffix);
	return out;
}
