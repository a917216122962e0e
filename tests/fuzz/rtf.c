/* RTF, what stands behind its first five bytes. */
#include "document.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	document_read_behind("{\\rtf", &format_rtf, bytes, len);
	return 0;
}
