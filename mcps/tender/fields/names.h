/* names - what the title, the issuer and the number of a tender have in common: names that are said more than once */
#ifndef TENDER_NAMES_H
#define TENDER_NAMES_H

#include "tender/doc/doc.h"
#include "fact.h"
#include "tender/text/pattern.h"

/* The kinds of document that a tender is, as a group of a pattern. */
#define NAMES_DOCUMENT                                                                                                                                                                          \
	"(?:requests? for (?:(?:competitive |sealed |standing )*(?:proposals?|quotations?|quotes?|information|tenders?|bids?|qualifications?|offers?|applications?)|expressions? of interest)|" \
	"(?:rf[pqibto]|itt|itb|ifb|eoi|rfq|reoi)s?|call for (?:proposals?|tenders?|bids?|quotations?|offers?|applications?)|"                                                                   \
	"notice inviting (?:e-?)?(?:tenders?|bids?|quotations?)|notice to (?:bidders|contractors|tenderers|proposers|offerors|suppliers)|"                                                      \
	"invitations? (?:to|for) (?:bid|tender|quote|negotiate|offer|quotation|submit an? (?:\\w+ )?(?:bid|tender|quot(?:e|ation)|proposal|offer))s?|"                                          \
	"advertisements? for (?:bids?|tenders?|proposals?)|expressions? of interest|further competition|mini-competition|"                                                                      \
	"(?:e-?)?tender(?: notice| documents?| enquiry| inquiry)?|bid(?: documents?| notice| invitation)?|solicitation(?: for (?:bids?|offers?|proposals?))?|"                                  \
	"(?:auftrags|vergabe)?bekanntmachung(?: \\w+\\b)?|(?:angebots|preis|sammel)?anfrage|(?:angebots|preis)abfrage|angebotsaufforderung|"                                                    \
	"(?:öffentliche |beschränkte )?ausschreib\\w*|(?:öffentliche|freihändige) vergabe)"

/* "Aufforderung zur Abgabe eines Angebots", "Einladung zur Offertstellung" */
#define NAMES_ASKING                                                                                                             \
	"(?:aufforderung|einladung|bitte) (?:zur|um) (?:(?:angebots|offert)\\w+|(?:abgabe|einreichung|vorlage|legung|stellung) " \
	"(?:eine[sr]|ihre[sr]|von) (?:\\w+ )?(?:\\w*angebot(?:e?[sn]|e)?|offerten?))"

/* Those and the parts of a tender that are named like it. */
#define NAMES_PAPER                                                                                                      \
	"(?:" NAMES_DOCUMENT                                                                                             \
	"|terms of reference|statement of work|scope of work|specifications?|quotation request|enquiry|inquiry|"         \
	"teilnahmewettbewerb(?: zu[rm] \\w*(?:vergabe|verfahren))?|"                                                     \
	"(?:leistungs|aufgaben|projekt|verfahrens)beschreibung|leistungsverzeichnis|lastenheft|pflichtenheft|"           \
	"(?:vergabe|ausschreibungs|angebots|verfahrens)unterlagen?|bewerbungsbedingungen|vergabeverfahren|preisanfrage|" \
	"" NAMES_ASKING ")"

/* names_key - equal names have equal keys, whatever their case and marks; the caller's */
char *names_key(const char *name);

/* names_work - text begins with or has a word of what is bought: supply, repair, Lieferung, Wartung */
bool names_work(const char *text);

/* names_add - a candidate: value is cleaned, its article, the marks at its end and those of a quotation removed */
void names_add(struct choice *c, const struct doc *d, const struct page *p, const char *value, const char *quote,
	       int score);

/* names_early - early pages name things; later ones mention them: what score is worth on page p */
int names_early(const struct page *p, int score);

/* names_weigh - raise the candidates that other pages say too */
void names_weigh(struct choice *c, const struct doc *d);

/* names_join - what several places say is surer; the first of them stands for all, as covers come before sentences */
void names_join(struct choice *c);

/* names_document - text says nothing but the kind of document, a part of it, a place, a date or a number */
bool names_document(const char *text);

/* names_salutation - text begins a letter: "Dear bidders", "Sehr geehrte …" */
bool names_salutation(const char *text);

/*
 * names_organisation - text reads like the name of one; the score of how sure that is, 0 for none
 * What begins with the work to be done is none: "Catering Services for the Riverside Hospital".
 */
int names_organisation(const char *text);

/* names_first_cell - line i has no cell before it that is more than a number: a label at the beginning of its row */
bool names_first_cell(const struct page *p, int i);

/* names_preload - compile the patterns */
void names_preload(void);

#endif
