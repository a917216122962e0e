/* How documents of different countries say what is bought, who buys, under which number and for how much. */
#include "tests/test.h"

#include <stdio.h>

#include "tender/fields/fields.h"
#include "tests/tender/small.h"

/* The beginning of a document; what is NULL is not asked. */
struct cover {
	const char *text, *title, *issuer, *reference;
};

static int differs(const char *what, json_t *(*field)(const struct doc *d), const char *text, const char *want)
{
	auto_free char *got = want ? small_field(field, text, "value") : NULL;

	if (!want || streq(got, want))
		return 0;
	print_error("%s of: %.80s\nshould be: %s\n       is: %s\n", what, text, want, got);
	return 1;
}

static void covers_say(const struct cover *covers, size_t n)
{
	int wrong = 0;

	for (size_t i = 0; i < n; i++) {
		wrong += differs("title", field_title, covers[i].text, covers[i].title);
		wrong += differs("issuer", field_issuer, covers[i].text, covers[i].issuer);
		wrong += differs("reference", field_reference, covers[i].text, covers[i].reference);
	}
	assert_int_equal(wrong, 0);
}

/* Ordinary text, which makes the usual size of letters known. */
#define PROSE_EN                                                                                              \
	"\nOffers that come late are not opened and go back to the sender without a word on what they say.\n" \
	"Whoever takes part bears all costs of doing so, whatever the outcome may be in the end.\n"           \
	"The documents are free of charge and may be copied for the purpose of making an offer to us.\n"      \
	"Nothing that is said here binds anybody until a contract is signed by both of the parties.\n"        \
	"Prices hold for all of the work that is described further down, with travel and with expenses.\n"    \
	"All questions are answered in writing, and the answers are sent to all who asked for documents.\n"   \
	"Records of the work are kept for seven years and shown to the auditors when they ask for them.\n"
#define PROSE_DE                                                                                                 \
	"\nVerspätet eingegangene Angebote werden nicht geöffnet und ohne weitere Prüfung zurückgesandt.\n"  \
	"Die Kosten der Teilnahme werden nicht erstattet, gleich wie das Verfahren am Ende ausgeht.\n"           \
	"Alle Unterlagen sind kostenfrei und dürfen für die Erstellung des Angebots vervielfältigt werden.\n" \
	"Änderungen an den Unterlagen sind nicht zulässig und führen zum Ausschluss aus dem Verfahren.\n"     \
	"Die Preise gelten für alle beschriebenen Arbeiten einschließlich der Fahrten und der Nebenkosten.\n"  \
	"Fragen werden schriftlich beantwortet, und die Antworten gehen allen Unternehmen gleichzeitig zu.\n"

static const struct cover english[] = {
	/* United States: a state, a city, a county, a federal office, a school board, a notice in a newspaper */
	{ "# STATE OF NORTH MONTANA\n= DEPARTMENT OF TRANSPORTATION\n# REQUEST FOR PROPOSALS\n= RFP 27-DOT-118\n"
	  "# Statewide Bridge Inspection Services\nIssue Date: March 3, 2027\nProposals Due: April 20, 2027 at 2:00 PM\n"
	  "Procurement Officer: Dana Whitcomb\nPhone: (406) 555-0144" PROSE_EN,
	  "Statewide Bridge Inspection Services", NULL, "27-DOT-118" },
	{ "= CITY OF HAWTHORN BLUFF\nPurchasing Division\n400 Civic Plaza, Hawthorn Bluff, TX 75999\n= INVITATION TO BID NO. 27-031\n"
	  "= ASPHALT RESURFACING OF COLLECTOR STREETS\nBid opening: May 4, 2027 at 10:00 AM, Council Chambers" PROSE_EN,
	  "ASPHALT RESURFACING OF COLLECTOR STREETS", "CITY OF HAWTHORN BLUFF", "27-031" },
	{ "NOTICE TO BIDDERS\nNotice is hereby given that the Town of Alder Creek will receive sealed bids for the construction of "
	  "the Mill Street Culvert until 2:00 p.m. on June 3, 2027 at the Town Hall, 12 Main Street, Alder Creek, NY 12999. "
	  "A bid bond of five percent is required. The Daily Register is not responsible for errors." PROSE_EN,
	  "construction of the Mill Street Culvert", "Town of Alder Creek", NULL },
	{ "Solicitation Number: 70ZX27R0004\nNotice Type: Combined Synopsis/Solicitation\nTitle: Dredge Spoil Sampling and Analysis\n"
	  "Contracting Office: Bureau of Harbors, Acquisition Division\nNAICS Code: 541380 Testing Laboratories\n"
	  "Set Aside: Total Small Business" PROSE_EN,
	  "Dredge Spoil Sampling and Analysis", "Bureau of Harbors, Acquisition Division", "70ZX27R0004" },
	{ "Sealed bids for \"Replacement of Boilers, Wing C\" will be received by the Board of Education of Pine County, 9 School "
	  "Lane, Pineville, until 3 p.m. on May 5, 2027. Bidders must attend the walk-through with the architect, Lowe & Partners "
	  "LLP." PROSE_EN,
	  "Replacement of Boilers, Wing C", "Board of Education of Pine County", NULL },
	{ "# Request for Proposals\n= RFP #2027-14 Janitorial Services at Branch Libraries\nOrchard Valley Library District\n"
	  "77 Elm Street, Orchard, OR 97999\nThe Orchard Valley Library District (\"District\") is seeking proposals from "
	  "qualified firms. Proposals are due on May 3, 2027 at noon." PROSE_EN,
	  "Janitorial Services at Branch Libraries", "Orchard Valley Library District", "2027-14" },
	/* United Kingdom and Ireland: a council, a table, the old notice of the Union, the new one, a college */
	{ "# Invitation to Tender\n= for\n# Grounds Maintenance Services 2027-2031\nContract Reference: WDC/27/0043\n"
	  "Westmere District Council\nTown Hall, Westmere WM1 1AA" PROSE_EN,
	  "Grounds Maintenance Services 2027-2031", "Westmere District Council", "WDC/27/0043" },
	{ "= INVITATION TO TENDER (ITT)\nVolume 1 - Instructions\nContract title | Supply of Gritting Vehicles\n"
	  "The Authority | Northmere Council\nProject reference | NMC-0771\nFramework agreement | None" PROSE_EN,
	  "Supply of Gritting Vehicles", "Northmere Council", "NMC-0771" },
	{ "Section I: Contracting authority\nI.1) Name and addresses\nOfficial name: Ashvale Borough Council\n"
	  "Postal address: 1 Guildhall Square\nTown: Ashvale\nSection II: Object\nII.1.1) Title: Playground equipment and safety surfacing\n"
	  "Reference number: ABC-2027-19\nII.1.2) Main CPV code: 37535200\nVI.4.1) Review body\nOfficial name: The High Court of Justice" PROSE_EN,
	  "Playground equipment and safety surfacing", "Ashvale Borough Council", "ABC-2027-19" },
	{ "UK4: Tender notice\nScope\nReference\nFHA-1182\nDescription\nReactive repairs to 4,200 homes.\n"
	  "Contracting authority\nFernhill Homes Association\nPublic Procurement Organisation Number: PXYZ-1234-ABCD\n"
	  "Contact name: Priya Nair" PROSE_EN,
	  NULL, "Fernhill Homes Association", "FHA-1182" },
	{ "# Tender for the Provision of Catering Services\nat the Riverside Campus\nLoughmoyle College of Further Education (the \"College\") "
	  "invites tenders from suitably qualified caterers. The College is advised by Quill Procurement Ltd (the \"Consultant\")." PROSE_EN,
	  NULL, "Loughmoyle College of Further Education", NULL },
	/* India: a works department, a company of the state, a bank */
	{ "GOVERNMENT OF SAHYADRI\nPUBLIC WORKS DEPARTMENT\nOffice of the Executive Engineer, Roads Division, Malgaon\n"
	  "NOTICE INVITING TENDER NO. 14/EE/RDM/2027-28\nSl. No. | 1\nName of work | Widening of Malgaon to Pedne Road km 4/0 to 11/500\n"
	  "Estimated cost | Rs. 4,52,00,000\nEarnest money | Rs. 4,52,000\nTime of completion | 12 months" PROSE_EN,
	  "Widening of Malgaon to Pedne Road km 4/0 to 11/500", NULL, "14/EE/RDM/2027-28" },
	{ "= BHARAT COASTAL ENERGY LIMITED\n(A Government of India Enterprise)\nTENDER DOCUMENT\nFOR\n"
	  "= ANNUAL MAINTENANCE OF HVAC SYSTEMS AT MARINE TERMINAL\nTender No. BCEL/MT/C&P/2027/33\nDate: 04.05.2027\n"
	  "Registered office: Marine House, Panvel 410206" PROSE_EN,
	  "ANNUAL MAINTENANCE OF HVAC SYSTEMS AT MARINE TERMINAL", "BHARAT COASTAL ENERGY LIMITED",
	  "BCEL/MT/C&P/2027/33" },
	/* Australia, New Zealand, Canada */
	{ "Department of Justice and Courts\n= Request for Tender\n# RFT 2027/18: Cleaning of Regional Courthouses\n"
	  "Closing time: 2:00 pm AEST, 14 May 2027\nLodgement: https://tenders.example" PROSE_EN,
	  "Cleaning of Regional Courthouses", "Department of Justice and Courts", "2027/18" },
	{ "# Request for Proposals\nby: Tarapunga District Council\nfor: Digital building consent system\nref: TDC-2027-9\n"
	  "RFP released: 3 May 2027\nDeadline for Questions: 5pm, 14 May 2027\nDeadline for Proposals: 5pm, 4 June 2027" PROSE_EN,
	  "Digital building consent system", "Tarapunga District Council", "TDC-2027-9" },
	{ "# Request for Tender No. T-27-14\n= For\n= Supply and Delivery of Winter Sand\nThe Corporation of the Township of Larch Lake\n"
	  "Closing: 12 May 2027, 2:00:00 p.m. local time\nSubmissions: Clerk's Office, 8 Dock Street" PROSE_EN,
	  "Supply and Delivery of Winter Sand", "Corporation of the Township of Larch Lake", "T-27-14" },
	/* International: an agency of the Union, the United Nations, a loan, a charity */
	{ "European Observatory for Inland Waters\nCall for tenders EOIW/2027/OP/0007\n= Provision of laboratory consumables\n"
	  "TENDER SPECIFICATIONS\nOpen procedure" PROSE_EN,
	  "Provision of laboratory consumables", "European Observatory for Inland Waters", "EOIW/2027/OP/0007" },
	{ "REQUEST FOR QUOTATION (RFQ)\nRFQ Reference: UNRX/27/12\nDate: 3 May 2027\n"
	  "United Relief Exchange kindly requests your quotation for the provision of goods as detailed in Annex 1.\n"
	  "Subject: Supply of Tarpaulins and Kitchen Sets\nDelivery place: Warehouse, Port Tamba" PROSE_EN,
	  "Supply of Tarpaulins and Kitchen Sets", "United Relief Exchange", "UNRX/27/12" },
	{ "Invitation for Bids\nCountry: Republic of Tavira\nName of Project: Rural Roads Resilience Project\n"
	  "Contract Title: Rehabilitation of the Mbeya to Lopi Road\nEmployer: Ministry of Works and Bridges\nLoan No.: 8891-TV\n"
	  "ICB No: MWB/W/27/04" PROSE_EN,
	  "Rehabilitation of the Mbeya to Lopi Road", "Ministry of Works and Bridges", "MWB/W/27/04" },
	{ "# Terms of Reference\n= Final Evaluation of the Safe Harvest Programme\nGreen Hands International\nApril 2027\n"
	  "Green Hands International is looking for a consultant. The programme is funded by the Larsen Foundation." PROSE_EN,
	  "Final Evaluation of the Safe Harvest Programme", "Green Hands International", NULL },
	/* Firms: letters and forms */
	{ "Marlow & Finch Ltd\n12 Dock Road, Bristol BS1 4XX\n3 May 2027\nDear Sirs\n"
	  "Re: Replacement of dock levellers at our Avon depot\nPlease let us have your quotation by 28 May 2027.\n"
	  "Yours faithfully" PROSE_EN,
	  "Replacement of dock levellers at our Avon depot", "Marlow & Finch Ltd", NULL },
	{ "From: Jenna Ortiz <j.ortiz@bluepeak.example>\nTo: undisclosed recipients\nSubject: RFQ - Rental of office plants for our Denver site\n"
	  "Hello,\nBluepeak Software Inc. is looking for a partner who rents and waters office plants. Please send your offer by May 20." PROSE_EN,
	  "Rental of office plants for our Denver site", "Bluepeak Software Inc.", NULL },
	{ "REQUEST FOR PROPOSAL\nCompany: Northlight Hotels plc\nProject: Renewal of guest room locks\nRFP ID: NLH-27-02\nIssued by: Group Procurement\n"
	  "Location: Leeds\nSupplier: ____________" PROSE_EN,
	  "Renewal of guest room locks", "Northlight Hotels plc", "NLH-27-02" },
};

static const struct cover german[] = {
	/* eForms, and forms of the procurement rules for works and services */
	{ "1 Beschaffer\n1.1 Beschaffer\nOffizielle Bezeichnung: Gemeinde Unterlinden\nRechtsform des Erwerbers: Kommunalbehörde\n"
	  "2 Verfahren\n2.1 Verfahren\nTitel: Erneuerung der Heizzentrale am Schulzentrum\nInterne Kennung: UL-2027-003\n"
	  "8.1 ORG-0002\nOffizielle Bezeichnung: Vergabekammer Mittelland\n8.1 ORG-0003\n"
	  "Offizielle Bezeichnung: Beschaffungsamt des Bundesministeriums des Innern" PROSE_DE,
	  "Erneuerung der Heizzentrale am Schulzentrum", "Gemeinde Unterlinden", "UL-2027-003" },
	{ "Öffentliche Ausschreibung nach VOB/A\na) Öffentlicher Auftraggeber (Vergabestelle)\nName: Stadt Lahnsee\n"
	  "Straße: Rathausplatz 1\nb) Vergabeverfahren\nÖffentliche Ausschreibung, VOB/A\nVergabenummer: 2027-114\n"
	  "d) Art des Auftrags\nAusführung von Bauleistungen\nf) Art und Umfang der Leistung\nDachdeckerarbeiten an der Sporthalle\n"
	  "w) Nachprüfung behaupteter Verstöße\nName: Regierungspräsidium Mittelland" PROSE_DE,
	  "Dachdeckerarbeiten an der Sporthalle", "Stadt Lahnsee", "2027-114" },
	{ "Zur Angebotsabgabe auffordernde Stelle, den Zuschlag erteilende Stelle:\nBundesanstalt für Küstenpflege\nDeichstraße 5, 26999 Norddorf\n"
	  "Art der Vergabe: Öffentliche Ausschreibung nach UVgO\nKurzbezeichnung: Laboranalysen von Sedimentproben\n"
	  "Geschäftszeichen: Z 2-4410/27" PROSE_DE,
	  "Laboranalysen von Sedimentproben", "Bundesanstalt für Küstenpflege", "Z 2-4410/27" },
	{ "Vergabestelle\nStadt Birkenau\n- Zentrale Vergabestelle -\nMarkt 1\n64999 Birkenau\n= Aufforderung zur Abgabe eines Angebots\n"
	  "Maßnahme: Neubau Feuerwache Nord\nVergabenummer | 27-044\nBieter: ________" PROSE_DE,
	  "Neubau Feuerwache Nord", "Stadt Birkenau", "27-044" },
	{ "Auftraggeber:\nZweckverband Wasserversorgung Hohe Rhön\nMühlweg 3\n97999 Bischofsau\n"
	  "Bezeichnung der Leistung: Austausch von Tauchpumpen in den Brunnen 3 bis 7\nAusschreibungs-Nr.: WV-0027" PROSE_DE,
	  "Austausch von Tauchpumpen in den Brunnen 3 bis 7", "Zweckverband Wasserversorgung Hohe Rhön", "WV-0027" },
	/* Covers */
	{ "= Landkreis Sonnental\n# Leistungsbeschreibung\n= über die\n# Reinigung der Glasflächen in den Schulen\nStand: 03.05.2027\n"
	  "Anlage 1 zum Vertrag" PROSE_DE,
	  "Reinigung der Glasflächen in den Schulen", "Landkreis Sonnental", NULL },
	{ "# Vergabeunterlagen\n= Rahmenvereinbarung über die Lieferung von Büromaterial\nUniversität Altenmark\nZentrale Beschaffung\n"
	  "Vergabe-Nr. 2027/112\nMai 2027" PROSE_DE,
	  "Rahmenvereinbarung über die Lieferung von Büromaterial", "Universität Altenmark", "2027/112" },
	{ "# Ausschreibung\n# Winterdienst 2027/28 im Stadtgebiet\n= Technische Betriebe Reutlach AöR\nTeil A: Bewerbungsbedingungen\n"
	  "Angebotsfrist: 12.05.2027, 10:00 Uhr" PROSE_DE,
	  "Winterdienst 2027/28 im Stadtgebiet", "Technische Betriebe Reutlach AöR", NULL },
	{ "= Bewerbungsbedingungen\nfür das Vergabeverfahren\n= \"Digitales Einsatzführungssystem für die Feuerwehr\"\n"
	  "Die Stadtwerke Brunnau GmbH (nachfolgend „Auftraggeberin“) führt das Verfahren durch. Sie wird von der Kanzlei Dorn und "
	  "Partner mbB (nachfolgend „Beraterin“) unterstützt." PROSE_DE,
	  "Digitales Einsatzführungssystem für die Feuerwehr", "Stadtwerke Brunnau GmbH", NULL },
	/* Sentences */
	{ "Bekanntmachung\nDer Landkreis Oberaue, vertreten durch den Landrat, schreibt die Beförderung von Schülerinnen und Schülern im "
	  "freigestellten Verkehr aus. Die Unterlagen stehen auf der Plattform bereit." PROSE_DE,
	  "Beförderung von Schülerinnen und Schülern im freigestellten Verkehr", "Landkreis Oberaue", NULL },
	{ "Die Gemeinde Tannfeld beabsichtigt die Vergabe von Planungsleistungen für die Sanierung des Hallenbads. Ansprechpartner ist das "
	  "Ingenieurbüro Voss." PROSE_DE,
	  NULL, "Gemeinde Tannfeld", NULL },
	/* Switzerland, Austria */
	{ "1. Auftraggeber\n1.1 Offizieller Name und Adresse des Auftraggebers\nBedarfsstelle/Vergabestelle: Kanton Aarwil, Baudepartement\n"
	  "Beschaffungsstelle/Organisator: Meier Ingenieure AG\n2. Beschaffungsobjekt\n2.2 Projekttitel der Beschaffung: Sanierung "
	  "Stützmauern Kantonsstrasse 12\n2.3 Aktenzeichen / Projektnummer: K12-0345" PROSE_DE,
	  "Sanierung Stützmauern Kantonsstrasse 12", "Kanton Aarwil, Baudepartement", "K12-0345" },
	{ "Ausschreibungsunterlage\nAuftraggeber (öffentlicher Auftraggeber): Marktgemeinde Hollerau\nVergebende Stelle: Büro Steiner ZT GmbH\n"
	  "Bezeichnung des Auftrags: Lieferung eines Kommunaltraktors\nGeschäftszahl: MG-27/0815" PROSE_DE,
	  "Lieferung eines Kommunaltraktors", "Marktgemeinde Hollerau", "MG-27/0815" },
	/* Letters and firms */
	{ "Kreisklinikum Bergmark gGmbH\nEinkauf\nKlinikweg 2\n57999 Bergmark\nUnser Zeichen: EK-27-33\nBetreff: Wartung der Aufzugsanlagen "
	  "an drei Standorten\nSehr geehrte Damen und Herren,\nwir bitten um Ihr Angebot bis zum 12.05.2027." PROSE_DE,
	  "Wartung der Aufzugsanlagen an drei Standorten", "Kreisklinikum Bergmark gGmbH", NULL },
	{ "Torwald Maschinenbau SE & Co. KG\nWerkstraße 9, 58999 Eisenbach\n= Anfrage: Lieferung und Montage von zwei Hallenkranen\n"
	  "Sehr geehrte Damen und Herren,\nbitte bieten Sie uns die folgenden Leistungen an." PROSE_DE,
	  "Lieferung und Montage von zwei Hallenkranen", "Torwald Maschinenbau SE & Co. KG", NULL },
	{ "Gegenstand des Verfahrens: Betrieb der Kantine im Haus des Bundes\nName und Anschrift der Vergabestelle:\nBundesamt für Liegenschaften\n"
	  "Behördenweg 7, 10999 Berlin\nReferenznummer: BL-2027-0090" PROSE_DE,
	  "Betrieb der Kantine im Haus des Bundes", "Bundesamt für Liegenschaften", "BL-2027-0090" },
};

/* The same in other words. */
static const struct cover others[] = {
	{ "# Yarrow County, Oregon\n= Board of Commissioners\n# INVITATION TO BID\n= Bridge 14 Deck Overlay - Mill Creek Road\nProject No. 2027-R-06\n"
	  "Bids close: Tuesday, June 8, 2027, 2:00 p.m." PROSE_EN,
	  "Bridge 14 Deck Overlay - Mill Creek Road", NULL, "2027-R-06" },
	{ "MEMORANDUM\nTO: Prospective Offerors\nFROM: Department of Corrections, Office of Procurement\nDATE: May 3, 2027\n"
	  "SUBJECT: RFP 0527-11, Electronic Health Records for State Facilities" PROSE_EN,
	  "Electronic Health Records for State Facilities", NULL, "0527-11" },
	{ "= Larkfield Unified School District\n# REQUEST FOR QUALIFICATIONS\n= Architectural Services for Modernization Projects\n= RFQ 27-09\n"
	  "Statements of Qualifications due: June 3, 2027 at 4:00 PM" PROSE_EN,
	  "Architectural Services for Modernization Projects", "Larkfield Unified School District", "27-09" },
	{ "Metro Transit Authority of Bayport\nSOLICITATION NO. 4402-27\nHeavy-Duty Bus Wash Equipment\nTABLE OF CONTENTS\n1. Instructions .... 3\n"
	  "2. Scope of Work .... 9" PROSE_EN,
	  "Heavy-Duty Bus Wash Equipment", "Metro Transit Authority of Bayport", "4402-27" },
	{ "PART A: INTRODUCTION\nThe City of Dunmore (\"City\") is requesting bids from licensed arborists for Street Tree Pruning and Stump Removal, as "
	  "specified herein. Bids are due by 3 PM on May 3, 2027." PROSE_EN,
	  "Street Tree Pruning and Stump Removal", "City of Dunmore", NULL },
	{ "SPECIFICATION\nfor the\n= SUPPLY OF LABORATORY FREEZERS\nContract ref: UOW/SCI/2027/114\nUniversity of Westhaven\nProcurement Services\n"
	  "West Road, Westhaven WH2 4AA" PROSE_EN,
	  "SUPPLY OF LABORATORY FREEZERS", "University of Westhaven", "UOW/SCI/2027/114" },
	{ "About the opportunity\nTitle\nSchool transport routes 2027 to 2030\nBuyer\nNorth Fells Council\nContract value\n£2,400,000 to £2,900,000\n"
	  "Procurement reference\nNFC-T-0331" PROSE_EN,
	  "School transport routes 2027 to 2030", "North Fells Council", "NFC-T-0331" },
	{ "Tender for Hire of Excavators\nIssued by: Seven Valleys Internal Drainage Board\nReturn date: noon on 4 June 2027\n"
	  "Reference: SVIDB-27-3" PROSE_EN,
	  "Hire of Excavators", "Seven Valleys Internal Drainage Board", "SVIDB-27-3" },
	{ "ROADS AUTHORITY OF KARUNDA\nSPECIFIC PROCUREMENT NOTICE\nRequest for Bids - Works\nProject: Northern Corridor Improvement Project\n"
	  "Contract title: Upgrading of the Lira - Kolo Road (42 km) to bituminous standard\nRFB Reference No.: RAK/WRKS/2027/00012" PROSE_EN,
	  "Upgrading of the Lira - Kolo Road (42 km) to bituminous standard", "ROADS AUTHORITY OF KARUNDA",
	  "RAK/WRKS/2027/00012" },
	{ "Hydro Valley Power Corporation Ltd.\n(A Joint Venture of the States)\nE-TENDER NOTICE\nNIT No. HVPC/O&M/27-28/041 dated 03.05.2027\n"
	  "Online bids are invited on behalf of HVPC for the work of Overhauling of Unit No. 2 Governor at Dhara Power House.\n"
	  "Tender fee: Rs. 1,180" PROSE_EN,
	  NULL, "Hydro Valley Power Corporation Ltd.", "HVPC/O&M/27-28/041" },
	{ "# REQUEST FOR PROPOSAL (RFP)\n= Selection of Agency for Annual Hygiene Survey in Urban Wards\nIssued by\nState Urban Mission, Government of Malwa\n"
	  "RFP No.: SUM/2027/EVAL/7" PROSE_EN,
	  "Selection of Agency for Annual Hygiene Survey in Urban Wards", "State Urban Mission, Government of Malwa",
	  "SUM/2027/EVAL/7" },
	{ "Dear supplier,\nAshgrove Bakeries is inviting quotes for a new spiral cooler at its Leeds plant. Please quote by 28 May.\n"
	  "Kind regards\nTom Hill, Ashgrove Bakeries, t.hill@ashgrovebakeries.example" PROSE_EN,
	  NULL, "Ashgrove Bakeries", NULL },
	{ "= Vergabebekanntmachung\n1. Öffentlicher Auftraggeber\nName: Amt Boddenland\nAnschrift: Dorfstraße 3, 18999 Boddenland\n2. Verfahren\n"
	  "Öffentliche Ausschreibung nach UVgO\n3. Gegenstand des Auftrags\nLieferung von zwei Mannschaftstransportwagen\n"
	  "4. Aktenzeichen\n037-27/BL" PROSE_DE,
	  "Lieferung von zwei Mannschaftstransportwagen", "Amt Boddenland", "037-27/BL" },
	{ "# Unterlagen für das Vergabeverfahren\n# Sicherheitsdienst in Gemeinschaftsunterkünften\nAuftraggeberin: Stadt Neuenhagen, Amt für Soziales\n"
	  "Vergabenummer: S-2027-0007" PROSE_DE,
	  "Sicherheitsdienst in Gemeinschaftsunterkünften", "Stadt Neuenhagen, Amt für Soziales", "S-2027-0007" },
	{ "Landeshauptstadt Moorburg\nDer Oberbürgermeister\nZentrales Vergabemanagement\nAngebotsaufforderung\nVerhandlungsvergabe Nr. 27-VgM-119\n"
	  "Leistung: Evaluation des Programms Frühe Hilfen\nSehr geehrte Damen und Herren,\nSie werden gebeten, ein Angebot abzugeben." PROSE_DE,
	  "Evaluation des Programms Frühe Hilfen", "Landeshauptstadt Moorburg", "27-VgM-119" },
	{ "Bauvorhaben: Erweiterung Grundschule Am Anger\nGewerk: Elektroinstallation\nBauherr: Markt Oberwang, vertreten durch den Ersten Bürgermeister\n"
	  "Architekt: Planwerk GmbH\nSubmission: 12.05.2027, 10:30 Uhr" PROSE_DE,
	  NULL, "Markt Oberwang", NULL },
	{ "Wir, die Nordlicht Pflege gGmbH, suchen zum 1. Oktober einen Partner für die Wäscheversorgung unserer sechs Häuser.\n"
	  "Bitte senden Sie Ihr Angebot an einkauf@nordlicht-pflege.example." PROSE_DE,
	  NULL, "Nordlicht Pflege gGmbH", NULL },
	{ "Bundesinstitut für Materialkunde\nReferat Z.3 Beschaffung\n= Leistungsbeschreibung\nzur Beschaffung eines Rasterelektronenmikroskops\n"
	  "Vorgangsnummer: Z3-2027-0456" PROSE_DE,
	  "Beschaffung eines Rasterelektronenmikroskops", "Bundesinstitut für Materialkunde", "Z3-2027-0456" },
	{ "# Ausschreibungsunterlagen\n= Projekt \"Ersatz Zutrittssystem Verwaltungsgebäude\"\nGemeinde Seewil\nAbteilung Liegenschaften\n"
	  "Offenes Verfahren gemäss IVöB\nsimap-ID 27881" PROSE_DE,
	  "Ersatz Zutrittssystem Verwaltungsgebäude", "Gemeinde Seewil", NULL },
	{ "Allgemeine Angaben\nBezeichnung des Verfahrens | Rahmenvertrag Dolmetschleistungen\nAuftraggeber | Jobcenter Kreis Talheim\n"
	  "Vergabestelle | Kommunaler Einkaufsverbund Süd\nVerfahrensnummer | KES-27-88" PROSE_DE,
	  "Rahmenvertrag Dolmetschleistungen", "Jobcenter Kreis Talheim", "KES-27-88" },
};

/* Forms, letters and notices that were written last. */
static const struct cover late[] = {
	{ "Village of Pine Hollow\n50 Lake Avenue, Pine Hollow, WI 53999\nRequest for Proposals for Municipal Assessing Services\nIssued: May 3, 2027\n"
	  "Due: June 1, 2027" PROSE_EN,
	  "Municipal Assessing Services", "Village of Pine Hollow", NULL },
	{ "# Bid Documents\n= Contract 27-4\n= Wastewater Treatment Plant Digester Cover Replacement\n= Owner: Sable River Sanitary District\n"
	  "Engineer: Holt & Crane, Inc.\nBid opening: June 10, 2027" PROSE_EN,
	  "Wastewater Treatment Plant Digester Cover Replacement", "Sable River Sanitary District", NULL },
	{ "Event ID: 0000039911\nEvent Name: Ballistic Vests and Carriers\nAgency: Department of Public Safety\nEvent Type: RFQ\n"
	  "Buyer Contact: L. Ames" PROSE_EN,
	  "Ballistic Vests and Carriers", "Department of Public Safety", "0000039911" },
	{ "= OPEN TENDER\n= PROVISION OF TREASURY MANAGEMENT ADVICE\nBorough of Stanmere Pension Fund\nTender Ref: BSPF-27-02\nClosing: 12 noon" PROSE_EN,
	  "PROVISION OF TREASURY MANAGEMENT ADVICE", "Borough of Stanmere Pension Fund", "BSPF-27-02" },
	{ "Find a Tender\nOverhaul of lock gates\nCANAL AND HARBOUR TRUST\nF02: Contract notice\nNotice reference: 2027/S 000-012345\nPublished: 3 May 2027" PROSE_EN,
	  "Overhaul of lock gates", "CANAL AND HARBOUR TRUST", NULL },
	{ "INVITATION TO QUOTE\nWe invite you to quote for the supply of 400 ergonomic chairs to the Head Office of Kestrel Insurance plc.\n"
	  "Kestrel Insurance plc, Registered in England No. 123456" PROSE_EN,
	  NULL, "Kestrel Insurance plc", NULL },
	{ "The Registrar, Institute of Marine Technology, invites sealed tenders in two-bid system for Supply and Installation of a Tensile Testing "
	  "Machine. Tender No: IMT/S&P/2027/081. Last date: 04.06.2027." PROSE_EN,
	  "Supply and Installation of a Tensile Testing Machine", "Institute of Marine Technology",
	  "IMT/S&P/2027/081" },
	{ "World Reef Fund\nTerms of Reference for Mid-Term Review of the Coral Gardens Project\nDuty station: home-based\nContract: individual consultant" PROSE_EN,
	  "Mid-Term Review of the Coral Gardens Project", "World Reef Fund", NULL },
	{ "Request for Proposal\nCustomer Data Platform\nPrepared by Lumen Outdoor, Inc.\nMay 2027\nConfidential" PROSE_EN,
	  "Customer Data Platform", "Lumen Outdoor, Inc.", NULL },
	{ "Stadt Weidenfeld\nTiefbauamt\n= Öffentliche Ausschreibung\n= Straßenbeleuchtung Gewerbegebiet Ost, 2. Bauabschnitt\nVergabe-Nr.: 66-2027-018\n"
	  "Eröffnungstermin: 12.05.2027" PROSE_DE,
	  "Straßenbeleuchtung Gewerbegebiet Ost, 2. Bauabschnitt", "Stadt Weidenfeld", "66-2027-018" },
	{ "1. Bezeichnung und Anschrift der zur Angebotsabgabe auffordernden Stelle:\nLandesbetrieb Forst Nordmark, Forstweg 1, 17999 Waldsee\n"
	  "2. Art der Vergabe: Öffentliche Ausschreibung\n3. Art und Umfang der Leistung: Rücken und Entladen von Rundholz im Revier Waldsee\n"
	  "4. Zeichen: LF-27/033" PROSE_DE,
	  "Rücken und Entladen von Rundholz im Revier Waldsee", "Landesbetrieb Forst Nordmark", "LF-27/033" },
	{ "# Angebotsabfrage\n= Externe Datenschutzbeauftragte\nHandwerkskammer Unterfranken-Süd\nAnsprechpartner: Jens Kolb\nFrist: 21.05.2027" PROSE_DE,
	  "Externe Datenschutzbeauftragte", "Handwerkskammer Unterfranken-Süd", NULL },
	{ "Veröffentlichung einer Ausschreibung\nVergabeart: Verhandlungsvergabe mit Teilnahmewettbewerb\nAuftragsbezeichnung: Coaching für "
	  "Führungskräfte der Landesverwaltung\nAuftraggeber: Ministerium für Digitales\nVergabenummer: MD-27-12" PROSE_DE,
	  "Coaching für Führungskräfte der Landesverwaltung", "Ministerium für Digitales", "MD-27-12" },
	{ "Der Abwasserverband Mittlere Lahn (im Folgenden „AG“) benötigt ein Blockheizkraftwerk für die Kläranlage Weilau. Die Firma Thermo GmbH "
	  "hat die Planung erstellt." PROSE_DE,
	  NULL, "Abwasserverband Mittlere Lahn", NULL },
	{ "Sehr geehrte Damen und Herren,\ndie Wohnbau Rheinblick eG plant den Austausch von 14 Heizkesseln. Wir bitten Sie um ein Angebot.\n"
	  "Mit freundlichen Grüßen\nWohnbau Rheinblick eG" PROSE_DE,
	  NULL, "Wohnbau Rheinblick eG", NULL },
};

static void reads_english_covers(void **state UNUSED)
{
	covers_say(english, N_ELEMS(english));
}

static void reads_german_covers(void **state UNUSED)
{
	covers_say(german, N_ELEMS(german));
}

static void reads_other_covers(void **state UNUSED)
{
	covers_say(others, N_ELEMS(others));
}

static void reads_late_covers(void **state UNUSED)
{
	covers_say(late, N_ELEMS(late));
}

/* A sentence or row, and "value currency minimum kind" of the budget in it. */
static const char *const budgets[][2] = {
	{ "The total contract value is anticipated to be in the region of £1.2m.", "1200000, GBP, -, estimate" },
	{ "The contract is expected to be worth around £850,000 over its full term.", "850000, GBP, -, estimate" },
	{ "Estimated value excluding VAT: £640,000", "640000, GBP, -, estimate" },
	{ "Total estimated value (GBP, excl. VAT) | 3,200,000", "3200000, GBP, -, estimate" },
	{ "Value\n£1,250,000 excluding VAT\n£1,500,000 including VAT\nAbove the relevant threshold",
	  "1250000, GBP, -, estimate" },
	{ "The framework has a maximum value of £12m over four years.", "12000000, GBP, -, ceiling" },
	{ "The contract amount shall not exceed USD 45,000, inclusive of travel.", "45000, USD, -, ceiling" },
	{ "A budget of approximately $150,000 has been approved for this work.", "150000, USD, -, budget" },
	{ "The engineer's estimate for the base bid is $412,000.", "412000, USD, -, estimate" },
	{ "The order-of-magnitude estimate is between $3.1 million and $3.4 million.", "3400000, USD, 3100000, range" },
	{ "Estimated construction cost: $3,100,000 to $3,400,000", "3400000, USD, 3100000, range" },
	{ "The available budget for this consultancy is USD 38,000 all-inclusive.", "38000, USD, -, budget" },
	{ "Maximum budget: EUR 60 000", "60000, EUR, -, ceiling" },
	{ "Offers above EUR 144,000 will be rejected.", "144000, EUR, -, ceiling" },
	{ "Estimated cost | Rs. 45,20,000\nEMD | Rs. 90,400", "4520000, INR, -, estimate" },
	{ "Estimated Cost (Rs. in Lakhs) | 45.20", "4520000, INR, -, estimate" },
	{ "Amount put to tender | Rs. 1,25,00,000/-", "12500000, INR, -, estimate" },
	{ "We expect to spend no more than £30k.", "30000, GBP, -, ceiling" },
	{ "Funding of AUD 2.4 million is available for the design and the works.", "2400000, AUD, -, budget" },
	{ "Geschätzter Wert ohne MwSt.: 640 000,00 EUR", "640000, EUR, -, estimate" },
	{ "Maximalwert der Rahmenvereinbarung: 2 400 000 EUR", "2400000, EUR, -, ceiling" },
	{ "Der Auftragswert wird auf rund 85.000 Euro netto geschätzt.", "85000, EUR, -, estimate" },
	{ "Wir rechnen mit Kosten von etwa 75.000 Euro.", "75000, EUR, -, estimate" },
	{ "Die geschätzten Kosten belaufen sich auf ca. 75.000 EUR.", "75000, EUR, -, estimate" },
	{ "Das Budget beträgt maximal 60 TEUR.", "60000, EUR, -, ceiling" },
	{ "Kostenobergrenze: 1,2 Mio. EUR brutto", "1200000, EUR, -, ceiling" },
	{ "Es stehen Haushaltsmittel in Höhe von 250.000 € zur Verfügung.", "250000, EUR, -, budget" },
	{ "Der Budgetrahmen liegt bei 40.000 bis 55.000 EUR.", "55000, EUR, 40000, range" },
	{ "Angebote über 50.000 Euro können nicht berücksichtigt werden.", "50000, EUR, -, ceiling" },
	{ "Das Kostendach beträgt CHF 1'200'000.–.", "1200000, CHF, -, ceiling" },
	{ "Das finanzielle Volumen beläuft sich auf 310.000 Euro.", "310000, EUR, -, estimate" },
	{ "The Board has authorized up to $600,000 for this project.", "600000, USD, -, ceiling" },
	{ "Total funding for the award will not exceed $1.25 million.", "1250000, USD, -, ceiling" },
	{ "The annual value of the contract is about £90,000.", "90000, GBP, -, estimate" },
	{ "Contract value (estimated): £1.8 million - £2.2 million excluding VAT", "2200000, GBP, 1800000, range" },
	{ "Budget: $75,000", "75000, USD, -, budget" },
	{ "Budget | 75 000 €", "75000, EUR, -, budget" },
	{ "We have a budget of between €20k and €30k.", "30000, EUR, 20000, range" },
	{ "Probable amount of contract: INR 3.2 crore", "32000000, INR, -, estimate" },
	{ "Value of work: Rs. 18.75 Lakhs", "1875000, INR, -, estimate" },
	{ "The maximum total amount of the framework contract is EUR 950 000.", "950000, EUR, -, ceiling" },
	{ "The price may under no circumstances exceed CHF 250'000.", "250000, CHF, -, ceiling" },
	{ "Financial ceiling: KES 12,000,000", "12000000, KES, -, ceiling" },
	{ "Der geschätzte Gesamtauftragswert liegt bei 1.150.000 € (netto).", "1150000, EUR, -, estimate" },
	{ "Die Kosten dürfen 45.000 € nicht überschreiten.", "45000, EUR, -, ceiling" },
	{ "Für die Maßnahme sind 180.000 EUR eingeplant.", "180000, EUR, -, budget" },
	{ "Das Auftragsvolumen wird mit ca. 400 T€ beziffert.", "400000, EUR, -, estimate" },
	{ "Uns steht ein Budget von 15.000 bis 18.000 Euro zur Verfügung.", "18000, EUR, 15000, range" },
	{ "Höchstwert der Rahmenvereinbarung | 980.000,00 EUR", "980000, EUR, -, ceiling" },
	{ "Baukosten (KG 300 und 400): rund 5,6 Mio. Euro", "5600000, EUR, -, construction cost frame" },
	{ "Kostenrahmen netto: EUR 220.000,-", "220000, EUR, -, construction cost frame" },
	/* None of these is what the contract may cost. */
	{ "Bidders must show an annual turnover of at least £2 million.", "null" },
	{ "Tender fee: Rs. 5,900. EMD: Rs. 2,00,000.", "null" },
	{ "Professional indemnity of not less than £5,000,000 in the aggregate.", "null" },
	{ "Liquidated damages shall not exceed $50,000.", "null" },
	{ "The former contractor was paid $812,000 in 2026.", "null" },
	{ "Der Umsatz muss mindestens 1,5 Mio. Euro im Jahr betragen.", "null" },
	{ "Die Vertragsstrafe ist auf höchstens 20.000 Euro begrenzt.", "null" },
	{ "Deckungssumme: 3 Mio. EUR für Personenschäden", "null" },
	{ "The building was valued at €11 million by our insurers.", "null" },
	{ "Purchase orders above $25,000 need the approval of the board.", "null" },
	{ "Invoices above EUR 10,000 are to be sent in two copies.", "null" },
	{ "Proposers must have completed three projects with a value of at least $500,000 each.", "null" },
	{ "Changes above $10,000 require a written amendment.", "null" },
	{ "The successful bidder pays a performance security of 5 % or $20,000.", "null" },
	{ "The department has an annual operating budget of $34 million.", "null" },
	{ "In 2026 the Trust spent £310,000 on this service.", "null" },
	{ "Die Haftung ist je Schadensfall auf 100.000 Euro beschränkt.", "null" },
	{ "Direktaufträge bis 5.000 Euro erteilt das Amt ohne Verfahren.", "null" },
	{ "Das Stammkapital beträgt mindestens 25.000 Euro.", "null" },
	{ "Die Stadt hat 48.000 Einwohner und einen Haushalt von 120 Mio. Euro.", "null" },
};

static void reads_budgets(void **state UNUSED)
{
	int wrong = 0;

	for (size_t i = 0; i < N_ELEMS(budgets); i++) {
		auto_free char *got = small_field(field_budget, budgets[i][0], "value currency minimum kind");

		if (streq(got, budgets[i][1]))
			continue;
		print_error("budget of: %s\nshould be: %s\n       is: %s\n", budgets[i][0], budgets[i][1], got);
		wrong++;
	}
	assert_int_equal(wrong, 0);
}

static const struct small_case procedures[] = {
	{ "Verfahrensart | Selektives Verfahren", "restricted" },
	{ "Art des Verfahrens: Einladungsverfahren", "neg-wo-call" },
	{ "Verfahrensart: Freihändiges Verfahren", "neg-wo-call" },
	{ "Procedure type: Competitive flexible procedure", "oth-mult" },
	{ "Type of procedure: Competitive procedure with negotiation", "neg-w-call" },
	{ "Tender method: Open Tendering", "open" },
	{ "Procurement method: International Competitive Bidding", "open" },
	{ "Wahl des Verfahrens: Selektives Verfahren", "restricted" },
	{ "Tender Type | Open Tender\nForm of contract | Percentage", "open" },
	{ "Der Auftrag wird im offenen Verfahren gemäß § 15 VgV vergeben.", "open" },
	{ "Es handelt sich um ein Nichtoffenes Verfahren mit Teilnahmewettbewerb.", "restricted" },
	{ "The procurement is conducted as a restricted procedure.", "restricted" },
	{ "The Authority is using a negotiated procedure without prior publication.", "neg-wo-call" },
	{ "Vergabeart: Innovationspartnerschaft", "innovation" },
};

static void reads_procedures(void **state UNUSED)
{
	assert_int_equal(SMALL_WRONG(field_procedure, "type", procedures), 0);
}

static void knows_who_acts(void **state UNUSED)
{
	static const struct cover covers[] = {
		{ "Auftraggeberin | Bundesrepublik Deutschland, vertreten durch die Bundesanstalt für Grenzgewässer (BAG), Am Treidelpfad 3, 49999 "
		  "Meppenfurt" PROSE_DE,
		  NULL, "Bundesanstalt für Grenzgewässer", NULL },
		{ "Auftraggeber: Freistaat Bayern, vertreten durch das Staatliche Bauamt Hohenau, dieses vertreten durch den Leiter" PROSE_DE,
		  NULL, "Staatliche Bauamt Hohenau", NULL },
		{ "Contracting authority: Republic of Tavira, represented by the Ministry of Works and Bridges\nCountry: Tavira" PROSE_EN,
		  NULL, "Ministry of Works and Bridges", NULL },
		/* a town is represented by its mayor, and buys itself */
		{ "Auftraggeber: Stadt Hohenau, vertreten durch den Oberbürgermeister, Markt 1, 36999 Hohenau" PROSE_DE,
		  NULL, "Stadt Hohenau", NULL },
		{ "Auftraggeber: Land Nordmark, vertreten durch den Ministerpräsidenten" PROSE_DE, NULL,
		  "Land Nordmark", NULL },
		{ "NOTICE IS HEREBY GIVEN that the Board of Education of the Pinyon Valley Unified School District, of Kern Hills County, State of "
		  "California, hereinafter referred to as \"District\", will receive sealed proposals until 2 p.m." PROSE_EN,
		  NULL, "Pinyon Valley Unified School District", NULL },
		{ "= Evangelisch-lutherischer Kirchenkreis Ostheide\nKirchplatz 4, 29988 Bevenhusen\nSehr geehrte Damen und Herren," PROSE_DE,
		  NULL, "Evangelisch-lutherischer Kirchenkreis Ostheide", NULL },
		/* who signs does not buy */
		{ "The International Islands Fund (IIF) hereby invites you to submit a bid.\nIssued by: Mele Tuifua, Procurement Associate. "
		  "Approved by: Henrik Aalto, Deputy Director." PROSE_EN,
		  NULL, "International Islands Fund", NULL },
	};

	covers_say(covers, N_ELEMS(covers));
}

static void knows_what_is_no_title(void **state UNUSED)
{
	static const struct cover covers[] = {
		{ "# Vergabeunterlage\n= zum Offenen Verfahren gemäß § 15 VgV\n# Betreuung der Beschäftigten durch Betriebsärzte\n"
		  "= Vergabenummer: BAG-Z3-2027-0117" PROSE_DE,
		  "Betreuung der Beschäftigten durch Betriebsärzte", NULL, "BAG-Z3-2027-0117" },
		{ "# Öffentliche Ausschreibung (VOB/A)\n# Erneuerung des Daches der Turnhalle\nf) Art und Umfang der Leistung: Abbruch der "
		  "Dachabdichtung, ca. 2.140 m²; neue Dämmung, ca. 2.140 m²; Gerüst, ca. 1.300 m²" PROSE_DE,
		  "Erneuerung des Daches der Turnhalle", NULL, NULL },
		{ "Kirchplatz 4, 29988 Bevenhusen\nBevenhusen, den 1. Februar 2027\nMittagsverpflegung für neun Kindertagesstätten: Bitte um Abgabe "
		  "eines Angebots\nSehr geehrte Damen und Herren,\nwir bitten um Ihr Angebot." PROSE_DE,
		  "Mittagsverpflegung für neun Kindertagesstätten", NULL, NULL },
		{ "Larch Valley School District\nNOTICE TO PROPOSERS\nRFP #27-28-06\nContracted School Nursing and Health Aide Services\nThe District "
		  "will receive sealed proposals for the award of a contract for the above services." PROSE_EN,
		  "Contracted School Nursing and Health Aide Services", NULL, "27-28-06" },
		{ "# MOLOTO RIDGE LOCAL MUNICIPALITY\n= Supply Chain Management Unit\n# TENDER NOTICE AND INVITATION TO BID\nBid number | MRLM/09/2026\n"
		  "Description | Provision of Physical Security Services at Municipal Facilities\nContract period | 36 months" PROSE_EN,
		  "Provision of Physical Security Services at Municipal Facilities", NULL, NULL },
		{ "# INVITATION TO BID\n# Supply and Installation of Solar Systems for Health Centres\n= ITB No.: ITB/IIF/VLA/2027/014\n"
		  "= Project: VLA10/00113422 Resilient Health Services\n= Country: Republic of Valanua" PROSE_EN,
		  "Supply and Installation of Solar Systems for Health Centres", NULL, "ITB/IIF/VLA/2027/014" },
		{ "SHORT TERM e-TENDER NOTICE\nNo. HRWC/P&A/OS-Cleaning/2027-28/77\nOnline tenders are invited from reputed firms for Cleaning "
		  "of Silos at Head Office and Depots of the Corporation. The contract is for two years." PROSE_EN,
		  "Cleaning of Silos at Head Office and Depots of the Corporation", NULL,
		  "HRWC/P&A/OS-Cleaning/2027-28/77" },
		{ "Coastal Fund for Fair Fisheries\n# Supply of Nets\nDokument B zur Submission TB-2027-11" PROSE_EN,
		  "Supply of Nets", "Coastal Fund for Fair Fisheries", "TB-2027-11" },
		{ "SUBJECT: Authorization to release a Request for Proposals for towing\nDATE ISSUED 09/03/2027\n47QSWA27R0012" PROSE_EN,
		  NULL, NULL, "47QSWA27R0012" },
		{ "Vergabe-Nr.: AZUL 2027-12 L\nBezeichnung der Leistung: Lieferung von Biotonnen" PROSE_DE,
		  "Lieferung von Biotonnen", NULL, "AZUL 2027-12 L" },
		/* Who signs stands under the buyer's name, the law before the subject, units under their authority. */
		{ "Landkreis Quellau\nDer Landrat\nMein Zeichen: 37.20-05/27 Ah\nAufforderung zur Abgabe eines Angebotes\n"
		  "Öffentliche Ausschreibung nach § 9 UVgO: Beschaffung von Schutzkleidung\nSehr geehrte Damen und Herren,\n"
		  "der Landkreis Quellau beschafft Jacken und Hosen für seine Feuerwehren." PROSE_DE,
		  "Beschaffung von Schutzkleidung", "Landkreis Quellau", "37.20-05/27 Ah" },
		{ "Stadt Wilchau\nFinanzdepartement, Dienstabteilung Informatik\nEinladung zur Einreichung eines Angebots\n"
		  "Umzug des Rechenzentrums Lindenhof\nsimap-Meldungsnummer 1488213 / CPV 72500000" PROSE_DE,
		  "Umzug des Rechenzentrums Lindenhof", "Stadt Wilchau", "1488213" },
		{ "= BOARD OF COUNTY COMMISSIONERS\n= WAPSLOW COUNTY, OHIO\nNOTICE TO BIDDERS\nSealed bids will be received by the "
		  "Board of Commissioners of Wapslow County until noon for the project known as Creek Road Culvert Renewal, "
		  "with maintenance of traffic." PROSE_EN,
		  "Creek Road Culvert Renewal", NULL, NULL },
		{ "Request for Offer\nFleet Telematics and Related Services\nRequest No. DTS-4418/27\nPART A - OVERVIEW AND "
		  "CONDITIONS\nProof: a tax certificate issued by the Ministry of Finance." PROSE_EN,
		  "Fleet Telematics and Related Services", "null", "DTS-4418/27" },
		{ "Zahl: D6-WD-118/2027\nDer Freistaat, vertreten durch das Staatsministerium für Digitales, beabsichtigt die "
		  "Vergabe." PROSE_DE,
		  NULL, "Staatsministerium für Digitales", "D6-WD-118/2027" },
		{ "Regierung von Oberhausen\nDie Regierungspräsidentin\nOberhausen, 3. Mai 2027\nAufforderung zur Angebotsabgabe\nErneuerung der Telefonanlage im Dienstgebäude Nord\nSehr geehrte Damen und Herren,\nwir bitten um Ihr Angebot bis 1.6.2027. GZ: 55.1-4711/27" PROSE_DE,
		  "Erneuerung der Telefonanlage im Dienstgebäude Nord", "Regierung von Oberhausen", "55.1-4711/27" },
		{ "Verkehrsverbund Mittelland AG\nPreisanfrage\nLieferung von 40 Fahrausweisautomaten\nDokument-Nr.: VVM-2027-033, Rev. B\nStand: 3.5.2027" PROSE_DE,
		  "Lieferung von 40 Fahrausweisautomaten", "Verkehrsverbund Mittelland AG", "VVM-2027-033" },
		{ "Senatsverwaltung für Bildung und Jugend\nBeschränkte Ausschreibung mit Teilnahmewettbewerb gemäß § 10 UVgO: Mittagessen an Grundschulen\nVergabe-Nr. 27/081-B" PROSE_DE,
		  "Mittagessen an Grundschulen", "Senatsverwaltung für Bildung und Jugend", "27/081-B" },
		{ "Port Authority of Salmouth\nInvitation to Submit a Quotation\nDredging of the Inner Basin 2027\nOffer No: PAS-27-9" PROSE_EN,
		  "Dredging of the Inner Basin 2027", "Port Authority of Salmouth", "PAS-27-9" },
		{ "NOTICE TO CONTRACTORS\nThe Board of Supervisors of Millet County, Iowa, will receive sealed bids for the work titled "
		  "\"Courthouse Roof Renewal\" until 10 a.m. on May 3, 2027." PROSE_EN,
		  "Courthouse Roof Renewal", "Millet County", NULL },
		{ "Advertisement for Bids\nReplacement of Water Mains, Phase II\nfor the Town of Little Ferry\nProject No. LF-27-2" PROSE_EN,
		  "Replacement of Water Mains, Phase II", "Town of Little Ferry", "LF-27-2" },
		{ "Ministry of Works\nTender Enquiry No. MOW/TE/27/15 Rev. 2\nSupply of Bitumen Emulsion to Three Depots\nDear Sir,\nkindly quote by 3 June 2027." PROSE_EN,
		  "Supply of Bitumen Emulsion to Three Depots", "Ministry of Works", "MOW/TE/27/15" },
		{ "Eastmoor Health Service Trust\nFurther Competition under Framework RM6277\nAgency Staffing for Night Wards\nResource ID 302211" PROSE_EN,
		  NULL, "Eastmoor Health Service Trust", "302211" },
		{ "Gemeinde Sankt Veit\nDer Magistrat\nAusschreibungsunterlage\nErneuerung der Straßenbeleuchtung\nZl. 031-2/2027" PROSE_DE,
		  "Erneuerung der Straßenbeleuchtung", "Gemeinde Sankt Veit", "031-2/2027" },
	};

	covers_say(covers, N_ELEMS(covers));
}

static void knows_whose_money(void **state UNUSED)
{
	static const struct small_case cases[] = {
		{ "The general fund budget for 2026-27 is $287.4 million. The anticipated annual expenditure is between $900,000 and $1,200,000.",
		  "1200000, USD" },
		{ "Der Haushalt der Stadt hat ein Haushaltsvolumen von 84 Mio. Euro.", "null" },
		{ "The College has an annual budget of £40 million.", "null" },
		{ "Die Gesamtkosten der Maßnahme einschließlich Lüftung sind mit rund 1,9 Mio. Euro veranschlagt.",
		  "null" },
		{ "Die Gesamtkosten der Leistung werden auf 190.000 Euro geschätzt.", "190000, EUR" },
		{ "Last year this cost us $96,480, and the budget line for next year is $140,000.", "140000, USD" },
		{ "We spend in the region of £13.1m a year at present and estimate the total value of the contracts at £98,700,000.",
		  "98700000, GBP" },
		{ "The Council approved $3,480,000 for the move. A ceiling of $1,250,000 applies to these services.",
		  "1250000, USD" },
		{ "In den Haushalten sind hierfür insgesamt 585.000 Euro eingestellt.", "585000, EUR" },
		{ "Wir schätzen den Wert des Auftrags auf rund 195 000 Euro ohne Umsatzsteuer.", "195000, EUR" },
		{ "State Fleet estimates expenditure over the term at $4.35 million.\nData stays in Australia. Quote an Australian Business Number.",
		  "4350000, AUD" },
		{ "Base Year - parts, not-to-exceed $18,000", "null" },
		{ "The contract price shall not exceed $180,000.", "180000, USD" },
	};

	assert_int_equal(SMALL_WRONG(field_budget, "value currency", cases), 0);
}

static void tells_lots_from_rows(void **state UNUSED)
{
	static const struct small_case cases[] = {
		{ "Lot | Description | Centres\n1 | Northern Islands | 9\n2 | Southern Islands | 7\nThe goods are insured on the way by the contractor.\n"
		  "Item | Minimum specification | Remarks\n1 | Array of solar modules | -\n2 | Warranty of modules | -\n3 | Battery of lithium | -",
		  "1, Northern Islands; 2, Southern Islands" },
		{ "Die Leistung ist in zwei Lose aufgeteilt: Los 1 „Kitas Bevenhusen“ mit fünf Häusern, Los 2 „Kitas im Nordkreis“ mit vier Häusern.\n"
		  "Los | Einrichtung | Plätze\n1 | Arche Noah | 24\n1 | Regenbogen | 28\n2 | Sonnenblume | 18",
		  "1, Kitas Bevenhusen; 2, Kitas im Nordkreis" },
		{ "Tenders may be made for Lot 1 (North Area) and Lot 2 (South Area).",
		  "1, North Area; 2, South Area" },
		{ "Lot A: roofs and gutters, Lot B: outer walls and Lot C: windows.",
		  "A, roofs and gutters; B, outer walls; C, windows" },
		{ "Für Los 1 (siehe Anlage 3) gilt eine Frist.", "null" },
		{ "Nr. | Schule | Klassen\n1 | Grundschule Nord | 8\n2 | Grundschule Süd | 12", "null" },
	};

	assert_int_equal(SMALL_WRONG(field_lots, "id title", cases), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_english_covers), cmocka_unit_test(reads_german_covers),
		cmocka_unit_test(reads_other_covers),   cmocka_unit_test(reads_late_covers),
		cmocka_unit_test(reads_procedures),     cmocka_unit_test(reads_budgets),
		cmocka_unit_test(knows_who_acts),       cmocka_unit_test(knows_what_is_no_title),
		cmocka_unit_test(knows_whose_money),    cmocka_unit_test(tells_lots_from_rows),
	};

	return RUN_TESTS(tests);
}
