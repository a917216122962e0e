/*
 * criteria - ways in which a document says how offers are weighed: a table, prose, a list, a form of eForms
 *
 * Each reader begins at a place that speaks of criteria and fills in what it finds there.
 */
#ifndef TENDER_CRITERIA_H
#define TENDER_CRITERIA_H

#include "tender/doc/doc.h"

#define CRITERIA_MOST 60

struct criterion {
	char *name, *quote;
	double weight; /* less than 0: none is stated */
	const struct page *page;
	const char *unit; /* "percent", "points", NULL where none is printed */
	const char *kind; /* "price", "cost", "quality"; NULL: told by the name */
	int parent;       /* index of the one it is a part of, -1 for none */
};

struct criteria {
	GArray *items;     /* struct criterion */
	const char *unit;  /* "percent", "points", NULL where none is printed */
	bool headed;       /* a head over the weights says that they are some */
	double total;      /* printed below them, 0 for none */
	double total_last; /* the last such, where extra points stand behind the first */
};

void criteria_init(struct criteria *c);
void criteria_release(struct criteria *c);

/*
 * criteria_add - one more, unless its name is none or is there already with that weight
 * The name is cleaned. Returns false where it was not taken: too short, a head, a sum, a quote that does not stand.
 */
bool criteria_add(struct criteria *c, const struct page *p, const char *name, double weight, const char *unit,
		  const char *quote);

/* criteria_nest - make those whose weights sum to the weight before them its parts, where the sum of the others is then
 * a whole: 100, or the total that is printed */
void criteria_nest(struct criteria *c);

/* criteria_scale - make weights that are shares of 1 ("0.6") percent */
void criteria_scale(struct criteria *c);

/* criteria_is_total - the name is that of a sum, "Total" or "Gesamtpunktzahl", not of a price that is one */
bool criteria_is_total(const char *name);

/* criteria_sum - of the weights that are no parts; less than 0 when some have none */
double criteria_sum(const struct criteria *c);

/* criteria_whole - the weights are complete: 100, the total that is printed, or a round number of points */
bool criteria_whole(const struct criteria *c);

/* criteria_lines - items and lines under line k of a page that bear their weights; they may go on over the page */
void criteria_lines(const struct doc *d, unsigned page, int k, struct criteria *c);

/* criteria_table - rows with weights under line k of a page, -1 for all of it; they may go on over the page */
void criteria_table(const struct doc *d, unsigned page, int k, struct criteria *c);

/* criteria_table_of - those rows in one of the columns under line k whose weights sum to sum: parts of a criterion */
void criteria_table_of(const struct doc *d, unsigned page, int k, double sum, struct criteria *c);

/* criteria_prose - names with weights, or names alone, in the sentences of block b; a ratio of two */
void criteria_prose(const struct page *p, const struct block *b, struct criteria *c);

/* criteria_sentence - the same for one sentence or cell, with the quote that has it; true when it names some */
bool criteria_sentence(const struct page *p, const char *sentence, const char *quote, struct criteria *c);

/* criteria_over_page - the same for a sentence whose tail ends page p and whose head begins the next one */
void criteria_over_page(const struct page *p, const char *tail, const struct page *next, const char *head,
			struct criteria *c);

/* criteria_list - items without weights under line k; "(1) price, (2) quality" in the block of the line */
void criteria_list(const struct doc *d, unsigned page, int k, struct criteria *c);

/* criteria_eforms - "Zuschlagskriterium — Zahl: 60"; lots repeat the same ones */
void criteria_eforms(const struct doc *d, struct criteria *c);

void criteria_preload(void);
void criteria_table_preload(void);
void criteria_text_preload(void);
void criteria_eforms_preload(void);
void criteria_list_preload(void);

#endif
