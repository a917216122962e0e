#include "sdk/answer.h"

#include <errno.h>
#include <strings.h>

#define HEAD_BYTES  65536 /* all header lines of one answer */
#define LINE_BYTES  8192
#define MOST_DIGITS 15

void answer_release(struct answer *a)
{
	buf_release(&a->body);
	buf_release(&a->line);
}

/* The digits of base at *at, one at least; *at is left behind them. */
static int take_number(const char **at, unsigned base, uint64_t *out)
{
	static const char digits[] = "0123456789abcdef";
	const char *from = *at;

	for (*out = 0;; (*at)++) {
		char low = **at >= 'A' && **at <= 'F' ? (char)(**at + 32) : **at;
		const char *digit = low ? memchr(digits, low, base) : NULL;

		if (!digit)
			return *at == from ? -EPROTO : 0;
		if (*at - from == MOST_DIGITS)
			return -EPROTO;
		*out = *out * base + (uint64_t)(digit - digits);
	}
}

/* "HTTP/1.1 200 OK"; the words behind the number may be missing */
static int take_status(struct answer *a, const char *line)
{
	const char *at = line + strlen("HTTP/1.1 ");
	uint64_t status;

	if (!util_starts(line, "HTTP/1.1 ") || take_number(&at, 10, &status) < 0 || (*at && *at != ' '))
		return -EPROTO;
	if (status < 100 || status > 599 || status == 101)
		return -EPROTO;
	a->status = (int)status;
	a->state = ANSWER_HEADER;
	return 0;
}

static bool header_is(const char *line, size_t name_len, const char *name)
{
	return name_len == strlen(name) && strncasecmp(line, name, name_len) == 0;
}

static int take_length(struct answer *a, const char *value)
{
	if (a->has_length || a->chunked || take_number(&value, 10, &a->left) < 0 || *value)
		return -EPROTO;
	a->has_length = true;
	return 0;
}

static int take_coding(struct answer *a, const char *value)
{
	if (a->has_length || a->chunked || strcasecmp(value, "chunked") != 0)
		return -EPROTO;
	a->chunked = true;
	return 0;
}

static int take_header(struct answer *a, const char *line)
{
	const char *colon = strchr(line, ':'), *value;
	size_t name_len = colon ? (size_t)(colon - line) : 0;

	/* a line that begins with a space would go on with the one before, for some */
	if (name_len == 0 || strcspn(line, " \t") < name_len)
		return -EPROTO;
	value = colon + 1 + strspn(colon + 1, " \t");
	if (header_is(line, name_len, "Content-Length"))
		return take_length(a, value);
	if (header_is(line, name_len, "Transfer-Encoding"))
		return take_coding(a, value);
	if (header_is(line, name_len, "Connection") && strcasecmp(value, "close") == 0)
		a->closes = true;
	return 0;
}

static int end_head(struct answer *a)
{
	bool empty = a->status == 204 || a->status == 304;

	if (a->status < 200) {
		if (a->has_length || a->chunked)
			return -EPROTO;
		a->state = ANSWER_STATUS;
		return 0;
	}
	if (!empty && !a->has_length && !a->chunked)
		return -EPROTO;
	if (!a->chunked && a->left > a->max_bytes)
		return -EMSGSIZE;
	if (empty || (!a->chunked && a->left == 0))
		a->state = ANSWER_DONE;
	else
		a->state = a->chunked ? ANSWER_CHUNK_SIZE : ANSWER_BODY;
	return 0;
}

static int take_chunk_size(struct answer *a, const char *line)
{
	const char *at = line;

	if (take_number(&at, 16, &a->left) < 0 || (*at && *at != ';' && *at != ' ' && *at != '\t'))
		return -EPROTO;
	if (a->left > a->max_bytes - a->body.len)
		return -EMSGSIZE;
	a->state = a->left ? ANSWER_CHUNK : ANSWER_TRAILER;
	return 0;
}

static int take_line(struct answer *a, const char *line)
{
	switch (a->state) {
	case ANSWER_STATUS: return take_status(a, line);
	case ANSWER_HEADER: return *line ? take_header(a, line) : end_head(a);
	case ANSWER_CHUNK_SIZE: return take_chunk_size(a, line);
	case ANSWER_CHUNK_END: a->state = ANSWER_CHUNK_SIZE; return *line ? -EPROTO : 0;
	case ANSWER_TRAILER:
		if (!*line)
			a->state = ANSWER_DONE;
		return 0;
	default: /* no lines there */ return -EPROTO;
	}
}

/* Up to the end of a line; returns how many bytes it took. */
static ssize_t feed_line(struct answer *a, const char *bytes, size_t len)
{
	const char *end = memchr(bytes, '\n', len);
	size_t n = end ? (size_t)(end - bytes) + 1 : len;
	int rc;

	/* a chunk has a byte at least, so the number of their lines is bounded by the body */
	if (a->state == ANSWER_STATUS || a->state == ANSWER_HEADER || a->state == ANSWER_TRAILER)
		a->head_bytes += n;
	if (a->head_bytes > HEAD_BYTES || a->line.len + n > LINE_BYTES || memchr(bytes, '\0', n))
		return -EPROTO;
	buf_add(&a->line, bytes, end ? n - 1 : n);
	if (a->line.failed)
		return -ENOMEM;
	if (!end)
		return (ssize_t)n;
	if (a->line.len > 0 && a->line.data[a->line.len - 1] == '\r')
		a->line.data[--a->line.len] = '\0';
	if (memchr(buf_str(&a->line), '\r', a->line.len))
		return -EPROTO;
	rc = take_line(a, buf_str(&a->line));
	buf_clear(&a->line);
	return rc < 0 ? rc : (ssize_t)n;
}

static ssize_t feed_body(struct answer *a, const char *bytes, size_t len)
{
	size_t n = len < a->left ? len : (size_t)a->left;

	buf_add(&a->body, bytes, n);
	if (a->body.failed)
		return -ENOMEM;
	a->left -= n;
	if (a->left == 0)
		a->state = a->state == ANSWER_BODY ? ANSWER_DONE : ANSWER_CHUNK_END;
	return (ssize_t)n;
}

int answer_feed(struct answer *a, const char *bytes, size_t len)
{
	while (len > 0) {
		bool in_body = a->state == ANSWER_BODY || a->state == ANSWER_CHUNK;
		ssize_t n = a->state == ANSWER_DONE ? -EPROTO
			    : in_body               ? feed_body(a, bytes, len)
						    : feed_line(a, bytes, len);

		if (n < 0)
			return (int)n;
		bytes += n;
		len -= (size_t)n;
	}
	return a->state == ANSWER_DONE;
}
