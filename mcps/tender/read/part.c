#include "part.h"

#include <errno.h>

#include "zip.h"

enum fault part_take(struct reader *r, const struct source *s, const char *name, char **bytes, size_t *len,
		     struct err *e)
{
	int rc = zip_find(s, name, r, bytes, len);

	if (rc == 0)
		return FAULT_NONE;
	if (rc == -EACCES)
		return reader_encrypted(s, e);
	if (rc == -EFBIG) {
		err_set(e, rc, "The file '%s' is too large when unpacked: split it and drop the parts.", s->name);
		return FAULT_SIZE;
	}
	return reader_damaged(s, rc == -ENOENT ? "its text is missing" : "it cannot be unpacked", e);
}

enum fault part_end(struct reader *r, const struct source *s, unsigned n_before, int rc, struct err *e)
{
	if (rc == 0)
		return FAULT_NONE;
	for (unsigned i = n_before; i < r->doc->pages->len; i++) {
		if (doc_page(r->doc, i)->text[0] == '\0')
			continue;
		doc_warn(r->doc, "%s is damaged: only what stands before the damage was read", s->name);
		return FAULT_NONE;
	}
	return reader_damaged(s, "its text is no XML", e);
}
