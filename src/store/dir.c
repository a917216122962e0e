#include "store/dir.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/io.h"

struct dir {
	char *path;
	int lock_fd;
	char *holder; /* of a directory that we only read, NULL when it is free */
};

/* Locks and shared memory do not reach the other hosts that see such a file system, so two could write at once. */
static const struct {
	unsigned long type; /* of statfs(2) */
	const char *name;
} network[] = {
	{ 0x6969, "NFS" },       { 0x517b, "SMB" },      { 0xff534d42, "CIFS" }, { 0xfe534d42, "SMB" },
	{ 0x00c36400, "Ceph" },  { 0x5346414f, "AFS" },  { 0x73757245, "Coda" }, { 0x01021997, "9P" },
	{ 0x7461636f, "OCFS2" }, { 0x01161970, "GFS2" },
};

static int refuse_network(const char *path, struct err *e)
{
	struct statfs fs;

	if (statfs(path, &fs) < 0)
		return err_errno(e, "cannot use \"%s\"", path);
	for (size_t i = 0; i < N_ELEMS(network); i++)
		if (((unsigned long)fs.f_type & 0xffffffff) == network[i].type)
			return err_set(
				e, -EREMOTE,
				"\"%s\" is on a shared file system (%s), where other computers could change it at "
				"the same time: use a directory on a disk of this computer",
				path, network[i].name);
	return 0;
}

/*
 * A name that was just made is lost in a power cut unless the directory that holds it is synced. One that we may not
 * read cannot be synced by us.
 */
static int sync_parent(const char *path)
{
	auto_free char *parent = xstrdup(path);
	char *slash = strrchr(parent, '/');

	if (slash)
		slash[slash == parent] = '\0';

	auto_close int fd = open(slash ? parent : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return errno == EACCES ? 0 : -errno;
	return fsync(fd) < 0 ? -errno : 0;
}

static int make(const char *path)
{
	if (mkdir(path, 0700) == 0)
		return sync_parent(path);
	return errno == EEXIST ? 0 : -errno;
}

static int make_with_parents(const char *path, struct err *e)
{
	auto_free char *part = xstrdup(path);
	int rc = 0;

	for (char *p = part + 1; rc == 0 && *p; p++)
		if (*p == '/' && p[-1] != '/') {
			*p = '\0';
			if (access(part, F_OK) < 0)
				rc = make(part);
			*p = '/';
		}
	if (rc == 0)
		rc = make(part);
	return rc < 0 ? err_set(e, rc, "cannot make the directory \"%s\": %s", path, strerror(-rc)) : 0;
}

/* "123 (0711fs)": who has the directory, as its lock file says; NULL when that is empty. The caller's to free */
static char *read_holder(const struct dir *d)
{
	auto_buf who = BUF_INIT;

	if (io_read_fd(d->lock_fd, &who, 200) < 0 || who.len == 0)
		return NULL;
	who.data[strcspn(who.data, "\n")] = '\0';
	return buf_steal(&who);
}

static int say_who(const struct dir *d, struct err *e)
{
	auto_free char *who = read_holder(d);

	if (!who)
		return err_set(e, -EBUSY, "\"%s\" is in use by another process", d->path);
	return err_set(e, -EBUSY, "\"%s\" is in use by process %s; unmount it or end that process first", d->path, who);
}

static int note_us(const struct dir *d, struct err *e)
{
	auto_free char *us = xasprintf("%d (%s)\n", (int)getpid(), program_invocation_short_name);

	if (ftruncate(d->lock_fd, 0) < 0 || pwrite(d->lock_fd, us, strlen(us), 0) < 0)
		return err_errno(e, "cannot write \"%s/lock\"", d->path);
	return 0;
}

static int lock(struct dir *d, struct err *e)
{
	auto_free char *path = xasprintf("%s/lock", d->path);

	d->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (d->lock_fd < 0)
		return err_errno(e, "cannot open \"%s\"", path);
	if (flock(d->lock_fd, LOCK_EX | LOCK_NB) == 0)
		return note_us(d, e);
	return errno == EWOULDBLOCK ? say_who(d, e) : err_errno(e, "cannot lock \"%s\"", path);
}

/* Whoever made it may not have done this, or died before. */
static int sync_name(const struct dir *d, struct err *e)
{
	int rc = sync_parent(d->path);

	return rc < 0 ? err_set(e, rc, "cannot sync the directory that holds \"%s\": %s", d->path, strerror(-rc)) : 0;
}

int dir_open(const char *path, struct dir **out, struct err *e)
{
	struct dir *d;
	int rc = *path ? make_with_parents(path, e) : err_set(e, -EINVAL, "the directory of the store has no name");

	if (rc < 0)
		return rc;
	d = xcalloc(1, sizeof(*d));
	d->lock_fd = -1;
	d->path = realpath(path, NULL);
	rc = d->path ? refuse_network(d->path, e) : err_errno(e, "cannot use \"%s\"", path);
	if (rc == 0)
		rc = lock(d, e);
	if (rc == 0)
		rc = sync_name(d, e);
	if (rc < 0) {
		dir_close(d);
		return rc;
	}
	*out = d;
	return 0;
}

/* A store that nobody ever locked, or a medium that cannot be written, needs no lock to be read. */
static int lock_shared(struct dir *d, struct err *e)
{
	auto_free char *path = xasprintf("%s/lock", d->path);
	bool writable = true;

	d->lock_fd = open(path, O_RDWR | O_CLOEXEC);
	if (d->lock_fd < 0 && (errno == EROFS || errno == EACCES)) {
		writable = false;
		d->lock_fd = open(path, O_RDONLY | O_CLOEXEC);
	}
	if (d->lock_fd < 0)
		return errno == ENOENT ? 0 : err_errno(e, "cannot open \"%s\"", path);
	if (flock(d->lock_fd, LOCK_SH | LOCK_NB) == 0)
		return writable ? note_us(d, e) : 0;
	if (errno != EWOULDBLOCK)
		return err_errno(e, "cannot lock \"%s\"", path);
	d->holder = read_holder(d);
	if (!d->holder)
		d->holder = xstrdup("another");
	return 0;
}

int dir_open_read(const char *path, struct dir **out, struct err *e)
{
	struct dir *d = xcalloc(1, sizeof(*d));
	int rc;

	d->lock_fd = -1;
	d->path = realpath(path, NULL);
	rc = d->path ? refuse_network(d->path, e) : err_errno(e, "cannot use \"%s\"", path);
	if (rc == 0)
		rc = lock_shared(d, e);
	if (rc < 0) {
		dir_close(d);
		return rc;
	}
	*out = d;
	return 0;
}

const char *dir_holder(const struct dir *d)
{
	return d->holder;
}

/* A main thread that has ended is a zombie while others are left; one that crashes waits for the others. */
static bool is_dead(int pid)
{
	auto_free char *path = xasprintf("/proc/%d/status", pid);
	auto_buf text = BUF_INIT;

	if (io_read_file(AT_FDCWD, path, &text, 1 << 16) < 0)
		return false;
	return strstr(buf_str(&text), "\nState:\tZ") || strstr(buf_str(&text), "\nCoreDumping:\t1");
}

bool dir_orphaned(const char *path)
{
	auto_free char *lock_path = xasprintf("%s/lock", path), *who = NULL;
	struct dir d = { .lock_fd = open(lock_path, O_RDONLY | O_CLOEXEC) };
	bool held = d.lock_fd >= 0 && flock(d.lock_fd, LOCK_SH | LOCK_NB) < 0 && errno == EWOULDBLOCK;

	if (held)
		who = read_holder(&d);
	util_close(&d.lock_fd);
	return who && is_dead(atoi(who));
}

void dir_close(struct dir *d)
{
	if (!d)
		return;
	util_close(&d->lock_fd);
	free(d->holder);
	free(d->path);
	free(d);
}

const char *dir_path(const struct dir *d)
{
	return d->path;
}
