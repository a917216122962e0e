#include "tests/test.h"

#include <errno.h>

#include "base/base64.h"
#include "platform/secret.h"

/* The key pair that the receivers' side of the specification publishes as its example. */
#define SIGNING_SEED  "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbc="
#define SIGNING_PAIR  "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg=="
#define SIGNING_WRONG "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlaaaaaaaaaaAJ6p9lMicMFs6Kvg=="
#define PUBLIC        "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4="

static void a_key_for_hmac(void **state UNUSED)
{
	static const char key[] =
		"\x31\xf2\x90\xf6\xbf\x06\x29\x8a\xab\x4f\x08\xd4\x3c\x3f\x08\x2c\xf6\x48\xa3\x62\xda\x2d\xa4\xb0";
	struct secret s;
	char text[SECRET_TEXT_BYTES];

	assert_int_equal(secret_parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", &s, NULL), 0);
	assert_int_equal(s.kind, SECRET_HMAC);
	assert_int_equal(s.len, 24);
	assert_memory_equal(s.key, key, 24);
	assert_string_equal(secret_text(&s, text), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
	assert_string_equal(secret_public(&s, text), "");
	assert_string_equal(secret_plain(&s, text), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
}

static void a_key_for_ed25519(void **state UNUSED)
{
	static const char *const forms[] = { SIGNING_SEED, SIGNING_PAIR };

	for (size_t i = 0; i < N_ELEMS(forms); i++) {
		struct secret s;
		char text[SECRET_TEXT_BYTES];

		assert_int_equal(secret_parse(forms[i], &s, NULL), 0);
		assert_int_equal(s.kind, SECRET_ED25519);
		assert_int_equal(s.len, 32);
		assert_string_equal(secret_text(&s, text), SIGNING_SEED);
		assert_string_equal(secret_public(&s, text), PUBLIC);
		assert_string_equal(secret_plain(&s, text), "");
	}
}

static void what_is_no_secret_is_refused(void **state UNUSED)
{
	static const struct {
		const char *text, *said;
	} rows[] = {
		{ "", "\"whsec_\"" },
		{ "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "plain characters" },
		{ "hwsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "\"whsec_\"" },
		{ " whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "\"whsec_\"" },
		{ "whsec_", "too short: its base64 stands for 0 bytes" },
		{ "whsec_%", "no base64" },
		{ "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n", "no base64" },
		{ "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS", "no base64" },
		{ "whsk_", "too short: its base64 stands for 0 bytes" },
		{ "whsk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "too short: its base64 stands for 24 bytes" },
		{ "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfV", "too long: its base64 stands for 33 bytes" },
		{ SIGNING_WRONG, "public half" },
		{ PUBLIC, "public key" },
	};

	for (size_t i = 0; i < N_ELEMS(rows); i++) {
		struct secret s;
		struct err e = ERR_INIT;

		assert_int_equal(secret_parse(rows[i].text, &s, &e), -EINVAL);
		if (!strstr(e.text, rows[i].said))
			fail_msg("of '%s' it says: %s", rows[i].text, e.text);
		assert_null(strstr(e.text, "MfKQ9r8G"));
	}
}

/* 24 to 64 bytes are taken, and each comes back. */
static void lengths_are_bounded(void **state UNUSED)
{
	unsigned char key[80];

	for (size_t i = 0; i < sizeof(key); i++)
		key[i] = (unsigned char)(255 - i);
	for (size_t len = 0; len <= sizeof(key); len++) {
		auto_buf text = BUF_INIT;
		char again[SECRET_TEXT_BYTES];
		struct err e = ERR_INIT;
		struct secret s;
		int rc;

		buf_addstr(&text, "whsec_");
		base64_encode(key, len, &text);
		rc = secret_parse(buf_str(&text), &s, &e);
		assert_int_equal(rc, len >= 24 && len <= 64 ? 0 : -EINVAL);
		if (rc == 0) {
			assert_int_equal(s.len, len);
			assert_memory_equal(s.key, key, len);
			assert_string_equal(secret_text(&s, again), buf_str(&text));
		} else {
			assert_non_null(strstr(e.text, len < 24 ? "too short" : "too long"));
		}
	}
}

static void new_secrets_can_be_read_and_differ(void **state UNUSED)
{
	for (int kind = 0; kind < N_SECRET_KINDS; kind++) {
		char a[SECRET_TEXT_BYTES], b[SECRET_TEXT_BYTES], again[SECRET_TEXT_BYTES];
		struct secret s;

		assert_string_not_equal(secret_generate(kind, a), secret_generate(kind, b));
		assert_int_equal(secret_parse(a, &s, NULL), 0);
		assert_int_equal(s.kind, kind);
		assert_int_equal(s.len, 32);
		assert_string_equal(secret_text(&s, again), a);
	}
}

static void older_receivers_know_the_characters(void **state UNUSED)
{
	struct secret s;
	char text[SECRET_TEXT_BYTES];

	assert_int_equal(secret_parse("whsec_c2hhcmVkLXNlY3JldC1zaW5jZS0yMDE5", &s, NULL), 0);
	assert_string_equal(secret_plain(&s, text), "shared-secret-since-2019");
	/* A blank among the characters could be lost in a header. */
	assert_int_equal(secret_parse("whsec_c2hhcmVkIHNlY3JldCBzaW5jZSAyMDE5", &s, NULL), 0);
	assert_string_equal(secret_plain(&s, text), "whsec_c2hhcmVkIHNlY3JldCBzaW5jZSAyMDE5");
}

static void a_wiped_secret_is_gone(void **state UNUSED)
{
	static const struct secret nothing;
	struct secret s;

	assert_int_equal(secret_parse(SIGNING_SEED, &s, NULL), 0);
	secret_wipe(&s);
	assert_memory_equal(s.key, nothing.key, sizeof(s.key));
	assert_int_equal(s.len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_key_for_hmac),
		cmocka_unit_test(a_key_for_ed25519),
		cmocka_unit_test(what_is_no_secret_is_refused),
		cmocka_unit_test(lengths_are_bounded),
		cmocka_unit_test(new_secrets_can_be_read_and_differ),
		cmocka_unit_test(older_receivers_know_the_characters),
		cmocka_unit_test(a_wiped_secret_is_gone),
	};

	return RUN_TESTS(tests);
}
