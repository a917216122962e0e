#include "tests/test.h"

#include <stdlib.h>

#include "base/buf.h"

static void empty_is_a_string(void **state UNUSED)
{
	auto_buf b = BUF_INIT;

	assert_string_equal(buf_str(&b), "");
	assert_int_equal(b.len, 0);
	buf_add(&b, "", 0);
	assert_string_equal(buf_str(&b), "");
}

static void adds_in_order(void **state UNUSED)
{
	auto_buf b = BUF_INIT;

	buf_addstr(&b, "one");
	buf_addc(&b, ' ');
	buf_printf(&b, "%d-%s", 2, "three");
	assert_string_equal(buf_str(&b), "one 2-three");
	assert_int_equal(b.len, 11);
}

static void keeps_nul_bytes(void **state UNUSED)
{
	auto_buf b = BUF_INIT;

	buf_add(&b, "a\0b", 3);
	assert_int_equal(b.len, 3);
	assert_memory_equal(b.data, "a\0b", 4);
}

static void grows_past_every_capacity(void **state UNUSED)
{
	auto_buf b = BUF_INIT;

	for (int i = 0; i < 10000; i++) {
		buf_addc(&b, (char)('a' + i % 26));
		assert_int_equal(b.data[b.len], '\0');
	}
	assert_int_equal(b.len, 10000);
	assert_int_equal(b.data[9999], 'a' + 9999 % 26);
}

static void drops_from_the_front(void **state UNUSED)
{
	auto_buf b = BUF_INIT;

	buf_addstr(&b, "header body");
	buf_drop(&b, 7);
	assert_string_equal(buf_str(&b), "body");
	buf_drop(&b, 100);
	assert_string_equal(buf_str(&b), "");
}

static void steal_leaves_it_empty(void **state UNUSED)
{
	auto_buf b = BUF_INIT;

	buf_addstr(&b, "mine");

	auto_free char *s = buf_steal(&b), *none = buf_steal(&b);

	assert_string_equal(s, "mine");
	assert_string_equal(none, "");
	assert_null(b.data);
}

static void a_failed_growth_keeps_what_was_there(void **state UNUSED)
{
	auto_buf b = BUF_INIT;

	buf_addstr(&b, "kept");
	assert_false(buf_reserve(&b, SIZE_MAX));
	assert_true(b.failed);
	buf_addstr(&b, " lost");
	assert_string_equal(buf_str(&b), "kept");
	assert_null(buf_steal(&b));
}

static void room_alone_is_an_empty_text(void **state UNUSED)
{
	char *used[8];

	/* What was freed is given again with other bytes in it. */
	for (size_t i = 0; i < N_ELEMS(used); i++)
		memset(used[i] = xmalloc(64), 'x', 64);
	for (size_t i = 0; i < N_ELEMS(used); i++)
		free(used[i]);
	for (size_t i = 0; i < N_ELEMS(used); i++) {
		auto_buf b = BUF_INIT;

		assert_true(buf_reserve(&b, 10));
		assert_string_equal(buf_str(&b), "");
		used[i] = buf_steal(&b);
	}
	for (size_t i = 0; i < N_ELEMS(used); i++)
		free(used[i]);
}

static void clear_forgives(void **state UNUSED)
{
	auto_buf b = BUF_INIT;

	buf_addstr(&b, "old");
	assert_false(buf_reserve(&b, SIZE_MAX - 64));
	buf_clear(&b);
	buf_addstr(&b, "new");
	assert_string_equal(buf_str(&b), "new");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(empty_is_a_string),
		cmocka_unit_test(adds_in_order),
		cmocka_unit_test(keeps_nul_bytes),
		cmocka_unit_test(grows_past_every_capacity),
		cmocka_unit_test(drops_from_the_front),
		cmocka_unit_test(steal_leaves_it_empty),
		cmocka_unit_test(a_failed_growth_keeps_what_was_there),
		cmocka_unit_test(room_alone_is_an_empty_text),
		cmocka_unit_test(clear_forgives),
	};

	return RUN_TESTS(tests);
}
