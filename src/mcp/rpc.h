/*
 * rpc - JSON-RPC 2.0 messages, one a line
 *
 * Only '\n' ends a line; '\r' before it and empty lines are ignored. A line that is no message is noise: a server that
 * prints to its standard output by mistake is heard, and its session lives on.
 */
#ifndef FS0711_MCP_RPC_H
#define FS0711_MCP_RPC_H

#include <jansson.h>

#include "base/buf.h"

#define RPC_LINE_BYTES (64u << 20)

enum rpc_code {
	RPC_INVALID_REQUEST = -32600,
	RPC_NO_METHOD = -32601,
	RPC_BAD_PARAMS = -32602,
	RPC_INTERNAL = -32603,
};

enum rpc_kind { RPC_NOISE, RPC_REQUEST, RPC_NOTIFICATION, RPC_RESULT, RPC_ERROR };

/* One message; all pointers are borrowed from the JSON that was parsed. */
struct rpc_message {
	enum rpc_kind kind;
	const json_t *id;     /* string or integer; NULL in a notification, and in an error without one */
	const char *method;   /* request and notification */
	const json_t *params; /* may be NULL */
	const json_t *result; /* result */
	int64_t code;         /* error */
	const char *text;     /* error: its message, never NULL */
	const json_t *data;   /* error; may be NULL */
};

/* Bytes that come in pieces, cut into lines. All zeroes is a reader with nothing in it. */
struct rpc_reader {
	struct buf buf;
	size_t scanned; /* no newline before here */
	size_t cap;     /* longest line, 0: RPC_LINE_BYTES */
	bool skipping;  /* until the end of a line that was too long */
};

/*
 * rpc_reader_feed - add bytes and hand out each line that is complete; line[len] is NUL, line is the reader's
 * too_long is called with NULL in place of a line that was longer than the cap, once, and the rest of it is skipped
 * Returns 0, -ENOMEM, or what on_line returned when that was negative (the reader can then only be released)
 */
int rpc_reader_feed(struct rpc_reader *r, const char *bytes, size_t len,
		    int (*on_line)(void *ud, const char *line, size_t len), void *ud);
void rpc_reader_release(struct rpc_reader *r);

/* rpc_decode - the JSON of one line, a new reference; NULL for noise */
json_t *rpc_decode(const char *line, size_t len);

/* rpc_classify - what one JSON value says; RPC_NOISE when it is no message */
void rpc_classify(const json_t *value, struct rpc_message *out);

/*
 * rpc_request, rpc_notification, rpc_answer, rpc_refusal - append one line
 * params and result are taken (params may be NULL); id is borrowed. Returns 0 or -ENOMEM
 */
int rpc_request(struct buf *out, int64_t id, const char *method, json_t *params);
int rpc_notification(struct buf *out, const char *method, json_t *params);
int rpc_answer(struct buf *out, const json_t *id, json_t *result);
int rpc_refusal(struct buf *out, const json_t *id, enum rpc_code code, const char *text);

#endif
