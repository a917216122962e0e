#include "fs/xattr.h"

#include <errno.h>
#include <stdlib.h>

#include "fs/handlers.h"
#include "fs/tree.h"
#include "platform/refusal.h"

#define ERROR_NAME "user.0711.error"
#define VALUE_MAX  65536

struct call {
	int64_t ino;
	const char *name;
	const char *hex;
	bool create, replace;
	struct buf *out;
};

/* Only files and directories of people may have some; the VFS refuses them on links before it asks. */
static bool is_user(const char *name)
{
	return util_starts(name, "user.");
}

/* What is no record of the store never goes: the number that it would have as one may be given to a record. */
static int64_t key_of(uint64_t ino)
{
	return nodes[INO_KIND(ino)].flags & NODE_FIXED ? -(int64_t)ino : (int64_t)ino;
}

static void add_hex(struct buf *out, const void *bytes, size_t len)
{
	const unsigned char *b = bytes;

	for (size_t i = 0; i < len; i++)
		buf_printf(out, "%02x", b[i]);
}

static void add_bytes(struct buf *out, const char *hex)
{
	char pair[3] = "";

	for (; hex[0] && hex[1]; hex += 2) {
		memcpy(pair, hex, 2);
		buf_addc(out, (char)strtol(pair, NULL, 16));
	}
}

static int get_error(struct fs *fs, uint64_t ino, struct buf *out, struct err *e)
{
	struct ask a = tree_ask(fs, ino, NULL, e);
	int64_t row = 0;
	int where = a.node->refusals ? a.node->refusals(&a, &row) : -1;

	if (where == REFUSAL_TASK) {
		a = tree_ask(fs, INO(NODE_TASK_ERROR, row), NULL, e);
		task_error_show(&a, out);
	} else if (where >= 0) {
		refusal_get(fs->p, (enum refusal_kind)where, row, out);
	}
	if (out->len && out->data[out->len - 1] == '\n')
		out->data[--out->len] = '\0';
	return out->len ? 0 : -ENODATA;
}

static int get(struct tx *tx, void *arg, struct err *e)
{
	struct call *c = arg;
	struct xattr x;
	int rc = row_find(tx, Q_XATTR, ARGS(V_INT(c->ino), V_TEXT(c->name)), &x, e);

	buf_clear(c->out);
	if (rc < 0)
		return rc == -ENOENT ? -ENODATA : rc;
	add_bytes(c->out, x.value);
	row_release(&xattr_table, &x);
	return 0;
}

int xattr_get(struct fs *fs, uint64_t ino, const char *name, struct buf *out, struct err *e)
{
	struct call c = { .ino = key_of(ino), .name = name, .out = out };

	if (streq(name, ERROR_NAME))
		return get_error(fs, ino, out, e);
	/* Not ENODATA: on ENOTSUP ls -l asks no more files for their ACL and their SELinux label. */
	return is_user(name) ? store_read(fs->p->store, get, &c, e) : -ENOTSUP;
}

static int add_name(void *row, void *ud)
{
	const struct xattr *x = row;

	buf_add(ud, x->name, strlen(x->name) + 1);
	return 0;
}

static int list(struct tx *tx, void *arg, struct err *e)
{
	struct call *c = arg;

	buf_clear(c->out);
	return row_each(tx, Q_XATTRS_OF, ARGS(V_INT(c->ino)), add_name, c->out, e);
}

int xattr_list(struct fs *fs, uint64_t ino, struct buf *out, struct err *e)
{
	struct call c = { .ino = key_of(ino), .out = out };
	int rc = store_read(fs->p->store, list, &c, e);
	auto_buf error = BUF_INIT;

	if (rc == 0 && get_error(fs, ino, &error, e) == 0)
		buf_add(out, ERROR_NAME, sizeof(ERROR_NAME));
	return rc;
}

static int set(struct tx *tx, void *arg, struct err *e)
{
	struct call *c = arg;
	struct xattr x;
	int rc = row_find(tx, Q_XATTR, ARGS(V_INT(c->ino), V_TEXT(c->name)), &x, e);

	if (rc == 0 && c->create)
		rc = -EEXIST;
	else if (rc == -ENOENT && c->replace)
		rc = -ENODATA;
	else if (rc == 0) {
		rc = row_put_text(&x.value, c->hex);
		if (rc == 0)
			rc = row_update(tx, &xattr_table, &x, e);
	} else if (rc == -ENOENT) {
		x = (struct xattr){ .ino = c->ino, .name = xstrdup(c->name) };
		rc = row_put_text(&x.value, c->hex);
		if (rc == 0)
			rc = row_insert(tx, &xattr_table, &x, e);
	}
	row_release(&xattr_table, &x);
	return rc;
}

int xattr_set(struct fs *fs, uint64_t ino, const char *name, const void *value, size_t len, bool create, bool replace,
	      struct err *e)
{
	auto_buf hex = BUF_INIT;
	struct call c = { .ino = key_of(ino), .name = name, .create = create, .replace = replace };

	if (!is_user(name))
		return -ENOTSUP;
	if (streq(name, ERROR_NAME))
		return -EPERM;
	if (len > VALUE_MAX)
		return -E2BIG;
	add_hex(&hex, value, len);
	c.hex = buf_str(&hex);
	return hex.failed ? -ENOMEM : store_write(fs->p->store, set, &c, e);
}

static int remove_one(struct tx *tx, void *arg, struct err *e)
{
	struct call *c = arg;
	struct xattr x;
	int rc = row_find(tx, Q_XATTR, ARGS(V_INT(c->ino), V_TEXT(c->name)), &x, e);

	if (rc < 0)
		return rc == -ENOENT ? -ENODATA : rc;
	rc = row_delete(tx, &xattr_table, x.row_id, e);
	row_release(&xattr_table, &x);
	return rc;
}

int xattr_remove(struct fs *fs, uint64_t ino, const char *name, struct err *e)
{
	struct call c = { .ino = key_of(ino), .name = name };

	if (!is_user(name))
		return -ENOTSUP;
	return streq(name, ERROR_NAME) ? -EPERM : store_write(fs->p->store, remove_one, &c, e);
}
