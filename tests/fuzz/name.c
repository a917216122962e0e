/* Names: what is clean stays clean; a name that is cut to fit is a name, of at most 255 bytes, and ends as it should.
 */
#include <stdlib.h>

#include "base/name.h"
#include "base/util.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void check_fit(const char *stem, const char *suffix)
{
	char out[NAME_BYTES];

	name_fit(stem, suffix, out);
	if (strlen(out) >= NAME_BYTES || !util_ends(out, suffix))
		abort();
	if (name_utf8(stem, strlen(stem)) && !name_utf8(out, strlen(out)))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	char *name = xstrndup((const char *)bytes, len), clean[NAME_BYTES], again[NAME_BYTES];
	struct err e = ERR_INIT;

	if (name_clean(name, clean, &e) < 0) {
		if (!e.text[0])
			abort();
	} else {
		if (name_clean(clean, again, &e) < 0 || !streq(clean, again) || strchr(clean, '/'))
			abort();
	}
	check_fit(name, "");
	check_fit(name, "-2147483648");
	check_fit(name, ".receipt.json");
	free(name);
	return 0;
}
