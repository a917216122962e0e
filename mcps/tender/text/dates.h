/* dates - dates and times in English and German text */
#ifndef TENDER_DATES_H
#define TENDER_DATES_H

#include <glib.h>

#include "base/util.h"

struct date {
	int from, to; /* bytes of the text: the date with its time */
	int year, month, day;
	int hour, minute; /* -1 when no time stands with it; 24:00 is hour 24 */
	char zone[64];    /* the words of the document, "" for none */
	bool has_offset;  /* the zone is an offset from UTC */
	int offset_minutes;
};

/*
 * dates_scan - all dates in text, in order; days that do not exist are none
 * day_first  3/4/2025 is in April
 * Returns a GArray of struct date, the caller's
 */
GArray *dates_scan(const char *text, bool day_first);

/* dates_scan_bare - likewise the days without a year, "7 July": each is the first such day that is not before after */
GArray *dates_scan_bare(const char *text, const struct date *after);

/* dates_clock - give d the time that text is, and nothing else: a cell of its own; false when it is none */
bool dates_clock(const char *text, struct date *d);

#define DATE_TEXT_BYTES 24
/* date_format - "2025-07-04" or "2025-07-04T09:00", as printed, into out[DATE_TEXT_BYTES]; returns out */
const char *date_format(const struct date *d, char *out);
/* date_utc - the same moment as "2025-07-04T07:00:00Z"; false without a time or an offset */
bool date_utc(const struct date *d, char *out);
/* date_order - less than, equal to or greater than 0; a date without a time equals any time of its day */
int date_order(const struct date *a, const struct date *b);

/* dates_order - above 0 when text reads like one whose 3/4/2025 is in April, below 0 when in March, else 0 */
int dates_order(const char *text);

/* dates_month - 1 to 12 for the name of a month or its beginning, -1 for none */
int dates_month(const char *name);

/* dates_preload - compile what dates_scan needs */
void dates_preload(void);

#endif
