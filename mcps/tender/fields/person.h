/* person - people of a tender: their names, roles, addresses and numbers in a piece of text */
#ifndef TENDER_PERSON_H
#define TENDER_PERSON_H

#include <glib.h>

#include "base/util.h"

/* Each is NULL where it is not known. */
struct person {
	char *name, *role, *email, *phone;
};

void person_release(struct person *c);

/* person_name - the name of a person in text; first: text may begin with it. NULL for none; the caller's */
char *person_name(const char *text, bool first);

/* person_is_name - s, which is written like a name, holds no word that names have not */
bool person_is_name(const char *s);

/* person_surname - what stands behind the title of a name that is nothing else: "Ms. Roe"; NULL for others; the
 * caller's */
char *person_surname(const char *name);

/* person_full - the name in text that ends with surname and has another one before it; NULL for none; the caller's */
char *person_full(const char *text, const char *surname);

/* person_role - the part behind name that is a role: "…, Contract Specialist, …"; NULL for none; the caller's */
char *person_role(const char *text, const char *name);

/* person_is_role - text has a word of a role */
bool person_is_role(const char *text);

/* person_take - fill in the address and the number that text says, where they are not known yet */
void person_take(struct person *c, const char *text);

/* person_emails - the e-mail addresses in text, NULL for none; the caller calls g_match_info_free */
GMatchInfo *person_emails(const char *text);

/* person_phone - the number that text begins with; NULL for none; the caller's */
char *person_phone(const char *text);

/* person_owns - the address is made of the surname of name */
bool person_owns(const char *name, const char *email);

void person_preload(void);

#endif
