/* name - which names are allowed in the tree, and how they are compared */
#ifndef FS0711_BASE_NAME_H
#define FS0711_BASE_NAME_H

#include "base/err.h"

#define NAME_BYTES 256 /* 255 bytes and NUL, as NAME_MAX */

/*
 * name_clean - the form under which a name is stored: Unicode NFC (UAX #15)
 * Returns 0 and out[NAME_BYTES], -EILSEQ (not UTF-8), -EINVAL (empty, a control character or '/'), -ENAMETOOLONG
 */
int name_clean(const char *name, char *out, struct err *e);

/*
 * name_fit - a derived name that may be too long: cut at a character so that suffix still fits, with "~" and 8 hex
 * digits of the whole name's hash before the suffix. out[NAME_BYTES]; returns out
 */
const char *name_fit(const char *stem, const char *suffix, char *out);

/* name_width - how many columns of a terminal it takes; it is valid UTF-8 */
int name_width(const char *name);

/* name_utf8 - true when the len bytes are valid UTF-8 */
bool name_utf8(const char *bytes, size_t len);

#endif
