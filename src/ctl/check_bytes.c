#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "ctl/check_parts.h"

#define YOUNG_MS 600000 /* while a daemon works, a blob may wait so long for the row that names it */

/* What the census' set of bytes says of each after it was looked at: its size, or one of these. */
enum { BYTES_LOST = -1, BYTES_WRONG = -2 };

/* Who needs the bytes: the first that is found, and how many. The caller's to free */
static char *users_of(const struct census *c, const char *sha)
{
	auto_free char *first = NULL, *task = NULL;
	int n = 0;

	for (size_t i = 0; i < c->document.n; i++) {
		const struct document *d = rowset_get(&c->document, i);

		if (!d->sha256 || !streq(d->sha256, sha) || n++ > 0)
			continue;
		task = census_task_name(c, d->task_row);
		first = xasprintf("'%s' (%s) of %s", d->name, document_role_words[d->role], task);
	}
	for (size_t i = 0; n == 0 && i < c->drop.n; i++) {
		const struct drop *d = rowset_get(&c->drop, i);

		if (!d->is_dir && d->sha256 && streq(d->sha256, sha) && !first)
			first = xasprintf("inbox entry '%s'", d->name);
	}
	return n > 1 ? xasprintf("%s and %d more", first, n - 1) : xstrdup(first ? first : "nothing");
}

static void add_bytes(struct check_job *j, enum fault fault, const char *sha, const char *text)
{
	char path[SCAN_PATH_BYTES];
	auto_free char *users = users_of(&j->census, sha);
	struct finding *x = findings_add(&j->out->findings, fault, xstrdup(*scan_path(sha, path) ? path : sha), "%s %s",
					 text, users);

	snprintf(x->sha, sizeof(x->sha), "%s", sha);
}

struct uses {
	const char *sha;
	int64_t n;
};

static int count_uses(struct tx *tx, void *arg, struct err *e)
{
	struct uses *u = arg;

	return row_int(tx, Q_DOCUMENT_USES, ARGS(V_TEXT(u->sha)), &u->n, e);
}

/* Do rows name it now? A daemon may have removed or added some since the census. In doubt, what the census said. */
static bool named_now(struct check_job *j, const char *sha, bool in_census)
{
	struct uses u = { sha, 0 };

	if (!j->out->holder || store_read(j->store, count_uses, &u, NULL) < 0)
		return in_census;
	return u.n > 0;
}

static bool must_hash(const struct check_job *j, const char *sha)
{
	if (!j->trust)
		return true;
	for (size_t i = 0; i < j->trust->findings.n; i++)
		if (streq(j->trust->findings.at[i].sha, sha))
			return true;
	return false;
}

static void check_blob(struct check_job *j, struct shaset_slot *slot)
{
	char got[SHA256_HEX_BYTES];
	struct err why = ERR_INIT;
	int rc;

	if (must_hash(j, slot->sha)) {
		rc = scan_hash(j->scan, slot->sha, got, &slot->value, &why);
	} else {
		int fd = scan_fd(j->scan, slot->sha, &slot->value, &why);

		rc = fd < 0 ? fd : 0;
		util_close(&fd);
		snprintf(got, sizeof(got), "%s", slot->sha);
	}
	if (rc == 0 && streq(got, slot->sha)) {
		j->out->n_blobs++;
		j->out->n_bytes += slot->value;
		return;
	}
	slot->value = rc < 0 ? BYTES_LOST : BYTES_WRONG;
	if (rc == -ENOENT && !named_now(j, slot->sha, true))
		return;
	if (rc == -ENOENT)
		add_bytes(j, FAULT_LOST, slot->sha, "the bytes are missing of");
	else if (rc == -EINVAL)
		add_bytes(j, FAULT_LOST, slot->sha, "this is no SHA-256, as a row has it for");
	else if (rc < 0)
		add_bytes(j, FAULT_CORRUPT, slot->sha, "the bytes cannot be read of");
	else
		add_bytes(j, FAULT_CORRUPT, slot->sha, "the bytes are not those that were stored of");
}

static void check_size(struct check_job *j, const struct table *t, int64_t row, const char *sha, int64_t size,
		       char *which)
{
	const int64_t *is = sha ? shaset_find(&j->census.bytes, sha) : NULL;

	if (!is || *is < 0 || *is == size) {
		free(which);
		return;
	}
	findings_add(&j->out->findings, FAULT_SIZE, which, "it has %" PRId64 " bytes, its row says %" PRId64, *is,
		     size);
	j->out->findings.at[j->out->findings.n - 1].table = t;
	j->out->findings.at[j->out->findings.n - 1].row = row;
	snprintf(j->out->findings.at[j->out->findings.n - 1].sha, SHA256_HEX_BYTES, "%s", sha);
}

static void check_sizes(struct check_job *j)
{
	const struct census *c = &j->census;

	for (size_t i = 0; i < c->document.n; i++) {
		const struct document *d = rowset_get(&c->document, i);
		auto_free char *task = census_task_name(c, d->task_row);

		check_size(j, &document_table, d->row_id, d->is_dir ? NULL : d->sha256, d->size,
			   xasprintf("'%s' (%s) of %s", d->name, document_role_words[d->role], task));
	}
	for (size_t i = 0; i < c->drop.n; i++) {
		const struct drop *d = rowset_get(&c->drop, i);

		check_size(j, &drop_table, d->row_id, d->is_dir ? NULL : d->sha256, d->size,
			   xasprintf("inbox entry '%s'", d->name));
	}
}

static int check_stored(const struct scan_file *f, void *ud)
{
	struct check_job *j = ud;
	struct finding *x;

	if (!*f->sha) {
		findings_add(&j->out->findings, FAULT_STRANGER, xstrdup(f->path),
			     "this is no document of the platform");
		return 0;
	}
	if (shaset_find(&j->census.bytes, f->sha) || !j->census.whole)
		return 0;
	if (j->out->holder && (named_now(j, f->sha, false) || clock_now_ms() - f->changed_at < YOUNG_MS))
		return 0;
	x = findings_add(&j->out->findings, FAULT_ORPHAN, xstrdup(f->path), "nothing needs these %" PRId64 " bytes",
			 f->size);
	snprintf(x->sha, sizeof(x->sha), "%s", f->sha);
	return 0;
}

static int check_staged(const struct scan_file *f, void *ud)
{
	struct check_job *j = ud;

	findings_add(&j->out->findings, FAULT_STAGING, xstrdup(f->path),
		     "%" PRId64 " bytes of an upload that did not come to its end", f->size);
	return 0;
}

int check_bytes(struct check_job *j, struct err *e)
{
	int rc;

	for (size_t i = 0; i < j->census.bytes.cap; i++)
		if (*j->census.bytes.slot[i].sha)
			check_blob(j, &j->census.bytes.slot[i]);
	check_sizes(j);
	rc = scan_blobs(j->scan, check_stored, j, e);
	if (rc == 0 && !j->out->holder) /* a daemon's uploads are its own */
		rc = scan_staging(j->scan, check_staged, j, e);
	return rc;
}
