/*
 * model - ask a model of the host from inside a tool's call
 *
 * The host says in the request's _meta where its gate is ({"0711/models": PATH}); the server connects to it before it
 * forks the call's child, which may open no sockets. HTTP/1.1 over that one connection, one request at a time.
 */
#ifndef MCPS_SDK_MODEL_H
#define MCPS_SDK_MODEL_H

#include "sdk/call.h"

/* call_has_model - does the host offer this model in this call? Asks it (GET /v1/models). False without a gate */
bool call_has_model(struct call *c, const char *model);

/*
 * call_ask_model - one chat completion
 * model     as the manifest names it
 * messages  the "messages" array; borrowed
 * schema    the answer must be JSON of this schema ("response_format": json_schema, strict); NULL: free text
 * *answer   a new reference: the parsed JSON with a schema, else a JSON string
 * Returns 0, or with a sentence: -ENODEV (the host offers no models, or not this one), -EAGAIN (it could not be loaded
 * or broke down: the same call may end better later), -ETIMEDOUT, -EPROTO (what came is no answer, or no JSON as the
 * schema wants), -E2BIG (the host or the model refuses the length)
 * Of the schema only the outermost "type" and "required" are checked here. An answer that was cut at a length is none
 * Blocks until a tenth of the call's own time is left. From any thread of the child: one after the other
 */
int call_ask_model(struct call *c, const char *model, const json_t *messages, const json_t *schema, json_t **answer,
		   struct err *e);

/*
 * call_limit_models - from now on no answer is waited for longer than that in all, where the call's own time is longer
 * Not while another thread asks. What was cut off in its answer leaves nobody to ask.
 */
void call_limit_models(struct call *c, unsigned ms);

#endif
