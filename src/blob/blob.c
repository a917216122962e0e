#include "blob/blob.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/io.h"
#include "blob/place.h"

#define MOST_AT_ONCE 4

/* One that is made by us and missing in blobs/ after a power cut would take its documents along: sync after. */
static int make_dir(int parent, const char *name)
{
	if (mkdirat(parent, name, 0700) < 0)
		return errno == EEXIST ? 0 : -errno;
	return fsync(parent) < 0 ? -errno : 0;
}

static int open_dir(int parent, const char *name)
{
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

/* All 256 at once: one sync for all, and no document has to make its own. */
static int make_shards(struct blobs *b)
{
	bool made = false;

	for (int i = 0; i < N_SHARDS; i++) {
		char name[3];

		snprintf(name, sizeof(name), "%02x", (unsigned)i & 0xff);
		if (mkdirat(b->blobs_fd, name, 0700) == 0)
			made = true;
		else if (errno != EEXIST)
			return -errno;
	}
	return made && fsync(b->blobs_fd) < 0 ? -errno : 0;
}

static int make_dirs(struct blobs *b)
{
	auto_close int fd = open_dir(AT_FDCWD, b->dir);
	int rc = fd < 0 ? fd : io_remove_tree(fd, "staging");

	if (rc == 0)
		rc = make_dir(fd, "blobs");
	if (rc == 0)
		rc = make_dir(fd, "staging");
	if (rc == 0)
		rc = b->blobs_fd = open_dir(fd, "blobs");
	if (rc >= 0)
		rc = b->staging_fd = open_dir(fd, "staging");
	return rc < 0 ? rc : make_shards(b);
}

int blobs_open(const char *dir, struct blobs **out, struct err *e)
{
	struct blobs *b = xcalloc(1, sizeof(*b));
	int rc = mkdir(dir, 0700) < 0 && errno != EEXIST ? -errno : 0;

	b->blobs_fd = b->staging_fd = -1;
	pthread_mutex_init(&b->lock, NULL);
	if (rc == 0) {
		b->dir = realpath(dir, NULL);
		rc = b->dir ? make_dirs(b) : -errno;
	}
	if (rc < 0) {
		blobs_close(b);
		return err_set(e, rc, "cannot keep documents in \"%s\": %s", dir, strerror(-rc));
	}
	*out = b;
	return 0;
}

void blobs_close(struct blobs *b)
{
	if (!b)
		return;
	for (int i = 0; i < N_SHARDS; i++)
		while (b->pins[i]) {
			struct pin *p = b->pins[i];

			b->pins[i] = p->next;
			free(p);
		}
	util_close(&b->blobs_fd);
	util_close(&b->staging_fd);
	pthread_mutex_destroy(&b->lock);
	free(b->dir);
	free(b);
}

int blob_put(struct blobs *b, const void *bytes, size_t len, char *sha, struct err *e)
{
	struct stage *s;
	int64_t size;
	int rc = stage_new(b, &s, e);

	if (rc < 0)
		return rc;
	rc = stage_write(s, bytes, len, 0);
	if (rc < 0)
		err_set(e, rc, "cannot write a document of %zu bytes: %s", len, strerror(-rc));
	else
		rc = stage_seal(s, sha, &size, e);
	stage_free(s);
	return rc;
}

struct putting {
	struct blobs *blobs;
	struct blob_put *all;
	size_t n;
	_Atomic size_t next;
};

static void *put_some(void *arg)
{
	struct putting *p = arg;
	size_t i;

	while ((i = p->next++) < p->n) {
		struct blob_put *x = &p->all[i];

		x->err = (struct err)ERR_INIT;
		x->rc = blob_put(p->blobs, x->bytes, x->len, x->sha, &x->err);
	}
	return NULL;
}

int blob_put_all(struct blobs *b, struct blob_put *all, size_t n, struct err *e)
{
	struct putting p = { .blobs = b, .all = all, .n = n };
	pthread_t thread[MOST_AT_ONCE - 1];
	size_t n_threads = 0;

	while (n_threads < N_ELEMS(thread) && n_threads + 1 < n &&
	       pthread_create(&thread[n_threads], NULL, put_some, &p) == 0)
		n_threads++;
	put_some(&p);
	while (n_threads > 0)
		pthread_join(thread[--n_threads], NULL);
	for (size_t i = 0; i < n; i++) {
		if (all[i].rc < 0) {
			*e = all[i].err;
			return all[i].rc;
		}
	}
	return 0;
}

int blob_open(struct blobs *b, const char *sha, struct err *e)
{
	char path[PLACE_BYTES];
	int fd, rc = place_of(sha, path);

	if (rc < 0)
		return err_set(e, rc, "\"%s\" is no SHA-256", sha);
	fd = openat(b->blobs_fd, path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0)
		return fd;
	if (errno == ENOENT)
		return err_set(e, -ENOENT, "the document %s is lost: restore \"%s/blobs/%s\" from a backup", sha,
			       b->dir, path);
	return err_errno(e, "cannot open the document %s", sha);
}

const char *blob_path(struct blobs *b, const char *sha, char *out)
{
	char path[PLACE_BYTES];

	if (place_of(sha, path) < 0)
		path[0] = '\0';
	snprintf(out, PATH_MAX, "%s/blobs/%s", b->dir, path);
	return out;
}

int blob_read(struct blobs *b, const char *sha, size_t max, char **out, size_t *len, struct err *e)
{
	auto_buf bytes = BUF_INIT;
	auto_close int fd = blob_open(b, sha, e);
	struct stat sb;
	int rc;

	if (fd < 0)
		return fd;
	if (fstat(fd, &sb) < 0)
		return err_errno(e, "cannot read the document %s", sha);
	if ((uint64_t)sb.st_size > max)
		return err_set(e, -EFBIG, "the document %s has %lld bytes, %zu at most can be read at once", sha,
			       (long long)sb.st_size, max);
	rc = buf_reserve(&bytes, (size_t)sb.st_size + 1) ? io_read_fd(fd, &bytes, max) : -ENOMEM;
	if (rc < 0)
		return err_set(e, rc, "cannot read the document %s: %s", sha, strerror(-rc));
	*len = bytes.len;
	*out = buf_steal(&bytes);
	return 0;
}

int blob_pin(struct blobs *b, const char *sha, struct err *e)
{
	int64_t size;
	int rc;

	pthread_mutex_lock(&b->lock);
	rc = place_size(b, sha, &size);
	if (rc == 0)
		pin_add(b, sha);
	pthread_mutex_unlock(&b->lock);
	return rc < 0 ? err_set(e, rc, "cannot keep the document %s: %s", sha, strerror(-rc)) : 0;
}

void blob_unpin(struct blobs *b, const char *sha)
{
	pthread_mutex_lock(&b->lock);
	pin_drop(b, sha);
	pthread_mutex_unlock(&b->lock);
}

int blob_remove(struct blobs *b, const char *sha, bool (*used)(void *ud, const char *sha), void *ud)
{
	char path[PLACE_BYTES];
	int rc = place_of(sha, path);

	if (rc < 0)
		return rc;
	pthread_mutex_lock(&b->lock);
	if (!pin_find(b, sha) && !used(ud, sha) && unlinkat(b->blobs_fd, path, 0) < 0 && errno != ENOENT)
		rc = -errno;
	pthread_mutex_unlock(&b->lock);
	return rc;
}
