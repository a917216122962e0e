#include "base/crypto.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/log.h"

/* What fails here fails only without memory or with a library that lacks what every release has: nothing can go on. */
static void must(bool worked, const char *what)
{
	if (worked)
		return;
	log_error("OpenSSL offers %s", what);
	abort();
}

/* struct sha256 is OpenSSL's context under a name of ours, so that no header of theirs leaves this file. */
static EVP_MD_CTX *ctx(struct sha256 *h)
{
	return (EVP_MD_CTX *)h;
}

struct sha256 *sha256_new(void)
{
	EVP_MD_CTX *c = EVP_MD_CTX_new();

	must(c && EVP_DigestInit_ex(c, EVP_sha256(), NULL) == 1, "no SHA-256");
	return (struct sha256 *)c;
}

void sha256_update(struct sha256 *h, const void *bytes, size_t len)
{
	EVP_DigestUpdate(ctx(h), bytes, len);
}

char *crypto_hex(const void *bytes, size_t len, char *hex)
{
	static const char digit[] = "0123456789abcdef";
	const unsigned char *in = bytes;

	for (size_t i = 0; i < len; i++) {
		hex[2 * i] = digit[in[i] >> 4];
		hex[2 * i + 1] = digit[in[i] & 15];
	}
	hex[2 * len] = '\0';
	return hex;
}

void sha256_finish(struct sha256 *h, char *hex)
{
	unsigned char sum[EVP_MAX_MD_SIZE];
	unsigned n = 0;

	if (h && hex)
		EVP_DigestFinal_ex(ctx(h), sum, &n);
	if (hex)
		crypto_hex(sum, n, hex);
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
	must(RAND_bytes(bytes, (int)len) == 1, "no random bytes");
}

void crypto_wipe(void *bytes, size_t len)
{
	OPENSSL_cleanse(bytes, len);
}

bool crypto_same(const void *a, const void *b, size_t len)
{
	return CRYPTO_memcmp(a, b, len) == 0;
}

/* Looking the algorithm up costs more than a short HMAC: it is done once, and each call copies what came of it. */
static EVP_MAC_CTX *hmac_model;

static void hmac_make_model(void)
{
	EVP_MAC *mac = EVP_MAC_fetch(NULL, OSSL_MAC_NAME_HMAC, NULL);
	OSSL_PARAM params[] = { OSSL_PARAM_utf8_string(OSSL_MAC_PARAM_DIGEST, (char *)"SHA256", 0), OSSL_PARAM_END };

	hmac_model = mac ? EVP_MAC_CTX_new(mac) : NULL;
	must(hmac_model && EVP_MAC_CTX_set_params(hmac_model, params) == 1, "no HMAC-SHA256");
	EVP_MAC_free(mac);
}

void crypto_hmac(const void *key, size_t key_len, const struct crypto_piece *pieces, size_t n, unsigned char *out)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	EVP_MAC_CTX *c;
	size_t len;
	bool good;

	pthread_once(&once, hmac_make_model);
	c = EVP_MAC_CTX_dup(hmac_model);
	/* Without bytes there is still a key: OpenSSL takes NULL for "the one that is set". */
	good = c && EVP_MAC_init(c, key_len > 0 ? key : "", key_len, NULL) == 1;
	for (size_t i = 0; good && i < n; i++)
		good = EVP_MAC_update(c, pieces[i].bytes, pieces[i].len) == 1;
	must(good && EVP_MAC_final(c, out, &len, CRYPTO_HMAC_BYTES) == 1, "no memory for an HMAC");
	EVP_MAC_CTX_free(c);
}

void crypto_hmac_sha256(const void *key, size_t key_len, const void *bytes, size_t len, unsigned char *out)
{
	crypto_hmac(key, key_len, &(struct crypto_piece){ bytes, len }, 1, out);
}

void crypto_ed25519_new(unsigned char *secret)
{
	crypto_random(secret, ED25519_SECRET_BYTES);
}

static EVP_PKEY *ed25519_key(const unsigned char *secret)
{
	EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, secret, ED25519_SECRET_BYTES);

	must(key != NULL, "no Ed25519");
	return key;
}

void crypto_ed25519_public(const unsigned char *secret, unsigned char *public)
{
	EVP_PKEY *key = ed25519_key(secret);
	size_t len = ED25519_PUBLIC_BYTES;

	must(EVP_PKEY_get_raw_public_key(key, public, &len) == 1, "no public Ed25519 key");
	EVP_PKEY_free(key);
}

void crypto_ed25519_sign(const unsigned char *secret, const void *bytes, size_t len, unsigned char *out)
{
	EVP_PKEY *key = ed25519_key(secret);
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	size_t out_len = ED25519_SIGNING_BYTES;

	must(c && EVP_DigestSignInit(c, NULL, NULL, NULL, key) == 1 &&
		     EVP_DigestSign(c, out, &out_len, bytes, len) == 1,
	     "no Ed25519 signature");
	EVP_MD_CTX_free(c);
	EVP_PKEY_free(key);
}
