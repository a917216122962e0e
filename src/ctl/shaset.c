#include "ctl/shaset.h"

#include <stdio.h>
#include <stdlib.h>

#define FIRST_CAP 256

void shaset_release(struct shaset *s)
{
	free(s->slot);
	*s = (struct shaset){ NULL, 0, 0 };
}

/* The digits are spread evenly by themselves. The slot of sha, or the free one where it would go. */
static struct shaset_slot *slot_of(const struct shaset *s, const char *sha)
{
	size_t at = 0;

	for (int i = 0; i < 12 && sha[i]; i++)
		at = at << 4 ^ (unsigned char)(sha[i] <= '9' ? sha[i] : sha[i] - 'a' + 10);
	for (at &= s->cap - 1; *s->slot[at].sha && !streq(s->slot[at].sha, sha); at = (at + 1) & (s->cap - 1))
		continue;
	return &s->slot[at];
}

static void grow(struct shaset *s)
{
	struct shaset was = *s;

	s->cap = was.cap ? 2 * was.cap : FIRST_CAP;
	s->slot = xcalloc(s->cap, sizeof(*s->slot));
	for (size_t i = 0; i < was.cap; i++)
		if (*was.slot[i].sha)
			*slot_of(s, was.slot[i].sha) = was.slot[i];
	free(was.slot);
}

int64_t *shaset_find(const struct shaset *s, const char *sha)
{
	struct shaset_slot *slot = s->n ? slot_of(s, sha) : NULL;

	return slot && *slot->sha ? &slot->value : NULL;
}

bool shaset_add(struct shaset *s, const char *sha, int64_t value)
{
	struct shaset_slot *slot;

	if (2 * (s->n + 1) > s->cap)
		grow(s);
	slot = slot_of(s, sha);
	if (*slot->sha)
		return false;
	snprintf(slot->sha, sizeof(slot->sha), "%s", sha);
	slot->value = value;
	s->n++;
	return true;
}
