/* A ZIP is a package: each document in it is read for itself, and what cannot be read is named in a warning. */
#include <errno.h>

#include "reader.h"
#include "zip.h"

struct package {
	struct reader *reader;
	const struct source *source;
	unsigned n_seen;
};

/* What systems leave in archives beside the documents. */
static bool is_litter(const char *name)
{
	static const char *const last[] = { ".DS_Store", "Thumbs.db", "desktop.ini" };
	const char *slash = strrchr(name, '/'), *base = slash ? slash + 1 : name;

	if (util_starts(name, "__MACOSX/") || util_starts(base, "._"))
		return true;
	for (size_t i = 0; i < N_ELEMS(last); i++) {
		if (streq(base, last[i]))
			return true;
	}
	return false;
}

static void warn(struct package *p, const struct zip_member *m, int rc)
{
	struct doc *d = p->reader->doc;

	if (rc == -EACCES)
		doc_warn(d, "'%s' in %s is encrypted and was not read", m->name, p->source->name);
	else if (rc == -EFBIG)
		doc_warn(d, "'%s' in %s is too large when unpacked and was not read", m->name, p->source->name);
	else
		doc_warn(d, "'%s' in %s is damaged and was not read", m->name, p->source->name);
}

static bool read_member(void *arg, const struct zip_member *m)
{
	struct package *p = arg;
	auto_free char *bytes = NULL;
	struct source s = { .name = m->name };
	int rc;

	if (is_litter(m->name))
		return true;
	p->n_seen++;
	if (!reader_take(p->reader, 0, 1, p->source->name))
		return false;
	rc = zip_bytes(m, p->reader, p->source->name, &bytes, &s.len);
	if (rc < 0) {
		warn(p, m, rc);
		return reader_take(p->reader, 0, 0, p->source->name);
	}
	s.bytes = bytes;
	reader_nested(p->reader, &s, p->source->name);
	return true;
}

static enum fault zip_read(struct reader *r, const struct source *s, const struct format *f, struct err *e)
{
	struct package p = { r, s, 0 };
	unsigned n_before = r->doc->pages->len;
	struct err why = ERR_INIT;
	int rc, file;

	file = reader_add(r, s, f);
	rc = zip_each(s, read_member, &p, &why);
	if (rc == -EBADMSG)
		doc_warn(r->doc, "%s is damaged: what stands behind the damage was not read", s->name);
	doc_file(r->doc, (unsigned)file)->n_pages = (int)(r->doc->pages->len - n_before);
	if (r->doc->pages->len > n_before)
		return FAULT_NONE;
	if (rc == -EBADMSG)
		return reader_damaged(s, why.text, e);
	if (p.n_seen > 0)
		err_set(e, -EBADMSG, "The file '%s' holds %u files, none of which can be read: %s.", s->name, p.n_seen,
			r->doc->warnings->len > 0 ? (const char *)r->doc->warnings->pdata[r->doc->warnings->len - 1]
						  : "they are of no known type");
	else
		err_set(e, -ENODATA, "The file '%s' is a ZIP without files: pack it again and drop that.", s->name);
	return p.n_seen > 0 ? FAULT_TYPE : FAULT_EMPTY;
}

const struct format format_zip = { "a ZIP", "application/zip", 9, zip_is, zip_read };
