/* server - an HTTP server on loopback for tests, that behaves and misbehaves by the path that it is asked for */
#ifndef FS0711_TESTS_NET_SERVER_H
#define FS0711_TESTS_NET_SERVER_H

#include "base/buf.h"

/*
 * /N              answers status N, without a body; the connection is kept
 * /body/N         200 with N bytes "x"
 * /chunks/N       200 of type text/event-stream, in N chunks "chunk 0\n", "chunk 1\n" …, 20 ms apart
 * /once           204 for the first request of a connection; the second is read and the connection closed
 * /last           204, then the connection is closed
 * /retry/VALUE    503 with Retry-After: VALUE, in which _ stands for a space; /slower/VALUE is 429 with it
 * /redirect       302 to /200
 * /endless        200 with 1 GiB
 * /fields         200 with fields of the header without an end
 * /interim        HTTP/1.1 100 Continue without an end
 * /drip           a byte of "HTTP/1.1 200 OK…" a second
 * /early          204 before it reads the body, which it never does
 * /hang           nothing, and the connection stays
 * /stall          200 with 10 of 100 bytes, and the connection stays
 * /short          200 with 10 of 100 bytes, then closes; /broken the same with a TCP reset
 * /close          closes without an answer; /reset with a TCP reset
 * /garbage        bytes that are not HTTP
 */
struct server;

/* server_new - listens on a port of 127.0.0.1; with cert and key (PEM files) it speaks TLS 1.2 and newer */
struct server *server_new(const char *cert, const char *key);
/* server_new_unix - the same on a Unix socket, in plain text; the path is the caller's to remove */
struct server *server_new_unix(const char *path);
/* server_free - close all connections, wait for its threads */
void server_free(struct server *s);

/*
 * server_watch - call fn with each request, head and body, before it is answered; it returns the path to answer by,
 * borrowed until its thread's next request, or NULL for the request's own. Several threads call it at a time
 */
void server_watch(struct server *s, const char *(*fn)(void *ud, const char *request), void *ud);

int server_port(const struct server *s);
/* Since the start: connections accepted, requests read whole */
unsigned server_connections(struct server *s);
unsigned server_requests(struct server *s);
/* server_last - the last request as it came, head and body; out is cleared first */
void server_last(struct server *s, struct buf *out);

#endif
