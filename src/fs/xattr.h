/* xattr - extended attributes: user.0711.error says why something was refused, other user.* are kept as they are */
#ifndef FS0711_FS_XATTR_H
#define FS0711_FS_XATTR_H

#include "fs/node.h"

/* xattr_get - append the value. 0, -ENODATA, -ENOTSUP (another namespace) */
int xattr_get(struct fs *fs, uint64_t ino, const char *name, struct buf *out, struct err *e);
/* xattr_list - append the names, each with its NUL */
int xattr_list(struct fs *fs, uint64_t ino, struct buf *out, struct err *e);
/* xattr_set - create, replace: as for setxattr(2). -EEXIST, -ENODATA, -ENOTSUP, -EPERM, -E2BIG above 64 KiB */
int xattr_set(struct fs *fs, uint64_t ino, const char *name, const void *value, size_t len, bool create, bool replace,
	      struct err *e);
int xattr_remove(struct fs *fs, uint64_t ino, const char *name, struct err *e);

#endif
