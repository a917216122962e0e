/* tempname - names that programs use while they write, and never mean as documents (seen: fuse-level traces of each) */
#ifndef FS0711_PLATFORM_TEMPNAME_H
#define FS0711_PLATFORM_TEMPNAME_H

#include <stdbool.h>

/* tempname_is - the file is never submitted under this name; it becomes a document when it is renamed */
bool tempname_is(const char *name);
/* tempname_maybe - patterns that a file of a person may match too: only worth a delay */
bool tempname_maybe(const char *name);

#endif
