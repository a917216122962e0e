/* zip_write - a ZIP archive in memory, the other way than zip.h */
#ifndef TENDER_ZIP_WRITE_H
#define TENDER_ZIP_WRITE_H

#include "base/buf.h"

/* Borrowed. */
struct zip_part {
	const char *name;
	const char *bytes;
	size_t len;
};

/* zip_write - append an archive of these parts, all of the same old date. Returns 0 or -ENOMEM */
int zip_write(const struct zip_part *parts, size_t n, struct buf *out);

#endif
