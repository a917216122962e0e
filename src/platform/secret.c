#include "platform/secret.h"

#include <errno.h>

#include "base/base64.h"
#include "base/crypto.h"

#define PUBLIC_PREFIX "whpk_"

static int take_hmac(const unsigned char *bytes, size_t len, struct secret *out, struct err *e)
{
	if (len < SECRET_KEY_MIN || len > SECRET_KEY_MAX)
		return err_set(e, -EINVAL,
			       "the secret is too %s: its base64 stands for %zu bytes, and %d to %d are needed",
			       len < SECRET_KEY_MIN ? "short" : "long", len, SECRET_KEY_MIN, SECRET_KEY_MAX);
	out->len = len;
	memcpy(out->key, bytes, len);
	return 0;
}

static int take_ed25519(const unsigned char *bytes, size_t len, struct secret *out, struct err *e)
{
	unsigned char public[ED25519_PUBLIC_BYTES];

	if (len != ED25519_SECRET_BYTES && len != ED25519_SECRET_BYTES + ED25519_PUBLIC_BYTES)
		return err_set(
			e, -EINVAL,
			"the signing key is too %s: its base64 stands for %zu bytes, and %d are needed, or %d with "
			"the public half behind them",
			len < ED25519_SECRET_BYTES ? "short" : "long", len, ED25519_SECRET_BYTES,
			ED25519_SECRET_BYTES + ED25519_PUBLIC_BYTES);
	crypto_ed25519_public(bytes, public);
	if (len > ED25519_SECRET_BYTES && !crypto_same(bytes + ED25519_SECRET_BYTES, public, sizeof(public)))
		return err_set(e, -EINVAL, "the signing key is damaged: its public half does not belong to it");
	out->len = ED25519_SECRET_BYTES;
	memcpy(out->key, bytes, ED25519_SECRET_BYTES);
	return 0;
}

static const struct {
	const char *prefix;
	int (*take)(const unsigned char *bytes, size_t len, struct secret *out, struct err *e);
} kinds[N_SECRET_KINDS] = {
	[SECRET_HMAC] = { "whsec_", take_hmac },
	[SECRET_ED25519] = { "whsk_", take_ed25519 },
};

static int parse_kind(enum secret_kind kind, const char *base64, struct secret *out, struct err *e)
{
	auto_buf bytes = BUF_INIT;
	int rc = base64_decode(base64, strlen(base64), &bytes);

	if (rc == -EINVAL)
		err_set(e, rc,
			"what follows \"%s\" is no base64: it has letters, digits, + and /, four at a time, with = "
			"at the end",
			kinds[kind].prefix);
	else if (rc < 0)
		err_set(e, rc, "no memory for a secret");
	else
		rc = kinds[kind].take((unsigned char *)bytes.data, bytes.len, out, e);
	out->kind = kind;
	if (bytes.data)
		crypto_wipe(bytes.data, bytes.cap);
	return rc;
}

int secret_parse(const char *text, struct secret *out, struct err *e)
{
	for (int i = 0; i < N_SECRET_KINDS; i++) {
		if (util_starts(text, kinds[i].prefix))
			return parse_kind(i, text + strlen(kinds[i].prefix), out, e);
	}
	if (util_starts(text, PUBLIC_PREFIX))
		return err_set(e, -EINVAL,
			       "this is a public key, which the receiver has; what signs begins with \"whsk_\"");
	return err_set(
		e, -EINVAL,
		"a secret begins with \"whsec_\", or with \"whsk_\" for Ed25519, and base64 follows; for a secret "
		"that is plain characters, put them in base64 behind \"whsec_\"");
}

static char *write_text(const char *prefix, const void *bytes, size_t len, char *text)
{
	auto_buf out = BUF_INIT;

	buf_addstr(&out, prefix);
	base64_encode(bytes, len, &out);
	strcpy(text, out.failed ? "" : buf_str(&out));
	if (out.data)
		crypto_wipe(out.data, out.cap);
	return text;
}

char *secret_text(const struct secret *s, char *text)
{
	return write_text(kinds[s->kind].prefix, s->key, s->len, text);
}

char *secret_generate(enum secret_kind kind, char *text)
{
	struct secret s = { .kind = kind, .len = ED25519_SECRET_BYTES };

	if (kind == SECRET_ED25519)
		crypto_ed25519_new(s.key);
	else
		crypto_random(s.key, s.len);
	secret_text(&s, text);
	secret_wipe(&s);
	return text;
}

char *secret_public(const struct secret *s, char *text)
{
	unsigned char public[ED25519_PUBLIC_BYTES];

	text[0] = '\0';
	if (s->kind != SECRET_ED25519)
		return text;
	crypto_ed25519_public(s->key, public);
	return write_text(PUBLIC_PREFIX, public, sizeof(public), text);
}

char *secret_plain(const struct secret *s, char *text)
{
	text[0] = '\0';
	if (s->kind != SECRET_HMAC)
		return text;
	for (size_t i = 0; i < s->len; i++) {
		if (s->key[i] < '!' || s->key[i] > '~')
			return secret_text(s, text);
	}
	memcpy(text, s->key, s->len);
	text[s->len] = '\0';
	return text;
}

void secret_wipe(struct secret *s)
{
	crypto_wipe(s, sizeof(*s));
}
