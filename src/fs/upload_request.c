/* A request that was dropped: its text, and the documents of the mount that it names */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/name.h"
#include "fs/tree.h"
#include "fs/upload.h"
#include "platform/document.h"
#include "platform/record.h"
#include "platform/request.h"

#define REQUEST_MAX (16 << 20)

/* The part of a path below the mount; NULL for a path of another file system. */
static const char *inside_of(const struct fs *fs, const char *path)
{
	size_t len = strlen(fs->o.mountpoint);

	if (path[0] != '/')
		return path;
	return util_starts(path, fs->o.mountpoint) && path[len] == '/' ? path + len : NULL;
}

/* A stored document. Its task may be purged before ours names the bytes: they are pinned. */
static int take_document(struct fs *fs, int64_t row, struct attachment *out, struct err *e)
{
	struct document d;
	int rc = document_get(fs->p, row, &d, e);

	if (rc < 0)
		return rc;
	snprintf(out->name, sizeof(out->name), "%s", d.name);
	snprintf(out->sha256, sizeof(out->sha256), "%s", d.sha256);
	out->size = d.size;
	row_release(&document_table, &d);
	return blob_pin(fs->p->blobs, out->sha256, e);
}

/* A company's profile as it is now: the task keeps what it was judged by. */
static int take_profile(struct fs *fs, struct found at, struct attachment *out, struct err *e)
{
	struct ask a = tree_ask(fs, INO(at.kind, at.row), NULL, e);
	auto_buf text = BUF_INIT;
	int rc = tree_text(&a, &text);

	if (rc < 0)
		return rc;
	snprintf(out->name, sizeof(out->name), "%s", nodes[at.kind].name);
	out->size = (int64_t)text.len;
	return blob_put(fs->p->blobs, text.data, text.len, out->sha256, e);
}

/* Errors that are the request's own; every other is the host's, and may pass. */
static bool is_no_such_path(int rc)
{
	return rc == -ENOENT || rc == -ENOTDIR || rc == -ENAMETOOLONG || rc == -EINVAL;
}

static int resolve_file(struct fs *fs, const char *path, struct attachment *out, struct err *e)
{
	const char *inside = inside_of(fs, path);
	struct found at;
	int rc;

	if (!inside)
		return err_set(e, -EINVAL, "data.file_path '%s' is not a file of this mount", path);
	rc = tree_walk(fs, inside, &at, e);
	if (rc == 0 && (at.kind == NODE_DOCUMENT || at.kind == NODE_RESULT))
		rc = take_document(fs, at.row, out, e);
	else if (rc == 0 && at.kind == NODE_COMPANY_PROFILE)
		rc = take_profile(fs, at, out, e);
	else if (rc == 0)
		rc = -ENOENT;
	if (is_no_such_path(rc))
		return err_set(e, -EINVAL, "data.file_path '%s' names no document in this mount", path);
	return rc < 0 ? err_add(e, rc, "data.file_path '%s'", path) : 0;
}

static bool is_taken(const struct upload_request *r, const char *name)
{
	for (size_t i = 0; i < r->n_attachments; i++) {
		if (streq(r->attachment[i].name, name))
			return true;
	}
	return false;
}

/* Two documents of one name are told apart by a number in front. */
static void make_unique(const struct upload_request *r, struct attachment *a)
{
	auto_free char *name = xstrdup(a->name);

	for (unsigned n = 2; is_taken(r, a->name); n++) {
		auto_free char *with_number = xasprintf("%u-%s", n, name);

		name_fit(with_number, "", a->name);
	}
}

static int attach_files(struct fs *fs, struct upload_request *r, struct err *e)
{
	const char *path;

	for (size_t i = 0; i < REQUEST_MOST_FILES && (path = request_file(r->doc, i)); i++) {
		struct attachment a;
		int rc = resolve_file(fs, path, &a, e);

		if (rc < 0)
			return rc;
		make_unique(r, &a);
		r->attachment = xrealloc(r->attachment, (r->n_attachments + 1) * sizeof(*r->attachment));
		r->attachment[r->n_attachments++] = a;
	}
	return 0;
}

void upload_request_release(struct fs *fs, struct upload_request *r)
{
	for (size_t i = 0; i < r->n_attachments; i++)
		blob_unpin(fs->p->blobs, r->attachment[i].sha256);
	free(r->attachment);
	json_decref(r->doc);
}

int upload_request_read(struct fs *fs, struct stage *stage, const char *name, int64_t size, struct upload_request *r,
			struct err *e)
{
	auto_free char *text = NULL;
	int rc;

	if (size > REQUEST_MAX)
		return err_set(e, -EFBIG, "the request '%s' is larger than 16 MiB", name);
	text = malloc((size_t)size + 1);
	if (!text)
		return -ENOMEM;
	if (stage_read(stage, text, (size_t)size, 0) != (ssize_t)size)
		return err_set(e, -EIO, "the request '%s' cannot be read again", name);
	rc = record_parse(text, (size_t)size, &r->doc, e);
	if (rc == 0)
		rc = attach_files(fs, r, e);
	return rc < 0 ? err_add(e, rc, "request '%s'", name) : 0;
}
