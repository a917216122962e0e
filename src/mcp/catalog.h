/* catalog - the MCP servers that are installed: every ROOT/NAME/manifest.json. No process is started by looking */
#ifndef FS0711_MCP_CATALOG_H
#define FS0711_MCP_CATALOG_H

#include "mcp/manifest.h"

/* Read-only once open, so many threads may read one. Manifests are the catalog's, sorted by id. */
struct mcp_catalog {
	struct mcp_manifest **items;
	size_t n;
};

/*
 * catalog_open - read all manifests below root
 * root NULL: catalog_root(). A manifest that is wrong is logged and left out, as is a second one with the same id.
 * Returns 0 and *out (for catalog_close), or -errno when root cannot be read
 */
int catalog_open(const char *root, struct mcp_catalog **out, struct err *e);
void catalog_close(struct mcp_catalog *c);

/* catalog_find - by id, exactly; NULL when there is none */
const struct mcp_manifest *catalog_find(const struct mcp_catalog *c, const char *id);

/*
 * catalog_root - where servers are: mcps/ beside the running program (or beside its directory, when that is src/),
 * which is so in a build tree, else the directory that was configured. The caller's to free
 */
char *catalog_root(void);

#endif
