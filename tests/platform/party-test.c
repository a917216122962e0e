/* Experts, companies and engagements; who acts; what was refused on them. */
#include <pwd.h>
#include <unistd.h>

#include "platform/refusal.h"
#include "tests/platform/temp.h"

static int64_t make(enum party_kind kind, const char *name)
{
	struct err e = ERR_INIT;
	int64_t row;

	expect_ok(party_create(p, kind, name, &anna, &row, &e), &e);
	return row;
}

static int put(enum party_kind kind, int64_t row, const char *text, struct err *e)
{
	return party_put(p, kind, row, text, strlen(text), &anna, e);
}

static json_t *document_of(enum party_kind kind, int64_t row)
{
	struct err e = ERR_INIT;
	union party x;
	json_t *doc;

	expect_ok(party_get(p, kind, row, &x, &e), &e);
	doc = record_json(party_table(kind), &x);
	party_release(kind, &x);
	return doc;
}

static void expect_field(enum party_kind kind, int64_t row, const char *field, const char *json)
{
	json_t *doc = document_of(kind, row);
	auto_free char *text = json_dumps(json_object_get(doc, field), JSON_ENCODE_ANY);

	assert_string_equal(text, json);
	json_decref(doc);
}

static void a_new_record_has_sensible_defaults(void **state UNUSED)
{
	int64_t expert = make(PARTY_EXPERT, "anna"), company = make(PARTY_COMPANY, "acme"),
		engagement = make(PARTY_ENGAGEMENT, "city");

	expect_field(PARTY_EXPERT, expert, "certified_mcps", "[]");
	expect_field(PARTY_EXPERT, expert, "status", "\"active\"");
	expect_field(PARTY_EXPERT, expert, "hourly_rate_cents", "null");
	expect_field(PARTY_EXPERT, expert, "rating", "null");
	expect_field(PARTY_COMPANY, company, "name", "\"acme\"");
	expect_field(PARTY_ENGAGEMENT, engagement, "review_threshold", "80");
	expect_field(PARTY_ENGAGEMENT, engagement, "status", "\"active\"");
	expect_field(PARTY_ENGAGEMENT, engagement, "created_by", "\"anna\"");
	expect_field(PARTY_ENGAGEMENT, engagement, "expert_id", "null");
	assert_string_equal(told(0), "engagement.created engagement.created");
}

static void names_of_records(void **state UNUSED)
{
	static const char *const bad[] = { ".hidden", "a@b" };
	int64_t row = make(PARTY_EXPERT, "anna");
	struct err e = ERR_INIT;

	for (size_t i = 0; i < N_ELEMS(bad); i++) {
		expect(party_create(p, PARTY_COMPANY, bad[i], &anna, &row, &e), -EINVAL, &e, bad[i]);
		expect(party_rename(p, PARTY_EXPERT, row, bad[i], &e), -EINVAL, &e, bad[i]);
	}
	expect(party_create(p, PARTY_EXPERT, "anna", &anna, &row, &e), -EEXIST, &e, "expert 'anna'");
	make(PARTY_COMPANY, "anna"); /* another kind, another place */
}

static void a_whole_document(void **state UNUSED)
{
	int64_t row = make(PARTY_EXPERT, "anna");
	auto_free char *text = NULL;
	struct err e = ERR_INIT;
	json_t *doc;

	expect_ok(put(PARTY_EXPERT, row,
		      "{\"email\": \"a@b.example\", \"certified_mcps\": [\"TENDER\"], \"hourly_rate_cents\": 15000, "
		      "\"rating\": 4.5, \"status\": \"away\"}",
		      &e),
		  &e);
	expect_field(PARTY_EXPERT, row, "rating", "4.5");
	doc = document_of(PARTY_EXPERT, row);
	json_object_set_new(doc, "title", json_string("Dr."));
	text = json_dumps(doc, 0);
	json_decref(doc);
	expect_ok(put(PARTY_EXPERT, row, text, &e), &e);
	expect_field(PARTY_EXPERT, row, "title", "\"Dr.\"");
	expect_field(PARTY_EXPERT, row, "email", "\"a@b.example\"");
}

static void documents_that_are_refused(void **state UNUSED)
{
	static const struct {
		enum party_kind kind;
		const char *doc;
		int rc;
		const char *words;
	} rows[] = {
		{ PARTY_EXPERT, "{\"certified_mcps\": [\"NONE\"]}", -EINVAL, "NONE" },
		{ PARTY_EXPERT, "{\"certified_mcps\": [5]}", -EINVAL, "names of MCPs" },
		{ PARTY_EXPERT, "{\"certified_mcps\": {\"a\": 1}}", -EINVAL, "certified_mcps" },
		{ PARTY_EXPERT, "{\"rating\": 6}", -ERANGE, "from 0 to 5" },
		{ PARTY_EXPERT, "{\"hourly_rate_cents\": -1}", -ERANGE, "hourly_rate_cents" },
		{ PARTY_EXPERT, "{\"name\": \"b/c\"}", -EPERM, "'name'" },
		{ PARTY_EXPERT, "{\"id\": \"x\"}", -EPERM, "'id'" },
		{ PARTY_COMPANY, "{\"name\": null}", -EPERM, "'name'" },
		{ PARTY_COMPANY, "not JSON", -EINVAL, "not valid JSON" },
		{ PARTY_ENGAGEMENT, "{\"review_threshold\": 101}", -ERANGE, "from 0 to 100" },
		{ PARTY_ENGAGEMENT, "{\"review_threshold\": \"80\"}", -EINVAL, "whole number" },
		{ PARTY_ENGAGEMENT, "{\"status\": \"open\"}", -EINVAL, "active, paused, ended" },
		{ PARTY_ENGAGEMENT, "{\"expert_id\": \"nobody\"}", -EINVAL, "no expert 'nobody'" },
		{ PARTY_ENGAGEMENT, "{\"customer_id\": \"nobody\"}", -EINVAL, "no company 'nobody'" },
		{ PARTY_ENGAGEMENT, "{\"mcp\": \"NONE\"}", -EINVAL, "NONE" },
		{ PARTY_ENGAGEMENT, "{\"tool\": \"none\"}", -EINVAL, NULL },
		{ PARTY_ENGAGEMENT, "{\"name\": \"other\"}", -EPERM, "'name'" },
		{ PARTY_ENGAGEMENT, "{\"title\": \"a\", \"created_by\": \"ben\"}", -EPERM, "'created_by'" },
		{ PARTY_ENDPOINT, "{\"url\": \"ftp://a.example/\"}", -EINVAL, "https" },
		{ PARTY_ENDPOINT, "{\"events\": \"tusk.*\"}", -EINVAL, "tusk" },
		{ PARTY_ENDPOINT, "{\"allow\": \"10.0.0.0/40\"}", -EINVAL, "10.0.0.0/40" },
		{ PARTY_ENDPOINT, "{\"format\": \"odd\"}", -EINVAL, "standard" },
		{ PARTY_ENDPOINT, "{\"state\": \"active\"}", -EPERM, "'state'" },
	};
	int64_t row[N_PARTY_KINDS];
	json_t *before[N_PARTY_KINDS];

	for (int k = 0; k < N_PARTY_KINDS; k++) {
		row[k] = make((enum party_kind)k, "x");
		before[k] = document_of((enum party_kind)k, row[k]);
	}
	for (size_t i = 0; i < N_ELEMS(rows); i++) {
		struct err e = ERR_INIT;
		json_t *after;

		expect(put(rows[i].kind, row[rows[i].kind], rows[i].doc, &e), rows[i].rc, &e, rows[i].words);
		after = document_of(rows[i].kind, row[rows[i].kind]);
		assert_true(json_equal(after, before[rows[i].kind]));
		json_decref(after);
	}
	for (int k = 0; k < N_PARTY_KINDS; k++)
		json_decref(before[k]);
	assert_string_equal(told(0), "engagement.created engagement.created webhook.updated model.updated");
}

static void references_by_name_or_id(void **state UNUSED)
{
	int64_t expert = make(PARTY_EXPERT, "anna"), row = make(PARTY_ENGAGEMENT, "city");
	json_t *doc = document_of(PARTY_EXPERT, expert);
	auto_free char *id = xstrdup(json_string_value(json_object_get(doc, "id"))), *quoted = NULL;
	struct err e = ERR_INIT;

	json_decref(doc);
	quoted = xasprintf("\"%s\"", id);
	set_engagement(row, "expert_id", "anna");
	expect_field(PARTY_ENGAGEMENT, row, "expert_id", quoted);
	set_engagement(row, "expert_id", id);
	expect_field(PARTY_ENGAGEMENT, row, "expert_id", quoted);
	expect_ok(party_rename(p, PARTY_EXPERT, expert, "anna b", &e), &e);
	expect_field(PARTY_ENGAGEMENT, row, "expert_id", quoted);
	set_engagement(row, "expert_id", "");
	expect_field(PARTY_ENGAGEMENT, row, "expert_id", "null");
}

static void what_is_used_stays(void **state UNUSED)
{
	int64_t expert = make(PARTY_EXPERT, "anna"), company = make(PARTY_COMPANY, "acme"),
		row = make(PARTY_ENGAGEMENT, "city");
	const struct inbox box = { .number = row, .engagement_row = row };
	struct err e = ERR_INIT;

	set_engagement(row, "expert_id", "anna");
	set_engagement(row, "customer_id", "acme");
	expect(party_remove(p, PARTY_EXPERT, expert, &e), -ENOTEMPTY, &e, "'anna'");
	expect(party_remove(p, PARTY_COMPANY, company, &e), -ENOTEMPTY, &e, "'acme'");
	drop_as(&(struct dropped){ .box = &box, .name = "a", .text = "1" });
	expect(party_remove(p, PARTY_ENGAGEMENT, row, &e), -ENOTEMPTY, &e, ": 1");
	set_engagement(row, "expert_id", "");
	expect_ok(party_remove(p, PARTY_EXPERT, expert, &e), &e);
	assert_int_equal(party_get(p, PARTY_EXPERT, expert, &(union party){ 0 }, NULL), -ENOENT);
	assert_int_equal(party_remove(p, PARTY_EXPERT, expert, &e), -ENOENT);
}

static void the_default_engagement(void **state UNUSED)
{
	int64_t row = default_engagement();
	auto_free char *name = NULL;
	struct err e = ERR_INIT;

	expect(party_remove(p, PARTY_ENGAGEMENT, row, &e), -EBUSY, &e, "is the default");
	expect_ok(party_rename(p, PARTY_ENGAGEMENT, row, "work", &e), &e);
	name = settings_text(p, SETTING_DEFAULT_ENGAGEMENT);
	assert_string_equal(name, "work");
	assert_int_equal(get(drop("a", "1"))->engagement_row, row);
	make(PARTY_ENGAGEMENT, "other");
	expect(party_rename(p, PARTY_ENGAGEMENT, row, "other", &e), -EEXIST, &e, "'other'");
	platform_close(p);
	assert_int_equal(temp_reopen(), 0);
	assert_int_equal(get(drop("b", "2"))->engagement_row, row);
	assert_int_equal(party_find(p, PARTY_ENGAGEMENT, "default", &(union party){ 0 }, NULL), -ENOENT);
}

static void who_acts(void **state UNUSED)
{
	int64_t row = make(PARTY_EXPERT, "anna");
	struct passwd *me = getpwuid(getuid());
	struct platform_options o = { .source = temp_dir,
				      .as = "nobody",
				      .engines = { NULL, temp_resolve, temp_check } };
	struct err e = ERR_INIT;
	struct actor who;

	assert_non_null(me);
	actor_of(p, getuid(), &who);
	assert_string_equal(who.name, me->pw_name);
	expect_ok(party_set(p, PARTY_EXPERT, row, field_find(&expert_table, "login"), me->pw_name, &anna, &e), &e);
	actor_of(p, getuid(), &who);
	assert_string_equal(who.name, "anna");
	assert_int_equal(who.uid, getuid());
	expect(party_set(p, PARTY_EXPERT, make(PARTY_EXPERT, "ben"), field_find(&expert_table, "login"), me->pw_name,
			 &anna, &e),
	       -EEXIST, &e, "expert 'anna' has the login");
	expect_ok(party_set(p, PARTY_EXPERT, row, field_find(&expert_table, "login"), me->pw_name, &anna, &e), &e);
	actor_of(p, 4000000000U, &who);
	assert_string_equal(who.name, p->owner);
	platform_close(p);
	expect(platform_open(&o, &p, &e), -EINVAL, &e, "-o as=nobody");
	o.as = "anna";
	expect_ok(platform_open(&o, &p, &e), &e);
	actor_of(p, 4000000000U, &who);
	assert_string_equal(who.name, "anna");
}

static const char *refused(enum refusal_kind kind, int64_t row)
{
	static struct buf text;

	buf_clear(&text);
	refusal_get(p, kind, row, &text);
	return buf_str(&text);
}

static void refuse(enum refusal_kind kind, int64_t row, const char *sentence)
{
	struct err e = ERR_INIT;

	err_set(&e, -EPERM, "%s", sentence);
	assert_int_equal(refusal_note(p, kind, row, &e), -EPERM);
}

static void the_last_refusal_is_kept(void **state UNUSED)
{
	refuse(REFUSAL_TASK, 5, "first");
	refuse(REFUSAL_TASK, 5, "second");
	refuse(REFUSAL_EXPERT, 5, "other kind");
	refuse(REFUSAL_INBOX, 0, "root inbox");
	assert_true(util_ends(refused(REFUSAL_TASK, 5), "Z EPERM: second\n"));
	assert_true(util_ends(refused(REFUSAL_EXPERT, 5), ": other kind\n"));
	assert_true(util_ends(refused(REFUSAL_INBOX, 0), ": root inbox\n"));
	assert_string_equal(refused(REFUSAL_TASK, 6), "");
	refusal_clear(p, REFUSAL_TASK, 5);
	refusal_clear(p, REFUSAL_TASK, 6);
	assert_string_equal(refused(REFUSAL_TASK, 5), "");
	assert_string_not_equal(refused(REFUSAL_EXPERT, 5), "");
}

static void the_newest_refusals_are_kept(void **state UNUSED)
{
	for (int64_t row = 1; row <= 1024; row++)
		refuse(REFUSAL_TASK, row, "early");
	assert_string_not_equal(refused(REFUSAL_TASK, 1), "");
	refuse(REFUSAL_TASK, 1, "refused again, so that it is among the newest");
	for (int64_t row = 2001; row <= 2010; row++)
		refuse(REFUSAL_TASK, row, "late");
	assert_string_not_equal(refused(REFUSAL_TASK, 1), "");
	assert_string_equal(refused(REFUSAL_TASK, 2), "");
	assert_string_not_equal(refused(REFUSAL_TASK, 1024), "");
	assert_string_not_equal(refused(REFUSAL_TASK, 2001), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_PLATFORM(a_new_record_has_sensible_defaults),
		IN_PLATFORM(names_of_records),
		IN_PLATFORM(a_whole_document),
		IN_PLATFORM(documents_that_are_refused),
		IN_PLATFORM(references_by_name_or_id),
		IN_PLATFORM(what_is_used_stays),
		IN_PLATFORM(the_default_engagement),
		IN_PLATFORM(who_acts),
		IN_PLATFORM(the_last_refusal_is_kept),
		IN_PLATFORM(the_newest_refusals_are_kept),
	};

	return RUN_TESTS(tests);
}
