/* charset - bytes of an unknown or a named character set as UTF-8 */
#ifndef TENDER_CHARSET_H
#define TENDER_CHARSET_H

#include <glib.h>

#include "base/util.h"

/*
 * charset_utf8 - len bytes as UTF-8 text; the caller's to g_free, never NULL
 * name  what the document says of itself, NULL for nothing; a byte order mark is believed first
 * What is neither UTF-16 nor valid UTF-8 nor of the named set is taken for Windows-1252, of which Latin-1 is a part.
 */
char *charset_utf8(const char *bytes, size_t len, const char *name);

/* charset_is_text - the bytes read like text in one of these: hardly any control characters, and letters */
bool charset_is_text(const char *bytes, size_t len);

#endif
