#include "tests/test.h"

#include <errno.h>

#include "base/err.h"

static void set_returns_its_code(void **state UNUSED)
{
	struct err e = ERR_INIT;

	assert_int_equal(err_set(&e, -EBUSY, "task %d is '%s'", 7, "completed"), -EBUSY);
	assert_int_equal(e.code, -EBUSY);
	assert_string_equal(e.text, "task 7 is 'completed'");
}

static void add_puts_the_context_before(void **state UNUSED)
{
	struct err e = ERR_INIT;

	err_set(&e, -ENOENT, "no such row");
	assert_int_equal(err_add(&e, -EIO, "cancel task %d", 7), -EIO);
	assert_string_equal(e.text, "cancel task 7: no such row");
	assert_int_equal(e.code, -EIO);
}

static void add_to_nothing_is_set(void **state UNUSED)
{
	struct err e = ERR_INIT;

	err_add(&e, -EIO, "read the page");
	assert_string_equal(e.text, "read the page");
}

static void errno_is_named_in_words(void **state UNUSED)
{
	struct err e = ERR_INIT;

	errno = EACCES;
	assert_int_equal(err_errno(&e, "open '%s'", "/x"), -EACCES);
	assert_string_equal(e.text, "open '/x': Permission denied");
}

static void nobody_need_listen(void **state UNUSED)
{
	errno = ENOSPC;
	assert_int_equal(err_set(NULL, -EBUSY, "x"), -EBUSY);
	assert_int_equal(err_add(NULL, -EIO, "x"), -EIO);
	assert_int_equal(err_errno(NULL, "x"), -ENOSPC);
}

static void a_long_sentence_is_cut(void **state UNUSED)
{
	struct err e = ERR_INIT;

	for (int i = 0; i < 100; i++)
		err_add(&e, -EIO, "step %d of a long way", i);
	assert_true(strlen(e.text) < sizeof(e.text));
	assert_memory_equal(e.text, "step 99 of a long way: step 98", 30);
}

static void a_cut_sentence_ends_with_a_character(void **state UNUSED)
{
	static const char *const signs[] = { "\u00fc", "\u20ac", "\U0001f600" };
	char text[1024];

	for (size_t i = 0; i < N_ELEMS(signs); i++) {
		for (size_t before = 0; before < 5; before++) {
			struct err e = ERR_INIT;
			size_t at = 0;

			memset(text, 'x', before);
			for (at = before; at + 5 < sizeof(text); at += strlen(signs[i]))
				strcpy(text + at, signs[i]);
			err_set(&e, -EIO, "%s", text);
			assert_true(strlen(e.text) + 4 >= sizeof(e.text));
			assert_int_equal((strlen(e.text) - before) % strlen(signs[i]), 0);
			err_add(&e, -EIO, "in front");
			assert_int_equal((strlen(e.text) - before - strlen("in front: ")) % strlen(signs[i]), 0);
		}
	}
}

static void numbers_have_names(void **state UNUSED)
{
	assert_string_equal(err_name(EINVAL), "EINVAL");
	assert_string_equal(err_name(-EINVAL), "EINVAL");
	assert_string_equal(err_name(99999), "E99999");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(set_returns_its_code),  cmocka_unit_test(add_puts_the_context_before),
		cmocka_unit_test(add_to_nothing_is_set), cmocka_unit_test(errno_is_named_in_words),
		cmocka_unit_test(nobody_need_listen),    cmocka_unit_test(a_long_sentence_is_cut),
		cmocka_unit_test(numbers_have_names),    cmocka_unit_test(a_cut_sentence_ends_with_a_character),
	};

	return RUN_TESTS(tests);
}
