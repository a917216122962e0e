/* Callbacks on directories: listing, making, removing, moving */
#include "fs/ll_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#include "fs/alter.h"
#include "fs/kick.h"
#include "fs/pool.h"
#include "fs/tree.h"
#include "fs/unlinked.h"

void ll_opendir(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	struct err e = ERR_INIT;
	struct handle *h;
	int rc = handle_opendir(ll_fs(req), ino, &h, &e);

	if (rc < 0) {
		ll_reply(req, rc, &e);
		return;
	}
	fi->fh = (uint64_t)(uintptr_t)h;
	/* whose time people set may have the time of another listing */
	fi->cache_readdir = fi->keep_cache =
		INO_KIND(ino) != NODE_FOLDER && !(nodes[INO_KIND(ino)].flags & NODE_GROWING);
	if (fuse_reply_open(req, fi) == -ENOENT)
		handle_close(h, &(struct actor){ 0 });
}

/* The n-th entry as readdir shows it: the directory itself and its parent come first. */
static struct entry nth_entry(const struct handle *h, size_t n)
{
	static char self[] = ".", up[] = "..";

	if (n < 2)
		return (struct entry){ .name = n ? up : self, .at = { INO_KIND(h->ino), INO_ROW(h->ino) } };
	return h->list.entry[n - 2];
}

static size_t add_plain(fuse_req_t req, char *at, size_t room, const struct entry *x, off_t next)
{
	struct stat st = { .st_ino = INO(x->at.kind, x->at.row), .st_mode = nodes[x->at.kind].mode };

	return fuse_add_direntry(req, at, room, x->name, &st, next);
}

/* What is gone since the listing was made is shown without attributes; looking it up answers ENOENT. */
static size_t add_plus(fuse_req_t req, char *at, size_t room, const struct entry *x, off_t next, bool fleeting)
{
	struct fuse_entry_param entry = { 0 };

	if (next <= 2 || ll_entry(ll_fs(req), x->at, &entry, NULL) < 0) {
		entry = (struct fuse_entry_param){ 0 };
		entry.attr.st_ino = INO(x->at.kind, x->at.row);
		entry.attr.st_mode = nodes[x->at.kind].mode;
	}
	if (fleeting)
		entry.entry_timeout = 0;
	return fuse_add_direntry_plus(req, at, room, x->name, &entry, next);
}

static void list_entries(fuse_req_t req, size_t size, off_t off, struct fuse_file_info *fi, bool plus)
{
	struct handle *h = ll_handle(fi);
	bool fleeting = nodes[INO_KIND(h->ino)].flags & NODE_VOLATILE;
	auto_free char *out = malloc(size);
	struct err e = ERR_INIT;
	size_t used = 0, n;
	int rc;

	pthread_mutex_lock(&h->lock);
	rc = out ? handle_list(h, off, &e) : -ENOMEM;
	if (rc < 0) {
		pthread_mutex_unlock(&h->lock);
		ll_reply(req, rc, &e);
		return;
	}
	for (size_t i = (size_t)off; i < h->list.n + 2; i++, used += n) {
		struct entry x = nth_entry(h, i);

		n = plus ? add_plus(req, out + used, size - used, &x, (off_t)i + 1, fleeting)
			 : add_plain(req, out + used, size - used, &x, (off_t)i + 1);
		if (n > size - used)
			break;
	}
	pthread_mutex_unlock(&h->lock);
	fuse_reply_buf(req, out, used);
}

void ll_readdir(fuse_req_t req, fuse_ino_t ino UNUSED, size_t size, off_t off, struct fuse_file_info *fi)
{
	list_entries(req, size, off, fi, false);
}

void ll_readdirplus(fuse_req_t req, fuse_ino_t ino UNUSED, size_t size, off_t off, struct fuse_file_info *fi)
{
	list_entries(req, size, off, fi, true);
}

void ll_mkdir(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode UNUSED)
{
	struct fuse_entry_param entry;
	struct err e = ERR_INIT;
	char clean[NAME_BYTES];
	struct actor who;
	struct found at;
	int rc = name_clean(name, clean, &e);

	if (ll_kick_make(req, parent, name, S_IFDIR))
		return;
	ll_who(req, &who);
	if (rc == 0)
		rc = alter_mkdir(ll_fs(req), parent, clean, &who, &at, &e);
	if (rc == 0)
		rc = ll_entry(ll_fs(req), at, &entry, &e);
	if (rc < 0) {
		ll_reply(req, rc, &e);
		return;
	}
	kick_own(ll_fs(req), parent, clean, KICK_CAME);
	fuse_reply_entry(req, &entry);
}

static void run_remove(void *arg)
{
	struct ll_job *j = arg;
	struct fs *fs = ll_fs(j->req);
	struct err e = ERR_INIT;
	int rc = alter_remove(fs, j->parent, j->name, j->flags & AT_REMOVEDIR, &j->who, &e);

	if (rc == 0 && tree_belongs(INO_KIND(j->parent), j->name))
		unlinked_add(fs, j->parent, j->name, j->pid);
	if (rc == 0)
		kick_own(fs, j->parent, j->name, KICK_GONE);
	ll_reply(j->req, rc, &e);
	free(j);
}

/* The entry of an inbox may be just being taken in: its removal waits for that, elsewhere than with the others. */
static void remove_name(fuse_req_t req, fuse_ino_t parent, const char *name, unsigned flags)
{
	bool waits = (nodes[INO_KIND(parent)].flags & NODE_UPLOADS) && !(flags & AT_REMOVEDIR);
	struct ll_job *j;
	struct err e = ERR_INIT;
	int rc;

	if (ll_kick_remove(req, parent, name))
		return;
	j = ll_job_new(req, NULL);
	rc = name_clean(name, j->name, &e);
	if (rc < 0) {
		ll_reply(req, rc, &e);
		free(j);
		return;
	}
	j->parent = parent;
	j->flags = flags;
	if (waits)
		pool_run(ll_fs(req)->pool, run_remove, j);
	else
		run_remove(j);
}

void ll_unlink(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	remove_name(req, parent, name, 0);
}

void ll_rmdir(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	remove_name(req, parent, name, AT_REMOVEDIR);
}

static void run_rename(void *arg)
{
	struct ll_job *j = arg;
	struct err e = ERR_INIT;
	int rc = alter_move(ll_fs(j->req), j->parent, j->name, j->to, j->to_name, !(j->flags & RENAME_NOREPLACE),
			    &j->who, &e);

	if (rc == 0) {
		kick_own(ll_fs(j->req), j->parent, j->name, KICK_GONE);
		kick_own(ll_fs(j->req), j->to, j->to_name, KICK_CAME);
	}
	ll_reply(j->req, rc, &e);
	free(j);
}

void ll_rename(fuse_req_t req, fuse_ino_t parent, const char *name, fuse_ino_t to, const char *to_name, unsigned flags)
{
	struct ll_job *j = ll_job_new(req, NULL);
	struct err e = ERR_INIT;
	int rc = flags & ~(unsigned)RENAME_NOREPLACE ? -EINVAL : name_clean(name, j->name, &e);

	if (rc == 0)
		rc = name_clean(to_name, j->to_name, &e) == -EINVAL ? -EBADMSG : name_clean(to_name, j->to_name, &e);
	if (rc < 0) {
		ll_reply(req, rc, &e);
		free(j);
		return;
	}
	j->parent = parent;
	j->to = to;
	j->flags = flags;
	pool_run(ll_fs(req)->pool, run_rename, j);
}

void ll_symlink(fuse_req_t req, const char *link UNUSED, fuse_ino_t parent, const char *name)
{
	if (!ll_kick_make(req, parent, name, S_IFLNK))
		fuse_reply_err(req, EPERM);
}

void ll_link(fuse_req_t req, fuse_ino_t ino UNUSED, fuse_ino_t parent UNUSED, const char *name UNUSED)
{
	fuse_reply_err(req, EPERM);
}

/* An empty file, closed at once: NFS servers make files so, and write to them later. */
static void run_mknod(void *arg)
{
	struct ll_job *j = arg;
	struct fs *fs = ll_fs(j->req);
	struct fuse_entry_param entry;
	struct handle_mode how;
	struct err e = ERR_INIT;
	struct handle *h;
	struct found at;
	int rc = handle_create(fs, j->parent, j->name, O_WRONLY | O_CREAT | O_EXCL, j->who.uid, &h, &at, &how, &e);

	if (rc == 0) {
		handle_close(h, &j->who);
		rc = ll_entry(fs, at, &entry, &e);
	}
	if (rc < 0)
		ll_reply(j->req, rc, &e);
	else
		fuse_reply_entry(j->req, &entry);
	free(j);
}

void ll_mknod(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode, dev_t dev UNUSED)
{
	struct ll_job *j = ll_job_new(req, NULL);
	struct err e = ERR_INIT;
	int rc = S_ISREG(mode) ? name_clean(name, j->name, &e) : -EPERM;

	j->parent = parent;
	if (rc == 0) {
		pool_run(ll_fs(req)->pool, run_mknod, j);
		return;
	}
	ll_reply(req, rc, &e);
	free(j);
}
