#include "platform/pattern.h"

#include <errno.h>

#include "platform/event.h"
#include "platform/word.h"

#define WORD_BYTES 64 /* longer than any type, and so than any pattern that anybody means */

/* fits - "*" stands for any run of characters; on a mismatch only the last one takes one more */
static bool fits(const char *pattern, const char *type)
{
	const char *star = NULL, *from = NULL;

	while (*type) {
		if (*pattern == '*') {
			star = pattern++;
			from = type;
		} else if (*pattern == *type) {
			pattern++;
			type++;
		} else if (star) {
			pattern = star + 1;
			type = ++from;
		} else {
			return false;
		}
	}
	return pattern[strspn(pattern, "*")] == '\0';
}

/* types_of - a bit for each type that the word stands for; 0 for none */
static uint64_t types_of(const char *word)
{
	uint64_t types = 0;

	for (int i = 0; event_types[i].name && i < PATTERN_TYPES_MAX; i++) {
		if (fits(word, event_types[i].name))
			types |= UINT64_C(1) << i;
	}
	return types;
}

static int add_word(const struct word *w, struct pattern *p, struct err *e)
{
	char word[WORD_BYTES + 1] = "";
	uint64_t types = 0;

	if (w->len <= WORD_BYTES) {
		memcpy(word, w->text, w->len);
		types = types_of(word);
	}
	if (types == 0)
		return err_set(
			e, -EINVAL,
			"no type of event is like '%.*s'; there are such as task.completed, and task.* for all of a kind",
			w->shown, w->text);
	p->types |= types;
	p->all |= word[strspn(word, "*")] == '\0';
	return 0;
}

int pattern_parse(const char *text, struct pattern *out, struct err *e)
{
	struct pattern p = { false, 0 };
	struct word w;

	while (word_next(&text, &w)) {
		if (add_word(&w, &p, e) < 0)
			return -EINVAL;
	}
	if (p.types == 0)
		return err_set(e, -EINVAL, "no type of event is named; * stands for all of them");
	*out = p;
	return 0;
}

bool pattern_match(const struct pattern *p, const char *type)
{
	const struct event_type *t = event_type_find(type);

	return p->all || (t && t - event_types < PATTERN_TYPES_MAX && p->types >> (t - event_types) & 1);
}
