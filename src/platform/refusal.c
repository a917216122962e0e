#include "platform/refusal.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/clock.h"

#define N_KEPT 1024

struct refusal {
	enum refusal_kind kind;
	int64_t row;   /* 0 in a slot that is free; inboxes may have row 0, so it is kept plus one */
	uint64_t turn; /* the slot of the lowest is used next */
	int64_t at_ms;
	struct err err;
};

struct refusals {
	pthread_mutex_t lock;
	struct refusal slot[N_KEPT];
	uint64_t last_turn;
};

struct refusals *refusals_new(void)
{
	struct refusals *r = xcalloc(1, sizeof(*r));

	pthread_mutex_init(&r->lock, NULL);
	return r;
}

void refusals_free(struct refusals *r)
{
	if (!r)
		return;
	pthread_mutex_destroy(&r->lock);
	free(r);
}

static struct refusal *find(struct refusals *r, enum refusal_kind kind, int64_t row)
{
	for (size_t i = 0; i < N_KEPT; i++)
		if (r->slot[i].row == row + 1 && r->slot[i].kind == kind)
			return &r->slot[i];
	return NULL;
}

static struct refusal *oldest(struct refusals *r)
{
	struct refusal *slot = &r->slot[0];

	for (size_t i = 1; i < N_KEPT; i++)
		if (r->slot[i].turn < slot->turn)
			slot = &r->slot[i];
	return slot;
}

static void tell(struct platform *p, enum refusal_kind kind, int64_t row)
{
	struct change c = { .kind = CHANGE_REFUSAL, .row = row, .parent = kind };

	if (p->watch)
		p->watch(p->watch_ud, &c, 1);
}

int refusal_note(struct platform *p, enum refusal_kind kind, int64_t row, const struct err *e)
{
	struct refusals *r = p->refusals;
	struct refusal *slot;

	pthread_mutex_lock(&r->lock);
	slot = find(r, kind, row);
	if (!slot)
		slot = oldest(r);
	*slot = (struct refusal){ kind, row + 1, ++r->last_turn, clock_now_ms(), *e };
	pthread_mutex_unlock(&r->lock);
	tell(p, kind, row);
	return e->code;
}

void refusal_clear(struct platform *p, enum refusal_kind kind, int64_t row)
{
	struct refusal *slot;

	pthread_mutex_lock(&p->refusals->lock);
	slot = find(p->refusals, kind, row);
	if (slot)
		slot->row = slot->turn = 0;
	pthread_mutex_unlock(&p->refusals->lock);
	if (slot)
		tell(p, kind, row);
}

void refusal_get(struct platform *p, enum refusal_kind kind, int64_t row, struct buf *out)
{
	char time[CLOCK_TEXT_BYTES];
	struct refusal *slot;

	pthread_mutex_lock(&p->refusals->lock);
	slot = find(p->refusals, kind, row);
	if (slot)
		buf_printf(out, "%s %s: %s\n", clock_format(slot->at_ms, time), err_name(slot->err.code),
			   slot->err.text);
	pthread_mutex_unlock(&p->refusals->lock);
}
