/* headers - lines "Name: value" that an endpoint wants with each delivery */
#ifndef FS0711_PLATFORM_HEADERS_H
#define FS0711_PLATFORM_HEADERS_H

#include "base/buf.h"
#include "base/err.h"

/*
 * headers_parse - check lines that a person wrote and append them to out in one form, each with a newline
 * former  the lines before (may be NULL): a value that is shown hidden is written back hidden, and stays
 * Returns 0, or -EINVAL with a sentence: no header, or one that the delivery sets itself
 */
int headers_parse(const char *text, const char *former, struct buf *out, struct err *e);

/* headers_show - append the lines (may be NULL), with "***" for the values of those that look like secrets */
void headers_show(const char *lines, struct buf *out);

#endif
