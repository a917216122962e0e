#include "webhook/sign.h"

#include <errno.h>
#include <inttypes.h>

#include "base/base64.h"
#include "base/crypto.h"

/* What a signature covers: "ID.TIME." and the body. */
struct content {
	struct crypto_piece pieces[2];
};

static int add_hmac(const struct secret *s, const struct content *c, struct buf *out)
{
	unsigned char sum[CRYPTO_HMAC_BYTES];

	crypto_hmac(s->key, s->len, c->pieces, N_ELEMS(c->pieces), sum);
	base64_encode(sum, sizeof(sum), out);
	return 0;
}

static int add_ed25519(const struct secret *s, const struct content *c, struct buf *out)
{
	auto_buf whole = BUF_INIT;
	unsigned char signature[ED25519_SIGNING_BYTES];

	if (!buf_reserve(&whole, c->pieces[0].len + c->pieces[1].len))
		return -ENOMEM;
	for (size_t i = 0; i < N_ELEMS(c->pieces); i++)
		buf_add(&whole, c->pieces[i].bytes, c->pieces[i].len);
	crypto_ed25519_sign(s->key, whole.data, whole.len, signature);
	base64_encode(signature, sizeof(signature), out);
	return 0;
}

static const struct {
	const char *version;
	int (*add)(const struct secret *s, const struct content *c, struct buf *out);
} schemes[N_SECRET_KINDS] = {
	[SECRET_HMAC] = { "v1,", add_hmac },
	[SECRET_ED25519] = { "v1a,", add_ed25519 },
};

/* finish - what was appended from a place on stays only when all went well */
static int finish(struct buf *out, size_t from, int rc)
{
	if (rc == 0 && !out->failed)
		return 0;
	out->len = from;
	if (out->data)
		out->data[from] = '\0';
	return rc < 0 ? rc : -ENOMEM;
}

int sign_headers(const struct secret *secrets, size_t n, const char *id, int64_t timestamp_s, const void *body,
		 size_t len, struct buf *out)
{
	auto_buf head = BUF_INIT;
	size_t from = out->len;
	int rc = 0;

	if (n == 0 || id[0] == '\0' || strchr(id, '.'))
		return -EINVAL;
	buf_printf(&head, "%s.%" PRId64 ".", id, timestamp_s);
	if (head.failed)
		return -ENOMEM;
	for (size_t i = 0; rc == 0 && i < n; i++) {
		const struct content content = { { { head.data, head.len }, { body, len } } };

		if (i > 0)
			buf_addc(out, ' ');
		buf_addstr(out, schemes[secrets[i].kind].version);
		rc = schemes[secrets[i].kind].add(&secrets[i], &content, out);
	}
	return finish(out, from, rc);
}

int sign_older(const struct secret *secrets, size_t n, const void *body, size_t len, struct buf *out)
{
	char hex[2 * CRYPTO_HMAC_BYTES + 1];
	unsigned char sum[CRYPTO_HMAC_BYTES];
	size_t i = 0, from = out->len;

	while (i < n && secrets[i].kind != SECRET_HMAC)
		i++;
	if (i == n)
		return -ENOENT;
	crypto_hmac_sha256(secrets[i].key, secrets[i].len, body, len, sum);
	buf_printf(out, "sha256=%s", crypto_hex(sum, sizeof(sum), hex));
	return finish(out, from, 0);
}
