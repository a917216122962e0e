#include "fs/tree.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/io.h"
#include "fs/dirtime.h"
#include "fs/scratch.h"

void listing_add(struct listing *l, const char *name, unsigned kind, int64_t row)
{
	char *copy = strdup(name);

	if (l->n == l->room && copy) {
		size_t room = l->room ? l->room * 2 : 64;
		struct entry *more = realloc(l->entry, room * sizeof(*more));

		if (more) {
			l->entry = more;
			l->room = room;
		}
	}
	if (!copy || l->n == l->room) {
		free(copy);
		l->failed = true;
		return;
	}
	l->entry[l->n++] = (struct entry){ .name = copy, .at = { kind, row } };
}

void listing_know(struct listing *l, int64_t size, int64_t modified_at)
{
	struct entry *last = l->n ? &l->entry[l->n - 1] : NULL;

	if (!last || l->failed)
		return;
	last->at.known = true;
	last->at.size = size;
	last->at.modified_at = modified_at;
}

void listing_free(struct listing *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->entry[i].name);
	free(l->entry);
	*l = (struct listing){ 0 };
}

struct ask tree_ask(struct fs *fs, uint64_t ino, const struct actor *who, struct err *e)
{
	unsigned kind = INO_KIND(ino);

	return (struct ask){ fs, &nodes[kind < N_NODE_KINDS ? kind : NODE_NONE], INO_ROW(ino), who, e, NULL, 0 };
}

bool tree_is_dir(unsigned kind)
{
	return S_ISDIR(nodes[kind].mode);
}

static unsigned kind_of(const struct ask *a)
{
	return (unsigned)(a->node - nodes);
}

/* The kind of what is always there under that name, or NODE_NONE. */
static unsigned fixed_child(unsigned dir_kind, const char *name)
{
	for (unsigned k = NODE_ROOT; k < N_NODE_KINDS; k++)
		if (nodes[k].parent == dir_kind && nodes[k].name && streq(nodes[k].name, name))
			return k;
	return NODE_NONE;
}

bool tree_belongs(unsigned dir_kind, const char *name)
{
	return fixed_child(dir_kind, name) != NODE_NONE;
}

int tree_find(const struct ask *dir, const char *name, struct found *out)
{
	unsigned kind = kind_of(dir), fixed = fixed_child(kind, name);

	if (fixed != NODE_NONE) {
		*out = (struct found){ fixed, dir->row };
		return 0;
	}
	if (dir->node->find) {
		int rc = dir->node->find(dir, name, out);

		if (rc != -ENOENT)
			return rc;
	}
	if (!(dir->node->flags & NODE_SCRATCHY))
		return -ENOENT;
	*out = (struct found){ NODE_SCRATCH, 0 };
	return scratch_find(dir->fs, INO(kind, dir->row), name, &out->row);
}

int tree_list(const struct ask *dir, struct listing *out)
{
	unsigned kind = kind_of(dir);
	int rc = 0;

	*out = (struct listing){ 0 };
	for (unsigned k = NODE_ROOT; k < N_NODE_KINDS; k++)
		if (nodes[k].parent == kind && nodes[k].name && !(nodes[k].flags & NODE_HIDDEN))
			listing_add(out, nodes[k].name, k, dir->row);
	if (dir->node->list)
		rc = dir->node->list(dir, out);
	if (dir->node->flags & NODE_SCRATCHY)
		scratch_list(dir->fs, INO(kind, dir->row), out);
	if (out->failed)
		rc = -ENOMEM;
	if (rc < 0)
		listing_free(out);
	return rc;
}

/* The last snapshot of each live file: read and stat of one second see the same. */
static struct {
	pthread_mutex_t lock;
	_Atomic unsigned renewals;
	struct snapshot {
		const struct node *node;
		int64_t row, at_ms;
		unsigned renewals; /* when it was made */
		char *text;
		size_t len;
	} slot[64];
} live = { .lock = PTHREAD_MUTEX_INITIALIZER };

static struct snapshot *slot_of(const struct ask *a)
{
	struct snapshot *oldest = &live.slot[0];

	for (size_t i = 0; i < N_ELEMS(live.slot); i++) {
		if (live.slot[i].node == a->node && live.slot[i].row == a->row)
			return &live.slot[i];
		if (live.slot[i].at_ms < oldest->at_ms)
			oldest = &live.slot[i];
	}
	oldest->at_ms = 0;
	return oldest;
}

void tree_renew(void)
{
	live.renewals++;
}

static int live_text(const struct ask *a, struct buf *out)
{
	unsigned renewals = live.renewals;
	int64_t now = clock_mono_ms();
	struct snapshot *s;
	int rc = 0;

	pthread_mutex_lock(&live.lock);
	s = slot_of(a);
	if (s->at_ms == 0 || now - s->at_ms >= 1000 || s->renewals != renewals) {
		auto_buf fresh = BUF_INIT;

		rc = a->node->show(a, &fresh);
		if (rc == 0) {
			free(s->text);
			s->len = fresh.len;
			s->text = buf_steal(&fresh);
			s->node = a->node;
			s->row = a->row;
			s->at_ms = now;
			s->renewals = renewals;
		}
	}
	if (rc == 0)
		buf_add(out, s->text, s->len);
	pthread_mutex_unlock(&live.lock);
	return rc;
}

int tree_text(const struct ask *a, struct buf *out)
{
	int rc;

	if (a->node->flags & NODE_LIVE)
		rc = live_text(a, out);
	else
		rc = a->node->show(a, out);
	return rc < 0 ? rc : out->failed ? -ENOMEM : 0;
}

int tree_bytes(const struct ask *a, struct buf *out)
{
	auto_close int fd = -1;

	if (a->node->show)
		return tree_text(a, out);
	fd = a->node->open(a);
	return fd < 0 ? fd : io_read_fd(fd, out, TREE_DOCUMENT_MAX);
}

static mode_t mode_of(const struct ask *a)
{
	const struct fs_options *o = &a->fs->o;
	mode_t mode = a->node->mode;

	/* Where several people drop, each owns what is his, and may drop what another's name has already: a new task.
	 */
	if (a->node == &nodes[NODE_ENTRY] && o->allow_other)
		return S_IFREG | 0666;
	if (a->node->flags & NODE_UPLOADS)
		return o->allow_other ? S_IFDIR | 01777 : S_IFDIR | (0775 & ~o->umask);
	return (mode & S_IFMT) | (mode & 07777 & ~o->umask);
}

static struct attr begin_attr(const struct ask *a)
{
	bool asked = a->node->flags & (NODE_LIVE | NODE_BLOCKS | NODE_GROWING);

	return (struct attr){ .mode = mode_of(a),
			      .modified_at = a->fs->started_at,
			      .owner = a->fs->o.uid,
			      .timeout_s = asked ? 0 : TREE_FOREVER_S };
}

int tree_stat(const struct ask *a, struct attr *out)
{
	int rc = 0;

	*out = begin_attr(a);
	if (a->node == &nodes[NODE_NONE])
		return -ENOENT;
	if (a->node->stat)
		rc = a->node->stat(a, out);
	if (S_ISDIR(out->mode))
		out->modified_at = dirtime_get(a->fs, INO(kind_of(a), a->row), out->modified_at);
	if (rc == 0 && a->node->show) {
		auto_buf text = BUF_INIT;

		rc = tree_text(a, &text);
		out->size = (int64_t)text.len;
	}
	if (rc == 0 && a->node->link) {
		auto_buf text = BUF_INIT;

		rc = a->node->link(a, &text);
		out->size = (int64_t)text.len;
	}
	return rc;
}

int tree_stat_found(const struct ask *a, const struct found *at, struct attr *out)
{
	if (!at->known)
		return tree_stat(a, out);
	*out = begin_attr(a);
	out->size = at->size;
	out->modified_at = at->modified_at;
	if (S_ISDIR(out->mode))
		out->modified_at = dirtime_get(a->fs, INO(kind_of(a), a->row), out->modified_at);
	return 0;
}

int tree_walk(struct fs *fs, const char *path, struct found *out, struct err *e)
{
	auto_free char *copy = xstrdup(path);
	char *rest = copy, *part;
	int rc = 0;

	*out = (struct found){ NODE_ROOT, 0 };
	while (rc == 0 && (part = strsep(&rest, "/"))) {
		struct ask dir = tree_ask(fs, INO(out->kind, out->row), NULL, e);
		char name[NAME_BYTES];

		if (!*part || streq(part, "."))
			continue;
		rc = name_clean(part, name, e);
		if (rc == 0)
			rc = tree_is_dir(out->kind) ? tree_find(&dir, name, out) : -ENOTDIR;
		if (rc == 0 && out->kind == NODE_LINK) /* as the path of a person goes on behind it */
			*out = (struct found){ NODE_TASK, out->row };
	}
	return rc;
}
