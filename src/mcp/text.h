/* text - what a server printed, made fit to be shown: valid UTF-8 on one line */
#ifndef FS0711_MCP_TEXT_H
#define FS0711_MCP_TEXT_H

#include "base/util.h"

/* text_clean - replace in place every byte that is not UTF-8 and every control character by '?' (white space by a
 * space) */
void text_clean(char *text);

/* text_copy - a clean copy of at most max bytes, "..." at its end when it was cut; the caller's */
char *text_copy(const char *text, size_t max);

#endif
