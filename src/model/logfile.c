#include "model/logfile.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/cond.h"
#include "base/io.h"
#include "mcp/text.h"

#define FILE_BYTES (384u << 10)
#define READ_BYTES 65536
#define TAIL_BYTES 2048

struct logfile {
	char *dir;
	int from, file, quit;
	size_t written; /* to file */
	pthread_t thread;
	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t changed;
	bool ended;
	struct buf tail;
};

/* --- the thread --- */

static int open_file(struct logfile *l, struct err *e)
{
	auto_free char *path = xasprintf("%s/log", l->dir);
	struct stat sb;

	l->file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (l->file < 0 || fstat(l->file, &sb) < 0)
		return err_errno(e, "open the log '%s'", path);
	l->written = (size_t)sb.st_size;
	return 0;
}

static void turn_over(struct logfile *l)
{
	auto_free char *path = xasprintf("%s/log", l->dir), *old = xasprintf("%s/log.1", l->dir);

	if (rename(path, old) < 0)
		return;
	util_close(&l->file);
	open_file(l, NULL);
}

/* A disk that is full costs the log its lines, and the server nothing. */
static void put(struct logfile *l, const char *bytes, size_t len)
{
	if (l->written + len > FILE_BYTES)
		turn_over(l);
	if (l->file >= 0 && l->written + len <= FILE_BYTES && io_write_all(l->file, bytes, len) == 0)
		l->written += len;
	pthread_mutex_lock(&l->lock);
	buf_add(&l->tail, bytes, len);
	if (l->tail.len > TAIL_BYTES)
		buf_drop(&l->tail, l->tail.len - TAIL_BYTES);
	pthread_mutex_unlock(&l->lock);
}

static void *logfile_run(void *arg)
{
	struct logfile *l = arg;
	char *bytes = xmalloc(READ_BYTES);

	for (;;) {
		struct pollfd p[2] = { { .fd = l->from, .events = POLLIN }, { .fd = l->quit, .events = POLLIN } };
		ssize_t n;

		if (poll(p, 2, -1) < 0 && errno != EINTR)
			break;
		if (!p[0].revents && p[1].revents)
			break;
		if (!p[0].revents)
			continue;
		n = read(l->from, bytes, READ_BYTES);
		if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN))
			break;
		if (n > 0)
			put(l, bytes, (size_t)n);
	}
	free(bytes);
	pthread_mutex_lock(&l->lock);
	l->ended = true;
	pthread_cond_broadcast(&l->changed);
	pthread_mutex_unlock(&l->lock);
	return NULL;
}

/* --- its life --- */

static void logfile_free(struct logfile *l)
{
	util_close(&l->from);
	util_close(&l->file);
	util_close(&l->quit);
	pthread_mutex_destroy(&l->lock);
	pthread_cond_destroy(&l->changed);
	buf_release(&l->tail);
	free(l->dir);
	free(l);
}

static void put_first(struct logfile *l, const char *first)
{
	auto_free char *line = xasprintf("%s\n", first);

	put(l, line, strlen(line));
	buf_clear(&l->tail);
}

int logfile_open(const char *dir, const char *first, int from, struct logfile **out, struct err *e)
{
	struct logfile *l = xcalloc(1, sizeof(*l));
	int rc;

	l->dir = xstrdup(dir);
	l->from = from;
	l->file = -1;
	pthread_mutex_init(&l->lock, NULL);
	cond_init(&l->changed);
	l->quit = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	rc = l->quit < 0 ? err_errno(e, "make an event descriptor") : open_file(l, e);
	if (rc == 0) {
		put_first(l, first);
		if (pthread_create(&l->thread, NULL, logfile_run, l) != 0)
			rc = err_set(e, -EAGAIN, "no thread for a log");
	}
	if (rc < 0) {
		logfile_free(l);
		return rc;
	}
	*out = l;
	return 0;
}

bool logfile_drain(struct logfile *l, int64_t timeout_ms)
{
	int64_t until = clock_mono_ms() + timeout_ms;
	bool ended;

	pthread_mutex_lock(&l->lock);
	while (!l->ended && clock_mono_ms() < until)
		cond_wait_until(&l->changed, &l->lock, until);
	ended = l->ended;
	pthread_mutex_unlock(&l->lock);
	return ended;
}

void logfile_close(struct logfile *l)
{
	if (!l)
		return;
	eventfd_write(l->quit, 1);
	pthread_join(l->thread, NULL);
	logfile_free(l);
}

/* --- reading --- */

/* whole_lines - the end of text, at most max bytes of it, beginning with a line where it has one */
static const char *whole_lines(const char *text, size_t len, size_t max)
{
	const char *from = len > max ? text + len - max : text, *line;

	if (from == text || from[-1] == '\n')
		return from;
	line = memchr(from, '\n', (size_t)(text + len - from));
	return line && line + 1 < text + len ? line + 1 : from;
}

const char *logfile_tail(struct logfile *l, char *text, size_t size)
{
	const char *from;
	size_t len;

	pthread_mutex_lock(&l->lock);
	len = l->tail.len;
	while (len > 0 && (l->tail.data[len - 1] == '\n' || l->tail.data[len - 1] == '\r'))
		len--;
	from = whole_lines(buf_str(&l->tail), len, size - 1);
	len -= (size_t)(from - buf_str(&l->tail));
	memcpy(text, from, len);
	pthread_mutex_unlock(&l->lock);
	text[len] = '\0';
	for (char *at = text; at < text + len; at++)
		*at = *at == '\n' ? '|' : *at ? *at : '?';
	text_clean(text);
	return text;
}

static int open_to_read(const char *dir, const char *name)
{
	auto_free char *path = xasprintf("%s/%s", dir, name);

	return open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
}

static bool same_file(int a, int b)
{
	struct stat sa, sb;

	return fstat(a, &sa) == 0 && fstat(b, &sb) == 0 && sa.st_ino == sb.st_ino && sa.st_dev == sb.st_dev;
}

/* The newer file is opened first: if it becomes the older one meanwhile, it is the same, and nothing is missing. */
void logfile_read(const char *dir, size_t max, struct buf *out)
{
	auto_close int now = open_to_read(dir, "log"), before = open_to_read(dir, "log.1");
	auto_buf text = BUF_INIT;
	const char *from;

	if (before >= 0 && (now < 0 || !same_file(now, before)))
		io_read_fd(before, &text, 2 * FILE_BYTES);
	if (now >= 0)
		io_read_fd(now, &text, 4 * FILE_BYTES);
	from = whole_lines(buf_str(&text), text.len, max);
	buf_add(out, from, text.len - (size_t)(from - buf_str(&text)));
}
