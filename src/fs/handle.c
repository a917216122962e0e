#include "fs/handle.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "fs/alter.h"
#include "fs/dirtime.h"
#include "fs/eventlog.h"
#include "fs/handlers.h"
#include "fs/notify.h"
#include "fs/scratch.h"
#include "fs/tree.h"
#include "platform/event.h"

#define LINE_MAX_BYTES 65536

/* The kernel alone knows the handles; this list frees those that are open when the mount goes. */
struct handles {
	pthread_mutex_t lock;
	struct handle *first;
};

struct handles *handles_new(void)
{
	struct handles *hs = xcalloc(1, sizeof(*hs));

	pthread_mutex_init(&hs->lock, NULL);
	return hs;
}

/* Not before it is open: who looks through the list uses what it holds. */
static void enlist(struct handle *h)
{
	struct handles *hs = h->fs->handles;

	pthread_mutex_lock(&hs->lock);
	h->next = hs->first;
	if (h->next)
		h->next->prev = h;
	hs->first = h;
	pthread_mutex_unlock(&hs->lock);
}

static void delist(struct handle *h)
{
	struct handles *hs = h->fs->handles;

	pthread_mutex_lock(&hs->lock);
	if (h->next)
		h->next->prev = h->prev;
	if (h->prev)
		h->prev->next = h->next;
	else
		hs->first = h->next;
	pthread_mutex_unlock(&hs->lock);
}

static struct handle *new_handle(struct fs *fs, uint64_t ino, enum handle_type type, bool writes)
{
	struct handle *h = xcalloc(1, sizeof(*h));

	h->fs = fs;
	h->ino = ino;
	h->type = type;
	h->writes = writes;
	h->fd = -1;
	pthread_mutex_init(&h->lock, NULL);
	return h;
}

static void free_handle(struct handle *h)
{
	if (h->fd >= 0)
		close(h->fd);
	buf_release(&h->text);
	buf_release(&h->answer);
	listing_free(&h->list);
	pthread_mutex_destroy(&h->lock);
	free(h);
}

void handles_free(struct handles *hs)
{
	struct handle *h;

	if (!hs)
		return;
	while ((h = hs->first)) {
		hs->first = h->next;
		if (h->upload)
			upload_put(h->upload);
		free_handle(h);
	}
	pthread_mutex_destroy(&hs->lock);
	free(hs);
}

/* The kernel's cache is the inode's: who writes another's bytes goes around it. */
static int open_entry(struct handle *h, int flags, uid_t owner, struct handle_mode *mode, struct err *e)
{
	struct ask a = tree_ask(h->fs, h->ino, NULL, e);
	int rc;

	if (h->writes) {
		rc = upload_open(h->fs, a.row, flags & O_TRUNC, owner, &h->upload, e);
		mode->direct_io = rc == 0 && upload_row(h->upload) != a.row;
		return rc;
	}
	h->upload = upload_get_loaded(h->fs, a.row);
	if (h->upload)
		return 0;
	h->type = HANDLE_FD;
	h->fd = a.node->open(&a);
	return h->fd < 0 ? h->fd : 0;
}

/* A document that is written begins as it is, unless it is to be replaced. */
static int open_edit(struct handle *h, int flags, struct err *e)
{
	struct ask a = tree_ask(h->fs, h->ino, NULL, e);

	if ((a.node->flags & NODE_LINE) || (flags & O_TRUNC))
		return 0;
	return tree_bytes(&a, &h->text);
}

static int open_read(struct handle *h, struct handle_mode *mode, struct err *e)
{
	struct ask a = tree_ask(h->fs, h->ino, NULL, e);

	if (a.node->show) {
		mode->direct_io = true;
		return tree_text(&a, &h->text);
	}
	if (!a.node->open)
		return -EPERM;
	h->type = HANDLE_FD;
	mode->keep_cache = mode->noflush = true;
	h->fd = a.node->open(&a);
	return h->fd < 0 ? h->fd : 0;
}

static int open_wait(struct handle *h, struct err *e)
{
	h->after = h->ino == INO(NODE_EVENTS_FOLLOW, 0) ? event_last(h->fs->p, e) : 0;
	return h->after < 0 ? (int)h->after : 0;
}

int handle_open(struct fs *fs, uint64_t ino, int flags, uid_t owner, struct handle **out, struct handle_mode *mode,
		struct err *e)
{
	bool writes = (flags & O_ACCMODE) != O_RDONLY;
	struct ask a = tree_ask(fs, ino, NULL, e);
	struct handle *h = new_handle(fs, ino, HANDLE_TEXT, writes);
	unsigned kind = INO_KIND(ino);
	int rc;

	*mode = (struct handle_mode){ 0 };
	h->append = flags & O_APPEND;
	if (kind == NODE_ENTRY) {
		h->type = HANDLE_UPLOAD;
		rc = open_entry(h, flags, owner, mode, e);
	} else if (kind == NODE_SCRATCH) {
		h->type = HANDLE_SCRATCH;
		rc = flags & O_TRUNC ? scratch_truncate(fs, a.row, 0) : 0;
	} else if (!writes && !(a.node->mode & 0444)) {
		rc = -EACCES; /* also for root: a secret */
	} else if (writes) {
		h->type = HANDLE_EDIT;
		mode->direct_io = true;
		rc = a.node->put ? open_edit(h, flags, e) : -EPERM;
	} else if (a.node->flags & NODE_BLOCKS) {
		h->type = HANDLE_WAIT;
		mode->direct_io = true;
		rc = open_wait(h, e);
	} else if (kind == NODE_EVENTS) {
		h->type = HANDLE_EVENTS;
		mode->direct_io = true;
		rc = 0;
	} else {
		rc = open_read(h, mode, e);
	}
	if (rc < 0) {
		free_handle(h);
		return rc;
	}
	enlist(h);
	*out = h;
	return 0;
}

/* Somebody was faster, or a program removed a document, which stays, to make it anew. */
static int create_again(struct fs *fs, struct found at, int flags, uid_t owner, struct handle **out,
			struct handle_mode *mode, struct err *e)
{
	if ((flags & O_EXCL) || (!nodes[at.kind].put && at.kind != NODE_ENTRY && at.kind != NODE_SCRATCH))
		return -EEXIST;
	return handle_open(fs, INO(at.kind, at.row), flags & ~O_CREAT, owner, out, mode, e);
}

static int create_upload(const struct ask *dir, const char *name, int flags, uid_t owner, struct handle **out,
			 struct found *at)
{
	struct upload *u;
	struct dropdir where;
	int rc = inbox_node_dir(dir, &where);

	if (rc == 0 && name[0] == '@')
		rc = err_set(dir->e, -EINVAL, "a name in an inbox cannot begin with '@': '%s'", name);
	if (rc == 0)
		rc = upload_create(dir->fs, &where, name, owner, &u, dir->e);
	if (rc < 0)
		return rc;
	*at = (struct found){ NODE_ENTRY, upload_row(u) };
	*out = new_handle(dir->fs, INO(at->kind, at->row), HANDLE_UPLOAD, true);
	(*out)->upload = u;
	(*out)->append = flags & O_APPEND;
	enlist(*out);
	return 0;
}

int handle_create(struct fs *fs, uint64_t dir_ino, const char *name, int flags, uid_t owner, struct handle **out,
		  struct found *at, struct handle_mode *mode, struct err *e)
{
	struct ask dir = tree_ask(fs, dir_ino, NULL, e);
	int rc;

	*mode = (struct handle_mode){ 0 };
	rc = tree_find(&dir, name, at);
	if (rc == 0)
		return create_again(fs, *at, flags, owner, out, mode, e);
	if (rc != -ENOENT)
		return rc;
	e->text[0] = '\0';
	if (dir.node->flags & NODE_UPLOADS) {
		rc = create_upload(&dir, name, flags, owner, out, at);
		if (rc == 0)
			dirtime_touch(fs, dir_ino);
		return alter_note(fs, INO_KIND(dir_ino), dir.row, rc, e);
	}
	if (!(dir.node->flags & NODE_SCRATCHY))
		return err_set(e, -EPERM, "no file can be made here");
	*at = (struct found){ NODE_SCRATCH, 0 };
	rc = scratch_create(fs, dir_ino, name, &at->row, e);
	if (rc < 0)
		return alter_note(fs, INO_KIND(dir_ino), dir.row, rc, e);
	*out = new_handle(fs, INO(NODE_SCRATCH, at->row), HANDLE_SCRATCH, true);
	enlist(*out);
	return 0;
}

int handle_opendir(struct fs *fs, uint64_t ino, struct handle **out, struct err *e)
{
	struct ask a = tree_ask(fs, ino, NULL, e);
	struct attr attr;
	int rc = tree_stat(&a, &attr);

	if (rc < 0)
		return rc;
	*out = new_handle(fs, ino, HANDLE_DIR, false);
	enlist(*out);
	return 0;
}

int handle_list(struct handle *h, int64_t offset, struct err *e)
{
	struct ask a = tree_ask(h->fs, h->ino, NULL, e);

	int rc;

	/* The kernel gave the beginning from its cache, lost that, and asks this handle only for the rest. */
	if (offset > 0 && h->listed)
		return 0;
	listing_free(&h->list);
	rc = tree_list(&a, &h->list);
	h->listed = rc == 0;
	return rc;
}

static ssize_t slice(const struct buf *text, void *bytes, size_t len, int64_t offset)
{
	size_t left = offset >= 0 && (size_t)offset < text->len ? text->len - (size_t)offset : 0;
	size_t n = len < left ? len : left;

	if (n)
		memcpy(bytes, text->data + offset, n);
	return (ssize_t)n;
}

/*
 * What was written was answered on this descriptor only. Its position stands behind what was written, where who reads
 * on begins; who goes back to the start finds the answer there too.
 */
static ssize_t read_answer(struct handle *h, void *bytes, size_t len, int64_t offset)
{
	ssize_t n;

	pthread_mutex_lock(&h->lock);
	n = slice(&h->answer, bytes, len, offset >= h->written ? offset - h->written : offset);
	pthread_mutex_unlock(&h->lock);
	return n;
}

/* Reading a descriptor that is also written: a one-line file shows its value, a document what was written so far. */
static ssize_t read_edit(struct handle *h, void *bytes, size_t len, int64_t offset)
{
	struct ask a = tree_ask(h->fs, h->ino, NULL, NULL);
	auto_buf text = BUF_INIT;
	ssize_t n;

	if ((a.node->flags & NODE_LINE) && !a.node->show)
		return read_answer(h, bytes, len, offset);
	if (a.node->flags & NODE_LINE) {
		n = tree_text(&a, &text);
		return n < 0 ? n : slice(&text, bytes, len, offset);
	}
	pthread_mutex_lock(&h->lock);
	n = slice(&h->text, bytes, len, offset);
	pthread_mutex_unlock(&h->lock);
	return n;
}

ssize_t handle_read(struct handle *h, void *bytes, size_t len, int64_t offset)
{
	switch (h->type) {
	case HANDLE_TEXT: return slice(&h->text, bytes, len, offset);
	case HANDLE_EDIT: return read_edit(h, bytes, len, offset);
	case HANDLE_UPLOAD: return upload_read(h->upload, bytes, len, offset);
	case HANDLE_SCRATCH: return scratch_read(h->fs, INO_ROW(h->ino), bytes, len, offset);
	case HANDLE_EVENTS: return eventlog_read(h->fs, bytes, len, offset);
	default: return -EINVAL;
	}
}

/* What was written is complete: it counts, or it is refused and the reason kept. With the lock held. */
static int judge(struct handle *h, const char *text, size_t len, const struct actor *who, struct err *e)
{
	struct ask a = tree_ask(h->fs, h->ino, who, e);
	int rc;

	a.answer = &h->answer;
	rc = a.node->put(&a, text, len);

	if (rc < 0)
		return alter_note(h->fs, INO_KIND(h->ino), a.row, rc, e);
	alter_done(h->fs, INO_KIND(h->ino), a.row);
	return 0;
}

static int judge_line(struct handle *h, size_t len, const struct actor *who, struct err *e)
{
	auto_free char *line = malloc(len + 1);
	int rc;

	if (!line)
		return -ENOMEM;
	memcpy(line, h->text.data, len); /* there may be NULs in it, which are refused below */
	line[len] = '\0';
	if (h->refusal &&
	    !(nodes[INO_KIND(h->ino)].flags & NODE_ORDERS)) /* a shell writes line by line, come what may */
		return err_set(e, h->refusal, "a line before it was refused");
	while (len > 0 && (line[len - 1] == '\r' || line[len - 1] == ' ' || line[len - 1] == '\t'))
		line[--len] = '\0';
	if (strlen(line) != len || !name_utf8(line, len)) {
		h->refusal = err_set(e, -EINVAL, "the line is not valid UTF-8 text");
		return alter_note(h->fs, INO_KIND(h->ino), INO_ROW(h->ino), h->refusal, e);
	}
	rc = h->refusal = judge(h, line, len, who, e);
	notify_attr(h->fs, h->ino); /* the kernel takes what was written for the file's size */
	return rc;
}

static int write_line(struct handle *h, const void *bytes, size_t len, const struct actor *who, struct err *e)
{
	char *end;
	int rc = h->text.len + len > LINE_MAX_BYTES ? -E2BIG : 0;

	if (rc == 0)
		buf_add(&h->text, bytes, len);
	if (h->text.failed)
		rc = -ENOMEM;
	while (rc == 0 && h->text.len && (end = memchr(h->text.data, '\n', h->text.len))) {
		size_t n = (size_t)(end - h->text.data);

		rc = judge_line(h, n, who, e);
		buf_drop(&h->text, n + 1);
	}
	if (rc < 0)
		buf_clear(&h->text);
	return rc;
}

static int resize(struct buf *b, size_t size)
{
	if (size > TREE_DOCUMENT_MAX)
		return -EFBIG;
	if (size > b->len && !buf_reserve(b, size - b->len)) {
		b->failed = false;
		return -ENOMEM;
	}
	if (size > b->len)
		memset(b->data + b->len, 0, size - b->len);
	b->len = size;
	if (b->data)
		b->data[size] = '\0';
	return 0;
}

static int write_document(struct handle *h, const void *bytes, size_t len, int64_t offset)
{
	int rc = 0;

	h->refusal = 0;
	if (offset > TREE_DOCUMENT_MAX)
		return -EFBIG;
	if ((size_t)offset + len > h->text.len)
		rc = resize(&h->text, (size_t)offset + len);
	if (rc == 0 && len)
		memcpy(h->text.data + offset, bytes, len);
	if (rc == 0)
		h->dirty = true;
	return rc;
}

int handle_write(struct handle *h, const void *bytes, size_t len, int64_t offset, const struct actor *who,
		 struct err *e)
{
	int rc;

	if (h->type == HANDLE_UPLOAD)
		return h->append ? upload_append(h->upload, bytes, len) : upload_write(h->upload, bytes, len, offset);
	if (h->type == HANDLE_SCRATCH)
		return scratch_write(h->fs, INO_ROW(h->ino), bytes, len, offset);
	if (h->type != HANDLE_EDIT)
		return -EBADF;
	pthread_mutex_lock(&h->lock);
	h->writer = *who;
	h->written = offset + (int64_t)len;
	if (nodes[INO_KIND(h->ino)].flags & NODE_LINE)
		rc = write_line(h, bytes, len, who, e);
	else
		rc = write_document(h, bytes, len, offset);
	pthread_mutex_unlock(&h->lock);
	return rc;
}

int handle_truncate(struct handle *h, int64_t size)
{
	int rc = 0;

	if (h->type == HANDLE_UPLOAD)
		return upload_truncate(h->upload, size);
	if (h->type == HANDLE_SCRATCH)
		return scratch_truncate(h->fs, INO_ROW(h->ino), size);
	if (h->type != HANDLE_EDIT)
		return -EBADF;
	pthread_mutex_lock(&h->lock);
	if (!(nodes[INO_KIND(h->ino)].flags & NODE_LINE)) {
		rc = resize(&h->text, (size_t)size);
		h->dirty = h->dirty || size > 0;
	}
	pthread_mutex_unlock(&h->lock);
	return rc;
}

/*
 * A document is judged once for what was written since; the first, empty flush of a shell's `>` says nothing. Who
 * closes the descriptor after that hears the same.
 */
static int flush_edit(struct handle *h, const struct actor *who, struct err *e)
{
	int rc = 0;

	pthread_mutex_lock(&h->lock);
	if (nodes[INO_KIND(h->ino)].flags & NODE_LINE) {
		if (h->text.len)
			rc = judge_line(h, h->text.len, who, e);
		buf_clear(&h->text);
	} else if (h->dirty) {
		h->dirty = false;
		rc = h->refusal = judge(h, buf_str(&h->text), h->text.len, who, e);
		notify_attr(h->fs, h->ino);
	} else if (h->refusal) {
		rc = err_set(e, h->refusal, "what was written to it was refused already");
	}
	pthread_mutex_unlock(&h->lock);
	return rc;
}

int handle_flush(struct handle *h, pid_t pid, const struct actor *who, struct err *e)
{
	if (!h->writes)
		return 0;
	if (h->type == HANDLE_UPLOAD)
		return upload_flush(h->upload, pid, who, e);
	return h->type == HANDLE_EDIT ? flush_edit(h, who, e) : 0;
}

bool handle_attr(struct handle *h, struct attr *out)
{
	bool own;

	if (h->type == HANDLE_UPLOAD) {
		upload_attr(h->upload, out);
		return true;
	}
	pthread_mutex_lock(&h->lock);
	own = h->type == HANDLE_EDIT && h->dirty;
	if (own) {
		out->size = (int64_t)h->text.len;
		out->timeout_s = 0;
	}
	pthread_mutex_unlock(&h->lock);
	return own;
}

bool handles_attr(struct fs *fs, uint64_t ino, struct attr *out)
{
	struct handle *h;
	struct stat sb;

	pthread_mutex_lock(&fs->handles->lock);
	for (h = fs->handles->first; h && !(h->ino == ino && (h->type == HANDLE_UPLOAD || h->type == HANDLE_FD));)
		h = h->next;
	if (h && h->type == HANDLE_UPLOAD)
		upload_attr(h->upload, out);
	else if (h && fstat(h->fd, &sb) == 0)
		out->size = sb.st_size;
	pthread_mutex_unlock(&fs->handles->lock);
	out->timeout_s = 0;
	return h;
}

void handle_close(struct handle *h, const struct actor *who)
{
	struct err e = ERR_INIT;

	delist(h);
	if (h->type == HANDLE_EDIT)
		flush_edit(h, h->dirty ? &h->writer : who, &e);
	if (h->upload && h->writes)
		upload_release(h->upload, who);
	else if (h->upload)
		upload_put(h->upload);
	free_handle(h);
}
