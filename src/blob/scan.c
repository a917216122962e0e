#include "blob/scan.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "blob/place.h"

#define CHUNK_BYTES (256 * 1024)
#define ASIDE       "damaged"

struct scan {
	char *dir;
	int fd;
};

struct walk {
	struct scan *scan;
	int (*fn)(const struct scan_file *f, void *ud);
	void *ud;
	struct err *e;
};

int scan_open(const char *dir, struct scan **out, struct err *e)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return err_errno(e, "cannot look into \"%s\"", dir);
	*out = xcalloc(1, sizeof(**out));
	(*out)->dir = xstrdup(dir);
	(*out)->fd = fd;
	return 0;
}

void scan_close(struct scan *s)
{
	if (!s)
		return;
	util_close(&s->fd);
	free(s->dir);
	free(s);
}

/* "blobs/ab/cdef…" as "abcdef…", or "" when it is no such path. sha[SHA256_HEX_BYTES] */
static const char *sha_of(const char *path, char *sha)
{
	char place[PLACE_BYTES];

	sha[0] = '\0';
	if (util_starts(path, "blobs/") && strlen(path) == strlen("blobs/") + PLACE_BYTES - 1) {
		snprintf(sha, SHA256_HEX_BYTES, "%.2s%s", path + 6, path + 9);
		if (place_of(sha, place) < 0 || !streq(place, path + 6))
			sha[0] = '\0';
	}
	return sha;
}

static int walk_dir(const struct walk *w, const char *path);

/* What goes while we look is no failure. */
static int walk_file(const struct walk *w, const char *path)
{
	char sha[SHA256_HEX_BYTES];
	struct stat sb;

	if (fstatat(w->scan->fd, path, &sb, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : err_errno(w->e, "cannot look at \"%s/%s\"", w->scan->dir, path);
	if (S_ISDIR(sb.st_mode))
		return walk_dir(w, path);
	return w->fn(&(struct scan_file){ path, S_ISREG(sb.st_mode) ? sha_of(path, sha) : "", sb.st_size,
					  sb.st_ctim.tv_sec * 1000 + sb.st_ctim.tv_nsec / 1000000 },
		     w->ud);
}

static int walk_dir(const struct walk *w, const char *path)
{
	int fd = openat(w->scan->fd, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), rc = 0;
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (!d) {
		rc = errno == ENOENT ? 0 : err_errno(w->e, "cannot look into \"%s/%s\"", w->scan->dir, path);
		util_close(&fd);
		return rc;
	}
	while (rc == 0 && (entry = readdir(d))) {
		auto_free char *below = xasprintf("%s/%s", path, entry->d_name);

		if (!streq(entry->d_name, ".") && !streq(entry->d_name, ".."))
			rc = walk_file(w, below);
	}
	closedir(d);
	return rc;
}

int scan_blobs(struct scan *s, int (*fn)(const struct scan_file *f, void *ud), void *ud, struct err *e)
{
	return walk_dir(&(struct walk){ s, fn, ud, e }, "blobs");
}

int scan_staging(struct scan *s, int (*fn)(const struct scan_file *f, void *ud), void *ud, struct err *e)
{
	return walk_dir(&(struct walk){ s, fn, ud, e }, "staging");
}

const char *scan_path(const char *sha, char *out)
{
	char place[PLACE_BYTES];

	if (place_of(sha, place) == 0)
		snprintf(out, SCAN_PATH_BYTES, "blobs/%s", place);
	else
		out[0] = '\0';
	return out;
}

int scan_fd(struct scan *s, const char *sha, int64_t *size, struct err *e)
{
	char path[SCAN_PATH_BYTES];
	auto_close int fd = -1;
	struct stat sb;

	if (!*scan_path(sha, path))
		return err_set(e, -EINVAL, "\"%s\" is no SHA-256", sha);
	fd = openat(s->fd, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &sb) < 0)
		return err_errno(e, "cannot open \"%s/%s\"", s->dir, path);
	*size = sb.st_size;
	return steal_fd(&fd);
}

int scan_hash(struct scan *s, const char *sha, char *got, int64_t *size, struct err *e)
{
	auto_close int fd = scan_fd(s, sha, size, e);
	auto_free char *chunk = xmalloc(CHUNK_BYTES);
	struct sha256 *h;
	ssize_t n;

	if (fd < 0)
		return fd;
	h = sha256_new();
	posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	while ((n = read(fd, chunk, CHUNK_BYTES)) > 0 || (n < 0 && errno == EINTR))
		if (n > 0)
			sha256_update(h, chunk, (size_t)n);
	if (n < 0)
		err_errno(e, "cannot read the document %s", sha);
	sha256_finish(h, got);
	return n < 0 ? -EIO : 0;
}

int scan_set_aside(struct scan *s, const char *sha, struct err *e)
{
	char path[SCAN_PATH_BYTES];
	auto_free char *aside = xasprintf(ASIDE "/%s", sha);
	auto_close int fd = -1;

	if (!*scan_path(sha, path))
		return err_set(e, -EINVAL, "\"%s\" is no SHA-256", sha);
	if (mkdirat(s->fd, ASIDE, 0700) < 0 && errno != EEXIST)
		return err_errno(e, "cannot make \"%s/" ASIDE "\"", s->dir);
	if (renameat(s->fd, path, s->fd, aside) < 0)
		return errno == ENOENT ? 0 : err_errno(e, "cannot move \"%s/%s\"", s->dir, path);
	fd = openat(s->fd, ASIDE, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fsync(fd) < 0 || fsync(s->fd) < 0)
		return err_errno(e, "cannot keep \"%s/%s\"", s->dir, aside);
	return 0;
}
