/*
 * op - one file operation, and the name of the errno it meets
 *
 *     op write PATH TEXT      O_WRONLY|O_CREAT|O_TRUNC, write, close: what `printf TEXT > PATH` does
 *     op put PATH TEXT        the same without O_CREAT
 *     op append PATH TEXT     with O_APPEND
 *     op create PATH          O_CREAT|O_EXCL, close
 *     op read PATH            the bytes to stdout
 *     op open PATH FLAGS      FLAGS: O_WRONLY,O_CREAT,… without spaces; close
 *     op truncate PATH SIZE, op ftruncate PATH SIZE, op fallocate PATH SIZE (as posix_fallocate(3))
 *     op chmod PATH OCTAL, op chown PATH UID, op utimes PATH SECONDS (of a link itself)
 *     op unlinked PATH        unlinks it while it is open: writes, reads it back, "SIZE LINKS" as fstat says
 *     op rename FROM TO       also over what is there; rename2 refuses that (RENAME_NOREPLACE), swap exchanges
 *     op link FROM TO, op symlink TEXT PATH, op mkdir PATH, op rmdir PATH, op unlink PATH, op mknod PATH,
 *     op mkfifo PATH
 *     op setxattr PATH NAME TEXT, op getxattr PATH NAME
 *     op text ERRNAME         "EBUSY" gives "Device or resource busy"
 *
 * Exit 0, or 1 with "EBUSY close PATH" on stderr: the errno and the call that met it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

/* Each takes its arguments and returns NULL, or the name of the system call that failed. */
static const char *put_text(const char *path, const char *text, int flags)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC | flags, 0644);

	if (fd < 0)
		return "open";
	if (write(fd, text, strlen(text)) < 0) {
		int was = errno;

		close(fd);
		errno = was;
		return "write";
	}
	return close(fd) < 0 ? "close" : NULL;
}

static const char *op_write(char **arg)
{
	return put_text(arg[0], arg[1], O_CREAT | O_TRUNC);
}

static const char *op_put(char **arg)
{
	return put_text(arg[0], arg[1], O_TRUNC);
}

static const char *op_append(char **arg)
{
	return put_text(arg[0], arg[1], O_APPEND);
}

static const char *op_create(char **arg)
{
	return put_text(arg[0], "", O_CREAT | O_EXCL);
}

static const char *op_read(char **arg)
{
	int fd = open(arg[0], O_RDONLY | O_CLOEXEC);
	char bytes[65536];
	ssize_t n;

	if (fd < 0)
		return "open";
	while ((n = read(fd, bytes, sizeof(bytes))) > 0)
		fwrite(bytes, 1, (size_t)n, stdout);
	if (n < 0)
		return "read";
	return close(fd) < 0 ? "close" : NULL;
}

static const char *op_truncate(char **arg)
{
	return truncate(arg[0], strtoll(arg[1], NULL, 10)) < 0 ? "truncate" : NULL;
}

static int flags_of(const char *names)
{
	static const struct {
		const char *name;
		int flag;
	} known[] = {
		{ "O_RDONLY", O_RDONLY },   { "O_WRONLY", O_WRONLY },       { "O_RDWR", O_RDWR },
		{ "O_CREAT", O_CREAT },     { "O_EXCL", O_EXCL },           { "O_TRUNC", O_TRUNC },
		{ "O_APPEND", O_APPEND },   { "O_DIRECTORY", O_DIRECTORY }, { "O_NOFOLLOW", O_NOFOLLOW },
		{ "O_TMPFILE", O_TMPFILE },
	};
	int flags = O_CLOEXEC;

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		const char *at = strstr(names, known[i].name);
		size_t len = strlen(known[i].name);

		if (at && (at[len] == ',' || !at[len]))
			flags |= known[i].flag;
	}
	return flags;
}

static const char *op_open(char **arg)
{
	int fd = open(arg[0], flags_of(arg[1]), 0644);

	if (fd < 0)
		return "open";
	return close(fd) < 0 ? "close" : NULL;
}

static const char *resize(const char *path, const char *size, int (*fn)(int fd, off_t size), const char *name)
{
	int fd = open(path, O_RDWR | O_CLOEXEC), was;

	if (fd < 0)
		return "open";
	if (fn(fd, strtoll(size, NULL, 10)) < 0) {
		was = errno;
		close(fd);
		errno = was;
		return name;
	}
	return close(fd) < 0 ? "close" : NULL;
}

static int allocate(int fd, off_t size)
{
	errno = posix_fallocate(fd, 0, size);
	return errno ? -1 : 0;
}

static const char *op_ftruncate(char **arg)
{
	return resize(arg[0], arg[1], ftruncate, "ftruncate");
}

static const char *op_fallocate(char **arg)
{
	return resize(arg[0], arg[1], allocate, "posix_fallocate");
}

static const char *op_chmod(char **arg)
{
	return chmod(arg[0], (mode_t)strtoul(arg[1], NULL, 8)) < 0 ? "chmod" : NULL;
}

static const char *op_chown(char **arg)
{
	return lchown(arg[0], (uid_t)strtoul(arg[1], NULL, 10), (gid_t)-1) < 0 ? "lchown" : NULL;
}

static const char *op_utimes(char **arg)
{
	struct timespec ts[2] = { { .tv_sec = strtoll(arg[1], NULL, 10) }, { .tv_sec = strtoll(arg[1], NULL, 10) } };

	return utimensat(AT_FDCWD, arg[0], ts, AT_SYMLINK_NOFOLLOW) < 0 ? "utimensat" : NULL;
}

static const char *op_unlinked(char **arg)
{
	int fd = open(arg[0], O_RDWR | O_CLOEXEC);
	char byte = 0;
	struct stat sb;

	if (fd < 0)
		return "open";
	if (unlink(arg[0]) < 0)
		return "unlink";
	if (pread(fd, &byte, 1, 0) != 1)
		return "pread";
	if (pwrite(fd, "more", 4, 1) != 4)
		return "pwrite";
	if (fstat(fd, &sb) < 0)
		return "fstat";
	printf("%lld %lu\n", (long long)sb.st_size, (unsigned long)sb.st_nlink);
	return close(fd) < 0 ? "close" : NULL;
}

static const char *op_mkfifo(char **arg)
{
	return mkfifo(arg[0], 0644) < 0 ? "mkfifo" : NULL;
}

static const char *op_rename(char **arg)
{
	return rename(arg[0], arg[1]) < 0 ? "rename" : NULL;
}

static const char *op_rename2(char **arg)
{
	return renameat2(AT_FDCWD, arg[0], AT_FDCWD, arg[1], RENAME_NOREPLACE) < 0 ? "renameat2" : NULL;
}

static const char *op_swap(char **arg)
{
	return renameat2(AT_FDCWD, arg[0], AT_FDCWD, arg[1], RENAME_EXCHANGE) < 0 ? "renameat2" : NULL;
}

static const char *op_link(char **arg)
{
	return link(arg[0], arg[1]) < 0 ? "link" : NULL;
}

static const char *op_symlink(char **arg)
{
	return symlink(arg[0], arg[1]) < 0 ? "symlink" : NULL;
}

static const char *op_mkdir(char **arg)
{
	return mkdir(arg[0], 0755) < 0 ? "mkdir" : NULL;
}

static const char *op_rmdir(char **arg)
{
	return rmdir(arg[0]) < 0 ? "rmdir" : NULL;
}

static const char *op_unlink(char **arg)
{
	return unlink(arg[0]) < 0 ? "unlink" : NULL;
}

static const char *op_mknod(char **arg)
{
	return mknod(arg[0], S_IFREG | 0644, 0) < 0 ? "mknod" : NULL;
}

static const char *op_setxattr(char **arg)
{
	return setxattr(arg[0], arg[1], arg[2], strlen(arg[2]), 0) < 0 ? "setxattr" : NULL;
}

static const char *op_getxattr(char **arg)
{
	char value[65536];
	ssize_t n = getxattr(arg[0], arg[1], value, sizeof(value));

	if (n < 0)
		return "getxattr";
	fwrite(value, 1, (size_t)n, stdout);
	return NULL;
}

static const char *op_text(char **arg)
{
	for (int i = 1; i < 200; i++) {
		const char *name = strerrorname_np(i);

		if (name && strcmp(name, arg[0]) == 0) {
			puts(strerrordesc_np(i));
			return NULL;
		}
	}
	errno = EINVAL;
	return "strerrorname_np";
}

static const struct {
	const char *name;
	int n_args;
	const char *(*run)(char **arg);
} ops[] = {
	{ "write", 2, op_write },         { "put", 2, op_put },
	{ "append", 2, op_append },       { "create", 1, op_create },
	{ "read", 1, op_read },           { "truncate", 2, op_truncate },
	{ "open", 2, op_open },           { "ftruncate", 2, op_ftruncate },
	{ "fallocate", 2, op_fallocate }, { "chmod", 2, op_chmod },
	{ "chown", 2, op_chown },         { "utimes", 2, op_utimes },
	{ "unlinked", 1, op_unlinked },   { "mkfifo", 1, op_mkfifo },
	{ "rename", 2, op_rename },       { "rename2", 2, op_rename2 },
	{ "swap", 2, op_swap },           { "link", 2, op_link },
	{ "symlink", 2, op_symlink },     { "mkdir", 1, op_mkdir },
	{ "rmdir", 1, op_rmdir },         { "unlink", 1, op_unlink },
	{ "mknod", 1, op_mknod },         { "setxattr", 3, op_setxattr },
	{ "getxattr", 2, op_getxattr },   { "text", 1, op_text },
};

int main(int argc, char **argv)
{
	for (size_t i = 0; i < sizeof(ops) / sizeof(ops[0]); i++) {
		const char *call;

		if (argc != ops[i].n_args + 2 || strcmp(argv[1], ops[i].name) != 0)
			continue;
		call = ops[i].run(argv + 2);
		if (!call)
			return 0;
		fprintf(stderr, "%s %s %s\n", strerrorname_np(errno), call, argv[2]);
		return 1;
	}
	fprintf(stderr, "op: unknown operation or wrong number of arguments; see the head of tests/op.c\n");
	return 2;
}
