#include "tests/test.h"

#include <stdlib.h>

#include "tender/text/filter.h"
#include "tender/text/grams.h"

static void needs_are(const char *regex, const char *want)
{
	struct filter *f = filter_new(regex);
	auto_free char *got = filter_text(f);

	if (strcmp(got, want) != 0)
		fail_msg("'%s' needs '%s', not '%s'", regex, got, want);
	filter_free(f);
}

static void reads_what_must_stand_there(void **state UNUSED)
{
	needs_are("Bid", "(bid)");
	needs_are("\\b(?:bids?|offers?)\\b", "(bids|bid|offers|offer)");
	needs_are("^\\W*the (?:due )?date", "(the due date|the date)");
	needs_are("open.{0,40}tender", "(tender) (open)");
	needs_are("inquir(?:y|ies)", "(inquiry|inquiries)");
	needs_are("(?<dd>\\d{1,2})\\.\\s?(?<mm>\\d{1,2})", "(0. 0|0.0)");
	needs_are("\\.{4,}\\s*\\d+", "(....) ( 0|0)");
	needs_are("ausk\xC3\xBCnfte|fragen", "(ausk\xFDnfte|fragen)");
	needs_are("(?-i:[A-Z]{2})/[Ee]nd(?=s)(?<!x)", "(/end)");
	needs_are("ISO[ -]9001", "(iso 0|iso-0)");
	needs_are("(?:ab){2,}c", "(abab)");
	needs_are("x{y}\\[z\\x{2026}", "(x{y}[z\xE6)");
}

static void tells_nothing_where_nothing_must_stand(void **state UNUSED)
{
	static const char *const open[] = { "",        "a*",        "(?:bid)?", "bid|",         "\\w+",
					    ".{3}",    "bid|.+",    "[^a]",     "\\p{Lu}\\pL+", "[a-z0-9]+",
					    "(?=bid)", "x",         "\xCE\xA9", "(?x)b i d",    "(a)(?1)b",
					    "\\Qbid",  "(?(1)a|b)", "(bid)\\1*" };

	for (size_t i = 0; i + 1 < N_ELEMS(open); i++)
		needs_are(open[i], "");
	assert_null(filter_new("bid(?&other)"));
	assert_null(filter_new("\\d{2}{3}x"));
}

static const char *const regexes[] = {
	"skonto",
	"kosten",
	"\\bS\\.?K",
	"\\d{2}",
	"\\d+ ?%",
	"a  b",
	"a\\s+b",
	"[ ]{2}b",
	"\\s\\s\\.",
	("stra\xC3\x9F"
	 "e"),
	"[\xC3\xA4\xC3\xB6]l",
	"\xE2\x82\xAC ?\\d",
	"(?:x|yz){2}!",
	"(?i)end\\.$",
	"^[^:]+:",
	"\\d\\d[.]\\d",
	"(?:(?:a|b)c)?d\\)",
	"[-+][.]",
	"[]x]\\)",
	"\xC3\xBF|\xC3\xA5!",
	"\\r?\\n#",
	"p{1}q{0}r{1,2}s+t*",
};

static const char *const texts[] = {
	"2 % SKONTO",
	"S\xC5\xBFkonto, \xC5\xBF"
	"konto",
	"die \xE2\x84\xAAO\xC5\xBFTEN und \xC5\xBF.\xE2\x84\xAA",
	"\xE0\xA5\xA7\xE0\xA5\xA8 %",
	"12 % of 4711",
	"a  b",
	"a\xC2\xA0\t b",
	"A \xE2\x80\x83  B",
	"x   .",
	"STRA\xE1\xBA\x9E"
	"E, Stra\xC3\x9F"
	"e",
	"\xC3\x96L und \xC3\x84l",
	"\xE2\x82\xAC 5,00 und \xE2\x82\xAC"
	"7",
	"xyz! yzx! xx!",
	"the END.",
	"label: value",
	"10.5",
	"acd) bcd) d)",
	"+. -.",
	"]) x)",
	"\xC5\xB8 \xE2\x84\xAB!",
	"line\r\n# next",
	"prrsst prs",
	"",
	"\xFF\xFE broken \xE2\x82",
};

static void never_hides_a_match(void **state UNUSED)
{
	unsigned n_hidden = 0, n_matches = 0;

	for (size_t i = 0; i < N_ELEMS(regexes); i++) {
		GRegex *re = g_regex_new(regexes[i], G_REGEX_CASELESS, 0, NULL);
		struct filter *f = filter_new(regexes[i]);

		assert_non_null(re);
		for (size_t k = 0; k < N_ELEMS(texts); k++) {
			bool does = g_utf8_validate(texts[k], -1, NULL) && g_regex_match(re, texts[k], 0, NULL);

			if (does && !filter_may_match(f, texts[k]))
				fail_msg("'%s' is hidden from '%s'", texts[k], regexes[i]);
			n_hidden += !filter_may_match(f, texts[k]);
			n_matches += does;
		}
		filter_free(f);
		g_regex_unref(re);
	}
	/* Most of what does not match is not even asked. */
	assert_true(n_matches > 30);
	assert_true(2 * n_hidden > N_ELEMS(regexes) * N_ELEMS(texts));
}

static void sees_a_new_text_at_an_old_address(void **state UNUSED)
{
	struct filter *f = filter_new("tender");
	char text[] = "a tender notice";

	assert_true(filter_may_match(f, text));
	memcpy(text, "another", strlen("another"));
	assert_false(filter_may_match(f, text));
	filter_free(f);
}

static void takes_long_texts_for_anything(void **state UNUSED)
{
	auto_free char *text = g_strnfill(1 << 20, 'a');
	struct filter *f = filter_new("tender");

	assert_true(filter_may_match(f, text));
	text[1000] = '\0';
	assert_false(filter_may_match(f, text));
	filter_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_must_stand_there),
		cmocka_unit_test(tells_nothing_where_nothing_must_stand),
		cmocka_unit_test(never_hides_a_match),
		cmocka_unit_test(sees_a_new_text_at_an_old_address),
		cmocka_unit_test(takes_long_texts_for_anything),
	};

	return RUN_TESTS(tests);
}
