/*
 * stream - the server-sent events of an answer on their way: passed on as they are, and looked at for their usage
 *
 * Servers are asked for the usage of every stream; who did not want it does not get the event that brings it.
 */
#ifndef FS0711_MODEL_STREAM_H
#define FS0711_MODEL_STREAM_H

#include <jansson.h>

#include "base/buf.h"

/* By value; all zeroes begins. */
struct stream {
	bool keep_usage; /* pass on the event that has nothing but the usage */
	int64_t tokens;  /* of the last usage that came */
	struct buf part; /* of an event whose end has not come */
	size_t scanned;  /* of part: no end there */
};

void stream_release(struct stream *s);

/* stream_feed - take bytes as they come; whole events are appended to out. stream_end - no more come: the rest, too */
void stream_feed(struct stream *s, const void *bytes, size_t len, struct buf *out);
void stream_end(struct stream *s, struct buf *out);

/* stream_tokens - what the "usage" of an answer counts, prompt and completion together; 0 where it has none */
int64_t stream_tokens(const json_t *answer);

#endif
