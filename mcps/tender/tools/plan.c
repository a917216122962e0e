#include "plan.h"

#include <glib.h>
#include <stdio.h>
#include <stdlib.h>

#include "markdown.h"
#include "pick.h"

#define DATE_LEN 10 /* of YYYY-MM-DD */

static const struct {
	const char *field, *what;
	bool deadline; /* the bidder must have done something by then */
} fields[] = {
	{ "issue_date", "Issued", false },
	{ "questions_deadline", "Questions until", true },
	{ "participation_deadline", "Request to participate until", true },
	{ "submission_deadline", "Submission deadline", true },
	{ "binding_until", "Offers bind until", false },
};

/* Which date may not lie behind which. */
static const struct {
	const char *earlier, *later;
} orders[] = {
	{ "issue_date", "questions_deadline" },
	{ "issue_date", "participation_deadline" },
	{ "issue_date", "submission_deadline" },
	{ "questions_deadline", "submission_deadline" },
	{ "participation_deadline", "submission_deadline" },
	{ "submission_deadline", "binding_until" },
	{ "submission_deadline", "contract_start" },
	{ "contract_start", "contract_end" },
};

/* --- the dates --- */

static void add_date(json_t *list, const char *field, const char *what, bool deadline, const json_t *fact,
		     const char *value, bool computed)
{
	static const char *const keys[] = { "timezone", "utc", "page", "quote", "confidence", "file", "source" };
	json_t *date =
		json_pack("{s:s, s:s, s:b, s:s}", "field", field, "what", what, "deadline", deadline, "value", value);

	for (size_t i = 0; i < N_ELEMS(keys); i++) {
		json_t *v = json_object_get(fact, keys[i]);

		if (v)
			json_object_set(date, keys[i], v);
	}
	json_object_set_new(date, "computed",
			    json_boolean(computed || json_is_true(json_object_get(fact, "computed"))));
	json_array_append_new(list, date);
}

static bool parse_day(const char *value, GDate *day)
{
	unsigned y, m, d;

	if (strlen(value) < DATE_LEN || sscanf(value, "%4u-%2u-%2u", &y, &m, &d) != 3 ||
	    !g_date_valid_dmy((GDateDay)d, (GDateMonth)m, (GDateYear)y))
		return false;
	g_date_clear(day, 1);
	g_date_set_dmy(day, (GDateDay)d, (GDateMonth)m, (GDateYear)y);
	return true;
}

/* "P90D" after that day; false for what is no period. */
static bool after_period(const char *period, const char *from, char *out)
{
	unsigned n;
	char unit;
	GDate day;

	if (sscanf(period, "P%5u%c", &n, &unit) != 2 || !parse_day(from, &day))
		return false;
	if (unit == 'D')
		g_date_add_days(&day, n);
	else if (unit == 'W')
		g_date_add_days(&day, 7 * n);
	else if (unit == 'M')
		g_date_add_months(&day, n);
	else if (unit == 'Y')
		g_date_add_years(&day, n);
	g_date_strftime(out, DATE_LEN + 1, "%Y-%m-%d", &day);
	return true;
}

static void add_field(json_t *list, const json_t *result, size_t i)
{
	const json_t *fact = json_object_get(result, fields[i].field);
	const char *value = pick_text(fact, "value"), *until = pick_value(result, "submission_deadline");
	char day[DATE_LEN + 1];

	if (!value)
		return;
	if (*value != 'P')
		add_date(list, fields[i].field, fields[i].what, fields[i].deadline, fact, value, false);
	else if (until && after_period(value, until, day))
		add_date(list, fields[i].field, fields[i].what, fields[i].deadline, fact, day, true);
}

static int compare_dates(const void *a, const void *b)
{
	const json_t *const *x = a, *const *y = b;

	return strcmp(pick_word(*x, "value"), pick_word(*y, "value"));
}

static json_t *by_time(json_t *list)
{
	size_t n = json_array_size(list), i;
	auto_free json_t **all = xcalloc(n + 1, sizeof(json_t *));
	json_t *sorted = json_array(), *date;

	json_array_foreach (list, i, date)
		all[i] = date;
	qsort(all, n, sizeof(json_t *), compare_dates);
	for (i = 0; i < n; i++)
		json_array_append(sorted, all[i]);
	json_decref(list);
	return sorted;
}

json_t *plan_dates(const json_t *result)
{
	const json_t *duration = json_object_get(result, "contract_duration");
	const char *start = pick_text(duration, "start"), *end = pick_text(duration, "end");
	json_t *list = json_array();

	for (size_t i = 0; i < N_ELEMS(fields); i++)
		add_field(list, result, i);
	if (start)
		add_date(list, "contract_start", "The contract begins", false, duration, start, false);
	if (end)
		add_date(list, "contract_end", "The contract ends", false, duration, end, false);
	return by_time(list);
}

/* --- what is wrong with them --- */

static json_t *find(const json_t *dates, const char *field)
{
	json_t *date;
	size_t i;

	json_array_foreach (dates, i, date) {
		if (streq(pick_word(date, "field"), field))
			return date;
	}
	return NULL;
}

static void add_finding(json_t *list, const char *kind, const char *first, const char *second, const char *fmt, ...)
	PRINTF_LIKE(5, 6);
static void add_finding(json_t *list, const char *kind, const char *first, const char *second, const char *fmt, ...)
{
	json_t *names = json_array();
	va_list ap;

	va_start(ap, fmt);
	auto_free char *text = g_strdup_vprintf(fmt, ap);
	va_end(ap);
	json_array_append_new(names, json_string(first));
	if (second)
		json_array_append_new(names, json_string(second));
	json_array_append_new(list, json_pack("{s:s, s:o, s:s}", "kind", kind, "fields", names, "text", text));
}

/* A date without a time, or without a day, is compared as far as it goes. */
static bool is_behind(const char *a, const char *b)
{
	size_t la = strlen(a), lb = strlen(b);

	return strncmp(a, b, la < lb ? la : lb) > 0;
}

static void check_order(json_t *list, const json_t *dates)
{
	for (size_t i = 0; i < N_ELEMS(orders); i++) {
		const json_t *a = find(dates, orders[i].earlier), *b = find(dates, orders[i].later);

		if (a && b && is_behind(pick_word(a, "value"), pick_word(b, "value")))
			add_finding(list, "order", orders[i].earlier, orders[i].later,
				    "'%s' (%s, page %lld) is later than '%s' (%s, page %lld).", pick_word(a, "what"),
				    pick_word(a, "value"), pick_number(a, "page"), pick_word(b, "what"),
				    pick_word(b, "value"), pick_number(b, "page"));
	}
}

static void check_day(json_t *list, json_t *date, const GDate *today)
{
	bool deadline = json_is_true(json_object_get(date, "deadline")), known;
	const char *field = pick_word(date, "field"), *what = pick_word(date, "what"),
		   *value = pick_word(date, "value");
	GDate day;
	int left;

	known = parse_day(value, &day);
	left = known ? g_date_days_between(today, &day) : 0;
	json_object_set_new(date, "days_left", known ? json_integer(left) : json_null());
	json_object_set_new(date, "past", known ? json_boolean(left < 0) : json_null());
	if (!known || !deadline)
		return;
	if (left < 0)
		add_finding(list, "past", field, NULL, "'%s' was %d days ago (%s).", what, -left, value);
	if (g_date_get_weekday(&day) >= G_DATE_SATURDAY)
		add_finding(list, "weekend", field, NULL, "'%s' (%s) is a %s: check it.", what, value,
			    g_date_get_weekday(&day) == G_DATE_SATURDAY ? "Saturday" : "Sunday");
}

json_t *plan_check(json_t *dates, const char *today)
{
	json_t *list = json_array(), *date;
	GDate now;
	size_t i;

	if (!parse_day(today, &now))
		g_date_clear(&now, 1);
	check_order(list, dates);
	json_array_foreach (dates, i, date) {
		if (g_date_valid(&now))
			check_day(list, date, &now);
	}
	if (!find(dates, "submission_deadline") && !find(dates, "participation_deadline"))
		add_finding(list, "missing", "submission_deadline", NULL,
			    "No submission deadline was found in the document: look for it.");
	return list;
}

/* --- for a person --- */

static void markdown_date(struct buf *out, const json_t *date)
{
	const char *value = pick_word(date, "value"), *zone = pick_text(date, "timezone");
	bool past = json_is_true(json_object_get(date, "past"));

	buf_printf(out, "| %.10s%s%s ", value, strlen(value) > DATE_LEN ? ", " : "",
		   strlen(value) > DATE_LEN ? value + DATE_LEN + 1 : "");
	markdown_add(out, zone ? zone : "");
	buf_printf(out, "%s| %s%s | ", zone ? " " : "", pick_word(date, "what"),
		   json_is_true(json_object_get(date, "computed")) ? " (computed)" : "");
	if (past)
		buf_addstr(out, "past");
	else if (json_is_integer(json_object_get(date, "days_left")))
		buf_printf(out, "in %lld days", pick_number(date, "days_left"));
	buf_printf(out, " | %lld | %lld %% |\n", pick_number(date, "page"), pick_number(date, "confidence"));
}

void plan_markdown(const json_t *dates, const json_t *findings, const char *today, struct buf *out)
{
	json_t *one;
	size_t i;

	buf_printf(out, "As of %s.\n\n| When | What | | Page | Sure |\n|---|---|---|--:|--:|\n", today);
	json_array_foreach (dates, i, one)
		markdown_date(out, one);
	if (json_array_size(findings) > 0)
		buf_addstr(out, "\n## To be checked\n\n");
	json_array_foreach (findings, i, one) {
		buf_addstr(out, "- ");
		markdown_add(out, pick_word(one, "text"));
		buf_addc(out, '\n');
	}
}
