/* check_eligibility: the conditions of a tender against a company's profile. */
#include "eligibility.h"
#include "pick.h"
#include "tool.h"

#define SURE_OF_UNCLEAR 40 /* a person must judge what the profile does not say */

/* The profile among the documents: the one that is a JSON object. */
struct profile {
	json_t *json;
	unsigned n;
};

static bool take_profile(void *arg, const struct source *s)
{
	struct profile *p = arg;
	json_t *json = reader_begins(s, "{") ? json_loadb(s->bytes, s->len, 0, NULL) : NULL;

	if (!json_is_object(json)) {
		json_decref(json);
		return false;
	}
	p->n++;
	if (!p->json)
		p->json = json_incref(json);
	json_decref(json);
	return true;
}

/* One profile there must be, in the arguments or among the documents. */
static bool check_profile(struct call *c, struct profile *p)
{
	json_t *arg = json_object_get(call_args(c), "profile");

	if (json_is_object(arg)) {
		p->n++;
		if (!p->json)
			p->json = json_incref(arg);
	}
	if (p->n == 1)
		return true;
	if (p->n == 0)
		call_fail(
			c, "arguments", false,
			"There is no company profile: give a profile.json with the documents, or the object 'profile'.");
	else
		call_fail(c, "arguments", false, "There are %u company profiles: give one.", p->n);
	return false;
}

/*
 * A no-go is as sure as the surest condition that is not met was read, a go as the least sure of all; whether the list
 * of conditions is whole nobody knows better than the result itself.
 */
static int confidence_of(const json_t *checked, const char *decision)
{
	int least = 100, surest = 0;
	json_t *one;
	size_t i;

	if (streq(decision, "unclear"))
		return SURE_OF_UNCLEAR;
	json_array_foreach (checked, i, one) {
		int sure = (int)pick_number(one, "confidence");

		if (json_is_true(json_object_get(one, "optional")))
			continue;
		least = MIN(least, sure);
		if (streq(pick_word(one, "status"), "not_met"))
			surest = MAX(surest, sure);
	}
	return streq(decision, "no-go") ? surest : least;
}

static void say(struct call *c, const json_t *result, const json_t *profile, const char *today)
{
	bool german = streq(pick_word(json_object_get(result, "document"), "language"), "de");
	json_t *checked = eligibility_check(json_object_get(result, "eligibility"), profile, today, german);
	json_t *decision = eligibility_decide(checked);
	const char *word = pick_word(decision, "decision");
	json_t *answer = tool_answer(result, confidence_of(checked, word));
	auto_buf text = BUF_INIT, list = BUF_INIT;

	eligibility_markdown(checked, decision, &list);
	buf_printf(&text, "%s: %zu conditions.", word, json_array_size(checked));
	json_object_set(answer, "decision", json_object_get(decision, "decision"));
	json_object_set(answer, "reasons", json_object_get(decision, "reasons"));
	json_object_set_new(answer, "conditions", checked);
	json_object_set_new(answer, "company", json_string(pick_word(profile, "name")));
	json_object_set_new(answer, "today", json_string(today));
	call_text(c, buf_str(&text));
	call_file(c, "eligibility.md", "text/markdown", buf_str(&list));
	call_structured(c, answer);
	json_decref(decision);
}

int tool_eligibility(struct call *c)
{
	const json_t *documents = tool_documents(c);
	struct profile p = { NULL, 0 };
	json_t *others = documents ? tool_others(documents, take_profile, &p) : NULL, *result = NULL;
	char today[11];

	if (documents && check_profile(c, &p) && tool_today(c, today)) {
		if (json_array_size(others) == 0)
			call_fail(c, "arguments", false,
				  "There is only a company profile: give the tender document with it.");
		else
			result = tool_read(c, others, (struct share){ 0, 99 });
	}
	if (result) {
		say(c, result, p.json, today);
		call_progress(c, 100, 100, "done");
	}
	json_decref(result);
	json_decref(others);
	json_decref(p.json);
	return 0;
}
