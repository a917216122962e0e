#include "fs/watchers.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/io.h"

#define MAX_TEXT (16 << 20) /* of the watches of one descriptor: room for 100,000 */

struct search {
	uint64_t dev;
	struct watchers *out;
};

static void add(struct watchers *w, uint64_t ino)
{
	if (w->n == w->room) {
		w->room = w->room ? w->room * 2 : 64;
		w->ino = xrealloc(w->ino, w->room * sizeof(*w->ino));
	}
	w->ino[w->n++] = ino;
}

/* "inotify wd:1 ino:9e7e sdev:800013 mask:…", in hexadecimal; fanotify's marks of inodes look alike. */
static void read_line(const struct search *s, const char *line)
{
	const char *ino = strstr(line, " ino:"), *dev = strstr(line, " sdev:");

	if (!ino || !dev || (!util_starts(line, "inotify ") && !util_starts(line, "fanotify ")))
		return;
	if (strtoull(dev + strlen(" sdev:"), NULL, 16) == s->dev)
		add(s->out, strtoull(ino + strlen(" ino:"), NULL, 16));
}

static void read_watches(const struct search *s, int fdinfo, const char *fd)
{
	auto_buf text = BUF_INIT;
	char *rest, *line;

	if (io_read_file(fdinfo, fd, &text, MAX_TEXT) < 0 || !text.data)
		return;
	rest = text.data;
	while ((line = strsep(&rest, "\n")))
		read_line(s, line);
}

static bool is_watch(int dir, const char *fd)
{
	char target[32];
	ssize_t n = readlinkat(dir, fd, target, sizeof(target) - 1);

	if (n < 0)
		return false;
	target[n] = '\0';
	return streq(target, "anon_inode:inotify") || streq(target, "anon_inode:[fanotify]");
}

static void read_process(const struct search *s, int proc, const char *pid)
{
	char path[64];
	int fds, fdinfo;
	struct dirent *d;
	DIR *dir;

	snprintf(path, sizeof(path), "%.20s/fd", pid);
	fds = openat(proc, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fds < 0)
		return;
	snprintf(path, sizeof(path), "%.20s/fdinfo", pid);
	fdinfo = openat(proc, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	dir = fdopendir(fds);
	while (dir && fdinfo >= 0 && (d = readdir(dir)))
		if (isdigit((unsigned char)d->d_name[0]) && is_watch(fds, d->d_name))
			read_watches(s, fdinfo, d->d_name);
	util_close(&fdinfo);
	if (dir)
		closedir(dir);
	else
		close(fds);
}

static int by_number(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

int watchers_find(uint64_t dev, struct watchers *out)
{
	struct search s = { dev, out };
	DIR *proc = opendir("/proc");
	struct dirent *d;

	if (!proc)
		return -errno;
	out->n = 0;
	while ((d = readdir(proc)))
		if (isdigit((unsigned char)d->d_name[0]))
			read_process(&s, dirfd(proc), d->d_name);
	closedir(proc);
	if (out->n)
		qsort(out->ino, out->n, sizeof(*out->ino), by_number);
	return 0;
}

bool watchers_have(const struct watchers *w, uint64_t ino)
{
	return w->n && bsearch(&ino, w->ino, w->n, sizeof(ino), by_number);
}

void watchers_release(struct watchers *w)
{
	free(w->ino);
	*w = (struct watchers){ 0 };
}
