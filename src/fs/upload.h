/*
 * upload - files on their way into an inbox: staged while they are written, taken in when they are complete
 *
 * An upload lives while somebody has it open for writing, while its name is a temporary one, or after its writer was
 * killed. What is committed is served from the store. Functions here may block on the disk.
 */
#ifndef FS0711_FS_UPLOAD_H
#define FS0711_FS_UPLOAD_H

#include "fs/node.h"
#include "platform/inbox.h"

struct upload;

/* A directory of drops: an inbox, or a folder in one (parent_row is that folder). */
struct dropdir {
	struct inbox box;
	int64_t parent_row;
};

struct uploads *uploads_new(void);
/* uploads_free - what is not complete is dropped, as a restart would */
void uploads_free(struct uploads *us);

/* upload_create - a new file of that user; the caller has it open for writing. -EEXIST, -EINVAL, -ENOSPC */
int upload_create(struct fs *fs, const struct dropdir *dir, const char *name, uid_t owner, struct upload **out,
		  struct err *e);
/*
 * upload_open - an existing entry for writing, with its bytes or (truncate) none. Who writes one entry shares one
 * upload; but where owner truncates a file that another is writing, he gets one of his own, and both are taken in
 */
int upload_open(struct fs *fs, int64_t row, bool truncate, uid_t owner, struct upload **out, struct err *e);
/* upload_dir - the directory that it is dropped in */
void upload_dir(struct upload *u, struct dropdir *out);
/* upload_row - the row of its inode */
int64_t upload_row(const struct upload *u);

/*
 * upload_get - the upload of that inode, if it is in memory; put it back with upload_put. NULL when there is none
 * upload_get_loaded - the same, but NULL where upload_get would wait for the entry's bytes: the store has those too
 */
struct upload *upload_get(struct fs *fs, int64_t row);
struct upload *upload_get_loaded(struct fs *fs, int64_t row);
void upload_put(struct upload *u);

ssize_t upload_read(struct upload *u, void *bytes, size_t len, int64_t offset);
int upload_write(struct upload *u, const void *bytes, size_t len, int64_t offset);
/* upload_append - at its end, wherever another writer has moved that */
int upload_append(struct upload *u, const void *bytes, size_t len);
int upload_truncate(struct upload *u, int64_t size);
int upload_touch(struct upload *u, int64_t modified_at);
/*
 * upload_flush - a writer closed its descriptor: when there is something new under a final name, it is taken in,
 * durable on return. pid: the writer's, to see whether it was killed (0: unknown)
 */
int upload_flush(struct upload *u, pid_t pid, const struct actor *who, struct err *e);
/* upload_release - the descriptor that upload_create or upload_open gave is gone; the last one lets the work start */
void upload_release(struct upload *u, const struct actor *who);
/*
 * upload_rename - another name, perhaps in another directory of the same inbox; a final name takes the file in, if
 * nobody writes. What has that name goes in the same transaction. -EXDEV for what the store has already, to a temporary
 * name in another directory
 */
int upload_rename(struct upload *u, const struct dropdir *to, const char *name, const struct actor *who, struct err *e);
/* upload_rename_entry - the same for an entry that is not in memory */
int upload_rename_entry(struct fs *fs, const struct dropdir *dir, int64_t drop_row, const char *name,
			const struct actor *who, struct err *e);
/* upload_submit - make a task of what the store has under a doubtful name; nothing while somebody writes it */
int upload_submit(struct fs *fs, int64_t row, const struct actor *who, struct err *e);
/*
 * upload_remove - the file is no more wanted, and goes out of the store; open descriptors stay usable
 * row  of the inode that the name was found to have
 * 0, or what inbox_remove answers, but -ENOENT: it is as it was then. Blocks on the disk, and while the file is being
 * taken in
 */
int upload_remove(struct upload *u, int64_t row, const struct actor *who, struct err *e);

/* upload_find - the upload of that name which the store does not know yet. 0 and *row, or -ENOENT */
int upload_find(struct fs *fs, const struct dropdir *dir, const char *name, int64_t *row);
/* upload_list - add those uploads to a listing */
void upload_list(struct fs *fs, const struct dropdir *dir, struct listing *out);
/* upload_attr - its size and time, and whose it is; upload_stat: true and that, when the inode's upload is in memory.
 * Neither waits for anybody */
void upload_attr(struct upload *u, struct attr *out);
bool upload_stat(struct fs *fs, int64_t row, struct attr *out);
/* upload_shows - true while an entry that is being written has that inode, and its directory shows it */
bool upload_shows(struct fs *fs, int64_t row);
/* upload_in_folder - true while somebody writes into that folder (any depth) */
bool upload_in_folder(struct fs *fs, int64_t folder_row);

/* A request's text, and the documents that its data.file_path names, pinned; all zeroes is empty. */
struct upload_request {
	json_t *doc;
	struct attachment *attachment;
	size_t n_attachments;
};
/* upload_request_read - read a staged request of that size; r is for upload_request_release, also on failure. 0,
 * -EINVAL, -EFBIG, -EIO, -ENOMEM
 */
int upload_request_read(struct fs *fs, struct stage *stage, const char *name, int64_t size, struct upload_request *r,
			struct err *e);
void upload_request_release(struct fs *fs, struct upload_request *r);

#endif
