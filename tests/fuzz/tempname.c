/* Patterns of temporary names against any name. */
#include <stdlib.h>

#include "base/util.h"
#include "platform/tempname.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	char *name = xstrndup((const char *)bytes, len);
	bool is = tempname_is(name);

	tempname_maybe(name);
	if (name[0] == '.' && !is)
		abort();
	free(name);
	return 0;
}
