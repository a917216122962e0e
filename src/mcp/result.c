#include "mcp/result.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/name.h"
#include "base/base64.h"

#define MAX_OUTPUTS 1000

struct parse {
	struct mcp_result *result;
	struct buf text;
	struct err *e;
};

static const char *text_of(const json_t *json, const char *key)
{
	return json_string_value(json_object_get(json, key));
}

/* --- names --- */

/* The byte that two hexadecimal digits say, or -1. */
static int hex_byte(const char *at)
{
	char digits[3] = { at[0], at[1], '\0' };

	if (!isxdigit((unsigned char)at[0]) || !isxdigit((unsigned char)at[1]))
		return -1;
	return (int)strtol(digits, NULL, 16);
}

/* The last part of a URI's path, with %XX undone: "output:///a/summary.md?x" is summary.md. The caller's to free. */
static char *last_part(const char *uri)
{
	size_t len = strcspn(uri, "?#");
	const char *end, *at = memrchr(uri, '/', len);
	char *name, *to;

	at = at ? at + 1 : uri;
	end = uri + len;
	name = to = xmalloc((size_t)(end - at) + 1);
	for (; at < end; at++) {
		if (*at == '%' && end - at > 2 && hex_byte(at + 1) >= 0) {
			*to++ = (char)hex_byte(at + 1);
			at += 2;
		} else {
			*to++ = *at;
		}
	}
	*to = '\0';
	return name;
}

static bool is_taken(const struct mcp_result *r, const char *name)
{
	for (size_t i = 0; i < r->n_outputs; i++)
		if (streq(r->outputs[i].name, name))
			return true;
	return false;
}

/* A name that may stand in a directory: what name_clean refuses becomes "output-N", a name that is taken gets "N-". */
static char *output_name(const struct mcp_result *r, const char *wanted, const char *suffix)
{
	char clean[NAME_BYTES], fitted[NAME_BYTES];

	if (wanted && name_clean(wanted, clean, NULL) == 0 && !streq(clean, ".") && !streq(clean, "..")) {
		if (!is_taken(r, clean))
			return xstrdup(clean);
		for (size_t n = 2;; n++) {
			auto_free char *with_number = xasprintf("%zu-%s", n, clean);

			name_fit(with_number, "", fitted);
			if (!is_taken(r, fitted))
				return xstrdup(fitted);
		}
	}
	for (size_t n = r->n_outputs + 1;; n++) {
		snprintf(fitted, sizeof(fitted), "output-%zu%s", n, suffix);
		if (!is_taken(r, fitted))
			return xstrdup(fitted);
	}
}

/* --- blocks --- */

/* Takes name and bytes. */
static int add_output(struct parse *p, char *name, const char *mime, struct buf *bytes)
{
	struct mcp_result *r = p->result;
	struct mcp_output *o;

	if (bytes->failed || r->n_outputs >= MAX_OUTPUTS) {
		free(name);
		return err_set(p->e, -EPROTO, "the answer has more than %d files, or one that is too large",
			       MAX_OUTPUTS);
	}
	buf_addstr(bytes, "");
	r->outputs = xrealloc(r->outputs, (r->n_outputs + 1) * sizeof(*r->outputs));
	o = &r->outputs[r->n_outputs++];
	o->name = name;
	o->mime = xstrdup(mime ? mime : "");
	o->len = bytes->len;
	o->bytes = buf_steal(bytes);
	return 0;
}

static int decode(struct parse *p, const json_t *blob, struct buf *bytes)
{
	if (base64_decode_loose(json_string_value(blob), json_string_length(blob), bytes) < 0)
		return err_set(p->e, -EPROTO, "the answer has a file that is not base64");
	return 0;
}

static int take_text(struct parse *p, const json_t *block)
{
	const json_t *text = json_object_get(block, "text");

	if (p->text.len > 0)
		buf_addc(&p->text, '\n');
	if (json_is_string(text))
		buf_add(&p->text, json_string_value(text), json_string_length(text));
	return 0;
}

static int take_resource(struct parse *p, const json_t *block)
{
	const json_t *resource = json_object_get(block, "resource"), *text = json_object_get(resource, "text");
	const json_t *blob = json_object_get(resource, "blob");
	const char *uri = text_of(resource, "uri");
	auto_free char *wanted = uri ? last_part(uri) : NULL;
	auto_buf bytes = BUF_INIT;

	if (json_is_string(text))
		buf_add(&bytes, json_string_value(text), json_string_length(text));
	else if (!json_is_string(blob))
		return 0;
	else if (decode(p, blob, &bytes) < 0)
		return -EPROTO;
	return add_output(p, output_name(p->result, wanted, ""), text_of(resource, "mimeType"), &bytes);
}

static int take_media(struct parse *p, const json_t *block)
{
	const json_t *data = json_object_get(block, "data");
	const char *mime = text_of(block, "mimeType"), *slash = mime ? strchr(mime, '/') : NULL;
	char suffix[16] = "";
	auto_buf bytes = BUF_INIT;
	size_t n = 0;

	if (!json_is_string(data))
		return 0;
	if (decode(p, data, &bytes) < 0)
		return -EPROTO;
	if (slash)
		n = (size_t)snprintf(suffix, sizeof(suffix), ".%s", slash + 1);
	for (size_t i = 1; i < n && suffix[i]; i++)
		if (!isalnum((unsigned char)suffix[i]))
			suffix[i] = '\0';
	return add_output(p, output_name(p->result, NULL, suffix), mime, &bytes);
}

static const struct {
	const char *type;
	int (*take)(struct parse *p, const json_t *block);
} blocks[] = {
	{ "text", take_text },
	{ "resource", take_resource },
	{ "image", take_media },
	{ "audio", take_media },
};

static int take_block(struct parse *p, const json_t *block)
{
	const char *type = text_of(block, "type");

	for (size_t i = 0; type && i < N_ELEMS(blocks); i++)
		if (streq(type, blocks[i].type))
			return blocks[i].take(p, block);
	return 0;
}

int result_parse(const json_t *answer, struct mcp_result *out, struct err *e)
{
	struct parse p = { .result = out, .text = BUF_INIT, .e = e };
	const json_t *content = json_object_get(answer, "content"), *meta = json_object_get(answer, "_meta");
	int rc = 0;

	*out = (struct mcp_result){ .structured = NULL };
	if (!json_is_object(answer) || (content && !json_is_array(content)))
		return err_set(e, -EPROTO, "the answer is not that of a tool");
	for (size_t i = 0; rc == 0 && i < json_array_size(content); i++)
		rc = take_block(&p, json_array_get(content, i));
	buf_addstr(&p.text, "");
	out->text = buf_steal(&p.text);
	if (rc == 0 && !out->text)
		rc = err_set(e, -ENOMEM, "no memory for the answer");
	if (rc < 0) {
		buf_release(&p.text);
		mcp_result_release(out);
		return rc;
	}
	out->structured = json_incref(json_object_get(answer, "structuredContent"));
	out->meta = json_is_object(meta) ? json_incref((json_t *)meta) : NULL;
	out->is_error = json_is_true(json_object_get(answer, "isError"));
	return 0;
}

void mcp_result_release(struct mcp_result *r)
{
	json_decref(r->structured);
	json_decref(r->meta);
	free(r->text);
	for (size_t i = 0; i < r->n_outputs; i++) {
		free(r->outputs[i].name);
		free(r->outputs[i].mime);
		free(r->outputs[i].bytes);
	}
	free(r->outputs);
	*r = (struct mcp_result){ .structured = NULL };
}
