/* tick - options of a form: "[x] Open procedure [ ] Restricted procedure" */
#ifndef TENDER_TICK_H
#define TENDER_TICK_H

#include <glib.h>

#include "base/util.h"

enum tick { TICK_NONE, TICK_OFF, TICK_ON };

/* tick_box - the box that s is, with nothing else: [x], ☒, ☑, X and [ ], ☐; TICK_NONE when it is none */
enum tick tick_box(const char *s);

/*
 * tick_blank - text with options that are not ticked made spaces, so that places in it stay; boxes are spaces too
 * An option goes from its box to the next one. Returns NULL when text has no box; the caller's.
 */
char *tick_blank(const char *text);

/* tick_cross - where the option begins that a lone X stands before, -1 for none */
int tick_cross(const char *text);

#endif
