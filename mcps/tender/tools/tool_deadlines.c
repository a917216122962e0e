/* plan_deadlines: every date of a tender as a calendar, checked against each other and against today. */
#include "base/clock.h"
#include "output.h"
#include "pick.h"
#include "plan.h"
#include "tool.h"

#define SURE_OF_CONTRADICTION 50 /* one of the dates is wrong, or the document is */
#define SURE_OF_SILENCE       40

/* The answer is as sure as the least sure deadline in it. */
static int confidence_of(const json_t *dates, const json_t *findings)
{
	int least = 100;
	json_t *one;
	size_t i;

	json_array_foreach (dates, i, one) {
		if (json_is_true(json_object_get(one, "deadline")))
			least = MIN(least, (int)pick_number(one, "confidence"));
	}
	json_array_foreach (findings, i, one) {
		if (streq(pick_word(one, "kind"), "order"))
			least = MIN(least, SURE_OF_CONTRADICTION);
		else if (streq(pick_word(one, "kind"), "missing"))
			least = MIN(least, SURE_OF_SILENCE);
	}
	return least;
}

/* Days before a deadline: the argument, else a week and a day. NULL when it is wrong, which is said then. */
static json_t *reminders_of(struct call *c)
{
	json_t *arg = json_object_get(call_args(c), "reminders"), *days;
	size_t i;

	if (!arg || json_is_null(arg))
		return json_pack("[i, i]", 7, 1);
	json_array_foreach (arg, i, days) {
		if (json_is_integer(days) && json_integer_value(days) >= 0 && json_integer_value(days) <= 366)
			continue;
		arg = NULL;
		break;
	}
	if (!json_is_array(arg)) {
		call_fail(c, "arguments", false, "'reminders' must be a list of days from 0 to 366, as in [14, 1].");
		return NULL;
	}
	return json_incref(arg);
}

static void say(struct call *c, const json_t *result, const json_t *reminders, const char *today)
{
	json_t *dates = plan_dates(result), *findings = plan_check(dates, today);
	json_t *answer = tool_answer(result, confidence_of(dates, findings));
	const char *until = pick_value(result, "submission_deadline");
	auto_buf ics = BUF_INIT, plan = BUF_INIT, text = BUF_INIT;

	ics_dates(result, dates, reminders, clock_now_ms(), &ics);
	buf_addstr(&plan, "# Dates\n\n");
	plan_markdown(dates, findings, today, &plan);
	buf_printf(&text, "%zu dates, submission deadline %s; %zu to be checked.", json_array_size(dates),
		   until ? until : "not found", json_array_size(findings));
	json_object_set_new(answer, "today", json_string(today));
	json_object_set_new(answer, "dates", dates);
	json_object_set_new(answer, "findings", findings);
	call_text(c, buf_str(&text));
	call_file(c, "deadlines.ics", "text/calendar", buf_str(&ics));
	call_file(c, "deadlines.md", "text/markdown", buf_str(&plan));
	call_structured(c, answer);
}

int tool_deadlines(struct call *c)
{
	const json_t *documents = tool_documents(c);
	json_t *reminders = documents ? reminders_of(c) : NULL, *result = NULL;
	char today[11];

	if (reminders && tool_today(c, today))
		result = tool_read(c, documents, (struct share){ 0, 99 });
	if (result) {
		say(c, result, reminders, today);
		call_progress(c, 100, 100, "done");
	}
	json_decref(result);
	json_decref(reminders);
	return 0;
}
