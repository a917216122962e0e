/* lines - messages of one line each, read from a descriptor without stdio */
#ifndef MCPS_SDK_LINES_H
#define MCPS_SDK_LINES_H

#include "base/buf.h"

/* By value; LINES_INIT(max) is empty. A line longer than max_bytes is dropped up to its newline, and said once. */
struct lines {
	struct buf buf;
	size_t at;      /* where the next line begins in buf */
	size_t scanned; /* bytes behind at that hold no newline */
	size_t max_bytes;
	bool skipping; /* inside a line that was too long */
	bool said;     /* that line was answered with -EMSGSIZE */
};

#define LINES_INIT(max)            \
	{                          \
		.max_bytes = (max) \
	}

void lines_release(struct lines *l);

/* lines_read - one read(2) of fd, which must be readable. Returns its bytes, 0 at the end, or -errno (-EAGAIN, -ENOMEM)
 */
ssize_t lines_read(struct lines *l, int fd);

/*
 * lines_next - the next whole line, without its newline and with a NUL behind it
 * line  out, the reader's own, valid until the next call of lines_read
 * Returns 1 and *line, *len; 0 when more must be read; -EMSGSIZE once for each line over max_bytes
 */
int lines_next(struct lines *l, char **line, size_t *len);

#endif
