#include "ctl/pack.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/id.h"

#define CHUNK_BYTES (256 * 1024)

struct pack {
	struct archive *archive;
	char *file;
	char *part; /* what is written until it is whole, NULL for standard output */
	int fd;
	char *chunk;
	time_t now;
};

static int fail(struct pack *p, struct err *e)
{
	int rc = archive_errno(p->archive) > 0 ? -archive_errno(p->archive) : -EIO;
	const char *words = archive_error_string(p->archive);

	return err_set(e, rc, "cannot write the archive \"%s\": %s", p->file, words ? words : strerror(-rc));
}

static int add_filter(struct pack *p)
{
	if (util_ends(p->file, ".tar"))
		return ARCHIVE_OK;
	if (util_ends(p->file, ".gz") || util_ends(p->file, ".tgz"))
		return archive_write_add_filter_gzip(p->archive);
	return archive_write_add_filter_zstd(p->archive);
}

static int open_part(struct pack *p, struct err *e)
{
	char id[ID_BYTES];

	if (streq(p->file, "-")) {
		p->fd = dup(STDOUT_FILENO);
		return p->fd < 0 ? err_errno(e, "standard output") : 0;
	}
	p->part = xasprintf("%s.%s.part", p->file, id_new(id));
	p->fd = open(p->part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	return p->fd < 0 ? err_errno(e, "cannot make \"%s\"", p->part) : 0;
}

int pack_open(const char *file, struct pack **out, struct err *e)
{
	struct pack *p = xcalloc(1, sizeof(*p));
	int rc;

	p->file = xstrdup(file);
	p->chunk = xmalloc(CHUNK_BYTES);
	p->now = time(NULL);
	p->archive = archive_write_new();
	if (!p->archive)
		exit(1);
	rc = open_part(p, e);
	if (rc == 0 &&
	    (archive_write_set_format_pax_restricted(p->archive) != ARCHIVE_OK || add_filter(p) != ARCHIVE_OK ||
	     archive_write_set_bytes_in_last_block(p->archive, 1) != ARCHIVE_OK ||
	     archive_write_open_fd(p->archive, p->fd) != ARCHIVE_OK))
		rc = fail(p, e);
	if (rc < 0) {
		pack_free(p);
		return rc;
	}
	*out = p;
	return 0;
}

static int begin_member(struct pack *p, const char *name, int64_t size, struct err *e)
{
	struct archive_entry *entry = archive_entry_new();
	int rc;

	archive_entry_set_pathname(entry, name);
	archive_entry_set_size(entry, size);
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_entry_set_perm(entry, 0600);
	archive_entry_set_mtime(entry, p->now, 0);
	rc = archive_write_header(p->archive, entry) == ARCHIVE_OK ? 0 : fail(p, e);
	archive_entry_free(entry);
	return rc;
}

static int add_data(struct pack *p, const char *bytes, size_t len, struct err *e)
{
	while (len > 0) {
		la_ssize_t n = archive_write_data(p->archive, bytes, len);

		if (n <= 0)
			return fail(p, e);
		bytes += n;
		len -= (size_t)n;
	}
	return 0;
}

int pack_bytes(struct pack *p, const char *name, const void *bytes, size_t len, struct err *e)
{
	int rc = begin_member(p, name, (int64_t)len, e);

	return rc < 0 ? rc : add_data(p, bytes, len, e);
}

/* The next bytes of fd; it is an error when there are none. */
static ssize_t read_chunk(struct pack *p, int fd, const char *name, int64_t left, struct err *e)
{
	ssize_t n;

	do
		n = read(fd, p->chunk, left < CHUNK_BYTES ? (size_t)left : CHUNK_BYTES);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return err_errno(e, "cannot read what becomes \"%s\"", name);
	return n > 0 ? n : err_set(e, -EIO, "what becomes \"%s\" is shorter than it was", name);
}

int pack_fd(struct pack *p, const char *name, int fd, int64_t size, char *sha, struct err *e)
{
	struct sha256 *h = sha256_new();
	int rc = begin_member(p, name, size, e);

	while (rc == 0 && size > 0) {
		ssize_t n = read_chunk(p, fd, name, size, e);

		rc = n < 0 ? (int)n : add_data(p, p->chunk, (size_t)n, e);
		if (rc == 0)
			sha256_update(h, p->chunk, (size_t)n);
		size -= n;
	}
	sha256_finish(h, sha);
	return rc;
}

/* The name survives a power cut only when its directory is synced too. */
static int put_in_place(struct pack *p, struct err *e)
{
	auto_free char *dir = xstrdup(p->file);
	char *slash = strrchr(dir, '/');
	auto_close int fd = -1;

	if (slash)
		slash[slash == dir] = '\0';
	if (fsync(p->fd) < 0 || rename(p->part, p->file) < 0)
		return err_errno(e, "cannot write \"%s\"", p->file);
	free(steal(p->part));
	fd = open(slash ? dir : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 || fsync(fd) < 0 ? err_errno(e, "cannot write \"%s\"", p->file) : 0;
}

int pack_finish(struct pack *p, struct err *e)
{
	if (archive_write_close(p->archive) != ARCHIVE_OK)
		return fail(p, e);
	return p->part ? put_in_place(p, e) : 0;
}

void pack_free(struct pack *p)
{
	if (!p)
		return;
	if (p->part)
		unlink(p->part);
	archive_write_free(p->archive);
	util_close(&p->fd);
	free(p->part);
	free(p->file);
	free(p->chunk);
	free(p);
}
