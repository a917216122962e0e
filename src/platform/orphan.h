/*
 * orphan - documents that a process took in, and died before a row named them
 *
 * While a daemon runs, DIR/unswept is there. A daemon that finds it comes after one that died: it looks for bytes that
 * nothing needs, in the background, and removes them.
 */
#ifndef FS0711_PLATFORM_ORPHAN_H
#define FS0711_PLATFORM_ORPHAN_H

#include "platform/platform.h"

struct orphans;

/* orphans_start - call it before anything is dropped. 0 or -errno */
int orphans_start(struct platform *p, struct orphans **out, struct err *e);
/* orphans_stop - a search that has not ended is made again by the next start. o may be NULL */
void orphans_stop(struct orphans *o);

#endif
