/* Requests of the kick helper: answered with what is there already, and without effect */
#include "fs/ll_parts.h"

#include <errno.h>

#include "fs/kick.h"

static bool is_helper(fuse_req_t req)
{
	return kick_is_helper(ll_fs(req), fuse_req_ctx(req)->pid);
}

/* An inode of no kind: what was removed may be shown by another number, since the kernel counts its links. */
static void show_removed(fuse_req_t req, mode_t type)
{
	const struct fs_options *o = &ll_fs(req)->o;
	struct fuse_entry_param entry = { .ino = INO(NODE_NONE, 1) };

	entry.attr = (struct stat){
		.st_ino = entry.ino, .st_mode = type | 0644, .st_nlink = 1, .st_uid = o->uid, .st_gid = o->gid
	};
	fuse_reply_entry(req, &entry);
}

bool ll_kick_lookup(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	mode_t type;
	int rc = is_helper(req) ? kick_lookup(ll_fs(req), parent, name, &type) : 0;

	if (rc > 0)
		show_removed(req, type);
	else if (rc < 0)
		fuse_reply_err(req, -rc);
	return rc != 0;
}

static int make(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t type, struct fuse_entry_param *out)
{
	struct err e = ERR_INIT;
	struct found at;
	int rc = kick_may_make(ll_fs(req), parent, name, &at);

	if (rc == 0 && (nodes[at.kind].mode & S_IFMT) != type)
		rc = -EPERM;
	return rc < 0 ? rc : ll_entry(ll_fs(req), at, out, &e);
}

bool ll_kick_make(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t type)
{
	struct fuse_entry_param entry;
	int rc;

	if (!is_helper(req))
		return false;
	rc = make(req, parent, name, type, &entry);
	if (rc < 0)
		fuse_reply_err(req, -rc);
	else
		fuse_reply_entry(req, &entry);
	return true;
}

bool ll_kick_create(fuse_req_t req, fuse_ino_t parent, const char *name, struct fuse_file_info *fi)
{
	struct fuse_entry_param entry;
	int rc;

	if (!is_helper(req))
		return false;
	rc = make(req, parent, name, S_IFREG, &entry);
	if (rc < 0) {
		fuse_reply_err(req, -rc);
		return true;
	}
	fi->fh = 0;
	/* direct_io leaves the kernel's ways to read the file, its cache or the document itself, as they are */
	fi->direct_io = fi->keep_cache = fi->noflush = true;
	fuse_reply_create(req, &entry, fi);
	return true;
}

bool ll_kick_remove(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	if (!is_helper(req))
		return false;
	fuse_reply_err(req, -kick_may_remove(ll_fs(req), parent, name));
	return true;
}

bool ll_kick_touch(fuse_req_t req)
{
	return is_helper(req);
}
