#include "zip_write.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>

#define FIRST_DAY 315619200 /* 2 January 1980: the archive's calendar begins a day before, in local time */

static la_ssize_t keep(struct archive *a, void *arg, const void *bytes, size_t len)
{
	struct buf *out = arg;

	(void)a;
	buf_add(out, bytes, len);
	return out->failed ? -1 : (la_ssize_t)len;
}

static bool add_part(struct archive *a, const struct zip_part *p)
{
	struct archive_entry *entry = archive_entry_new();
	bool good;

	archive_entry_set_pathname(entry, p->name);
	archive_entry_set_size(entry, (la_int64_t)p->len);
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_entry_set_perm(entry, 0644);
	archive_entry_set_mtime(entry, FIRST_DAY, 0);
	good = archive_write_header(a, entry) == ARCHIVE_OK &&
	       archive_write_data(a, p->bytes, p->len) == (la_ssize_t)p->len;
	archive_entry_free(entry);
	return good;
}

int zip_write(const struct zip_part *parts, size_t n, struct buf *out)
{
	struct archive *a = archive_write_new();
	bool good = a && archive_write_set_format_zip(a) == ARCHIVE_OK &&
		    archive_write_set_bytes_in_last_block(a, 1) == ARCHIVE_OK &&
		    archive_write_open(a, out, NULL, keep, NULL) == ARCHIVE_OK;

	for (size_t i = 0; good && i < n; i++)
		good = add_part(a, &parts[i]);
	good = good && archive_write_close(a) == ARCHIVE_OK;
	archive_write_free(a);
	return good ? 0 : -ENOMEM;
}
