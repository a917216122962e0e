#include "tests/test.h"

#include <stdlib.h>

#include "tender/tools/diff.h"
#include "tender/tools/match.h"
#include "tender/tools/pick.h"

static json_t *requirement(const char *id, const char *section, const char *text)
{
	return json_pack("{s:s, s:s, s:s}", "id", id, "section", section, "text", text);
}

static void pair_is(GArray *pairs, guint n, int older, int newer, bool same)
{
	const struct pair *p = &g_array_index(pairs, struct pair, n);

	assert_int_equal(p->older, older);
	assert_int_equal(p->newer, newer);
	assert_int_equal(p->same, same);
}

static void pairs_by_words_id_and_likeness(void **state UNUSED)
{
	json_t *older = json_pack("[o, o, o, o]",
				  requirement("a", "1", "The system shall keep a log of all changes for ten years."),
				  requirement("A-9", "2", "Recommendations that use no personal data"),
				  requirement("b", "2", "Support is available from 8 to 18 on working days."),
				  requirement("c", "3", "All staff must wear hats."));
	json_t *newer =
		json_pack("[o, o, o, o]", requirement("x", "1", "Support is available from 7 to 21 on working days."),
			  requirement("y", "1", "The system shall keep a log of all  changes for ten years."),
			  requirement("A-9", "2", "Something else entirely"),
			  requirement("z", "4", "A new duty without a model."));
	GArray *pairs = match_find(older, newer);

	assert_int_equal(pairs->len, 5);
	pair_is(pairs, 0, 2, 0, false);
	pair_is(pairs, 1, 0, 1, true);
	pair_is(pairs, 2, 1, 2, false);
	pair_is(pairs, 3, -1, 3, false);
	pair_is(pairs, 4, 3, -1, false);
	g_array_unref(pairs);
	json_decref(older);
	json_decref(newer);
}

static void the_same_words_twice_keep_their_sections(void **state UNUSED)
{
	json_t *older = json_pack("[o, o]", requirement("", "Lot 1", "Answer in German."),
				  requirement("", "Lot 2", "Answer in German."));
	json_t *newer = json_pack("[o, o]", requirement("", "Lot 2", "Answer in German."),
				  requirement("", "Lot 3", "Answer in German."));
	GArray *pairs = match_find(older, newer);

	pair_is(pairs, 0, 1, 0, true);
	pair_is(pairs, 1, 0, 1, true);
	g_array_unref(pairs);
	json_decref(older);
	json_decref(newer);
}

/* The runs of these kinds, joined, are that text. */
static void runs_make(const json_t *diff, const char *other, const char *want)
{
	auto_buf text = BUF_INIT;
	json_t *run;
	size_t i;

	json_array_foreach (diff, i, run) {
		if (!streq(pick_word(run, "op"), "same") && !streq(pick_word(run, "op"), other))
			continue;
		buf_printf(&text, "%s%s", text.len ? " " : "", pick_word(run, "text"));
	}
	assert_string_equal(buf_str(&text), want);
}

static void check_diff(const char *older, const char *newer, const char *markdown)
{
	json_t *diff = diff_words(older, newer);
	auto_buf text = BUF_INIT;

	runs_make(diff, "removed", older);
	runs_make(diff, "added", newer);
	diff_markdown(diff, &text);
	assert_string_equal(buf_str(&text), markdown);
	json_decref(diff);
}

static void says_which_words_changed(void **state UNUSED)
{
	check_diff("by June 30, 2028.", "by September 30, 2028.", "by ~~June~~ **September** 30, 2028.");
	check_diff("a b c", "a b c", "a b c");
	check_diff("a b c d", "b d e", "~~a~~ b ~~c~~ d **e**");
	check_diff("", "all *new*", "**all \\*new\\***");
	check_diff("gone", "", "~~gone~~");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pairs_by_words_id_and_likeness),
		cmocka_unit_test(the_same_words_twice_keep_their_sections),
		cmocka_unit_test(says_which_words_changed),
	};

	return RUN_TESTS(tests);
}
