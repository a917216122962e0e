/* uploads - files on their way into an inbox, as tests of them make them */
#ifndef FS0711_TESTS_FSUNIT_UPLOADS_H
#define FS0711_TESTS_FSUNIT_UPLOADS_H

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fs/upload_parts.h"
#include "platform/refusal.h"
#include "tests/fsunit/temp.h"

static const struct dropdir root_dir;

static inline struct upload *create(const char *name)
{
	struct upload *u = NULL;
	struct err e = ERR_INIT;

	expect_ok(upload_create(fs, &root_dir, name, anna.uid, &u, &e), &e);
	return u;
}

static inline void put(struct upload *u, const char *bytes, int64_t offset)
{
	assert_int_equal(upload_write(u, bytes, strlen(bytes), offset), 0);
}

static inline void flush(struct upload *u)
{
	struct err e = ERR_INIT;

	expect_ok(upload_flush(u, 0, &anna, &e), &e);
}

/* open for writing, as >> or an editor does */
static inline struct upload *again(const char *name, bool truncate)
{
	struct upload *u = NULL;
	struct err e = ERR_INIT;
	struct found found;
	struct ask a = tree_ask(fs, at("tasks/inbox"), NULL, &e);

	expect_ok(tree_find(&a, name, &found), &e);
	assert_int_equal(found.kind, NODE_ENTRY);
	expect_ok(upload_open(fs, found.row, truncate, anna.uid, &u, &e), &e);
	return u;
}

static inline bool listed(const char *name)
{
	struct err e = ERR_INIT;
	struct ask a = tree_ask(fs, at("tasks/inbox"), NULL, &e);
	struct listing l;
	bool found = false;

	expect_ok(tree_list(&a, &l), &e);
	for (size_t i = 0; i < l.n; i++)
		found = found || streq(l.entry[i].name, name);
	listing_free(&l);
	return found;
}

static inline int64_t size_of(const char *path)
{
	struct err e = ERR_INIT;
	struct ask a = tree_ask(fs, at(path), NULL, &e);
	struct attr attr;

	expect_ok(tree_stat(&a, &attr), &e);
	return attr.size;
}

/* The task of that name in the default engagement, or 0. */
static inline int64_t task(const char *name)
{
	struct task t;
	int64_t row;

	if (task_find(p, default_engagement(), name, &t, NULL) < 0)
		return 0;
	row = t.row_id;
	task_release(&t);
	return row;
}

/* No file may become longer; 0: as it was. */
static inline void limit_files(rlim_t bytes)
{
	static struct rlimit was;
	struct rlimit now;

	if (bytes) {
		signal(SIGXFSZ, SIG_IGN);
		assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
		now = was;
		now.rlim_cur = bytes;
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &now), 0);
	} else {
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
	}
}

static inline const char *refused(void)
{
	static struct buf out;

	buf_clear(&out);
	refusal_get(p, REFUSAL_INBOX, 0, &out);
	return buf_str(&out);
}

/* It is closed by a child that a signal is ending, and that is seen while it waits to be buried. */
static inline void kill_writer(struct upload *u)
{
	struct err e = ERR_INIT;
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		pause();
		_exit(0);
	}
	kill(pid, SIGKILL);
	assert_int_equal(waitid(P_PID, (id_t)pid, &(siginfo_t){ 0 }, WEXITED | WNOWAIT), 0);
	expect_ok(upload_flush(u, pid, &anna, &e), &e);
	waitpid(pid, &status, 0);
}

#endif
