/* http_parts - what the files of http share, and call with them */
#ifndef FS0711_NET_HTTP_PARTS_H
#define FS0711_NET_HTTP_PARTS_H

#include <curl/curl.h>

#include "net/http.h"

/* Whom to trust: the system's certificates and one more file. */
struct trust {
	char path[64];    /* "": what libcurl was built with */
	bool keep_capath; /* the system has a folder of certificates and no file: look there too */
	int fd;           /* what path leads to, or -1 */
};

/* trust_open - read the cafile, which may be NULL; libcurl is set up by the first. Returns 0, or -errno with e */
int trust_open(struct trust *t, const char *cafile, struct err *e);
void trust_close(struct trust *t);
/*
 * trust_apply - what holds for every request: HTTP and TLS alone, verified, no redirects, nothing from the environment
 * Returns 0, or -ENOSYS when this libcurl lacks something
 */
int trust_apply(const struct trust *t, CURL *easy);

/*
 * One request at a time, then the next: an easy handle is made once, with all that is the same for each request, and
 * waits in http's list of free ones in between.
 */
struct transfer {
	CURL *easy;
	struct transfer *next, *prev; /* in the list of running ones, or next alone among the free */
	void *ud;
	void (*done)(void *ud, const struct http_answer *a);
	int64_t began_ms; /* clock_mono_ms */
	long usual_timeout_ms;
	char *url; /* the one that was set last; NULL: none */
	bool encrypted;
	/* The header for curl: nodes and their texts in one block, kept for the next request. */
	void *header;
	size_t header_cap;
	/* The ranges that were allowed */
	struct cidrs allow;
	size_t allow_cap;
	/* What became of it */
	unsigned n_refused, n_opened;
	size_t got; /* bytes of the answer */
	size_t body_len;
	bool head_ended, cut, flooded;
	size_t head_len;
	char head[HTTP_HEAD_BYTES + 1];
	struct err refusal;
	char why[CURL_ERROR_SIZE];
};

/* transfer_new - an easy handle with all that never changes; NULL when memory is gone or libcurl lacks what is needed
 */
struct transfer *transfer_new(const struct http_options *o, const struct trust *trust);
void transfer_free(struct transfer *t);

/* transfer_begin - make t ready to be added to a multi handle. Returns 0, -EINVAL with e, or -ENOMEM */
int transfer_begin(struct transfer *t, const struct http_request *r, struct err *e);

/* transfer_end - say what became of it, by done; the easy handle is in no multi handle any more */
void transfer_end(struct transfer *t, CURLcode code);

/* transfer_failure - what a code of libcurl says, in words and as -errno in *rc */
const char *transfer_failure(CURLcode code, int *rc);

#endif
