/*
 * synth - the floor for a file system of our kind: the tree of fsops.c out of nothing, with all that a kernel may keep
 *
 *     synth FILES MOUNTPOINT     stays in the foreground
 *
 * Timeouts of an hour, pages and directories kept, no flush at close, symbolic links cached.
 */
#define FUSE_USE_VERSION 312
#include <errno.h>
#include <fuse_lowlevel.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/bench/timing.h"

#define TTL_S 3600.0
#define BYTES 4096

/* An inode number is kind | number << 8; the root is number 0 of kind 1. */
enum kind { NONE, ROOT, ENGAGEMENTS, DEFAULT, LIST, TASK, RESULT, TASKS, VIEW, LINK, N_KINDS };
#define INO(kind, i) ((fuse_ino_t)(i) << 8 | (kind))

static const struct {
	const char *name; /* NULL: tNNNNN */
	enum kind parent;
	mode_t mode;
} kinds[N_KINDS] = {
	[ROOT] = { "", NONE, S_IFDIR | 0755 },
	[ENGAGEMENTS] = { "engagements", ROOT, S_IFDIR | 0755 },
	[DEFAULT] = { "default", ENGAGEMENTS, S_IFDIR | 0755 },
	[LIST] = { "tasks", DEFAULT, S_IFDIR | 0755 },
	[TASK] = { NULL, LIST, S_IFDIR | 0755 },
	[RESULT] = { "result.json", TASK, S_IFREG | 0644 },
	[TASKS] = { "tasks", ROOT, S_IFDIR | 0755 },
	[VIEW] = { "completed", TASKS, S_IFDIR | 0755 },
	[LINK] = { NULL, VIEW, S_IFLNK | 0777 },
};

static unsigned n_files;

static const char *link_text(unsigned i, char *out, size_t size)
{
	snprintf(out, size, "../../engagements/default/tasks/t%05u", i);
	return out;
}

static void fill_stat(fuse_ino_t ino, struct stat *st)
{
	char text[64];

	*st = (struct stat){ .st_ino = ino, .st_mode = kinds[ino & 0xff].mode, .st_nlink = 1 };
	if ((ino & 0xff) == RESULT)
		st->st_size = BYTES;
	else if ((ino & 0xff) == LINK)
		st->st_size = (off_t)strlen(link_text((unsigned)(ino >> 8), text, sizeof(text)));
}

static struct fuse_entry_param entry_of(fuse_ino_t ino)
{
	struct fuse_entry_param e = { .ino = ino, .attr_timeout = TTL_S, .entry_timeout = TTL_S };

	fill_stat(ino, &e.attr);
	return e;
}

static void ll_init(void *ud UNUSED, struct fuse_conn_info *conn)
{
#ifdef HAVE_FUSE_SET_FEATURE_FLAG
	fuse_set_feature_flag(conn, FUSE_CAP_CACHE_SYMLINKS);
#else
	conn->want |= conn->capable & FUSE_CAP_CACHE_SYMLINKS;
#endif
}

static void ll_lookup(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	struct fuse_entry_param e;
	unsigned i = 0;

	for (enum kind k = ROOT; k < N_KINDS; k++) {
		if (kinds[k].parent != (parent & 0xff))
			continue;
		if (kinds[k].name ? !streq(kinds[k].name, name) : sscanf(name, "t%5u", &i) != 1 || i >= n_files)
			continue;
		e = entry_of(INO(k, kinds[k].name ? parent >> 8 : i));
		fuse_reply_entry(req, &e);
		return;
	}
	fuse_reply_err(req, ENOENT);
}

static void ll_getattr(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi UNUSED)
{
	struct stat st;

	fill_stat(ino, &st);
	fuse_reply_attr(req, &st, TTL_S);
}

static void ll_readlink(fuse_req_t req, fuse_ino_t ino)
{
	char text[64];

	fuse_reply_readlink(req, link_text((unsigned)(ino >> 8), text, sizeof(text)));
}

static void ll_opendir(fuse_req_t req, fuse_ino_t ino UNUSED, struct fuse_file_info *fi)
{
	fi->cache_readdir = fi->keep_cache = 1;
	fuse_reply_open(req, fi);
}

/* The n-th entry of a directory: its name and inode number, 0 behind the last */
static fuse_ino_t nth(fuse_ino_t dir, size_t n, char *name, size_t size)
{
	for (enum kind k = ROOT; k < N_KINDS; k++) {
		if (kinds[k].parent != (dir & 0xff))
			continue;
		if (kinds[k].name) {
			snprintf(name, size, "%s", kinds[k].name);
			if (n-- == 0)
				return INO(k, dir >> 8);
		} else {
			snprintf(name, size, "t%05zu", n);
			return n < n_files ? INO(k, n) : 0;
		}
	}
	return 0;
}

static void list(fuse_req_t req, fuse_ino_t ino, size_t size, off_t off, bool plus)
{
	auto_free char *out = xmalloc(size);
	size_t used = 0, len;
	char name[16];
	fuse_ino_t x;

	for (; (x = nth(ino, (size_t)off, name, sizeof(name))) != 0; used += len, off++) {
		struct fuse_entry_param e = entry_of(x);

		len = plus ? fuse_add_direntry_plus(req, out + used, size - used, name, &e, off + 1)
			   : fuse_add_direntry(req, out + used, size - used, name, &e.attr, off + 1);
		if (len > size - used)
			break;
	}
	fuse_reply_buf(req, out, used);
}

static void ll_readdir(fuse_req_t req, fuse_ino_t ino, size_t size, off_t off, struct fuse_file_info *fi UNUSED)
{
	list(req, ino, size, off, false);
}

static void ll_readdirplus(fuse_req_t req, fuse_ino_t ino, size_t size, off_t off, struct fuse_file_info *fi UNUSED)
{
	list(req, ino, size, off, true);
}

static void ll_open(fuse_req_t req, fuse_ino_t ino UNUSED, struct fuse_file_info *fi)
{
	fi->keep_cache = fi->noflush = 1;
	fuse_reply_open(req, fi);
}

static void ll_read(fuse_req_t req, fuse_ino_t ino UNUSED, size_t size, off_t off, struct fuse_file_info *fi UNUSED)
{
	char text[BYTES];
	size_t at = off < BYTES ? (size_t)off : BYTES;

	memset(text, 'a', sizeof(text));
	fuse_reply_buf(req, text + at, size < BYTES - at ? size : BYTES - at);
}

static const struct fuse_lowlevel_ops ops = {
	.init = ll_init,
	.lookup = ll_lookup,
	.getattr = ll_getattr,
	.readlink = ll_readlink,
	.opendir = ll_opendir,
	.readdir = ll_readdir,
	.readdirplus = ll_readdirplus,
	.open = ll_open,
	.read = ll_read,
};

int main(int argc, char **argv)
{
	struct fuse_args args = FUSE_ARGS_INIT(1, argv);
	struct fuse_loop_config *loop = fuse_loop_cfg_create();
	struct fuse_session *se;
	int64_t n;

	if (argc != 3 || util_int(argv[1], &n) < 0)
		timing_die("usage: synth FILES MOUNTPOINT");
	n_files = (unsigned)n;
	se = fuse_session_new(&args, &ops, sizeof(ops), NULL);
	if (!se || fuse_set_signal_handlers(se) != 0 || fuse_session_mount(se, argv[2]) != 0)
		return 1;
	fuse_session_loop_mt(se, loop);
	fuse_session_unmount(se);
	fuse_session_destroy(se);
	fuse_loop_cfg_destroy(loop);
	return 0;
}
