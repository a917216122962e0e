/* Ways in which authorities, agencies and firms say how they weigh offers, and what only looks like it. */
#include "tests/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "tests/tender/small.h"
#include "tender/fields/fields.h"

struct way {
	const char *text, *want;
};

/* "Price, 40; Quality, 60 [Team, 35; Method, 25]" */
static void show_items(GString *out, const json_t *items)
{
	size_t i;
	json_t *one;

	json_array_foreach (items, i, one) {
		const json_t *below = json_object_get(one, "items");
		auto_free char *weight = json_dumps(json_object_get(one, "weight"), JSON_ENCODE_ANY);

		g_string_append_printf(out, "%s%s, %s", i ? "; " : "", json_string_value(json_object_get(one, "name")),
				       weight);
		if (below) {
			g_string_append(out, " [");
			show_items(out, below);
			g_string_append(out, "]");
		}
	}
}

/* What is read from d, which is freed. */
static char *items_in(struct doc *d)
{
	json_t *fact = field_criteria(d);
	GString *got = g_string_new(fact ? NULL : "null");

	show_items(got, json_object_get(fact, "items"));
	json_decref(fact);
	doc_free(d);
	return g_string_free(got, FALSE);
}

static void ways_are(const struct way *ways, size_t n)
{
	int wrong = 0;

	for (size_t i = 0; i < n; i++) {
		auto_free char *got = items_in(small_doc(ways[i].text));

		if (!streq(got, ways[i].want)) {
			print_message("%s\n  want %s\n  got  %s\n", ways[i].text, ways[i].want, got);
			wrong++;
		}
	}
	assert_int_equal(wrong, 0);
}
#define WAYS_ARE(ways) ways_are(ways, N_ELEMS(ways))

static void reads_sentences(void **state UNUSED)
{
	static const struct way ways[] = {
		{ "Price counts for 40 points, quality for 35 points and delivery time for 25 points in the evaluation.",
		  "Price, 40; quality, 35; delivery time, 25" },
		{ "The contract is awarded to the most economically advantageous tender. Price will carry 45% of the marks, technical merit 40% and social value 15%.",
		  "Price, 45; technical merit, 40; social value, 15" },
		{ "Tenders will be evaluated on the basis of 60% for price and 40% for quality.",
		  "price, 60; quality, 40" },
		{ "Bewertet wird zu 60 % der Preis und zu 40 % die Qualität des Konzepts.",
		  "Preis, 60; Qualität des Konzepts, 40" },
		{ "Zuschlagskriterien: 60 % Preis / 40 % Qualität", "Preis, 60; Qualität, 40" },
		{ "We look at whole-of-life price (40%), response times (30%) and local presence (30%).",
		  "whole-of-life price, 40; response times, 30; local presence, 30" },
		{ "Zuschlagskriterien\nNr. | Kriterium | Gewicht\nK1 | Preis | 50 %\nK2 | Qualität | 50 %\nK2.1 | Konzept "
		  "der Betreuung | 30 %\nK2.2 | Erreichbarkeit | 20 %",
		  "Preis, 50; Qualität, 50 [Konzept der Betreuung, 30; Erreichbarkeit, 20]" },
		{ "Der Preis fließt mit 70 %, das Konzept mit 30 % in die Wertung ein.", "Preis, 70; Konzept, 30" },
		{ "Zuschlagskriterien: 1. Preis (Gewichtung 50 %), 2. Lieferzeit (Gewichtung 20 %), 3. Umweltverträglichkeit (Gewichtung 30 %)",
		  "Preis, 50; Lieferzeit, 20; Umweltverträglichkeit, 30" },
		{ "The technical approach is worth up to 40 points, management up to 20 points, past performance up to 15 points and price up to 25 points.",
		  "technical approach, 40; management, 20; past performance, 15; price, 25" },
		{ "Die Angebote werden nach den Kriterien Preis (Gewicht 40 %), Qualifikation der Schlüsselpersonen (35 %) und Auftragsanalyse (25 %) beurteilt.",
		  "Preis, 40; Qualifikation der Schlüsselpersonen, 35; Auftragsanalyse, 25" },
		{ "The weightage of technical and financial bids shall be 70% and 30% respectively.",
		  "technical, 70; financial, 30" },
		{ "Selection follows the Quality and Cost Based Selection (QCBS) method with a weightage of 80:20 for technical and financial scores.",
		  "Quality, 80; Cost, 20" },
		{ "Award criteria: quality and price are weighted equally (50/50).", "Quality, 50; Price, 50" },
		{ "Die Wertung erfolgt zu 70 % nach dem Preis und zu 30 % nach der Ausführungsfrist.",
		  "Preis, 70; Ausführungsfrist, 30" },
		{ "Offers will be assessed against three criteria: functionality (35 marks), implementation plan (25 marks) and whole-life cost (40 marks).",
		  "functionality, 35; implementation plan, 25; whole-life cost, 40" },
		{ "Bei der Angebotswertung erhält der Preis ein Gewicht von 65 Prozent, die Projektorganisation 20 Prozent und die Nachhaltigkeit 15 Prozent.",
		  "Preis, 65; Projektorganisation, 20; Nachhaltigkeit, 15" },
		{ "We will award on price (60%) and on the quality of your method statements (40%).",
		  "price, 60; quality of your method statements, 40" },
		{ "The price component makes up 40 % of the evaluation and the quality component 60 %.",
		  "price component, 40; quality component, 60" },
		{ "Der Zuschlag wird auf das Angebot mit dem niedrigsten Preis erteilt.", "Preis, null" },
		{ "Alleiniges Zuschlagskriterium ist der Preis.", "Preis, 100" },
		{ "Zuschlagskriterium: Preis (100 %)", "Preis, 100" },
		{ "The contract will be awarded to the tenderer offering the lowest price.", "price, null" },
		{ "The tenderer quoting the lowest percentage of service charge shall be considered L-1.",
		  "lowest percentage of service charge, null" },
		{ "Award will be made to the lowest priced technically acceptable quotation.", "price, null" },
		{ "Price is the sole award criterion.", "Price, 100" },
		{ "Die Vergabe erfolgt ausschließlich nach dem Preis.", "Preis, 100" },
		{ "Das wirtschaftlichste Angebot wird anhand von Preis, Lieferzeit und Wartungsaufwand ermittelt.",
		  "Preis, null; Lieferzeit, null; Wartungsaufwand, null" },
		{ "In descending order of importance the evaluation factors are: technical approach, past performance and price.",
		  "technical approach, null; past performance, null; price, null" },
		{ "Wir gewichten den Preis mit 55 %, die Servicequalität mit 30 % und die Reaktionszeit mit 15 %.",
		  "Preis, 55; Servicequalität, 30; Reaktionszeit, 15" },
		{ "Quotes are compared on price (70 %) and lead time (30 %).", "price, 70; lead time, 30" },
		{ "In the comparison the price counts for half, the age of the vehicles as found at the inspection for 30 percent, and references for the other 20.",
		  "price, 50; age of the vehicles, 30; references, 20" },
		{ "Dieses bestimmt sich zu Preis 45 %, Trageversuch 30 % und Lieferzeit 25 %.",
		  "Preis, 45; Trageversuch, 30; Lieferzeit, 25" },
		{ "A committee will read the proposals and award points: up to 35 for price over the initial term, 30 for service plan, fleet and reliability, 20 for environmental outcome, and 15 for experience.",
		  "price over the initial term, 35; service plan, fleet and reliability, 30; environmental outcome, 20; experience, 15" },
		{ "Bids will be evaluated with a weightage of 70% to the technical and 30% to the commercial score.",
		  "technical, 70; commercial, 30" },
		{ "Bei der Auswahl zählt der Preis mit 45 von 100 Punkten; die Bedienbarkeit, die vier Kollegen beurteilen, mit 30 und das Konzept mit 25 Punkten.",
		  "Preis, 45; Bedienbarkeit, 30; Konzept, 25" },
		{ "Die Angebote werden je Los nach dem Preis gewertet (Gewichtung 100 v. H.).", "Preis, 100" },
		{ "The factors are technical acceptability, past performance (acceptable or not; those without a record are rated neutral) and price.",
		  "technical acceptability, null; past performance, null; price, null" },
		{ "Bewertet werden die letzten Angebote je Los nach folgenden Kriterien (Reihenfolge nach Bedeutung): Kosten, Service, Terminplan.",
		  "Kosten, null; Service, null; Terminplan, null" },
		{ "The weights given to the Technical (T) and Financial (P) Proposals are T = 0.80 and P = 0.20.",
		  "Technical, 80; Financial, 20" },
		{ "Award. The contract will be awarded to the lowest and best, responsive and responsible bidder on the basis of the total of the base bid.",
		  "total of the base bid, null" },
	};

	WAYS_ARE(ways);
}

static void reads_tables(void **state UNUSED)
{
	static const struct way ways[] = {
		{ "Award criteria\nWeight | Criterion\n40 % | Price\n35 % | Service concept\n25 % | References",
		  "Price, 40; Service concept, 35; References, 25" },
		{ "Evaluation\nCriterion | Weighting (%)\nPrice | 40\nQuality | 45\nSocial value | 15",
		  "Price, 40; Quality, 45; Social value, 15" },
		{ "Evaluation criteria\nCriterion | Weighting\nQuality | 60 %\nMethodology | 30 %\nTeam | 20 %\nReferences | 10 %\nPrice | 40 %",
		  "Quality, 60 [Methodology, 30; Team, 20; References, 10]; Price, 40" },
		{ "Zuschlagskriterien\nKriterium | Gewichtung | Max. Punkte\nPreis | 50 % | 500\nKonzept | 30 % | 300\nPersonal | 20 % | 200",
		  "Preis, 50; Konzept, 30; Personal, 20" },
		{ "Bewertungsmatrix\nNr. | Kriterium | Anteil\n1 | Gesamtpreis | 60 von 100\n2 | Konzept zur Umsetzung | 40 von 100",
		  "Gesamtpreis, 60; Konzept zur Umsetzung, 40" },
		{ "Proposal evaluation\nFactor | Points possible\nExperience of the firm | 25\nWork plan | 35\nCost proposal | 40\nTotal | 100",
		  "Experience of the firm, 25; Work plan, 35; Cost proposal, 40" },
		{ "Award criteria\nPrice | Weighting: 60 %\nDelivery | Weighting: 40 %", "Price, 60; Delivery, 40" },
		{ "Evaluation criteria\nCriterion | What we look for | Weight\nPrice | Total over four years | 40 %\nService | Response times and people | 35 %\nEnvironment | Vehicles and materials | 25 %",
		  "Price, 40; Service, 35; Environment, 25" },
		{ "Evaluation criteria\nCriterion | Weight | What we look for\nPrice | 40 % | Total over four years\nService | 35 % | Response times and people\nEnvironment | 25 % | Vehicles and materials",
		  "Price, 40; Service, 35; Environment, 25" },
		{ "Technical evaluation criteria\nSr. | Parameter | Max. marks\n1 | Average annual turnover | 20\n2 | Similar projects | 40\n3 | Key experts | 25\n4 | Presentation | 15\n | Total | 100",
		  "Average annual turnover, 20; Similar projects, 40; Key experts, 25; Presentation, 15" },
		{ "Award criteria\nCriterion | Weighting\nPrice | 0.6\nQuality | 0.4", "Price, 60; Quality, 40" },
		{ "Award criteria\nPrice accounts for 40 % and quality for 60 %. Quality is assessed as follows:\nCriterion | Points (minimum)\nConcept | 50 (30)\nTeam of experts | 40 (24)\nEnvironment | 10 (-)",
		  "Price, 40; quality, 60 [Concept, 50; Team of experts, 40; Environment, 10]" },
		{ "Evaluation\nPrice counts for 45% and Quality for the remaining 55%, which is made up as follows:\nQuestion | Sub-weighting\nService model | 30%\nRecruitment | 25%",
		  "Price, 45; Quality, 55 [Service model, 30; Recruitment, 25]" },
		{ "Evaluation criteria\nCriterion | Points\nTotal of the base bid | 60\nQuality of the plan | 40",
		  "Total of the base bid, 60; Quality of the plan, 40" },
		{ "Zuschlagskriterien\nArt | Bezeichnung | Gewichtung\nPreis | Wertungspreis | 55,00\nQualität | Ausfallkonzept | 30,00\nQualität | Bemusterung | 15,00",
		  "Wertungspreis, 55; Ausfallkonzept, 30; Bemusterung, 15" },
		{ "Wertung\nDer Preis geht mit 40 % und die Leistung mit 60 % ein.\nNr. | Leistungskriterium | Gewicht | Punkte\nL1 | Vorgehen im Projekt | 40 % | 400\nL2 | Personal | 20 % | 200",
		  "Preis, 40; Leistung, 60 [Vorgehen im Projekt, 40; Personal, 20]" },
		{ "Zuschlagskriterien\nKriterium | Gewichtungsfaktor\nPreis | 0,50\nQualität | 0,30\nTermine | 0,20",
		  "Preis, 50; Qualität, 30; Termine, 20" },
	};

	WAYS_ARE(ways);
}

static void reads_lists(void **state UNUSED)
{
	static const struct way ways[] = {
		{ "Zuschlagskriterien\nPreis: 60\nQualität: 40", "Preis, 60; Qualität, 40" },
		{ "Award criteria\na) Price (60 %)\nb) Quality of the team (25 %)\nc) Climate plan (15 %)",
		  "Price, 60; Quality of the team, 25; Climate plan, 15" },
		{ "Wertung\na) Preis: 50 v.H.\nb) Technischer Wert: 30 v.H.\nc) Gestaltung: 20 v.H.",
		  "Preis, 50; Technischer Wert, 30; Gestaltung, 20" },
		{ "Evaluation criteria:\n- 40 % price\n- 35 % delivery plan\n- 25 % sustainability",
		  "price, 40; delivery plan, 35; sustainability, 25" },
		{ "Proposals will be scored as follows:\nSection A - Company profile: 10 points\nSection B - Methodology: 50 points\nSection C - Fee: 40 points",
		  "Company profile, 10; Methodology, 50; Fee, 40" },
		{ "Scoring criteria\nExperience (0-30 points)\nApproach (0-40 points)\nCost (0-30 points)",
		  "Experience, 30; Approach, 40; Cost, 30" },
		{ "Evaluation criteria\n1. Qualifications of key staff - maximum 30 points\n2. Understanding of the work - maximum 30 points\n3. Price - maximum 40 points",
		  "Qualifications of key staff, 30; Understanding of the work, 30; Price, 40" },
		{ "The Council will evaluate tenders using these criteria:\n- Price - 50 %\n- Quality - 40 %, made up of\n- Social value - 10 %",
		  "Price, 50; Quality, 40; Social value, 10" },
		{ "Award criteria\n- Price: 40 % of the total score\n- Quality: 60 % of the total score",
		  "Price, 40; Quality, 60" },
		{ "Zuschlagskriterien und ihre Gewichtung\n- Angebotspreis mit 45 %\n- Qualität der Ausführung mit 35 %\n- Reaktionszeit mit 20 %",
		  "Angebotspreis, 45; Qualität der Ausführung, 35; Reaktionszeit, 20" },
		{ "Kriterium 1: Preis (Gewichtung: 60 %)\nKriterium 2: Konzept (Gewichtung: 40 %)",
		  "Preis, 60; Konzept, 40" },
		{ "The agency will make its award on these factors, which are listed in descending order of importance:\n- Technical capability\n- Past performance\n- Price",
		  "Technical capability, null; Past performance, null; Price, null" },
		{ "How we will choose\nWe look at three things:\n- Price: half of the score, the total over three years.\n- Fit: 30 % of the score, how well you meet section 3.\n- Support: 20 % of the score.",
		  "Price, 50; Fit, 30; Support, 20" },
	};

	WAYS_ARE(ways);
}

static void leaves_what_looks_alike(void **state UNUSED)
{
	static const struct way ways[] = {
		{ "Payment schedule\nMilestone | Share\nSigning of the contract | 20 %\nDelivery | 50 %\nAcceptance | 30 %",
		  "null" },
		{ "Zahlungsplan\nNach Auftragserteilung: 30 %\nNach Lieferung: 50 %\nNach Abnahme: 20 %", "null" },
		{ "Service levels\nPriority | Share solved in time\nCritical | 60 %\nHigh | 40 %", "null" },
		{ "Performance is reviewed each quarter.\nKPI | Weight\nOn-time delivery | 50 %\nComplaints | 30 %\nReports | 20 %",
		  "null" },
		{ "Each criterion is scored on this scale.\nScore | Meaning\n100 | Excellent\n60 | Good\n40 | Poor",
		  "null" },
		{ "The fabric consists of 60 % cotton and 40 % polyester.", "null" },
		{ "The contractor pays a penalty of 40 % for late and 60 % for missing reports.", "null" },
		{ "Bei Verzug fällt eine Vertragsstrafe von 60 % und bei Nichterfüllung von 40 % an.", "null" },
		{ "Waste composition\nPaper | 60 %\nGlass | 40 %", "null" },
		{ "The award is announced in May. The site is 60 % forest and 40 % meadow.", "null" },
		{ "Zusammensetzung der Fläche: 70 % Rasen und 30 % Wege.", "null" },
		{ "Prices are adjusted: 40 % wages, 60 % energy.", "null" },
		{ "Preisgleitklausel: 60 % Lohnkosten, 30 % Energie und 10 % fest.", "null" },
		{ "Staff plan\nTeam leader | 40 %\nEngineer | 60 %", "null" },
		{ "The lowest temperature at which the price list applies is 5 degrees.", "null" },
	};

	WAYS_ARE(ways);
}

/* A line of a page at a place in points; letters are five points wide. */
static void add_line(GArray *lines, GString *page, const char *text, double x, double y)
{
	struct line line = { .text = g_strdup(text), .x0 = x, .y0 = y, .y1 = y + 10 };

	line.x1 = x + 5 * (double)g_utf8_strlen(text, -1);
	g_array_append_val(lines, line);
	g_string_append_printf(page, "%s\n", text);
}

/* Names that reach up to their weights: the words of such a row are one line, down to the number. */
static void reads_full_rows(void **state UNUSED)
{
	struct doc *d = doc_new();
	struct file file = { .name = g_strdup("a.pdf") };
	GArray *lines = g_array_new(FALSE, TRUE, sizeof(struct line));
	GString *page = g_string_new(NULL);
	auto_free char *got = NULL;

	g_array_append_val(d->files, file);
	add_line(lines, page, "Award criteria", 60, 100);
	add_line(lines, page, "Weight", 280, 130);
	add_line(lines, page, "Price", 60, 160);
	add_line(lines, page, "30", 300, 160);
	add_line(lines, page, "Concept for the service and its people in town 40", 65, 190);
	add_line(lines, page, "Ways in which work is kept from harming nature 30", 65, 220);
	doc_add_page(d, 0, 1, 842, g_string_free(page, FALSE), lines);
	doc_finish(d);
	got = items_in(d);
	assert_string_equal(got, "Price, 30; Concept for the service and its people in town, 40; "
				 "Ways in which work is kept from harming nature, 30");
}

/* What a form says behind a page without lines, and a page with more lines than one of paper has. */
static void reads_odd_pages(void **state UNUSED)
{
	static const struct way ways[] = {
		{ "\f\nArt: Preis\nBezeichnung: Preis\nZuschlagskriterium - Zahl: 60\nArt: Qualität\nBezeichnung: Qualität\nZuschlagskriterium - Zahl: 40",
		  "Preis, 60; Qualität, 40" },
	};
	GString *text = g_string_new(NULL);
	struct way late;

	for (int i = 0; i < 10500; i++)
		g_string_append_printf(text, "Room %c%d\n", 'A' + i % 26, i);
	g_string_append(
		text,
		"Evaluation\nPrice counts for 45% and Quality for the remaining 55%, which is made up as follows:\n"
		"Question | Sub-weighting\nService model | 30%\nRecruitment | 25%\n\f\nAnnex");
	late = (struct way){ text->str, "Price, 45; Quality, 55 [Service model, 30; Recruitment, 25]" };
	WAYS_ARE(ways);
	ways_are(&late, 1);
	g_string_free(text, TRUE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_sentences), cmocka_unit_test(reads_tables),
		cmocka_unit_test(reads_lists),     cmocka_unit_test(leaves_what_looks_alike),
		cmocka_unit_test(reads_odd_pages), cmocka_unit_test(reads_full_rows),
	};

	return RUN_TESTS(tests);
}
