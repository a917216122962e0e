/* diff - what changed between two texts, word by word */
#ifndef TENDER_DIFF_H
#define TENDER_DIFF_H

#include <jansson.h>

#include "base/buf.h"

/*
 * diff_words - the runs of words that stayed, went and came
 * Returns an array of {"op": "same", "removed" or "added", "text"}, the caller's. Same and added together are the new
 * text, same and removed the old one, with single spaces.
 */
json_t *diff_words(const char *older, const char *newer);

/* diff_markdown - the same for a person: ~~removed~~ **added** */
void diff_markdown(const json_t *diff, struct buf *out);

#endif
