/*
 * peer - the test server, driven over its pipes, and what the tests say of it (TAP)
 *
 * SDK_SERVER names the program, SDK_MANIFEST its manifest; both default to their places in the build and source trees.
 */
#ifndef TESTS_SDK_PEER_H
#define TESTS_SDK_PEER_H

#include <jansson.h>

#include "base/buf.h"

#define WAIT_MS 20000

struct peer {
	pid_t pid;
	int in, out; /* our ends */
	struct buf buf;
	int next_id;
};
extern struct peer server;

/* ok - one line of TAP; returns passed. done - the last line; returns what main returns */
bool ok(bool passed, const char *fmt, ...) PRINTF_LIKE(2, 3);
int done(void);

void start(void);
int stop(void); /* the status as of waitpid(2) */

void send_line(const char *line);
/* receive - the next message, or NULL when none comes within the time */
json_t *receive(int wait_ms);
/* request - send one (takes params, which may be NULL); returns its id */
int request(const char *method, json_t *params);
/* answer - the answer to id; notifications before it are dropped, into seen when that is wanted */
json_t *answer(int id, json_t *seen);
/* call - tools/call and its answer; takes args */
json_t *call(const char *tool, json_t *args);
bool alive(void);

/* What stands in an answer */
int error_code(const json_t *a);
json_t *result_of(const json_t *a, const char *key);
const char *text_of(const json_t *a, const char *key);
const char *kind_of(const json_t *a);

#endif
