#include "tests/test.h"

#include <errno.h>

#include "base/base64.h"

static void test_examples(void **state UNUSED)
{
	static const struct {
		const char *bytes, *text;
	} rows[] = {
		{ "", "" },
		{ "f", "Zg==" },
		{ "fo", "Zm8=" },
		{ "foo", "Zm9v" },
		{ "foob", "Zm9vYg==" },
		{ "fooba", "Zm9vYmE=" },
		{ "foobar", "Zm9vYmFy" },
		{ "\xfb\xff\xbf", "+/+/" },
	};

	for (size_t i = 0; i < N_ELEMS(rows); i++) {
		auto_buf text = BUF_INIT, bytes = BUF_INIT;

		base64_encode(rows[i].bytes, strlen(rows[i].bytes), &text);
		assert_string_equal(buf_str(&text), rows[i].text);
		assert_int_equal(base64_decode(rows[i].text, strlen(rows[i].text), &bytes), 0);
		assert_string_equal(buf_str(&bytes), rows[i].bytes);
	}
}

static void test_every_length(void **state UNUSED)
{
	unsigned char bytes[300];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)(i * 151 + i / 256);
	for (size_t len = 0; len <= sizeof(bytes); len++) {
		auto_buf text = BUF_INIT, again = BUF_INIT;

		base64_encode(bytes, len, &text);
		assert_int_equal(text.len, (len + 2) / 3 * 4);
		assert_int_equal(base64_decode(buf_str(&text), text.len, &again), 0);
		assert_int_equal(again.len, len);
		assert_memory_equal(buf_str(&again), bytes, len);
	}
}

static void test_strict(void **state UNUSED)
{
	static const char *const bad[] = { "Zg",   "Zg=",      "Zg===", "Z",        "=",    "==",
					   "====", "Zg==Zg==", "Z===",  "Zm9!",     "Zm8 ", "Zm9v\n",
					   "Zh==", "Zm9=",     "-_-_",  "Zm9vZ=g=", "Zg=g" };

	for (size_t i = 0; i < N_ELEMS(bad); i++) {
		auto_buf out = BUF_INIT;

		buf_addstr(&out, "kept");
		if (base64_decode(bad[i], strlen(bad[i]), &out) != -EINVAL)
			fail_msg("'%s' was taken", bad[i]);
		assert_string_equal(buf_str(&out), "kept");
	}
}

static void test_loose(void **state UNUSED)
{
	static const struct {
		const char *text, *bytes;
	} rows[] = { { "Zg==", "f" }, { "Zm9vYg", "foob" }, { "Zm9v\nYmFy", "foobar" }, { "-_-_", "\xfb\xff\xbf" } };

	for (size_t i = 0; i < N_ELEMS(rows); i++) {
		auto_buf out = BUF_INIT;

		assert_int_equal(base64_decode_loose(rows[i].text, strlen(rows[i].text), &out), 0);
		assert_string_equal(buf_str(&out), rows[i].bytes);
	}
	auto_buf out = BUF_INIT;
	assert_int_equal(base64_decode_loose("Zm9!", 4, &out), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_examples),
		cmocka_unit_test(test_every_length),
		cmocka_unit_test(test_strict),
		cmocka_unit_test(test_loose),
	};

	return RUN_TESTS(tests);
}
