/* An e-mail, and what is attached to it in any of the formats. */
#include "document.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	document_read_behind("From: a@b.example\nMIME-Version: 1.0\n", &format_eml, bytes, len);
	return 0;
}
