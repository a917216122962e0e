/* sign - the headers that prove who sent a delivery (Standard Webhooks 1.0.0) */
#ifndef FS0711_WEBHOOK_SIGN_H
#define FS0711_WEBHOOK_SIGN_H

#include "base/buf.h"
#include "platform/secret.h"

/*
 * sign_headers - append the value of webhook-signature: "v1,BASE64" (HMAC-SHA256) or "v1a,BASE64" (Ed25519) for each
 * secret, separated by blanks, in their order: the newest first while one is rotated
 * id           the value of webhook-id, the same over all attempts
 * timestamp_s  the value of webhook-timestamp: seconds since 1970 of this attempt
 * body         exactly the bytes that are sent
 * Returns 0, or -EINVAL (no secret, or an id that is empty or has a full stop, which would make the signed text
 * ambiguous), -ENOMEM; out is as before then
 */
int sign_headers(const struct secret *secrets, size_t n, const char *id, int64_t timestamp_s, const void *body,
		 size_t len, struct buf *out);

/*
 * sign_older - append the value of X-Webhook-Signature: "sha256=HEX", the HMAC-SHA256 of the body alone, by the first
 * secret that is one for HMAC
 * Returns 0, or -ENOENT (there is none; nothing is appended), -ENOMEM
 */
int sign_older(const struct secret *secrets, size_t n, const void *body, size_t len, struct buf *out);

#endif
