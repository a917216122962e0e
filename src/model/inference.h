/*
 * inference - one running inference server: its process, its health, its memory, its end
 *
 * Any program that speaks the OpenAI API on loopback TCP or on a Unix socket. It runs in the sandbox (run/spawn.h): the
 * file system view with its weights read-only, the devices it is given, no network but what {port} needs. The whole
 * process group is ours: when it is stopped nothing of it is left.
 */
#ifndef FS0711_MODEL_INFERENCE_H
#define FS0711_MODEL_INFERENCE_H

#include "mcp/cancel.h"
#include "net/call.h"
#include "run/spawn.h"

struct inference;

/* Borrowed for inference_start. */
struct inference_conf {
	struct spawner *spawner;
	const char *name;           /* of the model, for sentences */
	const char *const *command; /* ends with NULL; {port}, {socket}, {path}, {name} in it are replaced; a program
				       without a slash is looked for in /usr/local/bin, /usr/bin and /bin */
	const char *path;       /* weights: a file or directory of the host, read-only at the same place; may be NULL */
	const char *health;     /* URL path that answers 200 when it can serve: "/health" */
	const char *const *env; /* "NAME=value", ends with NULL, beside or in place of PATH, HOME=/tmp, TMPDIR and LANG;
				   may be NULL */
	const char *const *devices; /* device files of the host it may use; ends with NULL; may be NULL */
	const char *dir;            /* of this host, ours, made when missing: its log, its socket */
};

/*
 * inference_start - start the process; it is not healthy yet
 * Returns 0 and *out (for inference_free), or -ECHILD with a sentence (the program cannot be run), -EINVAL (the command
 * names neither {port} nor {socket}, or an unknown word in braces). Blocks milliseconds
 */
int inference_start(const struct inference_conf *conf, struct inference **out, struct err *e);

/*
 * inference_wait - until its health URL answers 200
 * Returns 0; -ETIMEDOUT after timeout_ms; -ECONNRESET (it ended: how, and the last lines of its log are in the
 * sentence); -ECANCELED. Looks every 10 ms at first, later at each hundredth of the time that is over, at most every
 * 250 ms
 */
int inference_wait(struct inference *s, int64_t timeout_ms, struct mcp_cancel *cancel, struct err *e);

/* inference_alive - false when its process has ended; then why gets a sentence with its last lines. Does not block */
bool inference_alive(struct inference *s, struct err *why);
/* inference_fd - becomes readable when the process ends, for poll(2) */
int inference_fd(const struct inference *s);
pid_t inference_pid(const struct inference *s);

/* inference_place - where it is spoken to; borrowed, as long as s */
const struct call_place *inference_place(const struct inference *s);

/*
 * inference_stop - end it: SIGTERM, after grace_ms SIGKILL, for the whole group; returns when all of it is gone
 * Safe to call twice. Blocks at most grace_ms and a second
 */
void inference_stop(struct inference *s, int64_t grace_ms);
/* inference_free - inference_stop without grace, then let go; s may be NULL */
void inference_free(struct inference *s);

/* inference_log - append the last bytes of its log (at most max, whole lines) to out; the log outlives the process and
 * is kept below 1 MiB. dir as in the conf */
void inference_log(const char *dir, size_t max, struct buf *out);

#endif
