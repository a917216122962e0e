/*
 * http - requests to other hosts, many at a time on one thread; the only user of libcurl, beside call and url
 *
 * Only POST. TLS is always verified (1.2 or newer), redirects are not followed, nothing is taken from the environment,
 * a cookie jar or .netrc. Each address is checked with cidr_check when it is connected to, and again when a kept
 * connection is used again, so that no request rides on the permission of another. HTTP/2 over TLS where it is offered.
 */
#ifndef FS0711_NET_HTTP_H
#define FS0711_NET_HTTP_H

#include "net/cidr.h"

#define HTTP_HEAD_BYTES   1024  /* of the body of an answer that are kept */
#define HTTP_ANSWER_BYTES 65536 /* of an answer that are read; its connection is closed then */

struct http_options {
	const char *cafile;      /* certificates in PEM that are trusted beside the system's, read once; may be NULL */
	size_t most_connections; /* in all, kept ones too; 0: 128. Requests beyond wait, on their own time */
	long timeout_ms;         /* from http_post to the end of the answer; 0: 15000 */
	const char *agent;       /* User-Agent; may be NULL */
};

/* An answer that came whole counts, also when the host closed before it had read the request. */
struct http_answer {
	int status;            /* 200 to 599; 0: none came, or the answer did not end */
	int64_t took_ms;       /* from http_post on */
	int64_t retry_after_s; /* Retry-After, of either form, from now; at most a year; -1 without one */
	const char *head;      /* the first HTTP_HEAD_BYTES of the body, "" without one; a NUL behind */
	size_t head_len;
	const char *error; /* a sentence; NULL when a status came */
	bool refused;      /* by cidr_check: nothing was sent */
};

struct http_request {
	const char *url;           /* that url_check accepts; copied */
	const char *const *header; /* fields that http_header_check accepts, NULL at the end; copied; may be NULL */
	const void *body;          /* borrowed until done returns, or http_free */
	size_t len;
	const struct cidrs *allow; /* copied; may be NULL: none */
	long timeout_ms;           /* 0: that of http_options */
	void *ud;
	/* called once, by http_run; what the answer points to lives as long as the call. It may http_post again */
	void (*done)(void *ud, const struct http_answer *a);
};

/*
 * http_header_check - "Name: value" that a user chose
 * Returns 0, or -EINVAL with a sentence: no such form, a control character, a name that belongs to the connection or to
 *         this file (Host, Content-Length, Connection …)
 */
int http_header_check(const char *line, struct err *e);

/*
 * http_new - a loop without requests. Returns it, or NULL with e: the cafile cannot be read or holds no certificate
 * All that takes it is for one thread at a time, but http_wake.
 */
struct http *http_new(const struct http_options *o, struct err *e);
/* http_free - end every request under way without its done, close all connections; not from done. h may be NULL */
void http_free(struct http *h);

/*
 * http_post - begin a request; nothing is sent before http_run
 * Returns 0, or -EINVAL (url or a header is none; done is not called), -ENOMEM
 */
int http_post(struct http *h, const struct http_request *r, struct err *e);

/*
 * http_run - send and receive, call done for what ended
 * Returns as soon as something happened: how many ended (0: the time is over, http_wake, or only progress), or -EIO
 * Blocks  at most timeout_ms, where nothing has ended yet
 */
int http_run(struct http *h, int timeout_ms);

/* http_wake - let http_run, this one or the next, return at once; any thread, while h lives */
void http_wake(struct http *h);

/* http_running - requests under way */
size_t http_running(const struct http *h);

#endif
