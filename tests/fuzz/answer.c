/* Bytes from a server of models: read in uneven pieces and in one, to the same end, and never beyond the bounds. */
#include <stdlib.h>

#include "sdk/answer.h"

#define MOST 4096

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

/* In pieces, as they would come; up to the end of the answer. */
static int feed(struct answer *a, const char *bytes, size_t len, size_t first)
{
	int rc = 0;

	for (size_t at = 0, piece = first; rc == 0 && at < len; at += piece, piece = piece * 5 % 97 + 1)
		rc = answer_feed(a, bytes + at, len - at < piece ? len - at : piece);
	return rc;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct answer one = ANSWER_INIT(MOST), many = ANSWER_INIT(MOST);
	int rc = feed(&one, (const char *)bytes, len, len + 1), pieces = feed(&many, (const char *)bytes, len, 1);

	if (one.body.len > MOST || many.body.len > MOST)
		abort();
	/* in one piece, what stands behind an end is seen */
	if (rc != pieces && !(rc < 0 && pieces == 1))
		abort();
	if (rc == 1 && (one.status < 200 || one.status > 599 || one.status != many.status ||
			one.body.len != many.body.len || strcmp(buf_str(&one.body), buf_str(&many.body)) != 0))
		abort();
	answer_release(&one);
	answer_release(&many);
	return 0;
}
