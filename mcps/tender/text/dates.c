#include "dates.h"

#include <stdio.h>
#include <stdlib.h>

#include "pattern.h"
#include "periods.h"

#define MONTHS                                                                                                                    \
	"(?<month>jan(?:uary|uar|\\.)?|jänner|feber|feb(?:ruary|ruar|\\.)?|mar(?:ch|\\.)?|märz|mrz\\.?|apr(?:il|\\.)?|may|mai|" \
	"june?\\.?|juni|july?\\.?|juli|aug(?:ust|\\.)?|sept?(?:ember|\\.)?|o[ck]t(?:ober|\\.)?|nov(?:ember|\\.)?|"                \
	"de[cz](?:ember|\\.)?)"
#define YEAR  "(?<year>(?:19|20)\\d\\d)"
#define SPACE "[\\s\\x{00A0}\\x{200B}]"
/* "the nineteenth of March", "bis Ende Mai": the day in words, and the last one of a month. */
#define ORDINALS                                                                                                         \
	"(?<!\\p{L})(?<nth>first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|"           \
	"thirteenth|fourteenth|fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|twentieth|thirtieth|"               \
	"(?:twenty|thirty)[ -](?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)|"                           \
	"(?:erste|zweite|dritte|vierte|fünfte|sechste|siebte|achte|neunte|zehnte|elfte|zwölfte|dreizehnte|vierzehnte|" \
	"fünfzehnte|sechzehnte|siebzehnte|achtzehnte|neunzehnte|zwanzigste)[nr]?)"
#define MONTH_END "(?<!\\p{L})(?<last>the end of|end of|ende)" SPACE
#define NO_YEAR   "(?!\\p{L}|[.,]?" SPACE "*(?:19|20)\\d\\d)"
#define ZONE                                                                                                                  \
	"(?<zone>\\(?UTC" SPACE "?[+-]" SPACE "?\\d{1,2}(?::\\d\\d)?\\)?(?:[ ,]+[\\p{L}]+(?:[ ,]+[\\p{L}]+)?" SPACE           \
	"(?:Zeit|Sommerzeit))*|[+-]\\d\\d:\\d\\d|UTC|GMT|[ECMPA][SD]?T\\b|AK[SD]T|HST|[IBWEC]AT\\b|SAST|PKT|NPT|JST|KST|HKT|" \
	"GST|MSK|IST|BST|WES?T|CES?T|EES?T|MES?Z|SGT|AE[SD]T|AC[SD]T|AW[SD]T|NZ[SD]T|"                                        \
	"(?:Eastern|Central|Pacific|Mountain|Alaska|Hawaii|Atlantic)(?:" SPACE                                                \
	"(?:Standard|Daylight|European))?(?:" SPACE "(?:Summer" SPACE                                                         \
	")?Time)?|Greenwich Mean Time|(?-i:\\p{Lu}\\p{Ll}+)" SPACE "time\\b|"                                                 \
	"(?:UK|US|EU|NZ) time\\b|local time|Ortszeit|prevailing (?:local )?time)"

/* The shapes of a date; the named groups say which part is which. */
static struct pattern date_shapes[] = {
	{ "(?<![\\d.])" YEAR "-(?<mm>\\d\\d)-(?<dd>\\d\\d)(?!\\d)", 0, NULL, NULL },
	{ "(?<![\\d.,])(?<dd>\\d{1,2})\\.\\s?(?<mm>\\d{1,2})\\.\\s?(?<year>(?:19|20)\\d\\d|\\d\\d)(?![\\d.]\\d|\\d)", 0,
	  NULL, NULL },
	{ "(?<![\\d/])(?<a>\\d{1,2})/(?<b>\\d{1,2})/(?<year>(?:19|20)\\d\\d|\\d\\d)(?![\\d/])", 0, NULL, NULL },
	{ "(?<![\\d-])(?<dd>\\d{1,2})-(?<mm>\\d{1,2})-" YEAR "(?![\\d-])", 0, NULL, NULL },
	{ "(?<![\\d-])(?<mm>\\d{1,2})-(?<dd>1[3-9]|2\\d|3[01])-" YEAR "(?![\\d-])", 0, NULL, NULL },
	{ "(?<![\\d-])(?<dd>\\d{1,2})[-/]" MONTHS "[-/](?<year>\\d\\d)(?![\\d:.])", 0, NULL, NULL },
	{ "(?<!\\d)(?<dd>\\d{1,2})(?:st|nd|rd|th)?(?:\\.|" SPACE "+of|-)?" SPACE "*" MONTHS "[,. -]*" SPACE "*" YEAR
	  "(?!\\d)",
	  0, NULL, NULL },
	{ "(?<!\\d)(?<dd>\\d{1,2})(?:st|nd|rd|th)" SPACE "day" SPACE "of" SPACE MONTHS "[,.]?" SPACE "*" YEAR "(?!\\d)",
	  0, NULL, NULL },
	{ ORDINALS "(?:" SPACE "day)?(?:" SPACE "of)?" SPACE MONTHS "[,.]?" SPACE "*" YEAR "(?!\\d)", 0, NULL, NULL },
	{ MONTH_END MONTHS "[,.]?" SPACE "*" YEAR "(?!\\d)", 0, NULL, NULL },
	{ "(?<!\\p{L})" MONTHS SPACE "+(?<dd>\\d{1,2})(?:st|nd|rd|th)?(?:," SPACE "*|" SPACE "+)" YEAR "(?!\\d)", 0,
	  NULL, NULL },
};

/* And of one whose year is left out. */
static struct pattern bare_shapes[] = {
	{ "(?<![\\d.,/-])(?<dd>\\d{1,2})(?:st|nd|rd|th)?\\.?" SPACE "(?:day" SPACE ")?(?:of" SPACE ")?" MONTHS NO_YEAR,
	  0, NULL, NULL },
	{ ORDINALS "(?:" SPACE "day)?(?:" SPACE "of)?" SPACE MONTHS NO_YEAR, 0, NULL, NULL },
	{ MONTH_END MONTHS NO_YEAR, 0, NULL, NULL },
	{ "(?<!\\p{L}|\\d" SPACE ")" MONTHS SPACE "(?<dd>\\d{1,2})(?:st|nd|rd|th)?(?![\\d:]|,?" SPACE
	  "*(?:19|20)\\d\\d)",
	  0, NULL, NULL },
};

#define OCLOCK "(?:" SPACE "?o['’`]?" SPACE "?clock)"
#define CLOCK_AMPM                                                                                                   \
	"(?<hour>\\d{1,2})(?:[:.](?<min>\\d\\d))?(?::\\d\\d)?" OCLOCK "?" SPACE "?(?<ampm>[ap])" SPACE "?\\.?" SPACE \
	"?m\\b\\.?"
/* "five o'clock in the afternoon", "5 Uhr nachmittags" */
#define CLOCK_SAID                                                                                                 \
	"(?:(?<hour>\\d{1,2})(?:[:.](?<min>\\d\\d))?|\\b(?<said>one|two|three|four|five|six|seven|eight|nine|ten|" \
	"eleven|twelve))" OCLOCK "\\b(?:" SPACE "in" SPACE "the" SPACE "(?:morning|(?<pm>afternoon|evening)))?|"   \
	"(?<hour>\\d{1,2})(?:[:.](?<min>\\d\\d))?" SPACE "uhr" SPACE "(?<pm>nachmittags|abends)"
#define CLOCK_WORD "(?<noon>(?:12" SPACE ")?noon|midday)|(?<night>midnight|mitternacht)"
#define CLOCK_24                                                                                              \
	"(?<hour>\\d{1,2})(?:[:.]|" SPACE "?h(?=\\d\\d(?![\\d.])))(?<min>\\d\\d)(?::\\d\\d)?(?!\\d)(?:" SPACE \
	"*(?:uhr|hrs?\\b\\.?|hours?|h\\b|noon\\b))?"
#define CLOCK_UNIT  "(?<hour>\\d{1,2})(?<min>\\d\\d)?" SPACE "*(?:uhr|hrs?\\b\\.?|hours\\b|h\\b)"
#define CLOCKS      "(?J)(?:" CLOCK_AMPM "|" CLOCK_SAID "|" CLOCK_WORD "|" CLOCK_24 "|" CLOCK_UNIT ")"
#define BEHIND_ZONE "(?:,?" SPACE "*\\(?" ZONE "\\)?(?:" SPACE "\\(?[A-Z]{2,4}T\\)?(?!\\p{L}))?)?"

#define WEEKDAY                                                                    \
	"(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\\b\\.?|" \
	"(?:montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag)s?\\b|(?:mo|di|mi|do|fr|sa|so)\\b\\.?"

/* A time behind its date: what may stand between them is listed, so that the time of another event is not taken. */
static struct pattern time_behind = {
	"^(?:" SPACE
	"|,|;|/|–|—|-|\\(|\\)|T(?=\\d\\d:)|at\\b|by\\b|um\\b|bis\\b|spätestens\\b|no later than\\b|until\\b|up ?to\\b|before\\b|"
	"on or\\b|the\\b|not later than\\b|prior to\\b|at the latest\\b|latest\\b|" WEEKDAY "|\\.(?=" SPACE
	"(?:time|uhrzeit|zeit):)|time:|(?:uhr)?zeit:?|@){0,9}" CLOCKS BEHIND_ZONE,
	0, NULL, NULL
};

/* And before it: "5:00 p.m. EDT on Friday, August 24, 2018". */
static struct pattern time_before = { CLOCKS BEHIND_ZONE "(?:" SPACE "|,|on\\b|of\\b|am\\b|the\\b|den\\b|" WEEKDAY
							 "){0,12}$",
				      0, NULL, NULL };

/* The zone may stand behind the date whose time stands before it: "14:00 on 3 June 2027 (UK time)". */
static struct pattern zone_behind = { "^,?" SPACE "?\\(?" ZONE "\\)?", 0, NULL, NULL };

/* A cell that holds nothing but a time. */
static struct pattern time_alone = {
	"^\\W*(?:(?:by|before|until|at|um|bis|no later than|(?:closing |local )?time(?: of closing)?:?|uhrzeit:?)\\b\\W*)?" CLOCKS
		BEHIND_ZONE "\\W*$",
	0, NULL, NULL
};

/* And one that is called a time, whatever follows: "Time: 10:00 local time, at the address below". */
static struct pattern time_called = { "^\\W*(?:(?:local )?time|uhrzeit|zeit):\\W*" CLOCKS BEHIND_ZONE, 0, NULL, NULL };

/* Whoever writes "3 May 2027", "Rs." or "hrs" writes the day first in numbers too; the score is the sign. */
static struct pattern orders[] = {
	{ "\\b\\d{1,2}(?:st|nd|rd|th)? (?:of )?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*,? 20\\d\\d\\b",
	  2, NULL, NULL },
	{ "\\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\\.? \\d{1,2}(?:st|nd|rd|th)?, 20\\d\\d\\b", -2,
	  NULL, NULL },
	{ "£|€|\\bRs\\b|\\bINR\\b|\\blakhs?\\b|\\bcrores?\\b|\\bGST\\b|\\bVAT\\b|\\bhrs\\b|\\bup ?to \\d", 1, NULL,
	  NULL },
	{ "(?-i:\\b[A-Z]{2} \\d{5}\\b|\\b[ECMP][SD]T\\b)", -1, NULL, NULL },
};

int dates_order(const char *text)
{
	int sum = 0;

	for (size_t i = 0; i < N_ELEMS(orders); i++)
		sum += pattern_match(&orders[i], text) ? orders[i].score : 0;
	return sum;
}

void dates_preload(void)
{
	pattern_compile(orders, N_ELEMS(orders));
	pattern_compile(&time_alone, 1);
	pattern_compile(&time_called, 1);
	pattern_compile(date_shapes, N_ELEMS(date_shapes));
	pattern_compile(bare_shapes, N_ELEMS(bare_shapes));
	pattern_compile(&time_behind, 1);
	pattern_compile(&time_before, 1);
	pattern_compile(&zone_behind, 1);
}

static int group_int(GMatchInfo *m, const char *name)
{
	auto_free char *s = g_match_info_fetch_named(m, name);

	return s && *s ? atoi(s) : -1;
}

int dates_month(const char *name)
{
	static const char *const begins[12] = { "jan", "feb", "mar", "apr", "ma",  "jun",
						"jul", "aug", "sep", "o",   "nov", "de" };

	if (util_starts(name, "m\xC3\xA4") || util_starts(name, "M\xC3\xA4") ||
	    g_ascii_strncasecmp(name, "mrz", 3) == 0)
		return 3;
	if (util_starts(name, "j\xC3\xA4") || util_starts(name, "J\xC3\xA4"))
		return 1;
	for (int i = 0; i < 12; i++) {
		if (g_ascii_strncasecmp(name, begins[i], strlen(begins[i])) == 0)
			return i + 1;
	}
	return -1;
}

/* What ordinals begin with; the longer first. */
static const struct {
	const char *begin;
	int n;
} ordinals[] = {
	{ "thirteen", 13 }, { "fourteen", 14 }, { "fifteen", 15 },   { "sixteen", 16 },   { "seventeen", 17 },
	{ "eighteen", 18 }, { "nineteen", 19 }, { "twentieth", 20 }, { "thirtieth", 30 }, { "dreizehn", 13 },
	{ "vierzehn", 14 }, { "fünfzehn", 15 }, { "sechzehn", 16 },  { "siebzehn", 17 },  { "achtzehn", 18 },
	{ "neunzehn", 19 }, { "zwanzig", 20 },  { "first", 1 },      { "second", 2 },     { "third", 3 },
	{ "fourth", 4 },    { "fifth", 5 },     { "sixth", 6 },      { "seventh", 7 },    { "eighth", 8 },
	{ "ninth", 9 },     { "tenth", 10 },    { "elev", 11 },      { "twelf", 12 },     { "erst", 1 },
	{ "zweit", 2 },     { "dritt", 3 },     { "viert", 4 },      { "fünft", 5 },      { "sechst", 6 },
	{ "siebt", 7 },     { "acht", 8 },      { "neunt", 9 },      { "zehnt", 10 },     { "elft", 11 },
	{ "zwölft", 12 },   { "twenty", 20 },   { "thirty", 30 },
};

/* "nineteenth", "twenty-first" */
static int ordinal(const char *word)
{
	auto_free char *lower = g_utf8_strdown(word, -1);

	for (size_t i = 0; i < N_ELEMS(ordinals); i++) {
		if (util_starts(lower, ordinals[i].begin)) {
			const char *rest = strpbrk(lower, " -");

			return ordinals[i].n + (rest ? MAX(ordinal(rest + 1), 0) : 0);
		}
	}
	return -1;
}

/* The day in figures or in words; the end of a month is its last. */
static int day_of(GMatchInfo *m, int month, int year)
{
	auto_free char *nth = g_match_info_fetch_named(m, "nth"), *last = g_match_info_fetch_named(m, "last");

	if (last && *last)
		return month >= 1 ? g_date_get_days_in_month((GDateMonth)month, (GDateYear)year) : -1;
	return nth && *nth ? ordinal(nth) : group_int(m, "dd");
}

static bool read_day(GMatchInfo *m, bool day_first, struct date *d)
{
	auto_free char *month = g_match_info_fetch_named(m, "month");
	int a = group_int(m, "a"), b = group_int(m, "b");

	d->year = group_int(m, "year");
	if (d->year < 100)
		d->year += 2000;
	d->month = month && *month ? dates_month(month) : group_int(m, "mm");
	d->day = day_of(m, d->month, d->year);
	if (a >= 0) {
		d->day = (day_first && b <= 12) || a > 12 ? a : b;
		d->month = d->day == a && a != b ? b : a == b ? b : a;
	}
	if (d->day < 1 || d->month < 1 || d->month > 12)
		return false;
	return g_date_valid_dmy((GDateDay)d->day, (GDateMonth)d->month, (GDateYear)d->year);
}

static void read_zone(GMatchInfo *m, struct date *d)
{
	auto_free char *zone = g_match_info_fetch_named(m, "zone");
	const char *sign;
	int hours = 0, minutes = 0;

	if (!zone || !*zone)
		return;
	g_strlcpy(d->zone, zone, sizeof(d->zone));
	sign = strpbrk(zone, "+-");
	if (!sign || sscanf(sign + 1, "%d:%d", &hours, &minutes) < 1 || hours > 14 || minutes > 59)
		return;
	d->has_offset = true;
	d->offset_minutes = (*sign == '-' ? -1 : 1) * (hours * 60 + minutes);
}

static bool read_time(GMatchInfo *m, struct date *d)
{
	auto_free char *noon = g_match_info_fetch_named(m, "noon"), *night = g_match_info_fetch_named(m, "night"),
		       *ampm = g_match_info_fetch_named(m, "ampm"), *said = g_match_info_fetch_named(m, "said"),
		       *pm = g_match_info_fetch_named(m, "pm");
	int hour = said && *said ? period_count(said) : group_int(m, "hour"), minute = group_int(m, "min");

	if (pm && *pm)
		hour = hour % 12 + 12;
	else if (noon && *noon)
		hour = 12;
	else if (night && *night)
		hour = 24;
	else if (ampm && *ampm)
		hour = hour % 12 + (g_ascii_tolower(*ampm) == 'p' ? 12 : 0);
	minute = minute < 0 ? 0 : minute;
	if (hour < 0 || hour > 24 || minute > 59 || (hour == 24 && minute))
		return false;
	d->hour = hour;
	d->minute = minute;
	read_zone(m, d);
	return true;
}

static void find_zone(const char *text, struct date *d)
{
	GMatchInfo *m = pattern_find(&zone_behind, text + d->to, 0);
	int end;

	if (m && g_match_info_fetch_pos(m, 0, NULL, &end)) {
		read_zone(m, d);
		d->to += end;
	}
	g_match_info_free(m);
}

static void find_time(const char *text, struct date *d)
{
	int from = d->from > 80 ? d->from - 80 : 0, at, end;
	auto_free char *before = NULL;
	GMatchInfo *m = pattern_find(&time_behind, text + d->to, 0);

	if (m && read_time(m, d) && g_match_info_fetch_pos(m, 0, NULL, &end))
		d->to += end;
	g_match_info_free(m);
	if (d->hour >= 0)
		return;
	while (from < d->from && (text[from] & 0xC0) == 0x80)
		from++;
	before = g_strndup(text + from, (gsize)(d->from - from));
	m = pattern_find(&time_before, before, 0);
	if (m && read_time(m, d) && g_match_info_fetch_pos(m, 0, &at, NULL))
		d->from = from + at;
	g_match_info_free(m);
	if (d->hour >= 0 && !d->zone[0])
		find_zone(text, d);
}

bool dates_clock(const char *text, struct date *d)
{
	GMatchInfo *m = strlen(text) < 60 && strpbrk(text, "0123456789") ? pattern_find(&time_alone, text, 0) : NULL;
	bool found;

	if (!m)
		m = pattern_find(&time_called, text, 0);
	found = m && read_time(m, d);
	g_match_info_free(m);
	return found;
}

static bool read_bare(GMatchInfo *m, const struct date *after, struct date *d)
{
	auto_free char *month = g_match_info_fetch_named(m, "month");

	d->month = dates_month(month);
	d->year = after->year + (d->month < after->month);
	d->day = day_of(m, d->month, d->year);
	if (d->day < 1 || d->month < 1)
		return false;
	d->year += d->month == after->month && d->day < after->day;
	return g_date_valid_dmy((GDateDay)d->day, (GDateMonth)d->month, (GDateYear)d->year);
}

static gint by_place(gconstpointer a, gconstpointer b)
{
	return ((const struct date *)a)->from - ((const struct date *)b)->from;
}

static void scan_shape(const char *text, struct pattern *shape, bool day_first, GArray *found)
{
	GMatchInfo *m = pattern_find(shape, text, 0);

	for (; m && g_match_info_matches(m); g_match_info_next(m, NULL)) {
		struct date d = { .hour = -1 };
		bool overlaps = false;

		if (!g_match_info_fetch_pos(m, 0, &d.from, &d.to) || !read_day(m, day_first, &d))
			continue;
		for (unsigned i = 0; i < found->len; i++) {
			const struct date *o = &g_array_index(found, struct date, i);

			overlaps = overlaps || (d.from < o->to && o->from < d.to);
		}
		if (overlaps)
			continue;
		find_time(text, &d);
		g_array_append_val(found, d);
	}
	g_match_info_free(m);
}

/* A point, a slash or a hyphen, with another shortly before it: 3.4.27, 3/4/27, 3-May-27. */
static bool is_second_mark(const char *text, const char *mark)
{
	for (const char *s = mark - 1; s >= text && mark - s <= 14; s--) {
		if (strchr("./-", *s))
			return true;
	}
	return false;
}

/* Every shape has a year, of four digits or of two behind its second mark: most text has none and needs no pattern. */
static bool may_hold_date(const char *text)
{
	for (const char *s = text; (s = strpbrk(s, "0123456789")); s++) {
		const char *mark = s - 1;

		if (!g_ascii_isdigit(s[1]))
			continue;
		if (((s[0] == '1' && s[1] == '9') || (s[0] == '2' && s[1] == '0')) && g_ascii_isdigit(s[2]) &&
		    g_ascii_isdigit(s[3]))
			return true;
		while (mark > text && g_ascii_isspace(*mark))
			mark--;
		if (mark > text && strchr("./-", *mark) && is_second_mark(text, mark))
			return true;
	}
	return false;
}

GArray *dates_scan(const char *text, bool day_first)
{
	GArray *found = g_array_new(FALSE, TRUE, sizeof(struct date));

	if (!may_hold_date(text))
		return found;
	for (size_t i = 0; i < N_ELEMS(date_shapes); i++)
		scan_shape(text, &date_shapes[i], day_first, found);
	g_array_sort(found, by_place);
	return found;
}

/* "12 may be" is no day. */
static bool names_month(GMatchInfo *m)
{
	auto_free char *month = g_match_info_fetch_named(m, "month");

	return g_unichar_isupper(g_utf8_get_char(month));
}

GArray *dates_scan_bare(const char *text, const struct date *after)
{
	GArray *found = g_array_new(FALSE, TRUE, sizeof(struct date));

	for (size_t i = 0; i < N_ELEMS(bare_shapes); i++) {
		GMatchInfo *m = pattern_find(&bare_shapes[i], text, 0);

		for (; m && g_match_info_matches(m); g_match_info_next(m, NULL)) {
			struct date d = { .hour = -1 };

			if (!names_month(m) || !g_match_info_fetch_pos(m, 0, &d.from, &d.to) ||
			    !read_bare(m, after, &d))
				continue;
			find_time(text, &d);
			g_array_append_val(found, d);
		}
		g_match_info_free(m);
	}
	g_array_sort(found, by_place);
	return found;
}

const char *date_format(const struct date *d, char *out)
{
	if (d->hour >= 0)
		snprintf(out, DATE_TEXT_BYTES, "%04d-%02d-%02dT%02d:%02d", d->year, d->month, d->day, d->hour,
			 d->minute);
	else
		snprintf(out, DATE_TEXT_BYTES, "%04d-%02d-%02d", d->year, d->month, d->day);
	return out;
}

bool date_utc(const struct date *d, char *out)
{
	GDateTime *local, *utc;

	if (d->hour < 0 || !d->has_offset)
		return false;
	local = g_date_time_new_utc(d->year, d->month, d->day, 0, 0, 0);
	utc = g_date_time_add_minutes(local, d->hour * 60 + d->minute - d->offset_minutes);
	snprintf(out, DATE_TEXT_BYTES, "%04d-%02d-%02dT%02d:%02d:00Z", g_date_time_get_year(utc),
		 g_date_time_get_month(utc), g_date_time_get_day_of_month(utc), g_date_time_get_hour(utc),
		 g_date_time_get_minute(utc));
	g_date_time_unref(local);
	g_date_time_unref(utc);
	return true;
}

int date_order(const struct date *a, const struct date *b)
{
	int day_a = a->year * 10000 + a->month * 100 + a->day, day_b = b->year * 10000 + b->month * 100 + b->day;

	if (day_a != day_b || a->hour < 0 || b->hour < 0)
		return day_a - day_b;
	return a->hour * 60 + a->minute - b->hour * 60 - b->minute;
}
