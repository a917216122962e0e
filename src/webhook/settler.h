/* settler - within webhook: keeps what became of attempts on a thread of its own, so that others are sent meanwhile */
#ifndef FS0711_WEBHOOK_SETTLER_H
#define FS0711_WEBHOOK_SETTLER_H

#include "platform/delivery.h"

/* The arguments of delivery_settle and how it ended. */
struct settlement {
	struct delivery_attempt *attempt;
	struct delivery_lesson *lesson;
	size_t n_attempts, n_lessons;
	int rc;
	struct err e;
};

struct settler;

/* settler_start - ended is called, on the settler's thread, when something has ended. 0 or -errno */
int settler_start(struct platform *p, void (*ended)(void *ud), void *ud, struct settler **out);
/* settler_stop - what it was given has been taken; s may be NULL */
void settler_stop(struct settler *s);

/* settler_give - keep that; borrowed until settler_take gives it back. One at a time */
void settler_give(struct settler *s, struct settlement *x);
/* settler_take - what has ended, NULL while it has not (with wait it is waited for), or when nothing was given */
struct settlement *settler_take(struct settler *s, bool wait);

#endif
