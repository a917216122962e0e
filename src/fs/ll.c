#include "fs/ll.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/statvfs.h>

#include "base/clock.h"
#include "base/log.h"
#include "fs/dirtime.h"
#include "fs/backing.h"
#include "fs/ll_parts.h"
#include "fs/scratch.h"
#include "fs/tree.h"
#include "fs/unlinked.h"
#include "platform/inbox.h"

struct fs *ll_fs(fuse_req_t req)
{
	return fuse_req_userdata(req);
}

struct handle *ll_handle(const struct fuse_file_info *fi)
{
	return fi ? (struct handle *)(uintptr_t)fi->fh : NULL; /* NOLINT(performance-no-int-to-ptr) */
}

void ll_who(fuse_req_t req, struct actor *out)
{
	actor_of(ll_fs(req)->p, fuse_req_ctx(req)->uid, out);
}

/* Every refusal reaches its caller as an errno; what a sentence says of it goes to the debug log too. */
void ll_reply(fuse_req_t req, int rc, const struct err *e)
{
	if (rc < 0 && e && e->text[0])
		log_debug("%s: %s", err_name(rc), e->text);
	fuse_reply_err(req, rc < 0 ? -rc : 0);
}

static void fill_stat(const struct fs *fs, uint64_t ino, const struct attr *a, struct stat *st)
{
	*st = (struct stat){ .st_ino = ino,
			     .st_mode = a->mode,
			     .st_nlink = S_ISDIR(a->mode) ? 2 : 1,
			     .st_uid = a->owner,
			     .st_gid = fs->o.gid,
			     .st_size = a->size,
			     .st_blksize = 4096,
			     .st_blocks = (a->size + 511) / 512 };
	st->st_mtim.tv_sec = st->st_atim.tv_sec = st->st_ctim.tv_sec = a->modified_at / 1000;
	st->st_mtim.tv_nsec = st->st_atim.tv_nsec = st->st_ctim.tv_nsec = a->modified_at % 1000 * 1000000;
}

static void fill_entry(const struct fs *fs, struct found at, const struct attr *attr, struct fuse_entry_param *out)
{
	*out = (struct fuse_entry_param){ .ino = INO(at.kind, at.row), .attr_timeout = attr->timeout_s };
	fill_stat(fs, out->ino, attr, &out->attr);
	out->entry_timeout = attr->timeout_s > 0 && !(nodes[at.kind].flags & NODE_FLEETING) ? TREE_FOREVER_S : 0;
}

int ll_entry(struct fs *fs, struct found at, struct fuse_entry_param *out, struct err *e)
{
	struct ask a = tree_ask(fs, INO(at.kind, at.row), NULL, e);
	struct attr attr;
	int rc = tree_stat_found(&a, &at, &attr);

	if (rc == 0)
		fill_entry(fs, at, &attr, out);
	return rc;
}

static int find_child(fuse_req_t req, fuse_ino_t parent, const char *name, struct found *out, struct err *e)
{
	struct ask dir = tree_ask(ll_fs(req), parent, NULL, e);

	dir.pid = fuse_req_ctx(req)->pid;
	if (streq(name, ".")) {
		*out = (struct found){ INO_KIND(parent), INO_ROW(parent) };
		return 0;
	}
	if (streq(name, ".."))
		return tree_parent(&dir, out);
	if (!tree_is_dir(INO_KIND(parent)))
		return -ENOTDIR;
	return unlinked_has(dir.fs, parent, name, dir.pid) ? -ENOENT : tree_find(&dir, name, out);
}

struct ll_job *ll_job_new(fuse_req_t req, struct handle *h)
{
	struct ll_job *j = xcalloc(1, sizeof(*j));

	j->req = req;
	j->h = h;
	j->pid = fuse_req_ctx(req)->pid;
	ll_who(req, &j->who);
	return j;
}

/* What the kernel offers and we use. */
static bool want(struct fuse_conn_info *conn, unsigned flag)
{
#ifdef HAVE_FUSE_SET_FEATURE_FLAG
	return fuse_set_feature_flag(conn, flag);
#else
	conn->want |= conn->capable & flag;
	return conn->capable & flag;
#endif
}

static void ll_init(void *data UNUSED, struct fuse_conn_info *conn)
{
	conn->time_gran = 1000000; /* times are kept in milliseconds */
	want(conn, FUSE_CAP_CACHE_SYMLINKS);
	want(conn, FUSE_CAP_EXPORT_SUPPORT);
#ifdef FUSE_CAP_HANDLE_KILLPRIV_V2
	want(conn, FUSE_CAP_HANDLE_KILLPRIV_V2); /* else each write asks for security.capability first */
#endif
#ifdef FUSE_CAP_PASSTHROUGH
	if (want(conn, FUSE_CAP_PASSTHROUGH)) {
		conn->max_backing_stack_depth = 1;
		backings_allow(((struct fs *)data)->backings);
	}
#endif
}

static void ll_lookup(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	struct fuse_entry_param entry;
	struct err e = ERR_INIT;
	char clean[NAME_BYTES];
	struct found at;
	int rc = name_clean(name, clean, &e);

	if (ll_kick_lookup(req, parent, name))
		return;
	if (rc == 0)
		rc = find_child(req, parent, clean, &at, &e);
	if (rc == 0)
		rc = ll_entry(ll_fs(req), at, &entry, &e);
	if (rc < 0) {
		fuse_reply_err(req, -rc);
		return;
	}
	/* another spelling of the name: the change feed will not name it */
	if (!streq(name, clean) || (nodes[INO_KIND(parent)].flags & NODE_VOLATILE))
		entry.entry_timeout = 0;
	fuse_reply_entry(req, &entry);
}

static void reply_attr(fuse_req_t req, fuse_ino_t ino, struct handle *h)
{
	struct fs *fs = ll_fs(req);
	struct err e = ERR_INIT;
	struct ask a = tree_ask(fs, ino, NULL, &e);
	struct attr attr;
	struct stat st;
	int rc = tree_stat(&a, &attr);
	bool gone = rc == -ENOENT && handles_attr(fs, ino, &attr); /* it was removed, and somebody has it open */

	if (rc < 0 && !gone) {
		fuse_reply_err(req, -rc);
		return;
	}
	if (h)
		handle_attr(h, &attr);
	fill_stat(fs, ino, &attr, &st);
	if (gone)
		st.st_nlink = 0;
	fuse_reply_attr(req, &st, attr.timeout_s);
}

static void ll_getattr(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	reply_attr(req, ino, ll_handle(fi));
}

/* truncate(2) by name: on an entry of an inbox it is a rewrite; elsewhere only emptying is understood, as `>` does. */
static int truncate_by_name(fuse_req_t req, fuse_ino_t ino, off_t size, struct err *e)
{
	struct fs *fs = ll_fs(req);
	struct actor who;
	struct upload *u;
	int rc;

	ll_who(req, &who);
	if (INO_KIND(ino) == NODE_SCRATCH)
		return scratch_truncate(fs, INO_ROW(ino), size);
	if (INO_KIND(ino) != NODE_ENTRY)
		return nodes[INO_KIND(ino)].put && size == 0 ? 0 : -EPERM;
	rc = upload_open(fs, INO_ROW(ino), false, who.uid, &u, e);
	if (rc < 0)
		return rc;
	rc = upload_truncate(u, size);
	if (rc == 0)
		rc = upload_flush(u, 0, &who, e);
	upload_release(u, &who);
	return rc;
}

static int set_entry_time(struct fs *fs, fuse_ino_t ino, struct handle *h, int64_t ms)
{
	struct upload *u;
	int rc;

	if (h && h->type == HANDLE_UPLOAD)
		return upload_touch(h->upload, ms);
	u = upload_get(fs, INO_ROW(ino));
	if (u) {
		rc = upload_touch(u, ms);
		upload_put(u);
		return rc;
	}
	rc = inbox_touch(fs->p, INO_ROW(ino), ms, NULL);
	return rc == -ENOENT ? 0 : rc; /* the work has ended since: the entry is gone, the copy was not */
}

/* What people drop and what editors write keeps its time; elsewhere the time is that of the last change. */
static int set_time(struct fs *fs, fuse_ino_t ino, struct handle *h, const struct stat *st, bool now)
{
	int64_t ms = now ? clock_now_ms() : (int64_t)st->st_mtim.tv_sec * 1000 + st->st_mtim.tv_nsec / 1000000;

	switch (INO_KIND(ino)) {
	case NODE_ENTRY: return set_entry_time(fs, ino, h, ms);
	case NODE_SCRATCH: return scratch_touch(fs, INO_ROW(ino), ms);
	case NODE_FOLDER: dirtime_forget(fs, ino); return inbox_touch(fs->p, INO_ROW(ino), ms, NULL);
	default: return 0;
	}
}

/* Owners and modes are the mount's: setting them succeeds, since tools fail when it does not, and changes nothing. */
static void ll_setattr(fuse_req_t req, fuse_ino_t ino, struct stat *st, int to_set, struct fuse_file_info *fi)
{
	struct handle *h = ll_handle(fi);
	struct err e = ERR_INIT;
	int rc = 0;

	if (ll_kick_touch(req))
		to_set = 0;
	if (to_set & FUSE_SET_ATTR_SIZE)
		rc = h ? handle_truncate(h, st->st_size) : truncate_by_name(req, ino, st->st_size, &e);
	if (rc == 0 && (to_set & (FUSE_SET_ATTR_MTIME | FUSE_SET_ATTR_MTIME_NOW)))
		rc = set_time(ll_fs(req), ino, h, st, to_set & FUSE_SET_ATTR_MTIME_NOW);
	if (rc < 0)
		ll_reply(req, rc, &e);
	else
		reply_attr(req, ino, h);
}

static void ll_readlink(fuse_req_t req, fuse_ino_t ino)
{
	struct err e = ERR_INIT;
	struct ask a = tree_ask(ll_fs(req), ino, NULL, &e);
	auto_buf text = BUF_INIT;
	int rc = a.node->link ? a.node->link(&a, &text) : -EINVAL;

	if (rc < 0)
		fuse_reply_err(req, -rc);
	else
		fuse_reply_readlink(req, buf_str(&text));
}

static void ll_statfs(fuse_req_t req, fuse_ino_t ino UNUSED)
{
	struct statvfs st;

	if (statvfs(store_dir(ll_fs(req)->p->store), &st) < 0) {
		fuse_reply_err(req, errno);
		return;
	}
	st.f_namemax = NAME_BYTES - 1;
	fuse_reply_statfs(req, &st);
}

/* Inode numbers are names: nothing is counted, so there is nothing to forget. */
static void ll_forget(fuse_req_t req, fuse_ino_t ino UNUSED, uint64_t n UNUSED)
{
	fuse_reply_none(req);
}

static void ll_forget_multi(fuse_req_t req, size_t count UNUSED, struct fuse_forget_data *all UNUSED)
{
	fuse_reply_none(req);
}

const struct fuse_lowlevel_ops ll_ops = {
	.init = ll_init,
	.lookup = ll_lookup,
	.forget = ll_forget,
	.forget_multi = ll_forget_multi,
	.getattr = ll_getattr,
	.setattr = ll_setattr,
	.readlink = ll_readlink,
	.mknod = ll_mknod,
	.mkdir = ll_mkdir,
	.unlink = ll_unlink,
	.rmdir = ll_rmdir,
	.symlink = ll_symlink,
	.rename = ll_rename,
	.link = ll_link,
	.open = ll_open,
	.create = ll_create,
	.read = ll_read,
	.write = ll_write,
	.flush = ll_flush,
	.release = ll_release,
	.fsync = ll_fsync,
	.opendir = ll_opendir,
	.readdir = ll_readdir,
	.readdirplus = ll_readdirplus,
	.releasedir = ll_release,
	.statfs = ll_statfs,
	.setxattr = ll_setxattr,
	.getxattr = ll_getxattr,
	.listxattr = ll_listxattr,
	.removexattr = ll_removexattr,
	.poll = ll_poll,
};
