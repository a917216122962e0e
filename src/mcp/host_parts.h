/*
 * host_parts - a host and its servers, for the two files that make them
 *
 * host.c places one call: documents, arguments, schemas. server.c keeps one server running: start, pause, restart,
 * stop.
 */
#ifndef FS0711_MCP_HOST_PARTS_H
#define FS0711_MCP_HOST_PARTS_H

#include <pthread.h>

#include "mcp/host.h"
#include "mcp/session.h"

/* One run of a server. Freed by whoever leaves it last once it is no longer the server's. */
struct run {
	struct mcp_session *session;
	unsigned users;
	bool counted; /* its end is already one of the server's failures */
};

/* One server, by id; lives as long as the host. */
struct server {
	struct server *next;
	struct mcp_host *host;
	char *id;
	char *dir, *in_dir, *tmp_dir; /* run_dir/mcp/ID, and in/ and tmp/ in it */

	/* under the host's lock */
	char *version;            /* of the last run; NULL: there was none */
	struct run *run;          /* NULL: off */
	struct mcp_cancel *start; /* somebody is in session_open, and this ends it */
	unsigned failures;        /* in a row: starts that failed, runs that died */
	int64_t next_start_ms;
	uint64_t calls, errors, starts, noise; /* noise: of runs that are over */
	char last_error[400];
};

struct mcp_host {
	struct spawner *spawner;
	char *dir; /* run_dir/mcp */
	bool view; /* servers have a file system of their own */
	mcp_line_fn *on_line;
	void *ud;
	pthread_mutex_t lock; /* of all below */
	pthread_cond_t changed;
	bool closing;
	uint64_t next_call;
	struct server *servers;
};

/* server_new, server_free - without a process; free closes the one that is left */
struct server *server_new(struct mcp_host *h, const char *id);
void server_free(struct server *s);

/* server_make_dirs - the directories that its sandbox is given; also when they are there */
int server_make_dirs(const struct server *s, struct err *e);

/*
 * server_acquire - a run that can take the call, started if need be; for server_release
 * Waits for another's start and for the pause after failures. Returns 0, -ECHILD, -ECANCELED or -ETIMEDOUT. Without the
 * host's lock
 */
int server_acquire(struct server *s, const struct mcp_call *call, int64_t until_ms, struct run **out, struct err *e);
/* server_release - the call is over with rc and e; -ECONNRESET says that the run died in it */
void server_release(struct server *s, struct run *run, int rc, const struct err *e);

/* server_stop, server_status - with the host's lock; stop may leave it meanwhile */
void server_stop(struct server *s);
json_t *server_status(struct server *s);

/* host_make_dir - with that mode whatever the umask; also when it is there */
int host_make_dir(const char *path, mode_t mode, struct err *e);

#endif
