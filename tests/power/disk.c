#include "tests/power/disk.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/io.h"

#define SECTOR_BYTES 512

/* What a name stood for since a moment; NULL: nothing. The first is what survives in any case. */
struct version {
	size_t since;
	struct node *node;
	struct name *as; /* the new name of what was renamed away then, or NULL */
};

struct name {
	char *text;
	struct version *version;
	size_t n_versions, chosen;
	struct name *next;
};

struct node {
	uint64_t ino;
	bool is_dir;
	struct name *names; /* of a directory */
	size_t synced;      /* the moment when it last was */
	struct buf durable; /* of a file, and what came after */
	const struct log_record **pending;
	size_t n_pending;
	struct node *next;
};

struct disk {
	struct node *nodes, *root; /* newest first: an inode number may come again */
	size_t now, committed;     /* moments: numbers of records */
};

const char *const disk_rule_words[N_DISK_RULES] = {
	[DISK_FREE] = "each name by itself",
	[DISK_ORDERED] = "names in order within a directory",
	[DISK_JOURNAL] = "names in order",
};

static struct node *new_node(struct disk *d, uint64_t ino, bool is_dir)
{
	struct node *n = xcalloc(1, sizeof(*n));

	n->ino = ino;
	n->is_dir = is_dir;
	n->durable = (struct buf)BUF_INIT;
	n->next = d->nodes;
	d->nodes = n;
	return n;
}

struct disk *disk_new(uint64_t root)
{
	struct disk *d = xcalloc(1, sizeof(*d));

	d->root = new_node(d, root, true);
	return d;
}

static void free_node(struct node *n)
{
	while (n->names) {
		struct name *name = n->names;

		n->names = name->next;
		free(name->text);
		free(name->version);
		free(name);
	}
	buf_release(&n->durable);
	free(n->pending);
	free(n);
}

void disk_free(struct disk *d)
{
	while (d->nodes) {
		struct node *n = d->nodes;

		d->nodes = n->next;
		free_node(n);
	}
	free(d);
}

static struct node *find_node(const struct disk *d, uint64_t ino)
{
	struct node *n = d->nodes;

	while (n && n->ino != ino)
		n = n->next;
	if (!n)
		errx(2, "record %zu is about inode %ju, which nobody made", d->now, (uintmax_t)ino);
	return n;
}

static struct name *find_name(struct node *dir, const char *text)
{
	struct name *n = dir->names;

	while (n && !streq(n->text, text))
		n = n->next;
	if (n)
		return n;
	n = xcalloc(1, sizeof(*n));
	n->text = xstrdup(text);
	n->version = xcalloc(1, sizeof(*n->version)); /* nothing, from the beginning */
	n->n_versions = 1;
	n->next = dir->names;
	dir->names = n;
	return n;
}

static struct version *newest(const struct name *n)
{
	return &n->version[n->n_versions - 1];
}

static void set_name(struct disk *d, struct name *n, struct node *node, struct name *as)
{
	n->version = xrealloc(n->version, (n->n_versions + 1) * sizeof(*n->version));
	n->version[n->n_versions++] = (struct version){ d->now, node, as };
}

/* The last version that is not younger. */
static size_t version_at(const struct name *n, size_t moment)
{
	size_t i = n->n_versions - 1;

	while (i > 0 && n->version[i].since > moment)
		i--;
	return i;
}

/* All up to then survives: where something was renamed away, its new name too. */
static void settle_name(struct name *n, size_t moment)
{
	size_t keep = version_at(n, moment);

	for (size_t i = 1; i <= keep; i++)
		if (n->version[i].as)
			settle_name(n->version[i].as, n->version[i].since);
	memmove(n->version, n->version + keep, (n->n_versions - keep) * sizeof(*n->version));
	n->n_versions -= keep;
}

static void apply_change(struct buf *bytes, const struct log_record *r)
{
	size_t end = (size_t)r->at + r->n_bytes;

	if (end > bytes->len) {
		if (!buf_reserve(bytes, end - bytes->len + 1))
			errx(2, "out of memory");
		memset(bytes->data + bytes->len, 0, end - bytes->len + 1);
		bytes->len = end;
	}
	if (r->op == LOG_SIZE)
		bytes->len = end;
	else
		memcpy(bytes->data + r->at, r->bytes, r->n_bytes);
}

static void sync_node(struct disk *d, struct node *n)
{
	for (struct name *name = n->names; name; name = name->next)
		settle_name(name, d->now);
	for (size_t i = 0; i < n->n_pending; i++)
		apply_change(&n->durable, n->pending[i]);
	n->n_pending = 0;
	n->synced = d->committed = d->now;
}

static void add_pending(struct node *n, const struct log_record *r)
{
	n->pending = xrealloc(n->pending, (n->n_pending + 1) * sizeof(*n->pending));
	n->pending[n->n_pending++] = r;
}

static void rename_name(struct disk *d, const struct log_record *r)
{
	struct name *from = find_name(find_node(d, r->dir), r->name), *to = find_name(find_node(d, r->to), r->as);
	struct node *node = newest(from)->node;

	if (!node)
		errx(2, "record %zu renames \"%s\", which is not there", d->now, r->name);
	set_name(d, to, node, NULL);
	set_name(d, from, NULL, to);
}

void disk_apply(struct disk *d, const struct log_record *r)
{
	d->now++;
	switch (r->op) {
	case LOG_MAKE:
	case LOG_MKDIR:
		set_name(d, find_name(find_node(d, r->dir), r->name), new_node(d, r->ino, r->op == LOG_MKDIR), NULL);
		break;
	case LOG_LINK: set_name(d, find_name(find_node(d, r->dir), r->name), find_node(d, r->ino), NULL); break;
	case LOG_REMOVE: set_name(d, find_name(find_node(d, r->dir), r->name), NULL, NULL); break;
	case LOG_RENAME: rename_name(d, r); break;
	case LOG_WRITE:
	case LOG_SIZE: add_pending(find_node(d, r->ino), r); break;
	case LOG_SYNC: sync_node(d, find_node(d, r->ino)); break;
	case LOG_MARK:
	case N_LOG_OPS: break;
	}
}

/* From 0 to n - 1 */
static size_t roll(unsigned *seed, size_t n)
{
	return n ? (size_t)rand_r(seed) % n : 0;
}

/* How much of a cut survives, and how: all, none and everything between must come up often. */
struct luck {
	unsigned *seed;
	unsigned keep, tear, grow; /* in a hundred */
	size_t sector;
};

static bool happens(const struct luck *l, unsigned percent)
{
	return roll(l->seed, 100) < percent;
}

static void apply_torn(struct buf *bytes, const struct log_record *r, const struct luck *l)
{
	for (int64_t at = r->at, end = r->at + (int64_t)r->n_bytes; at < end;) {
		int64_t next = (at / (int64_t)l->sector + 1) * (int64_t)l->sector;
		size_t len = (size_t)((next < end ? next : end) - at);

		if (happens(l, 50))
			apply_change(bytes, &(struct log_record){ .op = LOG_WRITE,
								  .at = at,
								  .bytes = r->bytes + (at - r->at),
								  .n_bytes = len });
		at += (int64_t)len;
	}
}

static void apply_perhaps(struct buf *bytes, const struct log_record *r, const struct luck *l)
{
	size_t end = (size_t)r->at + r->n_bytes;

	if (happens(l, l->keep))
		apply_change(bytes, r);
	else if (r->op == LOG_WRITE && happens(l, l->tear))
		apply_torn(bytes, r, l);
	if (r->op == LOG_WRITE && end > bytes->len && happens(l, l->grow))
		apply_change(bytes, &(struct log_record){ .op = LOG_SIZE, .at = (int64_t)end });
}

/* l NULL: nothing is lost */
static void write_file(const struct node *n, int dir, const char *name, const struct luck *l)
{
	auto_close int fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	auto_buf bytes = BUF_INIT;
	int rc;

	buf_add(&bytes, n->durable.data, n->durable.len);
	for (size_t i = 0; i < n->n_pending; i++) {
		if (l)
			apply_perhaps(&bytes, n->pending[i], l);
		else
			apply_change(&bytes, n->pending[i]);
	}
	rc = fd < 0 ? -errno : io_write_all(fd, buf_str(&bytes), bytes.len);
	if (rc < 0)
		errx(2, "cannot write \"%s\": %s", name, strerror(-rc));
}

static void write_dir(const struct node *n, int dir, const char *path, const struct luck *l)
{
	auto_close int fd = openat(dir, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	for (const struct name *name = n->names; fd >= 0 && name; name = name->next) {
		const struct node *child = name->version[name->chosen].node;

		if (!child)
			continue;
		if (!child->is_dir)
			write_file(child, fd, name->text, l);
		else if (mkdirat(fd, name->text, 0700) < 0)
			err(2, "cannot make \"%s\"", name->text);
		else
			write_dir(child, fd, name->text, l);
	}
	if (fd < 0)
		err(2, "cannot open \"%s\"", path);
}

void disk_write(struct disk *d, const char *dir)
{
	for (struct node *n = d->nodes; n; n = n->next)
		for (struct name *name = n->names; name; name = name->next)
			name->chosen = name->n_versions - 1;
	write_dir(d->root, AT_FDCWD, dir, NULL);
}

static void choose_names(struct node *n, size_t moment, enum disk_rule rule, const struct luck *l)
{
	for (struct name *name = n->names; name; name = name->next) {
		if (rule != DISK_FREE)
			name->chosen = version_at(name, moment);
		else if (happens(l, l->keep))
			name->chosen = name->n_versions - 1;
		else
			name->chosen = roll(l->seed, name->n_versions);
	}
}

/* What was renamed away is found under its new name. */
static bool keep_renamed(struct name *n)
{
	bool changed = false;

	for (size_t i = 1; i <= n->chosen; i++) {
		struct name *as = n->version[i].as;
		size_t least = as ? version_at(as, n->version[i].since) : 0;

		if (as && as->chosen < least) {
			as->chosen = least;
			changed = true;
		}
	}
	return changed;
}

static void choose(struct disk *d, enum disk_rule rule, const struct luck *l)
{
	size_t all = d->committed + roll(l->seed, d->now - d->committed + 1);
	bool changed = true;

	for (struct node *n = d->nodes; n; n = n->next) {
		size_t moment = rule == DISK_JOURNAL ? all : n->synced + roll(l->seed, d->now - n->synced + 1);

		if (happens(l, l->keep / 2))
			moment = d->now;
		choose_names(n, rule == DISK_JOURNAL ? all : moment, rule, l);
	}
	while (changed) {
		changed = false;
		for (struct node *n = d->nodes; n; n = n->next)
			for (struct name *name = n->names; name; name = name->next)
				changed |= keep_renamed(name);
	}
}

void disk_cut(struct disk *d, enum disk_rule rule, unsigned *seed, const char *dir)
{
	static const unsigned shares[] = { 0, 0, 20, 50, 80, 100 };
	struct luck l = { .seed = seed };

	l.keep = shares[roll(seed, N_ELEMS(shares))];
	l.tear = shares[roll(seed, N_ELEMS(shares))];
	l.grow = shares[roll(seed, N_ELEMS(shares))];
	l.sector = roll(seed, 2) ? SECTOR_BYTES : 8 * SECTOR_BYTES;
	choose(d, rule, &l);
	write_dir(d->root, AT_FDCWD, dir, &l);
}
