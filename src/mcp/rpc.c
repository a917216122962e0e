#include "mcp/rpc.h"

#include <errno.h>

#define KEPT_BYTES (1u << 20) /* a larger buffer is given back when it is empty */

/* One complete line, without its newline. */
static int hand_out(struct rpc_reader *r, size_t start, size_t end,
		    int (*on_line)(void *ud, const char *line, size_t len), void *ud)
{
	if (r->skipping) {
		r->skipping = false;
		return 0;
	}
	if (end > start && r->buf.data[end - 1] == '\r')
		end--;
	if (end == start)
		return 0;
	r->buf.data[end] = '\0';
	return on_line(ud, r->buf.data + start, end - start);
}

int rpc_reader_feed(struct rpc_reader *r, const char *bytes, size_t len,
		    int (*on_line)(void *ud, const char *line, size_t len), void *ud)
{
	size_t start = 0, cap = r->cap ? r->cap : RPC_LINE_BYTES;
	char *newline;
	int rc = 0;

	buf_add(&r->buf, bytes, len);
	if (r->buf.failed)
		return -ENOMEM;
	while (rc >= 0 && r->scanned < r->buf.len &&
	       (newline = memchr(r->buf.data + r->scanned, '\n', r->buf.len - r->scanned))) {
		size_t end = (size_t)(newline - r->buf.data);

		if (end - start > cap && !r->skipping) {
			rc = on_line(ud, NULL, end - start);
			r->skipping = true;
		}
		if (rc >= 0)
			rc = hand_out(r, start, end, on_line, ud);
		start = r->scanned = end + 1;
	}
	if (rc < 0)
		return rc;
	/* in a long line nothing moves */
	if (start > 0)
		buf_drop(&r->buf, start);
	if (r->buf.len > cap && !r->skipping) {
		rc = on_line(ud, NULL, r->buf.len);
		r->skipping = true;
	}
	if (r->skipping || (r->buf.len == 0 && r->buf.cap > KEPT_BYTES))
		buf_release(&r->buf);
	r->scanned = r->buf.len;
	return rc < 0 ? rc : 0;
}

void rpc_reader_release(struct rpc_reader *r)
{
	buf_release(&r->buf);
	*r = (struct rpc_reader){ .cap = r->cap };
}

json_t *rpc_decode(const char *line, size_t len)
{
	return json_loadb(line, len, JSON_ALLOW_NUL, NULL);
}

static bool is_id(const json_t *id)
{
	return json_is_string(id) || json_is_integer(id);
}

static enum rpc_kind classify_call(const json_t *value, struct rpc_message *m)
{
	m->method = json_string_value(json_object_get(value, "method"));
	m->params = json_object_get(value, "params");
	if (!json_object_get(value, "id"))
		return RPC_NOTIFICATION;
	return m->id ? RPC_REQUEST : RPC_NOISE;
}

static enum rpc_kind classify_error(const json_t *error, struct rpc_message *m)
{
	const char *text = json_string_value(json_object_get(error, "message"));

	m->code = json_integer_value(json_object_get(error, "code"));
	m->text = text ? text : "";
	m->data = json_object_get(error, "data");
	return RPC_ERROR;
}

void rpc_classify(const json_t *value, struct rpc_message *out)
{
	const json_t *id = json_object_get(value, "id");

	*out = (struct rpc_message){ .kind = RPC_NOISE, .id = is_id(id) ? id : NULL, .text = "" };
	if (json_is_string(json_object_get(value, "method")))
		out->kind = classify_call(value, out);
	else if (json_is_object(json_object_get(value, "error")))
		out->kind = classify_error(json_object_get(value, "error"), out);
	else if ((out->result = json_object_get(value, "result")) && out->id)
		out->kind = RPC_RESULT;
}

static int add_line(struct buf *out, json_t *message)
{
	auto_free char *text = message ? json_dumps(message, JSON_COMPACT) : NULL;

	json_decref(message);
	if (!text)
		return -ENOMEM;
	buf_addstr(out, text);
	buf_addc(out, '\n');
	return out->failed ? -ENOMEM : 0;
}

int rpc_request(struct buf *out, int64_t id, const char *method, json_t *params)
{
	return add_line(out, json_pack("{s:s, s:I, s:s, s:o*}", "jsonrpc", "2.0", "id", (json_int_t)id, "method",
				       method, "params", params));
}

int rpc_notification(struct buf *out, const char *method, json_t *params)
{
	return add_line(out, json_pack("{s:s, s:s, s:o*}", "jsonrpc", "2.0", "method", method, "params", params));
}

int rpc_answer(struct buf *out, const json_t *id, json_t *result)
{
	return add_line(out, json_pack("{s:s, s:O, s:o}", "jsonrpc", "2.0", "id", id, "result", result));
}

int rpc_refusal(struct buf *out, const json_t *id, enum rpc_code code, const char *text)
{
	return add_line(out, json_pack("{s:s, s:O, s:{s:i, s:s}}", "jsonrpc", "2.0", "id", id, "error", "code",
				       (int)code, "message", text));
}
