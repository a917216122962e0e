#include "base/crypto.h"

#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdlib.h>

#include "base/log.h"

/* struct sha256 is OpenSSL's context under a name of ours, so that no header of theirs leaves this file. */
static EVP_MD_CTX *ctx(struct sha256 *h)
{
	return (EVP_MD_CTX *)h;
}

struct sha256 *sha256_new(void)
{
	EVP_MD_CTX *c = EVP_MD_CTX_new();

	if (!c || EVP_DigestInit_ex(c, EVP_sha256(), NULL) != 1) {
		log_error("OpenSSL offers no SHA-256");
		abort();
	}
	return (struct sha256 *)c;
}

void sha256_update(struct sha256 *h, const void *bytes, size_t len)
{
	EVP_DigestUpdate(ctx(h), bytes, len);
}

void sha256_finish(struct sha256 *h, char *hex)
{
	static const char digit[] = "0123456789abcdef";
	unsigned char sum[EVP_MAX_MD_SIZE];
	unsigned n = 0;

	if (h && hex)
		EVP_DigestFinal_ex(ctx(h), sum, &n);
	for (unsigned i = 0; i < n; i++) {
		hex[2 * i] = digit[sum[i] >> 4];
		hex[2 * i + 1] = digit[sum[i] & 15];
	}
	if (hex)
		hex[2 * (size_t)n] = '\0';
	EVP_MD_CTX_free(ctx(h));
}

const char *sha256_hex(const void *bytes, size_t len, char *hex)
{
	struct sha256 *h = sha256_new();

	sha256_update(h, bytes, len);
	sha256_finish(h, hex);
	return hex;
}

void crypto_random(void *bytes, size_t len)
{
	if (RAND_bytes(bytes, (int)len) != 1) {
		log_error("the system has no random bytes");
		abort();
	}
}
