/* quantity - the numbers that conditions ask for, in digits and in words */
#ifndef TENDER_QUANTITY_H
#define TENDER_QUANTITY_H

#include <glib.h>

#include "base/util.h"

/* quantity_of - how many of what nouns (a PCRE) names: "at least three references", "mind. 4 Mitarbeiter"; 0: unsaid */
int quantity_of(const char *text, const char *nouns);

/* quantity_years - how far back a condition looks: "in the last three years", "seit 2023"; 0: unsaid */
int quantity_years(const char *text, int this_year);

#endif
