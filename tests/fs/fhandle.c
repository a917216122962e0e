/*
 * fhandle - files by their handles, as an NFS server keeps them
 *
 *     fhandle take PATH FILE         the handle of PATH (a link itself) into FILE
 *     fhandle stat MOUNTPOINT FILE   "INODE TYPE" of what the handle opens; TYPE is f, d or l
 *     fhandle read MOUNTPOINT FILE   its bytes
 *     fhandle write MOUNTPOINT FILE TEXT   TEXT becomes its bytes
 *     fhandle list MOUNTPOINT FILE PATH    opens the directory and, from there, PATH in it: its inode
 *
 * Exit 0, or 1 with "ESTALE open_by_handle_at" on stderr: the errno and the call that met it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static union {
	struct file_handle h;
	char room[sizeof(struct file_handle) + MAX_HANDLE_SZ];
} fh;

static int fail(const char *call)
{
	fprintf(stderr, "%s %s\n", strerrorname_np(errno), call);
	return 1;
}

static int take(const char *path, const char *file)
{
	int id;
	FILE *out;

	fh.h.handle_bytes = MAX_HANDLE_SZ;
	if (name_to_handle_at(AT_FDCWD, path, &fh.h, &id, 0) < 0)
		return fail("name_to_handle_at");
	out = fopen(file, "w");
	if (!out || fwrite(&fh, sizeof(fh), 1, out) != 1 || fclose(out) != 0)
		return fail("fopen");
	return 0;
}

static int open_file(const char *mountpoint, const char *file, int flags)
{
	FILE *in = fopen(file, "r");
	int dir, fd;

	if (!in || fread(&fh, sizeof(fh), 1, in) != 1)
		return -1;
	fclose(in);
	dir = open(mountpoint, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return -1;
	fd = open_by_handle_at(dir, &fh.h, flags | O_CLOEXEC);
	close(dir);
	return fd;
}

static int show_stat(int fd)
{
	struct stat sb;

	if (fstat(fd, &sb) < 0)
		return fail("fstat");
	printf("%llu %c\n", (unsigned long long)sb.st_ino, S_ISDIR(sb.st_mode) ? 'd' : S_ISLNK(sb.st_mode) ? 'l' : 'f');
	return 0;
}

static int show_bytes(int fd)
{
	char bytes[65536];
	ssize_t n;

	while ((n = read(fd, bytes, sizeof(bytes))) > 0)
		fwrite(bytes, 1, (size_t)n, stdout);
	return n < 0 ? fail("read") : 0;
}

static int put_bytes(int fd, const char *text)
{
	if (write(fd, text, strlen(text)) < 0)
		return fail("write");
	return close(fd) < 0 ? fail("close") : 0;
}

static int show_below(int fd, const char *path)
{
	struct stat sb;

	if (fstatat(fd, path, &sb, AT_SYMLINK_NOFOLLOW) < 0)
		return fail("fstatat");
	printf("%llu\n", (unsigned long long)sb.st_ino);
	return 0;
}

int main(int argc, char **argv)
{
	const char *verb = argc > 3 ? argv[1] : "";
	int fd;

	if (strcmp(verb, "take") == 0)
		return take(argv[2], argv[3]);
	fd = open_file(argc > 3 ? argv[2] : "", argc > 3 ? argv[3] : "",
		       strcmp(verb, "stat") == 0    ? O_PATH
		       : strcmp(verb, "write") == 0 ? O_WRONLY | O_TRUNC
						    : O_RDONLY);
	if (fd < 0)
		return fail("open_by_handle_at");
	if (strcmp(verb, "stat") == 0)
		return show_stat(fd);
	if (strcmp(verb, "read") == 0)
		return show_bytes(fd);
	if (strcmp(verb, "write") == 0 && argc > 4)
		return put_bytes(fd, argv[4]);
	if (strcmp(verb, "list") == 0 && argc > 4)
		return show_below(fd, argv[4]);
	fprintf(stderr, "fhandle: see the head of tests/fs/fhandle.c\n");
	return 2;
}
