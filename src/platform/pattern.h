/* pattern - which types of events an endpoint wants, as in its file "events" */
#ifndef FS0711_PLATFORM_PATTERN_H
#define FS0711_PLATFORM_PATTERN_H

#include "base/err.h"

#define PATTERN_TYPES_MAX 64

/* By value. */
struct pattern {
	bool all;       /* "*" was among them: types too that this version does not know */
	uint64_t types; /* a bit for each row of event_types */
};

/*
 * pattern_parse - read words such as "task.*", "*.failed", "*" or "task.completed", separated by newlines, commas or
 * blanks; "*" stands for any characters
 * Returns 0, or -EINVAL with a sentence naming the word (no type of event_types can ever match it; or there is no
 * word); out is untouched then
 */
int pattern_parse(const char *text, struct pattern *out, struct err *e);

/* pattern_match - true when events of that type are wanted */
bool pattern_match(const struct pattern *p, const char *type);

#endif
