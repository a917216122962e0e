/* fact - what was found, where it stands, and how sure that is; several candidates become one answer */
#ifndef TENDER_FACT_H
#define TENDER_FACT_H

#include <jansson.h>

#include "tender/doc/doc.h"

/* fact_stands - each piece of quote (joined by " … ") is found on the page, compared as text_plain */
bool fact_stands(const struct page *p, const char *quote);

/*
 * fact_verbatim - quote as the page has it: with the invisible characters that reading left out, if there are any
 * Returns NULL when it does not stand on the page; the caller's.
 */
char *fact_verbatim(const struct page *p, const char *quote);

/* fact_quote - verbatim words around bytes from..to of a block: its sentence, or the lines of the range; the caller's
 */
char *fact_quote(const struct page *p, const struct block *b, int from, int to);

/* fact_pair - a label and its value, which stand apart: "label … value"; the caller's */
char *fact_pair(const char *label, const char *value);

/*
 * fact_place - add page, quote and, where there are several files, the file to a fact
 * Returns false when the quote does not stand on the page: the fact must then be dropped.
 */
bool fact_place(const struct doc *d, json_t *fact, const struct page *p, const char *quote);

/* Candidates for one field. */
struct choice {
	GPtrArray *facts; /* json_t * */
	GArray *scores;   /* int, 0 to 100 */
	GPtrArray *keys;  /* char *: equal keys agree */
};

struct choice *choice_new(void);
void choice_free(struct choice *c);
#define auto_choice __attribute__((cleanup(choice_cleanup))) struct choice
static inline void choice_cleanup(struct choice **c)
{
	choice_free(*c);
}

/* choice_add - a candidate; takes fact, copies key. Does nothing for a NULL fact or a score of 0 or less */
void choice_add(struct choice *c, json_t *fact, int score, const char *key);

/*
 * choice_take - the best candidate with its "confidence", NULL when there is none; the caller's
 * Others that say the same raise the confidence, others nearly as good that say something else lower it.
 */
json_t *choice_take(struct choice *c);

/*
 * choice_take_listing - as choice_take, with "candidates" in the fact where others say something else and may be right:
 * {value, page, quote} each, the likeliest first
 */
json_t *choice_take_listing(struct choice *c);

/* fact_confidence - the figure in a fact, 0 for NULL */
int fact_confidence(const json_t *fact);

#endif
