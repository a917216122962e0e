/* crypto - hashes and random bytes; the only user of OpenSSL */
#ifndef FS0711_BASE_CRYPTO_H
#define FS0711_BASE_CRYPTO_H

#include "base/util.h"

#define SHA256_HEX_BYTES 65 /* 64 lower-case hex digits and NUL */

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

#endif
