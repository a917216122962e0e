/*
 * call - one HTTP request and its answer, piece by piece, in the thread of the caller
 *
 * For inference servers on this host (loopback TCP, Unix sockets) and for remote ones over TLS. Nothing is taken from
 * the environment, redirects are not followed. Connections are kept in a pool per process and used again.
 */
#ifndef FS0711_NET_CALL_H
#define FS0711_NET_CALL_H

#include "base/buf.h"
#include "base/err.h"

/* Where a server is. */
struct call_place {
	char *url;    /* "http://127.0.0.1:8081", "https://host/v1"; no slash at its end */
	char *socket; /* path of a Unix socket that is connected to in place of the URL's host; NULL: none */
};

struct call_request {
	const struct call_place *place;
	const char *method;        /* "GET", "POST" */
	const char *path;          /* "/v1/models", added to the place's url */
	const char *const *header; /* "Name: value", NULL at the end; may be NULL */
	const void *body;          /* borrowed; may be NULL */
	size_t len;
	int64_t connect_ms; /* 0: 5000 */
	int64_t first_ms;   /* from the start to the first byte of the answer; 0: no bound */
	int64_t idle_ms;    /* without a byte, after the first; 0: no bound */
	void *ud;
	/* status and headers have come; type is the Content-Type or "". May be NULL. Not 0 ends the call: -ECANCELED */
	int (*on_head)(void *ud, int status, const char *type);
	/* a piece of the body. Not 0 ends the call: -ECANCELED */
	int (*on_body)(void *ud, const void *bytes, size_t len);
	/* asked at least every 100 ms while it waits; true ends the call: -ECANCELED. May be NULL */
	bool (*stop)(void *ud);
};

struct call_pool;

/* call_pool_new - connections that are kept between calls, for many threads; cafile as http_options; NULL with e */
struct call_pool *call_pool_new(const char *cafile, struct err *e);
void call_pool_free(struct call_pool *p); /* no call may run; p may be NULL */

/*
 * call_run - send the request, wait for the whole answer
 * Returns the status (200 to 599), or -ECONNREFUSED (nobody listens), -ECONNRESET (it ended in the middle), -ETIMEDOUT,
 * -ECANCELED, -EHOSTUNREACH (no such name, TLS refused), -EPROTO (not HTTP, or a head without an end), -EINVAL (the URL
 * or a header is none), -ENOMEM; with a sentence that does not hold the header. What was sent on a kept connection that
 * ended without a byte of an answer is sent anew, once
 */
int call_run(struct call_pool *p, const struct call_request *r, struct err *e);

/* call_text - the same, the body gathered in out; -EMSGSIZE over max bytes */
int call_text(struct call_pool *p, const struct call_request *r, size_t max, struct buf *out, struct err *e);

#endif
