/*
 * vault - secrets at rest: AES-256-GCM under a key in a file outside the store
 *
 * The key file is text: 64 hex digits and a newline, so that it can be copied and printed, and a cut one is noticed.
 * Without it the sealed texts are lost: whoever copies a store to another place takes the file along, by another way.
 */
#ifndef FS0711_PLATFORM_VAULT_H
#define FS0711_PLATFORM_VAULT_H

#include "base/err.h"

struct vault;

/*
 * vault_open - read the key file; one that is missing is made with mode 0600, durable on return
 * out  the caller's, for vault_close; may be used by several threads
 * Returns 0, or with a sentence -EACCES (others may read or write the file), -EUCLEAN (it is damaged, or no file),
 * -errno Blocks on the disk
 */
int vault_open(const char *keyfile, struct vault **out, struct err *e);
/* vault_read - as vault_open, but a file that is missing is not made: -ENOENT */
int vault_read(const char *keyfile, struct vault **out, struct err *e);
/* vault_close - forget the key; v may be NULL */
void vault_close(struct vault *v);

/*
 * vault_seal - text in secret, as base64 for the store: *sealed, the caller's to free
 * context  names the record that it is for, such as "webhook/ID/secret": only with the same is it unsealed again, so
 * that nobody gains by moving it to another record
 * Returns 0, or -ENOMEM with a sentence; *sealed is NULL then
 */
int vault_seal(const struct vault *v, const char *context, const char *text, char **sealed, struct err *e);

/*
 * vault_unseal - the text again; the caller's to free, with crypto_wipe before
 * Returns 0, or with a sentence -EKEYREJECTED (sealed with another key), -EBADMSG (damaged, or of another record),
 * -ENOMEM
 */
int vault_unseal(const struct vault *v, const char *context, const char *sealed, char **text, struct err *e);

#endif
