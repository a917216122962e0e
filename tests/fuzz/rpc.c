/* Bytes from a server: cut into lines in uneven pieces, decoded, classified, and read as the answer of a tool. */
#include <stdlib.h>

#include "mcp/result.h"
#include "mcp/rpc.h"
#include "mcp/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void take(const json_t *value)
{
	struct rpc_message m;
	struct mcp_result r;

	rpc_classify(value, &m);
	if (m.kind == RPC_RESULT && result_parse(m.result, &r, NULL) == 0)
		mcp_result_release(&r);
}

static int on_line(void *ud, const char *line, size_t len)
{
	json_t *value = line ? rpc_decode(line, len) : NULL;
	auto_free char *copy = line ? text_copy(line, 40) : NULL;

	(*(unsigned *)ud)++;
	if (line && (line[len] != '\0' || strlen(copy) > 43))
		abort();
	take(value);
	for (size_t i = 0; i < json_array_size(value); i++)
		take(json_array_get(value, i));
	json_decref(value);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct rpc_reader r = { .cap = 4096 };
	unsigned lines = 0;

	for (size_t at = 0, piece = 1; at < len; at += piece, piece = piece * 5 % 97 + 1)
		rpc_reader_feed(&r, (const char *)bytes + at, len - at < piece ? len - at : piece, on_line, &lines);
	rpc_reader_release(&r);
	return 0;
}
