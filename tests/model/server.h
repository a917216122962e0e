/* server - an OpenAI-compatible server for tests: what its parts share */
#ifndef FS0711_TESTS_MODEL_SERVER_H
#define FS0711_TESTS_MODEL_SERVER_H

#include <jansson.h>

#include "base/buf.h"

/* What the command line says; 0, false and NULL where it says nothing. */
struct server_options {
	int64_t port, bytes, gpu_bytes, more, start_ms, exit_after_ms, crash_on, hang_on, log_lines, answer_ms, wake_ms,
		chunk_ms;
	bool never_healthy, ignore_term, forks, sleep_endpoints;
	const char *socket, *name, *key;
	json_t *answers; /* [{"contains", "answer", "status", "wait_ms"}] */
};

/* server.c: memory and health */
bool server_healthy(void);
bool server_asleep(void);
void server_sleep(bool asleep); /* lets the memory go, or takes it again; done when it returns */

/* server_http.c */
struct MHD_Daemon;
/* server_listen - answer on the port or the socket that o names; NULL with a message on stderr */
struct MHD_Daemon *server_listen(const struct server_options *o);

/* What is sent back for a request. */
struct reply {
	int status;
	bool events; /* server-sent ones: as they are in text, each ends with an empty line; else JSON */
	struct buf text;
	int64_t wait_ms;
};

/* server_answer.c: from a request's body to the reply's; they fill r */
void answer_chat(const struct server_options *o, const json_t *request, struct reply *r);
void answer_embeddings(const struct server_options *o, const json_t *request, struct reply *r);
void answer_models(const struct server_options *o, struct reply *r);
void answer_json(struct reply *r, int status, json_t *body); /* body is stolen */
void answer_error(struct reply *r, int status, const char *message);

#endif
