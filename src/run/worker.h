/* worker - threads that claim tasks, have their MCP do the work, and hand the outcome in */
#ifndef FS0711_RUN_WORKER_H
#define FS0711_RUN_WORKER_H

#include <jansson.h>

#include "mcp/catalog.h"
#include "mcp/host.h"
#include "platform/platform.h"

struct workers;

/* What a call asked its models. */
struct worker_usage {
	uint64_t requests, failures;
	int64_t tokens, ms;
};

/* Where a call finds the models that its MCP's manifest names. Both come from many threads. */
struct worker_models {
	void *ud;
	/*
	 * open - listen at path with the models of mcp that are there; for_whom says who wants them ("task 'a'")
	 * Returns 1 and *gate, 0 (none of them is there), or -errno
	 */
	int (*open)(void *ud, const struct mcp_manifest *mcp, const char *path, const char *for_whom,
		    struct mcp_cancel *cancel, void **gate, struct err *e);
	void (*close)(void *ud, void *gate, struct worker_usage *usage);
};

/*
 * workers_start - begin to work; everything given is borrowed until workers_stop
 * models  NULL: no call has models
 * n       how many tasks at once, 0 for one per processor core
 * *out is set before there are threads: a watcher may give their changes to workers_changes
 */
int workers_start(struct platform *p, struct mcp_host *host, const struct mcp_catalog *catalog,
		  const struct worker_models *models, size_t n, struct workers **out, struct err *e);
/* workers_stop - what runs is cancelled and goes back to todo; blocks until it has. w may be NULL */
void workers_stop(struct workers *w);

/* workers_changes - for the change feed: new work wakes a worker, a task that was taken away is cancelled. Is short */
void workers_changes(struct workers *w, const struct change *c, size_t n);

/* workers_health - {"threads": n, "busy": n}; a new reference */
json_t *workers_health(struct workers *w);

#endif
