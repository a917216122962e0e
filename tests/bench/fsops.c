/*
 * fsops - what operations on a tree cost: a line "LABEL OP THREADS RATE MEDIAN_US WORST_US" for each
 *
 *     fsops [-l LABEL] [-m MS] [-t THREADS] [-n FILES] [-b MIB] [-k BELOW] ROOT OP...
 *     fsops [-n FILES] [-b MIB] ROOT make     what is measured, on an ordinary file system
 *
 * The tree is that of a platform, and the file systems beside it show the same one:
 *
 *     engagements/default/tasks/tNNNNN/result.json    FILES directories, each with 4 KiB of JSON
 *     tasks/completed/tNNNNN                          a symbolic link to each
 *     engagements/drops/tasks/inbox/                  where files are made, renamed and removed
 *     engagements/drops/tasks/big/input/big           MIB of bytes
 *
 * Warm: the first 1,000 files (or the whole listing) were touched once before the clock starts. Cold: the kernel holds
 * nothing of the tree (drop_caches, which needs root), and what lies below (-k) was walked since, so that the disk is
 * not what is measured. An operation that is refused gets a line "LABEL OP THREADS - ERRNO -".
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <spawn.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/bench/timing.h"

#define TASKS       "engagements/default/tasks"
#define VIEW        "tasks/completed"
#define INBOX       "engagements/drops/tasks/inbox"
#define BIG         "engagements/drops/tasks/big/input"
#define N_WARM      1000
#define MAX_THREADS 16
#define DROP_BYTES  (64 << 10)
#define CHUNK       (1 << 20)
#define FORGET_US   50000

extern char **environ;

static struct {
	const char *label, *root, *below;
	size_t ms, threads, n_files, big_mib;
} conf = { "here", NULL, NULL, 200, 1, 10000, 256 };

/* One thread's part of an operation. */
struct part {
	pthread_t thread;
	size_t id, n_done;
	double items;
	int rc;
	uint64_t begin, end;
	char *bytes; /* CHUNK of them */
	struct timing t;
};

struct op {
	const char *name;
	int (*prepare)(void);                    /* 0 or -errno */
	double (*one)(struct part *p, size_t i); /* the i-th call: items done, or -errno */
	size_t (*limit)(void);                   /* calls of all threads; NULL: until the time is up */
	void (*finish)(size_t n);                /* n calls were made */
};

static size_t *order; /* the files, shuffled */
static const struct op *now;
static pthread_barrier_t ready;
static struct part parts[MAX_THREADS];

static char *path_of(char *out, const char *fmt, ...) PRINTF_LIKE(2, 3);
static char *path_of(char *out, const char *fmt, ...)
{
	int n = snprintf(out, PATH_MAX, "%s/", conf.root);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(out + n, PATH_MAX - (size_t)n, fmt, ap);
	va_end(ap);
	return out;
}

static char *file_path(char *out, size_t i)
{
	return path_of(out, TASKS "/t%05zu/result.json", order[i % conf.n_files]);
}

static void shuffle(void)
{
	uint64_t seed = 88172645463325252U;

	order = xmalloc(conf.n_files * sizeof(*order));
	for (size_t i = 0; i < conf.n_files; i++) {
		size_t j;

		seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
		j = seed % (i + 1);
		order[i] = order[j];
		order[j] = i;
	}
}

static size_t n_warm(void)
{
	return conf.n_files < N_WARM ? conf.n_files : N_WARM;
}

static size_t limit_files(void)
{
	return conf.n_files;
}

static size_t limit_one(void)
{
	return 1;
}

static size_t limit_some(void)
{
	return 200 * conf.threads;
}

/* How many entries there are below path: by their types, as find does it, or by stat of each */
static double walk(const char *path, bool with_stat)
{
	DIR *d = opendir(path);
	struct dirent *x;
	struct stat st;
	double n = 0;

	while (d && (x = readdir(d))) {
		auto_free char *below = NULL;

		if (streq(x->d_name, ".") || streq(x->d_name, ".."))
			continue;
		n++;
		if (with_stat)
			(void)!fstatat(dirfd(d), x->d_name, &st, AT_SYMLINK_NOFOLLOW);
		if (x->d_type != DT_DIR)
			continue;
		below = xasprintf("%s/%s", path, x->d_name);
		n += walk(below, with_stat);
	}
	if (d)
		closedir(d);
	return n;
}

static int write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), rc = 0;

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		rc = -errno;
	if (fd >= 0)
		close(fd);
	return rc;
}

static int forget_all(void)
{
	int rc = write_text("/proc/sys/vm/drop_caches", "2");

	usleep(FORGET_US); /* the daemon takes its forgets */
	if (rc == 0 && conf.below)
		walk(conf.below, true);
	return rc;
}

/* stat */

static double do_stat(struct part *p UNUSED, size_t i)
{
	char path[PATH_MAX];
	struct stat st;

	return stat(file_path(path, i), &st) < 0 ? -errno : 1;
}

static double do_stat_warm(struct part *p, size_t i)
{
	return do_stat(p, i % n_warm());
}

/* open, read, close */

static double do_read(struct part *p, size_t i)
{
	char path[PATH_MAX];
	int fd = open(file_path(path, i), O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = read(fd, p->bytes, DROP_BYTES);
	if (close(fd) < 0 || n < 0)
		return -errno;
	return n == 0 ? -ENODATA : 1;
}

static double do_read_warm(struct part *p, size_t i)
{
	return do_read(p, i % n_warm());
}

static int touch_warm(void)
{
	double rc = 1;

	for (size_t i = 0; i < n_warm() && rc > 0; i++)
		rc = do_read(&parts[0], i);
	return rc < 0 ? (int)rc : 0;
}

/* Files that stay open, and listings that were read, until stdin ends: what a daemon needs then is measured meanwhile
 */

static double do_open(struct part *p UNUSED, size_t i)
{
	char path[PATH_MAX];

	return open(file_path(path, i), O_RDONLY | O_CLOEXEC) < 0 ? -errno : 1;
}

static void hold(size_t n UNUSED)
{
	char byte;

	while (read(STDIN_FILENO, &byte, 1) > 0)
		continue;
}

/* Listings */

static double list(const char *which, bool like_ls)
{
	char path[PATH_MAX], target[PATH_MAX];
	DIR *d = opendir(path_of(path, "%s", which));
	struct dirent *x;
	struct stat st;
	double n = 0;
	int rc = 0;

	if (!d)
		return -errno;
	while (rc == 0 && (x = readdir(d))) {
		n++;
		if (like_ls && fstatat(dirfd(d), x->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
			rc = -errno;
		if (rc == 0 && like_ls && S_ISLNK(st.st_mode) &&
		    readlinkat(dirfd(d), x->d_name, target, sizeof(target)) < 0)
			rc = -errno;
	}
	closedir(d);
	return rc < 0 ? rc : n;
}

static double do_readdir_tasks(struct part *p UNUSED, size_t i UNUSED)
{
	return list(TASKS, false);
}

static double do_readdir_view(struct part *p UNUSED, size_t i UNUSED)
{
	return list(VIEW, false);
}

static double do_lsl_tasks(struct part *p UNUSED, size_t i UNUSED)
{
	return list(TASKS, true);
}

static double do_lsl_view(struct part *p UNUSED, size_t i UNUSED)
{
	return list(VIEW, true);
}

static double run_ls(const char *which)
{
	char path[PATH_MAX], *argv[] = { "ls", "-l", path_of(path, "%s", which), NULL };
	posix_spawn_file_actions_t fa;
	int rc, status = 1;
	pid_t pid;

	posix_spawn_file_actions_init(&fa);
	posix_spawn_file_actions_addopen(&fa, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	rc = posix_spawnp(&pid, argv[0], &fa, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&fa);
	if (rc == 0)
		waitpid(pid, &status, 0);
	return status == 0 ? (double)conf.n_files : -EIO;
}

static double do_ls_tasks(struct part *p UNUSED, size_t i UNUSED)
{
	return run_ls(TASKS);
}

static double do_ls_view(struct part *p UNUSED, size_t i UNUSED)
{
	return run_ls(VIEW);
}

/* Twice: the kernel asks for the attributes of a link again after it has read the link. */
static int touch_lists(void)
{
	double rc = 0;

	for (int i = 0; i < 2 && rc >= 0; i++) {
		rc = list(TASKS, true);
		if (rc >= 0)
			rc = list(VIEW, true);
	}
	return rc < 0 ? (int)rc : 0;
}

static double find_in(const char *which)
{
	char path[PATH_MAX];

	return walk(path_of(path, "%s", which), false);
}

static double do_find_tasks(struct part *p UNUSED, size_t i UNUSED)
{
	return find_in(TASKS);
}

static double do_find_view(struct part *p UNUSED, size_t i UNUSED)
{
	return find_in(VIEW);
}

static int touch_find(void)
{
	return find_in(TASKS) > 0 ? 0 : -ENOENT;
}

/* Files in the inbox: no two have the same bytes, which a store of documents would keep once */

static char *made_path(char *out, char kind, size_t i)
{
	return path_of(out, INBOX "/%c%d-%zu", kind, (int)getpid(), i);
}

static double make(struct part *p, char kind, size_t i, size_t size, bool sync)
{
	char path[PATH_MAX];
	int fd = open(made_path(path, kind, i), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644), rc = 0;

	if (fd < 0)
		return -errno;
	snprintf(p->bytes, 64, "%s %d %zu", conf.label, (int)getpid(), i);
	if (write(fd, p->bytes, size) != (ssize_t)size || (sync && fsync(fd) < 0))
		rc = -errno;
	if (close(fd) < 0)
		rc = -errno;
	return rc < 0 ? rc : 1;
}

static double do_create(struct part *p, size_t i)
{
	return make(p, 'c', i, DROP_BYTES, false);
}

static double do_create_fsync(struct part *p, size_t i)
{
	return make(p, 'c', i, DROP_BYTES, true);
}

static void remove_made(char kind, size_t n)
{
	char path[PATH_MAX];

	for (size_t i = 0; i < n; i++)
		unlink(made_path(path, kind, i));
}

static void remove_created(size_t n)
{
	remove_made('c', n);
}

static int make_some(void)
{
	double rc = 1;

	for (size_t i = 0; i < limit_some() && rc > 0; i++)
		rc = make(&parts[0], 'a', i, 64, false);
	return rc < 0 ? (int)rc : 0;
}

static double do_rename(struct part *p UNUSED, size_t i)
{
	char from[PATH_MAX], to[PATH_MAX];

	return rename(made_path(from, 'a', i), made_path(to, 'b', i)) < 0 ? -errno : 1;
}

static void remove_renamed(size_t n UNUSED)
{
	remove_made('a', limit_some());
	remove_made('b', limit_some());
}

/* The big file: one write is of 1 MiB; close counts */

static double write_big(struct part *p, bool sync)
{
	char path[PATH_MAX];
	int fd = open(made_path(path, 'w', p->id), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644), rc = 0;

	if (fd < 0)
		return -errno;
	for (size_t m = 0; m < conf.big_mib && rc == 0; m++) {
		snprintf(p->bytes, 64, "%s %d %zu", conf.label, (int)getpid(), m);
		if (write(fd, p->bytes, CHUNK) != CHUNK)
			rc = -errno;
	}
	if (sync && rc == 0 && fsync(fd) < 0)
		rc = -errno;
	if (close(fd) < 0)
		rc = -errno;
	return rc < 0 ? rc : (double)conf.big_mib;
}

static double do_write(struct part *p, size_t i UNUSED)
{
	return write_big(p, false);
}

static double do_write_fsync(struct part *p, size_t i UNUSED)
{
	return write_big(p, true);
}

static void remove_written(size_t n UNUSED)
{
	remove_made('w', conf.threads);
}

static double do_read_big(struct part *p, size_t i UNUSED)
{
	char path[PATH_MAX];
	int fd = open(path_of(path, BIG "/big"), O_RDONLY | O_CLOEXEC);
	double bytes = 0;
	ssize_t n;

	if (fd < 0)
		return -errno;
	while ((n = read(fd, p->bytes, CHUNK)) > 0)
		bytes += (double)n;
	close(fd);
	return n < 0 ? -errno : bytes / CHUNK;
}

static int touch_big(void)
{
	double rc = do_read_big(&parts[0], 0);

	return rc < 0 ? (int)rc : 0;
}

/* One row inserted and committed by SQLite, synchronous=FULL: what it costs to make a document's row durable */

static sqlite3 *db;
static sqlite3_stmt *insert;

static int open_db(void)
{
	char path[PATH_MAX], note[513];

	memset(note, 'a', sizeof(note) - 1);
	note[sizeof(note) - 1] = '\0';
	if (sqlite3_open(path_of(path, "commit.db"), &db) != SQLITE_OK ||
	    sqlite3_exec(db,
			 "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
			 "CREATE TABLE IF NOT EXISTS row (id INTEGER PRIMARY KEY, note TEXT)",
			 NULL, NULL, NULL) != SQLITE_OK ||
	    sqlite3_prepare_v2(db, "INSERT INTO row (note) VALUES (?)", -1, &insert, NULL) != SQLITE_OK)
		return -EIO;
	sqlite3_bind_text(insert, 1, note, -1, SQLITE_TRANSIENT);
	return 0;
}

static double do_commit(struct part *p UNUSED, size_t i UNUSED)
{
	bool done = sqlite3_step(insert) == SQLITE_DONE;

	return sqlite3_reset(insert) == SQLITE_OK && done ? 1 : -EIO;
}

static void close_db(size_t n UNUSED)
{
	sqlite3_finalize(insert);
	sqlite3_close(db);
}

static const struct op ops[] = {
	{ "stat_cold", forget_all, do_stat, limit_files, NULL },
	{ "stat_warm", touch_warm, do_stat_warm, NULL, NULL },
	{ "read_cold", forget_all, do_read, limit_files, NULL },
	{ "read_warm", touch_warm, do_read_warm, NULL, NULL },
	{ "readdir_tasks_cold", forget_all, do_readdir_tasks, limit_one, NULL },
	{ "readdir_tasks_warm", touch_lists, do_readdir_tasks, NULL, NULL },
	{ "readdir_view_cold", forget_all, do_readdir_view, limit_one, NULL },
	{ "readdir_view_warm", touch_lists, do_readdir_view, NULL, NULL },
	{ "lsl_tasks_cold", forget_all, do_lsl_tasks, limit_one, NULL },
	{ "lsl_tasks_warm", touch_lists, do_lsl_tasks, NULL, NULL },
	{ "lsl_view_cold", forget_all, do_lsl_view, limit_one, NULL },
	{ "lsl_view_warm", touch_lists, do_lsl_view, NULL, NULL },
	{ "ls_tasks_cold", forget_all, do_ls_tasks, limit_one, NULL },
	{ "ls_tasks_warm", touch_lists, do_ls_tasks, NULL, NULL },
	{ "ls_view_cold", forget_all, do_ls_view, limit_one, NULL },
	{ "ls_view_warm", touch_lists, do_ls_view, NULL, NULL },
	{ "find_tasks_cold", forget_all, do_find_tasks, limit_one, NULL },
	{ "find_tasks_warm", touch_find, do_find_tasks, limit_one, NULL },
	{ "find_view_cold", forget_all, do_find_view, limit_one, NULL },
	{ "find_view_warm", touch_lists, do_find_view, limit_one, NULL },
	{ "hold", touch_lists, do_open, n_warm, hold },
	{ "create", NULL, do_create, limit_some, remove_created },
	{ "create_fsync", NULL, do_create_fsync, limit_some, remove_created },
	{ "commit", open_db, do_commit, limit_some, close_db },
	{ "rename", make_some, do_rename, limit_some, remove_renamed },
	{ "write_big", NULL, do_write, limit_one, remove_written },
	{ "write_big_fsync", NULL, do_write_fsync, limit_one, remove_written },
	{ "read_big_cold", forget_all, do_read_big, limit_one, NULL },
	{ "read_big_warm", touch_big, do_read_big, limit_one, NULL },
};

static void *work(void *arg)
{
	struct part *p = arg;
	size_t limit = now->limit ? now->limit() : SIZE_MAX;
	uint64_t t, t2;

	pthread_barrier_wait(&ready);
	p->begin = t = timing_now_ns();
	for (size_t i = p->id; i < limit && t - p->begin < conf.ms * 1000000; i += conf.threads) {
		double got = now->one(p, i);

		if (got < 0) {
			p->rc = (int)got;
			break;
		}
		t2 = timing_now_ns();
		timing_add(&p->t, t2 - t);
		p->items += got;
		p->n_done++;
		t = t2;
	}
	p->end = timing_now_ns();
	return NULL;
}

static void run_parts(void)
{
	pthread_barrier_init(&ready, NULL, (unsigned)conf.threads);
	for (size_t i = 0; i < conf.threads; i++) {
		struct part *p = &parts[i];

		p->id = i, p->n_done = 0, p->items = 0, p->rc = 0, p->t.n = 0;
		if (i > 0)
			timing_check(pthread_create(&p->thread, NULL, work, p) != 0, "thread");
	}
	work(&parts[0]);
	for (size_t i = 1; i < conf.threads; i++)
		pthread_join(parts[i].thread, NULL);
	pthread_barrier_destroy(&ready);
}

static void report(const struct op *op, int rc)
{
	static struct timing all;
	uint64_t begin = UINT64_MAX, end = 0;
	double items = 0;

	all.n = 0;
	for (size_t i = 0; i < conf.threads; i++) {
		struct part *p = &parts[i];

		for (size_t k = 0; k < p->n_done && k < TIMING_SAMPLES; k++)
			timing_add(&all, p->t.ns[k]);
		items += p->items;
		begin = p->begin < begin ? p->begin : begin;
		end = p->end > end ? p->end : end;
		rc = p->rc < 0 ? p->rc : rc;
	}
	if (rc < 0)
		printf("%s %s %zu - %s -\n", conf.label, op->name, conf.threads, strerrorname_np(-rc));
	else
		timing_line(conf.label, op->name, conf.threads, items * 1e9 / (double)(end - begin),
			    timing_us(&all, 0.5), timing_us(&all, 1));
}

static void run(const struct op *op)
{
	size_t n = 0;
	int rc;

	for (size_t i = 0; i < conf.threads; i++)
		parts[i].rc = 0, parts[i].n_done = 0;
	rc = op->prepare ? op->prepare() : 0;
	now = op;
	if (rc == 0)
		run_parts();
	report(op, rc);
	for (size_t i = 0; i < conf.threads; i++)
		n += parts[i].n_done;
	if (op->finish)
		op->finish(n);
}

static void make_file(const char *path, size_t size, size_t times)
{
	auto_free char *bytes = xmalloc(size);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	memset(bytes, 'a', size);
	snprintf(bytes, size, "{\"path\":\"%s\"}", path);
	timing_check(fd < 0, path);
	while (times--)
		timing_check(write(fd, bytes, size) != (ssize_t)size, path);
	close(fd);
}

static void make_tree(void)
{
	static const char *const dirs[] = { "engagements",
					    "engagements/default",
					    TASKS,
					    "tasks",
					    VIEW,
					    "engagements/drops",
					    "engagements/drops/tasks",
					    INBOX,
					    "engagements/drops/tasks/big",
					    BIG };
	char path[PATH_MAX], target[PATH_MAX];

	for (size_t i = 0; i < N_ELEMS(dirs); i++)
		timing_check(mkdir(path_of(path, "%s", dirs[i]), 0755) < 0, dirs[i]);
	make_file(path_of(path, BIG "/big"), CHUNK, conf.big_mib);
	for (size_t i = 0; i < conf.n_files; i++) {
		timing_check(mkdir(path_of(path, TASKS "/t%05zu", i), 0755) < 0, path);
		make_file(path_of(path, TASKS "/t%05zu/result.json", i), 4096, 1);
		snprintf(target, sizeof(target), "../../" TASKS "/t%05zu", i);
		timing_check(symlink(target, path_of(path, VIEW "/t%05zu", i)) < 0, path);
	}
	sync();
}

static const struct op *find_op(const char *name)
{
	for (size_t i = 0; i < N_ELEMS(ops); i++)
		if (streq(ops[i].name, name))
			return &ops[i];
	timing_die("there is no operation '%s'", name);
}

static size_t number(const char *text)
{
	int64_t n;

	if (util_int(text, &n) < 0 || n < 1)
		timing_die("'%s' is no number above 0", text);
	return (size_t)n;
}

int main(int argc, char **argv)
{
	int c;

	while ((c = getopt(argc, argv, "+l:m:t:n:b:k:")) != -1) {
		switch (c) {
		case 'l': conf.label = optarg; break;
		case 'm': conf.ms = number(optarg); break;
		case 't': conf.threads = number(optarg); break;
		case 'n': conf.n_files = number(optarg); break;
		case 'b': conf.big_mib = number(optarg); break;
		case 'k': conf.below = optarg; break;
		default: return 2;
		}
	}
	if (argc - optind < 2 || conf.threads > MAX_THREADS)
		timing_die("usage: fsops [-l LABEL] [-m MS] [-t THREADS] [-n FILES] [-b MIB] [-k BELOW] ROOT OP...");
	conf.root = argv[optind++];
	if (streq(argv[optind], "make")) {
		make_tree();
		return 0;
	}
	shuffle();
	for (size_t i = 0; i < MAX_THREADS; i++) {
		parts[i].bytes = xmalloc(CHUNK);
		memset(parts[i].bytes, 'a', CHUNK);
	}
	for (; optind < argc; optind++)
		run(find_op(argv[optind]));
	return 0;
}
