/*
 * manifest - what an MCP server says about itself in manifest.json, read without starting it
 *
 * {"id": "TENDER", "version": "0.1.0", "title": "…", "description": "…",
 *  "command": "${dir}/tender", "args": [], "env": {"NAME": "value"},
 *  "default_tool": "parse_rfp", "input": "paths", "accepts": ["application/pdf"], "models": ["tender-parser"],
 *  "timeouts": {"start_ms": 30000, "call_ms": 300000, "call_max_ms": 0, "idle_s": 0, "stop_grace_ms": 2000,
 *               "term_grace_ms": 2000},
 *  "limits": {"memory_mb": 2048, "processes": 64, "files": 256, "tmp_mb": 256, "file_mb": 1024, "cpu_s": 3600},
 *  "tools": [{"name": "parse_rfp", "description": "…", "inputSchema": {}, "outputSchema": {}}]}
 *
 * id, version, command and tools must be there. ${dir} is the manifest's own directory; a command without a slash is
 * looked for in /usr/local/bin, /usr/bin and /bin. models are those of the host that its calls may ask. Unknown fields
 * are kept and ignored.
 */
#ifndef FS0711_MCP_MANIFEST_H
#define FS0711_MCP_MANIFEST_H

#include <jansson.h>

#include "base/err.h"
#include "run/sandbox.h"

#define MANIFEST_FILE "manifest.json"

struct mcp_timeouts {
	int64_t start_ms;      /* from the start of the process to its answer to initialize */
	int64_t call_ms;       /* one call, where the caller names no other time */
	int64_t call_max_ms;   /* one call at most, whatever the caller says; 0: no such bound */
	int64_t idle_ms;       /* without a call the process is stopped; 0: it stays */
	int64_t stop_grace_ms; /* after its stdin was closed */
	int64_t term_grace_ms; /* after SIGTERM */
};

/* On the heap, read-only once loaded, so many threads may read one. Texts lie in json unless said otherwise. */
struct mcp_manifest {
	json_t *json;
	const char *id, *version, *title, *description; /* title is id, description "" where the file has none */
	char *dir;                                      /* absolute, without links; own memory */
	char **argv, **env;                             /* end with NULL; own memory */
	const char *default_tool;                       /* NULL: none */
	const char *input_key;                          /* NULL: the tools take no documents */
	const json_t *tools;                            /* array of objects, checked */
	const char **models;                            /* names, each once; ends with NULL */
	struct mcp_timeouts timeouts;
	struct sandbox_limits limits;
};

/*
 * manifest_load - read and check DIR/manifest.json
 * Returns 0 and *out (for manifest_free), or -errno: -ENOENT, -EINVAL with the field that is wrong
 */
int manifest_load(const char *dir, struct mcp_manifest **out, struct err *e);
/* manifest_parse - the same from JSON that is already read; json is taken in every case */
int manifest_parse(const char *dir, json_t *json, struct mcp_manifest **out, struct err *e);
void manifest_free(struct mcp_manifest *m);

/* manifest_tool - the description of a tool, or NULL; name NULL: the default tool */
const json_t *manifest_tool(const struct mcp_manifest *m, const char *name);

#endif
