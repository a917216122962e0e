/* id - identities that callers see */
#ifndef FS0711_BASE_ID_H
#define FS0711_BASE_ID_H

#include "base/util.h"

#define ID_BYTES 37 /* 36 characters and NUL */

/* id_new - a UUIDv7 (RFC 9562, 5.7) in lower case into id[ID_BYTES]; rises within one process. Returns id */
const char *id_new(char *id);

#endif
