/* compare - what changed between the results of two versions of a tender */
#ifndef TENDER_COMPARE_H
#define TENDER_COMPARE_H

#include <jansson.h>

#include "base/buf.h"

/*
 * compare_results - older and newer are results (result.h)
 * Returns {"fields": [{field, change, old, new, items}], "requirements": {same, changed, added, removed}}, the
 * caller's. Two values are the same when their words are, wherever they stand.
 */
json_t *compare_results(const json_t *older, const json_t *newer);

/* compare_markdown - the same for a person; the names are those of the two documents */
void compare_markdown(const json_t *comparison, const char *older, const char *newer, struct buf *out);

#endif
