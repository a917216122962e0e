/* The options of a platform. */
#include "tests/platform/temp.h"

static void expect_text(enum setting_id id, const char *wanted)
{
	auto_free char *text = settings_text(p, id);

	assert_string_equal(text, wanted);
}

static void every_setting_has_its_row(void **state UNUSED)
{
	auto_buf readme = BUF_INIT;

	settings_readme(&readme);
	for (int i = 0; i < N_SETTINGS; i++) {
		const struct setting_row *row = settings_row((enum setting_id)i);
		int64_t n;

		assert_int_equal(settings_find(row->name), i);
		expect_text((enum setting_id)i, row->fallback);
		assert_non_null(strstr(readme.data, row->name));
		assert_non_null(strstr(readme.data, row->help));
		assert_true(util_ends(row->help, "."));
		if (!row->is_number)
			continue;
		assert_int_equal(util_int(row->fallback, &n), 0);
		assert_true(n >= row->min && n <= row->max);
		assert_int_equal(settings_int(p, (enum setting_id)i), n);
	}
	assert_int_equal(settings_find("nothing"), -1);
	assert_int_equal(settings_find(""), -1);
}

static void numbers_have_a_range(void **state UNUSED)
{
	static const char *const none[] = { "x", "1.5", "1 ", " 1", "0x10", "99999999999999999999", "--1" };

	for (int i = 0; i < N_SETTINGS; i++) {
		const struct setting_row *row = settings_row((enum setting_id)i);
		auto_free char *below = xasprintf("%jd", (intmax_t)row->min - 1),
			       *least = xasprintf("%jd", (intmax_t)row->min),
			       *most = xasprintf("%jd", (intmax_t)row->max),
			       *above = xasprintf("%jd", (intmax_t)row->max + 1);
		struct err e = ERR_INIT;

		if (!row->is_number)
			continue;
		expect_ok(settings_put(p, (enum setting_id)i, least, &e), &e);
		expect_ok(settings_put(p, (enum setting_id)i, most, &e), &e);
		expect(settings_put(p, (enum setting_id)i, below, &e), -ERANGE, &e, row->name);
		expect(settings_put(p, (enum setting_id)i, above, &e), -ERANGE, &e, row->name);
		for (size_t k = 0; k < N_ELEMS(none); k++)
			expect(settings_put(p, (enum setting_id)i, none[k], &e), -EINVAL, &e, "whole number");
		expect_text((enum setting_id)i, most);
		expect_ok(settings_put(p, (enum setting_id)i, "", &e), &e);
		expect_text((enum setting_id)i, row->fallback);
	}
}

static void names_must_exist(void **state UNUSED)
{
	struct err e = ERR_INIT;

	expect(settings_put(p, SETTING_DEFAULT_MCP, "NONE", &e), -EINVAL, &e, "NONE");
	expect(settings_put(p, SETTING_DEFAULT_ENGAGEMENT, "none", &e), -EINVAL, &e, "no engagement 'none'");
	new_engagement("acme");
	expect_ok(settings_put(p, SETTING_DEFAULT_ENGAGEMENT, "acme", &e), &e);
	expect_ok(settings_put(p, SETTING_DEFAULT_MCP, "ECHO", &e), &e);
	assert_string_equal(get(drop("a", "1"))->mcp, "ECHO");
	expect_text(SETTING_DEFAULT_ENGAGEMENT, "acme");
	expect_text(SETTING_DEFAULT_MCP, "ECHO");
}

static void the_default_goes_to_the_engagement_that_is_chosen(void **state UNUSED)
{
	int64_t acme = new_engagement("acme");
	struct err e = ERR_INIT;

	set(SETTING_DEFAULT_ENGAGEMENT, "acme");
	assert_int_equal(get(drop("a", "1"))->engagement_row, acme);
	expect_ok(party_remove(p, PARTY_ENGAGEMENT, default_engagement(), &e), &e);
	expect(settings_put(p, SETTING_DEFAULT_ENGAGEMENT, "", &e), -EINVAL, &e, "'default'");
	expect_text(SETTING_DEFAULT_ENGAGEMENT, "acme");
}

static void settings_outlive_the_process(void **state UNUSED)
{
	set(SETTING_TASK_TIMEOUT, "42");
	set(SETTING_TASK_TIMEOUT, "43");
	platform_close(p);
	assert_int_equal(temp_reopen(), 0);
	assert_int_equal(settings_int(p, SETTING_TASK_TIMEOUT), 43);
	set(SETTING_TASK_TIMEOUT, "");
	set(SETTING_TASK_TIMEOUT, "");
	platform_close(p);
	assert_int_equal(temp_reopen(), 0);
	assert_int_equal(settings_int(p, SETTING_TASK_TIMEOUT), 300);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_PLATFORM(every_setting_has_its_row),
		IN_PLATFORM(numbers_have_a_range),
		IN_PLATFORM(names_must_exist),
		IN_PLATFORM(the_default_goes_to_the_engagement_that_is_chosen),
		IN_PLATFORM(settings_outlive_the_process),
	};

	return RUN_TESTS(tests);
}
