/* lane - within webhook: an endpoint while deliveries go to it; for the sender's thread only */
#ifndef FS0711_WEBHOOK_LANE_H
#define FS0711_WEBHOOK_LANE_H

#include "net/cidr.h"
#include "platform/delivery.h"
#include "webhook/breaker.h"

#define LANE_MOST  32 /* requests at a time to one endpoint */
#define LANE_AHEAD 64 /* deliveries that are read at once */

struct lane {
	struct endpoint x;
	struct cidrs allow;
	struct secret *secret;
	size_t n_secrets;
	int64_t secrets_until; /* when one of them ends, so that they are read again; 0: never */
	char *headers;         /* its own, cut into lines */
	const char **header;
	size_t n_headers;
	struct breaker breaker;
	struct delivery_job ahead[LANE_AHEAD];
	size_t n_ahead, next_ahead;
	int64_t look_at;    /* when there may be more that is due */
	int64_t *unsettled; /* rows that were taken and that the store does not know the end of yet */
	size_t n_unsettled, room;
	size_t in_flight;
	bool gone;    /* removed, or off: freed with its last request */
	bool learned; /* the breaker's state is to be kept */
	struct lane *next;
};

/* lane_new - with what the endpoint is set to; NULL and e when its secrets cannot be read */
struct lane *lane_new(struct platform *p, const struct endpoint *x, struct err *e);
void lane_free(struct lane *l);
/* lane_update - the endpoint was changed. 0 or -errno */
int lane_update(struct lane *l, struct platform *p, const struct endpoint *x, struct err *e);

/* lane_prompt - a person sends something again: what is due is read anew, and a broken circuit is probed at once */
void lane_prompt(struct lane *l, int64_t now);

/* lane_take - the next delivery that may go now, of those that were read and are due; false when there is none.
 * *j is the caller's; its row counts as unsettled until lane_settled */
bool lane_take(struct lane *l, struct platform *p, int64_t now, struct delivery_job *j);
void lane_settled(struct lane *l, int64_t row);
/* lane_next - when to look at it again, INT64_MAX for never */
int64_t lane_next(const struct lane *l, int64_t now);

#endif
