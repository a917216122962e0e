/* handle - an open file: what it reads and what is written to it, without libfuse */
#ifndef FS0711_FS_HANDLE_H
#define FS0711_FS_HANDLE_H

#include <pthread.h>

#include "fs/node.h"
#include "fs/upload.h"

enum handle_type {
	HANDLE_TEXT,    /* text made at open; one open sees one version */
	HANDLE_EDIT,    /* a text that is written: text holds the document, or the line that has no end yet */
	HANDLE_FD,      /* stored bytes */
	HANDLE_UPLOAD,  /* a file in an inbox that is in memory */
	HANDLE_SCRATCH, /* an editor's temporary file; its row is the inode's */
	HANDLE_EVENTS,  /* the log of the day, as it is at each read */
	HANDLE_WAIT,    /* reads are parked (wait.c) */
	HANDLE_DIR,
};

struct handle {
	struct fs *fs;
	uint64_t ino;
	enum handle_type type;
	bool writes, backed;  /* backed: the kernel reads the bytes by itself */
	pthread_mutex_t lock; /* of text and dirty */
	struct buf text;
	struct buf answer; /* HANDLE_EDIT: to what was written, for this descriptor only */
	int64_t written;   /* HANDLE_EDIT of a line file: where the next write would begin */
	bool dirty;
	bool append; /* O_APPEND */
	/* HANDLE_EDIT: what the flush was told that judged it last, for those who close it after; of a line file, what
	 * a line was told, for those that follow it */
	int refusal;
	struct actor writer; /* HANDLE_EDIT: who wrote to it last: the kernel releases for nobody */
	int fd;
	struct upload *upload;
	struct listing list;        /* HANDLE_DIR: made by the read from its beginning */
	bool listed;                /* HANDLE_DIR: there is one */
	int64_t after;              /* HANDLE_WAIT: the last event that was read */
	struct handle *next, *prev; /* of all that are open */
};

/* handles_new - for fs->handles; handles_free closes what the kernel left open, without taking anything in */
struct handles *handles_new(void);
void handles_free(struct handles *hs);

/* How the kernel may treat the file. */
struct handle_mode {
	bool direct_io, keep_cache, noflush;
};

/* handle_open - for that user, flags as of open(2). 0 and *out (for handle_close), or -errno */
int handle_open(struct fs *fs, uint64_t ino, int flags, uid_t owner, struct handle **out, struct handle_mode *mode,
		struct err *e);
/* handle_create - a new file in a directory, open as flags say; *at says what it is. -EEXIST with O_EXCL */
int handle_create(struct fs *fs, uint64_t dir, const char *name, int flags, uid_t owner, struct handle **out,
		  struct found *at, struct handle_mode *mode, struct err *e);
int handle_opendir(struct fs *fs, uint64_t ino, struct handle **out, struct err *e);
/*
 * handle_list - the listing to read from, at this offset: from the beginning it is made anew. Later than opendir, since
 * the kernel, which caches it, asks for the directory's time in between: a change after that shows as another time
 */
int handle_list(struct handle *h, int64_t offset, struct err *e);

/* handle_read - into bytes: how many, or -errno. Not for HANDLE_FD and HANDLE_WAIT */
ssize_t handle_read(struct handle *h, void *bytes, size_t len, int64_t offset);
/* handle_write - all of it, or -errno; a line that ends is judged here */
int handle_write(struct handle *h, const void *bytes, size_t len, int64_t offset, const struct actor *who,
		 struct err *e);
int handle_truncate(struct handle *h, int64_t size);
/* handle_flush - close(2) was called on one descriptor: documents are judged here. Blocks on the disk */
int handle_flush(struct handle *h, pid_t pid, const struct actor *who, struct err *e);
/* handles_attr - as handle_attr, of any that is open on that inode, which is gone. False when there is none */
bool handles_attr(struct fs *fs, uint64_t ino, struct attr *out);
/* handle_attr - what is being written has a size (and times) of its own: set them; false when the inode knows */
bool handle_attr(struct handle *h, struct attr *out);
void handle_close(struct handle *h, const struct actor *who);

#endif
