/* manifest - the file beside a server's program that describes it; its host reads the same file without starting it */
#ifndef MCPS_SDK_MANIFEST_H
#define MCPS_SDK_MANIFEST_H

#include <jansson.h>

#include "base/err.h"

struct manifest {
	json_t *root;
	const char *id, *version, *title, *description; /* in root; the last two may be "" */
	const json_t *tools; /* in root: an array of objects with a name and an inputSchema */
};

/*
 * manifest_load - read and check the manifest
 * path  NULL for manifest.json beside the running program
 * Returns 0 and m, or -errno (-EINVAL: not a manifest)
 */
int manifest_load(struct manifest *m, const char *path, struct err *e);
void manifest_release(struct manifest *m);

/* manifest_tool - the description of one tool, or NULL; borrowed */
const json_t *manifest_tool(const struct manifest *m, const char *name);

#endif
