/* lane - within webhook: an endpoint while deliveries go to it; for the sender's thread only */
#ifndef FS0711_WEBHOOK_LANE_H
#define FS0711_WEBHOOK_LANE_H

#include "net/cidr.h"
#include "platform/delivery.h"
#include "webhook/breaker.h"

#define LANE_MOST  32 /* requests at a time to one endpoint */
#define LANE_FEW   8  /* while it is not known that it answers */
#define LANE_AHEAD 64 /* deliveries that are read at once */

struct lane {
	struct endpoint x;
	struct cidrs allow;
	struct secret *secret;
	size_t n_secrets;
	int64_t secrets_until; /* when one of them ends, so that they are read again; 0: never */
	char *headers;         /* its own, cut into lines */
	size_t headers_len;
	const char **header;
	size_t n_headers;
	struct breaker breaker;
	struct delivery_job ahead[LANE_AHEAD];
	size_t n_ahead, next_ahead;
	struct delivery_place after; /* the last one that was read */
	unsigned n_looks;            /* that went on behind it */
	int64_t look_at;             /* when there may be more that is due */
	int64_t *unsettled;          /* rows that were taken and that the store does not know the end of yet */
	size_t n_unsettled, room;
	size_t in_flight;
	size_t places; /* so many may be: LANE_FEW after a failure, one more with each success */
	bool gone;     /* removed, or off: freed with its last request, unless it is on again before */
	bool learned;  /* the breaker's state is to be kept */
	struct lane *next;
};

/* lane_new - with what the endpoint is set to; NULL and e when its secrets cannot be read */
struct lane *lane_new(struct platform *p, const struct endpoint *x, struct err *e);
void lane_free(struct lane *l);
/* lane_update - the endpoint was changed, or is on again. 0 or -errno */
int lane_update(struct lane *l, struct platform *p, const struct endpoint *x, struct err *e);

/* lane_prompt - a person sends something again: what is due is read anew, and a broken circuit is probed at once */
void lane_prompt(struct lane *l, int64_t now);

/* lane_take - the next delivery that may go now, of those that were read and are due; false when there is none.
 * *j is the caller's; its row counts as unsettled until lane_settled */
bool lane_take(struct lane *l, struct platform *p, int64_t now, struct delivery_job *j);
void lane_settled(struct lane *l, int64_t row);
/* lane_ended - a request to it has, however; the breaker had given it that pass */
void lane_ended(struct lane *l, enum breaker_pass pass, int64_t now, const struct breaker_outcome *o);
/* lane_doubtful - it is not known that it answers: none did since the last failure, or since the start */
bool lane_doubtful(const struct lane *l);
/* lane_outdated - one of its secrets may sign no more: lane_update is due */
bool lane_outdated(const struct lane *l, int64_t now);
/* lane_next - when to look at it again, INT64_MAX for never */
int64_t lane_next(const struct lane *l, int64_t now);

#endif
