#include "tests/test.h"

#include <errno.h>

#include "sdk/answer.h"

#define HEAD "HTTP/1.1 200 OK\r\n"

/* Fed in pieces of every size, the end is the same. */
static void expect(const char *bytes, int rc, int status, const char *body)
{
	size_t len = strlen(bytes);

	for (size_t piece = 1; piece <= len; piece++) {
		struct answer a = ANSWER_INIT(64);
		int got = 0;

		for (size_t at = 0; at < len && got == 0; at += piece)
			got = answer_feed(&a, bytes + at, len - at < piece ? len - at : piece);
		if (got != rc && !(rc < 0 && got == 1)) /* what stands behind the end came too late to be seen */
			fail_msg("%d, not %d, in pieces of %zu: %s", got, rc, piece, bytes);
		if (rc == 1) {
			assert_int_equal(a.status, status);
			assert_string_equal(buf_str(&a.body), body);
		}
		answer_release(&a);
	}
}

static void test_lengths(void **state UNUSED)
{
	expect(HEAD "Content-Length: 5\r\n\r\nhello", 1, 200, "hello");
	expect("HTTP/1.1 404\nx: y\ncontent-length:0\n\n", 1, 404, "");
	expect("HTTP/1.1 100 Continue\r\n\r\n" HEAD "Content-Length: 1\r\n\r\nx", 1, 200, "x");
	expect("HTTP/1.1 204 No Content\r\n\r\n", 1, 204, "");
	expect(HEAD "Content-Length: 5\r\n\r\nhell", 0, 200, "hell");
}

static void test_chunks(void **state UNUSED)
{
	expect(HEAD "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n", 1, 200, "abcde");
	expect(HEAD "Transfer-Encoding: Chunked\r\n\r\n0A\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n", 1, 200,
	       "0123456789");
	expect(HEAD "Transfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n", -EPROTO, 0, NULL);
	expect(HEAD "Transfer-Encoding: chunked\r\n\r\n-3\r\nabc\r\n0\r\n\r\n", -EPROTO, 0, NULL);
	expect(HEAD "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n", -EPROTO, 0, NULL);
}

static void test_refused(void **state UNUSED)
{
	static const char *const bad[] = {
		"SSH-2.0-OpenSSH\r\n",
		"HTTP/1.0 200 OK\r\n",
		"HTTP/1.1 2000 OK\r\n",
		"HTTP/1.1 600 OK\r\n",
		"HTTP/1.1 101 Switching\r\n",
		"HTTP/1.1  200 OK\r\n",
		HEAD "\r\n",
		HEAD "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
		HEAD "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
		HEAD "Transfer-Encoding: gzip, chunked\r\n\r\n",
		HEAD "Content-Length: +5\r\n\r\n",
		HEAD "Content-Length: 5, 5\r\n\r\n",
		HEAD "Content-Length: 9999999999999999\r\n\r\n",
		HEAD "Content-Length : 5\r\n\r\n",
		HEAD " folded: x\r\n",
		HEAD "no colon\r\n",
		HEAD "a: b\rc: d\r\n",
	};

	for (size_t i = 0; i < N_ELEMS(bad); i++)
		expect(bad[i], -EPROTO, 0, NULL);
}

static void test_behind_the_end(void **state UNUSED)
{
	static const char bytes[] = HEAD "Content-Length: 1\r\n\r\nx" HEAD;
	struct answer a = ANSWER_INIT(64);

	assert_int_equal(answer_feed(&a, bytes, sizeof(bytes) - 1), -EPROTO);
	answer_release(&a);
}

static void test_bounds(void **state UNUSED)
{
	auto_buf head = BUF_INIT;
	struct answer a = ANSWER_INIT(64);

	expect(HEAD "Content-Length: 65\r\n\r\n", -EMSGSIZE, 0, NULL);
	expect(HEAD "Transfer-Encoding: chunked\r\n\r\n40\r\n"
		    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\r\n1\r\n",
	       -EMSGSIZE, 0, NULL);
	buf_addstr(&head, HEAD);
	while (head.len < 70000)
		buf_addstr(&head, "X-Filler: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\r\n");
	assert_int_equal(answer_feed(&a, head.data, head.len), -EPROTO);
	answer_release(&a);
}

static void test_closes(void **state UNUSED)
{
	static const char bytes[] = HEAD "Connection: close\r\nContent-Length: 0\r\n\r\n";
	struct answer a = ANSWER_INIT(64);

	assert_int_equal(answer_feed(&a, bytes, sizeof(bytes) - 1), 1);
	assert_true(a.closes);
	answer_release(&a);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lengths),        cmocka_unit_test(test_chunks), cmocka_unit_test(test_refused),
		cmocka_unit_test(test_behind_the_end), cmocka_unit_test(test_bounds), cmocka_unit_test(test_closes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
