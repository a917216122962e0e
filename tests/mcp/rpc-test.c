#include "tests/test.h"

#include <errno.h>
#include <stdlib.h>

#include "mcp/rpc.h"
#include "mcp/text.h"

/* Lines as they come out, joined by '|'; "!" for one that was too long. */
static int collect(void *ud, const char *line, size_t len)
{
	struct buf *out = ud;

	if (line && streq(line, "stop"))
		return -EPROTO;
	if (line)
		buf_add(out, line, len);
	else
		buf_addc(out, '!');
	buf_addc(out, '|');
	return 0;
}

static void expect_lines(const char *bytes, size_t len, size_t cap, const char *expected)
{
	for (size_t piece = 1; piece <= len; piece++) {
		struct rpc_reader r = { .cap = cap };
		auto_buf out = BUF_INIT;

		for (size_t at = 0; at < len; at += piece)
			assert_int_equal(
				rpc_reader_feed(&r, bytes + at, len - at < piece ? len - at : piece, collect, &out), 0);
		assert_string_equal(buf_str(&out), expected);
		rpc_reader_release(&r);
	}
}

static void test_lines(void **state UNUSED)
{
	expect_lines("one\ntwo\r\n\n\r\nthree", 17, 0, "one|two|");
	expect_lines("\n\n", 2, 0, "");
	expect_lines("a\xe2\x80\xa8z\n", 6, 0, "a\xe2\x80\xa8z|");
}

static void test_long_lines(void **state UNUSED)
{
	expect_lines("12345\n1234567890\nok\n", 20, 5, "12345|!|ok|");
	expect_lines("1234567890", 10, 5, "!|");
	expect_lines("1234567890\n\nabc\n", 16, 5, "!|abc|");
}

static void test_reader_stops(void **state UNUSED)
{
	struct rpc_reader r = { .cap = 0 };
	auto_buf out = BUF_INIT;

	assert_int_equal(rpc_reader_feed(&r, "a\nstop\nb\n", 9, collect, &out), -EPROTO);
	assert_string_equal(buf_str(&out), "a|");
	rpc_reader_release(&r);
}

static void test_classify(void **state UNUSED)
{
	static const struct {
		const char *text;
		enum rpc_kind kind;
	} rows[] = {
		{ "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}", RPC_RESULT },
		{ "{\"jsonrpc\":\"2.0\",\"id\":\"a\",\"result\":null}", RPC_RESULT },
		{ "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32601,\"message\":\"x\"}}", RPC_ERROR },
		{ "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32700}}", RPC_ERROR },
		{ "{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"ping\"}", RPC_REQUEST },
		{ "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/message\",\"params\":{}}", RPC_NOTIFICATION },
		{ "{\"id\":null,\"method\":\"ping\"}", RPC_NOISE },
		{ "{\"id\":1.5,\"result\":{}}", RPC_NOISE },
		{ "{\"result\":{}}", RPC_NOISE },
		{ "{}", RPC_NOISE },
		{ "[]", RPC_NOISE },
	};

	for (size_t i = 0; i < N_ELEMS(rows); i++) {
		json_t *value = rpc_decode(rows[i].text, strlen(rows[i].text));
		struct rpc_message m;

		rpc_classify(value, &m);
		if (m.kind != rows[i].kind)
			fail_msg("%s is %d", rows[i].text, m.kind);
		json_decref(value);
	}
	assert_null(rpc_decode("loading 50%", 11));
	assert_null(rpc_decode("\"a string\"", 10));
	assert_null(rpc_decode("{\"a\":1} x", 9));
}

static void test_encode(void **state UNUSED)
{
	auto_buf out = BUF_INIT;
	json_t *id = json_string("x\ny");

	assert_int_equal(rpc_request(&out, 7, "tools/call", json_pack("{s:s}", "a", "b\nc")), 0);
	assert_int_equal(rpc_notification(&out, "n", NULL), 0);
	assert_int_equal(rpc_answer(&out, id, json_object()), 0);
	assert_int_equal(rpc_refusal(&out, id, RPC_NO_METHOD, "no"), 0);
	assert_string_equal(buf_str(&out),
			    "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"tools/call\",\"params\":{\"a\":\"b\\nc\"}}\n"
			    "{\"jsonrpc\":\"2.0\",\"method\":\"n\"}\n"
			    "{\"jsonrpc\":\"2.0\",\"id\":\"x\\ny\",\"result\":{}}\n"
			    "{\"jsonrpc\":\"2.0\",\"id\":\"x\\ny\",\"error\":{\"code\":-32601,\"message\":\"no\"}}\n");
	json_decref(id);
}

static void test_text(void **state UNUSED)
{
	char text[] = "a\tb\x01\xff\xc3\xa4\xe2\x82";
	auto_free char *copy = text_copy("\xc3\xa4\xc3\xb6", 3);

	text_clean(text);
	assert_string_equal(text, "a b??\xc3\xa4??");
	assert_string_equal(copy, "\xc3\xa4...");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),    cmocka_unit_test(test_long_lines), cmocka_unit_test(test_reader_stops),
		cmocka_unit_test(test_classify), cmocka_unit_test(test_encode),     cmocka_unit_test(test_text),
	};

	return RUN_TESTS(tests);
}
