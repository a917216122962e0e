#include "fs/upload.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "fs/folder.h"
#include "fs/linger.h"
#include "fs/notify.h"
#include "platform/tempname.h"
#include "platform/refusal.h"
#include "platform/settings.h"
#include "platform/work.h"

#define DOUBTFUL_MS 2000

struct upload {
	struct fs *fs;
	int64_t row; /* of its inode */
	uid_t owner;
	pthread_mutex_t commit_lock; /* one seal and commit at a time; taken before the table's lock */
	struct stage *stage;

	/* changed only under both locks */
	struct dropdir dir;
	int64_t from_row; /* the entry that it is in the store, elsewhere, until it is taken in here */

	/* guarded by the table's lock */
	char name[NAME_BYTES];
	unsigned refs, writers;
	bool in_table, temporary, interrupted;
	bool dirty;        /* written since the last commit */
	bool committed;    /* the store shows it */
	bool refused;      /* what was written is not acceptable: it ends with its last writer */
	int refusal;       /* why, for those who close it after that */
	bool removed;      /* nobody wants it any more, also when it is just being taken in */
	int64_t drop_row;  /* the entry in the store */
	int64_t held_task; /* 0, or the task that waits for the last writer */
	int64_t modified_at;
	pid_t writer;     /* the process that closed it last, */
	bool closed;      /* and when there was one, */
	bool flushed;     /* and nothing was written since, */
	struct actor who; /* on whose behalf: the kernel releases for nobody */
	struct upload *next;
};

struct uploads {
	pthread_mutex_t lock;
	struct upload *first;
};

struct uploads *uploads_new(void)
{
	struct uploads *us = xcalloc(1, sizeof(*us));

	pthread_mutex_init(&us->lock, NULL);
	return us;
}

static void lock(const struct fs *fs)
{
	pthread_mutex_lock(&fs->uploads->lock);
}

static void unlock(const struct fs *fs)
{
	pthread_mutex_unlock(&fs->uploads->lock);
}

static void free_upload(struct upload *u)
{
	stage_free(u->stage);
	pthread_mutex_destroy(&u->commit_lock);
	free(u);
}

void uploads_free(struct uploads *us)
{
	if (!us)
		return;
	while (us->first) {
		struct upload *u = us->first;

		us->first = u->next;
		free_upload(u);
	}
	pthread_mutex_destroy(&us->lock);
	free(us);
}

/* With the lock held. */
static void take_out(struct upload *u)
{
	struct upload **at = &u->fs->uploads->first;

	while (*at && *at != u)
		at = &(*at)->next;
	if (*at)
		*at = u->next;
	u->in_table = false;
}

static void put_in(struct upload *u)
{
	u->next = u->fs->uploads->first;
	u->fs->uploads->first = u;
	u->in_table = true;
}

static bool same_dir(const struct upload *u, const struct dropdir *dir)
{
	return u->dir.box.number == dir->box.number && u->dir.parent_row == dir->parent_row;
}

static struct upload *find_row(struct fs *fs, int64_t row)
{
	struct upload *u = fs->uploads->first;

	while (u && u->row != row)
		u = u->next;
	return u;
}

static struct upload *find_name(struct fs *fs, const struct dropdir *dir, const char *name)
{
	struct upload *u = fs->uploads->first;

	while (u && !(same_dir(u, dir) && streq(u->name, name)))
		u = u->next;
	return u;
}

int64_t upload_row(const struct upload *u)
{
	return u->row;
}

struct upload *upload_get(struct fs *fs, int64_t row)
{
	struct upload *u;

	lock(fs);
	u = find_row(fs, row);
	if (u)
		u->refs++;
	unlock(fs);
	return u;
}

void upload_put(struct upload *u)
{
	struct fs *fs = u->fs;
	bool gone;

	lock(fs);
	gone = --u->refs == 0 && !u->in_table;
	unlock(fs);
	if (gone)
		free_upload(u);
}

static int new_upload(struct fs *fs, const struct dropdir *dir, int64_t row, const char *name, struct upload **out,
		      struct err *e)
{
	struct upload *u = xcalloc(1, sizeof(*u));
	int rc;

	u->fs = fs;
	u->dir = *dir;
	u->row = row;
	u->refs = u->writers = 1;
	u->modified_at = clock_now_ms();
	snprintf(u->name, sizeof(u->name), "%s", name);
	u->temporary = tempname_is(name);
	pthread_mutex_init(&u->commit_lock, NULL);
	rc = stage_new(fs->p->blobs, &u->stage, e);
	if (rc < 0)
		free_upload(u);
	else
		*out = u;
	return rc;
}

int upload_create(struct fs *fs, const struct dropdir *dir, const char *name, uid_t owner, struct upload **out,
		  struct err *e)
{
	int64_t row = store_reserve(fs->p->store, e);
	int rc = row < 0 ? (int)row : new_upload(fs, dir, row, name, out, e);

	if (rc < 0)
		return rc;
	lock(fs);
	if (find_name(fs, dir, name))
		rc = err_set(e, -EEXIST, "'%s' is being written already", name);
	else
		put_in(*out);
	(*out)->dirty = true;
	(*out)->owner = owner;
	unlock(fs);
	if (rc < 0)
		free_upload(*out);
	return rc;
}

/* An entry of the store as an upload: its bytes are loaded, unless they are about to be replaced. */
static int from_store(struct fs *fs, int64_t row, bool truncate, struct upload **out, struct err *e)
{
	struct dropdir dir = { .parent_row = 0 };
	struct drop d;
	int rc = inbox_get(fs->p, row, &d, e);

	if (rc < 0)
		return rc;
	rc = folder_box(fs, d.inbox, &dir.box, e);
	dir.parent_row = d.parent_row;
	if (rc == 0)
		rc = new_upload(fs, &dir, row, d.name, out, e);
	if (rc == 0 && !truncate) {
		rc = stage_load((*out)->stage, d.sha256, e);
		if (rc < 0)
			free_upload(*out);
	}
	if (rc == 0) {
		(*out)->committed = true;
		(*out)->drop_row = row;
		(*out)->owner = (uid_t)d.uid;
		(*out)->modified_at = d.modified_at;
	}
	row_release(&drop_table, &d);
	return rc;
}

int upload_open(struct fs *fs, int64_t row, bool truncate, struct upload **out, struct err *e)
{
	struct upload *u = NULL, *fresh = NULL;
	int rc = 0;

	while (rc == 0 && !u) { /* again, when the one that was there ended meanwhile */
		lock(fs);
		u = find_row(fs, row);
		if (u) {
			u->refs++;
			u->writers++;
		} else if (fresh) {
			u = steal(fresh);
			put_in(u);
		}
		unlock(fs);
		if (!u)
			rc = from_store(fs, row, truncate, &fresh, e);
	}
	if (fresh)
		free_upload(fresh);
	if (rc == 0 && truncate) {
		rc = upload_truncate(u, 0);
		if (rc < 0)
			upload_release(u, &(struct actor){ .uid = u->owner });
	}
	*out = u;
	return rc;
}

ssize_t upload_read(struct upload *u, void *bytes, size_t len, int64_t offset)
{
	return stage_read(u->stage, bytes, len, offset);
}

static void mark_written(struct upload *u)
{
	lock(u->fs);
	u->dirty = true;
	u->refused = u->interrupted = u->flushed = false;
	u->refusal = 0;
	u->modified_at = clock_now_ms();
	unlock(u->fs);
}

int upload_write(struct upload *u, const void *bytes, size_t len, int64_t offset)
{
	int rc = stage_write(u->stage, bytes, len, offset);

	if (rc == 0)
		mark_written(u);
	return rc;
}

int upload_truncate(struct upload *u, int64_t size)
{
	bool dirty;
	int rc;

	lock(u->fs);
	dirty = u->dirty;
	unlock(u->fs);
	if (size == stage_size(u->stage) && dirty)
		return 0;
	rc = stage_truncate(u->stage, size);
	if (rc == 0)
		mark_written(u);
	return rc;
}

int upload_touch(struct upload *u, int64_t modified_at)
{
	int64_t drop_row;

	lock(u->fs);
	u->modified_at = modified_at;
	drop_row = u->committed && !u->dirty ? u->drop_row : 0;
	unlock(u->fs);
	return drop_row ? inbox_touch(u->fs->p, drop_row, modified_at, NULL) : 0;
}

static int64_t quiet_ms(struct platform *p, const char *name, int64_t size)
{
	if (size == 0)
		return settings_int(p, SETTING_EMPTY_QUIET);
	return tempname_maybe(name) ? DOUBTFUL_MS : 0;
}

/* A hold that keeps the task from starting while somebody still writes; one at a time. */
static void hold_task(struct upload *u, int64_t task_row)
{
	int64_t was = u->held_task;

	if (task_row == was)
		return;
	if (task_row)
		work_hold(u->fs->p, task_row);
	u->held_task = task_row;
	if (was)
		work_lift(u->fs->p, was);
}

static int accept_sealed(struct upload *u, const char *name, const char *sha256, int64_t size, const struct actor *who,
			 struct acceptance *out, struct err *e)
{
	struct platform *p = u->fs->p;
	struct upload_request r = { NULL, { "", "", 0 }, 0 };
	struct arrival a = { .box = &u->dir.box,
			     .parent_row = u->dir.parent_row,
			     .name = name,
			     .sha256 = sha256,
			     .size = size,
			     .quiet_ms = quiet_ms(p, name, size) };
	bool committed;
	int rc = 0;

	lock(u->fs);
	a.modified_at = u->modified_at;
	a.from_row = u->from_row;
	committed = u->committed;
	unlock(u->fs);
	if (!a.parent_row && util_ends(name, ".json") && size > 0)
		rc = upload_request_read(u->fs, u->stage, name, size, &r, e);
	a.request = r.doc;
	a.attachment = &r.attachment;
	a.n_attachments = r.n_attachments;
	a.row_id = committed ? store_reserve(p->store, e) : u->row;
	a.task_row = store_reserve(p->store, e);
	if (a.row_id < 0 || a.task_row < 0)
		rc = -EIO;
	if (rc == 0) {
		/* beside the hold that u has: while its task is written again, no worker may begin with the former
		 * bytes */
		work_hold(p, a.task_row);
		rc = inbox_accept(p, &a, who, out, e);
		if (rc == 0)
			hold_task(u, out->task_row);
		work_lift(p, a.task_row);
	}
	json_decref(r.doc);
	return rc;
}

/* With commit_lock held. */
static int commit(struct upload *u, const struct actor *who, struct err *e)
{
	char sha256[SHA256_HEX_BYTES], name[NAME_BYTES];
	struct acceptance out;
	bool removed;
	int64_t size;
	int rc;

	lock(u->fs);
	u->dirty = false;
	memcpy(name, u->name, sizeof(name));
	unlock(u->fs);
	rc = stage_seal(u->stage, sha256, &size, e);
	if (rc == 0) {
		rc = accept_sealed(u, name, sha256, size, who, &out, e);
		blob_unpin(u->fs->p->blobs, sha256);
	}
	lock(u->fs);
	if (rc == 0) {
		u->committed = true;
		u->drop_row = out.drop_row;
		u->from_row = 0;
	} else {
		u->dirty = true;
		u->refused = true;
		u->refusal = rc;
	}
	removed = u->removed;
	unlock(u->fs);
	if (rc == 0 && removed) /* who removed it found nothing in the store yet */
		inbox_remove(u->fs->p, out.drop_row, who, NULL);
	if (rc < 0 && e) {
		e->code = rc;
		refusal_note(u->fs->p, REFUSAL_INBOX, u->dir.box.number, e);
	}
	return rc;
}

/* With the table's lock held. */
static bool is_wanting(const struct upload *u)
{
	return u->dirty && !u->temporary && !u->interrupted && !u->refused && u->in_table;
}

static bool wants_commit(struct upload *u)
{
	bool wants;

	lock(u->fs);
	wants = is_wanting(u);
	unlock(u->fs);
	return wants;
}

static int commit_if_wanted(struct upload *u, const struct actor *who, struct err *e)
{
	int rc = 0;

	pthread_mutex_lock(&u->commit_lock);
	if (wants_commit(u))
		rc = commit(u, who, e);
	pthread_mutex_unlock(&u->commit_lock);
	return rc;
}

static void note_interrupted(struct upload *u)
{
	struct err e;

	lock(u->fs);
	u->interrupted = true;
	err_set(&e, -EINTR, "the program that wrote '%s' was killed: the file is not submitted; write it again",
		u->name);
	unlock(u->fs);
	refusal_note(u->fs->p, REFUSAL_INBOX, u->dir.box.number, &e);
	log_warn("%s", e.text);
}

/* Nothing is new for this descriptor: what the flush of another was told is true for it too. */
static int last_answer(struct upload *u, struct err *e)
{
	int rc;

	lock(u->fs);
	rc = u->refused && u->in_table ? u->refusal : 0;
	if (rc < 0)
		err_set(e, rc, "'%s' was not taken in", u->name);
	unlock(u->fs);
	return rc;
}

int upload_flush(struct upload *u, pid_t pid, const struct actor *who, struct err *e)
{
	pid_t writer = linger_process(pid);
	int rc = 0;

	lock(u->fs);
	u->writer = writer;
	u->closed = u->flushed = true;
	u->who = *who;
	unlock(u->fs);
	pthread_mutex_lock(&u->commit_lock); /* what is just being taken in is durable before this returns */
	if (!wants_commit(u))
		rc = last_answer(u, e);
	else if (linger_killed(pid))
		note_interrupted(u);
	else if (stage_size(u->stage) > 0) /* a shell closes a copy before it writes: empty waits for the last writer */
		rc = commit(u, who, e);
	pthread_mutex_unlock(&u->commit_lock);
	return rc;
}

/*
 * A writer goes; true when it was the last, and *ended when the upload goes with it: what is temporary or was
 * interrupted stays. Whether there is something to take in is asked again when the writer is counted out, since a
 * rename that finds a writer leaves the file to it.
 */
static bool drop_writer(struct upload *u, const struct actor *who, bool *ended)
{
	struct err e = ERR_INIT;
	bool last;

	lock(u->fs);
	while (u->writers == 1 && is_wanting(u)) {
		unlock(u->fs);
		if (commit_if_wanted(u, who, &e) < 0)
			log_error("'%s' was not taken in: %s", u->name, e.text);
		lock(u->fs);
	}
	last = --u->writers == 0;
	*ended = last && (u->refused || !(u->temporary || u->interrupted));
	if (*ended && u->in_table)
		take_out(u);
	unlock(u->fs);
	return last;
}

static void last_writer_gone(struct upload *u, bool ended)
{
	char name[NAME_BYTES];
	struct dropdir dir;
	int64_t drop_row;
	pid_t writer;

	lock(u->fs);
	dir = u->dir;
	memcpy(name, u->name, sizeof(name));
	drop_row = u->committed ? u->drop_row : 0;
	writer = u->writer;
	unlock(u->fs);
	if (drop_row && writer)
		linger_add(u->fs, &dir, name, drop_row, writer);
	if (ended && !drop_row)
		notify_gone(u->fs, dir.box.number, dir.parent_row);
	pthread_mutex_lock(&u->commit_lock); /* a rename holds and lifts too */
	hold_task(u, 0);
	pthread_mutex_unlock(&u->commit_lock);
	if (dir.parent_row)
		folder_stir(u->fs, dir.parent_row);
}

void upload_release(struct upload *u, const struct actor *who)
{
	struct actor closer;
	bool ended;

	lock(u->fs);
	closer = u->closed ? u->who : *who;
	unlock(u->fs);
	if (drop_writer(u, &closer, &ended))
		last_writer_gone(u, ended);
	upload_put(u);
}

/* With the lock held. */
static void give_name(struct upload *u, const char *name)
{
	snprintf(u->name, sizeof(u->name), "%s", name);
	u->temporary = tempname_is(name);
}

/* Who else has its name loses it; its writers may go on. With the lock held; what is returned is to be freed. */
static struct upload *displace_other(const struct upload *u)
{
	struct upload *other = u->fs->uploads->first;

	while (other && (other == u || !same_dir(other, &u->dir) || !streq(other->name, u->name)))
		other = other->next;
	if (!other)
		return NULL;
	take_out(other);
	other->refused = true;
	return other->refs == 0 ? other : NULL;
}

/* What an upload was, for when its new name is refused. */
struct former {
	char name[NAME_BYTES];
	struct dropdir dir;
	bool interrupted, committed, dirty;
};

/* With the lock held. */
static void take_place(struct upload *u, const struct dropdir *to, const char *name, struct former *was)
{
	memcpy(was->name, u->name, sizeof(was->name));
	was->dir = u->dir;
	was->interrupted = u->interrupted;
	was->committed = u->committed;
	was->dirty = u->dirty;
	if (u->committed)
		u->from_row = u->drop_row;
	u->dir = *to;
	give_name(u, name);
	u->interrupted = u->refused = u->committed = false;
	u->dirty = !u->temporary || u->dirty;
}

static void go_back(struct upload *u, const struct former *was)
{
	u->dir = was->dir;
	give_name(u, was->name);
	u->interrupted = was->interrupted;
	u->committed = was->committed;
	u->dirty = was->dirty;
	u->refused = false;
	u->from_row = 0;
}

/*
 * With commit_lock held: the upload was not taken in yet, or in another directory. When that is refused under the new
 * name, it keeps the old.
 */
static int rename_staged(struct upload *u, const struct dropdir *to, const char *name, const struct actor *who,
			 struct err *e)
{
	struct upload *unused = NULL;
	struct former was;
	bool now;
	int rc = 0;

	lock(u->fs);
	take_place(u, to, name, &was);
	/* the kernel releases later than close(2) returns */
	now = !u->temporary && (u->writers == 0 || u->flushed || was.committed);
	unlock(u->fs);
	if (now && wants_commit(u))
		rc = commit(u, who, e);
	lock(u->fs);
	if (rc < 0) {
		go_back(u, &was);
	} else {
		unused = displace_other(u);
		now = now && u->writers == 0;
		if (now && u->in_table)
			take_out(u);
	}
	unlock(u->fs);
	if (unused)
		free_upload(unused);
	if (now)
		hold_task(u, 0);
	return rc;
}

int upload_rename(struct upload *u, const struct dropdir *to, const char *name, const struct actor *who, struct err *e)
{
	bool committed, moved;
	int rc;

	pthread_mutex_lock(&u->commit_lock); /* its last writer may just be having it taken in */
	lock(u->fs);
	committed = u->committed;
	moved = !same_dir(u, to);
	unlock(u->fs);
	if (committed && !moved)
		rc = inbox_rename(u->fs->p, u->drop_row, name, e);
	else
		rc = committed && tempname_is(name) ? -EXDEV : rename_staged(u, to, name, who, e);
	if (committed && !moved && rc == 0) { /* what is written from now on is of that name */
		lock(u->fs);
		give_name(u, name);
		unlock(u->fs);
	}
	pthread_mutex_unlock(&u->commit_lock);
	return rc;
}

void upload_remove(struct upload *u)
{
	lock(u->fs);
	if (u->in_table)
		take_out(u);
	u->refused = u->removed = true;
	unlock(u->fs);
}

int upload_find(struct fs *fs, const struct dropdir *dir, const char *name, int64_t *row)
{
	struct upload *u;
	int rc = -ENOENT;

	lock(fs);
	u = find_name(fs, dir, name);
	if (u && !(u->committed && u->drop_row != u->row)) {
		*row = u->row;
		rc = 0;
	}
	unlock(fs);
	return rc;
}

void upload_list(struct fs *fs, const struct dropdir *dir, struct listing *out)
{
	lock(fs);
	for (struct upload *u = fs->uploads->first; u; u = u->next)
		if (same_dir(u, dir) && !u->committed)
			listing_add(out, u->name, NODE_ENTRY, u->row);
	unlock(fs);
}

bool upload_stat(struct fs *fs, int64_t row, struct attr *out)
{
	struct upload *u = upload_get(fs, row);

	if (!u)
		return false;
	out->size = stage_size(u->stage);
	out->timeout_s = 0;
	lock(fs);
	out->modified_at = u->modified_at;
	if (fs->o.allow_other)
		out->owner = u->owner;
	unlock(fs);
	upload_put(u);
	return true;
}

bool upload_in_folder(struct fs *fs, int64_t folder_row)
{
	bool found = false;

	lock(fs);
	for (struct upload *u = fs->uploads->first; u && !found; u = u->next)
		found = u->writers && u->dir.parent_row && folder_is_in(fs, u->dir.parent_row, folder_row);
	unlock(fs);
	return found;
}
