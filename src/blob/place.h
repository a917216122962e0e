/* place - where blobs lie and who needs them; internal to this folder */
#ifndef FS0711_BLOB_PLACE_H
#define FS0711_BLOB_PLACE_H

#include <pthread.h>

#include "blob/blob.h"

#define N_SHARDS    256
#define PLACE_BYTES 66 /* ab/cdef…: 64 digits, a slash and NUL */

struct pin {
	char sha[SHA256_HEX_BYTES];
	unsigned n;
	bool shared; /* there were two at once: a row may name the blob although one pin is left */
	struct pin *next;
};

struct blobs {
	char *dir; /* absolute */
	int blobs_fd, staging_fd;
	pthread_mutex_t lock; /* of the pins, and of what comes to blobs/ or goes from it */
	struct pin *pins[N_SHARDS];
};

/* place_of - path below blobs/ into path[PLACE_BYTES]; 0 or -EINVAL when sha is not 64 lower-case hex digits */
int place_of(const char *sha, char *path);

/* The rest is called with the lock held. */

/* place_size - 0 and *size of the blob, or -ENOENT, … */
int place_size(struct blobs *b, const char *sha, int64_t *size);
/*
 * place_move - bring the file of that name in staging/ to its place, or remove it where the blob is there already;
 * one of another size is damaged and replaced. *moved says which. The directory is not synced
 */
int place_move(struct blobs *b, const char *staged, const char *sha, int64_t size, bool *moved);
/* place_back - undo a place_move that has moved the file. 0 or -errno */
int place_back(struct blobs *b, const char *staged, const char *sha);
struct pin *pin_find(struct blobs *b, const char *sha);
/* pin_alone - nobody has pinned the blob beside the caller, since he did */
bool pin_alone(struct blobs *b, const char *sha);
void pin_add(struct blobs *b, const char *sha);
void pin_drop(struct blobs *b, const char *sha);

/* place_sync - make what was moved there survive a power cut; without the lock. 0 or -errno */
int place_sync(struct blobs *b, const char *sha);

#endif
