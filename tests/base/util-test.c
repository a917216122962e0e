#include "tests/test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/crypto.h"
#include "base/util.h"

static void whole_numbers_only(void **state UNUSED)
{
	static const struct {
		const char *text;
		int rc;
		int64_t value;
	} numbers[] = {
		{ "0", 0, 0 },
		{ "-7", 0, -7 },
		{ "+7", 0, 7 },
		{ "9223372036854775807", 0, INT64_MAX },
		{ "-9223372036854775808", 0, INT64_MIN },
		{ "9223372036854775808", -ERANGE, 0 },
		{ "", -EINVAL, 0 },
		{ "-", -EINVAL, 0 },
		{ " 7", -EINVAL, 0 },
		{ "7 ", -EINVAL, 0 },
		{ "7\n", -EINVAL, 0 },
		{ "7.5", -EINVAL, 0 },
		{ "0x10", -EINVAL, 0 },
		{ "seven", -EINVAL, 0 },
	};

	for (size_t i = 0; i < N_ELEMS(numbers); i++) {
		int64_t n = 42;

		assert_int_equal(util_int(numbers[i].text, &n), numbers[i].rc);
		assert_int_equal(n, numbers[i].rc ? 42 : numbers[i].value);
	}
}

static void both_ends_of_a_string(void **state UNUSED)
{
	assert_true(util_starts("rfp.pdf", "rfp"));
	assert_true(util_starts("rfp.pdf", ""));
	assert_false(util_starts("rf", "rfp"));
	assert_true(util_ends("rfp.pdf", ".pdf"));
	assert_true(util_ends("rfp.pdf", ""));
	assert_false(util_ends("df", ".pdf"));
}

static void steal_empties_the_variable(void **state UNUSED)
{
	auto_free char *text = xstrdup("mine");
	auto_free char *taken = steal(text);

	assert_null(text);
	assert_string_equal(taken, "mine");
}

static void scope_end_closes(void **state UNUSED)
{
	int seen, kept;

	{
		auto_close int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
		auto_close int other = open("/dev/null", O_RDONLY | O_CLOEXEC);

		seen = fd;
		kept = steal_fd(&other);
		assert_int_equal(other, -1);
	}
	assert_int_equal(fcntl(seen, F_GETFD), -1);
	assert_int_not_equal(fcntl(kept, F_GETFD), -1);
	close(kept);
}

static void copies(void **state UNUSED)
{
	auto_free char *part = xstrndup("abcdef", 3), *text = xasprintf("%s-%d", "a", 7);

	assert_null(xstrdup(NULL));
	assert_string_equal(part, "abc");
	assert_string_equal(text, "a-7");
}

/* The examples of FIPS 180-4: "" and "abc" */
static void sha256_of_known_texts(void **state UNUSED)
{
	static const char empty[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
	static const char abc[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
	struct sha256 *h = sha256_new();
	char hex[SHA256_HEX_BYTES];

	assert_string_equal(sha256_hex("", 0, hex), empty);
	assert_string_equal(sha256_hex("abc", 3, hex), abc);
	sha256_update(h, "a", 1);
	sha256_update(h, "bc", 2);
	sha256_finish(h, hex);
	assert_string_equal(hex, abc);
	sha256_finish(sha256_new(), NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_numbers_only),
		cmocka_unit_test(both_ends_of_a_string),
		cmocka_unit_test(steal_empties_the_variable),
		cmocka_unit_test(scope_end_closes),
		cmocka_unit_test(copies),
		cmocka_unit_test(sha256_of_known_texts),
	};

	return RUN_TESTS(tests);
}
