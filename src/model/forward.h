/*
 * forward - one request on its way to a model and its answer on the way back, in a thread of its own
 *
 * The thread waits for a place in the model, sends the request, and keeps what comes until it is fetched: the events of
 * a stream as they come, anything else as a whole. Who fetches can so watch for the client that went away meanwhile.
 */
#ifndef FS0711_MODEL_FORWARD_H
#define FS0711_MODEL_FORWARD_H

#include "model/keeper.h"

struct forward;

/* Borrowed until forward_end, but for what is taken. */
struct forward_conf {
	struct keeper *keeper;
	struct call_pool *pool;
	const char *for_whom; /* keeper_enter */
	const char *model;    /* its name in the keeper */
	const char *path;     /* "/v1/chat/completions" */
	json_t *body;         /* the request; taken. Its "model" and, for a stream, its "stream_options" are changed */
};

/* forward_start - begin. Returns 0 and *out (for forward_end), or -errno; body is taken in every case */
int forward_start(const struct forward_conf *conf, struct forward **out, struct err *e);
/* forward_fd - is readable when there is news for the functions below, for poll(2) */
int forward_fd(const struct forward *f);
/* forward_cancel - end soon with -ECANCELED; from any thread, more than once is fine */
void forward_cancel(struct forward *f);

/* How an answer begins. */
struct forward_head {
	int status;       /* of the model's server */
	const char *type; /* Content-Type; borrowed until forward_end */
	int64_t length;   /* of all that is fetched; -1: a stream */
};

/*
 * forward_head - look whether the answer has begun. Does not wait
 * Returns 1 and *head; 0: not yet; or -errno of keeper_enter or of call_run with its sentence: there is none
 */
int forward_head(struct forward *f, struct forward_head *head, struct err *e);
/*
 * forward_fetch - the next bytes of the answer, at most max. Does not wait
 * Returns how many; 0 at the end; -EAGAIN: none yet; or -errno: it ended in the middle
 */
ssize_t forward_fetch(struct forward *f, char *to, size_t max);

/* What a request took. */
struct forward_usage {
	bool failed;
	int64_t tokens, ms; /* without the wait for the model */
};
/* forward_end - cancel what still runs, wait for its thread, let go. f may be NULL: nothing is said then */
void forward_end(struct forward *f, struct forward_usage *usage);

#endif
