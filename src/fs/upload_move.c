/* Uploads that get another name, give theirs away, or go. */
#include <errno.h>
#include <stdlib.h>

#include "fs/upload_parts.h"
#include "platform/tempname.h"

/*
 * The upload that has the name which u, or an entry of the store, is to get: held so that it is not taken in meanwhile.
 * Renames in one directory come one by one, so nobody waits for u while we wait for it.
 */
static struct upload *begin_over(struct upload *over)
{
	if (over)
		over->refs++;
	return over;
}

static void lock_over(struct upload *over)
{
	if (over)
		pthread_mutex_lock(&over->commit_lock);
}

/* It has lost its name: its writers write for nobody, unless they are another's: they drop a file of their own. */
static void end_over(struct upload *over, uid_t owner, bool done)
{
	if (!over)
		return;
	upload_lock(over->fs);
	if (done && over->owner != owner && over->writers) {
		over->hidden = true;
	} else if (done) {
		if (over->in_table)
			upload_take_out(over);
		over->refused = true;
	}
	upload_unlock(over->fs);
	pthread_mutex_unlock(&over->commit_lock);
	upload_put(over);
}

/* An upload that nobody writes any more has been taken in: it is the store's now. */
static void let_go(struct upload *u)
{
	bool now;

	upload_lock(u->fs);
	now = u->writers == 0 && u->in_table;
	if (now)
		upload_take_out(u);
	now = u->writers == 0;
	upload_unlock(u->fs);
	if (now)
		upload_hold(u, 0);
}

/*
 * What was cut off is complete now, and is taken in where its writers have closed it; else they will do that. *now: as
 * the store had it already, or out: it was for them
 */
static int commit_under(struct upload *u, bool *now, const struct actor *who, struct err *e)
{
	bool wants;

	upload_lock(u->fs);
	/* the kernel releases later than close(2) returns */
	*now = !u->temporary && (u->writers == 0 || u->flushed || *now);
	wants = *now && upload_wants(u);
	upload_unlock(u->fs);
	return wants ? upload_commit(u, who, e) : 0;
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
	upload_give_name(u, name);
	u->interrupted = u->refused = u->committed = false;
	u->dirty = !u->temporary || u->dirty;
}

static void go_back(struct upload *u, const struct former *was)
{
	u->dir = was->dir;
	upload_give_name(u, was->name);
	u->interrupted = was->interrupted;
	u->committed = was->committed;
	u->dirty = was->dirty;
	u->refused = false;
	u->from_row = 0;
}

/* The upload was not taken in yet, or elsewhere, or set aside. When that is refused under the new name, it keeps the
 * old.
 */
static int rename_staged(struct upload *u, const struct dropdir *to, const char *name, const struct actor *who,
			 struct err *e)
{
	struct former was;
	bool now;
	int rc;

	upload_lock(u->fs);
	take_place(u, to, name, &was);
	upload_unlock(u->fs);
	now = was.committed;
	rc = commit_under(u, &now, who, e);
	if (rc < 0) {
		upload_lock(u->fs);
		go_back(u, &was);
		upload_unlock(u->fs);
	} else if (now) {
		let_go(u);
	}
	return rc;
}

/* The store has it. Where a rewrite of it was interrupted, that counts now, before the name changes. */
static int rename_committed(struct upload *u, const char *name, const struct actor *who, struct err *e)
{
	bool interrupted, now = false;
	int64_t drop_row;
	int rc = 0;

	upload_lock(u->fs);
	interrupted = u->interrupted;
	u->interrupted = false;
	upload_unlock(u->fs);
	if (interrupted && !tempname_is(name))
		rc = commit_under(u, &now, who, e);
	upload_lock(u->fs);
	drop_row = u->drop_row;
	upload_unlock(u->fs);
	if (rc == 0)
		rc = inbox_rename(u->fs->p, drop_row, name, true, e);
	upload_lock(u->fs);
	if (rc == 0) /* what is written from now on is of that name */
		upload_give_name(u, name);
	if (interrupted && (rc < 0 || u->temporary)) {
		u->interrupted = u->dirty;
		u->refused = false;
	}
	upload_unlock(u->fs);
	if (now)
		let_go(u);
	return rc;
}

int upload_rename(struct upload *u, const struct dropdir *to, const char *name, const struct actor *who, struct err *e)
{
	struct upload *over;
	uid_t owner;
	bool committed, moved;
	int rc;

	pthread_mutex_lock(&u->commit_lock); /* its last writer may just be having it taken in */
	upload_lock(u->fs);
	committed = u->committed;
	owner = u->owner;
	moved = !upload_is_in(u, to) || (u->loose && !u->dir.parent_row && !tempname_is(name));
	over = begin_over(upload_named(u->fs, to, name, u));
	upload_unlock(u->fs);
	lock_over(over);
	if (committed && moved && tempname_is(name))
		rc = -EXDEV;
	else if (committed && !moved)
		rc = rename_committed(u, name, who, e);
	else
		rc = rename_staged(u, to, name, who, e);
	end_over(over, owner, rc == 0);
	pthread_mutex_unlock(&u->commit_lock);
	return rc;
}

int upload_rename_entry(struct fs *fs, const struct dropdir *dir, int64_t drop_row, const char *name,
			const struct actor *who, struct err *e)
{
	struct upload *over;
	int rc;

	upload_lock(fs);
	over = begin_over(upload_named(fs, dir, name, NULL));
	upload_unlock(fs);
	lock_over(over);
	rc = inbox_rename(fs->p, drop_row, name, true, e);
	end_over(over, who->uid, rc == 0);
	return rc;
}

static void give_up(struct upload *u)
{
	upload_lock(u->fs);
	if (u->in_table)
		upload_take_out(u);
	u->refused = true;
	upload_unlock(u->fs);
}

/* What is just being taken in would come back under the name. Where that was as another entry, that one goes. */
int upload_remove(struct upload *u, int64_t row, const struct actor *who, struct err *e)
{
	int rc;

	pthread_mutex_lock(&u->commit_lock);
	upload_lock(u->fs);
	if (u->committed)
		row = u->drop_row;
	upload_unlock(u->fs);
	rc = inbox_remove(u->fs->p, row, who, e);
	if (rc == -ENOENT)
		rc = 0;
	if (rc == 0)
		give_up(u);
	pthread_mutex_unlock(&u->commit_lock);
	return rc;
}
