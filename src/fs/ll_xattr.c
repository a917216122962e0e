/* Callbacks on extended attributes */
#include "fs/ll_parts.h"

#include <errno.h>
#include <sys/xattr.h>

#include "fs/xattr.h"

/* size 0 asks how many bytes there are. */
static void reply_xattr(fuse_req_t req, int rc, const struct buf *value, size_t size)
{
	if (rc < 0)
		fuse_reply_err(req, -rc);
	else if (value->failed)
		fuse_reply_err(req, ENOMEM);
	else if (size == 0)
		fuse_reply_xattr(req, value->len);
	else if (value->len > size)
		fuse_reply_err(req, ERANGE);
	else
		fuse_reply_buf(req, value->data, value->len);
}

void ll_getxattr(fuse_req_t req, fuse_ino_t ino, const char *name, size_t size)
{
	struct err e = ERR_INIT;
	auto_buf value = BUF_INIT;

	reply_xattr(req, xattr_get(ll_fs(req), ino, name, &value, &e), &value, size);
}

void ll_listxattr(fuse_req_t req, fuse_ino_t ino, size_t size)
{
	struct err e = ERR_INIT;
	auto_buf names = BUF_INIT;

	reply_xattr(req, xattr_list(ll_fs(req), ino, &names, &e), &names, size);
}

void ll_setxattr(fuse_req_t req, fuse_ino_t ino, const char *name, const char *value, size_t size, int flags)
{
	struct err e = ERR_INIT;

	ll_reply(req, xattr_set(ll_fs(req), ino, name, value, size, flags & XATTR_CREATE, flags & XATTR_REPLACE, &e),
		 &e);
}

void ll_removexattr(fuse_req_t req, fuse_ino_t ino, const char *name)
{
	struct err e = ERR_INIT;

	ll_reply(req, xattr_remove(ll_fs(req), ino, name, &e), &e);
}
