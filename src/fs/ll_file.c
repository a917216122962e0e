/* Callbacks on open files */
#include "fs/ll_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>

#include "fs/backing.h"
#include "fs/notify.h"
#include "fs/pool.h"
#include "fs/unlinked.h"
#include "fs/wait.h"

/*
 * The kernel looks at the attributes of what it created before it returns from open(2). Those of a dropped file hold
 * until it is written, and that goes through the kernel.
 */
#define CREATED_S 1.0

static void give_handle(struct handle *h, const struct handle_mode *mode, struct fuse_file_info *fi)
{
	fi->fh = (uint64_t)(uintptr_t)h;
	fi->direct_io = mode->direct_io;
	fi->keep_cache = mode->keep_cache;
	fi->noflush = mode->noflush;
}

/* What the kernel reads by itself it does not cache a second time. */
static void give_backing(fuse_req_t req, struct handle *h, const struct handle_mode *mode, struct fuse_file_info *fi)
{
	int id = h->type == HANDLE_FD && mode->keep_cache ? backing_get(h->fs->backings, req, h->ino, h->fd) : 0;

	if (id <= 0)
		return;
#ifdef FUSE_CAP_PASSTHROUGH
	fi->backing_id = id;
#endif
	fi->keep_cache = false;
	h->backed = true;
}

static void close_read(fuse_req_t req, struct handle *h)
{
	if (h->backed)
		backing_put(h->fs->backings, req, h->ino);
	handle_close(h, &(struct actor){ 0 });
}

void ll_open(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	struct handle_mode mode;
	struct err e = ERR_INIT;
	struct handle *h;
	int rc = handle_open(ll_fs(req), ino, fi->flags, fuse_req_ctx(req)->uid, &h, &mode, &e);

	if (rc < 0) {
		ll_reply(req, rc, &e);
		return;
	}
	give_handle(h, &mode, fi);
	give_backing(req, h, &mode, fi);
	if (fuse_reply_open(req, fi) == -ENOENT) /* the open was interrupted: there will be no release */
		close_read(req, h);
}

void ll_create(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode UNUSED, struct fuse_file_info *fi)
{
	struct fuse_entry_param entry;
	struct handle_mode how;
	struct err e = ERR_INIT;
	char clean[NAME_BYTES];
	struct actor who;
	struct handle *h;
	struct found at;
	int rc = name_clean(name, clean, &e);

	if (ll_kick_create(req, parent, name, fi))
		return;
	if (rc == 0 && unlinked_take(ll_fs(req), parent, clean, fuse_req_ctx(req)->pid))
		fi->flags = (fi->flags & ~O_EXCL) | O_TRUNC;
	if (rc == 0)
		rc = handle_create(ll_fs(req), parent, clean, fi->flags, fuse_req_ctx(req)->uid, &h, &at, &how, &e);
	if (rc < 0) {
		ll_reply(req, rc, &e);
		return;
	}
	rc = ll_entry(ll_fs(req), at, &entry, &e);
	entry.attr_timeout = at.kind == NODE_ENTRY ? CREATED_S : 0;
	if (!streq(name, clean))
		entry.entry_timeout = 0;
	give_handle(h, &how, fi);
	if (rc == 0 && fuse_reply_create(req, &entry, fi) != -ENOENT)
		return;
	if (rc < 0)
		ll_reply(req, rc, &e);
	ll_who(req, &who);
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

void ll_read(fuse_req_t req, fuse_ino_t ino UNUSED, size_t size, off_t off, struct fuse_file_info *fi)
{
	struct handle *h = ll_handle(fi);
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

/* Who wrote sees what it changed, everywhere in the mount: the kernel forgets the old before the call returns. */
struct answer {
	fuse_req_t req;
	size_t written; /* 0: it was no write */
};

static void send_answer(void *arg)
{
	struct answer *a = arg;

	if (a->written)
		fuse_reply_write(a->req, a->written);
	else
		fuse_reply_err(a->req, 0);
	free(a);
}

static void answer_when_told(fuse_req_t req, size_t written)
{
	struct answer *a = xmalloc(sizeof(*a));

	*a = (struct answer){ req, written };
	notify_then(ll_fs(req), send_answer, a);
}

/* A write that is judged on another thread, with its bytes: those of the request go when its callback returns. */
struct writing {
	struct ll_job *j;
	size_t len;
	off_t offset;
	char bytes[];
};

static void run_write(void *arg)
{
	struct writing *w = arg;
	struct err e = ERR_INIT;
	int rc = handle_write(w->j->h, w->bytes, w->len, w->offset, &w->j->who, &e);

	if (rc < 0)
		ll_reply(w->j->req, rc, &e);
	else
		answer_when_told(w->j->req, w->len);
	free(w->j);
	free(w);
}

static void write_patiently(fuse_req_t req, struct handle *h, const char *bytes, size_t size, off_t off)
{
	struct writing *w = malloc(sizeof(*w) + size);

	if (!w) {
		fuse_reply_err(req, ENOMEM);
		return;
	}
	w->j = ll_job_new(req, h);
	w->len = size;
	w->offset = off;
	memcpy(w->bytes, bytes, size);
	pool_run(h->fs->patient, run_write, w);
}

static bool is_patient(const struct handle *h)
{
	return nodes[INO_KIND(h->ino)].flags & NODE_PATIENT;
}

void ll_write(fuse_req_t req, fuse_ino_t ino UNUSED, const char *bytes, size_t size, off_t off,
	      struct fuse_file_info *fi)
{
	struct handle *h = ll_handle(fi);
	struct err e = ERR_INIT;
	struct actor who;
	int rc;

	if (h->type == HANDLE_EDIT && is_patient(h)) {
		write_patiently(req, h, bytes, size, off);
		return;
	}
	if (h->type == HANDLE_EDIT)
		ll_who(req, &who);
	rc = handle_write(h, bytes, size, off, &who, &e);
	if (rc < 0)
		ll_reply(req, rc, &e);
	else if (h->type == HANDLE_EDIT)
		answer_when_told(req, size);
	else
		fuse_reply_write(req, size);
}

static void run_flush(void *arg)
{
	struct ll_job *j = arg;
	struct err e = ERR_INIT;
	int rc = handle_flush(j->h, j->pid, &j->who, &e);

	if (rc < 0)
		ll_reply(j->req, rc, &e);
	else
		answer_when_told(j->req, 0);
	free(j);
}

void ll_flush(fuse_req_t req, fuse_ino_t ino UNUSED, struct fuse_file_info *fi)
{
	struct handle *h = ll_handle(fi);

	if (!h || !h->writes)
		fuse_reply_err(req, 0);
	else
		pool_run(is_patient(h) ? h->fs->patient : h->fs->pool, run_flush, ll_job_new(req, h));
}

static void run_release(void *arg)
{
	struct ll_job *j = arg;

	handle_close(j->h, &j->who);
	fuse_reply_err(j->req, 0);
	free(j);
}

void ll_release(fuse_req_t req, fuse_ino_t ino UNUSED, struct fuse_file_info *fi)
{
	struct handle *h = ll_handle(fi);

	if (!h) { /* of a kick */
		fuse_reply_err(req, 0);
		return;
	}
	if (h->writes) {
		pool_run(ll_fs(req)->pool, run_release, ll_job_new(req, h));
		return;
	}
	if (h->type == HANDLE_WAIT)
		wait_forget(h);
	close_read(req, h);
	fuse_reply_err(req, 0);
}

void ll_fsync(fuse_req_t req, fuse_ino_t ino UNUSED, int datasync UNUSED, struct fuse_file_info *fi UNUSED)
{
	fuse_reply_err(req, 0); /* close(2) is the acknowledgement; what is not closed is not taken in */
}

void ll_poll(fuse_req_t req, fuse_ino_t ino UNUSED, struct fuse_file_info *fi, struct fuse_pollhandle *ph)
{
	struct handle *h = ll_handle(fi);
	bool now = true;

	if (h->type == HANDLE_WAIT)
		now = wait_poll(h, ph);
	else if (ph)
		fuse_pollhandle_destroy(ph);
	fuse_reply_poll(req, now ? POLLIN | POLLOUT : 0);
}
