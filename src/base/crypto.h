/* crypto - hashes, signatures, sealed texts and random bytes; the only user of OpenSSL */
#ifndef FS0711_BASE_CRYPTO_H
#define FS0711_BASE_CRYPTO_H

#include "base/buf.h"

#define SHA256_HEX_BYTES      65 /* 64 lower-case hex digits and NUL */
#define CRYPTO_HMAC_BYTES     32
#define CRYPTO_KEY_BYTES      32 /* of crypto_seal */
#define CRYPTO_SEAL_EXTRA     28 /* so much longer is what crypto_seal makes: a nonce of 12 bytes, a tag of 16 */
#define ED25519_SECRET_BYTES  32
#define ED25519_PUBLIC_BYTES  32
#define ED25519_SIGNING_BYTES 64 /* a signature */

/* A running SHA-256 (FIPS 180-4): new, any number of updates, then finish, which frees it. */
struct sha256;
struct sha256 *sha256_new(void);
void sha256_update(struct sha256 *h, const void *bytes, size_t len);
/* sha256_finish - hex[SHA256_HEX_BYTES] out (may be NULL to only free h); h may be NULL and then hex is "" */
void sha256_finish(struct sha256 *h, char *hex);

/* sha256_hex - hash of one piece of memory into hex[SHA256_HEX_BYTES]; returns hex */
const char *sha256_hex(const void *bytes, size_t len, char *hex);

/* crypto_random - len unpredictable bytes; exits the program if the system has none */
void crypto_random(void *bytes, size_t len);
/* crypto_wipe - overwrite a secret in memory, also where a compiler sees that nobody reads it again */
void crypto_wipe(void *bytes, size_t len);
/* crypto_same - true when len bytes are equal; takes as long when they are not */
bool crypto_same(const void *a, const void *b, size_t len);
/* crypto_hex - len bytes in lower-case hex digits and NUL into hex[2 * len + 1]; returns hex */
char *crypto_hex(const void *bytes, size_t len, char *hex);

/* A piece of what is signed, borrowed for the call. */
struct crypto_piece {
	const void *bytes;
	size_t len;
};

/* crypto_hmac - HMAC-SHA256 (RFC 2104) over n pieces, one behind the other, into out[CRYPTO_HMAC_BYTES] */
void crypto_hmac(const void *key, size_t key_len, const struct crypto_piece *pieces, size_t n, unsigned char *out);
/* crypto_hmac_sha256 - the same over one piece of memory */
void crypto_hmac_sha256(const void *key, size_t key_len, const void *bytes, size_t len, unsigned char *out);

/*
 * Ed25519 (RFC 8032, the plain one). A secret is the 32 bytes that the standard calls the private key, from which the
 * public one follows.
 */
/* crypto_ed25519_new - a new key: secret[ED25519_SECRET_BYTES] out; crypto_random is where it comes from */
void crypto_ed25519_new(unsigned char *secret);
/* crypto_ed25519_public - what others verify with: public[ED25519_PUBLIC_BYTES] out */
void crypto_ed25519_public(const unsigned char *secret, unsigned char *public);
/* crypto_ed25519_sign - out[ED25519_SIGNING_BYTES]; the standard reads the message twice, so it is one piece */
void crypto_ed25519_sign(const unsigned char *secret, const void *bytes, size_t len, unsigned char *out);

/*
 * crypto_seal - encrypt with AES-256-GCM (NIST SP 800-38D) under key[CRYPTO_KEY_BYTES]: appends to out a random nonce,
 * the len bytes in secret, and a tag that proves both them and context, a text that is not kept
 * Returns 0, or -ENOMEM (out is as before)
 */
int crypto_seal(const unsigned char *key, const void *plain, size_t len, const char *context, struct buf *out);
/*
 * crypto_open - append to out what crypto_seal was given
 * Returns 0, or -EBADMSG (another key or context, or a byte was changed; out has nothing new) or -ENOMEM
 */
int crypto_open(const unsigned char *key, const void *sealed, size_t len, const char *context, struct buf *out);

#endif
