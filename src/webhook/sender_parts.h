/* sender_parts - what the files of sender share; for its thread only, but for what the lock guards */
#ifndef FS0711_WEBHOOK_SENDER_PARTS_H
#define FS0711_WEBHOOK_SENDER_PARTS_H

#include <pthread.h>

#include "net/http.h"
#include "platform/backoff.h"
#include "webhook/message.h"
#include "webhook/sender.h"
#include "webhook/settler.h"

#define FLIGHT_MOST 256 /* requests at a time */

/* One delivery on its way, and then until the store knows its end. */
struct shot {
	struct sender *s;
	struct lane *lane;
	struct delivery_job job;
	struct message message;
	enum breaker_pass pass;
	bool doubtful; /* it took the place of one */
	struct delivery_attempt attempt;
	struct shot *next, **at; /* at: what points to it, while it flies */
};

struct sender {
	struct platform *p;
	struct http *http;
	struct settler *settler;
	struct lane *lanes, *turn; /* turn: whose delivery goes next; NULL: the first one's */
	size_t n_lanes;
	struct shot *flying; /* whose request has not ended */
	size_t n_doubtful;
	struct shot *ended, **last_ended; /* whose end is to be kept */
	size_t n_ended;
	int64_t ended_since;
	struct settlement settlement;
	struct shot *settling;
	bool busy;   /* the settler, with these */
	bool unkept; /* it could not keep them */
	struct backoff backoff;
	bool older;
	long timeout_ms;
	bool more;             /* events in the log that are not deliveries yet */
	int64_t retry_mono_ms; /* the store failed: not before */
	pthread_t thread;
	pthread_mutex_t lock; /* of what follows */
	bool stopping, news, changed;
	bool idle;         /* nobody is to be told: events wait in the log until somebody is */
	int64_t *prompted; /* endpoints to which a person sends something again */
	size_t n_prompted;
	uint64_t attempts, succeeded, refused, took_ms;
};

/* The endpoints, in sender_lanes.c */

/* lanes_reload - a lane for each endpoint to which something is sent, as it is set now. 0 or -errno */
int lanes_reload(struct sender *s, struct err *e);
/* lanes_look - each looks in the store again for what is due */
void lanes_look(struct sender *s);
/* lanes_prompt - a person sends something to these endpoints again */
void lanes_prompt(struct sender *s, const int64_t *rows, size_t n);
/* lanes_outdated - a secret that was replaced may have signed for the last time: load them anew */
bool lanes_outdated(const struct sender *s, int64_t now);
/* lanes_tidy - free those to which nothing is sent any more, once nobody uses them */
void lanes_tidy(struct sender *s);
void lanes_free(struct sender *s);

/* The requests, in sender_flight.c */

/* flight_fill - send what is due, one of each endpoint in turn, so that nobody waits for all that is due to another */
void flight_fill(struct sender *s);
/* flight_next - when something may go that cannot now, or INT64_MAX; what ends in between may change it */
int64_t flight_next(const struct sender *s, int64_t now);
/* flight_free - those that have not ended are forgotten, after http_free */
void flight_free(struct sender *s);
void shot_free(struct shot *shot);

/* What became of them, in sender_settling.c */

/* settling_add - a request has ended: it is the settling's now */
void settling_add(struct sender *s, struct shot *shot);
/* settling_has_room - when the store is slow, what has ended must not pile up */
bool settling_has_room(const struct sender *s);
/* settling_take - take back what the store has kept. 0 or -errno: then it is asked again by settling_go */
int settling_take(struct sender *s, struct err *e);
/* settling_go - keep what has ended in one commit, when there is enough, or it has waited long enough */
void settling_go(struct sender *s);
/* settling_due - when settling_go has something to do, INT64_MAX: the settler or an answer comes before */
int64_t settling_due(const struct sender *s, int64_t now);
/* settling_end - keep the last ones; blocks until it is tried */
void settling_end(struct sender *s);

#endif
