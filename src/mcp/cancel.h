/* cancel - a flag that another thread raises, and that wakes the one who waits */
#ifndef FS0711_MCP_CANCEL_H
#define FS0711_MCP_CANCEL_H

#include "base/util.h"

struct mcp_cancel;

/* mcp_cancel_new - one per call; a raised flag stays raised. Free it when nobody uses it any more */
struct mcp_cancel *mcp_cancel_new(void);
void mcp_cancel_free(struct mcp_cancel *c);

/* mcp_cancel_raise - the call that was given c returns -ECANCELED soon; from any thread, more than once is fine */
void mcp_cancel_raise(struct mcp_cancel *c);
/* mcp_cancel_raised - c may be NULL: false */
bool mcp_cancel_raised(const struct mcp_cancel *c);

/*
 * mcp_cancel_watch - for the one who waits: call wake(ud) when the flag is raised; NULL ends that. One watcher at a
 * time wake takes the lock under which the waiter looks at the flag, so the watcher must not hold it here. c may be
 * NULL
 */
void mcp_cancel_watch(struct mcp_cancel *c, void (*wake)(void *ud), void *ud);

#endif
