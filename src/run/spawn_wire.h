/*
 * spawn_wire - what the daemon and its spawn helper say to each other
 *
 * One SOCK_SEQPACKET socket, so that a message is whole and any thread may send.
 *
 * helper -> daemon   once, at start: struct sandbox_layers
 * daemon -> helper   struct spawn_request; with SPAWN_OP_SPAWN followed by its strings, each with its NUL: cwd, in_dir,
 *                    tmp_dir, work_dir ("" for none), argv, env, dirs, devices; and four descriptors: stdin, stdout,
 * stderr and the writing end of a pipe for the status. With SPAWN_OP_WILL comes one descriptor status pipe struct
 * spawn_status records: PID, then RUNS or FAILED, then ENDED. End of file says that the child and all of its
 * descendants are gone; without ENDED before it, they were killed end of file on the socket tells the helper that the
 * daemon is gone, and so does the signal that it asks the kernel for: of a daemon that was killed, a thread that is
 * stuck in the kernel keeps the socket open
 */
#ifndef FS0711_RUN_SPAWN_WIRE_H
#define FS0711_RUN_SPAWN_WIRE_H

#include "run/sandbox.h"

#define SPAWN_MAX_BYTES (160u << 10)
#define SPAWN_FDS       4

enum spawn_op { SPAWN_OP_SPAWN, SPAWN_OP_KILL, SPAWN_OP_WILL };

struct spawn_request {
	uint32_t op;
	uint32_t n_argv, n_env, n_dirs, n_devices;
	uint32_t network; /* 0 or 1 */
	uint64_t id;
	int64_t grace_ms; /* KILL */
	struct sandbox_limits limits;
};

enum spawn_event { SPAWN_PID, SPAWN_RUNS, SPAWN_FAILED, SPAWN_ENDED };

/* Small enough to be written whole. */
struct spawn_status {
	uint32_t event;
	int32_t value; /* PID: the pid, FAILED: -errno, ENDED: the status of waitpid */
	char what[56]; /* FAILED: the step */
};

/* spawn_helper_run - the helper's life, which ends with that of its parent, daemon; never returns */
void spawn_helper_run(int socket, pid_t daemon) __attribute__((noreturn));

#endif
