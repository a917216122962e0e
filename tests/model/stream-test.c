#include "tests/test.h"

#include "model/stream.h"

#define WORD  "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n"
#define USAGE "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4,\"total_tokens\":7}}\n\n"
#define DONE  "data: [DONE]\n\n"

/* In pieces of every size, what is passed on and what was counted is the same. */
static void expect(const char *bytes, bool keep, const char *passed, int64_t tokens)
{
	size_t len = strlen(bytes);

	for (size_t piece = 1; piece <= len; piece++) {
		struct stream s = { .keep_usage = keep };
		auto_buf out = BUF_INIT;

		for (size_t at = 0; at < len; at += piece)
			stream_feed(&s, bytes + at, len - at < piece ? len - at : piece, &out);
		stream_end(&s, &out);
		assert_string_equal(buf_str(&out), passed);
		assert_int_equal(s.tokens, tokens);
		stream_release(&s);
	}
}

static void test_usage(void **state UNUSED)
{
	expect(WORD WORD USAGE DONE, false, WORD WORD DONE, 7);
	expect(WORD WORD USAGE DONE, true, WORD WORD USAGE DONE, 7);
	expect(WORD DONE, false, WORD DONE, 0);
}

static void test_usage_beside_a_choice(void **state UNUSED)
{
	static const char text[] =
		"data: {\"choices\":[{}],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4}}\n\n";

	expect(text, false, text, 7);
	expect("data: {\"choices\":[],\"usage\":null}\n\n", false, "data: {\"choices\":[],\"usage\":null}\n\n", 0);
}

static void test_other_ends_of_lines(void **state UNUSED)
{
	expect("event: x\r\ndata: {\"choices\":[],\r\ndata: \"usage\":{\"total_tokens\":5}}\r\n\r\n: ping\r\n\r\n",
	       false, ": ping\r\n\r\n", 5);
	expect("\n\r\n\n" WORD, false, "\n\r\n\n" WORD, 0);
}

static void test_what_is_no_event(void **state UNUSED)
{
	expect("data: {\"usage\": oh\n\n", false, "data: {\"usage\": oh\n\n", 0);
	expect("data: {\"choices\":[],\"usage\":{\"total_tokens\":-5}}\n\n", false, "", 0);
	expect(WORD "data: cut", false, WORD "data: cut", 0);
}

static void test_first_piece_at_once(void **state UNUSED)
{
	struct stream s = { .keep_usage = false };
	auto_buf out = BUF_INIT;

	stream_feed(&s, WORD "data: {", strlen(WORD) + 7, &out);
	assert_string_equal(buf_str(&out), WORD);
	stream_release(&s);
}

static void test_too_long(void **state UNUSED)
{
	struct stream s = { .keep_usage = false };
	auto_buf in = BUF_INIT, out = BUF_INIT;

	buf_addstr(&in, "data: {\"usage\": \"");
	while (in.len < 3 << 20)
		buf_addstr(&in, "0123456789abcdef");
	for (size_t at = 0; at < in.len; at += 1000)
		stream_feed(&s, in.data + at, in.len - at < 1000 ? in.len - at : 1000, &out);
	assert_true(out.len > 1 << 20); /* it is not kept until its end */
	stream_end(&s, &out);
	assert_string_equal(buf_str(&out), buf_str(&in));
	stream_release(&s);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_usage),
		cmocka_unit_test(test_usage_beside_a_choice),
		cmocka_unit_test(test_other_ends_of_lines),
		cmocka_unit_test(test_what_is_no_event),
		cmocka_unit_test(test_first_piece_at_once),
		cmocka_unit_test(test_too_long),
	};

	return RUN_TESTS(tests);
}
