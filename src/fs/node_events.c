/* The public log: events, events.d/ and events.since/ */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "fs/eventlog.h"
#include "fs/handlers.h"
#include "platform/event.h"

#define SUFFIX     ".jsonl"
#define SINCE_MOST 10000 /* lines at once: a reader that is further behind reads again */

int events_stat(const struct ask *a, struct attr *out)
{
	out->size = eventlog_size(a->fs, &out->modified_at);
	return out->size < 0 ? (int)out->size : 0;
}

/* "2027-03-19.jsonl"; out[NAME_BYTES]. Returns out */
static const char *day_name(int64_t day, char *out)
{
	char time[CLOCK_TEXT_BYTES];

	snprintf(out, NAME_BYTES, "%.10s" SUFFIX, clock_format(day * CLOCK_DAY_MS, time));
	return out;
}

int days_list(const struct ask *a, struct listing *out)
{
	int64_t until = eventlog_finished(), at = 0;
	char name[NAME_BYTES];

	while ((at = event_from(a->fs->p, at, a->e)) > 0 && at / CLOCK_DAY_MS < until) {
		int64_t day = at / CLOCK_DAY_MS;

		listing_add(out, day_name(day, name), NODE_EVENTS_DAY, day);
		at = (day + 1) * CLOCK_DAY_MS;
	}
	return at < 0 ? (int)at : 0;
}

int days_find(const struct ask *a, const char *name, struct found *out)
{
	auto_free char *time = xasprintf("%.10sT00:00:00Z", name);
	char same[NAME_BYTES];
	int64_t ms, first;

	if (clock_parse(time, &ms) < 0 || !streq(day_name(ms / CLOCK_DAY_MS, same), name))
		return -ENOENT;
	*out = (struct found){ NODE_EVENTS_DAY, ms / CLOCK_DAY_MS };
	if (out->row >= eventlog_finished())
		return -ENOENT;
	first = event_from(a->fs->p, ms, a->e);
	return first < 0 ? (int)first : first / CLOCK_DAY_MS == out->row ? 0 : -ENOENT;
}

int day_stat(const struct ask *a, struct attr *out)
{
	return eventlog_day(a->fs, a->row, &out->size, &out->modified_at, NULL, a->e);
}

int day_open(const struct ask *a)
{
	int64_t size, modified_at;
	int fd = -1, rc = eventlog_day(a->fs, a->row, &size, &modified_at, &fd, a->e);

	return rc < 0 ? rc : fd;
}

int since_find(const struct ask *a, const char *name, struct found *out)
{
	int64_t row = streq(name, "0") ? 0 : event_find(a->fs->p, name, a->e);

	*out = (struct found){ NODE_EVENTS_AFTER, row };
	return row < 0 ? (int)row : 0;
}

int since_show(const struct ask *a, struct buf *out)
{
	int64_t after = a->row;
	int n = event_lines(a->fs->p, &(struct event_span){ .limit = SINCE_MOST }, &after, out, a->e);

	return n < 0 ? n : 0;
}
