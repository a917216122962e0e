#include "base/io.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

int io_write_all(int fd, const void *bytes, size_t len)
{
	const char *at = bytes;

	while (len > 0) {
		ssize_t n = write(fd, at, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		at += n;
		len -= (size_t)n;
	}
	return 0;
}

int io_read_fd(int fd, struct buf *out, size_t max)
{
	size_t start = out->len;

	for (;;) {
		ssize_t n;

		if (!buf_reserve(out, 16384))
			return -ENOMEM;
		n = read(fd, out->data + out->len, out->cap - out->len - 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		out->len += (size_t)n;
		out->data[out->len] = '\0';
		if (n == 0)
			return 0;
		if (out->len - start > max)
			return -EFBIG;
	}
}

int io_read_file(int dirfd, const char *path, struct buf *out, size_t max)
{
	auto_close int fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	return io_read_fd(fd, out, max);
}

static int remove_children(int fd)
{
	DIR *dir = fdopendir(fd);
	struct dirent *d;
	int rc = 0;

	if (!dir) {
		close(fd);
		return -errno;
	}
	while (rc == 0 && (d = readdir(dir)))
		if (!streq(d->d_name, ".") && !streq(d->d_name, ".."))
			rc = io_remove_tree(dirfd(dir), d->d_name);
	closedir(dir);
	return rc;
}

int io_remove_tree(int dirfd, const char *path)
{
	int fd, rc;

	if (unlinkat(dirfd, path, 0) == 0 || errno == ENOENT)
		return 0;
	if (errno != EISDIR && errno != EPERM)
		return -errno;
	fd = openat(dirfd, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	rc = remove_children(fd);
	if (rc < 0)
		return rc;
	return unlinkat(dirfd, path, AT_REMOVEDIR) < 0 ? -errno : 0;
}
