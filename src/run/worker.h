/* worker - threads that claim tasks, have their MCP do the work, and hand the outcome in */
#ifndef FS0711_RUN_WORKER_H
#define FS0711_RUN_WORKER_H

#include <jansson.h>

#include "mcp/catalog.h"
#include "mcp/host.h"
#include "platform/platform.h"

struct workers;

/*
 * workers_start - begin to work; everything given is borrowed until workers_stop
 * n  how many tasks at once, 0 for one per processor core
 * *out is set before there are threads: a watcher may give their changes to workers_changes
 */
int workers_start(struct platform *p, struct mcp_host *host, const struct mcp_catalog *catalog, size_t n,
		  struct workers **out, struct err *e);
/* workers_stop - what runs is cancelled and goes back to todo; blocks until it has. w may be NULL */
void workers_stop(struct workers *w);

/* workers_changes - for the change feed: new work wakes a worker, a task that was taken away is cancelled. Is short */
void workers_changes(struct workers *w, const struct change *c, size_t n);

/* workers_health - {"threads": n, "busy": n}; a new reference */
json_t *workers_health(struct workers *w);

#endif
