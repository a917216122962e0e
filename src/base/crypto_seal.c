/* AES-256-GCM: a nonce of 12 random bytes, what was encrypted, a tag of 16. */
#include "base/crypto.h"

#include <errno.h>
#include <limits.h>
#include <openssl/evp.h>

#define NONCE_BYTES 12
#define TAG_BYTES   16
_Static_assert(NONCE_BYTES + TAG_BYTES == CRYPTO_SEAL_EXTRA, "the header says what crypto_seal adds");

/* start - give key, nonce and context to a new cipher; NULL without memory */
static EVP_CIPHER_CTX *start(bool encrypt, const unsigned char *key, const unsigned char *nonce, const char *context)
{
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	int n;

	if (c && EVP_CipherInit_ex(c, EVP_aes_256_gcm(), NULL, key, nonce, encrypt) == 1 &&
	    EVP_CipherUpdate(c, NULL, &n, (const unsigned char *)context, (int)strlen(context)) == 1)
		return c;
	EVP_CIPHER_CTX_free(c);
	return NULL;
}

int crypto_seal(const unsigned char *key, const void *plain, size_t len, const char *context, struct buf *out)
{
	unsigned char *nonce, *bytes;
	EVP_CIPHER_CTX *c;
	bool good;
	int n;

	if (len > INT_MAX || !buf_reserve(out, len + CRYPTO_SEAL_EXTRA))
		return -ENOMEM;
	nonce = (unsigned char *)out->data + out->len;
	bytes = nonce + NONCE_BYTES;
	crypto_random(nonce, NONCE_BYTES);
	c = start(true, key, nonce, context);
	good = c && EVP_CipherUpdate(c, bytes, &n, plain, (int)len) == 1 &&
	       EVP_CipherFinal_ex(c, bytes + len, &n) == 1 &&
	       EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_GET_TAG, TAG_BYTES, bytes + len) == 1;
	EVP_CIPHER_CTX_free(c);
	if (good)
		out->len += len + CRYPTO_SEAL_EXTRA;
	out->data[out->len] = '\0';
	return good ? 0 : -ENOMEM;
}

int crypto_open(const unsigned char *key, const void *sealed, size_t len, const char *context, struct buf *out)
{
	const unsigned char *nonce = sealed, *bytes = nonce + NONCE_BYTES;
	size_t n_plain = len - CRYPTO_SEAL_EXTRA;
	unsigned char tag[TAG_BYTES], *plain;
	EVP_CIPHER_CTX *c;
	bool good;
	int n;

	if (len < CRYPTO_SEAL_EXTRA || len > INT_MAX)
		return -EBADMSG;
	if (!buf_reserve(out, n_plain) || !(c = start(false, key, nonce, context)))
		return -ENOMEM;
	plain = (unsigned char *)out->data + out->len;
	memcpy(tag, bytes + n_plain, TAG_BYTES);
	good = EVP_CipherUpdate(c, plain, &n, bytes, (int)n_plain) == 1 &&
	       EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_SET_TAG, TAG_BYTES, tag) == 1 &&
	       EVP_CipherFinal_ex(c, plain + n_plain, &n) == 1;
	EVP_CIPHER_CTX_free(c);
	if (good)
		out->len += n_plain;
	else
		crypto_wipe(plain, n_plain);
	out->data[out->len] = '\0';
	return good ? 0 : -EBADMSG;
}
