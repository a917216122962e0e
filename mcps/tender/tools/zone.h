/* zone - the time zones that documents name in words, as iCalendar wants them (RFC 5545, 3.6.5) */
#ifndef TENDER_ZONE_H
#define TENDER_ZONE_H

#include "base/buf.h"

struct zone {
	const char *id;                  /* of the IANA database; NULL for UTC itself */
	const char *words;               /* what documents say, in lower case between bars: "|pacific|pt|" */
	const char *standard, *daylight; /* abbreviations; daylight is NULL where no clock is changed */
	int standard_minutes;
	enum { CHANGE_NONE, CHANGE_US, CHANGE_EU } change;
};

/* zone_find - the zone that words mean, NULL when that is not certain */
const struct zone *zone_find(const char *words);

/* zone_write - its VTIMEZONE */
void zone_write(const struct zone *z, struct buf *out);

#endif
