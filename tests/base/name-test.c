#include "tests/test.h"

#include <errno.h>

#include "base/name.h"

#define LONG_NAME 255

static void normal_names_stay(void **state UNUSED)
{
	static const char *const names[] = { "rfp.pdf", "it's \"quoted\"", "Straße 7", "日本", "a b", "-rf", "🙂" };
	char out[NAME_BYTES];

	for (size_t i = 0; i < N_ELEMS(names); i++) {
		assert_int_equal(name_clean(names[i], out, NULL), 0);
		assert_string_equal(out, names[i]);
	}
}

static void decomposed_names_are_composed(void **state UNUSED)
{
	char out[NAME_BYTES];

	assert_int_equal(name_clean("u\xcc\x88"
				    "bung",
				    out, NULL),
			 0);
	assert_string_equal(out, "\xc3\xbc"
				 "bung");
}

static void names_are_as_wide_as_they_look(void **state UNUSED)
{
	assert_int_equal(name_width(""), 0);
	assert_int_equal(name_width("rfp.pdf"), 7);
	assert_int_equal(name_width("Prüfgröße"), 9);
	assert_int_equal(name_width("日本"), 4);
	assert_int_equal(name_width("a\xcc\x88"), 1);
}

static void bad_names_are_refused(void **state UNUSED)
{
	static const struct {
		const char *name;
		int rc;
	} bad[] = {
		{ "", -EINVAL },
		{ "a\nb", -EINVAL },
		{ "tab\there", -EINVAL },
		{ "a/b", -EINVAL },
		{ "del\x7f", -EINVAL },
		{ "c1\xc2\x85", -EINVAL },
		{ "\xff", -EILSEQ },
		{ "cut\xc3", -EILSEQ },
		{ "overlong\xc0\xaf", -EILSEQ },
		{ "surrogate\xed\xa0\x80", -EILSEQ },
	};
	char out[NAME_BYTES];

	for (size_t i = 0; i < N_ELEMS(bad); i++) {
		struct err e = ERR_INIT;

		assert_int_equal(name_clean(bad[i].name, out, &e), bad[i].rc);
		assert_int_equal(e.code, bad[i].rc);
		assert_string_not_equal(e.text, "");
	}
}

static void length_is_counted_in_bytes(void **state UNUSED)
{
	char name[LONG_NAME + 2], out[NAME_BYTES];

	memset(name, 'x', sizeof(name));
	name[LONG_NAME] = '\0';
	assert_int_equal(name_clean(name, out, NULL), 0);
	name[LONG_NAME] = 'x';
	name[LONG_NAME + 1] = '\0';
	assert_int_equal(name_clean(name, out, NULL), -ENAMETOOLONG);
}

static void a_normal_form_may_grow_too_long(void **state UNUSED)
{
	char name[NAME_BYTES] = "", out[NAME_BYTES];

	/* U+0958 has two bytes more in NFC, because it is excluded from composition. */
	for (int i = 0; i < 84; i++)
		strcat(name, "\xe0\xa5\x98");
	assert_int_equal(name_clean(name, out, NULL), -ENAMETOOLONG);
}

static void short_names_fit_whole(void **state UNUSED)
{
	char out[NAME_BYTES];

	assert_string_equal(name_fit("rfp.pdf", ".receipt.json", out), "rfp.pdf.receipt.json");
}

static void long_names_are_cut_at_a_character(void **state UNUSED)
{
	char stem[NAME_BYTES] = "x", other[NAME_BYTES], a[NAME_BYTES], b[NAME_BYTES];

	for (int i = 0; i < 127; i++)
		strcat(stem, "\xc3\xa9");
	strcpy(other, stem);
	other[0] = 'y';
	name_fit(stem, ".receipt.json", a);
	name_fit(other, ".receipt.json", b);
	assert_true(strlen(a) <= LONG_NAME && strlen(a) >= LONG_NAME - 3);
	assert_true(name_utf8(a, strlen(a)));
	assert_true(util_ends(a, ".receipt.json"));
	assert_string_not_equal(strchr(a, '~'), strchr(b, '~'));
	assert_string_equal(a, name_fit(stem, ".receipt.json", b));
}

static void utf8_is_checked_to_the_length(void **state UNUSED)
{
	assert_true(name_utf8("", 0));
	assert_true(name_utf8("\xc3\xa9", 2));
	assert_false(name_utf8("\xc3\xa9", 1));
	assert_true(name_utf8("a\0b", 3));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(normal_names_stay),
		cmocka_unit_test(decomposed_names_are_composed),
		cmocka_unit_test(names_are_as_wide_as_they_look),
		cmocka_unit_test(bad_names_are_refused),
		cmocka_unit_test(length_is_counted_in_bytes),
		cmocka_unit_test(a_normal_form_may_grow_too_long),
		cmocka_unit_test(short_names_fit_whole),
		cmocka_unit_test(long_names_are_cut_at_a_character),
		cmocka_unit_test(utf8_is_checked_to_the_length),
	};

	return RUN_TESTS(tests);
}
