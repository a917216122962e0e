#include "fs/upload.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "fs/folder.h"
#include "fs/upload_parts.h"
#include "platform/tempname.h"

struct uploads *uploads_new(void)
{
	struct uploads *us = xcalloc(1, sizeof(*us));

	pthread_mutex_init(&us->lock, NULL);
	pthread_cond_init(&us->loaded, NULL);
	return us;
}

void upload_lock(const struct fs *fs)
{
	pthread_mutex_lock(&fs->uploads->lock);
}

void upload_unlock(const struct fs *fs)
{
	pthread_mutex_unlock(&fs->uploads->lock);
}

void upload_free(struct upload *u)
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
		upload_free(u);
	}
	pthread_mutex_destroy(&us->lock);
	pthread_cond_destroy(&us->loaded);
	free(us);
}

void upload_take_out(struct upload *u)
{
	struct upload **at = &u->fs->uploads->first;

	while (*at && *at != u)
		at = &(*at)->next;
	if (*at)
		*at = u->next;
	u->in_table = false;
}

void upload_put_in(struct upload *u)
{
	u->next = u->fs->uploads->first;
	u->fs->uploads->first = u;
	u->in_table = true;
}

void upload_give_name(struct upload *u, const char *name)
{
	snprintf(u->name, sizeof(u->name), "%s", name);
	u->temporary = tempname_is(name);
}

bool upload_is_in(const struct upload *u, const struct dropdir *dir)
{
	return !u->loading && u->dir.box.number == dir->box.number && u->dir.parent_row == dir->parent_row;
}

/* An entry whose bytes were written anew after its work had ended is another entry then: both inodes mean it. */
static struct upload *find_row(struct fs *fs, int64_t row)
{
	struct upload *u = fs->uploads->first;

	while (u && u->row != row && !(u->committed && u->drop_row == row))
		u = u->next;
	return u;
}

struct upload *upload_named(struct fs *fs, const struct dropdir *dir, const char *name, const struct upload *but)
{
	struct upload *u = fs->uploads->first;

	while (u && (u == but || u->hidden || !upload_is_in(u, dir) || !streq(u->name, name)))
		u = u->next;
	return u;
}

void upload_dir(struct upload *u, struct dropdir *out)
{
	upload_lock(u->fs);
	*out = u->dir;
	upload_unlock(u->fs);
}

int64_t upload_row(const struct upload *u)
{
	return u->row;
}

static void wait_loaded(struct upload *u)
{
	while (u->loading)
		pthread_cond_wait(&u->fs->uploads->loaded, &u->fs->uploads->lock);
}

struct upload *upload_get(struct fs *fs, int64_t row)
{
	struct upload *u;
	bool failed = false;

	upload_lock(fs);
	u = find_row(fs, row);
	if (u) {
		u->refs++;
		wait_loaded(u);
		failed = u->load_failed < 0;
	}
	upload_unlock(fs);
	if (failed)
		upload_put(u);
	return failed ? NULL : u;
}

struct upload *upload_get_loaded(struct fs *fs, int64_t row)
{
	struct upload *u;

	upload_lock(fs);
	u = find_row(fs, row);
	if (u && u->loading)
		u = NULL;
	if (u)
		u->refs++;
	upload_unlock(fs);
	return u;
}

void upload_put(struct upload *u)
{
	struct fs *fs = u->fs;
	bool gone;

	upload_lock(fs);
	gone = --u->refs == 0 && !u->in_table;
	upload_unlock(fs);
	if (gone)
		upload_free(u);
}

/* One that is not in the table yet, open for writing. */
static int new_upload(struct fs *fs, int64_t row, uid_t owner, struct upload **out, struct err *e)
{
	struct upload *u = xcalloc(1, sizeof(*u));
	int rc;

	u->fs = fs;
	u->row = row;
	u->owner = owner;
	u->refs = u->writers = 1;
	u->modified_at = clock_now_ms();
	pthread_mutex_init(&u->commit_lock, NULL);
	rc = stage_new(fs->p->blobs, &u->stage, e);
	if (rc < 0)
		upload_free(u);
	else
		*out = u;
	return rc;
}

/* A new file of that user; hidden: under a name that another's file has. */
static int begin_file(struct fs *fs, const struct dropdir *dir, const char *name, uid_t owner, bool hidden,
		      struct upload **out, struct err *e)
{
	int64_t row = store_reserve(fs->p->store, e);
	int rc = row < 0 ? (int)row : new_upload(fs, row, owner, out, e);

	if (rc < 0)
		return rc;
	upload_lock(fs);
	(*out)->dir = *dir;
	upload_give_name(*out, name);
	(*out)->dirty = true;
	(*out)->hidden = hidden;
	if (!hidden && upload_named(fs, dir, name, NULL))
		rc = err_set(e, -EEXIST, "'%s' is being written already", name);
	else
		upload_put_in(*out);
	upload_unlock(fs);
	if (rc < 0)
		upload_free(*out);
	return rc;
}

int upload_create(struct fs *fs, const struct dropdir *dir, const char *name, uid_t owner, struct upload **out,
		  struct err *e)
{
	return begin_file(fs, dir, name, owner, false, out, e);
}

/* The entry of the store that an upload stands for, and its bytes unless they are about to be replaced. */
static int load(struct upload *u, bool truncate, struct err *e)
{
	struct fs *fs = u->fs;
	struct dropdir dir = { .parent_row = 0 };
	struct drop d;
	int rc = inbox_get(fs->p, u->row, &d, e);

	if (rc < 0)
		return rc;
	folder_box_of(&d, &dir.box);
	dir.parent_row = d.parent_row;
	if (!truncate)
		rc = stage_load(u->stage, d.sha256, e);
	upload_lock(fs);
	u->dir = dir;
	upload_give_name(u, d.name);
	u->committed = true;
	u->loose = !d.task_row;
	u->drop_row = u->row;
	u->modified_at = d.modified_at;
	if (!truncate)
		u->owner = (uid_t)d.uid;
	upload_unlock(fs);
	row_release(&drop_table, &d);
	return rc;
}

/* Others may wait for it: it was in the table before it was read, so that no two can be made of one entry. */
static int load_for_all(struct upload *u, bool truncate, struct err *e)
{
	int rc = load(u, truncate, e);

	upload_lock(u->fs);
	u->loading = false;
	u->load_failed = rc;
	if (rc < 0)
		upload_take_out(u);
	pthread_cond_broadcast(&u->fs->uploads->loaded);
	upload_unlock(u->fs);
	if (rc < 0)
		upload_put(u);
	return rc;
}

/* As one more writer of what is in memory; *out NULL when nothing is. */
static int join(struct fs *fs, int64_t row, struct upload **out, struct err *e)
{
	struct upload *u;
	int rc = 0;

	upload_lock(fs);
	u = find_row(fs, row);
	if (u) {
		u->refs++;
		u->writers++;
		wait_loaded(u);
		rc = u->load_failed;
	}
	upload_unlock(fs);
	*out = u;
	if (rc < 0) {
		upload_put(u);
		return err_set(e, rc, "the entry could not be read");
	}
	return 0;
}

/* Joins or begins it: whoever comes first puts it into the table, and reads it then. */
static int open_entry(struct fs *fs, int64_t row, bool truncate, uid_t owner, struct upload **out, struct err *e)
{
	struct upload *fresh = NULL;
	bool first;
	int rc = join(fs, row, out, e);

	if (rc < 0 || *out)
		return rc;
	rc = new_upload(fs, row, owner, &fresh, e);
	if (rc < 0)
		return rc;
	upload_lock(fs);
	first = !find_row(fs, row);
	if (first) {
		fresh->loading = true;
		upload_put_in(fresh);
	}
	upload_unlock(fs);
	if (!first) {
		upload_free(fresh);
		return open_entry(fs, row, truncate, owner, out, e);
	}
	*out = fresh;
	return load_for_all(fresh, truncate, e);
}

/* Who replaces a file that another is still writing drops one of his own. *u is let go then. */
static int part_from_another(struct upload **u, uid_t owner, struct err *e)
{
	struct upload *was = *u;
	struct dropdir dir;
	char name[NAME_BYTES];
	bool anothers;
	int rc;

	upload_lock(was->fs);
	anothers = was->owner != owner && !was->temporary;
	dir = was->dir;
	memcpy(name, was->name, sizeof(name));
	upload_unlock(was->fs);
	if (!anothers)
		return 0;
	rc = begin_file(was->fs, &dir, name, owner, true, u, e);
	upload_release(was, &(struct actor){ .uid = was->owner });
	return rc;
}

int upload_open(struct fs *fs, int64_t row, bool truncate, uid_t owner, struct upload **out, struct err *e)
{
	int rc = open_entry(fs, row, truncate, owner, out, e);

	if (rc < 0 || !truncate)
		return rc;
	rc = part_from_another(out, owner, e);
	if (rc < 0)
		return rc;
	rc = upload_truncate(*out, 0);
	if (rc < 0)
		upload_release(*out, &(struct actor){ .uid = owner });
	return rc;
}

ssize_t upload_read(struct upload *u, void *bytes, size_t len, int64_t offset)
{
	return stage_read(u->stage, bytes, len, offset);
}

/* With the lock held: a hole is filled from its start, as programs do that try again. */
static void fill_hole(struct upload *u, int64_t from, int64_t to)
{
	if (u->hole && from <= u->hole_from && to > u->hole_from)
		u->hole_from = to;
	if (u->hole_from >= u->hole_to)
		u->hole = 0;
}

static void mark_written(struct upload *u, int64_t from, int64_t to)
{
	upload_lock(u->fs);
	fill_hole(u, from, to);
	u->dirty = true;
	u->refused = u->interrupted = u->flushed = false;
	u->refusal = 0;
	u->modified_at = clock_now_ms();
	upload_unlock(u->fs);
}

static void mark_hole(struct upload *u, int64_t from, int64_t to, int why)
{
	upload_lock(u->fs);
	u->hole_from = u->hole && u->hole_from < from ? u->hole_from : from;
	u->hole_to = u->hole && u->hole_to > to ? u->hole_to : to;
	u->hole = why;
	upload_unlock(u->fs);
}

int upload_write(struct upload *u, const void *bytes, size_t len, int64_t offset)
{
	int64_t end = (uint64_t)offset + len < INT64_MAX ? offset + (int64_t)len : INT64_MAX;
	int rc = stage_write(u->stage, bytes, len, offset);

	if (rc == 0)
		mark_written(u, offset, end);
	else
		mark_hole(u, offset, end, rc);
	return rc;
}

int upload_append(struct upload *u, const void *bytes, size_t len)
{
	int rc = stage_append(u->stage, bytes, len);
	int64_t end = stage_size(u->stage);

	if (rc == 0)
		mark_written(u, end - (int64_t)len, end);
	else
		mark_hole(u, end, end + (int64_t)len, rc);
	return rc;
}

int upload_truncate(struct upload *u, int64_t size)
{
	bool dirty;
	int rc;

	upload_lock(u->fs);
	dirty = u->dirty;
	upload_unlock(u->fs);
	if (size == stage_size(u->stage) && dirty)
		return 0;
	rc = stage_truncate(u->stage, size);
	if (rc == 0) /* what is begun anew has no holes */
		mark_written(u, 0, size ? 0 : INT64_MAX);
	return rc;
}

int upload_touch(struct upload *u, int64_t modified_at)
{
	int64_t drop_row;

	upload_lock(u->fs);
	u->modified_at = modified_at;
	drop_row = u->committed && !u->dirty ? u->drop_row : 0;
	upload_unlock(u->fs);
	return drop_row ? inbox_touch(u->fs->p, drop_row, modified_at, NULL) : 0;
}

int upload_find(struct fs *fs, const struct dropdir *dir, const char *name, int64_t *row)
{
	struct upload *u;
	int rc = -ENOENT;

	upload_lock(fs);
	u = upload_named(fs, dir, name, NULL);
	if (u && !(u->committed && u->drop_row != u->row)) {
		*row = u->row;
		rc = 0;
	}
	upload_unlock(fs);
	return rc;
}

void upload_list(struct fs *fs, const struct dropdir *dir, struct listing *out)
{
	upload_lock(fs);
	for (struct upload *u = fs->uploads->first; u; u = u->next)
		if (upload_is_in(u, dir) && !u->committed && !u->hidden)
			listing_add(out, u->name, NODE_ENTRY, u->row);
	upload_unlock(fs);
}

void upload_attr(struct upload *u, struct attr *out)
{
	out->size = stage_size(u->stage);
	out->timeout_s = 0;
	upload_lock(u->fs);
	out->modified_at = u->modified_at;
	if (u->fs->o.allow_other)
		out->owner = u->owner;
	upload_unlock(u->fs);
}

bool upload_stat(struct fs *fs, int64_t row, struct attr *out)
{
	struct upload *u = upload_get_loaded(fs, row);

	if (!u)
		return false;
	upload_attr(u, out);
	upload_put(u);
	return true;
}

bool upload_shows(struct fs *fs, int64_t row)
{
	struct upload *u;
	bool shows;

	upload_lock(fs);
	u = find_row(fs, row);
	shows = u && !u->hidden;
	upload_unlock(fs);
	return shows;
}

/* The folders that somebody writes into, each as often as there are files; *n of them, the caller's. */
static int64_t *written_folders(struct fs *fs, size_t *n)
{
	int64_t *row;
	size_t room = 0;

	*n = 0;
	upload_lock(fs);
	for (struct upload *u = fs->uploads->first; u; u = u->next)
		room++;
	row = xcalloc(room, sizeof(*row));
	for (struct upload *u = fs->uploads->first; u; u = u->next)
		if (u->writers && u->dir.parent_row)
			row[(*n)++] = u->dir.parent_row;
	upload_unlock(fs);
	return row;
}

bool upload_in_folder(struct fs *fs, int64_t folder_row)
{
	size_t n;
	auto_free int64_t *row = written_folders(fs, &n);
	bool found = false;

	for (size_t i = 0; i < n && !found; i++)
		found = folder_is_in(fs, row[i], folder_row);
	return found;
}
