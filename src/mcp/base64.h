/* base64 - bytes in a JSON text (RFC 4648, section 4) */
#ifndef FS0711_MCP_BASE64_H
#define FS0711_MCP_BASE64_H

#include "base/buf.h"

/* base64_decode - append the bytes of text (len characters; white space and missing "=" are tolerated)
 * Returns 0, or -EINVAL (another character; out may have grown) or -ENOMEM */
int base64_decode(const char *text, size_t len, struct buf *out);

#endif
