/* What an endpoint's files may hold: a secret, patterns of events, a schedule. */
#include <stdlib.h>

#include "base/crypto.h"
#include "platform/event.h"
#include "platform/backoff.h"
#include "platform/pattern.h"
#include "platform/secret.h"
#include "webhook/sign.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

/* What is taken is written again as a text that means the same. */
static void check_secret(const char *text)
{
	char again[SECRET_TEXT_BYTES], shown[SECRET_TEXT_BYTES];
	auto_buf signature = BUF_INIT;
	struct secret s, same;

	if (secret_parse(text, &s, NULL) < 0)
		return;
	if (s.len < SECRET_KEY_MIN || s.len > SECRET_KEY_MAX || secret_parse(secret_text(&s, again), &same, NULL) < 0 ||
	    same.kind != s.kind || same.len != s.len || !crypto_same(same.key, s.key, s.len))
		abort();
	if ((secret_public(&s, shown)[0] != '\0') == (secret_plain(&s, again)[0] != '\0'))
		abort();
	if (sign_headers(&s, 1, "id", 1, text, strlen(text), &signature) < 0)
		abort();
}

static void check_pattern(const char *text)
{
	bool some = false;
	struct pattern p;

	if (pattern_parse(text, &p, NULL) < 0)
		return;
	for (const struct event_type *t = event_types; t->name; t++)
		some |= pattern_match(&p, t->name);
	if (!some)
		abort();
}

static void check_backoff(const char *text)
{
	struct backoff b;

	if (backoff_parse(text, &b, NULL) < 0)
		return;
	if (b.n < 1 || b.n > BACKOFF_MAX || backoff_next(&b, b.n, 0) != -1)
		abort();
	for (unsigned i = 0; i < b.n; i++) {
		if (b.delay_ms[i] < 0 || b.delay_ms[i] > 7 * INT64_C(86400000) || backoff_next(&b, i, 0) != 0 ||
		    backoff_next(&b, i, UINT64_MAX) != b.delay_ms[i])
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	auto_free char *text = xstrndup((const char *)bytes, len);

	check_secret(text);
	check_pattern(text);
	check_backoff(text);
	return 0;
}
