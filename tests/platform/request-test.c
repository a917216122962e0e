/* Requests that are dropped: each key, each way to be wrong, and what they do to their task. */
#include "platform/request.h"
#include "platform/work.h"
#include "tests/platform/temp.h"

static int apply(const char *text, struct task *t, struct err *e)
{
	json_t *doc = json_loads(text, JSON_DECODE_ANY, NULL);
	int rc;

	*t = (struct task){ .priority = PRIORITY_MEDIUM, .ai_confidence = INT_NULL };
	rc = request_apply(doc, t, e);
	json_decref(doc);
	return rc;
}

static void every_key(void **state UNUSED)
{
	struct err e = ERR_INIT;
	struct task t;

	expect_ok(
		apply("{\"id\": \"t-1\", \"mcp_id\": \"TENDER\", \"tool\": \"summarize\", \"task_type\": \"rfp\", "
		      "\"title\": \"T\", \"description\": \"D\", \"priority\": \"high\", \"due_date\": \"2026-03-01\", "
		      "\"data\": {\"depth\": 2, \"file_path\": \"a\"}}",
		      &t, &e),
		&e);
	assert_string_equal(t.id, "t-1");
	assert_string_equal(t.mcp, "TENDER");
	assert_string_equal(t.tool, "summarize");
	assert_string_equal(t.task_type, "rfp");
	assert_string_equal(t.title, "T");
	assert_string_equal(t.description, "D");
	assert_int_equal(t.priority, PRIORITY_HIGH);
	assert_int_equal(t.due_date, 1772323200000);
	assert_non_null(strstr(t.input_data, "\"depth\":2"));
	task_release(&t);
}

static void wrong_requests(void **state UNUSED)
{
	static const char *const rows[][2] = {
		{ "[]", "must be a JSON object" },
		{ "{\"mcp\": \"TENDER\"}", "no key 'mcp'" },
		{ "{\"state\": \"completed\"}", "no key 'state'" },
		{ "{\"id\": \"\"}", "'id'" },
		{ "{\"id\": 5}", "'id'" },
		{ "{\"mcp_id\": 5}", "'mcp_id'" },
		{ "{\"tool\": []}", "'tool'" },
		{ "{\"task_type\": {}}", "'task_type'" },
		{ "{\"title\": 1}", "'title'" },
		{ "{\"description\": true}", "'description'" },
		{ "{\"priority\": \"now\"}", "low, medium, high, urgent" },
		{ "{\"priority\": null}", "'priority'" },
		{ "{\"due_date\": \"soon\"}", "'due_date'" },
		{ "{\"data\": \"x\"}", "'data'" },
		{ "{\"data\": []}", "'data' must be an object" },
	};

	for (size_t i = 0; i < N_ELEMS(rows); i++) {
		struct err e = ERR_INIT;
		struct task t;

		expect(apply(rows[i][0], &t, &e), -EINVAL, &e, rows[i][1]);
		task_release(&t);
	}
}

static void the_file_of_a_request(void **state UNUSED)
{
	static const char *const none[] = { "{}", "{\"data\": null}", "{\"data\": {\"file_path\": 5}}", "[]",
					    "{\"file_path\": \"x\"}" };
	json_t *doc = json_loads("{\"data\": {\"file_path\": \"a/b.pdf\"}}", 0, NULL);

	assert_string_equal(request_file(doc, 0), "a/b.pdf");
	json_decref(doc);
	for (size_t i = 0; i < N_ELEMS(none); i++) {
		doc = json_loads(none[i], 0, NULL);
		assert_null(request_file(doc, 0));
		json_decref(doc);
	}
}

/* An attachment of bytes that are stored already. */
static struct attachment attach(const char *name, const char *text)
{
	struct attachment a = { .size = (int64_t)strlen(text) };
	struct err e = ERR_INIT;

	snprintf(a.name, sizeof(a.name), "%s", name);
	expect_ok(blob_put(p->blobs, text, strlen(text), a.sha256, &e), &e);
	return a;
}

static void a_request_with_a_document(void **state UNUSED)
{
	const struct attachment a = attach("rfp.pdf", "bytes");
	int64_t row = drop_as(&(struct dropped){
		.name = "ask.json",
		.text = "{\"title\": \"Ask\", \"priority\": \"urgent\", \"data\": {\"file_path\": \"x\", \"n\": 3}}",
		.attachment = &a,
		.n_attachments = 1 });
	struct work w;

	assert_string_equal(get(row)->name, "ask");
	assert_string_equal(get(row)->title, "Ask");
	assert_string_equal(names(row, DOCUMENT_INPUT, 0), "rfp.pdf");
	assert_string_equal(names(row, DOCUMENT_REQUEST, 0), "ask.json");
	claim(&w);
	assert_int_equal(w.n_documents, 1);
	assert_string_equal(w.document[0].name, "rfp.pdf");
	assert_int_equal(json_integer_value(json_object_get(w.arguments, "n")), 3);
	assert_null(json_object_get(w.arguments, "file_path"));
	work_release(&w);
	blob_unpin(p->blobs, a.sha256);
}

static void a_wrong_request_leaves_nothing(void **state UNUSED)
{
	static const struct {
		const char *text;
		int rc;
	} rows[] = {
		{ "{\"nothing\": 1}", -EINVAL },
		{ "{\"mcp_id\": \"NONE\"}", -EINVAL },
		{ "{\"tool\": \"none\"}", -EINVAL },
	};
	struct drop d;

	for (size_t i = 0; i < N_ELEMS(rows); i++) {
		struct acceptance out;
		struct err e = ERR_INIT;

		expect(drop_full(&(struct dropped){ .name = "ask.json", .text = rows[i].text }, &out, &e), rows[i].rc,
		       &e, NULL);
	}
	assert_int_equal(inbox_find(p, 0, 0, "ask.json", &d, NULL), -ENOENT);
	assert_string_equal(told(0), "engagement.created");
}

static void an_id_is_given_once(void **state UNUSED)
{
	int64_t row = drop("a.json", "{\"id\": \"t-1\"}");
	struct acceptance out;
	struct err e = ERR_INIT;

	assert_string_equal(get(row)->id, "t-1");
	expect(drop_full(&(struct dropped){ .name = "b.json", .text = "{\"id\": \"t-1\"}" }, &out, &e), -EEXIST, &e,
	       NULL);
}

/* Written again while it waits: the task is as if the second request had come first. */
static void a_request_written_again(void **state UNUSED)
{
	const struct attachment a = attach("rfp.pdf", "bytes");
	struct dropped d = {
		.name = "ask.json",
		.text = "{\"mcp_id\": \"TENDER\", \"tool\": \"summarize\", \"data\": {\"file_path\": \"x\"}}",
		.attachment = &a,
		.n_attachments = 1
	};
	int64_t row = drop_as(&d);
	struct work w;

	set(SETTING_REWRITE_QUIET, "0");
	d.text = "{\"title\": \"Second\", \"mcp_id\": \"ECHO\", \"data\": {\"file_path\": \"x\"}}";
	assert_int_equal(drop_as(&d), row);
	assert_string_equal(get(row)->title, "Second");
	assert_string_equal(get(row)->mcp, "ECHO");
	assert_string_equal(get(row)->tool, "echo");
	assert_string_equal(names(row, DOCUMENT_INPUT, 0), "rfp.pdf");
	assert_string_equal(names(row, DOCUMENT_REQUEST, 0), "ask.json");
	claim(&w);
	assert_int_equal(w.n_documents, 1);
	work_release(&w);
	blob_unpin(p->blobs, a.sha256);
}

static void a_second_request_may_be_wrong(void **state UNUSED)
{
	static const char *const rows[] = { "{\"mcp_id\": \"NONE\"}", "{\"id\": \"other\"}", "{\"nothing\": 1}" };
	int64_t row = drop("ask.json", "{\"title\": \"First\"}");
	auto_free char *id = xstrdup(get(row)->id);

	for (size_t i = 0; i < N_ELEMS(rows); i++) {
		struct acceptance out;
		struct err e = ERR_INIT;

		assert_true(drop_full(&(struct dropped){ .name = "ask.json", .text = rows[i] }, &out, &e) < 0);
		assert_string_equal(get(row)->id, id);
		assert_string_equal(get(row)->mcp, "TENDER");
		assert_string_equal(get(row)->title, "First");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_key),
		cmocka_unit_test(wrong_requests),
		cmocka_unit_test(the_file_of_a_request),
		IN_PLATFORM(a_request_with_a_document),
		IN_PLATFORM(a_wrong_request_leaves_nothing),
		IN_PLATFORM(an_id_is_given_once),
		IN_PLATFORM(a_request_written_again),
		IN_PLATFORM(a_second_request_may_be_wrong),
	};

	return RUN_TESTS(tests);
}
