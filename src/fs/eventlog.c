#include "fs/eventlog.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "platform/event.h"

#define AT_ONCE   1000
#define SETTLE_MS 2000 /* after midnight: a commit may still be on its way */
#define MOST_DAYS 512  /* whose sizes are kept */

/* Reading a day to know its size is dear, and its lines stay as they are. */
struct day {
	int64_t day, size, modified_at;
};

struct eventlog {
	pthread_mutex_t lock;
	int fd;
	int64_t day, last_row, size, modified_at;
	struct day known[MOST_DAYS]; /* the place is the day's number, by its rest */
};

static int new_file(struct fs *fs, struct err *e)
{
	int fd = open(store_dir(fs->p->store), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	return fd < 0 ? err_errno(e, "no file for the events of the day") : fd;
}

struct eventlog *eventlog_new(struct fs *fs, struct err *e)
{
	struct eventlog *l = xcalloc(1, sizeof(*l));

	l->fd = new_file(fs, e);
	if (l->fd < 0) {
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

static int append(int fd, int64_t *size, const struct buf *lines)
{
	if (lines->failed)
		return -ENOMEM;
	if (lseek(fd, *size, SEEK_SET) < 0)
		return -errno;
	if (io_write_all(fd, lines->data, lines->len) < 0)
		return -EIO;
	*size += (int64_t)lines->len;
	return 0;
}

/* With the lock held: take in what happened since. */
static int catch_up(struct fs *fs, struct eventlog *l)
{
	int64_t now = clock_now_ms(), day = now / CLOCK_DAY_MS, after = l->last_row;
	auto_buf lines = BUF_INIT;
	int n, rc = 0;

	if (day != l->day) {
		l->day = day;
		l->size = after = l->last_row = 0;
		l->modified_at = day * CLOCK_DAY_MS;
		if (ftruncate(l->fd, 0) < 0)
			return -errno;
	}
	do {
		struct event_span span = { .from_ms = l->last_row ? 0 : day * CLOCK_DAY_MS, .limit = AT_ONCE };

		buf_clear(&lines);
		n = event_lines(fs->p, &span, &after, &lines, NULL);
		if (n > 0)
			rc = append(l->fd, &l->size, &lines);
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

int64_t eventlog_finished(void)
{
	return (clock_now_ms() - SETTLE_MS) / CLOCK_DAY_MS;
}

/* All lines of the day into a file. */
static int write_day(struct fs *fs, struct day *d, int fd, struct err *e)
{
	struct event_span span = { .from_ms = d->day * CLOCK_DAY_MS,
				   .to_ms = (d->day + 1) * CLOCK_DAY_MS,
				   .limit = AT_ONCE };
	auto_buf lines = BUF_INIT;
	int64_t after = 0;
	int n, rc = 0;

	d->size = 0;
	do {
		buf_clear(&lines);
		n = event_lines(fs->p, &span, &after, &lines, e);
		rc = n < 0 ? n : append(fd, &d->size, &lines);
	} while (rc == 0 && n == AT_ONCE);
	d->modified_at = event_before(fs->p, span.to_ms, e);
	return rc < 0 ? rc : d->modified_at < 0 ? (int)d->modified_at : d->size ? 0 : -ENOENT;
}

static bool find_day(struct eventlog *l, struct day *d)
{
	struct day *known = &l->known[d->day % MOST_DAYS];
	bool same;

	pthread_mutex_lock(&l->lock);
	same = known->day == d->day && known->size;
	if (same)
		*d = *known;
	pthread_mutex_unlock(&l->lock);
	return same;
}

static void keep_day(struct eventlog *l, const struct day *d)
{
	pthread_mutex_lock(&l->lock);
	l->known[d->day % MOST_DAYS] = *d;
	pthread_mutex_unlock(&l->lock);
}

int eventlog_day(struct fs *fs, int64_t day, int64_t *size, int64_t *modified_at, int *fd, struct err *e)
{
	struct day d = { .day = day };
	auto_close int file = -1;
	int rc = 0;

	if (day < 0 || day >= eventlog_finished())
		return -ENOENT;
	if (fd || !find_day(fs->eventlog, &d)) {
		file = new_file(fs, e);
		rc = file < 0 ? file : write_day(fs, &d, file, e);
		if (rc < 0)
			return rc;
		keep_day(fs->eventlog, &d);
	}
	*size = d.size;
	*modified_at = d.modified_at;
	if (fd)
		*fd = steal_fd(&file);
	return rc;
}
