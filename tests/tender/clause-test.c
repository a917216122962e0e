#include "tests/test.h"

#include <stdlib.h>

#include "tender/require/clause.h"
#include "tender/require/judge.h"
#include "tender/require/wording.h"

#define SIZE 10.0

/* A page of lines: a line may begin with "x=NUMBER " and "y=NUMBER " (both in points, y counts from the line above). */
static struct doc *page_of(struct doc *d, const char *const *lines)
{
	GArray *all = g_array_new(FALSE, TRUE, sizeof(struct line));
	GString *text = g_string_new(NULL);
	double y = 100;

	for (; *lines; lines++) {
		const char *at = *lines;
		double x = 60, step = 1.3 * SIZE;
		struct line l = { 0 };

		if (util_starts(at, "x="))
			x = g_ascii_strtod(at + 2, (char **)&at), at++;
		if (util_starts(at, "y="))
			step = g_ascii_strtod(at + 2, (char **)&at), at++;
		y += step;
		l = (struct line){ .text = g_strdup(at), .x0 = x, .y0 = y, .y1 = y + SIZE };
		l.x1 = x + 5 * (double)g_utf8_strlen(at, -1);
		g_string_append_printf(text, "%s\n", at);
		g_array_append_val(all, l);
	}
	doc_add_page(d, 0, (int)d->pages->len + 1, 842, g_string_free(text, FALSE), all);
	return d;
}

static struct doc *new_doc(void)
{
	struct doc *d = doc_new();
	struct file f = { .name = g_strdup("a.pdf") };

	g_array_append_val(d->files, f);
	return d;
}

static void clauses_are(struct doc *d, const char *const *want)
{
	GPtrArray *all;

	doc_finish(d);
	all = clause_list(d);
	for (unsigned i = 0; i < all->len; i++) {
		const struct clause *c = all->pdata[i];

		assert_non_null(want[i]);
		assert_string_equal(c->text, want[i]);
	}
	assert_null(want[all->len]);
	g_ptr_array_unref(all);
	doc_free(d);
}
#define CLAUSES_ARE(d, ...) clauses_are(d, (const char *const[]){ __VA_ARGS__, NULL })
#define PAGE(d, ...)        page_of(d, (const char *const[]){ __VA_ARGS__, NULL })

static void parts_a_heading_from_its_clauses(void **state UNUSED)
{
	CLAUSES_ARE(PAGE(new_doc(), "Part B Instructions to tenderers",
			 "B1 Tenders must be submitted through the portal of the council, not by",
			 "post. Late ones will not be read.", "B2 Prices must be in pounds."),
		    "Tenders must be submitted through the portal of the council, not by post.",
		    "Late ones will not be read.", "Prices must be in pounds.");
}

static void a_numbered_line_that_is_a_sentence_is_no_heading(void **state UNUSED)
{
	CLAUSES_ARE(PAGE(new_doc(), "4.2 Cleaning of the halls", "y=30 4.2.1 Waste is to be sorted.",
			 "y=30 4.2.2 Abfall ist zu trennen.", "y=30 4.2.3 Complaints come before all else."),
		    "Waste is to be sorted.", "Abfall ist zu trennen.", "Complaints come before all else.");
}

static void a_time_of_day_is_no_number_of_an_item(void **state UNUSED)
{
	CLAUSES_ARE(PAGE(new_doc(), "11.30 am, 3 May 2027, at the town hall, for all who want to see the site."),
		    "11.30 am, 3 May 2027, at the town hall, for all who want to see the site.");
}

static void parts_the_sentences_of_a_cell(void **state UNUSED)
{
	CLAUSES_ARE(PAGE(new_doc(), "Scope:", "x=160 y=0 The supplier cleans the hall. It cleans the yard too."),
		    "The supplier cleans the hall.", "It cleans the yard too.");
}

static void keeps_a_number_inside_of_a_sentence(void **state UNUSED)
{
	CLAUSES_ARE(PAGE(new_doc(), "A spill of sewage has to be reported to the City at once, by telephone on",
			 "(360) 555-0119, and by letter to the engineer."),
		    "A spill of sewage has to be reported to the City at once, by telephone on (360) 555-0119, and by "
		    "letter to the engineer.");
}

static const struct clause *find(GPtrArray *all, const char *text)
{
	for (unsigned i = 0; i < all->len; i++) {
		const struct clause *c = all->pdata[i];

		if (streq(c->text, text))
			return c;
	}
	fail_msg("there is no clause '%s'", text);
	return NULL;
}

static void parts_labels_and_values(void **state UNUSED)
{
	CLAUSES_ARE(PAGE(new_doc(), "Elektronische Einreichung: Erforderlich",
			 "Sprachen, in denen Angebote eingereicht werden können: Deutsch",
			 "Nebenangebote: Nicht zulässig"),
		    "Elektronische Einreichung: Erforderlich",
		    "Sprachen, in denen Angebote eingereicht werden können: Deutsch", "Nebenangebote: Nicht zulässig");
	CLAUSES_ARE(PAGE(new_doc(), "Die Abrechnung der Leistungen erfolgt jeweils nach", "Aufwand: monatlich und im"),
		    "Die Abrechnung der Leistungen erfolgt jeweils nach Aufwand: monatlich und im");
	CLAUSES_ARE(PAGE(new_doc(), "Anschrift: Rathaus,", "Hauptstraße 5 in Wald", "Telefon: 0555 1234"),
		    "Anschrift: Rathaus, Hauptstraße 5 in Wald", "Telefon: 0555 1234");
}

static void a_form_ends_a_table(void **state UNUSED)
{
	struct doc *d =
		PAGE(new_doc(), "Nr.", "x=120 y=0 Anforderung", "x=400 y=0 Art", "y=40 Fragen; Hinweise: elektronisch",
		     "Angebote; Muster: mit der Post.", "y=40 7", "x=120 y=0 Die Halle ist zu heizen.");
	GPtrArray *all;

	doc_finish(d);
	all = clause_list(d);
	assert_null(find(all, "Die Halle ist zu heizen.")->stem);
	g_ptr_array_unref(all);
	doc_free(d);
}

static void a_list_ends_what_has_no_stop(void **state UNUSED)
{
	struct doc *d = PAGE(new_doc(), "The quotation shall consist of", "x=80 y=24 (a) the price sheet;",
			     "x=80 y=24 (b) two references.");
	GPtrArray *all;

	doc_finish(d);
	all = clause_list(d);
	assert_int_equal(all->len, 2);
	assert_string_equal(((struct clause *)all->pdata[1])->stem, "The quotation shall consist of");
	g_ptr_array_unref(all);
	doc_free(d);
}

static void a_value_ends_what_its_row_begins(void **state UNUSED)
{
	struct doc *d = PAGE(new_doc(), "Report", "x=300 y=0 Due", "Summary of all calls", "x=300 y=0 within 3 days");
	GPtrArray *all;

	doc_finish(d);
	all = clause_list(d);
	assert_int_equal(all->len, 1);
	assert_string_equal(((struct clause *)all->pdata[0])->whole, "Summary of all calls within 3 days");
	g_ptr_array_unref(all);
	doc_free(d);
}

static void joins_a_sentence_over_two_pages(void **state UNUSED)
{
	struct doc *d = PAGE(new_doc(), "Each manhole shall be photographed in all directions from the rim to the");

	CLAUSES_ARE(PAGE(d, "bench. Covers may be left out of it."),
		    "Each manhole shall be photographed in all directions from the rim to the bench.",
		    "Covers may be left out of it.");
}

static void says_on_which_pages_a_sentence_stands(void **state UNUSED)
{
	struct doc *d = PAGE(new_doc(), "Each manhole shall be photographed in all directions from the rim to the");
	GPtrArray *all;
	const struct clause *c;

	PAGE(d, "bench of it.");
	doc_finish(d);
	all = clause_list(d);
	assert_int_equal(all->len, 1);
	c = all->pdata[0];
	assert_int_equal(c->page->number, 1);
	assert_int_equal(c->more->number, 2);
	assert_string_equal(c->text + c->cut, "bench of it.");
	g_ptr_array_unref(all);
	doc_free(d);
}

static void gives_items_their_stem(void **state UNUSED)
{
	struct doc *d =
		PAGE(new_doc(), "C.4.6 The monthly report shall contain:", "x=80 (a) availability of the service;",
		     "x=80 (b) a list of open tickets.", "C.4.7 Reports are kept.");
	GPtrArray *all;

	doc_finish(d);
	all = clause_list(d);
	assert_int_equal(all->len, 3);
	assert_int_equal(find(all, "availability of the service;")->kind, CLAUSE_ITEM);
	assert_string_equal(find(all, "a list of open tickets.")->stem, "The monthly report shall contain:");
	assert_string_equal(find(all, "a list of open tickets.")->id, "C.4.6(b)");
	assert_null(find(all, "Reports are kept.")->stem);
	assert_string_equal(find(all, "Reports are kept.")->id, "C.4.7");
	g_ptr_array_unref(all);
	doc_free(d);
}

static void reads_rows_of_a_table(void **state UNUSED)
{
	struct doc *d = PAGE(new_doc(), "Nr.", "x=120 y=0 Anforderung", "x=400 y=0 Art", "y=18 F-01",
			     "x=120 y=0 Suche über alle Akten", "x=400 y=0 A", "y=18 F-02",
			     "x=120 y=0 Genogramme lassen sich zeichnen.", "x=400 y=0 B");
	GPtrArray *all;
	const struct clause *c;

	doc_finish(d);
	all = clause_list(d);
	assert_int_equal(all->len, 2);
	c = find(all, "Suche über alle Akten");
	assert_int_equal(c->kind, CLAUSE_ROW);
	assert_string_equal(c->id, "F-01");
	assert_string_equal(c->level, "must");
	assert_string_equal(c->stem, "Nr. / Anforderung / Art");
	assert_string_equal(find(all, "Genogramme lassen sich zeichnen.")->level, "should");
	g_ptr_array_unref(all);
	doc_free(d);
}

static void a_stem_without_a_list_is_a_sentence(void **state UNUSED)
{
	CLAUSES_ARE(PAGE(new_doc(), "Tenderers may bid for one or two lots:", "y=30 The council decides on them."),
		    "Tenderers may bid for one or two lots:", "The council decides on them.");
}

static struct verdict verdict_of(const char *text, const char *stem)
{
	char copy[400], stem_copy[200];
	struct clause c = { .kind = stem ? CLAUSE_ITEM : CLAUSE_SENTENCE,
			    .text = copy,
			    .stem = stem ? stem_copy : NULL };

	g_strlcpy(copy, text, sizeof(copy));
	g_strlcpy(stem_copy, stem ? stem : "", sizeof(stem_copy));
	return judge_clause(&c, NULL);
}

static void binds(const char *text, const char *level)
{
	struct verdict v = verdict_of(text, NULL);

	if (v.binds < 0.5 || !streq(judge_level_name(v.level), level))
		fail_msg("'%s' binds with %.2f, level %s", text, v.binds, judge_level_name(v.level));
}

static void binds_not(const char *text)
{
	struct verdict v = verdict_of(text, NULL);

	if (v.binds >= 0.5)
		fail_msg("'%s' binds with %.2f", text, v.binds);
}

static void tells_what_binds_the_bidder(void **state UNUSED)
{
	binds("The contractor shall repair each fault within four hours.", "must");
	binds("The supplier should offer training on site.", "should");
	binds("Bidders may submit more than one proposal.", "may");
	binds("Der Auftragnehmer hat die Pläne monatlich vorzulegen.", "must");
	binds("Die Angebote sind elektronisch einzureichen.", "must");
	binds("Die Fahrzeuge sollen einen Hybridantrieb haben.", "should");
	binds("Bidders may not change the forms.", "must");
	binds("Je Bauabschnitt sind zwölf Masten fertigzustellen.", "must");
	binds("Die Verbindung zum Rechenzentrum ist abzusichern.", "must");
	binds("Die Formblätter dürfen nicht verändert werden.", "must");
	binds("Der Auftragnehmer darf eigene Geräte einsetzen.", "may");
	binds("Eine Anbindung an das Archiv ist wünschenswert.", "should");
	binds("You deliver within two weeks and unpack the goods.", "must");
	binds_not("The Authority may ask bidders for more evidence.");
	binds_not("14 June 2027, 2:00 p.m., room 12");
	binds_not("The City may cancel this RFP at any time.");
	binds_not("Proposals will be evaluated by a committee of five.");
	binds_not("Der Auftraggeber stellt Strom und Wasser.");
	binds_not("The city has about 40,000 inhabitants.");
}

static void an_item_obliges_as_its_stem_does(void **state UNUSED)
{
	assert_true(verdict_of("a final report with drawings", "The contractor shall deliver:").binds >= 0.5);
	assert_true(verdict_of("a final report with drawings", "The city already has:").binds < 0.5);
}

static void neighbours_have_a_say(void **state UNUSED)
{
	const char *sections[] = { "Staff", "Staff", "Staff", "Prices" };
	struct verdict v[4] = { 0 };

	for (int i = 0; i < 4; i++) {
		v[i].binds = 0.9;
		v[i].about[JUDGE_STAFF] = 4;
	}
	v[1].about[JUDGE_LEGAL] = v[3].about[JUDGE_LEGAL] = 4.1;
	v[1].category = v[3].category = JUDGE_LEGAL;
	v[0].category = v[2].category = JUDGE_STAFF;
	judge_blend(v, sections, 4);
	assert_int_equal(v[1].category, JUDGE_STAFF);
	assert_int_equal(v[3].category, JUDGE_LEGAL);
}

static void is_about(const char *text, enum judge_category c)
{
	assert_string_equal(judge_category_name(verdict_of(text, NULL).category), judge_category_name(c));
}

static void tells_what_a_clause_is_about(void **state UNUSED)
{
	is_about("The supplier shall carry product liability insurance of two million dollars.", JUDGE_LEGAL);
	is_about("Der Auftragnehmer weist eine Umwelthaftpflichtversicherung nach.", JUDGE_LEGAL);
	is_about("The contractor shall submit a quarterly report on complaints.", JUDGE_REPORTING);
	is_about("Der Auftragnehmer legt einen Quartalsbericht vor.", JUDGE_REPORTING);
	is_about("Rechnungen sind elektronisch zu stellen.", JUDGE_COMMERCIAL);
	is_about("All connections must be encrypted.", JUDGE_SECURITY);
	is_about("Angebote sind bis zum Ablauf der Angebotsfrist einzureichen.", JUDGE_PROCEDURE);
	is_about("The goods shall be delivered to the warehouse within ten days.", JUDGE_DELIVERY);
	is_about("Das Personal trägt einheitliche Kleidung.", JUDGE_STAFF);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parts_a_heading_from_its_clauses),
		cmocka_unit_test(a_numbered_line_that_is_a_sentence_is_no_heading),
		cmocka_unit_test(a_time_of_day_is_no_number_of_an_item),
		cmocka_unit_test(parts_the_sentences_of_a_cell),
		cmocka_unit_test(keeps_a_number_inside_of_a_sentence),
		cmocka_unit_test(parts_labels_and_values),
		cmocka_unit_test(a_form_ends_a_table),
		cmocka_unit_test(a_list_ends_what_has_no_stop),
		cmocka_unit_test(a_value_ends_what_its_row_begins),
		cmocka_unit_test(joins_a_sentence_over_two_pages),
		cmocka_unit_test(says_on_which_pages_a_sentence_stands),
		cmocka_unit_test(gives_items_their_stem),
		cmocka_unit_test(reads_rows_of_a_table),
		cmocka_unit_test(a_stem_without_a_list_is_a_sentence),
		cmocka_unit_test(tells_what_binds_the_bidder),
		cmocka_unit_test(tells_what_a_clause_is_about),
		cmocka_unit_test(neighbours_have_a_say),
		cmocka_unit_test(an_item_obliges_as_its_stem_does),
	};

	return RUN_TESTS(tests);
}
