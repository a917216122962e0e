/*
 * call - one tools/call as its tool sees it
 *
 * A tool runs in a process of its own, forked for this call and shut in (sandbox.h). It may crash, exit or run out of
 * memory: the server answers for it. What it says goes to the server over a pipe, one JSON object a line:
 *   {"progress": 3, "total": 20, "message": "page 3 of 20"}   any number
 *   {"level": "info", "data": "…"}                            any number
 *   {"result": {…}}                                           once, last: the result of tools/call
 */
#ifndef MCPS_SDK_CALL_H
#define MCPS_SDK_CALL_H

#include <jansson.h>

#include "sdk/sandbox.h"

struct call;
struct exchange;

struct tool {
	const char *name;
	/*
	 * run - do the call and say the outcome with call_structured, call_text, call_file or call_fail
	 * Returns 0, or -errno when not even call_fail could be said.
	 */
	int (*run)(struct call *c);
	struct limits limits;
};

/* call_new - a call with these arguments (borrowed) that speaks on fd; call_free frees it, not the descriptor */
struct call *call_new(const json_t *args, int fd);
void call_free(struct call *c);

/* call_set_models - over what its models are asked (model.h); borrowed. call_models - that, or NULL */
void call_set_models(struct call *c, struct exchange *models);
struct exchange *call_models(const struct call *c);

/* call_args - the "arguments" object of the request; borrowed */
const json_t *call_args(const struct call *c);

/* call_progress - done of total and a sentence; said at most ten times a second, the last of a total always */
void call_progress(struct call *c, double done, double total, const char *fmt, ...) PRINTF_LIKE(4, 5);

/* call_log - a line for the task's log; level is one of MCP's: debug info notice warning error */
void call_log(struct call *c, const char *level, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* call_text - add a block of text for the reader (UTF-8; what is not is replaced) */
void call_text(struct call *c, const char *text);

/* call_file - add a file of the answer, name under the output folder, as an embedded resource */
void call_file(struct call *c, const char *name, const char *mime_type, const char *text);
/* call_blob - the same for bytes that are no text */
void call_blob(struct call *c, const char *name, const char *mime_type, const void *bytes, size_t len);

/* call_structured - the answer itself; takes the reference */
void call_structured(struct call *c, json_t *answer);

/*
 * call_fail - the answer is an error: one kind for the machine, one sentence for the person (what, which, what to do)
 * What was added before is dropped. retry says whether the same call may end better. Returns 0, so a tool can return
 * it.
 */
int call_fail(struct call *c, const char *kind, bool retry, const char *fmt, ...) PRINTF_LIKE(4, 5);

/* call_finish - write the result to the descriptor; once, at the end. Returns 0 or -errno */
int call_finish(struct call *c);

#endif
