/* A request that was dropped: its text, and the document of the mount that it names */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "fs/tree.h"
#include "fs/upload.h"
#include "platform/document.h"
#include "platform/record.h"
#include "platform/request.h"

#define REQUEST_MAX (16 << 20)

static int resolve_file(struct fs *fs, const char *path, struct attachment *out, struct err *e)
{
	const char *inside = path;
	struct document d;
	struct found at;
	int rc;

	if (path[0] == '/') {
		size_t len = strlen(fs->o.mountpoint);

		if (!util_starts(path, fs->o.mountpoint) || path[len] != '/')
			return err_set(e, -EINVAL, "data.file_path '%s' is not a file of this mount", path);
		inside = path + len;
	}
	rc = tree_walk(fs, inside, &at, e);
	if (rc == 0 && (at.kind == NODE_DOCUMENT || at.kind == NODE_RESULT))
		rc = document_get(fs->p, at.row, &d, e);
	else
		rc = -ENOENT;
	if (rc < 0)
		return err_set(e, -EINVAL, "data.file_path '%s' names no document in this mount", path);
	snprintf(out->name, sizeof(out->name), "%s", d.name);
	snprintf(out->sha256, sizeof(out->sha256), "%s", d.sha256);
	out->size = d.size;
	row_release(&document_table, &d);
	rc = blob_pin(fs->p->blobs, out->sha256, e); /* its task may be purged before ours names it */
	return rc < 0 ? err_add(e, -EINVAL, "data.file_path '%s'", path) : 0;
}

int upload_request_read(struct fs *fs, struct stage *stage, const char *name, int64_t size, struct upload_request *r,
			struct err *e)
{
	auto_free char *text = NULL;
	const char *path;
	int rc;

	if (size > REQUEST_MAX)
		return err_set(e, -EFBIG, "the request '%s' is larger than 16 MiB", name);
	text = malloc((size_t)size + 1);
	if (!text)
		return -ENOMEM;
	if (stage_read(stage, text, (size_t)size, 0) != (ssize_t)size)
		return err_set(e, -EIO, "the request '%s' cannot be read again", name);
	rc = record_parse(text, (size_t)size, &r->doc, e);
	path = rc == 0 ? request_file(r->doc) : NULL;
	if (path) {
		rc = resolve_file(fs, path, &r->attachment, e);
		r->n_attachments = rc == 0;
	}
	return rc < 0 ? err_add(e, rc, "request '%s'", name) : 0;
}
