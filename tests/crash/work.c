/*
 * work MNT JOURNALS ROUND SAMPLE - people who use a mount in every way at once, until its daemon dies
 *
 * Each is a process with a journal of its own. What a call refuses although the daemon lives, and nobody expects, is
 * told on standard output; the exit status is then 1.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/crypto.h"
#include "base/io.h"
#include "tests/crash/journal.h"

#define HASHES_MAX 16
#define PAUSE_US \
	8000 /* at most, between two drops: so many that the engine is at work, not so many that it never ends */

static const char *mnt, *round_no;
static char *sample;
static size_t sample_len;
static unsigned seed;
static int journal = -1;
static const char *worker;
static int serial;

/* A try that is being made; done() says how it went. */
static struct {
	enum fact_kind kind;
	char key[512], value[512];
} tried[HASHES_MAX];

static unsigned any(unsigned n)
{
	return (unsigned)rand_r(&seed) % n;
}

/* Without the end that programs have: what is allocated in the middle of something is no leak. */
static void __attribute__((noreturn)) end(int status)
{
	fflush(stdout);
	_exit(status);
}

static void __attribute__((noreturn)) over(void)
{
	end(0);
}

static bool alive(void)
{
	auto_free char *health = xasprintf("%s/health", mnt);

	return access(health, F_OK) == 0;
}

static void try(size_t i, enum fact_kind kind, const char *key, const char *value)
{
	tried[i].kind = kind;
	snprintf(tried[i].key, sizeof(tried[i].key), "%s", key);
	snprintf(tried[i].value, sizeof(tried[i].value), "%s", value);
	journal_mark(journal, 'T', kind, key, value);
}

/*
 * done - the call that made the first n tries returned rc, with errno. Who dies does not say what he did. A refusal
 * that may be is one of the errnos in fine, up to a 0. Returns true when it was acknowledged.
 */
static bool done(size_t n, int rc, const char *call, const int *fine)
{
	int why = errno;

	for (size_t i = 0; rc == 0 && i < n; i++)
		journal_mark(journal, 'A', tried[i].kind, tried[i].key, tried[i].value);
	if (rc == 0)
		return true;
	if (!alive())
		over();
	for (; fine && *fine && *fine != why; fine++)
		;
	if (!fine || !*fine) {
		printf("%s: %s %s: %s\n", worker, call, n ? tried[0].key : "", strerror(why));
		end(alive() ? 1 : 0);
	}
	for (size_t i = 0; i < n; i++)
		journal_mark(journal, 'N', tried[i].kind, tried[i].key, tried[i].value);
	return false;
}

/* --- what is dropped --- */

/* Bytes that nothing else has; a third of them are read as a request for proposals, the rest is refused quickly. */
static void make_document(struct buf *b)
{
	buf_clear(b);
	if (any(3) == 0)
		buf_add(b, sample, sample_len);
	buf_printf(b, "%% %s %s %d %u\n", worker, round_no, ++serial, any(1u << 30));
	for (unsigned n = any(40); n > 0; n--)
		buf_printf(b, "%% line %u of what is only there to be long enough for several writes\n", n);
}

static const char *sha_of(const struct buf *b)
{
	static char hex[SHA256_HEX_BYTES];

	return sha256_hex(b->data, b->len, hex);
}

/* In one write or several. 0, or -1 with errno; the descriptor is closed then. */
static int write_some(int fd, const char *bytes, size_t len)
{
	size_t step = any(2) ? len : 1 + any(20000);
	int why;

	for (size_t at = 0; at < len; at += step)
		if (io_write_all(fd, bytes + at, len - at < step ? len - at : step) < 0) {
			why = errno;
			close(fd);
			errno = why;
			return -1;
		}
	return 0;
}

static int put_file(const char *path, int flags, const char *bytes, size_t len)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC | flags, 0644);

	if (fd < 0 || write_some(fd, bytes, len) < 0)
		return -1;
	return close(fd);
}

static char *any_inbox(void)
{
	static const char *const boxes[] = { "tasks/inbox", "tasks/inbox", "engagements/strict/tasks/inbox",
					     "tasks/inbox/@TENDER/parse_rfp" };

	return xasprintf("%s/%s", mnt, boxes[any(N_ELEMS(boxes))]);
}

/* The two facts about a document that comes under its own name. */
static void try_document(const char *path, const struct buf *b)
{
	try(0, FACT_DOCUMENT, sha_of(b), "once");
	try(1, FACT_RECEIPT, path + strlen(mnt) + 1, sha_of(b));
}

static void drop_plainly(const char *path, struct buf *b)
{
	try_document(path, b);
	done(2, put_file(path, O_CREAT | O_EXCL, b->data, b->len), "drop", NULL);
}

static void drop_and_rewrite(const char *path, struct buf *b)
{
	drop_plainly(path, b);
	make_document(b);
	try_document(path, b);
	done(2, put_file(path, O_CREAT | O_TRUNC, b->data, b->len), "rewrite", NULL);
}

/* The entry may have left the inbox, since its work has ended: then there is nothing to append to. */
static void drop_and_append(const char *path, struct buf *b)
{
	static const int gone[] = { ENOENT, 0 };
	auto_free char *more = xasprintf("%% appended %u\n", any(1u << 30));

	drop_plainly(path, b);
	buf_add(b, more, strlen(more));
	try_document(path, b);
	done(2, put_file(path, O_APPEND, more, strlen(more)), "append", gone);
}

/* As rsync does it, and as browsers do: nothing is a document before it has its name. */
static void drop_renamed(const char *path, struct buf *b)
{
	struct timespec times[2] = { { .tv_nsec = UTIME_NOW }, { .tv_sec = 1600000000 + any(1000000) } };
	const char *name = strrchr(path, '/') + 1;
	bool browser = any(2);
	auto_free char *temp = browser ? xasprintf("%s.part", path)
				       : xasprintf("%.*s.%s.X%05u", (int)(name - path), path, name, any(100000));
	int fd = open(temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600), rc = fd < 0 ? -1 : 0;

	if (rc == 0)
		rc = write_some(fd, b->data, b->len);
	if (rc == 0 && !browser)
		rc = fchmod(fd, 0644);
	if (rc == 0)
		rc = close(fd);
	if (rc == 0 && !browser)
		rc = utimensat(AT_FDCWD, temp, times, 0);
	if (!done(0, rc, "write a temporary file", NULL))
		return;
	try_document(path, b);
	done(2, rename(temp, path), "rename", NULL);
}

/* Nobody waits for it any more: its task is cancelled, but what was taken in stays. */
static void drop_and_remove(const char *path, struct buf *b)
{
	static const int gone[] = { ENOENT, 0 };

	drop_plainly(path, b);
	try(0, FACT_RECEIPT, path + strlen(mnt) + 1, "none");
	done(1, unlink(path), "remove", gone);
}

static void drop_request(const char *path, struct buf *b)
{
	auto_free char *name = xasprintf("%.*s.json", (int)(strlen(path) - 4), path);

	buf_clear(b);
	buf_printf(b, "{ \"mcp_id\": \"TENDER\", \"title\": \"%s %s %d\"%s }\n", worker, round_no, ++serial,
		   any(2) ? ", \"data\": { \"file_path\": \"engagements/default/tasks/base/input/base.pdf\" }" : "");
	drop_plainly(name, b);
}

/* Two documents in one task: submitted now, or when the folder has been quiet. */
static void drop_folder(const char *path, struct buf *b)
{
	auto_free char *folder = xstrndup(path, strlen(path) - 4), *ctl = xasprintf("%s/ctl", folder);

	if (strstr(path, "/@")) /* a chosen engine's inbox is not looked at later, when it submits itself */
		return;
	done(0, mkdir(folder, 0755), "mkdir", NULL);
	for (int i = 0; i < 2; i++) {
		auto_free char *file = xasprintf("%s/%d.pdf", folder, i);

		make_document(b);
		try(0, FACT_DOCUMENT, sha_of(b), "once");
		done(1, put_file(file, O_CREAT | O_EXCL, b->data, b->len), "drop in a folder", NULL);
	}
	if (any(2))
		done(0, put_file(ctl, 0, "submit\n", 7), "submit", NULL);
}

static void dropper(void)
{
	static void (*const ways[])(const char *path, struct buf *b) = {
		drop_plainly, drop_plainly,    drop_and_rewrite, drop_and_append,
		drop_renamed, drop_and_remove, drop_request,     drop_folder,
	};
	auto_buf b = BUF_INIT;

	for (;;) {
		auto_free char *box = any_inbox();
		auto_free char *path = xasprintf("%s/%s-%s-%d.pdf", box, worker, round_no, serial);

		make_document(&b);
		ways[any(N_ELEMS(ways))](path, &b);
		usleep(any(PAUSE_US));
	}
}

/* --- who works with what is there --- */

/* A name in a directory, any; the caller's to free. NULL when there is none. */
static char *any_entry(const char *path)
{
	DIR *d = opendir(path);
	struct dirent *entry;
	char *chosen = NULL;
	unsigned n = 0;

	if (!d) {
		if (!alive())
			over();
		return NULL;
	}
	while ((entry = readdir(d)))
		if (entry->d_name[0] != '.' && !streq(entry->d_name, "inbox") && any(++n) == 0) {
			free(chosen);
			chosen = xstrdup(entry->d_name);
		}
	closedir(d);
	return chosen;
}

/* What the journals call a task by: the hashes of its inputs, the former ones last. */
struct hashes {
	size_t n;
	char hex[HASHES_MAX][SHA256_HEX_BYTES];
};

static void add_hashes(const char *dir, struct hashes *out)
{
	DIR *d = opendir(dir);
	struct dirent *entry;

	while (d && (entry = readdir(d))) {
		auto_free char *path = xasprintf("%s/%s", dir, entry->d_name);
		auto_buf bytes = BUF_INIT;

		if (entry->d_name[0] == '.' || streq(entry->d_name, "base.pdf") || out->n == HASHES_MAX ||
		    io_read_file(AT_FDCWD, path, &bytes, 1 << 20) < 0)
			continue;
		sha256_hex(bytes.data, bytes.len, out->hex[out->n++]);
	}
	if (d)
		closedir(d);
}

/* false when there are none, or the task is gone */
static bool task_hashes(const char *task, struct hashes *out)
{
	auto_free char *input = xasprintf("%s/input", task), *former = xasprintf("%s/.former", input);

	out->n = 0;
	add_hashes(input, out);
	if (out->n > 0)
		add_hashes(former, out);
	return out->n > 0;
}

/* A task that a directory of links shows: its link, its directory, and its hashes. */
static bool any_task(const char *state, char **link, char **task, struct hashes *hashes)
{
	auto_free char *dir = xasprintf("%s/tasks/%s", mnt, state), *name = any_entry(dir);

	*link = name ? xasprintf("%s/%s", dir, name) : NULL;
	*task = *link ? realpath(*link, NULL) : NULL;
	if (*task && !util_ends(*task, "/base") && task_hashes(*task, hashes))
		return true;
	free(*task);
	free(*link);
	*task = *link = NULL;
	usleep(1000);
	return false;
}

/* A listing may be a moment old: the task has left since. */
static const int stale[] = { ENOENT, EPERM, 0 };

/* By a line in review, or by mv; from needs_review only this worker takes anything. */
static void reviewer(void)
{
	static const char *const to[] = { "completed", "failed", "cancelled" };
	struct hashes h;

	for (;;) {
		auto_free char *link = NULL, *task = NULL;
		unsigned what = any(5);

		if (!any_task("needs_review", &link, &task, &h))
			continue;
		auto_free char *review = xasprintf("%s/review", task);
		auto_free char *there =
			xasprintf("%s/tasks/%s/%s", mnt, to[what % N_ELEMS(to)], strrchr(link, '/') + 1);

		try(0, FACT_STATE, h.hex[0], what == 3 ? "completed" : what == 4 ? "failed" : to[what]);
		if (what == 3)
			done(1, put_file(review, 0, "approve seen\n", 13), "approve", stale);
		else if (what == 4)
			done(1, put_file(review, 0, "reject wrong date\n", 18), "reject", stale);
		else
			done(1, rename(link, there), "move", stale);
	}
}

static void rename_task(const char *task, const char *hex)
{
	auto_free char *name = xasprintf("named-%s-%d", round_no, ++serial);
	auto_free char *there = xasprintf("%.*s/%s", (int)(strrchr(task, '/') - task), task, name);

	try(0, FACT_NAME, hex, name);
	done(1, rename(task, there), "rename a task", stale);
}

static void remove_task(const char *task, const char *hex)
{
	try(0, FACT_TRASH, hex, "yes");
	done(1, rmdir(task), "remove a task", stale);
}

/* Out of .trash: back, or away for good. */
static void empty_trash(void)
{
	auto_free char *trash = xasprintf("%s/.trash", mnt), *name = any_entry(trash);
	struct hashes h;

	if (!name)
		return;
	auto_free char *task = xasprintf("%s/%s", trash, name);
	auto_free char *back = xasprintf("%s/engagements/%s/tasks/%.*s", mnt, strrchr(name, '@') + 1,
					 (int)(strrchr(name, '@') - name), name);

	if (!task_hashes(task, &h))
		return;
	if (any(2)) {
		try(0, FACT_TRASH, h.hex[0], "no");
		done(1, rename(task, back), "restore a task", stale);
		return;
	}
	for (size_t i = 0; i < h.n; i++)
		try(i, FACT_PURGED, h.hex[i], "gone");
	done(h.n, rmdir(task), "purge a task", stale);
}

static void mover(void)
{
	static const char *const from[] = { "completed", "failed", "cancelled" };
	struct hashes h;

	for (;;) {
		auto_free char *link = NULL, *task = NULL;
		unsigned what = any(6);

		if (what == 0)
			empty_trash();
		else if (any_task(from[any(3)], &link, &task, &h))
			(what < 4 ? rename_task : remove_task)(task, h.hex[0]);
	}
}

/* --- settings and records --- */

static void put_text(const char *file, const char *value)
{
	auto_free char *path = xasprintf("%s/%s", mnt, file), *line = xasprintf("%s\n", value);

	try(0, FACT_TEXT, file, value);
	done(1, put_file(path, O_TRUNC, line, strlen(line)), "write", NULL);
}

static char *party_path(const char *name)
{
	return xasprintf("%s/engagements/%s", mnt, name);
}

/* An engagement is made, gets another name, and goes. */
static void change_parties(void)
{
	auto_free char *key = xasprintf("%s.%d", round_no, ++serial);
	auto_free char *first = xasprintf("e%s", key), *second = xasprintf("f%s", key);
	auto_free char *here = party_path(first), *there = party_path(second);

	try(0, FACT_PARTY, key, first);
	done(1, mkdir(here, 0755), "make an engagement", NULL);
	if (any(2))
		return;
	try(0, FACT_PARTY, key, second);
	done(1, rename(here, there), "rename an engagement", NULL);
	if (any(2))
		return;
	try(0, FACT_PARTY, key, "none");
	done(1, rmdir(there), "remove an engagement", NULL);
}

static void setter(void)
{
	for (;;) {
		auto_free char *number = xasprintf("%u", 10 + any(1000)), *text = xasprintf("title %u", any(100000));

		switch (any(3)) {
		case 0: put_text("settings/trash_days", number); break;
		case 1: put_text("engagements/default/title", text); break;
		default: change_parties();
		}
	}
}

/* Readers hold the kernel's locks of directories, so that notifications wait for them. */
static void reader(void)
{
	static const char *const dirs[] = { "tasks/todo", "tasks/completed", "tasks/failed", "tasks/inbox",
					    "engagements/default/tasks" };

	for (;;) {
		auto_free char *dir = xasprintf("%s/%s", mnt, dirs[any(N_ELEMS(dirs))]), *name = any_entry(dir);
		auto_free char *path = name ? xasprintf("%s/%s/task.json", dir, name) : NULL;
		auto_buf text = BUF_INIT;

		if (path)
			io_read_file(AT_FDCWD, path, &text, 1 << 20);
		usleep(500);
	}
}

/* A file manager with these directories open: for it the daemon's helper works in the mount too. */
static void watcher(void)
{
	static const char *const dirs[] = { "tasks/completed",           "tasks/failed",
					    "tasks/needs_review",        "tasks/inbox",
					    "engagements/default/tasks", "engagements/strict/tasks" };
	struct pollfd p = { .fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK), .events = POLLIN };
	char events[4096];

	for (size_t i = 0; i < N_ELEMS(dirs); i++) {
		auto_free char *dir = xasprintf("%s/%s", mnt, dirs[i]);

		done(0, inotify_add_watch(p.fd, dir, IN_ALL_EVENTS) < 0 ? -1 : 0, "watch", NULL);
	}
	for (;;) {
		poll(&p, 1, 100);
		while (read(p.fd, events, sizeof(events)) > 0)
			continue;
		if (!alive())
			over();
	}
}

static const struct {
	const char *name;
	void (*run)(void);
} workers[] = { { "ann", dropper }, { "bob", dropper },   { "cyd", dropper },   { "reviewer", reviewer },
		{ "mover", mover }, { "setter", setter }, { "reader", reader }, { "watcher", watcher } };

int main(int argc, char **argv)
{
	auto_buf bytes = BUF_INIT;
	int status, worst = 0;

	if (argc != 5 || io_read_file(AT_FDCWD, argv[4], &bytes, 1 << 20) < 0)
		return 2;
	mnt = argv[1];
	round_no = argv[3];
	sample = bytes.data;
	sample_len = bytes.len;
	for (size_t i = 0; i < N_ELEMS(workers); i++) {
		if (fork() != 0)
			continue;
		worker = workers[i].name;
		seed = (unsigned)(atoi(round_no) * 100 + (int)i) ^ (unsigned)getpid();
		journal = journal_open(argv[2], worker);
		workers[i].run();
	}
	while (wait(&status) > 0)
		if (status != 0)
			worst = 1;
	return worst;
}
