#include "sdk/call.h"

#include <errno.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/io.h"

#define PROGRESS_EVERY_MS 100

struct call {
	const json_t *args;
	int fd;
	int64_t progress_ms; /* when the last progress was said */
	json_t *content;
	json_t *structured;
	json_t *meta;
	bool is_error;
	struct exchange *models;
};

struct call *call_new(const json_t *args, int fd)
{
	struct call *c = xcalloc(1, sizeof(*c));

	c->args = args;
	c->fd = fd;
	c->content = json_array();
	c->progress_ms = -PROGRESS_EVERY_MS;
	return c;
}

void call_free(struct call *c)
{
	if (!c)
		return;
	json_decref(c->content);
	json_decref(c->structured);
	json_decref(c->meta);
	free(c);
}

void call_set_models(struct call *c, struct exchange *models)
{
	c->models = models;
}

struct exchange *call_models(const struct call *c)
{
	return c->models;
}

const json_t *call_args(const struct call *c)
{
	return c->args;
}

/* Text of a document may hold anything; JSON holds UTF-8 only, so a bad byte becomes U+FFFD. */
static json_t *text_value(const char *text)
{
	json_t *v = json_string(text);
	auto_buf b = BUF_INIT;

	if (v)
		return v;
	for (const char *s = text; *s; s++) {
		if ((unsigned char)*s < 0x80)
			buf_addc(&b, *s);
		else
			buf_addstr(&b, "\xEF\xBF\xBD");
	}
	return json_string(buf_str(&b));
}

static json_t *text_format(const char *fmt, va_list ap)
{
	auto_buf b = BUF_INIT;

	buf_vprintf(&b, fmt, ap);
	return text_value(buf_str(&b));
}

/* Takes the reference. */
static int say(struct call *c, json_t *message)
{
	auto_free char *line = message ? json_dumps(message, JSON_COMPACT) : NULL;
	auto_buf b = BUF_INIT;

	json_decref(message);
	if (!line)
		return -ENOMEM;
	buf_addstr(&b, line);
	buf_addc(&b, '\n');
	return b.failed ? -ENOMEM : io_write_all(c->fd, b.data, b.len);
}

void call_progress(struct call *c, double done, double total, const char *fmt, ...)
{
	int64_t now_ms = clock_mono_ms();
	va_list ap;

	if (done < total && now_ms - c->progress_ms < PROGRESS_EVERY_MS)
		return;
	c->progress_ms = now_ms;
	va_start(ap, fmt);
	say(c, json_pack("{s:f, s:f, s:o}", "progress", done, "total", total, "message", text_format(fmt, ap)));
	va_end(ap);
}

void call_log(struct call *c, const char *level, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(c, json_pack("{s:s, s:o}", "level", level, "data", text_format(fmt, ap)));
	va_end(ap);
}

void call_text(struct call *c, const char *text)
{
	json_array_append_new(c->content, json_pack("{s:s, s:o}", "type", "text", "text", text_value(text)));
}

/* Takes value, which stands under key: "text" or "blob". */
static void add_resource(struct call *c, const char *name, const char *mime_type, const char *key, json_t *value)
{
	auto_free char *uri = xasprintf("output:///%s", name);

	json_array_append_new(c->content, json_pack("{s:s, s:{s:s, s:s, s:o}}", "type", "resource", "resource", "uri",
						    uri, "mimeType", mime_type, key, value));
}

void call_file(struct call *c, const char *name, const char *mime_type, const char *text)
{
	add_resource(c, name, mime_type, "text", text_value(text));
}

/* Base64 (RFC 4648, section 4). */
static json_t *blob_value(const unsigned char *bytes, size_t len)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	auto_buf b = BUF_INIT;

	for (size_t i = 0; i < len; i += 3) {
		size_t n = len - i < 3 ? len - i : 3;
		unsigned bits = (unsigned)bytes[i] << 16;

		if (n > 1)
			bits |= (unsigned)bytes[i + 1] << 8;
		if (n > 2)
			bits |= bytes[i + 2];
		for (size_t k = 0; k < 4; k++)
			buf_addc(&b, k <= n ? digits[bits >> (18 - 6 * k) & 63] : '=');
	}
	return json_string(buf_str(&b));
}

void call_blob(struct call *c, const char *name, const char *mime_type, const void *bytes, size_t len)
{
	add_resource(c, name, mime_type, "blob", blob_value(bytes, len));
}

void call_structured(struct call *c, json_t *answer)
{
	json_decref(c->structured);
	c->structured = answer;
}

int call_fail(struct call *c, const char *kind, bool retry, const char *fmt, ...)
{
	va_list ap;
	json_t *text;

	va_start(ap, fmt);
	text = text_format(fmt, ap);
	va_end(ap);
	call_structured(c, NULL);
	json_array_clear(c->content);
	json_array_append_new(c->content, json_pack("{s:s, s:o}", "type", "text", "text", text));
	json_decref(c->meta);
	c->meta = json_pack("{s:s, s:b}", "kind", kind, "retry", retry);
	c->is_error = true;
	return 0;
}

int call_finish(struct call *c)
{
	json_t *result = json_pack("{s:O, s:b}", "content", c->content, "isError", c->is_error);

	if (!result)
		return -ENOMEM;
	if (c->structured)
		json_object_set(result, "structuredContent", c->structured);
	if (c->meta)
		json_object_set(result, "_meta", c->meta);
	return say(c, json_pack("{s:o}", "result", result));
}
