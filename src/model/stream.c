#include "model/stream.h"

#define EVENT_BYTES (1u << 20) /* a longer one is passed on without a look */
#define MOST_TOKENS ((int64_t)1000000000000)

void stream_release(struct stream *s)
{
	buf_release(&s->part);
}

static int64_t count_of(const json_t *usage, const char *key)
{
	json_int_t n = json_integer_value(json_object_get(usage, key));

	return n < 0 ? 0 : n > MOST_TOKENS ? MOST_TOKENS : n;
}

int64_t stream_tokens(const json_t *answer)
{
	const json_t *usage = json_object_get(answer, "usage");
	int64_t total = count_of(usage, "total_tokens");

	return total ? total : count_of(usage, "prompt_tokens") + count_of(usage, "completion_tokens");
}

/* Where the first event of len bytes ends: behind an empty line. 0: not yet */
static size_t end_of_event(const char *bytes, size_t from, size_t len)
{
	for (size_t i = from; i < len; i++) {
		if (bytes[i] != '\n')
			continue;
		if (i == 0 || bytes[i - 1] == '\n' || (bytes[i - 1] == '\r' && (i == 1 || bytes[i - 2] == '\n')))
			return i + 1;
	}
	return 0;
}

/* The JSON of its "data:" lines, or NULL; a new reference. */
static json_t *data_of(const char *event, size_t len)
{
	auto_buf text = BUF_INIT;

	for (const char *at = event, *end = event + len, *next; at < end; at = next) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));

		next = newline ? newline + 1 : end;
		if (next - at > 5 && memcmp(at, "data:", 5) == 0)
			buf_add(&text, at + 5, (size_t)(next - at) - 5);
	}
	return text.failed ? NULL : json_loadb(buf_str(&text), text.len, 0, NULL);
}

/* Counts its usage; false when it is not to be passed on. */
static bool look(struct stream *s, const char *event, size_t len)
{
	const json_t *choices;
	bool pass = true;
	json_t *data;

	if (len > EVENT_BYTES || !memmem(event, len, "\"usage\"", 7))
		return true;
	data = data_of(event, len);
	if (json_is_object(json_object_get(data, "usage"))) {
		s->tokens = stream_tokens(data);
		choices = json_object_get(data, "choices");
		pass = s->keep_usage || !json_is_array(choices) || json_array_size(choices) > 0;
	}
	json_decref(data);
	return pass;
}

void stream_feed(struct stream *s, const void *bytes, size_t len, struct buf *out)
{
	size_t at = 0, n;

	buf_add(&s->part, bytes, len);
	while (at < s->part.len && (n = end_of_event(s->part.data + at, s->scanned, s->part.len - at)) > 0) {
		if (look(s, s->part.data + at, n))
			buf_add(out, s->part.data + at, n);
		at += n;
		s->scanned = 0;
	}
	if (at > 0)
		buf_drop(&s->part, at);
	s->scanned = s->part.len;
	if (s->part.len > EVENT_BYTES)
		stream_end(s, out);
}

void stream_end(struct stream *s, struct buf *out)
{
	buf_add(out, buf_str(&s->part), s->part.len);
	buf_clear(&s->part);
	s->scanned = 0;
}
