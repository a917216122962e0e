/* An e-mail, and what is attached to it in any of the formats. */
#include "document.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	GString *all = g_string_new("From: a@b.example\nMIME-Version: 1.0\n");

	g_string_append_len(all, (const char *)bytes, (gssize)len);
	document_read(&format_eml, all->str, all->len);
	g_string_free(all, TRUE);
	return 0;
}
