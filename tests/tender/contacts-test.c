/* Whom to ask, in the ways in which tenders say it. */
#include "tests/test.h"

#include "tests/tender/small.h"

static void reads_contacts(void **state UNUSED)
{
	static const struct small_case cases[] = {
		{ "Contact: Jane Rowe, Procurement Officer, j.rowe@town.example, 0161 555 0142",
		  "Jane Rowe, Procurement Officer, j.rowe@town.example, 0161 555 0142" },
		{ "Point of Contact | Hemi Rangi, Procurement Lead, hemi.rangi@waikora.example, 07 555 0162",
		  "Hemi Rangi, Procurement Lead, hemi.rangi@waikora.example, 07 555 0162" },
		{ "Officer to be contacted | Shri V. D. Patil, Dy. Engineer, Mob. 98220 55501",
		  "Shri V. D. Patil, Dy. Engineer, null, 98220 55501" },
		{ "Auskunft erteilt: Dorothea Vollmer\nDurchwahl: 05899 555-23, Fax: 05899 555-90\nE-Mail: vollmer@amt.example",
		  "Dorothea Vollmer, null, vollmer@amt.example, 05899 555-23" },
		{ "Ansprechpartner für das Verfahren: Mag. Leopold Auer, Tel. +43 316 555 470, vergabe@auer.example. Der Geschäftsführer, Ing. Bernd Koller (Tel. +43 3339 555 12), erteilt keine Auskünfte.",
		  "Mag. Leopold Auer, null, vergabe@auer.example, +43 316 555 470" },
		{ "Kommunikation und Ablauf liegen bei der Vergabestelle: Herr Tjark Eschen, Telefon 07399 555-6104, vergabe@uni.example.",
		  "Herr Tjark Eschen, null, vergabe@uni.example, 07399 555-6104" },
		{ "Please e-mail your quote to quotes@moor.example so that it reaches us by Friday.\nYours sincerely\nPhilippa Garston\nContracts Officer\nDirect line 0161 555 0123, p.garston@moor.example",
		  "Philippa Garston, Contracts Officer, p.garston@moor.example, 0161 555 0123" },
		{ "Mit freundlichen Grüßen\nAnke Böhm\nLeiterin Einkauf\nTelefon 0731 555-201\nboehm@werk.example",
		  "Anke Böhm, Leiterin Einkauf, boehm@werk.example, 0731 555-201" },
		{ "Im Auftrag\nDr. Henrike Thoms (Telefon 03999 555-4471, vergabe@laf.example)",
		  "Dr. Henrike Thoms, null, vergabe@laf.example, 03999 555-4471" },
		{ "Hochachtungsvoll\ngez. Otto Brand, Amtsleiter", "Otto Brand, Amtsleiter, null, null" },
		{ "7. FOR SOLICITATION INFORMATION CALL: a. NAME Tamsin R. Holcomb",
		  "Tamsin R. Holcomb, null, null, null" },
		{ "10. FOR INFORMATION CALL: A. NAME Monique Hale-Hart B. TELEPHONE (NO COLLECT CALLS) 314-555-0173",
		  "Monique Hale-Hart, null, null, 314-555-0173" },
		{ "Sachbearbeitung: Herr Gernot All Durchwahl 07939 555-66",
		  "Herr Gernot All, null, null, 07939 555-66" },
		{ "If the forum is out of order ring Lachlan Petty, Coordinator Waste, 03 5550 7741.",
		  "Lachlan Petty, Coordinator Waste, null, 03 5550 7741" },
		{ "The Contracting Officer is Mary Ann Lopez. Bids are sent to bids@agency.example.\nQuestions: Mary Ann Lopez\nStaff\nmary.lopez@agency.example, (206) 555-0148",
		  "Mary Ann Lopez, null, mary.lopez@agency.example, (206) 555-0148" },
		{ "For further information, please contact Dr. Sean O'Neill on 01 555 7788 or at s.oneill@dept.example.",
		  "Dr. Sean O'Neill, null, s.oneill@dept.example, 01 555 7788" },
		{ "Ihre Ansprechpartnerin: Frau Yasemin Orhan, Strategischer Einkauf, Tel. 06122 555 318, y.orhan@sw.example",
		  "Frau Yasemin Orhan, Strategischer Einkauf, y.orhan@sw.example, 06122 555 318" },
		{ "Kontaktstelle: Zentrale Vergabestelle\nE-Mail: zvs@stadt.example\nTelefon: +49 30 555 12\nVergabekammer des Landes\nE-Mail: kammer@land.example",
		  "Zentrale Vergabestelle, null, zvs@stadt.example, +49 30 555 12" },
		{ "All enquiries: Priya Nair, Tenders Coordinator, priya.nair@council.example",
		  "Priya Nair, Tenders Coordinator, priya.nair@council.example, null" },
		{ "Tenders are sent by e-mail to tenders@ngo.example.\nQuestions: ask@ngo.example",
		  "null, null, ask@ngo.example, null" },
		{ "Bearbeiterin: Mag.ª Petra Wies\nTelefon: 04299/536-43118",
		  "Mag.ª Petra Wies, null, null, 04299/536-43118" },
		{ "Es schreibt Ihnen: Jan-Philipp Ahl, Telefon 0421 555 82-17",
		  "Jan-Philipp Ahl, null, null, 0421 555 82-17" },
		{ "Frau Imke Rein, FB 65, Tel. 05399 555-6514, koordiniert das Verfahren.",
		  "Frau Imke Rein, null, null, 05399 555-6514" },
		{ "If anything is not clear you can call our Logistics Officer, Ekai Lope, on 0700 555 083.",
		  "Ekai Lope, null, null, 0700 555 083" },
		{ "For information the sole point of contact is:\nMarguerite L. Oster, Procurement Manager\nTelephone 608-555-0126",
		  "Marguerite L. Oster, Procurement Manager, null, 608-555-0126" },
		{ "The \"RFP Contact\" shall be Ann Roy. For technical trouble: helpdesk@portal.example.",
		  "Ann Roy, null, null, null" },
		{ "Questions go to the contract specialist, Ms. Bellwether, at b@a.example.\nRashida Q. Bellwether\n706-555-0183",
		  "Rashida Q. Bellwether, null, b@a.example, 706-555-0183" },
		{ "The officer responsible is Gwen Part MCIPS, Buyer (01632 960 417).",
		  "Gwen Part, Buyer, null, 01632 960 417" },
		{ "Queries are sent in MS Excel to q@bank.example.", "null, null, q@bank.example, null" },
		{ "Mit freundlichen Grüßen\nLeiter Gastronomie", "null" },
		{ "Bearbeiter: H. Kuhn\nkuhn@stadt.example", "H. Kuhn, null, kuhn@stadt.example, null" },
		{ "Projektleitung: Tobias Heck, Tel. 07121 555-33, heck@kreis.example",
		  "Tobias Heck, null, heck@kreis.example, 07121 555-33" },
		{ "Geschäftsführer: Tobias Heck, Tel. 07121 555-33", "null" },
		{ "Dana K. Whit runs the purchase. Questions: dana.whit@agency.example",
		  "Dana K. Whit, null, dana.whit@agency.example, null" },
		{ "Stone,Stone Stones and Dana K. Stone run the purchase. Questions: dana.stone@agency.example",
		  "Dana K. Stone, null, dana.stone@agency.example, null" },
		{ "Für die Straßenbauverwaltung des Landes, die Vergabestelle für Tief- und Straßenbau in allen Gemeinden, die keine eigene Vergabestelle haben, kauft Dana Stone ein. Fragen: dana.stone@agency.example",
		  "Dana Stone, null, dana.stone@agency.example, null" },
		{ "Complaints are heard by the review body, review@state.example.", "null" },
	};

	assert_int_equal(SMALL_WRONG(field_contact, "name role email phone", cases), 0);
}

static void lists_others(void **state UNUSED)
{
	struct doc *d = small_doc("Contact: Jane Rowe, Procurement Officer, j.rowe@town.example, 0161 555 0142\n"
				  "Technical contact: Tom Reck, Site Manager, t.reck@town.example, 0161 555 0199\n"
				  "Jane Rowe reads every question.");
	json_t *fact = field_contact(d), *others = json_object_get(fact, "others");

	assert_string_equal(json_string_value(json_object_get(fact, "name")), "Jane Rowe");
	assert_int_equal(json_array_size(others), 1);
	assert_string_equal(json_string_value(json_object_get(json_array_get(others, 0), "name")), "Tom Reck");
	assert_string_equal(json_string_value(json_object_get(json_array_get(others, 0), "phone")), "0161 555 0199");
	assert_non_null(json_object_get(json_array_get(others, 0), "quote"));
	json_decref(fact);
	doc_free(d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_contacts),
		cmocka_unit_test(lists_others),
	};

	return RUN_TESTS(tests);
}
