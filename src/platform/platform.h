/*
 * platform - the rules of 0711: no SQL, no FUSE, no sockets here
 *
 * One struct platform per process. It is safe from every thread; functions that write block on a durable commit.
 */
#ifndef FS0711_PLATFORM_PLATFORM_H
#define FS0711_PLATFORM_PLATFORM_H

#include <jansson.h>

#include "base/err.h"
#include "base/name.h"
#include "blob/blob.h"
#include "platform/change.h"
#include "store/rows.h"
#include "store/store.h"

/* What the platform asks about the installed MCPs; given by main, so that this folder calls nothing above it. */
struct engines {
	void *ud;
	/*
	 * resolve - the engine that (mcp, tool) means; tool NULL is the MCP's default
	 * *tool_out and *version_out are borrowed for ever. 0, or -ENOENT with a sentence
	 */
	int (*resolve)(void *ud, const char *mcp, const char *tool, const char **tool_out, const char **version_out,
		       struct err *e);
	/* check_output - 0 when the result fits the tool's output schema, else -EINVAL with the place that does not */
	int (*check_output)(void *ud, const char *mcp, const char *tool, const json_t *result, struct err *e);
};

struct settings;
struct refusals;
struct holds;
struct live;
struct vault;

/* Fields are set by platform_open and read by everyone; only this folder changes what they point to. */
struct platform {
	struct store *store;
	struct blobs *blobs;
	struct engines engines;
	char *as;    /* -o as=, or NULL */
	char *owner; /* login of who runs this process */
	char *host;
	struct settings *settings;
	struct refusals *refusals;
	struct holds *holds;
	struct live *live;
	struct vault *vault;
	void (*watch)(void *ud, const struct change *c, size_t n);
	void *watch_ud;
};

struct platform_options {
	const char *source;
	const char *as;      /* name of the expert on whose behalf this process works, or NULL */
	const char *keyfile; /* of the vault; NULL: "key" beside the store */
	bool no_vault;       /* no secret is asked for, and no key file is looked at or made */
	struct engines engines;
};

/* platform_open - open the store and its documents, make what a new platform needs. 0 or -errno */
int platform_open(const struct platform_options *o, struct platform **out, struct err *e);
void platform_close(struct platform *p);

/* platform_orphaned - true when the process that has the source is dead, but cannot end; the source stays locked */
bool platform_orphaned(const char *source);

/*
 * platform_watch - who hears of changes: after each commit, and for progress (CHANGE_LIVE) between commits
 * fn is called from several threads, must be short and must not call back. Set it before there is work
 */
void platform_watch(struct platform *p, void (*fn)(void *ud, const struct change *c, size_t n), void *ud);

/* platform_recover - what a restart settles: leases of this host end, half-made entries are put right. 0 or -errno */
int platform_recover(struct platform *p, struct err *e);

#endif
