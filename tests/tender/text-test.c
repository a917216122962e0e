#include "tests/test.h"

#include <stdlib.h>

#include "tender/fields/fact.h"
#include "tender/text/text.h"

static void plain_is(const char *text, const char *want)
{
	auto_free char *plain = text_plain(text, NULL);

	assert_string_equal(plain, want);
}

static void compares_without_space_and_hyphens(void **state UNUSED)
{
	plain_is("Liefer- und\nDienst-\nleistung", "LieferundDienstleistung");
	plain_is("o\xEF\xAC\x83"
		 "ce",
		 "office");
	plain_is("zero\xE2\x80\x8Bwidth soft\xC2\xADhyphen", "zerowidthsofthyphen");
	plain_is("", "");
}

static void sentence_is(const char *text, const char *want)
{
	auto_free char *got = strndup(text, (size_t)(text_sentence(text) - text));

	assert_string_equal(got, want);
}

static void ends_sentences_at_their_stops(void **state UNUSED)
{
	sentence_is("One is here. Two follows.", "One is here.");
	sentence_is("See No. 5 of it. Next", "See No. 5 of it.");
	sentence_is("Der Bieter hat z.B. Referenzen vorzulegen. Weiter", "Der Bieter hat z.B. Referenzen vorzulegen.");
	sentence_is("Am 3. Mai beginnt es. Dann", "Am 3. Mai beginnt es.");
	sentence_is("Deutsch auf Niveau C1. Sie kommt.", "Deutsch auf Niveau C1.");
	sentence_is("by 5:00 p.m. on that day. Late", "by 5:00 p.m. on that day.");
	sentence_is("Write to a.b@c.example now. Then", "Write to a.b@c.example now.");
	sentence_is("Send it by the date in section 2. They are short.", "Send it by the date in section 2.");
	sentence_is("Mit der 2. Stufe endet es. Dann", "Mit der 2. Stufe endet es.");
	sentence_is("Follow the order of Appendix B. Keep it short.", "Follow the order of Appendix B.");
	sentence_is("It is exempt under Protocol No 7. Prices are fixed.", "It is exempt under Protocol No 7.");
	sentence_is("as set out in section 1.4. Bidders sign it.", "as set out in section 1.4.");
	sentence_is("Mr A. Smith is there. Next", "Mr A. Smith is there.");
	sentence_is("no end", "no end");
}

static void knows_bullets_and_numbers(void **state UNUSED)
{
	assert_int_equal(text_bullet("\xE2\x80\xA2 item"), 4);
	assert_int_equal(text_bullet("4.1.2 Scope"), 6);
	assert_int_equal(text_bullet("(a) first"), 4);
	assert_int_equal(text_bullet("b) second"), 3);
	assert_int_equal(text_bullet("17.00 Hrs"), 0);
	assert_int_equal(text_bullet("1.07.2025"), 0);
	assert_int_equal(text_bullet("3. Mai 2027"), 0);
	assert_int_equal(text_bullet("12. Dez. 2027, 9 Uhr"), 0);
	assert_int_equal(text_bullet("3. Maiglöckchen"), 3);
	assert_int_equal(text_bullet("e-mail"), 0);
	assert_int_equal(text_bullet("2024 was"), 0);
	assert_int_equal(text_bullet(""), 0);
}

static void knows_names_of_clauses(void **state UNUSED)
{
	assert_int_equal(text_marker("C.3.1 The unit"), 6);
	assert_int_equal(text_marker("F-01 Suche"), 5);
	assert_int_equal(text_marker("B10 Prices"), 4);
	assert_int_equal(text_marker("(a)availability"), 3);
	assert_int_equal(text_marker("iii.have"), 4);
	assert_int_equal(text_marker("4.1.2 Scope"), 6);
	assert_int_equal(text_marker("i.e. this"), 0);
	assert_int_equal(text_marker("ISO 27001 applies"), 0);
	assert_int_equal(text_marker("The unit"), 0);
	assert_int_equal(text_marker(""), 0);
}

static void joins_divided_words(void **state UNUSED)
{
	GString *s = g_string_new(NULL);

	text_join(s, "Freifl\xC3\xA4"
		     "chenpla-");
	text_join(s, "nung und Liefer-");
	text_join(s, "und Dienstleistung");
	assert_string_equal(s->str, "Freifl\xC3\xA4"
				    "chenplanung und Liefer- und Dienstleistung");
	g_string_free(s, TRUE);
}

static struct doc *one_page(const char *text)
{
	struct doc *d = doc_new();

	doc_add_page(d, 0, 1, 842, g_strdup(text), g_array_new(FALSE, TRUE, sizeof(struct line)));
	return d;
}

static void accepts_only_quotes_that_stand_there(void **state UNUSED)
{
	struct doc *d = one_page("Proposals are\ndue on 3 May 2027.\nPrice: 40 per-\ncent");
	const struct page *p = doc_page(d, 0);

	assert_true(fact_stands(p, "Proposals are due on 3 May 2027."));
	assert_true(fact_stands(p, "Price: \xE2\x80\xA6 percent"));
	assert_false(fact_stands(p, "Proposals are due on 4 May 2027."));
	assert_false(fact_stands(p, "Price \xE2\x80\xA6 50"));
	assert_false(fact_stands(p, ""));
	doc_free(d);
}

static void quotes_what_the_page_has(void **state UNUSED)
{
	struct doc *d = one_page("sent to \xE2\x80\x8B"
				 "a@b.example\xE2\x80\x8B today");
	auto_free char *got = fact_verbatim(doc_page(d, 0), "sent to a@b.example today");
	auto_free char *none = fact_verbatim(doc_page(d, 0), "sent to nobody");

	assert_string_equal(got, "sent to \xE2\x80\x8B"
				 "a@b.example\xE2\x80\x8B today");
	assert_null(none);
	doc_free(d);
}

static json_t *fact_of(int n)
{
	return json_pack("{s:i}", "value", n);
}

static void rivals_lower_and_agreement_raises(void **state UNUSED)
{
	struct choice *c = choice_new();
	json_t *fact;

	assert_null(choice_take(c));
	choice_add(c, fact_of(1), 80, "a");
	fact = choice_take(c);
	assert_int_equal(fact_confidence(fact), 80);
	json_decref(fact);
	choice_add(c, fact_of(2), 70, "a");
	fact = choice_take(c);
	assert_int_equal(fact_confidence(fact), 82);
	json_decref(fact);
	choice_add(c, fact_of(3), 79, "b");
	fact = choice_take(c);
	assert_int_equal(json_integer_value(json_object_get(fact, "value")), 1);
	assert_true(fact_confidence(fact) < 70);
	json_decref(fact);
	choice_free(c);
}

static void join_is(const char *a, const char *b, const char *want)
{
	GString *both = g_string_new(a);

	text_join(both, b);
	assert_string_equal(both->str, want);
	g_string_free(both, TRUE);
}

static void keeps_addresses_whole(void **state UNUSED)
{
	join_is("through the portal, https://", "tenders.wexmoor.example. Late",
		"through the portal, https://tenders.wexmoor.example. Late");
	join_is("E-Mail it-", "vergabe@tannenroda.example.", "E-Mail it-vergabe@tannenroda.example.");
	join_is("tegtmeier@wzv-", "elm.example, Telefon", "tegtmeier@wzv-elm.example, Telefon");
	join_is("https://x.example/notice/", "CXVHYR2YTEQ0J04M", "https://x.example/notice/CXVHYR2YTEQ0J04M");
	join_is("https://x.example/", "Documents are there", "https://x.example/ Documents are there");
	join_is("per E-", "Mail oder Fax", "per E-Mail oder Fax");
	join_is("Liefer-", "ung", "Lieferung");
	join_is("write to a@b.example", "or call", "write to a@b.example or call");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_addresses_whole),
		cmocka_unit_test(compares_without_space_and_hyphens),
		cmocka_unit_test(ends_sentences_at_their_stops),
		cmocka_unit_test(knows_bullets_and_numbers),
		cmocka_unit_test(knows_names_of_clauses),
		cmocka_unit_test(joins_divided_words),
		cmocka_unit_test(accepts_only_quotes_that_stand_there),
		cmocka_unit_test(quotes_what_the_page_has),
		cmocka_unit_test(rivals_lower_and_agreement_raises),
	};

	return RUN_TESTS(tests);
}
