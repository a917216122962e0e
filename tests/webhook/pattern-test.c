#include "tests/test.h"

#include <errno.h>

#include "platform/event.h"
#include "platform/pattern.h"

/* The names of all types that the text means, a blank before each. */
static char *types_of(const char *text)
{
	struct pattern p;
	struct buf out = BUF_INIT;
	struct err e = ERR_INIT;

	if (pattern_parse(text, &p, &e) < 0)
		fail_msg("%s", e.text);
	for (const struct event_type *t = event_types; t->name; t++) {
		if (pattern_match(&p, t->name))
			buf_printf(&out, " %s", t->name);
	}
	return buf_steal(&out);
}

static void words_mean_types(void **state UNUSED)
{
	static const struct {
		const char *text, *types;
	} rows[] = {
		{ "task.completed", " task.completed" },
		{ "*.failed", " task.failed mcp.failed model.failed" },
		{ "engagement.*", " engagement.created engagement.updated" },
		{ "eng*.*ed,webhook.disabled\n", " engagement.created engagement.updated webhook.disabled" },
		{ "  task.failed\ttask.failed\r\n,,mcp.failed ", " task.failed mcp.failed" },
		{ "model.load*", " model.loaded" },
		{ "*task.failed*", " task.failed" },
	};

	for (size_t i = 0; i < N_ELEMS(rows); i++) {
		auto_free char *types = types_of(rows[i].text);

		assert_string_equal(types, rows[i].types);
	}
}

static void a_star_is_all_and_more(void **state UNUSED)
{
	static const char *const texts[] = { "*", "**", "task.failed *" };

	for (size_t i = 0; i < N_ELEMS(texts); i++) {
		struct pattern p;

		assert_int_equal(pattern_parse(texts[i], &p, NULL), 0);
		for (const struct event_type *t = event_types; t->name; t++)
			assert_true(pattern_match(&p, t->name));
		assert_true(pattern_match(&p, "type.of_a_newer_version"));
	}
}

static void each_type_means_itself_alone(void **state UNUSED)
{
	int n = 0;

	for (const struct event_type *t = event_types; t->name; t++, n++) {
		struct pattern p;

		assert_int_equal(pattern_parse(t->name, &p, NULL), 0);
		for (const struct event_type *other = event_types; other->name; other++)
			assert_int_equal(pattern_match(&p, other->name), other == t);
		assert_false(pattern_match(&p, "type.of_a_newer_version"));
	}
	/* A pattern has one bit for each. */
	assert_in_range(n, 1, PATTERN_TYPES_MAX);
}

static void a_word_that_means_nothing_is_named(void **state UNUSED)
{
	static const struct {
		const char *text, *said;
	} rows[] = {
		{ "", "no type of event is named" },
		{ " ,\n", "no type of event is named" },
		{ "task", "'task'" },
		{ "task.*, invoice.paid", "'invoice.paid'" },
		{ "* TASK.*", "'TASK.*'" },
		{ "task.complete", "'task.complete'" },
		{ "task.[a-z]*", "'task.[a-z]*'" },
		{ "task.?ailed", "'task.?ailed'" },
		{ "Aufgabe.gel\xc3\xb6scht", "'Aufgabe.gel\xc3\xb6scht'" },
		/* cut before the character that would not be whole */
		{ "01234567890123456789012345678901234567890123456789012345678\xe2\x82\xac-long",
		  "'01234567890123456789012345678901234567890123456789012345678'" },
		{ "*****************************************************************", "'******" },
	};

	for (size_t i = 0; i < N_ELEMS(rows); i++) {
		struct pattern p = { true, 7 };
		struct err e = ERR_INIT;

		assert_int_equal(pattern_parse(rows[i].text, &p, &e), -EINVAL);
		if (!strstr(e.text, rows[i].said))
			fail_msg("of '%s' it says: %s", rows[i].text, e.text);
		assert_true(p.all && p.types == 7);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_mean_types),
		cmocka_unit_test(a_star_is_all_and_more),
		cmocka_unit_test(each_type_means_itself_alone),
		cmocka_unit_test(a_word_that_means_nothing_is_named),
	};

	return RUN_TESTS(tests);
}
