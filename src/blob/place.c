#include "blob/place.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define SHA_DIGITS "0123456789abcdef"

int place_of(const char *sha, char *path)
{
	if (strlen(sha) != SHA256_HEX_BYTES - 1 || strspn(sha, SHA_DIGITS) != SHA256_HEX_BYTES - 1)
		return -EINVAL;
	snprintf(path, PLACE_BYTES, "%.2s/%s", sha, sha + 2);
	return 0;
}

int place_size(struct blobs *b, const char *sha, int64_t *size)
{
	char path[PLACE_BYTES];
	struct stat sb;
	int rc = place_of(sha, path);

	if (rc == 0 && fstatat(b->blobs_fd, path, &sb, AT_SYMLINK_NOFOLLOW) < 0)
		rc = -errno;
	if (rc == 0)
		*size = sb.st_size;
	return rc;
}

/* Somebody may have tidied up empty directories. */
static int remake_shard(struct blobs *b, const char *path)
{
	char shard[3] = { path[0], path[1], '\0' };

	if (mkdirat(b->blobs_fd, shard, 0700) < 0)
		return errno == EEXIST ? -ENOENT : -errno; /* then it is the staged file that is missing */
	return fsync(b->blobs_fd) < 0 ? -errno : 0;
}

static int rename_into(struct blobs *b, const char *staged, const char *path)
{
	int rc;

	if (renameat(b->staging_fd, staged, b->blobs_fd, path) == 0)
		return 0;
	rc = errno == ENOENT ? remake_shard(b, path) : -errno;
	if (rc == 0 && renameat(b->staging_fd, staged, b->blobs_fd, path) < 0)
		rc = -errno;
	return rc;
}

int place_move(struct blobs *b, const char *staged, const char *sha, int64_t size, bool *moved)
{
	char path[PLACE_BYTES];
	int64_t there = -1; /* none */
	int rc = place_of(sha, path);

	if (rc < 0)
		return rc;
	place_size(b, sha, &there);
	*moved = there != size;
	if (*moved)
		return rename_into(b, staged, path);
	unlinkat(b->staging_fd, staged, 0); /* what stays is removed at the next start */
	return 0;
}

int place_back(struct blobs *b, const char *staged, const char *sha)
{
	char path[PLACE_BYTES];
	int rc = place_of(sha, path);

	if (rc == 0 && renameat(b->blobs_fd, path, b->staging_fd, staged) < 0)
		rc = -errno;
	return rc;
}

int place_sync(struct blobs *b, const char *sha)
{
	char shard[3] = { sha[0], sha[1], '\0' };
	auto_close int fd = openat(b->blobs_fd, shard, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 || fsync(fd) < 0 ? -errno : 0;
}

/* sha is spread evenly: its first byte, as written, chooses the list. */
static struct pin **list_of(struct blobs *b, const char *sha)
{
	const char *hi = strchr(SHA_DIGITS, sha[0]), *lo = strchr(SHA_DIGITS, sha[1]);

	return &b->pins[hi && lo ? ((hi - SHA_DIGITS) * 16 + (lo - SHA_DIGITS)) % N_SHARDS : 0];
}

struct pin *pin_find(struct blobs *b, const char *sha)
{
	struct pin *p = *list_of(b, sha);

	while (p && !streq(p->sha, sha))
		p = p->next;
	return p;
}

bool pin_alone(struct blobs *b, const char *sha)
{
	const struct pin *p = pin_find(b, sha);

	return p && p->n == 1 && !p->shared;
}

void pin_add(struct blobs *b, const char *sha)
{
	struct pin *p = pin_find(b, sha), **list = list_of(b, sha);

	if (p) {
		p->shared = true;
	} else {
		p = xcalloc(1, sizeof(*p));
		snprintf(p->sha, sizeof(p->sha), "%s", sha);
		p->next = *list;
		*list = p;
	}
	p->n++;
}

void pin_drop(struct blobs *b, const char *sha)
{
	struct pin **at = list_of(b, sha), *p;

	while (*at && !streq((*at)->sha, sha))
		at = &(*at)->next;
	p = *at;
	if (p && --p->n == 0) {
		*at = p->next;
		free(p);
	}
}
