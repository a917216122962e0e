#include <glib.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/crypto.h"
#include "output.h"
#include "pick.h"
#include "plan.h"
#include "tender/text/text.h"
#include "zone.h"

#define FOLD_OCTETS 75

void ics_line(struct buf *out, const char *line)
{
	size_t room = FOLD_OCTETS;

	while (strlen(line) > room) {
		size_t n = room;

		while (n > 1 && ((unsigned char)line[n] & 0xC0) == 0x80)
			n--;
		buf_add(out, line, n);
		buf_addstr(out, "\r\n ");
		line += n;
		room = FOLD_OCTETS - 1; /* the space counts */
	}
	buf_addstr(out, line);
	buf_addstr(out, "\r\n");
}

/* TEXT escapes the backslash, the comma, the semicolon and the line break. */
static void text_line(struct buf *out, const char *name, const char *text)
{
	auto_buf line = BUF_INIT;

	buf_printf(&line, "%s:", name);
	for (; *text; text++) {
		if (strchr("\\;,", *text))
			buf_addc(&line, '\\');
		if (*text == '\n')
			buf_addstr(&line, "\\n");
		else if ((unsigned char)*text >= 0x20)
			buf_addc(&line, *text);
	}
	ics_line(out, buf_str(&line));
}

/*
 * A moment in UTC where the document gives an offset, else the printed time with the zone that it names, else floating;
 * a date without a time is a whole day. False for what has no day.
 */
static bool start_line(struct buf *out, const json_t *date, const struct zone *zone)
{
	const char *utc = pick_text(date, "utc"), *value = pick_word(date, "value");
	int year, month, day, hour = 0, minute = 0;
	int n = sscanf(utc ? utc : value, "%d-%d-%dT%d:%d", &year, &month, &day, &hour, &minute);

	if (hour == 24) {
		hour = 23;
		minute = 59;
	}
	if (n < 3)
		return false;
	if (n < 5)
		buf_printf(out, "DTSTART;VALUE=DATE:%04d%02d%02d\r\n", year, month, day);
	else if (utc || !zone || !zone->id)
		buf_printf(out, "DTSTART:%04d%02d%02dT%02d%02d00%s\r\n", year, month, day, hour, minute,
			   utc || zone ? "Z" : "");
	else
		buf_printf(out, "DTSTART;TZID=%s:%04d%02d%02dT%02d%02d00\r\n", zone->id, year, month, day, hour,
			   minute);
	return true;
}

static void alarm_lines(struct buf *out, long long days, const char *what)
{
	buf_addstr(out, "BEGIN:VALARM\r\nACTION:DISPLAY\r\n");
	text_line(out, "DESCRIPTION", what);
	buf_printf(out, "TRIGGER:-P%lldD\r\nEND:VALARM\r\n", days);
}

/*
 * The same tender has the same UIDs when it is amended, so that a calendar moves its dates: they are made from its
 * number and issuer, else from its title, else from the bytes.
 */
static void uid_of(const json_t *result, char *hex)
{
	const char *reference = pick_value(result, "reference_number"), *title = pick_value(result, "title");
	const char *issuer = pick_value(result, "issuer");
	auto_free char *text = g_strdup_printf("%s\n%s", issuer ? issuer : "", reference ? reference : title);
	auto_free char *plain = text_plain(text, NULL), *folded = g_utf8_casefold(plain, -1);

	if (reference || title)
		sha256_hex(folded, strlen(folded), hex);
	else
		snprintf(hex, SHA256_HEX_BYTES, "%s", pick_word(json_object_get(result, "document"), "sha256"));
}

static const struct zone *zone_of(const json_t *date)
{
	const char *words = pick_text(date, "timezone");

	return words && strlen(pick_word(date, "value")) > 10 && !pick_text(date, "utc") ? zone_find(words) : NULL;
}

static void event(struct buf *out, const json_t *result, const json_t *date, const json_t *reminders, const char *stamp)
{
	const char *title = pick_value(result, "title"), *words = pick_text(date, "timezone");
	auto_free char *summary =
		g_strdup_printf("%s%s%s", pick_word(date, "what"), title ? ": " : "", title ? title : "");
	auto_free char *description =
		g_strdup_printf("\"%s\" (page %lld)%s%s", pick_word(date, "quote"), pick_number(date, "page"),
				words ? "\nTime zone as printed: " : "", words ? words : "");
	char uid[SHA256_HEX_BYTES];
	auto_buf start = BUF_INIT;
	size_t i;
	json_t *days;

	if (!start_line(&start, date, zone_of(date)))
		return;
	uid_of(result, uid);
	buf_addstr(out, "BEGIN:VEVENT\r\n");
	buf_printf(out, "UID:%.16s-%s@0711fs\r\nDTSTAMP:%s\r\n%s", uid, pick_word(date, "field"), stamp,
		   buf_str(&start));
	text_line(out, "SUMMARY", summary);
	text_line(out, "DESCRIPTION", description);
	buf_addstr(out, "TRANSP:TRANSPARENT\r\n");
	json_array_foreach (reminders, i, days) {
		if (json_is_true(json_object_get(date, "deadline")))
			alarm_lines(out, (long long)json_integer_value(days), summary);
	}
	buf_addstr(out, "END:VEVENT\r\n");
}

/* Each zone once. */
static void write_zones(const json_t *dates, struct buf *out)
{
	GHashTable *seen = g_hash_table_new(g_direct_hash, g_direct_equal);
	json_t *date;
	size_t i;

	json_array_foreach (dates, i, date) {
		const struct zone *zone = zone_of(date);

		if (zone && zone->id && g_hash_table_add(seen, (gpointer)zone))
			zone_write(zone, out);
	}
	g_hash_table_unref(seen);
}

void ics_dates(const json_t *result, const json_t *dates, const json_t *reminders, int64_t now_ms, struct buf *out)
{
	char now[CLOCK_TEXT_BYTES], stamp[17];
	json_t *date;
	size_t i;

	clock_format(now_ms, now);
	snprintf(stamp, sizeof(stamp), "%.4s%.2s%.2sT%.2s%.2s%.2sZ", now, now + 5, now + 8, now + 11, now + 14,
		 now + 17);
	buf_addstr(out, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//0711fs//TENDER//EN\r\nCALSCALE:GREGORIAN\r\n");
	write_zones(dates, out);
	json_array_foreach (dates, i, date)
		event(out, result, date, reminders, stamp);
	buf_addstr(out, "END:VCALENDAR\r\n");
}

void ics_write(const json_t *result, int64_t now_ms, struct buf *out)
{
	json_t *dates = plan_dates(result), *reminders = json_pack("[i, i]", 7, 1);

	ics_dates(result, dates, reminders, now_ms, out);
	json_decref(reminders);
	json_decref(dates);
}
