/* money - amounts in English and German text */
#ifndef TENDER_MONEY_H
#define TENDER_MONEY_H

#include <glib.h>

#include "base/util.h"

struct amount {
	int from, to;     /* bytes of the text */
	int64_t value;    /* whole units of the currency */
	char currency[4]; /* ISO 4217, "" when the document names none */
};

/*
 * money_scan - all amounts with a currency in text, in order; "$1.5 million", "17,1 Mio. Euro", "Rs. 1,50,000"; of a
 * range both ends, though only one has the currency
 * decimal_comma  for numbers that can be read both ways: 1.234 is then a thousand and more
 * Returns a GArray of struct amount, the caller's
 */
GArray *money_scan(const char *text, bool decimal_comma);

/*
 * money_number - the same for one number without a currency, the whole of s; false when it is none
 * zeroes  of the scale that is said elsewhere
 */
bool money_number(const char *s, bool decimal_comma, int zeroes, int64_t *value);

/*
 * money_unit - what a label says of the numbers beside it: "Value (Rs. in lakhs)"
 * currency  out, "" when it names none
 * Returns the zeroes of its scale
 */
int money_unit(const char *label, char currency[4]);

/* money_preload - compile what money_scan needs */
void money_preload(void);

#endif
