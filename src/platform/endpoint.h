/*
 * endpoint - who is told of events by HTTP: what is set of it, its secrets, its state
 *
 * An endpoint is a party (party.h), which makes, lists, renames and removes it. Its secrets and headers are sealed in
 * the store and never shown.
 */
#ifndef FS0711_PLATFORM_ENDPOINT_H
#define FS0711_PLATFORM_ENDPOINT_H

#include "base/buf.h"
#include "platform/actor.h"
#include "platform/platform.h"
#include "platform/secret.h"

/* For party.c: what a new one begins with; in a transaction the check of a changed one, which also settles its state */
void endpoint_fill(struct endpoint *x);
int endpoint_check(struct platform *p, struct tx *tx, struct endpoint *x, struct err *e);
/* endpoint_sound - its url, events and allow are what this version can read. 0 or -EINVAL with a sentence */
int endpoint_sound(const struct endpoint *x, struct err *e);
/* endpoint_begin - in a transaction, after the first one was made: the log is read from here on */
int endpoint_begin(struct tx *tx, struct err *e);
/* endpoint_end - in a transaction: the deliveries of one that is removed go with it, and "webhook.removed" tells it */
int endpoint_end(struct tx *tx, const struct endpoint *x, struct err *e);
/* endpoint_tell - in a transaction: "webhook.updated" or "webhook.disabled", with no more of its URL than url_origin */
int endpoint_tell(struct tx *tx, const struct endpoint *x, const char *type, struct err *e);

/*
 * endpoint_put - set url, events, headers or allow from the text of their file, as a whole
 * Looks the host of a URL up, which may block for some seconds. 0, -EINVAL, -EHOSTUNREACH or the store's error: then
 * the former value stays
 */
int endpoint_put(struct platform *p, int64_t row_id, const char *field, const char *text, size_t len,
		 const struct actor *who, struct err *e);
/* endpoint_show - the text of such a file; values of headers that look like secrets are hidden, all of them where they
 * were sealed with another key */
int endpoint_show(struct platform *p, int64_t row_id, const char *field, struct buf *out, struct err *e);

/*
 * endpoint_put_secret - a line for the file `secret`: a secret, "generate", "generate ed25519", "retire", or nothing
 * A new secret signs first, the one before it for a day too ("retire" ends that). Nothing: it has none any more
 * Secrets that were sealed with another key are replaced by it
 * answer  gets a generated secret, and nothing else ever
 */
int endpoint_put_secret(struct platform *p, int64_t row_id, const char *line, const struct actor *who,
			struct buf *answer, struct err *e);
/* endpoint_public_keys - the public halves of its ed25519 keys, one a line, newest first */
int endpoint_public_keys(struct platform *p, int64_t row_id, struct buf *out, struct err *e);

/* endpoint_secrets - those that sign at that time, newest first; *out is the caller's: secret_wipe_all. 0 or -errno */
int endpoint_secrets(struct platform *p, const struct endpoint *x, int64_t now_ms, struct secret **out, size_t *n,
		     struct err *e);
/* endpoint_readable - are its secrets and headers sealed with our key? 0, or -errno with a sentence: nothing is sent */
int endpoint_readable(struct platform *p, const struct endpoint *x, struct err *e);
/* endpoint_headers - its own headers, one a line; the caller's to free. 0 or -errno */
int endpoint_headers(struct platform *p, const struct endpoint *x, char **out, struct err *e);

/* endpoint_each - fn for each; fn returning not 0 ends it */
int endpoint_each(struct platform *p, int (*fn)(void *endpoint, void *ud), void *ud, struct err *e);

#endif
