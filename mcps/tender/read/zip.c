#include "zip.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>

#include "charset.h"

#define BLOCK      65536
#define MOST_RATIO 400       /* what is packed tighter than this is made to fill memory */
#define FREE_BYTES (8 << 20) /* below this the ratio does not matter */

bool zip_is(const struct source *s)
{
	return s->len > 30 && memcmp(s->bytes, "PK\x03\x04", 4) == 0;
}

/* Names without the flag for UTF-8 are of the code page that the sender's system had. */
static char *name_of(struct archive_entry *entry)
{
	const char *utf8 = archive_entry_pathname_utf8(entry), *raw = archive_entry_pathname(entry);

	if (utf8 && g_utf8_validate(utf8, -1, NULL))
		return g_strdup(utf8);
	return raw ? charset_utf8(raw, strlen(raw), NULL) : g_strdup("?");
}

static struct archive *zip_open(const struct source *s)
{
	struct archive *a = archive_read_new();

	if (a && archive_read_support_format_zip(a) == ARCHIVE_OK &&
	    archive_read_open_memory(a, s->bytes, s->len) == ARCHIVE_OK)
		return a;
	archive_read_free(a);
	return NULL;
}

static int bad_archive(struct archive *a, struct err *e)
{
	const char *why = archive_error_string(a);

	return err_set(e, -EBADMSG, "%s", why ? why : "it is no ZIP");
}

int zip_each(const struct source *s, bool (*fn)(void *arg, const struct zip_member *m), void *arg, struct err *e)
{
	struct archive *a = zip_open(s);
	struct archive_entry *entry;
	int rc = a ? ARCHIVE_OK : ARCHIVE_FATAL;
	bool more = true;

	while (a && more && ((rc = archive_read_next_header(a, &entry)) == ARCHIVE_OK || rc == ARCHIVE_WARN)) {
		auto_free char *name = name_of(entry);
		struct zip_member m = { name, archive_entry_is_encrypted(entry) > 0, s->len, a };

		if (archive_entry_filetype(entry) != AE_IFDIR && !util_ends(name, "/"))
			more = fn(arg, &m);
	}
	rc = !more ? -ECANCELED : rc == ARCHIVE_EOF ? 0 : a ? bad_archive(a, e) : err_set(e, -EBADMSG, "it is no ZIP");
	archive_read_free(a);
	return rc;
}

static bool too_much(const struct zip_member *m, size_t len)
{
	return len > READER_MOST_MEMBER_BYTES || (len > FREE_BYTES && len / MOST_RATIO > m->archive_len);
}

int zip_bytes(const struct zip_member *m, struct reader *r, const char *package, char **bytes, size_t *len)
{
	GString *all = g_string_new(NULL);
	auto_free char *block = g_malloc(BLOCK);
	la_ssize_t n = 0;
	int rc = m->encrypted ? -EACCES : 0;

	while (rc == 0 && (n = archive_read_data(m->archive, block, BLOCK)) > 0) {
		g_string_append_len(all, block, n);
		if (too_much(m, all->len) || (r && !reader_take(r, (size_t)n, 0, package)))
			rc = -EFBIG;
	}
	if (rc == 0 && n < 0)
		rc = -EBADMSG;
	*len = all->len;
	*bytes = g_string_free(all, rc < 0);
	return rc;
}

struct search {
	const char *name;
	bool prefix;
	struct reader *reader;
	const char *package;
	int rc;
	char *bytes;
	size_t len;
};

static bool look(void *arg, const struct zip_member *m)
{
	struct search *want = arg;

	if (want->prefix ? !util_starts(m->name, want->name) : !streq(m->name, want->name))
		return true;
	want->rc = want->prefix ? 0 : zip_bytes(m, want->reader, want->package, &want->bytes, &want->len);
	return false;
}

int zip_find(const struct source *s, const char *name, struct reader *r, char **bytes, size_t *len)
{
	struct search want = { .name = name, .reader = r, .package = s->name, .rc = -ENOENT };

	zip_each(s, look, &want, NULL);
	*bytes = want.bytes;
	*len = want.len;
	return want.rc;
}

bool zip_has(const struct source *s, const char *prefix)
{
	struct search want = { .name = prefix, .prefix = true, .rc = -ENOENT };

	if (zip_is(s))
		zip_each(s, look, &want, NULL);
	return want.rc == 0;
}
