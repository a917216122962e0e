/* wire - JSON-RPC messages over two descriptors: read line by line, written as far as the reader takes them */
#ifndef MCPS_SDK_WIRE_H
#define MCPS_SDK_WIRE_H

#include <jansson.h>

#include "sdk/lines.h"

#define WIRE_LINE_BYTES (8u << 20)

enum wire_error {
	WIRE_PARSE = -32700,
	WIRE_INVALID = -32600,
	WIRE_NO_METHOD = -32601,
	WIRE_PARAMS = -32602,
	WIRE_INTERNAL = -32603,
};

/* Borrows both descriptors; neither is made non-blocking, since the other end may share them. */
struct wire {
	int in, out;
	struct lines lines;
	struct buf queue; /* whole lines that wait to be written */
	size_t written;   /* of queue */
};

#define WIRE_INIT(from, to)                                                     \
	{                                                                       \
		.in = (from), .out = (to), .lines = LINES_INIT(WIRE_LINE_BYTES) \
	}

void wire_release(struct wire *w);

/* wire_pending - true while lines wait to be written */
bool wire_pending(const struct wire *w);

/*
 * wire_flush - write once what a pipe takes without blocking; out is writable (POLLOUT)
 * Returns 0, or -errno (-EPIPE: nobody reads any more)
 */
int wire_flush(struct wire *w);

/* wire_reply, wire_refuse - queue the answer to request id (borrowed; NULL means null); wire_reply takes result */
int wire_reply(struct wire *w, const json_t *id, json_t *result);
int wire_refuse(struct wire *w, const json_t *id, enum wire_error code, const char *fmt, ...) PRINTF_LIKE(4, 5);
/* wire_notify - queue a notification; takes params */
int wire_notify(struct wire *w, const char *method, json_t *params);

#endif
