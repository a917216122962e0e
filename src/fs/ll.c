#define FUSE_USE_VERSION 312
#include "fs/ll.h"

#include <errno.h>
#include <fcntl.h>
#include <fuse_lowlevel.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/log.h"
#include "fs/alter.h"
#include "fs/handle.h"
#include "fs/notify.h"
#include "fs/pool.h"
#include "fs/scratch.h"
#include "fs/tree.h"
#include "fs/wait.h"
#include "fs/xattr.h"
#include "platform/inbox.h"

static struct fs *fs_of(fuse_req_t req)
{
	return fuse_req_userdata(req);
}

static struct handle *handle_of(const struct fuse_file_info *fi)
{
	return fi ? (struct handle *)(uintptr_t)fi->fh : NULL; /* NOLINT(performance-no-int-to-ptr) */
}

static void who_asks(fuse_req_t req, struct actor *out)
{
	actor_of(fs_of(req)->p, fuse_req_ctx(req)->uid, out);
}

/* Every refusal reaches its caller as an errno; what a sentence says of it goes to the debug log too. */
static void reply_rc(fuse_req_t req, int rc, const struct err *e)
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
			     .st_uid = fs->o.uid,
			     .st_gid = fs->o.gid,
			     .st_size = a->size,
			     .st_blksize = 4096,
			     .st_blocks = (a->size + 511) / 512 };
	st->st_mtim.tv_sec = st->st_atim.tv_sec = st->st_ctim.tv_sec = a->modified_at / 1000;
	st->st_mtim.tv_nsec = st->st_atim.tv_nsec = st->st_ctim.tv_nsec = a->modified_at % 1000 * 1000000;
}

static int fill_entry(struct fs *fs, struct found at, struct fuse_entry_param *out, struct err *e)
{
	struct ask a = tree_ask(fs, INO(at.kind, at.row), NULL, e);
	struct attr attr;
	int rc = tree_stat(&a, &attr);

	*out = (struct fuse_entry_param){ .ino = INO(at.kind, at.row) };
	if (rc < 0)
		return rc;
	fill_stat(fs, out->ino, &attr, &out->attr);
	out->attr_timeout = attr.timeout_s;
	out->entry_timeout = attr.timeout_s > 0 ? TREE_FOREVER_S : 0;
	return 0;
}

static int find_child(struct fs *fs, fuse_ino_t parent, const char *name, struct found *out, struct err *e)
{
	struct ask dir = tree_ask(fs, parent, NULL, e);

	if (streq(name, ".")) {
		*out = (struct found){ INO_KIND(parent), INO_ROW(parent) };
		return 0;
	}
	return tree_is_dir(INO_KIND(parent)) ? tree_find(&dir, name, out) : -ENOTDIR;
}

static void ll_init(void *data UNUSED, struct fuse_conn_info *conn)
{
	conn->time_gran = 1000000; /* times are kept in milliseconds */
}

static void ll_lookup(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	struct fuse_entry_param entry;
	struct err e = ERR_INIT;
	char clean[NAME_BYTES];
	struct found at;
	int rc = name_clean(name, clean, &e);

	if (rc == 0)
		rc = find_child(fs_of(req), parent, clean, &at, &e);
	if (rc == 0)
		rc = fill_entry(fs_of(req), at, &entry, &e);
	if (rc < 0) {
		fuse_reply_err(req, -rc);
		return;
	}
	if (!streq(name, clean)) /* another spelling of the name: the change feed will not name it */
		entry.entry_timeout = 0;
	fuse_reply_entry(req, &entry);
}

static void reply_attr(fuse_req_t req, fuse_ino_t ino, struct handle *h)
{
	struct fs *fs = fs_of(req);
	struct err e = ERR_INIT;
	struct ask a = tree_ask(fs, ino, NULL, &e);
	struct attr attr;
	struct stat st;
	int rc = tree_stat(&a, &attr);

	if (rc < 0) {
		fuse_reply_err(req, -rc);
		return;
	}
	if (h && handle_size(h) >= 0) {
		attr.size = handle_size(h);
		attr.timeout_s = 0;
	}
	fill_stat(fs, ino, &attr, &st);
	fuse_reply_attr(req, &st, attr.timeout_s);
}

static void ll_getattr(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	reply_attr(req, ino, handle_of(fi));
}

/* truncate(2) by name: on an entry of an inbox it is a rewrite; elsewhere only emptying is understood, as `>` does. */
static int truncate_by_name(fuse_req_t req, fuse_ino_t ino, off_t size, struct err *e)
{
	struct fs *fs = fs_of(req);
	struct actor who;
	struct upload *u;
	int rc;

	who_asks(req, &who);
	if (INO_KIND(ino) == NODE_SCRATCH)
		return scratch_truncate(fs, INO_ROW(ino), size);
	if (INO_KIND(ino) != NODE_ENTRY)
		return nodes[INO_KIND(ino)].put && size == 0 ? 0 : -EPERM;
	rc = upload_open(fs, INO_ROW(ino), false, &u, e);
	if (rc < 0)
		return rc;
	rc = upload_truncate(u, size);
	if (rc == 0)
		rc = upload_flush(u, 0, &who, e);
	upload_release(u, &who);
	return rc;
}

static int set_time(struct fs *fs, fuse_ino_t ino, const struct stat *st, bool now)
{
	int64_t ms =
		now ? (int64_t)time(NULL) * 1000 : (int64_t)st->st_mtim.tv_sec * 1000 + st->st_mtim.tv_nsec / 1000000;
	struct upload *u;
	int rc;

	if (INO_KIND(ino) != NODE_ENTRY)
		return 0;
	u = upload_get(fs, INO_ROW(ino));
	if (!u) {
		rc = inbox_touch(fs->p, INO_ROW(ino), ms, NULL);
		return rc == -ENOENT ? 0 : rc; /* the work has ended since: the entry is gone, the copy was not */
	}
	rc = upload_touch(u, ms);
	upload_put(u);
	return rc;
}

/* Owners and modes are the mount's: setting them succeeds, since tools fail when it does not, and changes nothing. */
static void ll_setattr(fuse_req_t req, fuse_ino_t ino, struct stat *st, int to_set, struct fuse_file_info *fi)
{
	struct handle *h = handle_of(fi);
	struct err e = ERR_INIT;
	int rc = 0;

	if (to_set & FUSE_SET_ATTR_SIZE)
		rc = h ? handle_truncate(h, st->st_size) : truncate_by_name(req, ino, st->st_size, &e);
	if (rc == 0 && (to_set & (FUSE_SET_ATTR_MTIME | FUSE_SET_ATTR_MTIME_NOW)))
		rc = set_time(fs_of(req), ino, st, to_set & FUSE_SET_ATTR_MTIME_NOW);
	if (rc < 0)
		reply_rc(req, rc, &e);
	else
		reply_attr(req, ino, h);
}

static void ll_readlink(fuse_req_t req, fuse_ino_t ino)
{
	struct err e = ERR_INIT;
	struct ask a = tree_ask(fs_of(req), ino, NULL, &e);
	auto_buf text = BUF_INIT;
	int rc = a.node->link ? a.node->link(&a, &text) : -EINVAL;

	if (rc < 0)
		fuse_reply_err(req, -rc);
	else
		fuse_reply_readlink(req, buf_str(&text));
}

static void give_handle(struct handle *h, const struct handle_mode *mode, struct fuse_file_info *fi)
{
	fi->fh = (uint64_t)(uintptr_t)h;
	fi->direct_io = mode->direct_io;
	fi->keep_cache = mode->keep_cache;
	fi->noflush = mode->noflush;
}

static void ll_open(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	struct handle_mode mode;
	struct err e = ERR_INIT;
	struct handle *h;
	int rc = handle_open(fs_of(req), ino, fi->flags, &h, &mode, &e);

	if (rc < 0) {
		reply_rc(req, rc, &e);
		return;
	}
	give_handle(h, &mode, fi);
	if (fuse_reply_open(req, fi) == -ENOENT) /* the open was interrupted: there will be no release */
		handle_close(h, &(struct actor){ 0 });
}

static void ll_create(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode UNUSED,
		      struct fuse_file_info *fi)
{
	struct fuse_entry_param entry;
	struct handle_mode how;
	struct err e = ERR_INIT;
	char clean[NAME_BYTES];
	struct actor who;
	struct handle *h;
	struct found at;
	int rc = name_clean(name, clean, &e);

	if (rc == 0)
		rc = handle_create(fs_of(req), parent, clean, &h, &at, &how, &e);
	if (rc < 0) {
		reply_rc(req, rc, &e);
		return;
	}
	rc = fill_entry(fs_of(req), at, &entry, &e);
	entry.attr_timeout = 0;
	if (!streq(name, clean))
		entry.entry_timeout = 0;
	give_handle(h, &how, fi);
	if (rc == 0 && fuse_reply_create(req, &entry, fi) != -ENOENT)
		return;
	if (rc < 0)
		reply_rc(req, rc, &e);
	who_asks(req, &who);
	handle_close(h, &who);
}

static void reply_fd(fuse_req_t req, int fd, size_t size, off_t off)
{
	struct fuse_bufvec v = FUSE_BUFVEC_INIT(size);

	v.buf[0].flags = FUSE_BUF_IS_FD | FUSE_BUF_FD_SEEK;
	v.buf[0].fd = fd;
	v.buf[0].pos = off;
	fuse_reply_data(req, &v, FUSE_BUF_SPLICE_MOVE);
}

static void ll_read(fuse_req_t req, fuse_ino_t ino UNUSED, size_t size, off_t off, struct fuse_file_info *fi)
{
	struct handle *h = handle_of(fi);
	auto_free char *bytes = NULL;
	ssize_t n;

	if (h->type == HANDLE_FD) {
		reply_fd(req, h->fd, size, off);
		return;
	}
	if (h->type == HANDLE_WAIT) {
		wait_read(h, req, size, off, fi->flags & O_NONBLOCK);
		return;
	}
	bytes = malloc(size);
	n = bytes ? handle_read(h, bytes, size, off) : -ENOMEM;
	if (n < 0)
		fuse_reply_err(req, (int)-n);
	else
		fuse_reply_buf(req, bytes, (size_t)n);
}

static void ll_write(fuse_req_t req, fuse_ino_t ino UNUSED, const char *bytes, size_t size, off_t off,
		     struct fuse_file_info *fi)
{
	struct err e = ERR_INIT;
	struct actor who;
	int rc;

	if (handle_of(fi)->type == HANDLE_EDIT)
		who_asks(req, &who);
	rc = handle_write(handle_of(fi), bytes, size, off, &who, &e);
	if (rc < 0)
		reply_rc(req, rc, &e);
	else
		fuse_reply_write(req, size);
}

/* A request that waits for the disk, on a thread of the pool. */
struct job {
	fuse_req_t req;
	struct handle *h;
	struct actor who;
	pid_t pid;
	fuse_ino_t parent, to;
	char name[NAME_BYTES], to_name[NAME_BYTES];
	unsigned flags;
};

static struct job *new_job(fuse_req_t req, struct handle *h)
{
	struct job *j = xcalloc(1, sizeof(*j));

	j->req = req;
	j->h = h;
	j->pid = fuse_req_ctx(req)->pid;
	who_asks(req, &j->who);
	return j;
}

static void run_flush(void *arg)
{
	struct job *j = arg;
	struct err e = ERR_INIT;

	reply_rc(j->req, handle_flush(j->h, j->pid, &j->who, &e), &e);
	free(j);
}

static void ll_flush(fuse_req_t req, fuse_ino_t ino UNUSED, struct fuse_file_info *fi)
{
	struct handle *h = handle_of(fi);

	if (!h->writes)
		fuse_reply_err(req, 0);
	else
		pool_run(fs_of(req)->pool, run_flush, new_job(req, h));
}

static void run_release(void *arg)
{
	struct job *j = arg;

	handle_close(j->h, &j->who);
	fuse_reply_err(j->req, 0);
	free(j);
}

static void ll_release(fuse_req_t req, fuse_ino_t ino UNUSED, struct fuse_file_info *fi)
{
	struct handle *h = handle_of(fi);

	if (h->writes) {
		pool_run(fs_of(req)->pool, run_release, new_job(req, h));
		return;
	}
	if (h->type == HANDLE_WAIT)
		wait_forget(h);
	handle_close(h, &(struct actor){ 0 });
	fuse_reply_err(req, 0);
}

static void ll_fsync(fuse_req_t req, fuse_ino_t ino UNUSED, int datasync UNUSED, struct fuse_file_info *fi UNUSED)
{
	fuse_reply_err(req, 0); /* close(2) is the acknowledgement; what is not closed is not taken in */
}

static void ll_opendir(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	struct err e = ERR_INIT;
	struct handle *h;
	int rc = handle_opendir(fs_of(req), ino, &h, &e);

	if (rc < 0) {
		reply_rc(req, rc, &e);
		return;
	}
	fi->fh = (uint64_t)(uintptr_t)h;
	if (fuse_reply_open(req, fi) == -ENOENT)
		handle_close(h, &(struct actor){ 0 });
}

/* The n-th entry as readdir shows it: the directory itself and its parent come first. */
static struct entry nth_entry(const struct handle *h, size_t n)
{
	static char self[] = ".", up[] = "..";

	if (n < 2)
		return (struct entry){ n ? up : self, { INO_KIND(h->ino), INO_ROW(h->ino) } };
	return h->list.entry[n - 2];
}

static size_t add_plain(fuse_req_t req, char *at, size_t room, const struct entry *x, off_t next)
{
	struct stat st = { .st_ino = INO(x->at.kind, x->at.row), .st_mode = nodes[x->at.kind].mode };

	return fuse_add_direntry(req, at, room, x->name, &st, next);
}

/* What is gone since the listing was made is shown without attributes; looking it up answers ENOENT. */
static size_t add_plus(fuse_req_t req, char *at, size_t room, const struct entry *x, off_t next)
{
	struct fuse_entry_param entry = { 0 };

	if (next <= 2 || fill_entry(fs_of(req), x->at, &entry, NULL) < 0) {
		entry = (struct fuse_entry_param){ 0 };
		entry.attr.st_ino = INO(x->at.kind, x->at.row);
		entry.attr.st_mode = nodes[x->at.kind].mode;
	}
	return fuse_add_direntry_plus(req, at, room, x->name, &entry, next);
}

static void list_entries(fuse_req_t req, size_t size, off_t off, struct fuse_file_info *fi, bool plus)
{
	struct handle *h = handle_of(fi);
	auto_free char *out = malloc(size);
	size_t used = 0, n;

	if (!out) {
		fuse_reply_err(req, ENOMEM);
		return;
	}
	for (size_t i = (size_t)off; i < h->list.n + 2; i++, used += n) {
		struct entry x = nth_entry(h, i);

		n = plus ? add_plus(req, out + used, size - used, &x, (off_t)i + 1)
			 : add_plain(req, out + used, size - used, &x, (off_t)i + 1);
		if (n > size - used)
			break;
	}
	fuse_reply_buf(req, out, used);
}

static void ll_readdir(fuse_req_t req, fuse_ino_t ino UNUSED, size_t size, off_t off, struct fuse_file_info *fi)
{
	list_entries(req, size, off, fi, false);
}

static void ll_readdirplus(fuse_req_t req, fuse_ino_t ino UNUSED, size_t size, off_t off, struct fuse_file_info *fi)
{
	list_entries(req, size, off, fi, true);
}

static void ll_mkdir(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode UNUSED)
{
	struct fuse_entry_param entry;
	struct err e = ERR_INIT;
	char clean[NAME_BYTES];
	struct actor who;
	struct found at;
	int rc = name_clean(name, clean, &e);

	who_asks(req, &who);
	if (rc == 0)
		rc = alter_mkdir(fs_of(req), parent, clean, &who, &at, &e);
	if (rc == 0)
		rc = fill_entry(fs_of(req), at, &entry, &e);
	if (rc < 0)
		reply_rc(req, rc, &e);
	else
		fuse_reply_entry(req, &entry);
}

static void remove_name(fuse_req_t req, fuse_ino_t parent, const char *name, bool is_dir)
{
	struct err e = ERR_INIT;
	char clean[NAME_BYTES];
	struct actor who;
	int rc = name_clean(name, clean, &e);

	who_asks(req, &who);
	if (rc == 0)
		rc = alter_remove(fs_of(req), parent, clean, is_dir, &who, &e);
	reply_rc(req, rc, &e);
}

static void ll_unlink(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	remove_name(req, parent, name, false);
}

static void ll_rmdir(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	remove_name(req, parent, name, true);
}

static void run_rename(void *arg)
{
	struct job *j = arg;
	struct err e = ERR_INIT;
	int rc = alter_move(fs_of(j->req), j->parent, j->name, j->to, j->to_name, !(j->flags & RENAME_NOREPLACE),
			    &j->who, &e);

	reply_rc(j->req, rc, &e);
	free(j);
}

static void ll_rename(fuse_req_t req, fuse_ino_t parent, const char *name, fuse_ino_t to, const char *to_name,
		      unsigned flags)
{
	struct job *j = new_job(req, NULL);
	struct err e = ERR_INIT;
	int rc = flags & ~(unsigned)RENAME_NOREPLACE ? -EINVAL : name_clean(name, j->name, &e);

	if (rc == 0)
		rc = name_clean(to_name, j->to_name, &e) == -EINVAL ? -EBADMSG : name_clean(to_name, j->to_name, &e);
	if (rc < 0) {
		reply_rc(req, rc, &e);
		free(j);
		return;
	}
	j->parent = parent;
	j->to = to;
	j->flags = flags;
	pool_run(fs_of(req)->pool, run_rename, j);
}

static void ll_symlink(fuse_req_t req, const char *link UNUSED, fuse_ino_t parent UNUSED, const char *name UNUSED)
{
	fuse_reply_err(req, EPERM);
}

static void ll_link(fuse_req_t req, fuse_ino_t ino UNUSED, fuse_ino_t parent UNUSED, const char *name UNUSED)
{
	fuse_reply_err(req, EPERM);
}

static void ll_mknod(fuse_req_t req, fuse_ino_t parent UNUSED, const char *name UNUSED, mode_t mode UNUSED,
		     dev_t dev UNUSED)
{
	fuse_reply_err(req, EPERM);
}

static void ll_statfs(fuse_req_t req, fuse_ino_t ino UNUSED)
{
	struct statvfs st;

	if (statvfs(store_dir(fs_of(req)->p->store), &st) < 0) {
		fuse_reply_err(req, errno);
		return;
	}
	st.f_namemax = NAME_BYTES - 1;
	fuse_reply_statfs(req, &st);
}

static void ll_poll(fuse_req_t req, fuse_ino_t ino UNUSED, struct fuse_file_info *fi, struct fuse_pollhandle *ph)
{
	struct handle *h = handle_of(fi);
	bool now = true;

	if (h->type == HANDLE_WAIT)
		now = wait_poll(h, ph);
	else if (ph)
		fuse_pollhandle_destroy(ph);
	fuse_reply_poll(req, now ? POLLIN | POLLOUT : 0);
}

/* size 0 asks how many bytes there are. */
static void reply_xattr(fuse_req_t req, int rc, const struct buf *value, size_t size)
{
	if (rc < 0)
		fuse_reply_err(req, -rc);
	else if (value->failed)
		fuse_reply_err(req, ENOMEM);
	else if (size == 0)
		fuse_reply_xattr(req, value->len);
	else if (value->len > size)
		fuse_reply_err(req, ERANGE);
	else
		fuse_reply_buf(req, value->data, value->len);
}

static void ll_getxattr(fuse_req_t req, fuse_ino_t ino, const char *name, size_t size)
{
	struct err e = ERR_INIT;
	auto_buf value = BUF_INIT;

	reply_xattr(req, xattr_get(fs_of(req), ino, name, &value, &e), &value, size);
}

static void ll_listxattr(fuse_req_t req, fuse_ino_t ino, size_t size)
{
	struct err e = ERR_INIT;
	auto_buf names = BUF_INIT;

	reply_xattr(req, xattr_list(fs_of(req), ino, &names, &e), &names, size);
}

static void ll_setxattr(fuse_req_t req, fuse_ino_t ino, const char *name, const char *value, size_t size, int flags)
{
	struct err e = ERR_INIT;

	reply_rc(req, xattr_set(fs_of(req), ino, name, value, size, flags & XATTR_CREATE, flags & XATTR_REPLACE, &e),
		 &e);
}

static void ll_removexattr(fuse_req_t req, fuse_ino_t ino, const char *name)
{
	struct err e = ERR_INIT;

	reply_rc(req, xattr_remove(fs_of(req), ino, name, &e), &e);
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
