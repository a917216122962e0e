/* The end of an upload: what was written is taken in, and its writers go. */
#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "fs/folder.h"
#include "fs/linger.h"
#include "fs/notify.h"
#include "fs/upload_parts.h"
#include "platform/document.h"
#include "platform/refusal.h"
#include "platform/settings.h"
#include "platform/tempname.h"
#include "platform/work.h"

/* The hold that keeps a task from starting while somebody still writes; one at a time. */
void upload_hold(struct upload *u, int64_t task_row)
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
	struct upload_request r = { NULL, NULL, 0 };
	struct arrival a = { .box = &u->dir.box,
			     .parent_row = u->dir.parent_row,
			     .name = name,
			     .sha256 = sha256,
			     .size = size,
			     .quiet_ms = size ? 0 : settings_int(p, SETTING_EMPTY_QUIET) };
	bool committed;
	int rc = 0;

	upload_lock(u->fs);
	a.modified_at = u->modified_at;
	a.from_row = u->from_row;
	a.aside = !a.parent_row && !u->certain && tempname_maybe(name);
	a.own_task = u->committed ? u->held_task : 0;
	committed = u->committed;
	upload_unlock(u->fs);
	if (!a.parent_row && util_ends(name, ".json") && size > 0)
		rc = upload_request_read(u->fs, u->stage, name, size, &r, e);
	a.request = r.doc;
	a.attachment = r.attachment;
	a.n_attachments = r.n_attachments;
	a.row_id = committed ? store_reserve(p->store, e) : u->row;
	a.task_row = store_reserve(p->store, e);
	if (a.row_id < 0 || a.task_row < 0)
		rc = (int)(a.row_id < 0 ? a.row_id : a.task_row);
	if (rc == 0) {
		/* beside the hold that u has: while its task is written again, no worker may begin with the former
		 * bytes */
		work_hold(p, a.task_row);
		rc = inbox_accept(p, &a, who, out, e);
		if (rc == 0)
			upload_hold(u, out->task_row);
		work_lift(p, a.task_row);
	}
	upload_request_release(u->fs, &r);
	return rc;
}

int upload_commit(struct upload *u, const struct actor *who, struct err *e)
{
	char sha256[SHA256_HEX_BYTES], name[NAME_BYTES];
	struct acceptance out;
	int64_t size;
	int rc;

	upload_lock(u->fs);
	u->dirty = false;
	memcpy(name, u->name, sizeof(name));
	rc = u->hole ? err_set(e, u->hole, "a write to '%s' failed: %s; write it again", name, strerror(-u->hole)) : 0;
	upload_unlock(u->fs);
	if (rc == 0)
		rc = stage_seal(u->stage, sha256, &size, e);
	if (rc == 0) {
		rc = accept_sealed(u, name, sha256, size, who, &out, e);
		blob_unpin(u->fs->p->blobs, sha256);
		if (rc < 0) /* no row may name the bytes: who still reads them has them open */
			document_forget(u->fs->p, sha256);
	}
	upload_lock(u->fs);
	if (rc == 0) {
		u->committed = true;
		u->hidden = false;
		u->drop_row = out.drop_row;
		u->from_row = 0;
		u->loose = !out.task_row;
	} else {
		u->dirty = true;
		u->refused = true;
		u->refusal = rc;
	}
	upload_unlock(u->fs);
	if (rc < 0 && e) {
		e->code = rc;
		refusal_note(u->fs->p, REFUSAL_INBOX, u->dir.box.number, e);
	}
	return rc;
}

bool upload_wants(const struct upload *u)
{
	return u->dirty && !u->temporary && !u->interrupted && !u->refused && u->in_table;
}

static bool wants_commit(struct upload *u)
{
	bool wants;

	upload_lock(u->fs);
	wants = upload_wants(u);
	upload_unlock(u->fs);
	return wants;
}

static int commit_if_wanted(struct upload *u, const struct actor *who, struct err *e)
{
	int rc = 0;

	pthread_mutex_lock(&u->commit_lock);
	if (wants_commit(u))
		rc = upload_commit(u, who, e);
	pthread_mutex_unlock(&u->commit_lock);
	return rc;
}

static void note_interrupted(struct upload *u)
{
	struct err e;

	upload_lock(u->fs);
	u->interrupted = true;
	err_set(&e, -EINTR, "the program that wrote '%s' was killed: the file is not submitted; write it again",
		u->name);
	upload_unlock(u->fs);
	refusal_note(u->fs->p, REFUSAL_INBOX, u->dir.box.number, &e);
	log_warn("%s", e.text);
}

/* Nothing is new for this descriptor: what the flush of another was told is true for it too. */
static int last_answer(struct upload *u, struct err *e)
{
	int rc;

	upload_lock(u->fs);
	rc = u->refused && u->in_table ? u->refusal : 0;
	if (rc < 0)
		err_set(e, rc, "'%s' was not taken in", u->name);
	upload_unlock(u->fs);
	return rc;
}

static bool has_hole(struct upload *u)
{
	bool has;

	upload_lock(u->fs);
	has = u->hole;
	upload_unlock(u->fs);
	return has;
}

int upload_flush(struct upload *u, pid_t pid, const struct actor *who, struct err *e)
{
	pid_t writer = linger_process(pid);
	int rc = 0;

	upload_lock(u->fs);
	u->writer = writer;
	u->closed = u->flushed = true;
	u->who = *who;
	upload_unlock(u->fs);
	pthread_mutex_lock(&u->commit_lock); /* what is just being taken in is durable before this returns */
	if (!wants_commit(u))
		rc = last_answer(u, e);
	else if (linger_killed(pid))
		note_interrupted(u);
	else if (stage_size(u->stage) > 0 ||
		 has_hole(u)) /* a shell closes a copy before it writes: empty waits for the last writer */
		rc = upload_commit(u, who, e);
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

	upload_lock(u->fs);
	while (u->writers == 1 && upload_wants(u)) {
		upload_unlock(u->fs);
		if (commit_if_wanted(u, who, &e) < 0)
			log_error("a file was not taken in: %s", e.text);
		upload_lock(u->fs);
	}
	last = --u->writers == 0;
	*ended = last && (u->refused || !(u->temporary || u->interrupted));
	if (*ended && u->in_table)
		upload_take_out(u);
	upload_unlock(u->fs);
	return last;
}

static void last_writer_gone(struct upload *u, bool ended)
{
	char name[NAME_BYTES];
	struct dropdir dir;
	int64_t drop_row;
	pid_t writer;
	bool doubtful;

	upload_lock(u->fs);
	dir = u->dir;
	memcpy(name, u->name, sizeof(name));
	drop_row = u->committed ? u->drop_row : 0;
	writer = u->writer;
	doubtful = drop_row && u->loose && !dir.parent_row && tempname_maybe(name);
	upload_unlock(u->fs);
	if (doubtful)
		folder_doubt(u->fs, drop_row);
	if (drop_row && writer)
		linger_add(u->fs, &dir, name, drop_row, writer);
	if (ended && !drop_row)
		notify_gone(u->fs, dir.box.number, dir.parent_row);
	pthread_mutex_lock(&u->commit_lock); /* a rename holds and lifts too */
	upload_hold(u, 0);
	pthread_mutex_unlock(&u->commit_lock);
	if (dir.parent_row)
		folder_stir(u->fs, dir.parent_row);
}

void upload_release(struct upload *u, const struct actor *who)
{
	struct actor closer;
	bool ended;

	upload_lock(u->fs);
	closer = u->closed ? u->who : *who;
	upload_unlock(u->fs);
	if (drop_writer(u, &closer, &ended))
		last_writer_gone(u, ended);
	upload_put(u);
}

int upload_submit(struct fs *fs, int64_t row, const struct actor *who, struct err *e)
{
	struct upload *u;
	bool alone;
	int rc = upload_open(fs, row, false, who->uid, &u, e);

	if (rc < 0)
		return rc;
	pthread_mutex_lock(&u->commit_lock);
	upload_lock(fs);
	alone = u->writers == 1 && u->committed && u->loose && u->in_table;
	if (alone) { /* else another writer's release will have it looked at again */
		u->from_row = u->drop_row;
		u->committed = false;
		u->dirty = u->certain = true;
	}
	upload_unlock(fs);
	if (alone)
		rc = upload_commit(u, who, e);
	pthread_mutex_unlock(&u->commit_lock);
	upload_release(u, who);
	return rc;
}
