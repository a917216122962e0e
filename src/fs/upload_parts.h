/* upload_parts - what the files that make up uploads share: one upload, the table of all, and its lock */
#ifndef FS0711_FS_UPLOAD_PARTS_H
#define FS0711_FS_UPLOAD_PARTS_H

#include <pthread.h>

#include "fs/upload.h"

struct upload {
	struct fs *fs;
	int64_t row;                 /* of its inode */
	pthread_mutex_t commit_lock; /* one seal and commit at a time; taken before the table's lock */
	struct stage *stage;

	/* changed only under both locks */
	struct dropdir dir;
	int64_t from_row; /* the entry that it is in the store, elsewhere, until it is taken in here */

	/* guarded by the table's lock */
	char name[NAME_BYTES];
	uid_t owner;
	unsigned refs, writers;
	bool in_table, temporary, interrupted;
	bool loading;    /* its name and bytes are on their way from the store */
	int load_failed; /* -errno: it did not get them */
	bool hidden;     /* another's file has the name: it comes under it only when it is taken in */
	bool dirty;      /* written since the last commit */
	int hole;        /* 0, or -errno: a write failed, and these bytes are wrong until they are written again */
	int64_t hole_from, hole_to;
	bool committed;    /* the store shows it */
	bool refused;      /* it is not acceptable, or was removed or replaced: it ends with its last writer */
	int refusal;       /* why, for those who close it after that */
	bool loose;        /* what the store has of it is in no task */
	bool certain;      /* a task, whatever its name */
	int64_t drop_row;  /* the entry in the store */
	int64_t held_task; /* 0, or the task that waits for the last writer; guarded by commit_lock */
	int64_t modified_at;
	pid_t writer;     /* the process that closed it last, */
	bool closed;      /* and when there was one, */
	bool flushed;     /* and nothing was written since, */
	struct actor who; /* on whose behalf: the kernel releases for nobody */
	struct upload *next;
};

struct uploads {
	pthread_mutex_t lock;
	pthread_cond_t loaded; /* an upload is not loading any more */
	struct upload *first;
};

void upload_lock(const struct fs *fs);
void upload_unlock(const struct fs *fs);

/* With the lock held. */
void upload_put_in(struct upload *u);
void upload_take_out(struct upload *u);
void upload_give_name(struct upload *u, const char *name);
bool upload_is_in(const struct upload *u, const struct dropdir *dir);
/* upload_named - who has that name, and is not this one; NULL for nobody */
struct upload *upload_named(struct fs *fs, const struct dropdir *dir, const char *name, const struct upload *but);
/* upload_wants - there is something that should be taken in */
bool upload_wants(const struct upload *u);

/* Without the lock. upload_free - its last reference is gone */
void upload_free(struct upload *u);
/* upload_commit - seal and take in, whether it wants that or not; with commit_lock held. Blocks on the disk */
int upload_commit(struct upload *u, const struct actor *who, struct err *e);
/* upload_hold - keep that task (0: none) from starting, and let the one before go; with commit_lock held */
void upload_hold(struct upload *u, int64_t task_row);

#endif
