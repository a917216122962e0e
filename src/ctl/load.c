/*
 * load: make the platform of an archive anew
 *
 * Blobs go to their place at once: by themselves they mean nothing. The rows go into a store of their own below
 * SOURCE, whose database takes its name in SOURCE last: a load that is cut off leaves no half platform.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "blob/blob.h"
#include "blob/scan.h"
#include "ctl/archive.h"
#include "ctl/rowjson.h"
#include "ctl/shaset.h"
#include "ctl/unpack.h"
#include "ctl/verb.h"
#include "store/dir.h"

#define LOADING     "loading"
#define CHUNK_BYTES (256 * 1024)
#define HEAD_MAX    (16 << 20)
#define ROW_MAX     (64 << 20) /* of one row */
#define BATCH_ROWS  512
#define MAX_TABLES  32

enum { BLOB_NAMED = 1, BLOB_HERE = 2, BLOB_WRONG = 4, BLOB_LOST = 8 };

struct load {
	struct dir *dir;     /* SOURCE, locked */
	int fd;              /* of it */
	bool made_blobs;     /* there were none before us */
	struct store *store; /* the one that is being filled */
	struct blobs *blobs;
	struct unpack *in;
	struct shaset sha; /* bits of above */
	int64_t n_rows[MAX_TABLES], n_blobs, n_bytes;
	bool head, done;
	json_t *end;
};

static int read_json(struct load *l, const char *name, json_t **out, struct err *e)
{
	auto_buf text = BUF_INIT;
	json_error_t where;
	int rc = unpack_all(l->in, &text, HEAD_MAX, e);

	if (rc < 0)
		return rc;
	*out = json_loadb(buf_str(&text), text.len, JSON_REJECT_DUPLICATES, &where);
	return json_is_object(*out) ? 0 : err_set(e, -EBADMSG, "'%s' of the archive is no JSON object", name);
}

static int take_head(struct load *l, const char *name, struct err *e)
{
	json_t *o = NULL;
	int rc = read_json(l, name, &o, e);
	const char *format = json_string_value(json_object_get(o, "format"));
	json_int_t version = json_integer_value(json_object_get(o, "version"));
	json_int_t schema = json_integer_value(json_object_get(o, "schema"));

	if (rc == 0 && (!format || !streq(format, ARCHIVE_FORMAT)))
		rc = err_set(e, -EBADMSG, "this is no archive of a platform");
	if (rc == 0 && (version < 1 || version > ARCHIVE_VERSION || schema > store_version()))
		rc = err_set(
			e, -EPROTO,
			"the archive was made by a newer program (format %jd, schema %jd; known are %d and %d): use "
			"that one",
			(intmax_t)version, (intmax_t)schema, ARCHIVE_VERSION, store_version());
	l->head = rc == 0;
	json_decref(o);
	return rc;
}

static int mark(struct load *l, const char *sha, int64_t bit, struct err *e)
{
	char path[SCAN_PATH_BYTES];

	if (!*scan_path(sha, path))
		return err_set(e, -EBADMSG, "'%.80s' in the archive is no SHA-256", sha);
	shaset_add(&l->sha, sha, 0);
	*shaset_find(&l->sha, sha) |= bit;
	return 0;
}

static int copy_blob(struct load *l, struct stage *s, struct err *e)
{
	auto_free char *chunk = xmalloc(CHUNK_BYTES);
	int64_t at = 0;
	ssize_t n;

	while ((n = unpack_read(l->in, chunk, CHUNK_BYTES, e)) > 0) {
		int rc = stage_write(s, chunk, (size_t)n, at);

		if (rc < 0)
			return err_set(e, rc, "cannot write a document: %s", strerror(-rc));
		at += n;
	}
	l->n_bytes += at;
	return (int)n;
}

/* Bytes that were damaged when the archive was made are kept under their own hash, where nobody needs them: remove. */
static bool never_used(void *ud UNUSED, const char *sha UNUSED)
{
	return false;
}

static int take_blob(struct load *l, const char *name, struct err *e)
{
	const char *sha = name + strlen(ARCHIVE_BLOBS);
	char path[SCAN_PATH_BYTES], got[SHA256_HEX_BYTES];
	struct stage *s;
	int64_t size;
	int rc;

	if (!*scan_path(sha, path))
		return err_set(e, -EBADMSG, "'%s' of the archive is no document", name);
	rc = stage_new(l->blobs, &s, e);
	if (rc < 0)
		return rc;
	rc = copy_blob(l, s, e);
	if (rc == 0)
		rc = stage_seal(s, got, &size, e);
	stage_free(s);
	if (rc < 0)
		return rc;
	blob_unpin(l->blobs, got);
	if (!streq(got, sha) && !shaset_find(&l->sha, got))
		blob_remove(l->blobs, got, never_used, NULL);
	l->n_blobs++;
	return mark(l, sha, streq(got, sha) ? BLOB_HERE : BLOB_WRONG, e);
}

/* Some rows of one table, to be inserted in one transaction. */
struct batch {
	const struct table *table;
	char *at;
	size_t n;
};

static int insert_batch(struct tx *tx, void *arg, struct err *e)
{
	struct batch *b = arg;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < b->n; i++)
		rc = row_insert(tx, b->table, b->at + i * b->table->size, e);
	return rc;
}

static int flush_batch(struct load *l, struct batch *b, struct err *e)
{
	int rc = b->n ? store_write(l->store, insert_batch, b, e) : 0;

	for (size_t i = 0; i < b->n; i++)
		row_release(b->table, b->at + i * b->table->size);
	b->n = 0;
	return rc < 0 ? err_add(e, rc, "cannot load a row of %s", b->table->name) : 0;
}

/* What a file of a task or of an inbox holds; folders have no bytes. */
static int note_bytes(struct load *l, const struct table *t, const void *row, struct err *e)
{
	const struct document *doc = t == &document_table ? row : NULL;
	const struct drop *drop = t == &drop_table ? row : NULL;
	const char *sha = doc ? doc->sha256 : drop ? drop->sha256 : NULL;

	if ((!doc && !drop) || (doc ? doc->is_dir : drop->is_dir))
		return 0;
	return mark(l, sha ? sha : "", BLOB_NAMED, e);
}

static int take_line(struct load *l, struct batch *b, const char *line, size_t len, struct err *e)
{
	void *row = b->at + b->n * b->table->size;
	int rc = rowjson_read(b->table, line, len, row, e);

	b->n++; /* it may have texts although it is wrong */
	if (rc == 0)
		rc = note_bytes(l, b->table, row, e);
	return rc == 0 && b->n == BATCH_ROWS ? flush_batch(l, b, e) : rc;
}

/* All whole lines of text; what is behind them stays. Returns how many, or -errno. */
static int64_t take_lines(struct load *l, struct batch *b, struct buf *text, struct err *e)
{
	size_t from = 0;
	int64_t n = 0;
	char *end;
	int rc = 0;

	while (rc == 0 && text->len > from && (end = memchr(text->data + from, '\n', text->len - from))) {
		rc = take_line(l, b, text->data + from, (size_t)(end - text->data) - from, e);
		from = (size_t)(end - text->data) + 1;
		n++;
	}
	buf_drop(text, from);
	return rc < 0 ? rc : n;
}

static int take_rows(struct load *l, size_t table, struct err *e)
{
	struct batch b = { .table = store_tables[table] };
	auto_free char *chunk = xmalloc(CHUNK_BYTES);
	auto_buf text = BUF_INIT;
	int64_t n_lines = 0;
	ssize_t n;

	b.at = xcalloc(BATCH_ROWS, b.table->size);
	while ((n = unpack_read(l->in, chunk, CHUNK_BYTES, e)) > 0 && n_lines >= 0) {
		buf_add(&text, chunk, (size_t)n);
		if (text.failed || text.len > ROW_MAX)
			n_lines = err_set(e, -EFBIG, "a row of %s is too large", b.table->name);
		else
			n_lines = take_lines(l, &b, &text, e);
		if (n_lines >= 0)
			l->n_rows[table] += n_lines;
	}
	if (n_lines >= 0 && n == 0 && text.len > 0)
		n_lines = err_set(e, -EBADMSG, "the last row of %s is cut off", b.table->name);
	if (n < 0 || n_lines < 0) {
		for (size_t i = 0; i < b.n; i++)
			row_release(b.table, b.at + i * b.table->size);
		b.n = 0;
	}
	n = n < 0 ? n : n_lines < 0 ? (ssize_t)n_lines : flush_batch(l, &b, e);
	free(b.at);
	return (int)n;
}

static int find_table(const char *name)
{
	for (int i = 0; store_tables[i]; i++) {
		auto_free char *member = xasprintf(ARCHIVE_ROWS "%s" ARCHIVE_JSONL, store_tables[i]->name);

		if (streq(member, name))
			return i;
	}
	return -1;
}

static int take_member(struct load *l, const char *name, struct err *e)
{
	int table = find_table(name);

	if (l->end)
		return err_set(e, -EBADMSG, "the archive goes on behind its end");
	if (streq(name, ARCHIVE_HEAD))
		return take_head(l, name, e);
	if (!l->head)
		return err_set(e, -EBADMSG, "this is no archive of a platform: it does not begin with '%s'",
			       ARCHIVE_HEAD);
	if (table >= 0)
		return take_rows(l, (size_t)table, e);
	if (util_starts(name, ARCHIVE_BLOBS))
		return take_blob(l, name, e);
	if (streq(name, ARCHIVE_END))
		return read_json(l, name, &l->end, e);
	return err_set(e, -EBADMSG, "the archive holds '%s', which this program does not know", name);
}

static int check_counts(const struct load *l, struct err *e)
{
	const json_t *rows = json_object_get(l->end, "rows");

	if (!l->end)
		return err_set(e, -EBADMSG, "the archive is cut off: it has no '%s'", ARCHIVE_END);
	for (size_t i = 0; store_tables[i]; i++) {
		int64_t said = json_integer_value(json_object_get(rows, store_tables[i]->name));

		if (said != l->n_rows[i])
			return err_set(e, -EBADMSG, "the archive has %" PRId64 " rows of %s, and says it has %" PRId64,
				       l->n_rows[i], store_tables[i]->name, said);
	}
	if (json_integer_value(json_object_get(l->end, "blobs")) != l->n_blobs)
		return err_set(e, -EBADMSG, "the archive has %" PRId64 " documents, and says it has %jd", l->n_blobs,
			       (intmax_t)json_integer_value(json_object_get(l->end, "blobs")));
	return 0;
}

/* Each document that a row names came whole, or was lost when the archive was made. */
static int check_blobs(struct load *l, struct err *e)
{
	size_t i;
	json_t *lost;
	int rc = 0;

	json_array_foreach (json_object_get(l->end, "lost"), i, lost)
		if (rc == 0 && json_is_string(lost))
			rc = mark(l, json_string_value(lost), BLOB_LOST, e);
	for (i = 0; rc == 0 && i < l->sha.cap; i++) {
		const struct shaset_slot *slot = &l->sha.slot[i];

		if (!*slot->sha || slot->value & (BLOB_HERE | BLOB_LOST))
			continue;
		rc = err_set(e, -EBADMSG, "the document %s %s the archive", slot->sha,
			     slot->value & BLOB_WRONG ? "is damaged in" : "is missing in");
	}
	return rc;
}

/* Documents that were removed while the archive was made are in it, but no row names them. */
static void drop_unnamed(struct load *l)
{
	for (size_t i = 0; i < l->sha.cap; i++) {
		const struct shaset_slot *slot = &l->sha.slot[i];

		if (*slot->sha && slot->value & BLOB_HERE && !(slot->value & BLOB_NAMED))
			blob_remove(l->blobs, slot->sha, never_used, NULL);
	}
}

static int raise_sequence(struct tx *tx, void *arg, struct err *e)
{
	int rc = row_exec(tx, Q_SEQUENCE_RAISE, ARGS(V_INT(*(int64_t *)arg)), e);

	return rc < 0 ? rc : 0;
}

static int load_all(struct load *l, struct err *e)
{
	int64_t next_row;
	const char *name;
	int rc;

	while ((rc = unpack_next(l->in, &name, e)) > 0) {
		auto_free char *copy = xstrdup(name);

		rc = take_member(l, copy, e);
		if (rc < 0)
			return rc;
	}
	if (rc == 0)
		rc = check_counts(l, e);
	if (rc == 0)
		rc = check_blobs(l, e);
	if (rc == 0)
		drop_unnamed(l);
	next_row = json_integer_value(json_object_get(l->end, "next_row"));
	return rc < 0 ? rc : store_write(l->store, raise_sequence, &next_row, e);
}

/* The rows are in platform.db alone once its store is closed. */
static int put_in_place(struct load *l, struct err *e)
{
	struct stat sb;

	store_close(steal(l->store));
	if (fstatat(l->fd, LOADING "/platform.db-wal", &sb, 0) == 0 && sb.st_size > 0)
		return err_set(e, -EIO, "the rows could not all be written to \"%s\"", dir_path(l->dir));
	if (renameat(l->fd, LOADING "/platform.db", l->fd, "platform.db") < 0 || fsync(l->fd) < 0)
		return err_errno(e, "cannot make \"%s/platform.db\"", dir_path(l->dir));
	l->done = true;
	return 0;
}

static int open_target(struct load *l, const char *source, struct err *e)
{
	auto_free char *loading = NULL;
	int rc = dir_open(source, &l->dir, e);

	if (rc < 0)
		return rc;
	if (ctl_is_platform(source))
		return err_set(e, -EEXIST, "\"%s\" holds a platform already: load into another directory", source);
	l->fd = open(dir_path(l->dir), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (l->fd < 0)
		return err_errno(e, "cannot use \"%s\"", source);
	l->made_blobs = faccessat(l->fd, "blobs", F_OK, 0) < 0;
	rc = io_remove_tree(l->fd, LOADING);
	if (rc < 0)
		return err_set(e, rc, "cannot remove \"%s/" LOADING "\": %s", source, strerror(-rc));
	loading = xasprintf("%s/" LOADING, dir_path(l->dir));
	rc = store_open(loading, &l->store, e);
	return rc < 0 ? rc : blobs_open(dir_path(l->dir), &l->blobs, e);
}

/* What was begun and not done goes again. */
static void release(struct load *l)
{
	unpack_free(l->in);
	store_close(l->store);
	blobs_close(l->blobs);
	if (l->fd >= 0)
		io_remove_tree(l->fd, LOADING);
	if (l->made_blobs && !l->done) {
		io_remove_tree(l->fd, "blobs");
		io_remove_tree(l->fd, "staging");
	}
	util_close(&l->fd);
	dir_close(l->dir);
	shaset_release(&l->sha);
	json_decref(l->end);
}

static int report(const struct load *l)
{
	int64_t n_rows = 0;
	int n_lost = 0;

	for (size_t i = 0; i < l->sha.cap; i++)
		if (*l->sha.slot[i].sha && l->sha.slot[i].value & BLOB_NAMED && !(l->sha.slot[i].value & BLOB_HERE)) {
			printf("the document %s was lost or damaged when the archive was made\n", l->sha.slot[i].sha);
			n_lost++;
		}
	for (size_t i = 0; store_tables[i]; i++)
		n_rows += l->n_rows[i];
	printf("%" PRId64 " rows and %" PRId64 " blobs of %" PRId64 " bytes loaded, %d lost\n", n_rows, l->n_blobs,
	       l->n_bytes, n_lost);
	return n_lost;
}

int load_run(const struct ctl_call *c, struct err *e)
{
	struct load l = { .fd = -1 };
	int status = CTL_FAILED, rc = unpack_open(c->n_args > 0 ? c->arg[0] : "-", &l.in, e);

	if (rc == 0)
		rc = open_target(&l, c->source, e);
	if (rc == 0)
		rc = load_all(&l, e);
	if (rc == 0)
		rc = put_in_place(&l, e);
	if (rc == 0)
		status = report(&l) ? CTL_PROBLEMS : CTL_OK;
	release(&l);
	return status;
}
