#include "fs/mounts.h"

#include <stdio.h>
#include <stdlib.h>

/* One line of /proc/self/mountinfo, cut into its parts. */
struct line {
	unsigned device;
	char *mountpoint, *type, *source;
};

/* "\040" stands for a blank, and so on. */
static void unescape(char *s)
{
	char *to = s;

	for (; *s; s++) {
		if (s[0] == '\\' && s[1] >= '0' && s[1] <= '3' && s[2] >= '0' && s[2] <= '7' && s[3] >= '0' &&
		    s[3] <= '7') {
			*to++ = (char)((s[1] - '0') << 6 | (s[2] - '0') << 3 | (s[3] - '0'));
			s += 3;
		} else {
			*to++ = *s;
		}
	}
	*to = '\0';
}

/* 36 35 0:45 / /mnt rw,nosuid shared:1 - fuse.0711fs /store rw,user_id=0 */
static bool parse(char *text, struct line *out)
{
	char *rest = NULL, *word[5], *dash = strstr(text, " - ");

	if (!dash)
		return false;
	*dash = '\0';
	for (size_t i = 0; i < N_ELEMS(word); i++) {
		word[i] = strtok_r(i ? NULL : text, " ", &rest);
		if (!word[i])
			return false;
	}
	if (sscanf(word[2], "%*u:%u", &out->device) != 1)
		return false;
	out->mountpoint = word[4];
	out->type = strtok_r(dash + 3, " \n", &rest);
	out->source = strtok_r(NULL, " \n", &rest);
	if (!out->type || !out->source)
		return false;
	unescape(out->mountpoint);
	unescape(out->source);
	return true;
}

static void each(void (*fn)(const struct line *l, void *ud), void *ud)
{
	FILE *f = fopen("/proc/self/mountinfo", "re");
	auto_free char *text = NULL;
	size_t size = 0;
	struct line l;

	if (!f)
		return;
	while (getline(&text, &size, f) > 0)
		if (parse(text, &l))
			fn(&l, ud);
	fclose(f);
}

void mounted_release(struct mounted *m)
{
	free(m->source);
	*m = (struct mounted){ NULL };
}

struct search {
	const char *mountpoint, *source;
	struct mounted last;
	bool found;
};

/* Of mounts over each other the last one is seen. */
static void look_at(const struct line *l, void *ud)
{
	struct search *s = ud;

	if (!streq(l->mountpoint, s->mountpoint))
		return;
	mounted_release(&s->last);
	s->last = (struct mounted){ .source = xstrdup(l->source),
				    .ours = streq(l->type, "fuse.0711fs"),
				    .fuse = util_starts(l->type, "fuse"),
				    .device = l->device };
	s->found = true;
}

bool mounts_at(const char *mountpoint, struct mounted *out)
{
	struct search s = { .mountpoint = mountpoint };

	each(look_at, &s);
	*out = s.last;
	return s.found;
}

static void look_for(const struct line *l, void *ud)
{
	struct search *s = ud;

	s->found = s->found || (streq(l->type, "fuse.0711fs") && streq(l->source, s->source));
}

bool mounts_show(const char *source)
{
	struct search s = { .source = source };

	each(look_for, &s);
	return s.found;
}
