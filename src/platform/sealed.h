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

/* sealed_put - seal the text into a field of the record, which stays what it was on failure; NULL is nothing to seal
 * Returns 0, or -ENOMEM with a sentence */
int sealed_put(struct platform *p, const struct sealed_place *at, const char *text, char **field, struct err *e);
/*
 * sealed_open - the text again, *out NULL where nothing is sealed; the caller's to free, with crypto_wipe before
 * Returns 0, or as vault_unseal, with a sentence that names the record
 */
int sealed_open(struct platform *p, const struct sealed_place *at, const char *sealed, char **out, struct err *e);
/* sealed_lost - of what sealed_open gave: nobody can read it any more, and what is written now may stand in its place
 */
bool sealed_lost(int rc);

#endif
