#include "sdk/wire.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

void wire_release(struct wire *w)
{
	lines_release(&w->lines);
	buf_release(&w->queue);
}

bool wire_pending(const struct wire *w)
{
	return w->written < w->queue.len;
}

int wire_flush(struct wire *w)
{
	size_t left = w->queue.len - w->written;
	/* POLLOUT on a pipe promises room for PIPE_BUF bytes, not for more. */
	ssize_t n = write(w->out, w->queue.data + w->written, left < PIPE_BUF ? left : PIPE_BUF);

	if (n < 0)
		return errno == EINTR || errno == EAGAIN ? 0 : -errno;
	w->written += (size_t)n;
	if (w->written == w->queue.len) {
		buf_clear(&w->queue);
		w->written = 0;
	}
	return 0;
}

/* Queues a message; takes the reference. Returns 0 or -ENOMEM */
static int send_message(struct wire *w, json_t *message)
{
	auto_free char *line = message ? json_dumps(message, JSON_COMPACT) : NULL;
	size_t len = line ? strlen(line) : 0;

	json_decref(message);
	if (!line || !buf_reserve(&w->queue, len + 1))
		return -ENOMEM;
	buf_add(&w->queue, line, len);
	buf_addc(&w->queue, '\n');
	return 0;
}

static json_t *copy_id(const json_t *id)
{
	return id ? json_deep_copy(id) : json_null();
}

int wire_reply(struct wire *w, const json_t *id, json_t *result)
{
	return send_message(w, json_pack("{s:s, s:o, s:o}", "jsonrpc", "2.0", "id", copy_id(id), "result", result));
}

int wire_refuse(struct wire *w, const json_t *id, enum wire_error code, const char *fmt, ...)
{
	auto_buf text = BUF_INIT;
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(&text, fmt, ap);
	va_end(ap);
	return send_message(w, json_pack("{s:s, s:o, s:{s:i, s:s}}", "jsonrpc", "2.0", "id", copy_id(id), "error",
					 "code", (int)code, "message", buf_str(&text)));
}

int wire_notify(struct wire *w, const char *method, json_t *params)
{
	return send_message(w, json_pack("{s:s, s:s, s:o}", "jsonrpc", "2.0", "method", method, "params", params));
}
