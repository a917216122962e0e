/* base64 - bytes in a text (RFC 4648, section 4) */
#ifndef FS0711_BASE_BASE64_H
#define FS0711_BASE_BASE64_H

#include "base/buf.h"

/* base64_encode - append the len bytes as text, with "=" at its end; out says if memory was gone */
void base64_encode(const void *bytes, size_t len, struct buf *out);

/*
 * base64_decode - append the bytes of text (len characters), which is exactly what base64_encode makes of them
 * Returns 0, or -EINVAL (anything else; out is as before) or -ENOMEM
 */
int base64_decode(const char *text, size_t len, struct buf *out);

/* base64_decode_loose - as written by others: white space and missing "=" are tolerated, "-" and "_" too
 * Returns 0, or -EINVAL (another character; out may have grown) or -ENOMEM */
int base64_decode_loose(const char *text, size_t len, struct buf *out);

#endif
