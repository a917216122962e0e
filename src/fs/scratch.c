#include "fs/scratch.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "fs/handlers.h"
#include "platform/tempname.h"

#define SIZE_MAX_BYTES (16 << 20)
#define N_MAX          1024

struct scratch {
	int64_t row;
	uint64_t dir_ino;
	char name[NAME_BYTES];
	struct buf data;
	int64_t modified_at;
	struct scratch *next;
};

struct scratches {
	pthread_mutex_t lock;
	struct scratch *first;
	size_t n;
};

struct scratches *scratches_new(void)
{
	struct scratches *ss = xcalloc(1, sizeof(*ss));

	pthread_mutex_init(&ss->lock, NULL);
	return ss;
}

static void drop_first(struct scratches *ss, struct scratch **at)
{
	struct scratch *s = *at;

	*at = s->next;
	ss->n--;
	buf_release(&s->data);
	free(s);
}

void scratches_free(struct scratches *ss)
{
	if (!ss)
		return;
	while (ss->first)
		drop_first(ss, &ss->first);
	pthread_mutex_destroy(&ss->lock);
	free(ss);
}

static struct scratch **find_row(struct scratches *ss, int64_t row)
{
	struct scratch **at = &ss->first;

	while (*at && (*at)->row != row)
		at = &(*at)->next;
	return at;
}

static struct scratch **find_name(struct scratches *ss, uint64_t dir_ino, const char *name)
{
	struct scratch **at = &ss->first;

	while (*at && !((*at)->dir_ino == dir_ino && streq((*at)->name, name)))
		at = &(*at)->next;
	return at;
}

static int check_name(const char *name, struct err *e)
{
	if (tempname_is(name) || tempname_maybe(name))
		return 0;
	return err_set(e, -EPERM, "'%s' cannot be made here: only what an editor needs while it writes", name);
}

int scratch_create(struct fs *fs, uint64_t dir_ino, const char *name, int64_t *row, struct err *e)
{
	struct scratches *ss = fs->scratches;
	struct scratch *s;
	int rc = check_name(name, e);

	if (rc < 0)
		return rc;
	*row = store_reserve(fs->p->store, e);
	if (*row < 0)
		return (int)*row;
	pthread_mutex_lock(&ss->lock);
	if (*find_name(ss, dir_ino, name)) {
		rc = -EEXIST;
	} else if (ss->n >= N_MAX) {
		rc = err_set(e, -ENOSPC, "there are %d temporary files already: remove some", N_MAX);
	} else {
		s = xcalloc(1, sizeof(*s));
		*s = (struct scratch){
			.row = *row, .dir_ino = dir_ino, .modified_at = clock_now_ms(), .next = ss->first
		};
		snprintf(s->name, sizeof(s->name), "%s", name);
		ss->first = s;
		ss->n++;
	}
	pthread_mutex_unlock(&ss->lock);
	return rc;
}

int scratch_find(struct fs *fs, uint64_t dir_ino, const char *name, int64_t *row)
{
	struct scratch *s;

	pthread_mutex_lock(&fs->scratches->lock);
	s = *find_name(fs->scratches, dir_ino, name);
	if (s)
		*row = s->row;
	pthread_mutex_unlock(&fs->scratches->lock);
	return s ? 0 : -ENOENT;
}

void scratch_list(struct fs *fs, uint64_t dir_ino, struct listing *out)
{
	pthread_mutex_lock(&fs->scratches->lock);
	for (struct scratch *s = fs->scratches->first; s; s = s->next)
		if (s->dir_ino == dir_ino)
			listing_add(out, s->name, NODE_SCRATCH, s->row);
	pthread_mutex_unlock(&fs->scratches->lock);
}

int scratch_stat(struct fs *fs, int64_t row, struct attr *out)
{
	struct scratch *s;

	pthread_mutex_lock(&fs->scratches->lock);
	s = *find_row(fs->scratches, row);
	if (s) {
		out->size = (int64_t)s->data.len;
		out->modified_at = s->modified_at;
		out->timeout_s = 0;
	}
	pthread_mutex_unlock(&fs->scratches->lock);
	return s ? 0 : -ENOENT;
}

int scratch_node_stat(const struct ask *a, struct attr *out)
{
	return scratch_stat(a->fs, a->row, out);
}

static int resize(struct scratch *s, int64_t size)
{
	size_t was = s->data.len, len = (size_t)size;

	if (size > SIZE_MAX_BYTES)
		return -EFBIG;
	if (len > was && !buf_reserve(&s->data, len - was)) {
		s->data.failed = false;
		return -ENOMEM;
	}
	if (len > was)
		memset(s->data.data + was, 0, len - was);
	s->data.len = len;
	if (s->data.data)
		s->data.data[len] = '\0';
	s->modified_at = clock_now_ms();
	return 0;
}

int scratch_truncate(struct fs *fs, int64_t row, int64_t size)
{
	struct scratch *s;
	int rc;

	pthread_mutex_lock(&fs->scratches->lock);
	s = *find_row(fs->scratches, row);
	rc = s ? resize(s, size) : -ENOENT;
	pthread_mutex_unlock(&fs->scratches->lock);
	return rc;
}

int scratch_write(struct fs *fs, int64_t row, const void *bytes, size_t len, int64_t offset)
{
	struct scratch *s;
	int rc = 0;

	pthread_mutex_lock(&fs->scratches->lock);
	s = *find_row(fs->scratches, row);
	if (!s)
		rc = -ENOENT;
	else if (offset > SIZE_MAX_BYTES)
		rc = -EFBIG;
	else if (offset + (int64_t)len > (int64_t)s->data.len)
		rc = resize(s, offset + (int64_t)len);
	if (rc == 0 && len)
		memcpy(s->data.data + offset, bytes, len);
	pthread_mutex_unlock(&fs->scratches->lock);
	return rc;
}

ssize_t scratch_read(struct fs *fs, int64_t row, void *bytes, size_t len, int64_t offset)
{
	struct scratch *s;
	ssize_t n = -ENOENT;

	pthread_mutex_lock(&fs->scratches->lock);
	s = *find_row(fs->scratches, row);
	if (s) {
		size_t left = offset < (int64_t)s->data.len ? s->data.len - (size_t)offset : 0;

		n = (ssize_t)(len < left ? len : left);
		if (n)
			memcpy(bytes, s->data.data + offset, (size_t)n);
	}
	pthread_mutex_unlock(&fs->scratches->lock);
	return n;
}

int scratch_copy(struct fs *fs, int64_t row, struct buf *out)
{
	struct scratch *s;

	pthread_mutex_lock(&fs->scratches->lock);
	s = *find_row(fs->scratches, row);
	if (s)
		buf_add(out, s->data.data, s->data.len);
	pthread_mutex_unlock(&fs->scratches->lock);
	return !s ? -ENOENT : out->failed ? -ENOMEM : 0;
}

int scratch_rename(struct fs *fs, int64_t row, const char *name, struct err *e)
{
	struct scratches *ss = fs->scratches;
	struct scratch *s, **other;
	int rc = check_name(name, e);

	if (rc < 0)
		return rc;
	pthread_mutex_lock(&ss->lock);
	s = *find_row(ss, row);
	other = s ? find_name(ss, s->dir_ino, name) : NULL;
	if (other && *other && *other != s)
		drop_first(ss, other);
	if (s)
		snprintf(s->name, sizeof(s->name), "%s", name);
	pthread_mutex_unlock(&ss->lock);
	return s ? 0 : -ENOENT;
}

void scratch_remove(struct fs *fs, int64_t row)
{
	struct scratch **at;

	pthread_mutex_lock(&fs->scratches->lock);
	at = find_row(fs->scratches, row);
	if (*at)
		drop_first(fs->scratches, at);
	pthread_mutex_unlock(&fs->scratches->lock);
}

void scratch_forget(struct fs *fs, uint64_t dir_ino)
{
	struct scratch **at;

	pthread_mutex_lock(&fs->scratches->lock);
	for (at = &fs->scratches->first; *at;)
		if ((*at)->dir_ino == dir_ino)
			drop_first(fs->scratches, at);
		else
			at = &(*at)->next;
	pthread_mutex_unlock(&fs->scratches->lock);
}

int scratch_touch(struct fs *fs, int64_t row, int64_t modified_at)
{
	struct scratch *s;

	pthread_mutex_lock(&fs->scratches->lock);
	s = *find_row(fs->scratches, row);
	if (s)
		s->modified_at = modified_at;
	pthread_mutex_unlock(&fs->scratches->lock);
	return s ? 0 : -ENOENT;
}

int scratch_dir(struct fs *fs, int64_t row, uint64_t *ino)
{
	struct scratch *s;

	pthread_mutex_lock(&fs->scratches->lock);
	s = *find_row(fs->scratches, row);
	*ino = s ? s->dir_ino : 0;
	pthread_mutex_unlock(&fs->scratches->lock);
	return s ? 0 : -ENOENT;
}
