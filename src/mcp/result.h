/* result - the answer to a tools/call, taken apart */
#ifndef FS0711_MCP_RESULT_H
#define FS0711_MCP_RESULT_H

#include <jansson.h>

#include "base/err.h"

/* One file that the tool made. name is a plain file name (name_clean, unique in its result, never "." or ".."). */
struct mcp_output {
	char *name;
	char *mime;  /* "" when the server did not say */
	char *bytes; /* text or decoded; a NUL behind them */
	size_t len;
};

/* By value; all zeroes is empty. All of it belongs to the result. */
struct mcp_result {
	json_t *structured; /* structuredContent, NULL when there was none */
	json_t *meta;       /* _meta: what the server says beside the answer, such as kind, retry, usage; NULL: none */
	char *text;         /* the text blocks, joined by newlines; never NULL once filled */
	bool is_error;      /* the tool itself says that it failed; text says why */
	struct mcp_output *outputs;
	size_t n_outputs;
};

/*
 * result_parse - from the JSON of the answer (borrowed)
 * Embedded resources, images and sounds become outputs, a resource under the last part of its URI; blocks of other
 * kinds are left out. Returns 0, or -EPROTO (no such answer, a blob that is not base64); *out is then empty
 */
int result_parse(const json_t *answer, struct mcp_result *out, struct err *e);

/* mcp_result_release - also of an empty one */
void mcp_result_release(struct mcp_result *r);

#endif
