/*
 * secret - what deliveries are signed with: the two kinds of Standard Webhooks 1.0.0
 *
 * "whsec_" and base64 is a key of 24 to 64 bytes for HMAC-SHA256, which the receiver has too. "whsk_" and base64 is an
 * Ed25519 key; the receiver has its public half, "whpk_" and base64. A text without a prefix is refused: receivers'
 * libraries decode such a text as base64, older receivers take its characters, and nothing tells which is meant. For
 * the second write "whsec_" and the characters in base64.
 */
#ifndef FS0711_PLATFORM_SECRET_H
#define FS0711_PLATFORM_SECRET_H

#include "base/err.h"

#define SECRET_KEY_MIN    24
#define SECRET_KEY_MAX    64
#define SECRET_TEXT_BYTES 96 /* the longest text and NUL */

enum secret_kind { SECRET_HMAC, SECRET_ED25519, N_SECRET_KINDS };

/* By value; secret_wipe ends it. */
struct secret {
	enum secret_kind kind;
	size_t len;
	unsigned char key[SECRET_KEY_MAX]; /* of Ed25519 the 32 bytes of RFC 8032 */
};

/*
 * secret_parse - read a text such as "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
 * An Ed25519 key may also have its public half behind it, 64 bytes in all, as some libraries write it.
 * Returns 0, or -EINVAL with a sentence (no prefix, no base64, too short, too long, halves that do not match); the
 * sentence never has a part of the secret
 */
int secret_parse(const char *text, struct secret *out, struct err *e);
/* secret_text - the text that secret_parse reads, into text[SECRET_TEXT_BYTES]; returns text */
char *secret_text(const struct secret *s, char *text);
/* secret_generate - a new secret: its text into text[SECRET_TEXT_BYTES]; returns text. HMAC keys have 32 bytes */
char *secret_generate(enum secret_kind kind, char *text);
/* secret_public - what a receiver of Ed25519 signatures is told, "whpk_…", into text[SECRET_TEXT_BYTES]; "" for HMAC;
 * returns text */
char *secret_public(const struct secret *s, char *text);
/* secret_plain - what an older receiver calls the secret, into text[SECRET_TEXT_BYTES]: the characters that the key of
 * an HMAC is made of, its whsec_ text where they are not all printable ASCII, "" for Ed25519; returns text */
char *secret_plain(const struct secret *s, char *text);
void secret_wipe(struct secret *s);

#endif
