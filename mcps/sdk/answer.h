/*
 * answer - reads one HTTP/1.1 answer, in pieces of any size as they come
 *
 * What it takes: a status line, header lines, and a body with a Content-Length or in chunks; interim answers (1xx) are
 * passed over. What has no end of its own (a body up to the end of the connection) is refused, and so is what two
 * readers could understand in two ways.
 */
#ifndef MCPS_SDK_ANSWER_H
#define MCPS_SDK_ANSWER_H

#include "base/buf.h"

enum answer_state {
	ANSWER_STATUS,
	ANSWER_HEADER,
	ANSWER_BODY,
	ANSWER_CHUNK_SIZE,
	ANSWER_CHUNK,
	ANSWER_CHUNK_END,
	ANSWER_TRAILER,
	ANSWER_DONE,
};

/* By value; ANSWER_INIT(max) waits for the first byte. status and closes are for the caller to read, body too. */
struct answer {
	int status;      /* 200 to 599, once the state is past ANSWER_STATUS */
	bool closes;     /* the sender ends the connection behind it */
	struct buf body; /* at most max_bytes */
	size_t max_bytes;

	enum answer_state state;
	struct buf line; /* the part of a line that has come */
	size_t head_bytes;
	uint64_t left; /* of the body, or of the chunk */
	bool has_length, chunked;
};

#define ANSWER_INIT(max)           \
	{                          \
		.max_bytes = (max) \
	}

void answer_release(struct answer *a);

/*
 * answer_feed - take the next bytes
 * Returns 1 when the answer is complete, 0 when more must come; or -EPROTO (this is no such answer, or bytes stand
 * behind its end), -EMSGSIZE (a body over max_bytes), -ENOMEM: nothing more can be read then
 */
int answer_feed(struct answer *a, const char *bytes, size_t len);

#endif
