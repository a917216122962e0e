/*
 * spawn - child processes, started by a small helper that was forked before there were threads
 *
 * The daemon itself never forks after spawner_start: a fork of a large process with threads is slow and unsafe. The
 * helper starts each child in its sandbox, reaps it, and kills what is left of it. When the daemon dies, however it
 * dies, the helper does its will, kills every child and ends; when the helper dies, the kernel kills the children.
 */
#ifndef FS0711_RUN_SPAWN_H
#define FS0711_RUN_SPAWN_H

#include "run/sandbox.h"

struct spawner;

/* All pointers and descriptors are borrowed for the call. */
struct spawn_spec {
	const char *const *argv; /* ends with NULL; argv[0] is an absolute path, seen from inside the sandbox */
	const char *const *env;  /* "NAME=value", ends with NULL: the whole environment of the child */
	const char *cwd;         /* NULL: "/" */
	int in, out, err;        /* the child's stdin, stdout and stderr; all must be open */
	struct sandbox_spec sandbox;
};

/*
 * By value, filled by spawner_spawn, emptied by spawner_release. One thread at a time may use it, but
 * spawner_kill may be called from any.
 */
struct child {
	struct spawner *spawner;
	uint64_t id;   /* 0: none */
	pid_t pid;     /* of the process that keeps the child: it ends last, and killing it kills all of the child */
	int status_fd; /* becomes readable when the child ends; for poll(2) */
	bool ended;
	int status; /* as of waitpid(2), once ended */
};

#define CHILD_NONE              \
	{                       \
		.status_fd = -1 \
	}

/*
 * spawner_start - fork the helper and learn from it what the sandbox can do here
 * Call once, before the first thread; a daemon that goes to the background by fork must do that first.
 * Returns 0 and *out, or -errno. Blocks some ten milliseconds. Logs which layers are missing
 */
int spawner_start(struct spawner **out, struct err *e);

/* spawner_layers - what servers are confined by on this system; the spawner's own */
const struct sandbox_layers *spawner_layers(const struct spawner *s);

/* spawner_pid - the helper's process */
pid_t spawner_pid(const struct spawner *s);

/*
 * spawner_will - what is to be done when the daemon dies, however it dies: "1" is written to fd, which stays the
 * caller's. A later will replaces the former. 0 or -errno
 */
int spawner_will(struct spawner *s, int fd);

/*
 * spawner_spawn - start a child; returns once its program runs, from any thread
 * Returns 0 and *out (to be released), or -errno with the step that failed: -ENOENT, -EACCES (the program cannot be
 * run), -E2BIG (arguments, more than 128 KiB), -EPIPE (the helper is gone: the daemon must be restarted)
 * Blocks milliseconds; hold no lock
 */
int spawner_spawn(struct spawner *s, const struct spawn_spec *spec, struct child *out, struct err *e);

/*
 * spawner_kill - end a child and all that it started: SIGTERM now, SIGKILL after grace_ms (0: at once)
 * Does not block, and may be called again with a shorter time; then wait for the child
 */
void spawner_kill(const struct child *c, int64_t grace_ms);

/*
 * spawner_wait - wait until the child and everything it started is gone, at most timeout_ms (-1: for ever)
 * Returns 0 and c->status, or -ETIMEDOUT
 */
int spawner_wait(struct child *c, int64_t timeout_ms);

/* spawner_release - close what *c holds; a child that still runs is killed. *c is empty after */
void spawner_release(struct child *c);

/* spawner_stop - kill all children, end the helper, free s (may be NULL). Blocks until they are gone */
void spawner_stop(struct spawner *s);

/* spawner_describe - "exited with code 3", "was killed by signal 9 (Killed)" into text; returns text */
const char *spawner_describe(int status, char *text, size_t size);

#endif
