#include "mcp/inbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/name.h"

#define COPY_BYTES   (1u << 20)
#define COPY_AT_ONCE (1u << 30)

static int copy_bytes(int from, int to)
{
	auto_free char *bytes = NULL;
	ssize_t n;

	if (ioctl(to, FICLONE, from) == 0)
		return 0;
	while ((n = copy_file_range(from, NULL, to, NULL, COPY_AT_ONCE, 0)) > 0)
		;
	if (n == 0)
		return 0;
	/* these file systems do not copy between each other */
	if (errno != EXDEV && errno != EINVAL && errno != ENOSYS && errno != EOPNOTSUPP)
		return -errno;
	bytes = xmalloc(COPY_BYTES);
	while ((n = read(from, bytes, COPY_BYTES)) > 0) {
		int rc = io_write_all(to, bytes, (size_t)n);

		if (rc < 0)
			return rc;
	}
	return n < 0 ? -errno : 0;
}

static int copy(const char *path, int dir, const char *name)
{
	auto_close int from = open(path, O_RDONLY | O_CLOEXEC);
	auto_close int to = from < 0 ? -1 : openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444);
	int rc;

	if (from < 0 || to < 0)
		return -errno;
	rc = copy_bytes(from, to);
	/* our umask may be strict, but the server may run as another user */
	if (rc == 0 && fchmod(to, 0444) < 0)
		rc = -errno;
	return rc;
}

static int put(const struct mcp_document *doc, int dir, const char *name, bool may_link)
{
	struct stat sb;

	if (stat(doc->path, &sb) < 0)
		return -errno;
	if (!S_ISREG(sb.st_mode))
		return -EINVAL;
	if (may_link && (sb.st_mode & 0444) == 0444 && linkat(AT_FDCWD, doc->path, dir, name, AT_SYMLINK_FOLLOW) == 0)
		return 0;
	return copy(doc->path, dir, name);
}

static bool is_taken(int dir, const char *name)
{
	return streq(name, INBOX_SOCKET) || faccessat(dir, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static const char *safe_name(int dir, const char *wanted, char *name)
{
	char clean[NAME_BYTES];

	if (name_clean(wanted, clean, NULL) < 0)
		strcpy(clean, "document");
	if (clean[0] == '.')
		clean[0] = '_';
	strcpy(name, clean);
	for (unsigned n = 2; is_taken(dir, name); n++) {
		auto_free char *with_number = xasprintf("%u-%s", n, clean);

		name_fit(with_number, "", name);
	}
	return name;
}

int inbox_put(const char *dir, const char *call, const char *seen_as, bool may_link, const struct mcp_document *docs,
	      size_t n_docs, json_t **paths, struct err *e)
{
	auto_free char *path = xasprintf("%s/%s", dir, call);
	auto_close int fd = -1;
	int rc = 0;

	*paths = json_array();
	if (mkdir(path, 0755) == 0 && chmod(path, 0755) == 0)
		fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		rc = err_errno(e, "make the directory '%s'", path);
	for (size_t i = 0; rc == 0 && i < n_docs; i++) {
		char name[NAME_BYTES];

		rc = put(&docs[i], fd, safe_name(fd, docs[i].name, name), may_link);
		if (rc < 0)
			err_set(e, rc, "the document '%s' cannot be given to the server: %s", docs[i].name,
				strerror(-rc));
		auto_free char *inside = xasprintf("%s/%s/%s", seen_as, call, name);

		json_array_append_new(*paths, json_string(inside));
	}
	if (rc < 0) {
		json_decref(*paths);
		*paths = NULL;
		inbox_clear(dir, call);
	}
	return rc;
}

void inbox_clear(const char *dir, const char *call)
{
	auto_free char *path = xasprintf("%s/%s", dir, call);

	io_remove_tree(AT_FDCWD, path);
}
