/* io - whole reads and writes on descriptors */
#ifndef FS0711_BASE_IO_H
#define FS0711_BASE_IO_H

#include "base/buf.h"
#include "base/err.h"

/* io_write_all - write len bytes, over interrupts and short writes. Returns 0 or -errno */
int io_write_all(int fd, const void *bytes, size_t len);
/* io_read_fd - append what fd still has, at most max bytes (else -EFBIG). Returns 0 or -errno */
int io_read_fd(int fd, struct buf *out, size_t max);
/* io_read_file - append the file at path below dirfd (or AT_FDCWD), at most max bytes. Returns 0, -errno or -EFBIG */
int io_read_file(int dirfd, const char *path, struct buf *out, size_t max);
/* io_remove_tree - remove what is at path below dirfd, folders with what is in them. Returns 0 (also when gone) or
 * -errno */
int io_remove_tree(int dirfd, const char *path);

#endif
