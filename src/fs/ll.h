/* ll - the edge to libfuse's low-level API: unpack, call, reply once */
#ifndef FS0711_FS_LL_H
#define FS0711_FS_LL_H

struct fuse_lowlevel_ops;

/* The callbacks; the session's user data is the struct fs. */
extern const struct fuse_lowlevel_ops ll_ops;

#endif
