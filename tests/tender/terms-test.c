/* How long contracts run and how they are extended, in the ways in which that is written. */
#include "tests/test.h"

#include "tests/tender/small.h"

static void reads_durations(void **state UNUSED)
{
	static const struct small_case cases[] = {
		{ "The term of the contract is three (3) years from the date of award.", "36, null, null" },
		{ "Contract period | 24 months", "24, null, null" },
		{ "Period of Performance: one (1) base year", "12, null, null" },
		{ "The agreement shall commence on 1 September 2027 and expire on 31 August 2029.",
		  "24, 2027-09-01, 2029-08-31" },
		{ "This is a five-year contract.", "60, null, null" },
		{ "The Council intends to award a 4 year framework agreement.", "48, null, null" },
		{ "Contract start | 1 September 2027\nContract end | 31 August 2031", "48, 2027-09-01, 2031-08-31" },
		{ "Duration of contract: 36 months", "36, null, null" },
		{ "The initial term will be 2 years with the option to extend for up to 2 further periods of 12 months.",
		  "24, null, null" },
		{ "The work is to be completed within 9 months of the order.", "9, null, null" },
		{ "The services will be provided for a period of thirty months.", "30, null, null" },
		{ "It is anticipated that the Contract will run from 01/09/2027 to 31/08/2030.",
		  "36, 2027-09-01, 2030-08-31" },
		{ "Vertragslaufzeit: 48 Monate", "48, null, null" },
		{ "Laufzeit in Monaten | 24", "24, null, null" },
		{ "Dauer: 36 Monate", "36, null, null" },
		{ "Der Vertrag wird für die Dauer von zwei Jahren geschlossen.", "24, null, null" },
		{ "Laufzeit des Vertrags: 01.09.2027 bis 31.08.2031", "48, 2027-09-01, 2031-08-31" },
		{ "Der Vertrag beginnt am 1. September 2027 und endet am 31. August 2029.",
		  "24, 2027-09-01, 2029-08-31" },
		{ "Ausführungsfrist: 1. September 2027 bis 30. November 2027", "3, 2027-09-01, 2027-11-30" },
		{ "Beginn der Ausführung: 01.09.2027\nEnde der Ausführung: 30.11.2027", "3, 2027-09-01, 2027-11-30" },
		{ "Die Rahmenvereinbarung hat eine Laufzeit von vier Jahren.", "48, null, null" },
		{ "Die Mindestlaufzeit beträgt 12 Monate.", "12, null, null" },
		{ "Vertragsbeginn ist der 01.09.2027, Vertragsende der 31.08.2030.", "36, 2027-09-01, 2030-08-31" },
		{ "Der Auftrag umfasst einen Zeitraum von 30 Monaten.", "30, null, null" },
		{ "Leistungszeitraum | vom 01.09.2027 bis zum 31.08.2028", "12, 2027-09-01, 2028-08-31" },
		{ "The contract runs from 15 September 2027 to 31 August 2028.", "null, 2027-09-15, 2028-08-31" },
		{ "The contract is for 3+1+1 years.", "36, null, null" },
		{ "The contract will start on 4 October 2027 and last for twelve months.", "12, null, null" },
		{ "Maximum expected duration | Seven months", "7, null, null" },
		{ "Die Belieferung soll am 2. August 2027 beginnen und zunächst bis zum Ende des Kita-Jahres (31. Juli 2030) erfolgen.",
		  "null, 2027-08-02, 2030-07-31" },
		{ "Beginn der Arbeiten | 05.07.2027\nVollendung der Gesamtleistung | 31.05.2028",
		  "null, 2027-07-05, 2028-05-31" },
		{ "The contract runs from July 2027 to June 2029.", "24, 2027-07, 2029-06" },
		{ "Leistungszeitraum: Juli 2027 bis Juni 2029", "24, 2027-07, 2029-06" },
		{ "Der Vertrag wird mit Zuschlag wirksam und endet mit der Abnahme, spätestens am 31. Januar 2030.",
		  "null, null, 2030-01-31" },
		{ "The services are to be completed over a period of twenty-four (24) months.", "24, null, null" },
		{ "Die Wartung läuft vom 1. Oktober 2027 an vier Jahre.", "48, null, null" },
		{ "Die Wartung läuft seit vier Jahren.", "null" },
		{ "We are looking for three vans with drivers, from Monday 12 April to 30 November 2027.",
		  "null, 2027-04-12, 2027-11-30" },
		{ "Work may begin on or after May 3, 2027; all work is to be completed on or before October 29, 2027.",
		  "null, 2027-05-03, 2027-10-29" },
		{ "The existing contract expires on 31 December 2027.", "null" },
		{ "Over the last five years the bidder has served three clients.", "null" },
		{ "Bids are valid for 6 months. The warranty is 24 months.", "null" },
		{ "The bidder has at least five years of experience. Records are kept for ten years.", "null" },
		{ "Der bisherige Vertrag lief drei Jahre.", "null" },
		{ "Haftpflichtversicherung für die Dauer von 12 Monaten nach Abnahme.", "null" },
	};

	assert_int_equal(SMALL_WRONG(field_duration, "months start end", cases), 0);
}

static void reads_days_of_a_term(void **state UNUSED)
{
	static const struct small_case cases[] = {
		{ "Beginn der Ausführung: 14.06.2027; Fertigstellung der Leistungen: 10.09.2027. Abbruch und Notabdichtung sind bis zum "
		  "09.07.2027 abzuschließen.",
		  "2027-06-14, 2027-09-10" },
		{ "Leistungsbeginn: 01.01.2028. Die Stundensätze sind bis zum 31.12.2028 fest. Der Vertrag gilt bis zum 31.12.2029.",
		  "2028-01-01, 2029-12-31" },
		{ "Leistungsbeginn: 01.01.2028\nDie Leistungen sind bis zum 30.06.2031 abzuschließen.",
		  "2028-01-01, 2031-06-30" },
		{ "Baubeginn | 03.05.2027\nBauende | 29.10.2027\nDas Gerüst bleibt bis zum 30.11.2027 stehen.",
		  "2027-05-03, 2027-10-29" },
	};
	/* Both days stand far behind the beginning of their block, and the first has no year. */
	static const struct small_case far[] = {
		{ "Wir suchen für die Straßenmeisterei, für den Bauhof und für die Grünpflege der Stadt und ihrer fünf Ortschaften, die alle eigene Plätze haben, mehrere Fahrzeuge, die wir nicht kaufen, sondern für die Zeit des Umbaus unserer Halle, die wir selbst bezahlen, mieten vom 12. April bis 30. November 2027",
		  "2027-04-12, 2027-11-30" },
	};
	static const struct small_case spans[] = {
		{ "The term is three years, with a right of renewal for another two years on our side.", "36" },
		{ "Our standard terms apply. The term will be 24 months.", "24" },
		{ "In the long term this is to be three years faster.", "null" },
	};

	assert_int_equal(SMALL_WRONG(field_duration, "start end", cases), 0);
	assert_int_equal(SMALL_WRONG(field_duration, "start end", far), 0);
	assert_int_equal(SMALL_WRONG(field_duration, "months", spans), 0);
}

static void reads_options(void **state UNUSED)
{
	static const struct small_case cases[] = {
		{ "The contract may be extended for up to two further years.", "24, 1" },
		{ "The initial term is one year, with four one-year options to renew.", "48, 4" },
		{ "Extension options | 2 x 12 months", "24, 2" },
		{ "The Authority may extend the contract by up to 24 months in periods of 12 months.", "24, 2" },
		{ "Contract period of 3 years with an option to extend for 1 + 1 years.", "24, 2" },
		{ "The agreement may be renewed for three additional one (1) year terms.", "36, 3" },
		{ "Der Vertrag kann zweimal um jeweils ein Jahr verlängert werden.", "24, 2" },
		{ "Der Auftraggeber kann den Vertrag um 12 Monate verlängern.", "12, 1" },
		{ "Verlängerungsoption: 2 x 12 Monate", "24, 2" },
		{ "Es besteht eine einseitige Option auf Verlängerung um weitere 24 Monate.", "24, 1" },
		{ "Der Vertrag verlängert sich um jeweils ein Jahr, höchstens dreimal.", "36, 3" },
		{ "It may be renewed up to three times for 12 months each.", "36, 3" },
		{ "The term may be extended by up to 12 months with a maximum of two such extensions.", "24, 2" },
		{ "We have an option to extend the term for one year, and then for a further term of up to one year.",
		  "24, 2" },
		{ "If our donor agrees we may ask you to continue for up to three more months.", "3, 1" },
		{ "Wir können ihn zweimal um je eine weitere Wintersaison verlängern.", "null, 2" },
		{ "The deadline for submission may be extended by 10 days.", "null" },
		{ "The warranty can be extended by 12 months.", "null" },
	};

	assert_int_equal(SMALL_WRONG(field_options, "months count", cases), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_durations),
		cmocka_unit_test(reads_days_of_a_term),
		cmocka_unit_test(reads_options),
	};

	return RUN_TESTS(tests);
}
