/* RTF, what stands behind its first five bytes. */
#include "document.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	GString *all = g_string_new("{\\rtf");

	g_string_append_len(all, (const char *)bytes, (gssize)len);
	document_read(&format_rtf, all->str, all->len);
	g_string_free(all, TRUE);
	return 0;
}
