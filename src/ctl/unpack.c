#include "ctl/unpack.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK_BYTES (64 * 1024)

struct unpack {
	struct archive *archive;
	char *file;
	int fd;
};

static int fail(struct unpack *u, struct err *e)
{
	const char *words = archive_error_string(u->archive);

	return err_set(e, -EBADMSG, "cannot read the archive \"%s\": %s", u->file, words ? words : "it is damaged");
}

int unpack_open(const char *file, struct unpack **out, struct err *e)
{
	struct unpack *u = xcalloc(1, sizeof(*u));
	int rc = 0;

	u->file = xstrdup(file);
	u->fd = streq(file, "-") ? dup(STDIN_FILENO) : open(file, O_RDONLY | O_CLOEXEC);
	if (u->fd < 0)
		rc = err_errno(e, "cannot open \"%s\"", file);
	u->archive = archive_read_new();
	if (!u->archive)
		exit(1);
	if (rc == 0 && (archive_read_support_filter_all(u->archive) == ARCHIVE_FATAL ||
			archive_read_support_format_tar(u->archive) == ARCHIVE_FATAL ||
			archive_read_open_fd(u->archive, u->fd, CHUNK_BYTES) != ARCHIVE_OK))
		rc = fail(u, e);
	if (rc < 0) {
		unpack_free(u);
		return rc;
	}
	*out = u;
	return 0;
}

void unpack_free(struct unpack *u)
{
	if (!u)
		return;
	archive_read_free(u->archive);
	util_close(&u->fd);
	free(u->file);
	free(u);
}

int unpack_next(struct unpack *u, const char **name, struct err *e)
{
	struct archive_entry *entry;
	int rc;

	do {
		rc = archive_read_next_header(u->archive, &entry);
		if (rc == ARCHIVE_EOF)
			return 0;
		if (rc != ARCHIVE_OK && rc != ARCHIVE_WARN)
			return fail(u, e);
	} while (archive_entry_filetype(entry) == AE_IFDIR);
	*name = archive_entry_pathname(entry);
	if (!*name || archive_entry_filetype(entry) != AE_IFREG)
		return err_set(e, -EBADMSG, "\"%s\" holds '%s', which is no file of a platform", u->file,
			       *name ? *name : "?");
	if (util_starts(*name, "./"))
		*name += 2;
	return 1;
}

ssize_t unpack_read(struct unpack *u, void *bytes, size_t len, struct err *e)
{
	la_ssize_t n = archive_read_data(u->archive, bytes, len);

	return n < 0 ? fail(u, e) : n;
}

int unpack_all(struct unpack *u, struct buf *out, size_t max, struct err *e)
{
	auto_free char *chunk = xmalloc(CHUNK_BYTES);
	ssize_t n;

	while ((n = unpack_read(u, chunk, CHUNK_BYTES, e)) > 0) {
		if (out->len + (size_t)n > max)
			return err_set(e, -EFBIG, "\"%s\" holds a file that is too large", u->file);
		buf_add(out, chunk, (size_t)n);
	}
	return n < 0 ? (int)n : out->failed ? err_set(e, -ENOMEM, "out of memory") : 0;
}
