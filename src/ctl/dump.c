/*
 * dump: the whole platform as one archive, also while it is mounted
 *
 * First the blobs that a snapshot names, then its rows. A blob that was removed meanwhile (its task was purged) makes
 * us take a new snapshot, of which nearly all blobs are in the archive already; one that a second snapshot still names
 * is lost. So rows and blobs agree, and no snapshot is held while the blobs are copied: it would keep the daemon's log
 * from starting anew.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "blob/scan.h"
#include "ctl/archive.h"
#include "ctl/pack.h"
#include "ctl/rowjson.h"
#include "ctl/shaset.h"
#include "ctl/verb.h"

#define MAX_TABLES  32
#define FLUSH_BYTES (1 << 20)

enum { BLOB_NEEDED, BLOB_PACKED, BLOB_MISSING, BLOB_LOST };

/* One table of a snapshot, written to a file that has no name. */
struct table_rows {
	const struct table *table;
	struct buf text;
	int fd;
	int64_t size, n;
	int rc; /* of the writing */
};

struct dump {
	struct store *store;
	struct scan *scan;
	struct pack *pack;
	struct shaset blobs; /* all that any snapshot named; the number is what became of it */
	struct table_rows rows[MAX_TABLES];
	struct shaset named; /* by the last snapshot */
	int64_t next_row, n_packed, n_bytes;
};

static int open_temporary(struct err *e)
{
	const char *dir = getenv("TMPDIR");
	int fd = open(dir && *dir ? dir : "/tmp", O_TMPFILE | O_RDWR | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR)) {
		auto_free char *path = xasprintf("%s/0711ctl.XXXXXX", dir && *dir ? dir : "/tmp");

		fd = mkostemp(path, O_CLOEXEC);
		if (fd >= 0)
			unlink(path);
	}
	return fd < 0 ? err_errno(e, "cannot make a temporary file in \"%s\"", dir && *dir ? dir : "/tmp") : fd;
}

static int flush_rows(struct table_rows *r)
{
	if (r->rc == 0)
		r->rc = r->text.failed ? -ENOMEM : io_write_all(r->fd, r->text.data, r->text.len);
	r->size += (int64_t)r->text.len;
	buf_clear(&r->text);
	return r->rc;
}

struct writing {
	struct dump *dump;
	struct table_rows *rows;
};

static void need_blob(struct dump *d, const char *sha)
{
	if (!sha || !*sha)
		return;
	shaset_add(&d->named, sha, 0);
	shaset_add(&d->blobs, sha, BLOB_NEEDED);
}

static int write_row(void *row, void *ud)
{
	struct writing *w = ud;
	struct table_rows *r = w->rows;

	if (r->table == &document_table)
		need_blob(w->dump, ((struct document *)row)->sha256);
	if (r->table == &drop_table && !((struct drop *)row)->is_dir)
		need_blob(w->dump, ((struct drop *)row)->sha256);
	rowjson_write(r->table, row, &r->text);
	r->n++;
	return r->text.len < FLUSH_BYTES ? 0 : flush_rows(r);
}

static int write_table(struct tx *tx, struct dump *d, struct table_rows *r, struct err *e)
{
	int rc;

	util_close(&r->fd);
	r->fd = open_temporary(e);
	if (r->fd < 0)
		return r->fd;
	buf_clear(&r->text);
	r->size = r->n = r->rc = 0;
	rc = row_all(tx, r->table, write_row, &(struct writing){ d, r }, e);
	if (rc == 0)
		rc = flush_rows(r);
	return r->rc < 0 ? err_set(e, r->rc, "cannot keep the rows of %s: %s", r->table->name, strerror(-r->rc)) : rc;
}

static int take_snapshot(struct tx *tx, void *arg, struct err *e)
{
	struct dump *d = arg;
	int rc = row_int(tx, Q_SEQUENCE_NEXT, NULL, &d->next_row, e);

	shaset_release(&d->named);
	for (size_t i = 0; rc == 0 && store_tables[i]; i++)
		rc = write_table(tx, d, &d->rows[i], e);
	return rc;
}

/* One that is damaged goes in as it is, but counts as lost: who loads the archive must not take it for whole. */
static int pack_blob(struct dump *d, struct shaset_slot *slot, struct err *e)
{
	auto_free char *name = xasprintf(ARCHIVE_BLOBS "%s", slot->sha);
	struct err why = ERR_INIT;
	int64_t size;
	auto_close int fd = scan_fd(d->scan, slot->sha, &size, &why);
	char got[SHA256_HEX_BYTES];
	int rc;

	if (fd < 0) {
		slot->value = slot->value == BLOB_MISSING ? BLOB_LOST : BLOB_MISSING;
		return 0;
	}
	rc = pack_fd(d->pack, name, fd, size, got, e);
	slot->value = streq(got, slot->sha) ? BLOB_PACKED : BLOB_LOST;
	d->n_packed += rc == 0;
	d->n_bytes += size;
	return rc;
}

/* Returns how many that the snapshot names are missing for the first time, or -errno. */
static int pack_blobs(struct dump *d, struct err *e)
{
	int rc = 0, missing = 0;

	for (size_t i = 0; rc == 0 && i < d->blobs.cap; i++) {
		struct shaset_slot *slot = &d->blobs.slot[i];

		if (!*slot->sha || !shaset_find(&d->named, slot->sha))
			continue;
		if (slot->value == BLOB_NEEDED || slot->value == BLOB_MISSING)
			rc = pack_blob(d, slot, e);
		missing += slot->value == BLOB_MISSING;
	}
	return rc < 0 ? rc : missing;
}

static int pack_json(struct dump *d, const char *name, json_t *o, struct err *e)
{
	auto_free char *text = json_dumps(o, JSON_INDENT(2));
	auto_free char *line = xasprintf("%s\n", text ? text : "");
	int rc = text ? pack_bytes(d->pack, name, line, strlen(line), e) : err_set(e, -ENOMEM, "out of memory");

	json_decref(o);
	return rc;
}

static int pack_head(struct dump *d, struct err *e)
{
	char now[CLOCK_TEXT_BYTES];

	return pack_json(d, ARCHIVE_HEAD,
			 json_pack("{s:s, s:i, s:i, s:s, s:s}", "format", ARCHIVE_FORMAT, "version", ARCHIVE_VERSION,
				   "schema", store_version(), "program", "0711ctl " PACKAGE_VERSION, "created_at",
				   clock_format(clock_now_ms(), now)),
			 e);
}

static int pack_rows(struct dump *d, struct err *e)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && store_tables[i]; i++) {
		struct table_rows *r = &d->rows[i];
		auto_free char *name = xasprintf(ARCHIVE_ROWS "%s" ARCHIVE_JSONL, r->table->name);

		rc = lseek(r->fd, 0, SEEK_SET) < 0 ? err_errno(e, "cannot read the rows of %s", r->table->name)
						   : pack_fd(d->pack, name, r->fd, r->size, NULL, e);
	}
	return rc;
}

static bool is_lost(const struct dump *d, const struct shaset_slot *slot)
{
	return *slot->sha && slot->value == BLOB_LOST && shaset_find(&d->named, slot->sha);
}

static int pack_end(struct dump *d, struct err *e)
{
	json_t *rows = json_object(), *lost = json_array();

	for (size_t i = 0; store_tables[i]; i++)
		json_object_set_new(rows, store_tables[i]->name, json_integer(d->rows[i].n));
	for (size_t i = 0; i < d->blobs.cap; i++)
		if (is_lost(d, &d->blobs.slot[i]))
			json_array_append_new(lost, json_string(d->blobs.slot[i].sha));
	return pack_json(d, ARCHIVE_END,
			 json_pack("{s:o, s:I, s:I, s:o}", "rows", rows, "blobs", (json_int_t)d->n_packed, "next_row",
				   (json_int_t)d->next_row, "lost", lost),
			 e);
}

static int dump_all(struct dump *d, struct err *e)
{
	int rc = pack_head(d, e);

	do {
		if (rc >= 0)
			rc = store_read(d->store, take_snapshot, d, e);
		if (rc >= 0)
			rc = pack_blobs(d, e);
	} while (rc > 0);
	if (rc == 0)
		rc = pack_rows(d, e);
	if (rc == 0)
		rc = pack_end(d, e);
	return rc < 0 ? rc : pack_finish(d->pack, e);
}

static void init(struct dump *d)
{
	*d = (struct dump){ 0 };
	for (size_t i = 0; i < MAX_TABLES; i++)
		d->rows[i].fd = -1;
	for (size_t i = 0; store_tables[i]; i++)
		d->rows[i].table = store_tables[i];
}

static void release(struct dump *d)
{
	for (size_t i = 0; i < MAX_TABLES; i++) {
		util_close(&d->rows[i].fd);
		buf_release(&d->rows[i].text);
	}
	shaset_release(&d->blobs);
	shaset_release(&d->named);
	pack_free(d->pack);
	scan_close(d->scan);
	store_close(d->store);
}

/* To standard error, since the archive may be what goes to standard output. Returns how many are lost. */
static int report(const struct dump *d, const char *file)
{
	int64_t n_rows = 0;
	int n_lost = 0;

	for (size_t i = 0; i < d->blobs.cap; i++)
		if (is_lost(d, &d->blobs.slot[i])) {
			fprintf(stderr, "0711ctl: the document %s is lost or damaged; 0711ctl fsck says whose it is\n",
				d->blobs.slot[i].sha);
			n_lost++;
		}
	for (size_t i = 0; store_tables[i]; i++)
		n_rows += d->rows[i].n;
	fprintf(stderr, "%" PRId64 " rows and %" PRId64 " blobs of %" PRId64 " bytes written to %s, %d lost\n", n_rows,
		d->n_packed, d->n_bytes, streq(file, "-") ? "standard output" : file, n_lost);
	return n_lost;
}

static int open_all(struct dump *d, const char *source, const char *file, struct err *e)
{
	int rc = ctl_is_platform(source) ? store_open_read(source, &d->store, e) : ctl_no_platform(source, e);

	if (rc == 0 && streq(file, "-") && isatty(STDOUT_FILENO))
		rc = err_set(e, -EINVAL, "an archive is nothing for a terminal: name a file, or redirect the output");
	if (rc == 0)
		rc = scan_open(store_dir(d->store), &d->scan, e);
	if (rc == 0)
		rc = pack_open(file, &d->pack, e);
	return rc;
}

int dump_run(const struct ctl_call *c, struct err *e)
{
	const char *file = c->n_args > 0 ? c->arg[0] : "-";
	struct dump d;
	int rc, status = CTL_FAILED;

	init(&d);
	rc = open_all(&d, c->source, file, e);
	if (rc == 0)
		rc = dump_all(&d, e);
	if (rc == 0)
		status = report(&d, file) ? CTL_PROBLEMS : CTL_OK;
	release(&d);
	return status;
}
