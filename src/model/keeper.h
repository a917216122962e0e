/*
 * keeper - keeps models resident on the devices of this host, and lets one go when another needs its room
 *
 * Decides with plan.h, starts and stops servers with inference.h, tells the store with platform/model.h. Each load and
 * each unload has a thread of its own, so that loading A never delays a request to B. Thread-safe.
 */
#ifndef FS0711_MODEL_KEEPER_H
#define FS0711_MODEL_KEEPER_H

#include <jansson.h>

#include "mcp/cancel.h"
#include "net/call.h"
#include "platform/platform.h"
#include "run/spawn.h"

struct keeper;
struct kept; /* a model as the keeper has it */

/*
 * keeper_start - begin: devices are looked for and models read by its own thread; nothing is loaded but what is pinned
 * p, spawner, pool  borrowed until keeper_stop
 * dir               ours: a directory per model with its log and its socket is made in it
 * Returns 0 and *out, or -errno
 */
int keeper_start(struct platform *p, struct spawner *spawner, struct call_pool *pool, const char *dir,
		 struct keeper **out, struct err *e);
/* keeper_stop - every waiting request gets -ECANCELED, every server is stopped; blocks until they are gone */
void keeper_stop(struct keeper *k);
/* keeper_changes - for the change feed: specs that changed are read again. Is short */
void keeper_changes(struct keeper *k, const struct change *c, size_t n);

/* A place in a model, from keeper_enter to keeper_leave. */
struct keeper_use {
	struct kept *model;             /* NULL: none */
	const struct call_place *place; /* where its server is spoken to; valid until keeper_leave */
	const char *served_as;          /* the name to ask it by */
	const char *authorization;      /* "Authorization: Bearer …" for a remote, or NULL */
	int64_t waited_ms;
	struct permit *permit; /* the keeper's own */
};

/*
 * keeper_enter - have the model loaded and a place among its requests
 * for_whom  who wants it, for sentences and history: "task 'bid-12'", "MCP TENDER"
 * Returns 0 and *out, or with a sentence: -ENOENT (no such model), -ENOTSUP (its spec is not complete), -ENODEV,
 * -ENOMEM (it can never have room), -EBUSY (its queue is full), -ETIMEDOUT (max_wait_s), -ECONNRESET, -ECHILD (its
 * server died or did not start; worth another try), -ECANCELED
 * Blocks at most max_wait_s of the spec
 */
int keeper_enter(struct keeper *k, const char *model, const char *for_whom, struct mcp_cancel *cancel,
		 struct keeper_use *out, struct err *e);
/* How a request ended: with an answer of any kind; its connection broke; it was given up before a byte had come. */
enum keeper_end { KEEPER_ANSWERED, KEEPER_BROKEN, KEEPER_SILENT };

/*
 * keeper_leave - the request is over; tokens: what it took
 * After one that was given up the server is asked whether it is healthy, and ended when it is not. *use is empty after
 */
void keeper_leave(struct keeper *k, struct keeper_use *use, int64_t tokens, enum keeper_end end);

/* keeper_offers - is there such a model, with a spec that is complete? Whether it can be loaded is seen by keeper_enter
 */
bool keeper_offers(struct keeper *k, const char *model);

enum keeper_verb { KEEPER_LOAD, KEEPER_UNLOAD, KEEPER_PIN, KEEPER_UNPIN, KEEPER_SLEEP, KEEPER_WAKE, N_KEEPER_VERBS };
extern const char *const keeper_verb_words[]; /* ends with NULL */
/*
 * keeper_do - what a person writes into ctl
 * Returns 0 when it is done or well under way (it waits two seconds for the end), or with a sentence that also stands
 * in the model's reason: -EBUSY (in use, or already on its way), -ENOMEM, -ENODEV, -ETIMEDOUT, -ENOTSUP, -ECHILD
 */
int keeper_do(struct keeper *k, int64_t row_id, enum keeper_verb verb, struct err *e);

/*
 * keeper_model - a model now, or NULL when it is not known (yet)
 * {"state", "reason", "device": null or name, "memory": {"estimated", "measured", "held"}, "pinned", "in_use",
 * "waiting", "last_used": time or null, "loads", "failures", "requests", "tokens", "load_seconds": {"last", "median"},
 *  "temperature": "hot" (used in the last minute) "warm" (resident) "cold"}; a new reference
 */
json_t *keeper_model(struct keeper *k, int64_t row_id);
/* keeper_log - the last 64 KiB that its server said */
int keeper_log(struct keeper *k, int64_t row_id, struct buf *out);

/*
 * keeper_devices - [{"name", "title", "uuid", "memory_total", "memory_free", "memory_used", "foreign", "settable",
 *  "resident": [model names]}], in order; a new reference; measured at most once a second
 */
json_t *keeper_devices(struct keeper *k);
/* keeper_device_total - set the budget of ram0; kept in the store. 0, -ENOENT, -EPERM, -ERANGE */
int keeper_device_total(struct keeper *k, const char *device, const char *text, struct err *e);
/* keeper_health - {"state": "ok|failing", "devices": n, "resident": n, "waiting": n, "failed": {name: reason}} */
json_t *keeper_health(struct keeper *k);

#endif
