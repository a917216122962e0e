/*
 * session_parts - what the three files of a session share
 *
 * session.c opens, closes and asks (in the callers' threads), session_io.c moves bytes and understands messages (in the
 * session's thread), session_pending.c keeps the requests that wait.
 */
#ifndef FS0711_MCP_SESSION_PARTS_H
#define FS0711_MCP_SESSION_PARTS_H

#include <pthread.h>

#include "mcp/rpc.h"
#include "mcp/session.h"

#define ERROR_LINE_BYTES 16384 /* longest line of a server's standard error */

struct log_line {
	struct log_line *next;
	char *level, *text;
};

/* A request that waits, on the stack of its caller; linked while the session may answer it. */
struct pending {
	struct pending *next;
	struct mcp_session *session;
	int64_t id; /* of the request, and its progress token */
	pthread_cond_t changed;
	bool done;
	int rc;         /* once done: 0, or why there is no answer */
	json_t *answer; /* once done with 0: the whole message */
	bool has_progress;
	double percent;
	char *progress_text;
	struct log_line *lines, **lines_end;
	unsigned n_lines;
};

struct mcp_session {
	char *name;
	struct mcp_timeouts timeouts;
	struct child child; /* of the thread alone, after the start */
	void (*on_line)(void *ud, const char *level, const char *line);
	void *ud;
	pthread_t thread;
	int in, out, err; /* our ends of its pipes; in is -1 once closed. Of the thread alone, after the start */
	int wake;         /* an eventfd: the thread has something new to look at */
	struct rpc_reader out_lines, err_lines;

	pthread_mutex_t lock; /* of all below */
	struct buf queue;     /* bytes for its stdin */
	size_t sent;          /* of the queue */
	struct pending *pending;
	int64_t next_id, idle_since_ms;
	bool stopping, ended;
	struct session_info info;
	struct buf tail; /* of what it said on stderr */
};

/* session_kick - let the thread look at the queue and at stopping */
void session_kick(const struct mcp_session *s);

/* session_io_run - the thread; ends when the server has ended and every waiting request has failed */
void *session_io_run(void *session);

/* All of these want the lock, but for init and release. */
void session_pending_init(struct pending *p, struct mcp_session *s);
void session_pending_release(struct pending *p);
void session_pending_link(struct mcp_session *s, struct pending *p);
void session_pending_unlink(struct mcp_session *s, struct pending *p);
/* session_pending_find - by the id of the request, which is its progress token too; NULL when nobody waits */
struct pending *session_pending_find(struct mcp_session *s, const json_t *id);
/* session_pending_finish - unlink and wake its caller; answer is taken */
void session_pending_finish(struct pending *p, int rc, json_t *answer);
void session_pending_finish_all(struct mcp_session *s, int rc);
void session_pending_add_line(struct pending *p, const char *level, const char *text);
void session_lines_free(struct log_line *line);

#endif
