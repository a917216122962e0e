/* quoted - what a quote says, read by the rules' own parsers: what a model makes of it counts only where they agree */
#ifndef TENDER_QUOTED_H
#define TENDER_QUOTED_H

#include <jansson.h>

#include "tender/doc/doc.h"

struct quoted {
	const struct doc *doc;
	const char *value; /* the model's */
	const char *quote; /* verbatim */
};

/*
 * Each answers the fact that the quote says and the model means, in the shape of the field without place and
 * confidence, or NULL where the quote does not say it; the caller's.
 */
json_t *quoted_name(const struct quoted *q);     /* whole words of the quote */
json_t *quoted_number(const struct quoted *q);   /* the same with a digit in it */
json_t *quoted_day(const struct quoted *q);      /* value is an ISO date, with or without its time */
json_t *quoted_binding(const struct quoted *q);  /* such a date, or a length of time in words */
json_t *quoted_duration(const struct quoted *q); /* a length of time in words */
json_t *quoted_money(const struct quoted *q);    /* digits: whole units */
json_t *quoted_person(const struct quoted *q);   /* an e-mail address, a number or a name */
json_t *quoted_way(const struct quoted *q);      /* an e-mail address, or the address of a page */

/* Each: two facts of a field say the same. */
bool quoted_same_name(const json_t *a, const json_t *b);
bool quoted_same_day(const json_t *a, const json_t *b); /* one may say the time as well */
bool quoted_same_duration(const json_t *a, const json_t *b);
bool quoted_same_money(const json_t *a, const json_t *b);
bool quoted_same_person(const json_t *a, const json_t *b);
bool quoted_same_way(const json_t *a, const json_t *b);

void quoted_preload(void);

#endif
