#include "sdk/lines.h"

#include <errno.h>
#include <unistd.h>

#define READ_BYTES 65536

void lines_release(struct lines *l)
{
	buf_release(&l->buf);
	l->at = l->scanned = 0;
}

/* What was handed out is dropped before the next read, all at once: dropping line by line would copy the rest each
 * time. */
static void compact(struct lines *l)
{
	if (l->at == 0)
		return;
	buf_drop(&l->buf, l->at);
	l->at = 0;
}

ssize_t lines_read(struct lines *l, int fd)
{
	ssize_t n;

	compact(l);
	if (!buf_reserve(&l->buf, READ_BYTES + 1))
		return -ENOMEM;
	do
		n = read(fd, l->buf.data + l->buf.len, READ_BYTES);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	l->buf.len += (size_t)n;
	l->buf.data[l->buf.len] = '\0';
	return n;
}

static int take_part(struct lines *l)
{
	if (!l->skipping && l->buf.len - l->at <= l->max_bytes)
		return 0;
	l->skipping = true;
	l->at = l->buf.len;
	l->scanned = 0;
	if (l->said)
		return 0;
	l->said = true;
	return -EMSGSIZE;
}

int lines_next(struct lines *l, char **line, size_t *len)
{
	for (;;) {
		char *from = l->buf.data ? l->buf.data + l->at : NULL, *end;
		size_t have = l->buf.len - l->at;
		bool was_skipping = l->skipping, was_said = l->said;

		end = from && have > l->scanned ? memchr(from + l->scanned, '\n', have - l->scanned) : NULL;
		if (!end) {
			l->scanned = have;
			return take_part(l);
		}
		*end = '\0';
		*line = from;
		*len = (size_t)(end - from);
		l->at += *len + 1;
		l->scanned = 0;
		l->skipping = l->said = false;
		if (!was_skipping && *len <= l->max_bytes)
			return 1;
		if (!was_said)
			return -EMSGSIZE;
	}
}
