#include "base/clock.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>

static int64_t read_ms(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

int64_t clock_now_ms(void)
{
	return read_ms(CLOCK_REALTIME);
}

int64_t clock_mono_ms(void)
{
	return read_ms(CLOCK_MONOTONIC);
}

const char *clock_format(int64_t ms, char *text)
{
	int64_t rest = ms % 1000 < 0 ? ms % 1000 + 1000 : ms % 1000;
	time_t s = (time_t)((ms - rest) / 1000);
	struct tm tm;

	gmtime_r(&s, &tm);
	snprintf(text, CLOCK_TEXT_BYTES, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", tm.tm_year + 1900, tm.tm_mon + 1,
		 tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, (int)rest);
	return text;
}

/* Reads exactly n digits; -1 when they are not there. */
static int digits(const char **at, int n)
{
	int v = 0;

	for (int i = 0; i < n; i++, (*at)++) {
		if (**at < '0' || **at > '9')
			return -1;
		v = v * 10 + (**at - '0');
	}
	return v;
}

static bool accept(const char **at, char c)
{
	if (**at != c)
		return false;
	(*at)++;
	return true;
}

/* Offset from UTC in minutes: "", "Z", "+02:00". */
static int parse_offset(const char **at, int *minutes)
{
	int sign = **at == '-' ? -1 : 1, h, m;

	*minutes = 0;
	if (!**at || accept(at, 'Z') || accept(at, 'z'))
		return 0;
	if (!accept(at, '+') && !accept(at, '-'))
		return -EINVAL;
	h = digits(at, 2);
	if (h < 0 || h > 23 || !accept(at, ':'))
		return -EINVAL;
	m = digits(at, 2);
	if (m < 0 || m > 59)
		return -EINVAL;
	*minutes = sign * (h * 60 + m);
	return 0;
}

static int parse_time(const char **at, struct tm *tm, int *ms, int *offset)
{
	int unit = 100;

	if (!accept(at, 'T') && !accept(at, 't') && !accept(at, ' '))
		return -EINVAL;
	tm->tm_hour = digits(at, 2);
	if (!accept(at, ':'))
		return -EINVAL;
	tm->tm_min = digits(at, 2);
	if (accept(at, ':'))
		tm->tm_sec = digits(at, 2);
	if (tm->tm_hour < 0 || tm->tm_hour > 23 || tm->tm_min < 0 || tm->tm_min > 59 || tm->tm_sec < 0 ||
	    tm->tm_sec > 60)
		return -EINVAL;
	if (accept(at, '.'))
		for (; **at >= '0' && **at <= '9'; (*at)++, unit /= 10)
			*ms += (**at - '0') * unit;
	return parse_offset(at, offset);
}

static bool date_exists(const struct tm *tm)
{
	struct tm norm = *tm;

	timegm(&norm);
	return norm.tm_mday == tm->tm_mday && norm.tm_mon == tm->tm_mon;
}

/* What can be written with a year of four digits in UTC: the years 1 to 9999. */
#define FIRST_MS ((int64_t)-62135596800000)
#define LAST_MS  ((int64_t)253402300799999)

int clock_parse(const char *text, int64_t *ms)
{
	struct tm tm = { 0 };
	const char *at = text;
	int year = digits(&at, 4), month, day, rest = 0, offset = 0;
	int64_t at_ms;

	if (year < 0 || !accept(&at, '-'))
		return -EINVAL;
	month = digits(&at, 2);
	if (month < 1 || month > 12 || !accept(&at, '-'))
		return -EINVAL;
	day = digits(&at, 2);
	tm.tm_year = year - 1900;
	tm.tm_mon = month - 1;
	tm.tm_mday = day;
	if (day < 1 || !date_exists(&tm))
		return -EINVAL;
	if (*at && parse_time(&at, &tm, &rest, &offset) < 0)
		return -EINVAL;
	if (*at)
		return -EINVAL;
	at_ms = ((int64_t)timegm(&tm) - offset * 60) * 1000 + rest;
	if (at_ms < FIRST_MS || at_ms > LAST_MS)
		return -EINVAL;
	*ms = at_ms;
	return 0;
}
