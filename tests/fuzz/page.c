/* A web page, or plain text in any character set: the first byte says which. */
#include "document.h"
#include "tender/read/charset.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static const char *const sets[] = { NULL, "UTF-8", "iso-8859-15", "CP1250", "UTF-16LE", "no such set" };
	const char *text = (const char *)bytes + 1;

	if (len < 1)
		return 0;
	if (bytes[0] & 1) {
		auto_free char *utf8 = charset_utf8(text, len - 1, sets[(bytes[0] >> 1) % N_ELEMS(sets)]);

		document_read(&format_text, utf8, strlen(utf8));
		document_read(&format_text, text, len - 1);
		return 0;
	}
	document_read_behind("<html>", &format_html, text, len - 1);
	return 0;
}
