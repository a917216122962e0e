#include "tests/test.h"

#include <errno.h>

#include "webhook/sign.h"

/* What the libraries of the specification test themselves with. */
#define ID          "msg_p5jXN8AQM9LWM0D4loKWxJek"
#define TIME_S      1614265330
#define BODY        "{\"test\": 2432232314}"
#define HMAC_SECRET "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
#define HMAC_SIGNED "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
#define PAIR_SECRET "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg=="
#define PAIR_SIGNED "v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg=="
#define SEED_SECRET "whsk_VEVTVFNJR05JTkdLRVlET05PVFVTRVRISVNGT1JBTlk="
#define SEED_SIGNED "v1a,tQ9V2XOqn7jL/DQenEFpqIugdBVtiMmER5mhSkXBNwM0mkATuDe6KYYUuxqtaiHeYGb7KaaBRdM5WqyeFiL8Ag=="

static void expect_signed(const char *const *texts, size_t n, const char *expected)
{
	auto_buf out = BUF_INIT;
	struct secret secrets[4];

	for (size_t i = 0; i < n; i++)
		assert_int_equal(secret_parse(texts[i], &secrets[i], NULL), 0);
	assert_int_equal(sign_headers(secrets, n, ID, TIME_S, BODY, strlen(BODY), &out), 0);
	assert_string_equal(buf_str(&out), expected);
}

static void the_published_examples(void **state UNUSED)
{
	expect_signed((const char *const[]){ HMAC_SECRET }, 1, HMAC_SIGNED);
	expect_signed((const char *const[]){ PAIR_SECRET }, 1, PAIR_SIGNED);
	expect_signed((const char *const[]){ SEED_SECRET }, 1, SEED_SIGNED);
}

static void several_while_one_is_rotated(void **state UNUSED)
{
	expect_signed((const char *const[]){ HMAC_SECRET, PAIR_SECRET, SEED_SECRET }, 3,
		      HMAC_SIGNED " " PAIR_SIGNED " " SEED_SIGNED);
	expect_signed((const char *const[]){ SEED_SECRET, HMAC_SECRET }, 2, SEED_SIGNED " " HMAC_SIGNED);
}

static void what_cannot_be_signed_is_refused(void **state UNUSED)
{
	auto_buf out = BUF_INIT;
	struct secret s;

	assert_int_equal(secret_parse(HMAC_SECRET, &s, NULL), 0);
	buf_addstr(&out, "kept");
	assert_int_equal(sign_headers(&s, 0, ID, TIME_S, BODY, strlen(BODY), &out), -EINVAL);
	assert_int_equal(sign_headers(&s, 1, "", TIME_S, BODY, strlen(BODY), &out), -EINVAL);
	assert_int_equal(sign_headers(&s, 1, "a.1", TIME_S, BODY, strlen(BODY), &out), -EINVAL);
	assert_string_equal(buf_str(&out), "kept");
	assert_int_equal(sign_headers(&s, 1, ID, TIME_S, BODY, strlen(BODY), &out), 0);
	assert_string_equal(buf_str(&out), "kept" HMAC_SIGNED);
}

static void every_part_counts(void **state UNUSED)
{
	static const struct {
		const char *id;
		int64_t time_s;
		const char *body;
		size_t len;
	} rows[] = {
		{ "a", 1, "x", 1 }, { "b", 1, "x", 1 },    { "a", 2, "x", 1 },  { "a", 1, "y", 1 },
		{ "a", 1, "", 0 },  { "a", 1, "x\0y", 3 }, { "a", 11, "x", 1 }, { "a1", 1, "x", 1 },
	};
	static const char *const texts[] = { HMAC_SECRET, SEED_SECRET };

	for (size_t t = 0; t < N_ELEMS(texts); t++) {
		auto_buf all = BUF_INIT;
		struct secret s;

		assert_int_equal(secret_parse(texts[t], &s, NULL), 0);
		for (size_t i = 0; i < N_ELEMS(rows); i++) {
			auto_buf out = BUF_INIT;

			assert_int_equal(
				sign_headers(&s, 1, rows[i].id, rows[i].time_s, rows[i].body, rows[i].len, &out), 0);
			assert_null(strstr(buf_str(&all), buf_str(&out)));
			buf_addstr(&all, buf_str(&out));
		}
	}
}

static void older_receivers_get_the_newest_hmac(void **state UNUSED)
{
	static const char *const texts[] = { PAIR_SECRET, "whsec_c2hhcmVkLXNlY3JldC1zaW5jZS0yMDE5", HMAC_SECRET };
	auto_buf out = BUF_INIT;
	struct secret secrets[N_ELEMS(texts)];

	for (size_t i = 0; i < N_ELEMS(texts); i++)
		assert_int_equal(secret_parse(texts[i], &secrets[i], NULL), 0);
	assert_int_equal(sign_older(secrets, 1, BODY, strlen(BODY), &out), -ENOENT);
	assert_string_equal(buf_str(&out), "");
	assert_int_equal(sign_older(secrets, 3, BODY, strlen(BODY), &out), 0);
	assert_string_equal(buf_str(&out), "sha256=8e9e3f3ad8b336094336052bfb90cce980ac95def0743d7890bc182b8b2381dc");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_published_examples),
		cmocka_unit_test(several_while_one_is_rotated),
		cmocka_unit_test(what_cannot_be_signed_is_refused),
		cmocka_unit_test(every_part_counts),
		cmocka_unit_test(older_receivers_get_the_newest_hmac),
	};

	return RUN_TESTS(tests);
}
