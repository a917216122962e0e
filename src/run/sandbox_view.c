/*
 * The view is a tmpfs that becomes the root. The old root stays reachable below OLD while pieces of it are bound into
 * the new one, and is then let go, so that a server never keeps a mount of the host busy (our own least of all).
 */
#include "run/sandbox_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#define OLD             "/.old"
#define BASE            "/tmp" /* where the new root is mounted before it is the root */
#define HIDDEN          (MS_NOSUID | MS_NODEV)
#define ATTR_RDONLY     0x1ULL
#define ATTR_NOSUID     0x2ULL
#define ATTR_NODEV      0x4ULL
#define TMP_BYTES       (256ULL << 20)
#define TMP_INODES      16384
#define PERHAPS_MISSING true

/* linux/mount.h and sys/mount.h do not go together on every system */
struct attr {
	uint64_t set, clear, propagation, userns_fd;
};

static int fail(const char **what, const char *step)
{
	*what = step;
	return -errno;
}

/* In a user namespace a remount must keep the flags that the host's mount has. */
static unsigned long kept_flags(const char *path)
{
	static const struct {
		unsigned long have, keep;
	} flags[] = { { ST_NOEXEC, MS_NOEXEC },
		      { ST_NOATIME, MS_NOATIME },
		      { ST_NODIRATIME, MS_NODIRATIME },
		      { ST_RELATIME, MS_RELATIME },
		      { ST_NODEV, MS_NODEV } };
	unsigned long keep = 0;
	struct statvfs vfs;

	if (statvfs(path, &vfs) < 0)
		return 0;
	for (size_t i = 0; i < N_ELEMS(flags); i++)
		if (vfs.f_flag & flags[i].have)
			keep |= flags[i].keep;
	return keep;
}

static int shut(const char *path, enum sandbox_access access)
{
	bool device = access == SANDBOX_DEVICE, write = access == SANDBOX_WRITE;
	struct attr attr = { .set = ATTR_NOSUID | (write ? 0 : ATTR_RDONLY) | (device ? 0 : ATTR_NODEV) };

#ifdef SYS_mount_setattr
	if (syscall(SYS_mount_setattr, AT_FDCWD, path, AT_RECURSIVE, &attr, sizeof(attr)) == 0)
		return 0;
	if (errno != ENOSYS)
		return -1;
#endif
	return mount(NULL, path, NULL,
		     MS_BIND | MS_REMOUNT | MS_NOSUID | (write ? 0 : MS_RDONLY) | (device ? 0 : MS_NODEV) |
			     kept_flags(path),
		     NULL);
}

static int make_dirs(char *path)
{
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(path, 0755) < 0 && errno != EEXIST && errno != EROFS)
			return -1;
		*slash = '/';
	}
	return 0;
}

static int make_target(const char *path, mode_t type)
{
	char copy[PATH_MAX];
	int fd;

	if (snprintf(copy, sizeof(copy), "%s", path) >= (int)sizeof(copy)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	if (make_dirs(copy) < 0)
		return -1;
	if (access(path, F_OK) == 0)
		return 0;
	if (S_ISDIR(type))
		return mkdir(path, 0755);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0444);
	return fd < 0 ? -1 : close(fd);
}

/* /bin is a link to usr/bin on most systems: keep it one */
static int copy_link(const char *from, const char *to)
{
	char target[PATH_MAX], copy[PATH_MAX];
	ssize_t n = readlink(from, target, sizeof(target) - 1);

	if (n < 0)
		return -1;
	target[n] = '\0';
	snprintf(copy, sizeof(copy), "%s", to);
	if (make_dirs(copy) < 0)
		return -1;
	return symlink(target, to) < 0 && errno != EEXIST ? -1 : 0;
}

static int bind_at(const char *source, const char *target, enum sandbox_access access, bool may_miss)
{
	char from[PATH_MAX];
	struct stat sb;

	if (snprintf(from, sizeof(from), OLD "%s", source) >= (int)sizeof(from)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	if (lstat(from, &sb) < 0)
		return may_miss ? 0 : -1;
	if (S_ISLNK(sb.st_mode) && may_miss)
		return copy_link(from, target);
	if (make_target(target, sb.st_mode) < 0)
		return -1;
	if (mount(from, target, NULL, MS_BIND | MS_REC, NULL) < 0)
		return -1;
	return shut(target, access);
}

static int new_root(const char **what)
{
	if (mount(NULL, "/", NULL, MS_SLAVE | MS_REC, NULL) < 0)
		return fail(what, "separate the mounts");
	if (mount("tmpfs", BASE, "tmpfs", HIDDEN, "mode=0755,size=1m") < 0)
		return fail(what, "mount a new root");
	if (mkdir(BASE OLD, 0700) < 0 || syscall(SYS_pivot_root, BASE, BASE OLD) < 0 || chdir("/") < 0)
		return fail(what, "change to the new root");
	return 0;
}

static int mount_tmp(const struct sandbox_limits *limits, const char **what)
{
	char options[96];
	unsigned long long size = limits->tmp_bytes ? limits->tmp_bytes : TMP_BYTES;

	snprintf(options, sizeof(options), "mode=1777,size=%llu,nr_inodes=%d", size, TMP_INODES);
	if (mkdir("/tmp", 0755) < 0 || mount("tmpfs", "/tmp", "tmpfs", HIDDEN, options) < 0)
		return fail(what, "mount a private /tmp");
	return 0;
}

/* What this server alone sees of the host. */
struct piece {
	char source[PATH_MAX]; /* without links: what they point to is elsewhere in the view */
	const char *target;
	enum sandbox_access access;
	const char *what;
};

struct pieces {
	size_t n;
	struct piece *piece;
};

static size_t count(const char *const *list)
{
	size_t n = 0;

	while (list && list[n])
		n++;
	return n;
}

static void add_piece(struct pieces *all, const char *source, const char *target, enum sandbox_access access,
		      const char *what)
{
	struct piece *p = &all->piece[all->n];

	if (!source)
		return;
	if (!realpath(source, p->source))
		snprintf(p->source, sizeof(p->source), "%s", source);
	p->target = target;
	p->access = access;
	p->what = what;
	all->n++;
}

/* While the host's root is still ours, so that links lead where they lead on the host. */
static struct pieces find_pieces(const struct sandbox_spec *spec)
{
	size_t most = count(spec->dirs) + count(spec->devices) + 2;
	struct pieces all = { .piece = xcalloc(most, sizeof(*all.piece)) };

	for (const char *const *d = spec->dirs; d && *d; d++)
		add_piece(&all, *d, *d, SANDBOX_RUN, "bind the server's own directory");
	for (const char *const *d = spec->devices; d && *d; d++)
		add_piece(&all, *d, *d, SANDBOX_DEVICE, "bind the server's devices");
	add_piece(&all, spec->in_dir, SANDBOX_IN, SANDBOX_READ, "bind the documents at /in");
	add_piece(&all, spec->work_dir, SANDBOX_WORK, SANDBOX_WRITE, "bind the directory to write in");
	return all;
}

static int bind_host(const struct pieces *own, const char **what)
{
	for (const struct sandbox_path *p = sandbox_paths; p->path; p++)
		if (bind_at(p->path, p->path, p->access, PERHAPS_MISSING) < 0)
			return fail(what, "bind the system's directories");
	for (const struct piece *p = own->piece; p < own->piece + own->n; p++)
		if (bind_at(p->source, p->target, p->access, !PERHAPS_MISSING) < 0)
			return fail(what, p->what);
	return 0;
}

/*
 * A container may hide parts of /proc, and then the kernel refuses a new one; servers of ours do without. The helper
 * has its own reasons to know (own_proc), so it is only tried in a PID namespace of our own.
 */
static void mount_proc(void)
{
	if (mkdir("/proc", 0555) == 0)
		(void)!mount("proc", "/proc", "proc", HIDDEN | MS_NOEXEC | MS_RDONLY, NULL);
	(void)!symlink("/proc/self/fd", "/dev/fd");
}

int sandbox_view(const struct sandbox_spec *spec, bool own_proc, const char **what)
{
	mode_t mask = umask(0);
	struct pieces own = find_pieces(spec);
	int rc = new_root(what);

	if (rc == 0)
		rc = mount_tmp(&spec->limits, what);
	if (rc == 0)
		rc = bind_host(&own, what);
	if (rc == 0 && spec->work_dir)
		(void)!symlink("/tmp", "/dev/shm");
	free(own.piece);
	umask(mask);
	if (rc < 0)
		return rc;
	if (own_proc)
		mount_proc();
	if (umount2(OLD, MNT_DETACH) < 0 || rmdir(OLD) < 0)
		return fail(what, "let go of the old root");
	if (mount(NULL, "/", NULL, MS_BIND | MS_REMOUNT | MS_RDONLY | HIDDEN, NULL) < 0)
		return fail(what, "make the new root read-only");
	return 0;
}
