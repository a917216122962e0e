/* zip - members of a ZIP archive in memory; the only user of libarchive here */
#ifndef TENDER_ZIP_H
#define TENDER_ZIP_H

#include "reader.h"

/* A member while zip_each stands at it; all is borrowed. */
struct zip_member {
	const char *name; /* UTF-8, the path in the archive */
	bool encrypted;
	size_t archive_len;
	struct archive *archive;
};

/* zip_is - the bytes begin as a ZIP does */
bool zip_is(const struct source *s);

/*
 * zip_each - call fn for each member that is a file, in the order of the archive, until it returns false
 * Returns 0, -ECANCELED when fn ended it, or -EBADMSG when the archive cannot be read further, with why in e
 */
int zip_each(const struct source *s, bool (*fn)(void *arg, const struct zip_member *m), void *arg, struct err *e);

/*
 * zip_bytes - the bytes of the member that zip_each stands at, counted by reader_take of r (NULL: not counted)
 * Returns 0 and bytes (the caller's to g_free), or -EFBIG (more than READER_MOST_MEMBER_BYTES or than r has room for),
 * -EACCES (encrypted), -EBADMSG
 */
int zip_bytes(const struct zip_member *m, struct reader *r, const char *package, char **bytes, size_t *len);

/* zip_find - the bytes of the member of that name; errors as zip_bytes, and -ENOENT */
int zip_find(const struct source *s, const char *name, struct reader *r, char **bytes, size_t *len);

/* zip_has - there is a member whose name begins with that */
bool zip_has(const struct source *s, const char *prefix);

#endif
