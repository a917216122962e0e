/*
 * writer - put a file there as programs do that are no copying tools
 *
 *     writer WAY FROM TO
 *
 * Exit 0, or 1 with the call that failed and its errno on stderr.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

struct job {
	const char *to;
	int in, out;
	const char *bytes; /* of in, mapped */
	size_t len;
};

static void check(int ok, const char *call)
{
	if (ok)
		return;
	fprintf(stderr, "writer: %s: %s\n", call, strerrorname_np(errno));
	exit(1);
}

static void write_all(const struct job *j, size_t from, size_t to)
{
	while (from < to) {
		ssize_t n = pwrite(j->out, j->bytes + from, to - from, (off_t)from);

		check(n > 0, "pwrite");
		from += (size_t)n;
	}
}

/* Made long, mapped, filled, and unmapped only after it was closed, as a linker does. */
static void by_mmap(struct job *j)
{
	char *map;

	check(ftruncate(j->out, (off_t)j->len) == 0, "ftruncate");
	map = mmap(NULL, j->len, PROT_READ | PROT_WRITE, MAP_SHARED, j->out, 0);
	check(map != MAP_FAILED, "mmap");
	memcpy(map, j->bytes, j->len);
	check(close(j->out) == 0, "close");
	j->out = -1;
	check(munmap(map, j->len) == 0, "munmap");
}

static void by_msync(struct job *j)
{
	char *map;

	check(ftruncate(j->out, (off_t)j->len) == 0, "ftruncate");
	map = mmap(NULL, j->len, PROT_READ | PROT_WRITE, MAP_SHARED, j->out, 0);
	check(map != MAP_FAILED, "mmap");
	memcpy(map, j->bytes, j->len);
	check(msync(map, j->len, MS_SYNC) == 0, "msync");
	check(munmap(map, j->len) == 0, "munmap");
}

/* As databases and mail programs do: record locks, then a lock on the whole, then both are given back. */
static void by_locks(struct job *j)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 1 };

	check(flock(j->out, LOCK_EX | LOCK_NB) == 0, "flock");
	check(fcntl(j->out, F_SETLK, &lock) == 0, "fcntl F_SETLK");
	check(fcntl(j->out, F_OFD_SETLK, &(struct flock){ .l_type = F_WRLCK, .l_start = 1, .l_len = 1 }) == 0,
	      "fcntl F_OFD_SETLK");
	write_all(j, 0, j->len);
	lock.l_type = F_UNLCK;
	check(fcntl(j->out, F_SETLK, &lock) == 0, "fcntl F_UNLCK");
	check(flock(j->out, LOCK_UN) == 0, "flock LOCK_UN");
}

/* Room is asked for first; where there is no such call, the C library writes a byte into each block. */
static void by_fallocate(struct job *j)
{
	errno = posix_fallocate(j->out, 0, (off_t)j->len);
	check(errno == 0, "posix_fallocate");
	write_all(j, 0, j->len);
}

static void by_sendfile(struct job *j)
{
	size_t done = 0;

	while (done < j->len) {
		ssize_t n = sendfile(j->out, j->in, NULL, j->len - done);

		check(n > 0, "sendfile");
		done += (size_t)n;
	}
}

/* Where both are not on one file system, copying is left to the program. */
static void by_copy_range(struct job *j)
{
	if (copy_file_range(j->in, NULL, j->out, NULL, j->len, 0) == (ssize_t)j->len)
		return;
	check(errno == EXDEV || errno == EOPNOTSUPP || errno == ENOSYS, "copy_file_range");
	write_all(j, 0, j->len);
}

/* Two descriptors of one file: the first is closed in the middle. */
static void by_dup(struct job *j)
{
	int second = dup(j->out);

	check(second >= 0, "dup");
	write_all(j, 0, j->len / 2);
	check(close(j->out) == 0, "close");
	j->out = second;
	write_all(j, j->len / 2, j->len);
}

static void by_backwards(struct job *j)
{
	for (size_t end = j->len; end > 0;) {
		size_t start = end > 5000 ? end - 5000 : 0;

		write_all(j, start, end);
		end = start;
	}
}

static void by_vector(struct job *j)
{
	struct iovec part[2] = { { (void *)j->bytes, j->len / 3 },
				 { (char *)j->bytes + j->len / 3, j->len - j->len / 3 } };

	check(writev(j->out, part, 2) == (ssize_t)j->len, "writev");
}

/* Written too long, then cut, and synced at each step. */
static void by_cut(struct job *j)
{
	write_all(j, 0, j->len);
	check(fsync(j->out) == 0, "fsync");
	check(pwrite(j->out, "more", 4, (off_t)j->len) == 4, "pwrite");
	check(fdatasync(j->out) == 0, "fdatasync");
	check(ftruncate(j->out, (off_t)j->len) == 0, "ftruncate");
	check(syncfs(j->out) == 0, "syncfs");
}

/* Read back and verified through the same descriptor, as backup programs do. */
static void by_verify(struct job *j)
{
	char *back = malloc(j->len);

	write_all(j, 0, j->len);
	check(back && pread(j->out, back, j->len, 0) == (ssize_t)j->len, "pread");
	check(memcmp(back, j->bytes, j->len) == 0, "compare");
	check(lseek(j->out, 0, SEEK_DATA) == 0, "lseek SEEK_DATA");
	check(lseek(j->out, 0, SEEK_HOLE) == (off_t)j->len, "lseek SEEK_HOLE");
	free(back);
}

/* Direct input and output, where the memory is aligned but the file's end is not. */
static void by_direct(struct job *j)
{
	size_t room = (j->len + 4095) / 4096 * 4096;
	char *block = aligned_alloc(4096, room);

	check(block != NULL, "aligned_alloc");
	memset(block, 0, room);
	memcpy(block, j->bytes, j->len);
	check(fcntl(j->out, F_SETFL, O_DIRECT) == 0, "fcntl O_DIRECT");
	check(pwrite(j->out, block, room, 0) == (ssize_t)room, "pwrite");
	check(ftruncate(j->out, (off_t)j->len) == 0, "ftruncate");
	free(block);
}

/* Under another name in the same directory, moved over the name, and the directory synced: what careful programs do. */
static void by_replace(struct job *j)
{
	char other[4096], *slash;
	int dir;

	snprintf(other, sizeof(other), "%s.tmp", j->to);
	j->out = open(other, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	check(j->out >= 0, "open");
	write_all(j, 0, j->len);
	check(fsync(j->out) == 0, "fsync");
	check(close(j->out) == 0, "close");
	j->out = -1;
	check(rename(other, j->to) == 0, "rename");
	slash = strrchr(other, '/');
	*slash = '\0';
	dir = open(other, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	check(dir >= 0, "open directory");
	check(fsync(dir) == 0, "fsync directory");
	close(dir);
}

static const struct way {
	const char *name;
	void (*run)(struct job *j);
	bool makes; /* the file itself */
} ways[] = {
	{ "mmap", by_mmap },
	{ "msync", by_msync },
	{ "locks", by_locks },
	{ "fallocate", by_fallocate },
	{ "sendfile", by_sendfile },
	{ "copy_range", by_copy_range },
	{ "dup", by_dup },
	{ "backwards", by_backwards },
	{ "vector", by_vector },
	{ "cut", by_cut },
	{ "verify", by_verify },
	{ "direct", by_direct },
	{ "replace", by_replace, true },
};

static const struct way *find_way(const char *name)
{
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		if (strcmp(ways[i].name, name) == 0)
			return &ways[i];
	return NULL;
}

int main(int argc, char **argv)
{
	const struct way *way = argc == 4 ? find_way(argv[1]) : NULL;
	struct job j = { .out = -1 };
	struct stat st;

	if (!way) {
		fputs("usage: writer WAY FROM TO\n", stderr);
		return 2;
	}
	j.to = argv[3];
	j.in = open(argv[2], O_RDONLY | O_CLOEXEC);
	check(j.in >= 0 && fstat(j.in, &st) == 0 && st.st_size > 0, argv[2]);
	j.len = (size_t)st.st_size;
	j.bytes = mmap(NULL, j.len, PROT_READ, MAP_PRIVATE, j.in, 0);
	check(j.bytes != MAP_FAILED, "mmap");
	if (!way->makes)
		j.out = open(j.to, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	check(way->makes || j.out >= 0, j.to);
	way->run(&j);
	check(j.out < 0 || close(j.out) == 0, "close");
	return 0;
}
