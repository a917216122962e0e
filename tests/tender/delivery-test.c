/* How and where offers are handed in, in the ways in which tenders say it. */
#include "tests/test.h"

#include "tests/tender/small.h"

static void reads_ways_to_submit(void **state UNUSED)
{
	static const struct small_case cases[] = {
		{ "Submit your proposal electronically through GETS at https://www.gets.example/1.",
		  "portal, null, https://www.gets.example/1, null" },
		{ "Tender responses must be uploaded to the Authority's e-tendering portal at https://x.example before the deadline. Responses by e-mail will be rejected.",
		  "portal, null, https://x.example, null" },
		{ "Bids shall be submitted online only on https://mahatenders.example/nicgep/app. Physical bids shall not be entertained.",
		  "portal, null, https://mahatenders.example/nicgep/app, null" },
		{ "Method of submission | Electronic via https://in-tendhost.example",
		  "portal, null, https://in-tendhost.example, null" },
		{ "Please respond through the eTenders website (www.etenders.example). Hard copy tenders will not be accepted.",
		  "portal, null, www.etenders.example, null" },
		{ "Vendors shall submit their responses in Bonfire (https://city.bonfire.example/p/1).",
		  "portal, null, https://city.bonfire.example/p/1, null" },
		{ "All bids must be submitted through BidExpress.", "portal, null, BidExpress, null" },
		{ "Die Angebote sind elektronisch über die Vergabeplattform https://v.example einzureichen.",
		  "portal, null, https://v.example, null" },
		{ "Angebotsabgabe: ausschließlich elektronisch über www.dtvp.example",
		  "portal, null, www.dtvp.example, null" },
		{ "Form der Angebotsabgabe | elektronisch in Textform über https://v.example",
		  "portal, null, https://v.example, null" },
		{ "Teilnahmeanträge sind im Lieferantenportal https://e.example hochzuladen. Papieranträge werden nicht gewertet.",
		  "portal, null, https://e.example, null" },
		{ "Please e-mail your quote to q@x.example so that it reaches us by Friday.",
		  "email, q@x.example, null, null" },
		{ "Proposals should be submitted as a single PDF by e-mail to rfp@x.example.",
		  "email, rfp@x.example, null, null" },
		{ "Manner of submission | By e-mail to the dedicated address bids@x.example. Proposals by courier will be rejected.",
		  "email, bids@x.example, null, null" },
		{ "Bitte senden Sie Ihr Angebot als PDF an einkauf@x.example.",
		  "email, einkauf@x.example, null, null" },
		{ "Ihr Angebot erwarten wir per E-Mail an einkauf@x.example bis 3.6.2027.",
		  "email, einkauf@x.example, null, null" },
		{ "Send your offer to offers@x.example.", "email, offers@x.example, null, null" },
		{ "Angebote werden nur per E-Mail (vergabe@x.example) entgegengenommen.",
		  "email, vergabe@x.example, null, null" },
		{ "Electronic submissions only: bids@x.example", "email, bids@x.example, null, null" },
		{ "Bids must be delivered by hand or courier to Purchasing Office, 12 High Street, Town AB1 2CD.",
		  "physical, null, null, Purchasing Office, 12 High Street, Town AB1 2CD" },
		{ "Sealed tenders are to be deposited in the Tender Box, Ground Floor, County Hall, 1 Main Street, Naas, by noon.",
		  "physical, null, null, Tender Box, Ground Floor, County Hall, 1 Main Street, Naas" },
		{ "Mail or hand-deliver your sealed bid to: City Clerk, 100 Main Street, Springfield, IL 62701.",
		  "physical, null, null, City Clerk, 100 Main Street, Springfield, IL 62701" },
		{ "Ihr Angebot richten Sie bitte schriftlich in einem verschlossenen Umschlag an Kirchenamt, Am Hof 3, 29999 Ostheim.",
		  "physical, null, null, Kirchenamt, Am Hof 3, 29999 Ostheim" },
		{ "Die Angebote sind in Papierform bei der Gemeinde Holm, Marktplatz 1, 26999 Holm, abzugeben.",
		  "physical, null, null, Gemeinde Holm, Marktplatz 1, 26999 Holm" },
		{ "Proposals may be submitted by e-mail to rfp@x.example or by mail to City Hall, 100 Main Street, Springfield, IL 62701.",
		  "mixed, rfp@x.example, null, City Hall, 100 Main Street, Springfield, IL 62701" },
		{ "Angebote können elektronisch über https://v.example oder schriftlich bei der Stadt Holm, Markt 1, 26999 Holm, eingereicht werden.",
		  "mixed, null, https://v.example, Stadt Holm, Markt 1, 26999 Holm" },
		{ "Die Angebote müssen bis längstens 19. Mai auf der Vergabeplattform https://v.example eingelangt sein.",
		  "portal, null, https://v.example, null" },
		{ "Ihr Angebot richten Sie bitte bis zum 18.3. über die Vergabeplattform https://v.example an mich.",
		  "portal, null, https://v.example, null" },
		{ "Das Angebot ist in einem verschlossenen Couvert einzureichen an: Stadt Wil, Rosenweg 44, 8899 Wil.",
		  "physical, null, null, Stadt Wil, Rosenweg 44, 8899 Wil" },
		{ "The Proposals must be received by noon, at the submission address. Address: Project Unit, 27 Avenue Road, Mbanza.",
		  "physical, null, null, Project Unit, 27 Avenue Road, Mbanza" },
		{ "Tenders must be returned through the Portal at https://p.example.",
		  "portal, null, https://p.example, null" },
		{ "Angebote nehmen wir nur digital über unser Vergabeportal (https://v.example) entgegen.",
		  "portal, null, https://v.example, null" },
		{ "Ihre Offerte schicken Sie bitte per Post an: Gemeinde Wald, Dorfstrasse 1, 8636 Wald.",
		  "physical, null, null, Gemeinde Wald, Dorfstrasse 1, 8636 Wald" },
		{ "Tel. 06650 555-40, E-Mail submission@x.example", "null" },
		/* what is looked at ends within a character of one of these */
		{ "Angebote per E-Mail an a@x.example sind nicht zugelassen ÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄ",
		  "null" },
		{ "Angebote per E-Mail an a@x.example sind nicht zugelassen  ÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄ",
		  "null" },
		{ "Invoices are sent by e-mail to inv@x.example.", "null" },
		{ "Questions must be submitted through the portal https://q.example.", "null" },
		{ "Reports are uploaded to the portal https://r.example by the contractor.", "null" },
		{ "Site visits are booked by e-mail to v@x.example.", "null" },
	};

	assert_int_equal(SMALL_WRONG(field_submission_method, "kind email portal address", cases), 0);
}

/* What field_submission_method says under key of the way that text names. */
static json_t *copies(const struct doc *d)
{
	json_t *fact = field_submission_method(d), *part = json_incref(json_object_get(fact, "copies"));

	json_decref(fact);
	return part;
}

static json_t *format(const struct doc *d)
{
	json_t *fact = field_submission_method(d), *part = json_incref(json_object_get(fact, "format"));

	json_decref(fact);
	return part;
}

#define BY_HAND "Bids are delivered in a sealed envelope to City Hall, 1 Main Street, Naas, by noon.\n"
#define BY_MAIL "Proposals must be sent by e-mail to rfp@x.example.\n"
#define UMSCHLAG \
	"Das Angebot ist in einem verschlossenen Umschlag bei der Gemeinde Holm, Marktplatz 1, 26999 Holm, abzugeben.\n"

static void tells_ways_from_others(void **state UNUSED)
{
	static const struct small_case cases[] = {
		{ "Please acknowledge receipt of this ITB by e-mail to office@fund.example, indicating whether or not you intend to submit "
		  "a bid.\nAllowable manner of submitting bids | Electronic submission to the dedicated address bids@fund.example",
		  "email, bids@fund.example, null, null" },
		{ "Preferred method of submission | By e-mail to quotes@mill.example",
		  "email, quotes@mill.example, null, null" },
		{ "Completed bids, in a sealed envelope marked with the bid number, must be placed in the tender box at the entrance of the "
		  "Civic Centre, 1 Church Street, Moloto, 0799, before the closing time.",
		  "physical, null, null, Civic Centre, 1 Church Street, Moloto, 0799" },
		{ "Bids are deposited in the bid box in the foyer of the Town Hall, 8 Dock Street, Larch 4410, before noon.",
		  "physical, null, null, Town Hall, 8 Dock Street, Larch 4410" },
		{ "Offers sent by e-mail will be disregarded.", "null" },
	};

	assert_int_equal(SMALL_WRONG(field_submission_method, "kind email portal address", cases), 0);
}

static void reads_copies(void **state UNUSED)
{
	static const struct small_case cases[] = {
		{ BY_HAND "One original and three copies of the bid are required.", "1, 3" },
		{ BY_HAND "Submit one (1) signed original and five (5) hard copies.", "1, 5" },
		{ BY_HAND "The tender shall be submitted in triplicate.", "null, 3" },
		{ BY_HAND "Bidders shall provide four copies of their proposal.", "null, 4" },
		{ BY_HAND "An original plus 2 copies of the bid must be provided.", "1, 2" },
		{ BY_HAND "Number of copies required | 1 original, 4 copies", "1, 4" },
		{ UMSCHLAG "Das Angebot ist in zweifacher Ausfertigung einzureichen.", "null, 2" },
		{ UMSCHLAG "Die Angebotsunterlagen sind in doppelter Ausfertigung vorzulegen.", "null, 2" },
		{ UMSCHLAG "Einzureichen sind ein Original und zwei Kopien des Angebots.", "1, 2" },
		{ UMSCHLAG "Die Offerte ist in 3 Exemplaren einzureichen.", "null, 3" },
		{ UMSCHLAG "Das Angebot ist 2-fach abzugeben.", "null, 2" },
		{ BY_HAND "Copies of two insurance certificates are enclosed.", "null" },
		{ BY_HAND "The contract is signed in two copies.", "null" },
		{ BY_HAND "The contractor delivers three copies of each report.", "null" },
	};

	assert_int_equal(SMALL_WRONG(copies, "originals copies", cases), 0);
}

static void reads_formats(void **state UNUSED)
{
	static const struct small_case cases[] = {
		{ BY_MAIL "Submit your proposal as a single PDF.", "as a single PDF" },
		{ BY_MAIL "Bids must be in searchable PDF format.", "in searchable PDF format" },
		{ BY_MAIL "Tenders shall be submitted in Microsoft Word or PDF format.",
		  "in Microsoft Word or PDF format" },
		{ BY_HAND "The bid includes an electronic copy on a USB drive.", "on a USB drive" },
		{ "Angebote sind elektronisch in Textform über die Vergabeplattform https://v.example einzureichen.",
		  "in Textform" },
		{ "Angebote sind über https://v.example in Textform nach § 126b BGB einzureichen.",
		  "in Textform nach § 126b BGB" },
		{ "Angebote sind als PDF-Datei über https://v.example hochzuladen.", "als PDF-Datei" },
		{ "Angebote sind über https://v.example einzureichen. Das Angebot ist mit einer qualifizierten elektronischen Signatur zu versehen.",
		  "mit einer qualifizierten elektronischen Signatur" },
		{ UMSCHLAG "Das Angebot ist im PDF-Format auf einem USB-Stick beizulegen.",
		  "im PDF-Format auf einem USB-Stick" },
		{ BY_MAIL "The contractor delivers reports as a single PDF.", "null" },
		{ BY_MAIL "The bid must not be submitted in PDF format.", "null" },
		{ "Angebote sind elektronisch über https://v.example einzureichen. Form des Angebots: [ ] in Textform [x] mit qualifizierter elektronischer Signatur",
		  "mit qualifizierter elektronischer Signatur" },
		{ BY_MAIL "Invoices are sent in PDF format.", "null" },
	};

	assert_int_equal(SMALL_WRONG(format, "value", cases), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_ways_to_submit),
		cmocka_unit_test(tells_ways_from_others),
		cmocka_unit_test(reads_copies),
		cmocka_unit_test(reads_formats),
	};

	return RUN_TESTS(tests);
}
