/* A JSON array of a schema and a value, both from a hostile server. */
#include "mcp/schema.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	json_t *both = json_loadb((const char *)bytes, len, JSON_ALLOW_NUL, NULL);
	struct err e = ERR_INIT;

	if (json_array_size(both) == 2)
		schema_check(json_array_get(both, 0), json_array_get(both, 1), &e);
	json_decref(both);
	return 0;
}
