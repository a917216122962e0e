#include "tests/power/log.h"

#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/io.h"
#include "base/util.h"

static const char *const words[N_LOG_OPS] = {
	[LOG_MAKE] = "make",     [LOG_MKDIR] = "mkdir",   [LOG_LINK] = "link",
	[LOG_REMOVE] = "remove", [LOG_RENAME] = "rename", [LOG_WRITE] = "write",
	[LOG_SIZE] = "size",     [LOG_SYNC] = "sync",     [LOG_MARK] = "mark",
};

static enum log_op op_of(const char *word)
{
	enum log_op op = 0;

	while (op < N_LOG_OPS && !streq(words[op], word))
		op++;
	return op;
}

/* The line at text, which becomes two or three texts of its own; what follows it, or NULL when it is no record. */
static char *parse(char *text, char *end, struct log_record *r)
{
	char *line_end = memchr(text, '\n', (size_t)(end - text)), word[16];
	int used = 0;

	if (!line_end)
		return NULL;
	*line_end = '\0';
	if (sscanf(text, "%15s %ju %ju %ju %jd %zu %n", word, &r->ino, &r->dir, &r->to, &r->at, &r->n_bytes, &used) <
		    6 ||
	    (r->op = op_of(word)) == N_LOG_OPS || r->n_bytes > (size_t)(end - line_end - 1))
		return NULL;
	r->name = text + used;
	r->as = r->op == LOG_MARK ? line_end : strchr(r->name, '/');
	if (!r->as)
		return NULL;
	if (r->op != LOG_MARK)
		*r->as++ = '\0';
	r->bytes = line_end + 1;
	return line_end + 1 + r->n_bytes;
}

struct log log_read(const char *path)
{
	struct log l = { 0 };
	auto_buf bytes = BUF_INIT;
	int rc = io_read_file(AT_FDCWD, path, &bytes, SIZE_MAX / 2);
	size_t len = bytes.len, room = 0;

	if (rc < 0)
		errx(2, "cannot read the log %s: %s", path, strerror(-rc));
	l.text = buf_steal(&bytes);
	for (char *p = l.text, *end = l.text + len; p != end; l.n++) {
		if (l.n == room) {
			room = room ? room * 2 : 1024;
			l.at = xrealloc(l.at, room * sizeof(*l.at));
		}
		l.at[l.n] = (struct log_record){ 0 };
		p = parse(p, end, &l.at[l.n]);
		if (!p)
			errx(2, "%s: record %zu is none", path, l.n);
	}
	return l;
}

void log_free(struct log *l)
{
	free(l->at);
	free(l->text);
	*l = (struct log){ 0 };
}
