#include "zone.h"

#include <glib.h>

/*
 * What people call "EST" in July is the time in New York. IST is not here: it is India's, Ireland's and Israel's; nor
 * are CST and AST outside of the Americas told apart, but there nobody else writes them in English.
 */
static const struct zone zones[] = {
	{ NULL, "|utc|gmt|z|", NULL, NULL, 0, CHANGE_NONE },
	{ "America/New_York", "|eastern|et|est|edt|", "EST", "EDT", -300, CHANGE_US },
	{ "America/Chicago", "|central|ct|cst|cdt|", "CST", "CDT", -360, CHANGE_US },
	{ "America/Denver", "|mountain|mt|mst|mdt|", "MST", "MDT", -420, CHANGE_US },
	{ "America/Los_Angeles", "|pacific|pt|pst|pdt|", "PST", "PDT", -480, CHANGE_US },
	{ "America/Anchorage", "|akst|akdt|", "AKST", "AKDT", -540, CHANGE_US },
	{ "Pacific/Honolulu", "|hst|", "HST", NULL, -600, CHANGE_NONE },
	{ "Europe/London", "|bst|", "GMT", "BST", 0, CHANGE_EU },
	{ "Europe/Lisbon", "|wet|west|", "WET", "WEST", 0, CHANGE_EU },
	{ "Europe/Berlin", "|cet|cest|mez|mesz|", "CET", "CEST", 60, CHANGE_EU },
	{ "Europe/Helsinki", "|eet|eest|", "EET", "EEST", 120, CHANGE_EU },
	{ "Asia/Singapore", "|sgt|", "+08", NULL, 480, CHANGE_NONE },
};

const struct zone *zone_find(const char *words)
{
	static const char *const filler[] = { " time", " standard", " daylight", " local" };
	auto_free char *folded = g_ascii_strdown(words, -1), *key = NULL;

	for (size_t i = 0; i < N_ELEMS(filler); i++) {
		if (util_ends(folded, filler[i]))
			folded[strlen(folded) - strlen(filler[i])] = '\0';
	}
	key = g_strdup_printf("|%s|", g_strstrip(folded));
	for (size_t i = 0; i < N_ELEMS(zones); i++) {
		if (strstr(zones[i].words, key))
			return &zones[i];
	}
	return NULL;
}

static void add_offset(struct buf *out, const char *name, int minutes)
{
	buf_printf(out, "%s:%c%02d%02d\r\n", name, minutes < 0 ? '-' : '+', ABS(minutes) / 60, ABS(minutes) % 60);
}

static void add_part(struct buf *out, const char *part, const char *start, const char *rule, int from, int to,
		     const char *name)
{
	buf_printf(out, "BEGIN:%s\r\nDTSTART:%s\r\n%s", part, start, rule);
	add_offset(out, "TZOFFSETFROM", from);
	add_offset(out, "TZOFFSETTO", to);
	buf_printf(out, "TZNAME:%s\r\nEND:%s\r\n", name, part);
}

/* In Europe all clocks are changed at the same moment, 1:00 UTC; in America each at its own two o'clock. */
static void add_changes(const struct zone *z, struct buf *out)
{
	int standard = z->standard_minutes, summer = standard + 60, hour = 1 + standard / 60;
	char start[20];

	if (z->change == CHANGE_US) {
		add_part(out, "DAYLIGHT", "20070311T020000", "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU\r\n", standard,
			 summer, z->daylight);
		add_part(out, "STANDARD", "20071104T020000", "RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU\r\n", summer,
			 standard, z->standard);
		return;
	}
	g_snprintf(start, sizeof(start), "19960331T%02d0000", hour);
	add_part(out, "DAYLIGHT", start, "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\n", standard, summer, z->daylight);
	g_snprintf(start, sizeof(start), "19961027T%02d0000", hour + 1);
	add_part(out, "STANDARD", start, "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\n", summer, standard, z->standard);
}

void zone_write(const struct zone *z, struct buf *out)
{
	buf_printf(out, "BEGIN:VTIMEZONE\r\nTZID:%s\r\n", z->id);
	if (z->change == CHANGE_NONE)
		add_part(out, "STANDARD", "19700101T000000", "", z->standard_minutes, z->standard_minutes, z->standard);
	else
		add_changes(z, out);
	buf_addstr(out, "END:VTIMEZONE\r\n");
}
