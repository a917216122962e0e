/* session - the state of a running server: its calls, in front of them the methods it answers */
#ifndef MCPS_SDK_SESSION_H
#define MCPS_SDK_SESSION_H

#include "sdk/child.h"
#include "sdk/manifest.h"
#include "sdk/server.h"
#include "sdk/wire.h"

/* One tools/call, from the request to its answer. */
struct job {
	struct job *next;
	const struct tool *tool;
	json_t *id, *args, *token; /* token is NULL when no progress is wanted */
	char *gate;                /* where the host offers models to this call; NULL: nowhere */
	double progress;           /* the last that was passed on; it may only rise */
	json_t *result;            /* NULL until the call said it */
	struct child child;
};

struct session {
	const struct server *server;
	struct manifest manifest;
	struct wire wire;
	struct job *jobs; /* oldest first; the first max_children of them run */
	size_t n_jobs;
	int log_level; /* index of the least level that is passed on */
};

/* method_dispatch - answer one line of input: a message or, from the revision that had them, an array of messages */
void method_dispatch(struct session *s, const char *line, size_t len);
/* method_too_long - answer for a line over the limit */
void method_too_long(struct session *s);

/*
 * job_add - queue a call; takes args, copies id
 * meta  "_meta" of the request, with its "progressToken" and where the host's models are; may be NULL
 * job_find - the call with this id, or NULL
 */
void job_add(struct session *s, const struct tool *tool, const json_t *id, json_t *args, const json_t *meta);
struct job *job_find(struct session *s, const json_t *id);
/* job_cancel - end a call without an answer */
void job_cancel(struct session *s, struct job *j);
/* job_start_waiting - start calls that wait, as far as there is room; answers for those that cannot start */
void job_start_waiting(struct session *s);
/* job_read - the call's pipe is readable; at its end the answer is sent and the job freed */
void job_read(struct session *s, struct job *j);
/* job_expire - end calls whose time is over; returns the milliseconds until the next one's is, -1 for none */
int job_expire(struct session *s);
/* job_level - index of a log level of MCP, -1 for another word */
int job_level(const char *level);

#endif
