#include "mcp/cancel.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

struct mcp_cancel {
	pthread_mutex_t lock; /* of wake and ud; held while wake runs, so that a watcher that left is not called */
	atomic_bool raised;
	void (*wake)(void *ud);
	void *ud;
};

struct mcp_cancel *mcp_cancel_new(void)
{
	struct mcp_cancel *c = xcalloc(1, sizeof(*c));

	pthread_mutex_init(&c->lock, NULL);
	atomic_init(&c->raised, false);
	return c;
}

void mcp_cancel_free(struct mcp_cancel *c)
{
	if (!c)
		return;
	pthread_mutex_destroy(&c->lock);
	free(c);
}

void mcp_cancel_raise(struct mcp_cancel *c)
{
	pthread_mutex_lock(&c->lock);
	atomic_store(&c->raised, true);
	if (c->wake)
		c->wake(c->ud);
	pthread_mutex_unlock(&c->lock);
}

bool mcp_cancel_raised(const struct mcp_cancel *c)
{
	return c && atomic_load(&c->raised);
}

void mcp_cancel_watch(struct mcp_cancel *c, void (*wake)(void *ud), void *ud)
{
	if (!c)
		return;
	pthread_mutex_lock(&c->lock);
	c->wake = wake;
	c->ud = ud;
	pthread_mutex_unlock(&c->lock);
}
