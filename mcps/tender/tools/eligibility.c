#include "eligibility.h"

#include <stdio.h>
#include <stdlib.h>

#include "eligibility_kinds.h"
#include "markdown.h"
#include "pick.h"

static const char *const verdict_words[] = { [MET] = "met", [UNKNOWN] = "unknown", [NOT_MET] = "not_met" };

/* Whoever lacks this is not excluded: a wish, points, a permission, one of two ways to prove the same. */
static struct pattern is_wish = {
	"\\bprefer(?:red|ably|ence)\\b|\\bdesirable\\b|\\bwünschenswert\\b|\\bvon vorteil\\b|\\badvantage\\b|\\bpunktzahl\\b|"
	"^\\W*(?:nicht )?präqualifizierte (?:unternehmen|bieter|bewerber)\\b",
	0, NULL, NULL
};
/* What is lacking now may still be had before it counts. */
static struct pattern may_follow = {
	"\\b(?:undertak\\w+|agrees?) to (?:obtain|take out)\\b|\\bor (?:to )?be taken out\\b|\\bor will obtain\\b|\\bverpflichte\\w* sich\\b|\\bim auftragsfall\\b",
	0, NULL, NULL
};

enum verdict asked_say(struct asked *a, enum verdict v, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	g_string_vprintf(a->why, fmt, ap);
	va_end(ap);
	return v;
}

json_t *asked_list(struct asked *a, const char *key)
{
	json_t *list = json_object_get(a->profile, key);

	if (json_is_array(list))
		return list;
	asked_say(a, UNKNOWN, "The profile has no list '%s'.", key);
	return NULL;
}

void asked_use(struct asked *a, const char *key, int i)
{
	json_t *v = json_object_get(a->profile, key);
	char pointer[80];

	if (i < 0)
		snprintf(pointer, sizeof(pointer), "/%s", key);
	else
		snprintf(pointer, sizeof(pointer), "/%s/%d", key, i);
	json_array_append_new(
		a->keys, json_pack("{s:s, s:O}", "key", pointer, "value", i < 0 ? v : json_array_get(v, (size_t)i)));
}

static enum verdict judge(struct kind *k, struct asked *a, json_t *checks)
{
	enum verdict v;

	a->why = g_string_new(NULL);
	a->keys = json_array();
	v = k->judge(a);
	if (v == NOT_MET && pattern_match(&may_follow, a->text)) {
		v = UNKNOWN;
		g_string_append(a->why, " The document lets that follow later.");
	}
	json_array_append_new(checks, json_pack("{s:s, s:s, s:s, s:o}", "kind", k->name, "status", verdict_words[v],
						"reason", a->why->str, "profile", a->keys));
	g_string_free(a->why, TRUE);
	return v;
}

static json_t *check_one(const json_t *condition, struct asked *a)
{
	json_t *out = json_copy((json_t *)condition), *checks = json_array();
	enum verdict worst = MET;

	a->text = pick_word(condition, "text");
	for (size_t i = 0; i < eligibility_n_kinds; i++) {
		enum verdict v;

		if (!pattern_match(&eligibility_kinds[i].words, a->text))
			continue;
		v = judge(&eligibility_kinds[i], a, checks);
		worst = MAX(worst, v);
	}
	if (json_array_size(checks) == 0) {
		worst = UNKNOWN;
		json_array_append_new(checks, json_pack("{s:s, s:s, s:s, s:[]}", "kind", "other", "status",
							verdict_words[UNKNOWN], "reason",
							"No rule reads this condition: judge it by hand.", "profile"));
	}
	json_object_set_new(out, "status", json_string(verdict_words[worst]));
	json_object_set_new(out, "optional", json_boolean(pattern_match(&is_wish, a->text)));
	json_object_set_new(out, "checks", checks);
	return out;
}

json_t *eligibility_check(const json_t *conditions, const json_t *profile, const char *today, bool decimal_comma)
{
	struct asked a = { .profile = profile, .today = today, .year = atoi(today), .decimal_comma = decimal_comma };
	json_t *list = json_array(), *condition;
	size_t i;

	json_array_foreach (conditions, i, condition)
		json_array_append_new(list, check_one(condition, &a));
	return list;
}

static void add_reason(json_t *reasons, const json_t *condition)
{
	auto_buf text = BUF_INIT;
	json_t *check;
	size_t i;

	json_array_foreach (json_object_get(condition, "checks"), i, check) {
		if (!streq(pick_word(check, "status"), pick_word(condition, "status")))
			continue;
		buf_printf(&text, "%sPage %lld, %s: %s", text.len ? " " : "", pick_number(condition, "page"),
			   pick_word(check, "kind"), pick_word(check, "reason"));
	}
	json_array_append_new(reasons, json_string(buf_str(&text)));
}

json_t *eligibility_decide(const json_t *checked)
{
	static const char *const order[] = { "not_met", "unknown" };
	json_t *reasons = json_array(), *condition;
	size_t n[2] = { 0, 0 }, i;

	for (size_t k = 0; k < N_ELEMS(order); k++) {
		json_array_foreach (checked, i, condition) {
			if (!streq(pick_word(condition, "status"), order[k]) ||
			    json_is_true(json_object_get(condition, "optional")))
				continue;
			n[k]++;
			add_reason(reasons, condition);
		}
	}
	if (json_array_size(checked) == 0)
		json_array_append_new(reasons, json_string("No condition was found in the document: look for them."));
	return json_pack("{s:s, s:o}", "decision",
			 n[0]                                        ? "no-go"
			 : n[1] > 0 || json_array_size(checked) == 0 ? "unclear"
								     : "go",
			 "reasons", reasons);
}

static void add_condition(struct buf *out, const json_t *condition)
{
	json_t *check;
	size_t i;

	buf_printf(out, "- **%s**%s (page %lld): ",
		   streq(pick_word(condition, "status"), "not_met") ? "not met" : pick_word(condition, "status"),
		   json_is_true(json_object_get(condition, "optional")) ? ", a wish" : "",
		   pick_number(condition, "page"));
	markdown_add(out, pick_word(condition, "text"));
	buf_addc(out, '\n');
	json_array_foreach (json_object_get(condition, "checks"), i, check) {
		json_t *used;
		size_t k;

		buf_printf(out, "  - %s: ", pick_word(check, "kind"));
		markdown_add(out, pick_word(check, "reason"));
		json_array_foreach (json_object_get(check, "profile"), k, used)
			buf_printf(out, "%s%s", k ? ", " : " Profile: ", pick_word(used, "key"));
		buf_addc(out, '\n');
	}
}

void eligibility_markdown(const json_t *checked, const json_t *decision, struct buf *out)
{
	json_t *one;
	size_t i;

	buf_printf(out, "# May we bid? %s\n\n", pick_word(decision, "decision"));
	json_array_foreach (json_object_get(decision, "reasons"), i, one) {
		buf_addstr(out, "- ");
		markdown_add(out, json_string_value(one));
		buf_addc(out, '\n');
	}
	buf_addstr(out, "\n## Conditions\n\n");
	json_array_foreach (checked, i, one)
		add_condition(out, one);
}
