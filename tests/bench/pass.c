/*
 * pass - a passthrough file system as small as it can honestly be: the tree below SOURCE, shown through libfuse
 *
 *     pass SOURCE MOUNTPOINT     stays in the foreground
 *
 * A hash table of inodes with a descriptor each; timeouts of an hour, pages and directories kept. No store behind it,
 * no rules: what remains of a file system when only the way through the kernel and one lower system call are paid.
 */
#define FUSE_USE_VERSION 312
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fuse_lowlevel.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/bench/timing.h"

#define TTL_S     3600.0
#define N_BUCKETS 65536

struct inode {
	int fd; /* O_PATH, of a directory; -1 */
	struct inode *dir;
	char *name; /* in dir */
	dev_t dev;
	ino_t ino;
	uint64_t n_lookup;
	struct inode *next;
};

static struct inode root;
static struct inode *buckets[N_BUCKETS];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static struct inode *inode_of(fuse_ino_t ino)
{
	return ino == FUSE_ROOT_ID ? &root : (struct inode *)(uintptr_t)ino; /* NOLINT(performance-no-int-to-ptr) */
}

static int fd_of(fuse_ino_t ino)
{
	return inode_of(ino)->fd;
}

/* Where system calls find the inode: below a directory by name, or as the descriptor itself. */
struct place {
	int fd;
	const char *name;
};

static struct place place_of(fuse_ino_t ino)
{
	const struct inode *x = inode_of(ino);

	return x->fd >= 0 ? (struct place){ x->fd, "" } : (struct place){ x->dir->fd, x->name };
}

static struct inode **slot_of(dev_t dev, ino_t ino)
{
	struct inode **at = &buckets[(ino ^ dev) % N_BUCKETS];

	while (*at && ((*at)->ino != ino || (*at)->dev != dev))
		at = &(*at)->next;
	return at;
}

static struct inode *new_inode(struct inode *dir, const char *name, const struct stat *st)
{
	struct inode *x = xcalloc(1, sizeof(*x));

	x->fd = S_ISDIR(st->st_mode) ? openat(dir->fd, name, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
	x->dir = dir;
	x->name = xstrdup(name);
	x->dev = st->st_dev;
	x->ino = st->st_ino;
	return x;
}

static struct inode *enter(struct inode *dir, const char *name, const struct stat *st)
{
	struct inode **at, *x;

	pthread_mutex_lock(&lock);
	at = slot_of(st->st_dev, st->st_ino);
	if (!*at)
		*at = new_inode(dir, name, st);
	x = *at;
	x->n_lookup++;
	pthread_mutex_unlock(&lock);
	return x;
}

static void free_inode(struct inode *x)
{
	if (x->fd >= 0)
		close(x->fd);
	free(x->name);
	free(x);
}

static void leave(fuse_ino_t ino, uint64_t n)
{
	struct inode *x = inode_of(ino), **at;

	pthread_mutex_lock(&lock);
	x->n_lookup -= n;
	if (x != &root && x->n_lookup == 0) {
		at = slot_of(x->dev, x->ino);
		*at = x->next;
		free_inode(x);
	}
	pthread_mutex_unlock(&lock);
}

static int look_up(fuse_ino_t parent, const char *name, struct fuse_entry_param *e)
{
	*e = (struct fuse_entry_param){ .attr_timeout = TTL_S, .entry_timeout = TTL_S };
	if (fstatat(fd_of(parent), name, &e->attr, AT_SYMLINK_NOFOLLOW) < 0)
		return -errno;
	e->ino = (fuse_ino_t)(uintptr_t)enter(inode_of(parent), name, &e->attr);
	return 0;
}

/* What was moved is found under its new name from now on. */
static void moved(fuse_ino_t to, const char *name)
{
	struct inode *x;
	struct stat st;

	if (fstatat(fd_of(to), name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return;
	pthread_mutex_lock(&lock);
	x = *slot_of(st.st_dev, st.st_ino);
	if (x) {
		free(x->name);
		x->name = xstrdup(name);
		x->dir = inode_of(to);
	}
	pthread_mutex_unlock(&lock);
}

static void reply(fuse_req_t req, bool failed)
{
	fuse_reply_err(req, failed ? errno : 0);
}

static void ll_init(void *ud UNUSED, struct fuse_conn_info *conn)
{
#ifdef HAVE_FUSE_SET_FEATURE_FLAG
	fuse_set_feature_flag(conn, FUSE_CAP_CACHE_SYMLINKS);
#else
	conn->want |= conn->capable & FUSE_CAP_CACHE_SYMLINKS;
#endif
}

static void ll_lookup(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	struct fuse_entry_param e;
	int rc = look_up(parent, name, &e);

	if (rc < 0)
		fuse_reply_err(req, -rc);
	else
		fuse_reply_entry(req, &e);
}

static void ll_forget(fuse_req_t req, fuse_ino_t ino, uint64_t n)
{
	leave(ino, n);
	fuse_reply_none(req);
}

static void ll_forget_multi(fuse_req_t req, size_t count, struct fuse_forget_data *all)
{
	for (size_t i = 0; i < count; i++)
		leave(all[i].ino, all[i].nlookup);
	fuse_reply_none(req);
}

static void ll_getattr(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	struct place at = place_of(ino);
	struct stat st;

	if (fi ? fstat((int)fi->fh, &st) < 0 : fstatat(at.fd, at.name, &st, AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW) < 0)
		fuse_reply_err(req, errno);
	else
		fuse_reply_attr(req, &st, TTL_S);
}

static void ll_readlink(fuse_req_t req, fuse_ino_t ino)
{
	struct place at = place_of(ino);
	char text[PATH_MAX];
	ssize_t n = readlinkat(at.fd, at.name, text, sizeof(text) - 1);

	if (n < 0) {
		fuse_reply_err(req, errno);
		return;
	}
	text[n] = '\0';
	fuse_reply_readlink(req, text);
}

static DIR *dir_of(const struct fuse_file_info *fi)
{
	return (DIR *)(uintptr_t)fi->fh; /* NOLINT(performance-no-int-to-ptr) */
}

static void ll_opendir(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	int fd = openat(fd_of(ino), ".", O_RDONLY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);

	if (!d) {
		fuse_reply_err(req, errno);
		return;
	}
	fi->fh = (uint64_t)(uintptr_t)d;
	fi->cache_readdir = fi->keep_cache = 1;
	fuse_reply_open(req, fi);
}

/* One entry at out; its length, also when that is more than room, or 0 for one that went meanwhile */
static size_t add_entry(fuse_req_t req, fuse_ino_t ino, char *out, size_t room, const struct dirent *x, bool plus)
{
	struct fuse_entry_param e = { .attr = { .st_ino = x->d_ino, .st_mode = DTTOIF(x->d_type) } };
	bool dots = streq(x->d_name, ".") || streq(x->d_name, "..");
	size_t len;

	if (!plus)
		return fuse_add_direntry(req, out, room, x->d_name, &e.attr, x->d_off);
	len = fuse_add_direntry_plus(req, NULL, 0, x->d_name, NULL, 0);
	if (len > room || (!dots && look_up(ino, x->d_name, &e) < 0))
		return len > room ? len : 0;
	return fuse_add_direntry_plus(req, out, room, x->d_name, &e, x->d_off);
}

static void list(fuse_req_t req, fuse_ino_t ino, size_t size, off_t off, struct fuse_file_info *fi, bool plus)
{
	auto_free char *out = xmalloc(size);
	size_t used = 0, len = 0;
	struct dirent *x;

	seekdir(dir_of(fi), off);
	while ((x = readdir(dir_of(fi)))) {
		len = add_entry(req, ino, out + used, size - used, x, plus);
		if (len > size - used)
			break;
		used += len;
	}
	fuse_reply_buf(req, out, used);
}

static void ll_readdir(fuse_req_t req, fuse_ino_t ino, size_t size, off_t off, struct fuse_file_info *fi)
{
	list(req, ino, size, off, fi, false);
}

static void ll_readdirplus(fuse_req_t req, fuse_ino_t ino, size_t size, off_t off, struct fuse_file_info *fi)
{
	list(req, ino, size, off, fi, true);
}

static void ll_releasedir(fuse_req_t req, fuse_ino_t ino UNUSED, struct fuse_file_info *fi)
{
	closedir(dir_of(fi));
	fuse_reply_err(req, 0);
}

static void give(struct fuse_file_info *fi, int fd)
{
	fi->fh = (uint64_t)fd;
	fi->keep_cache = 1;
}

static void ll_open(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	struct place at = place_of(ino);
	int fd = openat(at.fd, at.name, fi->flags | O_CLOEXEC);

	if (fd < 0) {
		fuse_reply_err(req, errno);
		return;
	}
	give(fi, fd);
	fuse_reply_open(req, fi);
}

static void ll_create(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode, struct fuse_file_info *fi)
{
	int fd = openat(fd_of(parent), name, (fi->flags | O_CREAT | O_CLOEXEC) & ~O_NOFOLLOW, mode);
	struct fuse_entry_param e;
	int rc = fd < 0 ? -errno : look_up(parent, name, &e);

	if (rc < 0) {
		fuse_reply_err(req, -rc);
		return;
	}
	give(fi, fd);
	fuse_reply_create(req, &e, fi);
}

static void ll_read(fuse_req_t req, fuse_ino_t ino UNUSED, size_t size, off_t off, struct fuse_file_info *fi)
{
	struct fuse_bufvec v = FUSE_BUFVEC_INIT(size);

	v.buf[0].flags = FUSE_BUF_IS_FD | FUSE_BUF_FD_SEEK;
	v.buf[0].fd = (int)fi->fh;
	v.buf[0].pos = off;
	fuse_reply_data(req, &v, FUSE_BUF_SPLICE_MOVE);
}

static void ll_write_buf(fuse_req_t req, fuse_ino_t ino UNUSED, struct fuse_bufvec *in, off_t off,
			 struct fuse_file_info *fi)
{
	struct fuse_bufvec v = FUSE_BUFVEC_INIT(fuse_buf_size(in));
	ssize_t n;

	v.buf[0].flags = FUSE_BUF_IS_FD | FUSE_BUF_FD_SEEK;
	v.buf[0].fd = (int)fi->fh;
	v.buf[0].pos = off;
	n = fuse_buf_copy(&v, in, 0);
	if (n < 0)
		fuse_reply_err(req, (int)-n);
	else
		fuse_reply_write(req, (size_t)n);
}

static void ll_flush(fuse_req_t req, fuse_ino_t ino UNUSED, struct fuse_file_info *fi)
{
	reply(req, close(dup((int)fi->fh)) < 0);
}

static void ll_release(fuse_req_t req, fuse_ino_t ino UNUSED, struct fuse_file_info *fi)
{
	reply(req, close((int)fi->fh) < 0);
}

static void ll_fsync(fuse_req_t req, fuse_ino_t ino UNUSED, int datasync, struct fuse_file_info *fi)
{
	reply(req, datasync ? fdatasync((int)fi->fh) < 0 : fsync((int)fi->fh) < 0);
}

static void ll_rename(fuse_req_t req, fuse_ino_t parent, const char *name, fuse_ino_t to, const char *to_name,
		      unsigned flags)
{
	int rc = renameat2(fd_of(parent), name, fd_of(to), to_name, flags) < 0 ? -errno : 0;

	if (rc == 0)
		moved(to, to_name);
	fuse_reply_err(req, -rc);
}

static void ll_unlink(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	reply(req, unlinkat(fd_of(parent), name, 0) < 0);
}

static const struct fuse_lowlevel_ops ops = {
	.init = ll_init,
	.lookup = ll_lookup,
	.forget = ll_forget,
	.forget_multi = ll_forget_multi,
	.getattr = ll_getattr,
	.readlink = ll_readlink,
	.opendir = ll_opendir,
	.readdir = ll_readdir,
	.readdirplus = ll_readdirplus,
	.releasedir = ll_releasedir,
	.open = ll_open,
	.create = ll_create,
	.read = ll_read,
	.write_buf = ll_write_buf,
	.flush = ll_flush,
	.release = ll_release,
	.fsync = ll_fsync,
	.rename = ll_rename,
	.unlink = ll_unlink,
};

int main(int argc, char **argv)
{
	struct fuse_args args = FUSE_ARGS_INIT(1, argv);
	struct fuse_loop_config *loop = fuse_loop_cfg_create();
	struct fuse_session *se;

	if (argc != 3)
		timing_die("usage: pass SOURCE MOUNTPOINT");
	root.fd = open(argv[1], O_PATH | O_CLOEXEC);
	timing_check(root.fd < 0, argv[1]);
	se = fuse_session_new(&args, &ops, sizeof(ops), NULL);
	if (!se || fuse_set_signal_handlers(se) != 0 || fuse_session_mount(se, argv[2]) != 0)
		return 1;
	fuse_session_loop_mt(se, loop);
	fuse_session_unmount(se);
	fuse_session_destroy(se);
	fuse_loop_cfg_destroy(loop);
	return 0;
}
