/* Server-sent events on their way: passed on to the letter, and understood alike in whatever pieces they come. */
#include <stdlib.h>

#include "model/stream.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static int64_t pass(const uint8_t *bytes, size_t len, size_t piece, bool keep_usage, struct buf *out)
{
	struct stream s = { .keep_usage = keep_usage };

	for (size_t at = 0; at < len; at += piece)
		stream_feed(&s, bytes + at, len - at < piece ? len - at : piece, out);
	stream_end(&s, out);
	stream_release(&s);
	return s.tokens;
}

static bool same(const struct buf *a, const void *bytes, size_t len)
{
	return a->len == len && (len == 0 || memcmp(a->data, bytes, len) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	size_t piece = len ? bytes[0] % 7 + 1 : 1;
	auto_buf whole = BUF_INIT, kept = BUF_INIT, pieces = BUF_INIT;
	int64_t tokens = pass(bytes, len, len ? len : 1, false, &whole);

	if (pass(bytes, len, piece, true, &kept) != tokens || !same(&kept, bytes, len))
		abort();
	if (pass(bytes, len, piece, false, &pieces) != tokens || !same(&pieces, whole.data, whole.len))
		abort();
	return 0;
}
