/*
 * host - calls tools of MCP servers: starts them when they are needed, keeps them warm, gives them their documents
 *
 * Each server runs once, in its sandbox, and serves many calls at a time. One that dies is started again by the next
 * call, after a pause that grows while it keeps dying.
 */
#ifndef FS0711_MCP_HOST_H
#define FS0711_MCP_HOST_H

#include <jansson.h>

#include "mcp/cancel.h"
#include "mcp/inbox.h"
#include "mcp/manifest.h"
#include "mcp/result.h"
#include "run/spawn.h"

#define MCP_MAX_ARGUMENT_BYTES (8u << 20)

struct mcp_host;

/*
 * A line that a server said beside its answers: level is MCP's (debug … emergency), "stderr", or "stdout!" for a line
 * on its standard output that was no message. Comes from the server's own thread: be quick, and call nothing of the
 * host
 */
typedef void mcp_line_fn(void *ud, const char *id, const char *level, const char *line);

/*
 * mcp_host_open - a host without a running server
 * spawner  borrowed until mcp_host_close
 * run_dir  an existing directory on the same file system as the documents (they are linked then, not copied) that only
 *          we may write; run_dir/mcp is made anew in it
 * on_line  may be NULL
 * Returns 0 and *out, or -errno
 */
int mcp_host_open(struct spawner *spawner, const char *run_dir, mcp_line_fn *on_line, void *ud, struct mcp_host **out,
		  struct err *e);

/*
 * mcp_host_close - stop every server (they get their graces, all at the same time), remove run_dir/mcp, free h
 * No call may run any more: mcp_host_cancel_all and join the workers before. h may be NULL
 */
void mcp_host_close(struct mcp_host *h);

/* One call of a tool. All pointers are borrowed for the call; callbacks may be NULL. */
struct mcp_call {
	const struct mcp_manifest *mcp;
	const char *tool;        /* NULL: the default tool */
	const json_t *arguments; /* an object, or NULL for none; the documents' paths are added under mcp->input_key */
	const struct mcp_document *documents;
	size_t n_documents;
	int64_t timeout_ms; /* for everything, a start of the server too; 0: the manifest's */
	struct mcp_cancel *cancel;
	/* All come in the thread of the caller, while mcp_host_call runs. */
	void (*on_progress)(void *ud, double percent, const char *message); /* percent -1: not known */
	void (*on_log)(void *ud, const char *level, const char *line);      /* as mcp_line_fn */
	/*
	 * open_models - asked when the manifest names models: listen at path, in a directory of this call. Returns 1,
	 * 0 (none of them is to be had: the server is told nothing), or -errno, which ends the call
	 * close_models - the call is over; once for each 1
	 */
	int (*open_models)(void *ud, const char *path, struct err *e);
	void (*close_models)(void *ud);
	void *ud;
};

/*
 * mcp_host_call - call a tool and wait for its answer; from any thread, many at a time
 * Returns 0 and *out (for mcp_result_release), or -errno with a sentence:
 *   -EREMOTEIO     the tool itself says that it failed: *out is filled, its text and meta say why
 *   -ENOENT        no such tool, or no default tool
 *   -EINVAL        the arguments do not fit the tool's schema, or the server refused them
 *   -E2BIG         more than 8 MiB of arguments
 *   -EPROTO        the server refused the call, or its answer does not fit the tool's schema
 *   -ETIMEDOUT     no answer in time
 *   -ECANCELED     the call was cancelled, or the host is closing
 *   -ECONNRESET    the server died meanwhile; its end and its last words are in the sentence
 *   -ECHILD        the server cannot be started
 *   -EMSGSIZE      an answer of more than 64 MiB
 * Worth another try: -ETIMEDOUT, -ECONNRESET, -ECHILD. *out is empty after all errors but -EREMOTEIO
 */
int mcp_host_call(struct mcp_host *h, const struct mcp_call *call, struct mcp_result *out, struct err *e);

/* mcp_host_cancel_all - every call returns -ECANCELED soon, and so does each that is made after this: the host closes
 */
void mcp_host_cancel_all(struct mcp_host *h);

/* mcp_host_stop - stop one server (the next call starts it again); its running calls get -ECONNRESET. Blocks */
void mcp_host_stop(struct mcp_host *h, const char *id);

/*
 * mcp_host_status - what is known about one server, or with id NULL an object of all that were ever called, by id
 * {"state": "off|starting|ready|failed", "pid", "version", "protocol", "since", "in_flight", "calls", "errors",
 *  "restarts", "last_error", "stdout_noise"}; pid, protocol and since are null unless ready.
 * A new reference; state "off" for a server that was never called
 */
json_t *mcp_host_status(struct mcp_host *h, const char *id);

#endif
