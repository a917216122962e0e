#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "output.h"

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

/* "2025-07-04T09:00" and a moment in UTC become 20250704T090000, 20250704T070000Z, or a whole day. */
static void start_line(struct buf *out, const json_t *fact)
{
	const char *utc = json_string_value(json_object_get(fact, "utc"));
	const char *value = json_string_value(json_object_get(fact, "value"));
	int year, month, day, hour = 0, minute = 0;
	int n = sscanf(utc ? utc : value, "%d-%d-%dT%d:%d", &year, &month, &day, &hour, &minute);

	if (hour == 24) {
		hour = 23;
		minute = 59;
	}
	if (n >= 5)
		buf_printf(out, "DTSTART:%04d%02d%02dT%02d%02d00%s\r\n", year, month, day, hour, minute,
			   utc ? "Z" : "");
	else
		buf_printf(out, "DTSTART;VALUE=DATE:%04d%02d%02d\r\n", year, month, day);
}

static void alarm_lines(struct buf *out, const char *trigger, const char *what)
{
	buf_addstr(out, "BEGIN:VALARM\r\nACTION:DISPLAY\r\n");
	text_line(out, "DESCRIPTION", what);
	buf_printf(out, "TRIGGER:%s\r\nEND:VALARM\r\n", trigger);
}

static void event(struct buf *out, const json_t *result, const char *field, const char *what, const char *stamp)
{
	const json_t *fact = json_object_get(result, field);
	const char *title = json_string_value(json_object_get(json_object_get(result, "title"), "value"));
	const char *sha = json_string_value(json_object_get(json_object_get(result, "document"), "sha256"));
	const char *zone = json_string_value(json_object_get(fact, "timezone"));
	auto_free char *summary = NULL, *description = NULL;

	if (!json_is_object(fact))
		return;
	summary = xasprintf("%s%s%s", what, title ? ": " : "", title ? title : "");
	description = xasprintf("\"%s\" (page %lld)%s%s", json_string_value(json_object_get(fact, "quote")),
				(long long)json_integer_value(json_object_get(fact, "page")),
				zone ? "\nTime zone as printed: " : "", zone ? zone : "");
	buf_addstr(out, "BEGIN:VEVENT\r\n");
	buf_printf(out, "UID:%.16s-%s@0711fs\r\nDTSTAMP:%s\r\n", sha ? sha : "0", field, stamp);
	start_line(out, fact);
	text_line(out, "SUMMARY", summary);
	text_line(out, "DESCRIPTION", description);
	alarm_lines(out, "-P7D", summary);
	alarm_lines(out, "-P1D", summary);
	buf_addstr(out, "END:VEVENT\r\n");
}

void ics_write(const json_t *result, int64_t now_ms, struct buf *out)
{
	char now[CLOCK_TEXT_BYTES], stamp[17];

	clock_format(now_ms, now);
	snprintf(stamp, sizeof(stamp), "%.4s%.2s%.2sT%.2s%.2s%.2sZ", now, now + 5, now + 8, now + 11, now + 14,
		 now + 17);
	buf_addstr(out, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//0711fs//TENDER//EN\r\nCALSCALE:GREGORIAN\r\n");
	event(out, result, "questions_deadline", "Questions until", stamp);
	event(out, result, "submission_deadline", "Submission deadline", stamp);
	buf_addstr(out, "END:VCALENDAR\r\n");
}
