#include "fs/eventlog.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "platform/event.h"

#define DAY_MS  ((int64_t)86400000)
#define AT_ONCE 1000

struct eventlog {
	pthread_mutex_t lock;
	int fd;
	int64_t day, last_row, size, modified_at;
};

struct eventlog *eventlog_new(struct fs *fs, struct err *e)
{
	struct eventlog *l = xcalloc(1, sizeof(*l));

	l->fd = open(store_dir(fs->p->store), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (l->fd < 0) {
		err_errno(e, "no file for the events of the day");
		free(l);
		return NULL;
	}
	pthread_mutex_init(&l->lock, NULL);
	return l;
}

void eventlog_free(struct eventlog *l)
{
	if (!l)
		return;
	close(l->fd);
	pthread_mutex_destroy(&l->lock);
	free(l);
}

static int append(struct eventlog *l, const struct buf *lines)
{
	if (lseek(l->fd, l->size, SEEK_SET) < 0)
		return -errno;
	if (io_write_all(l->fd, lines->data, lines->len) < 0)
		return -EIO;
	l->size += (int64_t)lines->len;
	return 0;
}

/* With the lock held: take in what happened since. */
static int catch_up(struct fs *fs, struct eventlog *l)
{
	int64_t now = clock_now_ms(), day = now / DAY_MS, after = l->last_row;
	auto_buf lines = BUF_INIT;
	int n, rc = 0;

	if (day != l->day) {
		l->day = day;
		l->size = after = l->last_row = 0;
		l->modified_at = day * DAY_MS;
		if (ftruncate(l->fd, 0) < 0)
			return -errno;
	}
	do {
		buf_clear(&lines);
		n = event_lines(fs->p, 0, l->last_row ? 0 : day * DAY_MS, &after, AT_ONCE, &lines, NULL);
		if (n > 0)
			rc = lines.failed ? -ENOMEM : append(l, &lines);
		if (n > 0 && rc == 0) {
			l->last_row = after;
			l->modified_at = now;
		}
	} while (rc == 0 && n == AT_ONCE);
	return n < 0 ? n : rc;
}

int64_t eventlog_size(struct fs *fs, int64_t *modified_at)
{
	struct eventlog *l = fs->eventlog;
	int64_t size;
	int rc;

	pthread_mutex_lock(&l->lock);
	rc = catch_up(fs, l);
	size = rc < 0 ? rc : l->size;
	*modified_at = l->modified_at;
	pthread_mutex_unlock(&l->lock);
	return size;
}

ssize_t eventlog_read(struct fs *fs, void *bytes, size_t len, int64_t offset)
{
	struct eventlog *l = fs->eventlog;
	ssize_t n;
	int rc;

	pthread_mutex_lock(&l->lock);
	rc = catch_up(fs, l);
	n = rc < 0 ? rc : pread(l->fd, bytes, len, offset);
	if (rc == 0 && n < 0)
		n = -errno;
	pthread_mutex_unlock(&l->lock);
	return n;
}
