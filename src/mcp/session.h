/*
 * session - one running MCP server: its process, its pipes, and the requests that wait for an answer
 *
 * Speaks the revisions that begin with initialize (2024-11-05 to 2025-11-25). One thread per session moves all bytes;
 * callers wait for their own answer, in any order and many at once. What comes for a call while it runs (progress, log
 * lines) is handed to its callbacks in the caller's own thread. When the process ends, every waiting call fails at
 * once.
 */
#ifndef FS0711_MCP_SESSION_H
#define FS0711_MCP_SESSION_H

#include <jansson.h>

#include "mcp/cancel.h"
#include "mcp/manifest.h"
#include "run/spawn.h"

struct mcp_session;

/* What a server is started with. The struct and what it points to are borrowed for session_open, ud for the session. */
struct session_conf {
	struct spawner *spawner;
	const char *name;        /* for sentences */
	struct spawn_spec spawn; /* its descriptors are ignored */
	struct mcp_timeouts timeouts;
	/* a line of the server that belongs to no call; in the session's thread: be quick. May be NULL */
	void (*on_line)(void *ud, const char *level, const char *line);
	void *ud;
};

/* One request. Callbacks may be NULL, and none comes after session_request has returned. */
struct session_request {
	const char *method;
	json_t *params; /* an object, taken */
	int64_t timeout_ms;
	int64_t limit_ms;          /* what the caller was given in all, for the sentence; 0: timeout_ms */
	struct mcp_cancel *cancel; /* may be NULL */
	void (*on_progress)(void *ud, double percent,
			    const char *message); /* percent -1: not known; message may be "" */
	/* level is MCP's (debug … emergency), or "stderr" for a line from the server's standard error */
	void (*on_log)(void *ud, const char *level, const char *line);
	void *ud;
	bool quiet; /* do not tell the server when the caller stops waiting (initialize must not be cancelled) */
};

/* What is known about a session at one moment. */
struct session_info {
	bool alive;       /* it can be asked */
	pid_t pid;        /* 0 once it ended */
	int64_t since_ms; /* start, as clock_now_ms */
	unsigned in_flight;
	uint64_t noise;    /* lines on its standard output that were no messages */
	char protocol[16]; /* the revision that was agreed on */
	char ended[400];   /* why it is not alive, "" while it is */
	bool idle;         /* it was stopped for having nothing to do */
};

/*
 * session_open - start the process and shake hands
 * Returns 0 and *out (for session_close), -ECHILD with the reason (the program, its exit, its last words, its
 * protocol), or -ECANCELED. Blocks at most timeouts.start_ms
 */
int session_open(const struct session_conf *conf, struct mcp_cancel *cancel, struct mcp_session **out, struct err *e);

/*
 * session_request - send a request and wait for its answer; from any thread
 * Returns 0 and *result (a new reference); -ESHUTDOWN (the server had ended before, nothing was sent); -ECONNRESET (it
 * ended meanwhile); -ETIMEDOUT; -ECANCELED; -EMSGSIZE (an answer was longer than 64 MiB); or the server refused:
 * -EINVAL for code -32602, -ENOSYS for -32601, -EPROTO for others. params is taken in every case
 */
int session_request(struct mcp_session *s, struct session_request *r, json_t **result, struct err *e);

/* session_cancel_all - every waiting call returns -ECANCELED; the session lives on */
void session_cancel_all(struct mcp_session *s);

/* session_stop - begin the end that session_close describes, without waiting for it; later requests get -ESHUTDOWN */
void session_stop(struct mcp_session *s);

void session_info(struct mcp_session *s, struct session_info *out);

/*
 * session_close - end the process: close its stdin, wait, SIGTERM, wait, SIGKILL; then free s (may be NULL)
 * Nobody may use s any more. Blocks at most the two graces and some milliseconds
 */
void session_close(struct mcp_session *s);

#endif
