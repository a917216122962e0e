/* The dates of a tender, in the ways in which they are written. */
#include "tests/test.h"

#include "tests/tender/small.h"

static void reads_submission_deadlines(void **state UNUSED)
{
	static const struct small_case cases[] = {
		{ "Closing date and time: 14 May 2027, 2.00 p.m. local time", "2027-05-14T14:00, local time" },
		{ "Tenders close at 2:00 pm (AEST) on Thursday 13 May 2027.", "2027-05-13T14:00, AEST" },
		{ "RFT closing time | 2.00pm AEST, Thursday 13 May 2027", "2027-05-13T14:00, AEST" },
		{ "Last date and time for submission of bids | 21.06.2027 up to 15:00 Hrs", "2027-06-21T15:00, null" },
		{ "Bid Submission End Date | 21-Jun-2027 05:00 PM", "2027-06-21T17:00, null" },
		{ "Due date for receipt of tenders is 21st June, 2027 by 3.00 PM.", "2027-06-21T15:00, null" },
		{ "The completed tender must reach this office not later than noon on Friday, 4 June 2027.",
		  "2027-06-04T12:00, null" },
		{ "Your quotation should arrive with us by close of business on 7 June 2027.", "2027-06-07, null" },
		{ "SUBMISSION DEADLINE:\nMay 6, 2027 @ 2:00 PM CT", "2027-05-06T14:00, CT" },
		{ "Return by: 12:00 noon, 18 June 2027", "2027-06-18T12:00, null" },
		{ "Proposals Due | June 3, 2027, 3:00 PM Mountain Time", "2027-06-03T15:00, Mountain Time" },
		{ "Responses will be accepted until 4:00 p.m. Eastern, June 3, 2027.", "2027-06-03T16:00, Eastern" },
		{ "We must have your offer in hand on or before June 3, 2027.", "2027-06-03, null" },
		{ "No proposal received after 2:00 p.m. on June 3, 2027 will be considered.",
		  "2027-06-03T14:00, null" },
		{ "Offers received after 3 June 2027, 12:00 will be rejected.", "2027-06-03T12:00, null" },
		{ "This RFP closes on 3 June 2027 at 17:00 (GMT).", "2027-06-03T17:00, GMT" },
		{ "Tenders must be with us by five o'clock in the afternoon on Thursday, the third of June 2027.",
		  "2027-06-03T17:00, null" },
		{ "Sealed bids are received until 10:30 o'clock A.M., local time, on Thursday, the 3rd day of June, 2027.",
		  "2027-06-03T10:30, local time" },
		{ "Please furnish quotations to the issuing office on or before close of business (Date) 06/03/2027, 4:30 PM ET",
		  "2027-06-03T16:30, ET" },
		{ "Proposals must be received no later than: Date: June 3, 2027. Time: 10:00 local time, at the address below.",
		  "2027-06-03T10:00, local time" },
		{ "The quoter agrees to hold the prices in its quotation firm until June 3, 2027.", "null" },
		{ "Tender closing: 1200hrs on 3rd June 2027 (Irish time)", "2027-06-03T12:00, Irish time" },
		{ "Sealed bids will be received by the City Clerk until 2:00 p.m., local time, on the 3rd day of June, 2027.",
		  "2027-06-03T14:00, local time" },
		{ "Event | Date | Time\nRFP issued | May 3, 2027 | -\nProposals due | June 3, 2027 | 2:00 p.m.",
		  "2027-06-03T14:00, null" },
		{ "RFP Due Date/Time | 06/23/2027 2:00 PM", "2027-06-23T14:00, null" },
		{ "Deadline for Receipt of Proposals | June 3rd, 2027 at 11:59 PM PST", "2027-06-03T23:59, PST" },
		{ "Bid opening: 4 June 2027 at 10:00\nSite visit: 12 May 2027\nBid closing: 3 June 2027 at 17:00",
		  "2027-06-03T17:00, null" },
		{ "Closing date: 3 June 2027\nClosing time: 14:00 IST", "2027-06-03T14:00, IST" },
		{ "Tenders must be lodged in the tender box by 2 p.m. on 3 June 2027. The box is opened on 4 June 2027 at 10 a.m.",
		  "2027-06-03T14:00, null" },
		{ "The deadline for submission of proposals is extended from 3 June 2027 to 10 June 2027, 16:00 CET.",
		  "2027-06-10T16:00, CET" },
		{ "Please e-mail your quote to us. It must reach us by 5pm on 4 June 2027.", "2027-06-04T17:00, null" },
		{ "Please let us have your best price by Friday, 4 June 2027, 5 pm.", "2027-06-04T17:00, null" },
		{ "Quotes are to be with the undersigned no later than 4 June 2027.", "2027-06-04, null" },
		{ "Tender return date | 4 June 2027 | 12 noon", "2027-06-04T12:00, null" },
		{ "Deadline for the return of the completed ITT documents: 12 noon, 4 June 2027 (UK time)",
		  "2027-06-04T12:00, UK time" },
		{ "Submissions close: June 4, 2027, 3:00:00 p.m. (Atlantic Time)", "2027-06-04T15:00, Atlantic Time" },
		{ "Solicitation closes at 02:00 PM Eastern Daylight Time EDT on 2027-06-04",
		  "2027-06-04T14:00, Eastern Daylight Time" },
		{ "Offer due date/local time | 04 Jun 2027 / 4:30 PM", "2027-06-04T16:30, null" },
		{ "Bids shall be submitted online only upto 17.00 hours on 04/06/2027.", "2027-06-04T17:00, null" },
		{ "The closing date is 4 June 2027. The contract is to start on 1 September 2027 and the award is planned for 30 June 2027.",
		  "2027-06-04, null" },
		{ "Contract award is expected by 3 June 2027.", "null" },
		{ "Proposals shall remain valid until 3 September 2027.", "null" },
		{ "Certificates of insurance must be submitted by 3 June 2027.", "null" },
		{ "The current contract with our supplier runs until 31 December 2027.", "null" },
		{ "Responses to questions will be published by 3 June 2027.", "null" },
	};

	assert_int_equal(SMALL_WRONG(field_submission_deadline, "value timezone", cases), 0);
}

static void reads_german_submission_deadlines(void **state UNUSED)
{
	static const struct small_case cases[] = {
		{ "Ablauf der Angebotsfrist | 03.06.2027, 10:00 Uhr", "2027-06-03T10:00, null" },
		{ "Schlusstermin für die Einreichung der Angebote: 3. Juni 2027, 24 Uhr", "2027-06-03T24:00, null" },
		{ "Angebotsschluss: Donnerstag, 3. Juni 2027, 14 Uhr", "2027-06-03T14:00, null" },
		{ "Einreichungsfrist: 03.06.2027 23:59 (MEZ)", "2027-06-03T23:59, MEZ" },
		{ "Wir bitten Sie, uns Ihr Angebot bis 3. Juni 2027 (12:00 Uhr) zukommen zu lassen.",
		  "2027-06-03T12:00, null" },
		{ "Bitte senden Sie Ihr Angebot bis spätestens 3.6.2027 an unsere Geschäftsstelle.",
		  "2027-06-03, null" },
		{ "Eingabefrist | 3. Juni 2027, 16.00 Uhr (Datum des Poststempels, A-Post)", "2027-06-03T16:00, null" },
		{ "Ende der Angebotsfrist: 03.06.2027, 10:00 Uhr\nÖffnung der Angebote: 03.06.2027, 10:30 Uhr\nEnde der Bindefrist: 31.08.2027",
		  "2027-06-03T10:00, null" },
		{ "Angebote, die nach dem 3. Juni 2027, 10.00 Uhr eingehen, werden ausgeschlossen.",
		  "2027-06-03T10:00, null" },
		{ "Die Angebotsfrist endet am 03.06.2027 um 12 Uhr mittags.", "2027-06-03T12:00, null" },
		{ "Ihr Angebot erwarten wir bis zum dritten Juni 2027, 5 Uhr nachmittags.", "2027-06-03T17:00, null" },
		{ "Das Angebot muss am 3. Juni 2027 um 11:00 Uhr vorliegen.", "2027-06-03T11:00, null" },
		/* The time between two dates is taken by one of them. */
		{ "Abgabetermin 03.06.2027 11:00 Uhr, 04.06.2027", "2027-06-03T11:00, null" },
		{ "Abgabetermin | 03.06.2027, 11:00 Uhr", "2027-06-03T11:00, null" },
		{ "Einlangen der Angebote bis 3.6.2027, 10:00 Uhr", "2027-06-03T10:00, null" },
		{ "Frist für die Abgabe der Angebote\nDatum: 03.06.2027\nUhrzeit: 10:00", "2027-06-03T10:00, null" },
		{ "Wir erwarten Ihre Offerte bis Donnerstag, 3. Juni 2027.", "2027-06-03, null" },
		{ "Schlusstermin | 3. Juni 2027, 12.00 h", "2027-06-03T12:00, null" },
		{ "Eingang der Angebote spätestens am 3. Juni 2027, 9 Uhr", "2027-06-03T09:00, null" },
		{ "Submissionstermin: 3. Juni 2027, 11:00 Uhr", "2027-06-03T11:00, null" },
		{ "Angebotsabgabe bis | 3. Juni 2027 | 11:00 Uhr", "2027-06-03T11:00, null" },
		{ "Die Angebote sind bis zum Ablauf des 3. Juni 2027 über die Plattform einzureichen.",
		  "2027-06-03, null" },
		{ "Ende der Einreichungsfrist | 03.06.2027 14:00 MESZ", "2027-06-03T14:00, MESZ" },
		{ "Die Frist zur Abgabe wird vom 3. Juni 2027 auf den 10. Juni 2027, 10 Uhr, verlängert.",
		  "2027-06-10T10:00, null" },
		{ "Ihr Angebot richten Sie bitte schriftlich an das Kirchenamt, Am Hof 3, 29999 Ostheim. Es muss dort spätestens am Freitag, dem 28. Mai 2027, um 12 Uhr vorliegen.",
		  "2027-05-28T12:00, null" },
		{ "An Ihr Angebot sind Sie bis zum Ablauf des 9. Juli 2027 gebunden.", "null" },
		{ "Die Angebotsfrist endet am 18. Jänner 2027 um 10.00 Uhr.", "2027-01-18T10:00, null" },
		{ "Der bisherige Vertrag endet am 31.12.2027.", "null" },
		{ "Die Zuschlagserteilung ist für den 3. Juni 2027 vorgesehen.", "null" },
		{ "Ortsbesichtigung: 3. Juni 2027, 10 Uhr", "null" },
	};

	assert_int_equal(SMALL_WRONG(field_submission_deadline, "value timezone", cases), 0);
}

static void reads_questions_deadlines(void **state UNUSED)
{
	static const struct small_case cases[] = {
		{ "Deadline for clarification questions: 17:00 on 20 May 2027", "2027-05-20T17:00" },
		{ "Clarification questions | 20 May 2027 | 17:00", "2027-05-20T17:00" },
		{ "Any queries should be raised by noon on 20 May 2027 via the portal.", "2027-05-20T12:00" },
		{ "Last date for seeking clarification | 20.05.2027", "2027-05-20" },
		{ "Questions will be accepted until May 20, 2027, 5 p.m.", "2027-05-20T17:00" },
		{ "End of Q&A period | May 20, 2027", "2027-05-20" },
		{ "All requests for clarification shall reach the Authority no later than 20 May 2027.", "2027-05-20" },
		{ "Written questions due (via e-mail) | Thursday, May 20, 2027 at 4:00 PM ET", "2027-05-20T16:00" },
		{ "Questions are to be put in the section “Questions and answers” of the website by 20 May 2027 at the latest.",
		  "2027-05-20" },
		{ "The Agency is not bound to reply to requests received after 20 May 2027.", "2027-05-20" },
		{ "Posted: May 3, 2027\nQuestions are answered by e-mail only. Write to the buyer by noon on May 20.",
		  "2027-05-20T12:00" },
		{ "Every request for interpretation must be received by noon on the 20th day of May.\nBids are due June 3, 2027.",
		  "2027-05-20T12:00" },
		{ "13.1 | Clarifications may be requested no later than 14 days prior to the submission deadline.\nTenders due: 3 June 2027",
		  "2027-05-20" },
		{ "Auskünfte sind über die Plattform anzufordern. Sie sind spätestens sechs Kalendertage vor Ablauf der Angebotsfrist zu erbitten.\nAngebotsfrist: 03.06.2027",
		  "2027-05-28" },
		{ "Fragen, die nach dem 20. Mai 2027 eingehen, werden nicht mehr beantwortet.", "2027-05-20" },
		{ "Falls Ihnen etwas unklar ist, schreiben Sie uns bitte spätestens bis zum 20. Mai 2027.",
		  "2027-05-20" },
		{ "Cut-off for enquiries: 20 May 2027. Answers will be issued by 27 May 2027.", "2027-05-20" },
		{ "Pre-bid queries to be sent up to 20.05.2027 | Pre-bid meeting on 25.05.2027", "2027-05-20" },
		{ "21 June 2027\nDear Contractor\nIf anything is unclear, questions may be sent to me by noon on 7 July.",
		  "2027-07-07T12:00" },
		{ "Date of issue: 1 December 2027\nQueries close on January 12 at 5 pm.", "2028-01-12T17:00" },
		{ "Holm, den 3. Mai 2027\nSehr geehrte Damen und Herren\nRückfragen bitte bis 20. Mai, 12 Uhr.",
		  "2027-05-20T12:00" },
		{ "21 June 2027\nDear Contractor\nUp to 12 may be asked. Questions are welcome.", "null" },
		{ "Answers to questions will be posted by May 27, 2027.", "null" },
		{ "Questions must be received ten (10) working days before the closing date.\nClosing date: 3 June 2027",
		  "2027-05-20" },
		{ "Questions may be submitted no later than seven calendar days prior to the due date.\nProposals due: June 3, 2027",
		  "2027-05-27" },
		{ "The Authority will answer queries that are received at least 6 days before the deadline.\nTenders due: 3 June 2027, 12:00",
		  "2027-05-28" },
		{ "Queries | One week before the tender closing date\nTender closing date | 3 June 2027",
		  "2027-05-27" },
		{ "Answers will be given no later than 6 days before the deadline for questions and tenders.\nTenders due: 3 June 2027",
		  "null" },
		{ "Date of issue: 3 May 2027\nQueries must be sent within 7 days of the issue of this tender.\nTenders due: 3 June 2027",
		  "2027-05-10" },
		{ "Bieterfragen sind bis spätestens sechs Tage vor Ablauf der Angebotsfrist zu stellen.\nAngebotsfrist: 03.06.2027, 10:00 Uhr",
		  "2027-05-28" },
		{ "Fragen, die später als 8 Kalendertage vor dem Ende der Angebotsfrist eingehen, werden nicht mehr beantwortet.\nEnde der Angebotsfrist: 03.06.2027",
		  "2027-05-26" },
		{ "Fragen zur Ausschreibung können bis zum 20.05.2027, 12:00 Uhr, im Forum von simap gestellt werden. Die Antworten folgen bis 27.05.2027.",
		  "2027-05-20T12:00" },
		{ "Rückfragen bis 20.05.2027", "2027-05-20" },
		{ "Schlusstermin für Fragen | 20. Mai 2027", "2027-05-20" },
		{ "Einreichung von Fragen: 20. Mai 2027, 24:00 Uhr", "2027-05-20T24:00" },
		{ "Fragen der Bieter werden beantwortet, wenn sie bis zum 20.05.2027 eingehen.", "2027-05-20" },
		{ "Auskünfte zu den Vergabeunterlagen: Anfragen bis 20.05.2027", "2027-05-20" },
		{ "Fragerunde: Fragen schriftlich bis 20. Mai 2027; Antworten ab 27. Mai 2027", "2027-05-20" },
		{ "Beantwortung der Fragen | 27.05.2027", "null" },
	};

	assert_int_equal(SMALL_WRONG(field_questions_deadline, "value", cases), 0);
}

static void reads_participation_deadlines(void **state UNUSED)
{
	static const struct small_case cases[] = {
		{ "Schlusstermin für den Eingang der Teilnahmeanträge: 03.06.2027, 10:00 Uhr", "2027-06-03T10:00" },
		{ "Teilnahmeanträge müssen bis 3. Juni 2027, 14 Uhr vorliegen.", "2027-06-03T14:00" },
		{ "Bewerbungsfrist | 3. Juni 2027", "2027-06-03" },
		{ "Ende der Teilnahmefrist: 03.06.2027 11:00", "2027-06-03T11:00" },
		{ "Deadline for receipt of requests to participate: 3 June 2027, 12:00", "2027-06-03T12:00" },
		{ "Expressions of interest must be received by 5 p.m. on 3 June 2027.", "2027-06-03T17:00" },
		{ "PQQ submission deadline | 3 June 2027 | 12:00", "2027-06-03T12:00" },
		{ "Selection Questionnaire responses due: 3 June 2027", "2027-06-03" },
		{ "Tenders are due on 3 June 2027.", "null" },
	};

	assert_int_equal(SMALL_WRONG(field_participation_deadline, "value", cases), 0);
}

static void reads_dates_of_issue(void **state UNUSED)
{
	static const struct small_case cases[] = {
		{ "Date of issue: 3 May 2027\nClosing date: 3 June 2027", "2027-05-03" },
		{ "RFP Issued | May 3, 2027\nProposals due | June 3, 2027", "2027-05-03" },
		{ "Tender notice No. 17 dated 03.05.2027\nLast date of submission: 03.06.2027", "2027-05-03" },
		{ "Release of RFP | 5/3/2027\nDue date | 6/23/2027", "2027-05-03" },
		{ "Issue date of ITT | 3 May 2027", "2027-05-03" },
		{ "Tag der Veröffentlichung: 03.05.2027\nAngebotsfrist: 03.06.2027", "2027-05-03" },
		{ "Datum der Publikation | 03.05.2027", "2027-05-03" },
		{ "Absendung der Bekanntmachung: 3. Mai 2027", "2027-05-03" },
		{ "Stadtwerke Holm\n3. Mai 2027\nSehr geehrte Damen und Herren", "2027-05-03" },
		{ "Lüdenfeld, den 3. Mai 2027\nAusschreibung", "2027-05-03" },
		{ "May 3, 2027\nDear Sir or Madam", "2027-05-03" },
		{ "Publication on the website: 3 May 2027", "2027-05-03" },
		{ "Our certificate was issued on 3 May 2025.", "null" },
	};

	assert_int_equal(SMALL_WRONG(field_issue_date, "value", cases), 0);
}

static void reads_how_long_offers_bind(void **state UNUSED)
{
	static const struct small_case cases[] = {
		{ "Bids shall remain valid for 120 days from the date of opening.", "P120D" },
		{ "Bid validity | 180 days", "P180D" },
		{ "Tenders must remain open for acceptance for a period of ninety (90) days.", "P90D" },
		{ "Validity of offer: 3 months from the closing date", "P3M" },
		{ "Proposals may not be withdrawn for sixty days after the opening of bids.", "P60D" },
		{ "Die Zuschlagsfrist beträgt fünf Monate ab Ende der Angebotsfrist.", "P5M" },
		{ "Your quote must be left open for us to accept until 30 September 2027.", "2027-09-30" },
		{ "Your offer shall be firm until 31 August 2027.", "2027-08-31" },
		{ "Bindefrist: 31.08.2027", "2027-08-31" },
		{ "Lodwar, 3 May 2027\nDear friends\nYour prices should be good until the end of August.",
		  "2027-08-31" },
		{ "Wir bitten um ein Angebot, an das Sie sich bis Ende August 2027 gebunden halten.", "2027-08-31" },
		{ "Die Bieter sind bis zum 31. August 2027 an ihr Angebot gebunden.", "2027-08-31" },
		{ "Ablauf der Zuschlagsfrist: 31.08.2027", "2027-08-31" },
		{ "Gültigkeit des Angebots: 6 Monate ab Schlusstermin für den Eingang der Angebote", "P6M" },
		{ "Das Angebot ist 90 Tage verbindlich.", "P90D" },
		{ "Bindefrist des Angebots | sechs Monate", "P6M" },
		{ "Laufzeit, in der das Angebot gültig bleiben muss: 60 Tage", "P60D" },
		{ "The insurance must be valid until 31 August 2027.", "null" },
		{ "The bid bond shall be valid for 150 days.", "null" },
	};

	assert_int_equal(SMALL_WRONG(field_binding, "value", cases), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_submission_deadlines), cmocka_unit_test(reads_german_submission_deadlines),
		cmocka_unit_test(reads_questions_deadlines),  cmocka_unit_test(reads_participation_deadlines),
		cmocka_unit_test(reads_dates_of_issue),       cmocka_unit_test(reads_how_long_offers_bind),
	};

	return RUN_TESTS(tests);
}
