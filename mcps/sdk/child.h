/* child - the process that runs one call, as the server sees it */
#ifndef MCPS_SDK_CHILD_H
#define MCPS_SDK_CHILD_H

#include <jansson.h>

#include "sdk/call.h"
#include "sdk/lines.h"

/* Only child_stop waits for pid and closes the descriptors. */
struct child {
	pid_t pid;          /* 0 when none runs */
	int fd;             /* what the call says; -1 when none runs */
	int log_fd;         /* the process' stderr, where sanitizers and libraries complain; -1 when closed */
	struct lines lines; /* of fd */
	size_t log_bytes;   /* passed on from log_fd so far */
	int64_t stop_at_ms; /* on clock_mono_ms; 0 for never */
	bool expired;       /* stopped because of stop_at_ms */
};

/* Why a child ended, for the person who waits for its answer. */
struct child_end {
	char kind[16];  /* "ok" when it exited with 0, else crash, cpu_limit, timeout, exit */
	int signal;     /* 0 when it exited */
	int status;     /* exit status */
	char text[200]; /* a sentence: what happened and what to do */
};

/*
 * child_start - fork a process that runs tool with args (borrowed)
 * gate     path of the socket at which the host offers models to this call; NULL: it offers none
 * Refused with -EBUSY when this process has more than one thread: a fork would copy locks that nobody opens.
 * Returns 0 and c, or -errno
 */
int child_start(struct child *c, const struct tool *tool, const json_t *args, const char *gate, struct err *e);

/*
 * child_read - read once what the call says; fd is readable
 * Returns 1 while there may be more, 0 at the end, -errno (-EMSGSIZE: longer than it may be, -EPROTO: no JSON object)
 * Each message goes to say(arg, message), which borrows it.
 */
int child_read(struct child *c, void (*say)(void *arg, json_t *message), void *arg);

/* child_pass_log - pass on what stands at log_fd to our stderr, at most 64 KiB in all; the rest is dropped */
void child_pass_log(struct child *c);

/* child_stop - end the process if it still runs, wait for it, close all. end may be NULL. Safe to call twice */
void child_stop(struct child *c, struct child_end *end);

#endif
