/*
 * record - a library for LD_PRELOAD that writes down what a process does to the files of one file system
 *
 *     FS0711_RECORD_ROOT   a directory of that file system; it should be one that holds nothing else
 *     FS0711_RECORD_LOG    the log, on another file system; it is appended to (tests/power/log.h says how it reads)
 *     FS0711_RECORD_FAULT  or a file "NNNNNN EEE WHAT" of FAULT_BYTES: the NNNNNN-th call from now on that changes or
 *                          syncs something fails with errno EEE, and its name becomes WHAT; 000000: none
 *
 * A lock is held over a call and its record, so the log has the order in which things happened. What cannot be written
 * down is refused: sharing blocks (FICLONE answers EOPNOTSUPP), or ends the process: a writable shared mapping of
 * anything but SQLite's -shm, which no power cut leaves behind. Children that are executed are not recorded.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define FAULT_BYTES  32
#define FAULT_DIGITS 6
#define FAULT_WHAT   11 /* where it stands */

static dev_t dev;
static int log_fd = -1;
static char *fault; /* mapped, or NULL */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void end(const char *why)
{
	dprintf(2, "record: %s: %s\n", why, strerror(errno));
	abort();
}

static void map_fault(const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);

	fault = mmap(NULL, FAULT_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (fault == MAP_FAILED)
		end(path);
	close(fd);
}

static void __attribute__((constructor)) begin(void)
{
	const char *root = getenv("FS0711_RECORD_ROOT"), *path = getenv("FS0711_RECORD_LOG"),
		   *control = getenv("FS0711_RECORD_FAULT");
	struct stat sb;

	if (!root || stat(root, &sb) < 0)
		end("FS0711_RECORD_ROOT");
	if (control)
		map_fault(control);
	if (path)
		log_fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	if (path && log_fd < 0)
		end(path);
	unsetenv("LD_PRELOAD");
	dev = sb.st_dev;
}

/* An entry: what the call is about. */
struct place {
	uint64_t dir;
	char name[256];
};

struct record {
	const char *op;
	uint64_t ino;
	struct place place, as;
	int64_t at;
	const void *bytes;
	size_t n_bytes;
};

/* One write, so that records of others never stand within it. */
static void put(const struct record *r)
{
	char head[700];
	int n = snprintf(head, sizeof(head), "%s %ju %ju %ju %jd %zu %s/%s\n", r->op, (uintmax_t)r->ino,
			 (uintmax_t)r->place.dir, (uintmax_t)r->as.dir, (intmax_t)r->at, r->n_bytes, r->place.name,
			 r->as.name);
	struct iovec part[] = { { head, (size_t)n }, { (void *)(uintptr_t)r->bytes, r->n_bytes } };

	if (log_fd >= 0 && syscall(SYS_writev, log_fd, part, 2) != (long)(n + (ssize_t)r->n_bytes))
		end("the log cannot be written");
}

static bool fails(const char *what)
{
	char digits[FAULT_DIGITS + 1] = "";
	unsigned left;

	if (!fault)
		return false;
	memcpy(digits, fault, FAULT_DIGITS);
	left = (unsigned)strtoul(digits, NULL, 10);
	if (left == 0)
		return false;
	snprintf(digits, sizeof(digits), "%06u", (left - 1) % 1000000);
	memcpy(fault, digits, FAULT_DIGITS);
	if (left > 1)
		return false;
	errno = atoi(fault + FAULT_DIGITS + 1);
	memcpy(fault + FAULT_WHAT, what, strnlen(what, FAULT_BYTES - FAULT_WHAT - 1));
	return true;
}

/* 0 when the descriptor is none of ours */
static uint64_t ino_of(int fd)
{
	struct stat sb;
	int was = errno;
	bool ours = dev && fstat(fd, &sb) == 0 && sb.st_dev == dev;

	errno = was;
	return ours ? sb.st_ino : 0;
}

static uint64_t ino_at(int dir, const char *path)
{
	struct stat sb;
	int was = errno;
	bool there = fstatat(dir, path, &sb, AT_SYMLINK_NOFOLLOW) == 0 && sb.st_dev == dev;

	errno = was;
	return there ? sb.st_ino : 0;
}

/* The directory and the name that a path ends with; false when that directory is none of ours. */
static bool find_place(int dir, const char *path, struct place *out)
{
	char parent[4096];
	char *slash;

	if (!dev || strlen(path) >= sizeof(parent))
		return false;
	strcpy(parent, path);
	while ((slash = strrchr(parent, '/')) && slash != parent && !slash[1])
		*slash = '\0';
	snprintf(out->name, sizeof(out->name), "%s", slash ? slash + 1 : parent);
	if (slash)
		slash[slash == parent] = '\0';
	out->dir = ino_at(dir, slash ? parent : ".");
	if (!slash && dir != AT_FDCWD)
		out->dir = ino_of(dir);
	return out->dir != 0;
}

/* The body of a call on something of ours: the lock, the fault, the call, the record. */
#define CALL(what, call, ...)                                 \
	do {                                                  \
		int rc_ = -1;                                 \
		pthread_mutex_lock(&lock);                    \
		if (!fails(what))                             \
			rc_ = (int)(call);                    \
		if (rc_ >= 0)                                 \
			put(&(struct record){ __VA_ARGS__ }); \
		pthread_mutex_unlock(&lock);                  \
		return rc_;                                   \
	} while (0)

static int open_locked(int dir, const char *path, int flags, mode_t mode, const struct place *place)
{
	uint64_t was = place->dir ? ino_at(dir, path) : 0;
	bool makes = place->dir && !was;
	int fd = -1;

	if (!makes || !fails("open"))
		fd = (int)syscall(SYS_openat, dir, path, flags, mode);
	if (fd >= 0 && makes)
		put(&(struct record){ .op = "make", .ino = ino_of(fd), .place = *place });
	else if (fd >= 0 && (flags & O_TRUNC) && ino_of(fd))
		put(&(struct record){ .op = "size", .ino = ino_of(fd) });
	return fd;
}

static int open_any(int dir, const char *path, int flags, mode_t mode)
{
	struct place place = { 0 };
	int fd;

	if (!(flags & (O_CREAT | O_TRUNC)))
		return (int)syscall(SYS_openat, dir, path, flags, mode);
	if ((flags & O_CREAT) && !find_place(dir, path, &place))
		place.dir = 0;
	pthread_mutex_lock(&lock);
	fd = open_locked(dir, path, flags, mode, &place);
	pthread_mutex_unlock(&lock);
	return fd;
}

static mode_t mode_of(int flags, va_list ap)
{
	return flags & (O_CREAT | __O_TMPFILE) ? va_arg(ap, mode_t) : 0;
}

#define OPEN(name)                                            \
	int name(const char *path, int flags, ...)            \
	{                                                     \
		va_list ap;                                   \
		mode_t mode;                                  \
                                                              \
		va_start(ap, flags);                          \
		mode = mode_of(flags, ap);                    \
		va_end(ap);                                   \
		return open_any(AT_FDCWD, path, flags, mode); \
	}
#define OPENAT(name)                                        \
	int name(int dir, const char *path, int flags, ...) \
	{                                                   \
		va_list ap;                                 \
		mode_t mode;                                \
                                                            \
		va_start(ap, flags);                        \
		mode = mode_of(flags, ap);                  \
		va_end(ap);                                 \
		return open_any(dir, path, flags, mode);    \
	}
OPEN(open)
OPEN(open64)
OPENAT(openat)
OPENAT(openat64)

static ssize_t write_at(int fd, const void *bytes, size_t len, off_t at, const char *what)
{
	uint64_t ino = ino_of(fd);
	ssize_t n = -1;

	if (!ino)
		return syscall(SYS_pwrite64, fd, bytes, len, at);
	pthread_mutex_lock(&lock);
	if (!fails(what))
		n = syscall(SYS_pwrite64, fd, bytes, len, at);
	if (n > 0)
		put(&(struct record){ .op = "write", .ino = ino, .at = at, .bytes = bytes, .n_bytes = (size_t)n });
	pthread_mutex_unlock(&lock);
	return n;
}

ssize_t pwrite(int fd, const void *bytes, size_t len, off_t at)
{
	return write_at(fd, bytes, len, at, __func__);
}

ssize_t pwrite64(int fd, const void *bytes, size_t len, off_t at)
{
	return write_at(fd, bytes, len, at, __func__);
}

ssize_t write(int fd, const void *bytes, size_t len)
{
	uint64_t ino = ino_of(fd);
	ssize_t n = -1;

	if (!ino)
		return syscall(SYS_write, fd, bytes, len);
	pthread_mutex_lock(&lock);
	if (!fails(__func__))
		n = syscall(SYS_write, fd, bytes, len);
	if (n > 0)
		put(&(struct record){ .op = "write",
				      .ino = ino,
				      .at = lseek(fd, 0, SEEK_CUR) - n,
				      .bytes = bytes,
				      .n_bytes = (size_t)n });
	pthread_mutex_unlock(&lock);
	return n;
}

/* What the kernel copied is read back, so that the log has its bytes; the descriptor may be good for writing only. */
static void put_copied(int to, uint64_t ino, off_t at, size_t len)
{
	char path[64], bytes[65536];
	int fd;

	if (log_fd < 0)
		return;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", to);
	fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
	while (len > 0) {
		ssize_t n = pread(fd, bytes, len < sizeof(bytes) ? len : sizeof(bytes), at);

		if (n <= 0)
			end("what was copied cannot be read");
		put(&(struct record){ .op = "write", .ino = ino, .at = at, .bytes = bytes, .n_bytes = (size_t)n });
		at += n;
		len -= (size_t)n;
	}
	close(fd);
}

ssize_t copy_file_range(int from, off64_t *in, int to, off64_t *out, size_t len, unsigned flags)
{
	uint64_t ino = ino_of(to);
	ssize_t n = -1;

	if (!ino)
		return syscall(SYS_copy_file_range, from, in, to, out, len, flags);
	pthread_mutex_lock(&lock);
	if (!fails(__func__))
		n = syscall(SYS_copy_file_range, from, in, to, out, len, flags);
	if (n > 0)
		put_copied(to, ino, (out ? *out : lseek(to, 0, SEEK_CUR)) - n, (size_t)n);
	pthread_mutex_unlock(&lock);
	return n;
}

static int resize(int fd, off_t size, const char *what)
{
	uint64_t ino = ino_of(fd);

	if (!ino)
		return (int)syscall(SYS_ftruncate, fd, size);
	CALL(what, syscall(SYS_ftruncate, fd, size), .op = "size", .ino = ino, .at = size);
}

int ftruncate(int fd, off_t size)
{
	return resize(fd, size, __func__);
}

int ftruncate64(int fd, off_t size)
{
	return resize(fd, size, __func__);
}

static int sync_file(int fd, long nr, const char *what)
{
	uint64_t ino = ino_of(fd);

	if (!ino)
		return (int)syscall(nr, fd);
	CALL(what, syscall(nr, fd), .op = "sync", .ino = ino);
}

int fsync(int fd)
{
	return sync_file(fd, SYS_fsync, __func__);
}

int fdatasync(int fd)
{
	return sync_file(fd, SYS_fdatasync, __func__);
}

int ioctl(int fd, unsigned long request, ...)
{
	va_list ap;
	void *arg;

	va_start(ap, request);
	arg = va_arg(ap, void *);
	va_end(ap);
	if (request == FICLONE && ino_of(fd)) {
		errno = EOPNOTSUPP;
		return -1;
	}
	return (int)syscall(SYS_ioctl, fd, request, arg);
}

int mkdirat(int dir, const char *path, mode_t mode)
{
	struct place place;

	if (!find_place(dir, path, &place))
		return (int)syscall(SYS_mkdirat, dir, path, mode);
	CALL(__func__, syscall(SYS_mkdirat, dir, path, mode), .op = "mkdir", .ino = ino_at(dir, path), .place = place);
}

int mkdir(const char *path, mode_t mode)
{
	return mkdirat(AT_FDCWD, path, mode);
}

int unlinkat(int dir, const char *path, int flags)
{
	struct place place;

	if (!find_place(dir, path, &place))
		return (int)syscall(SYS_unlinkat, dir, path, flags);
	CALL(__func__, syscall(SYS_unlinkat, dir, path, flags), .op = "remove", .place = place);
}

int unlink(const char *path)
{
	return unlinkat(AT_FDCWD, path, 0);
}

int rmdir(const char *path)
{
	return unlinkat(AT_FDCWD, path, AT_REMOVEDIR);
}

int renameat(int from, const char *name, int to, const char *as)
{
	struct place place, target;

	if (!find_place(from, name, &place) || !find_place(to, as, &target))
		return (int)syscall(SYS_renameat2, from, name, to, as, 0);
	CALL(__func__, syscall(SYS_renameat2, from, name, to, as, 0), .op = "rename", .place = place, .as = target);
}

int rename(const char *name, const char *as)
{
	return renameat(AT_FDCWD, name, AT_FDCWD, as);
}

int linkat(int from, const char *name, int to, const char *as, int flags)
{
	struct place target;

	if (!find_place(to, as, &target))
		return (int)syscall(SYS_linkat, from, name, to, as, flags);
	CALL(__func__, syscall(SYS_linkat, from, name, to, as, flags), .op = "link", .ino = ino_at(to, as),
	     .place = target);
}

int link(const char *name, const char *as)
{
	return linkat(AT_FDCWD, name, AT_FDCWD, as, 0);
}

static bool is_shm(int fd)
{
	char link[64], path[4096] = "";
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, path, sizeof(path) - 1);
	return n > 4 && memcmp(path + n - 4, "-shm", 4) == 0;
}

static void *map(void *addr, size_t len, int prot, int flags, int fd, off_t at)
{
	if (fd >= 0 && (prot & PROT_WRITE) && (flags & MAP_SHARED) && ino_of(fd) && !is_shm(fd))
		end("a file is mapped to be written, which cannot be recorded");
	return (void *)syscall(SYS_mmap, addr, len, prot, flags, fd, at);
}

void *mmap(void *addr, size_t len, int prot, int flags, int fd, off_t at)
{
	return map(addr, len, prot, flags, fd, at);
}

void *mmap64(void *addr, size_t len, int prot, int flags, int fd, off_t at)
{
	return map(addr, len, prot, flags, fd, at);
}
