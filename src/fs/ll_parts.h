/* ll_parts - between the files of the edge to libfuse: what they share, and the callbacks that ll.c puts together */
#ifndef FS0711_FS_LL_PARTS_H
#define FS0711_FS_LL_PARTS_H

#define FUSE_USE_VERSION 312
#include <fuse_lowlevel.h>

#include "fs/handle.h"

struct fs *ll_fs(fuse_req_t req);
struct handle *ll_handle(const struct fuse_file_info *fi); /* NULL when the kernel names none */
/* ll_who - on whose behalf the request is made */
void ll_who(fuse_req_t req, struct actor *out);
/* ll_reply - answer 0 or the errno; the sentence goes to the debug log */
void ll_reply(fuse_req_t req, int rc, const struct err *e);
/* ll_entry - what the kernel is told of a file that was found. 0 or -ENOENT */
int ll_entry(struct fs *fs, struct found at, struct fuse_entry_param *out, struct err *e);

/* A request that waits for the disk, on a thread of the pool. */
struct ll_job {
	fuse_req_t req;
	struct handle *h;
	struct actor who;
	pid_t pid;
	fuse_ino_t parent, to;
	char name[NAME_BYTES], to_name[NAME_BYTES];
	unsigned flags;
};
/* ll_job_new - for pool_run; h may be NULL. Whoever runs it frees it */
struct ll_job *ll_job_new(fuse_req_t req, struct handle *h);

/* ll_file.c */
void ll_open(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi);
void ll_create(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode, struct fuse_file_info *fi);
void ll_read(fuse_req_t req, fuse_ino_t ino, size_t size, off_t off, struct fuse_file_info *fi);
void ll_write(fuse_req_t req, fuse_ino_t ino, const char *bytes, size_t size, off_t off, struct fuse_file_info *fi);
void ll_flush(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi);
void ll_release(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi);
void ll_fsync(fuse_req_t req, fuse_ino_t ino, int datasync, struct fuse_file_info *fi);
void ll_poll(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi, struct fuse_pollhandle *ph);

/* ll_dir.c */
void ll_opendir(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi);
void ll_readdir(fuse_req_t req, fuse_ino_t ino, size_t size, off_t off, struct fuse_file_info *fi);
void ll_readdirplus(fuse_req_t req, fuse_ino_t ino, size_t size, off_t off, struct fuse_file_info *fi);
void ll_mkdir(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode);
void ll_unlink(fuse_req_t req, fuse_ino_t parent, const char *name);
void ll_rmdir(fuse_req_t req, fuse_ino_t parent, const char *name);
void ll_rename(fuse_req_t req, fuse_ino_t parent, const char *name, fuse_ino_t to, const char *to_name, unsigned flags);
void ll_symlink(fuse_req_t req, const char *link, fuse_ino_t parent, const char *name);
void ll_link(fuse_req_t req, fuse_ino_t ino, fuse_ino_t parent, const char *name);
void ll_mknod(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode, dev_t dev);

/*
 * ll_kick.c: true when the request was the kick helper's, and is answered. ll_kick_touch only says whose it is: times
 * that the helper sets are answered without being set
 */
bool ll_kick_lookup(fuse_req_t req, fuse_ino_t parent, const char *name);
bool ll_kick_make(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t type);
bool ll_kick_create(fuse_req_t req, fuse_ino_t parent, const char *name, struct fuse_file_info *fi);
bool ll_kick_remove(fuse_req_t req, fuse_ino_t parent, const char *name);
bool ll_kick_touch(fuse_req_t req);

/* ll_xattr.c */
void ll_getxattr(fuse_req_t req, fuse_ino_t ino, const char *name, size_t size);
void ll_listxattr(fuse_req_t req, fuse_ino_t ino, size_t size);
void ll_setxattr(fuse_req_t req, fuse_ino_t ino, const char *name, const char *value, size_t size, int flags);
void ll_removexattr(fuse_req_t req, fuse_ino_t ino, const char *name);

#endif
