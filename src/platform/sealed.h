/* sealed - texts of records that nobody may read through the mount: in the store under the key of the platform's vault
 */
#ifndef FS0711_PLATFORM_SEALED_H
#define FS0711_PLATFORM_SEALED_H

#include "platform/platform.h"

/* Which text of which record; sealed for this place, it opens at no other. Borrowed. */
struct sealed_place {
	const char *kind; /* "endpoint" */
	const char *id;
	const char *name; /* for sentences only */
	const char *what; /* "headers" */
};

/* sealed_make - the text as the store keeps it; the caller's to free. NULL when memory is gone */
char *sealed_make(struct platform *p, const struct sealed_place *at, const char *text);
/*
 * sealed_open - the text again, *out NULL where nothing is sealed; the caller's to free, with crypto_wipe before
 * Returns 0, or as vault_unseal, with a sentence that names the record
 */
int sealed_open(struct platform *p, const struct sealed_place *at, const char *sealed, char **out, struct err *e);
/* sealed_lost - of what sealed_open gave: nobody can read it any more, and what is written now may stand in its place
 */
bool sealed_lost(int rc);

#endif
