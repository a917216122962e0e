/* Models: what a spec may say and who may say it, the key of a remote, what a host learns, and what happened. */
#include "tests/platform/models.h"

#include "base/clock.h"

static void a_new_one_is_sound_and_not_ready(void **state UNUSED)
{
	int64_t row = new_model("parser", "{}");
	const struct model *m = get_model(row);
	struct err e = ERR_INIT;
	json_t *doc = record_json(&model_table, m);

	expect_ok(model_sound(m, &e), &e);
	expect(model_ready(m, &e), -ENOTSUP, &e, "it has no runner");
	assert_string_equal(m->created_by, "anna");
	assert_string_equal(json_string_value(json_object_get(doc, "health")), "/health");
	assert_true(json_is_null(json_object_get(doc, "memory_bytes")));
	assert_true(json_is_null(json_object_get(doc, "keep_alive_s")));
	assert_int_equal(json_integer_value(json_object_get(doc, "max_wait_s")), 120);
	assert_int_equal(json_integer_value(json_object_get(doc, "parallel")), 8);
	assert_null(json_object_get(doc, "key"));
	json_decref(doc);
	assert_string_equal(told(0), "engagement.created model.updated model.updated");
}

static void what_does_not_fit_is_refused(void **state UNUSED)
{
	static const struct {
		const char *doc;
		int rc;
		const char *words;
	} rows[] = {
		{ "{\"runner\": \"docker\"}", -EINVAL, "none, server, remote" },
		{ "{\"runner\": \"server\"}", -EINVAL, "needs 'command'" },
		{ "{\"runner\": \"server\", \"command\": []}", -EINVAL, "needs 'command'" },
		{ "{\"runner\": \"server\", \"command\": [\"serve\", \"{path}\"]}", -EINVAL, "{port} or {socket}" },
		{ "{\"command\": \"serve\"}", -EINVAL, "'command' must be a list or null" },
		{ "{\"command\": {\"a\": 1}}", -EINVAL, "'command' must be a list or null" },
		{ "{\"command\": [\"serve\", 8080]}", -EINVAL, "'command' must be a list of texts" },
		{ "{\"command\": [\"serve\", \"{port}\", \"--log={logfile}\"]}", -EINVAL, "{logfile}" },
		{ "{\"command\": [\"serve\", \"{Port}\"]}", -EINVAL, "{Port}" },
		{ "{\"command\": [\"serve\", \"{gpu-0}\"]}", -EINVAL, "{gpu-0}" },
		{ "{\"command\": [\"bin/serve\", \"{port}\"]}", -EINVAL, "absolute path" },
		{ "{\"command\": [\"\", \"{port}\"]}", -EINVAL, "name of a program" },
		{ "{\"command\": [\"{path}\", \"{port}\"]}", -EINVAL, "name of a program" },
		{ "{\"path\": \"weights/a.gguf\"}", -EINVAL, "begin with '/'" },
		{ "{\"path\": \"/models/../etc\"}", -EINVAL, "'..'" },
		{ "{\"path\": \"/models/..\"}", -EINVAL, "'..'" },
		{ "{\"health\": \"health\"}", -EINVAL, "'health' must be a path" },
		{ "{\"health\": \"ftp://127.0.0.1/health\"}", -EINVAL, "'health' must be a path" },
		{ "{\"health\": \"/he alth\"}", -EINVAL, "%20" },
		{ "{\"health\": \"/h\\r\\nHost: a\"}", -EINVAL, "%0D" },
		{ "{\"runner\": \"remote\"}", -EINVAL, "needs 'url'" },
		{ "{\"url\": \"http://api.example/v1\"}", -EINVAL, "not encrypted" },
		{ "{\"url\": \"http://127.0.0.1.example/v1\"}", -EINVAL, "not encrypted" },
		{ "{\"url\": \"https://ann:pw@api.example/v1\"}", -EINVAL, "user name" },
		{ "{\"url\": \"https://api.example/v1?key=1\"}", -EINVAL, "'?'" },
		{ "{\"url\": \"file:///etc/passwd\"}", -EINVAL, "https" },
		{ "{\"env\": [\"A=b\"]}", -EINVAL, "'env' must be an object or null" },
		{ "{\"env\": {\"A\": 1}}", -EINVAL, "give A a text" },
		{ "{\"env\": {\"a\": \"b\"}}", -EINVAL, "'a'" },
		{ "{\"env\": {\"9A\": \"b\"}}", -EINVAL, "'9A'" },
		{ "{\"env\": {\"\": \"b\"}}", -EINVAL, "''" },
		{ "{\"env\": {\"A=B\": \"b\"}}", -EINVAL, "'A=B'" },
		{ "{\"env\": {\"LD_PRELOAD\": \"/tmp/x.so\"}}", -EINVAL, "LD_PRELOAD" },
		{ "{\"env\": {\"CUDA_VISIBLE_DEVICES\": \"0\"}}", -EINVAL, "CUDA_VISIBLE_DEVICES" },
		{ "{\"sleep\": \"/sleep\"}", -EINVAL, "'wake' is missing" },
		{ "{\"wake\": \"/wake_up\"}", -EINVAL, "'sleep' is missing" },
		{ "{\"sleep\": \"sleep\", \"wake\": \"/wake_up\"}", -EINVAL, "'sleep' must be a path" },
		{ "{\"devices\": [\"gpu 0\"]}", -EINVAL, "'gpu 0'" },
		{ "{\"devices\": [\"\"]}", -EINVAL, "no name of a device" },
		{ "{\"devices\": [\"a-name-that-is-longer-than-devices-have\"]}", -EINVAL, "no name of a device" },
		{ "{\"devices\": [0]}", -EINVAL, "list of texts" },
		{ "{\"capabilities\": [\"chat\", \"sing\"]}", -EINVAL, "'sing'" },
		{ "{\"capabilities\": [\"chat\", \"chat\", \"chat\", \"chat\"]}", -EINVAL, "4 texts" },
		{ "{\"capabilities\": [\"chat\", \"rerank\", \"chat\"]}", -EINVAL, "'capabilities' has 'chat' twice" },
		{ "{\"capabilities\": {\"chat\": true}}", -EINVAL, "'capabilities' must be a list or null" },
		{ "{\"devices\": [\"gpu0\", \"gpu0\"]}", -EINVAL, "'devices' has 'gpu0' twice" },
		{ "{\"devices\": \"gpu0\"}", -EINVAL, "'devices' must be a list or null" },
		{ "{\"memory_bytes\": -1}", -ERANGE, "memory_bytes" },
		{ "{\"memory_bytes\": 0}", -ERANGE, "'memory_bytes' must be from 1" },
		{ "{\"memory_bytes\": 4e9}", -EINVAL, "without point or exponent" },
		{ "{\"memory_bytes\": \"4 GB\"}", -EINVAL, "memory_bytes" },
		{ "{\"max_wait_s\": 0}", -ERANGE, "from 1 to 86400" },
		{ "{\"max_wait_s\": null}", -EINVAL, "max_wait_s" },
		{ "{\"parallel\": 0}", -ERANGE, "from 1 to 1024" },
		{ "{\"queue\": 65537}", -ERANGE, "from 0 to 65536" },
		{ "{\"stop_s\": 601}", -ERANGE, "from 0 to 600" },
		{ "{\"start_s\": 86401}", -ERANGE, "from 1 to 86400" },
		{ "{\"keep_alive_s\": -1}", -ERANGE, "keep_alive_s" },
		{ "{\"key\": \"hush\"}", -EINVAL, "no field 'key'" },
		{ "{\"name\": \"other\"}", -EPERM, "'name'" },
		{ "{\"created_by\": \"ben\"}", -EPERM, "'created_by'" },
	};
	int64_t row = new_model("parser", "{}");
	json_t *before = record_json(&model_table, get_model(row));

	for (size_t i = 0; i < N_ELEMS(rows); i++) {
		struct err e = ERR_INIT;
		json_t *after;

		if (put_spec(row, rows[i].doc, operator(), &e) == 0)
			fail_msg("%s was taken", rows[i].doc);
		expect(e.code, rows[i].rc, &e, rows[i].words);
		after = record_json(&model_table, get_model(row));
		if (!json_equal(after, before))
			fail_msg("%s changed it", rows[i].doc);
		json_decref(after);
	}
	json_decref(before);
}

static void what_fits_is_taken_and_what_lacks_is_said(void **state UNUSED)
{
	static const struct {
		const char *doc;
		const char *lack; /* NULL: it is ready */
	} rows[] = {
		{ SERVER, NULL },
		{ "{\"runner\": \"server\", \"command\": [\"/opt/x/serve\", \"--uds={socket}\"], \"memory_bytes\": 1}",
		  NULL },
		{ "{\"runner\": \"server\", \"command\": [\"serve\", \"{port}\"]}", "no memory_bytes" },
		{ "{\"runner\": \"server\", \"command\": [\"serve\", \"{port}\", \"-m\", \"{path}\"], \"memory_bytes\": 1}",
		  "no path" },
		{ "{\"runner\": \"server\", \"command\": [\"serve\", \"{port}\", \"{\\\"a\\\": {}}\", \"${HOME}\", \"{name}\"], "
		  "\"memory_bytes\": 1}",
		  NULL },
		{ "{\"runner\": \"server\", \"command\": [\"serve\", \"{port}\"], \"memory_bytes\": 1, "
		  "\"health\": \"http://127.0.0.1:{port}/health\", \"sleep\": \"/sleep?level=1\", \"wake\": \"/wake_up\", "
		  "\"devices\": [\"gpu0\", \"node-1.example-gpu1\"], \"env\": {\"HF_HOME\": \"/models\", \"_X9\": \"\"}, "
		  "\"capabilities\": [\"chat\", \"embeddings\", \"rerank\"], \"warm\": true, \"keep_alive_s\": 0}",
		  NULL },
		{ "{\"runner\": \"remote\", \"url\": \"https://api.example/v1\"}", NULL },
		{ "{\"runner\": \"remote\", \"url\": \"http://localhost:8000/v1\"}", NULL },
		{ "{\"runner\": \"remote\", \"url\": \"http://127.8.9.10/v1\"}", NULL },
		{ "{\"runner\": \"remote\", \"url\": \"http://[::1]:8000\"}", NULL },
		{ "{\"command\": [\"serve\"], \"env\": null, \"devices\": []}", "no runner" },
	};
	char name[] = "model a";

	for (size_t i = 0; i < N_ELEMS(rows); i++, name[6]++) {
		const struct model *m = get_model(new_model(name, rows[i].doc));
		struct err e = ERR_INIT;

		expect(model_ready(m, &e), rows[i].lack ? -ENOTSUP : 0, &e, rows[i].lack);
	}
}

static void a_spec_that_is_not_sound_is_not_ready(void **state UNUSED)
{
	struct model m = { .runner = RUNNER_REMOTE, .url = (char *)"http://api.example/" };
	struct err e = ERR_INIT;

	expect(model_ready(&m, &e), -ENOTSUP, &e, "not encrypted");
}

static void empty_texts_are_none_and_urls_end_without_a_slash(void **state UNUSED)
{
	const struct model *m = get_model(
		new_model("parser", "{\"runner\": \"remote\", \"url\": \"https://api.example/v1//\", \"path\": \"\", "
				    "\"served_as\": \"\", \"license\": \"\"}"));

	assert_string_equal(m->url, "https://api.example/v1");
	assert_null(m->path);
	assert_null(m->served_as);
	assert_null(m->license);
}

static void the_path_of_a_health_url_counts(void **state UNUSED)
{
	static const char *const rows[][2] = {
		{ NULL, "/health" },
		{ "/v1/models", "/v1/models" },
		{ "http://127.0.0.1:{port}/health", "/health" },
		{ "http://127.0.0.1:{port}/a/b?c=http://d/", "/a/b?c=http://d/" },
		{ "http://localhost:{port}", "/" },
	};

	for (size_t i = 0; i < N_ELEMS(rows); i++)
		assert_string_equal(model_health(&(struct model){ .health = (char *)rows[i][0] }), rows[i][1]);
}

static void only_the_operator_lets_a_command_run(void **state UNUSED)
{
	static const char *const refused[][2] = {
		{ "{\"command\": [\"sh\", \"{port}\"]}", "'command'" },
		{ "{\"command\": null, \"runner\": \"none\"}", "'command'" },
		{ "{\"path\": \"/etc\"}", "'path'" },
		{ "{\"path\": null}", "'path'" },
		{ "{\"env\": {\"A\": \"c\", \"B\": \"\"}}", "'env'" },
	};
	static const char *const allowed[] = {
		"{\"pinned\": true, \"purpose\": \"reads tenders\"}",
		"{\"command\": [\"serve\", \"--port\", \"{port}\", \"{path}\"], \"env\": {\"B\": \"\", \"A\": \"b\"}}",
		"{\"runner\": \"none\"}",
		"{\"url\": \"https://api.example/v1\"}",
	};
	int64_t row = new_model("parser", SERVER), own;
	struct err e = ERR_INIT;

	expect_ok(put_spec(row, "{\"env\": {\"A\": \"b\", \"B\": \"\"}}", operator(), &e), &e);
	for (size_t i = 0; i < N_ELEMS(refused); i++) {
		e = (struct err)ERR_INIT;
		expect(put_spec(row, refused[i][0], stranger(), &e), -EPERM, &e, refused[i][1]);
	}
	for (size_t i = 0; i < N_ELEMS(allowed); i++)
		expect_ok(put_spec(row, allowed[i], stranger(), &e), &e);
	expect_ok(party_create(p, PARTY_MODEL, "own", stranger(), &own, &e), &e);
	expect(put_spec(own, SERVER, stranger(), &e), -EPERM, &e, "'command' lets a command run");
	expect_ok(put_spec(own, SERVER, &(struct actor){ .uid = 0, .name = "root" }, &e), &e);
}

/* Otherwise the key would be sent to whom they like. */
static void nobody_else_says_where_a_key_goes(void **state UNUSED)
{
	int64_t row = new_model("big", "{\"runner\": \"remote\", \"url\": \"https://api.example/v1\"}");
	struct err e = ERR_INIT;

	expect_ok(model_put_key(p, row, "sk-1", operator(), &e), &e);
	expect(put_spec(row, "{\"url\": \"https://thief.example/v1\"}", stranger(), &e), -EPERM, &e, "its key");
	expect_ok(put_spec(row, "{\"url\": \"https://other.example/v1\"}", operator(), &e), &e);
}

static char *key_of(int64_t row)
{
	struct err e = ERR_INIT;
	char *key;

	expect_ok(model_key(p, get_model(row), &key, &e), &e);
	return key;
}

static void a_key_is_sealed(void **state UNUSED)
{
	int64_t row = new_model("big", "{}");
	auto_free char *none = key_of(row), *key = NULL, *doc = NULL;
	auto_buf lines = BUF_INIT;
	struct err e = ERR_INIT;
	int64_t after = 0;
	json_t *spec;

	assert_null(none);
	expect_ok(model_put_key(p, row, "sk-hush", operator(), &e), &e);
	assert_null(strstr(get_model(row)->key, "hush"));
	spec = record_json(&model_table, get_model(row));
	doc = json_dumps(spec, 0);
	json_decref(spec);
	assert_null(strstr(doc, "hush"));
	assert_true(event_lines(p, &(struct event_span){ 0 }, &after, &lines, &e) > 0);
	assert_null(strstr(buf_str(&lines), "hush"));
	key = key_of(row);
	assert_string_equal(key, "sk-hush");
}

static void a_key_is_replaced_and_removed(void **state UNUSED)
{
	auto_free char *second = NULL, *none = NULL, *long_one = xcalloc(1, MODEL_KEY_BYTES + 2);
	int64_t row = new_model("big", "{}");
	struct err e = ERR_INIT;

	expect_ok(model_put_key(p, row, "one", operator(), &e), &e);
	expect_ok(model_put_key(p, row, "two", operator(), &e), &e);
	second = key_of(row);
	assert_string_equal(second, "two");
	expect(model_put_key(p, row, "a b", operator(), &e), -EINVAL, &e, "space");
	expect(model_put_key(p, row, "a\r\nHost: b", operator(), &e), -EINVAL, &e, "control");
	memset(long_one, 'k', MODEL_KEY_BYTES + 1);
	expect(model_put_key(p, row, long_one, operator(), &e), -EFBIG, &e, "4096");
	expect_ok(model_put_key(p, row, "", operator(), &e), &e);
	none = key_of(row);
	assert_null(none);
	expect(model_put_key(p, 999999, "a", operator(), &e), -ENOENT, &e, NULL);
}

static void a_key_opens_at_its_own_model_only(void **state UNUSED)
{
	int64_t row = new_model("big", "{}"), other = new_model("small", "{}");
	struct err e = ERR_INIT;
	struct model copy;
	char *key;

	expect_ok(model_put_key(p, row, "hush", operator(), &e), &e);
	assert_int_equal(row_copy(&model_table, &copy, get_model(other)), 0);
	row_set_text(&copy.key, get_model(row)->key);
	expect(model_key(p, &copy, &key, &e), -EBADMSG, &e, "the key of model 'small'");
	assert_null(key);
	row_release(&model_table, &copy);
}

static struct model_memory memory_of(int64_t row)
{
	struct model_memory m;
	struct err e = ERR_INIT;

	expect_ok(model_memory_get(p, row, &m, &e), &e);
	return m;
}

static void memory_is_kept_for_each_host(void **state UNUSED)
{
	int64_t row = new_model("parser", SERVER), first;
	struct model_memory m = memory_of(row), n = { 0 };
	struct err e = ERR_INIT;

	assert_int_equal(m.row_id, 0);
	assert_int_equal(m.loads, 0);
	m.loads = 1;
	m.load_times = xstrdup("[1500]");
	expect_ok(model_touch(p, row, &m, &e), &e);
	first = m.row_id;
	assert_true(first > 0);
	assert_string_equal(m.host, p->host);
	m.loads = 2;
	expect_ok(tell(&(struct model_news){ .model_row = row, .state = "resident" }, &m, &e), &e);
	assert_int_equal(m.row_id, first);
	row_release(&model_memory_table, &m);

	free(p->host);
	p->host = xstrdup("elsewhere");
	n.tokens = 7;
	expect_ok(model_touch(p, row, &n, &e), &e);
	assert_true(n.row_id != first);
	row_release(&model_memory_table, &n);
	m = memory_of(row);
	assert_int_equal(m.loads, 0);
	assert_int_equal(m.tokens, 7);
	row_release(&model_memory_table, &m);
}

/* From the store: what is told must outlive the process. */
static void memory_outlives_the_process(void **state UNUSED)
{
	int64_t row = new_model("parser", SERVER);
	struct model_memory m = { .measured_bytes = 3900000000,
				  .loads = 2,
				  .failures = 1,
				  .requests = 40,
				  .tokens = 5000,
				  .load_ms = 1500,
				  .last_used_at = 1700000000000,
				  .loaded_at = 1690000000000 };
	struct err e = ERR_INIT;

	m.load_times = xstrdup("[1500,1600]");
	expect_ok(model_touch(p, row, &m, &e), &e);
	row_release(&model_memory_table, &m);
	platform_close(p);
	assert_int_equal(temp_reopen(), 0);
	m = memory_of(row);
	assert_int_equal(m.measured_bytes, 3900000000);
	assert_int_equal(m.loads + m.failures, 3);
	assert_int_equal(m.requests + m.tokens, 5040);
	assert_int_equal(m.load_ms, 1500);
	assert_string_equal(m.load_times, "[1500,1600]");
	assert_int_equal(m.last_used_at, 1700000000000);
	assert_int_equal(m.loaded_at, 1690000000000);
	row_release(&model_memory_table, &m);
}

/* The members of an event, as its type says them, and as it has them. */
static void expect_members(const json_t *event)
{
	const struct event_type *type = event_type_find(json_string_value(json_object_get(event, "type")));
	const json_t *data = json_object_get(event, "data");
	size_t n = 0;

	assert_non_null(type);
	for (const char *at = type->fields; *at;) {
		size_t len = strcspn(at, " ");
		auto_free char *member = xstrndup(at, len);

		if (!json_object_get(data, member))
			fail_msg("%s has no '%s'", type->name, member);
		at += len + (at[len] == ' ');
		n++;
	}
	assert_int_equal(json_object_size(data), n);
	assert_false(type->to_come);
}

static void expect_event(int64_t *after, const char *data)
{
	auto_buf lines = BUF_INIT;
	struct err e = ERR_INIT;
	json_t *event;

	assert_int_equal(event_lines(p, &(struct event_span){ .limit = 1 }, after, &lines, &e), 1);
	event = json_loads(buf_str(&lines), 0, NULL);
	assert_non_null(event);
	expect_members(event);
	assert_non_null(strstr(buf_str(&lines), data));
	json_decref(event);
}

static void what_happens_is_told(void **state UNUSED)
{
	struct model_news news = {
		.state = "resident", .device = "gpu0", .bytes = 3912345678, .event = "model.loaded", .load_ms = 1250
	};
	struct model_memory m = { .loads = 1 };
	struct err e = ERR_INIT;
	int64_t after;

	news.model_row = new_model("parser", SERVER);
	after = event_last(p, &e);
	expect_ok(tell(&news, &m, &e), &e);
	expect_event(&after,
		     "{\"model_name\":\"parser\",\"memory_gb\":3.912,\"device\":\"gpu0\",\"load_seconds\":1.25}");
	m.measured_bytes = 3912345678;
	news = (struct model_news){ .model_row = news.model_row,
				    .state = "unloaded",
				    .device = "gpu0",
				    .reason = "needed by 'big'",
				    .event = "model.evicted",
				    .wanted = "task 'bid-12'" };
	expect_ok(tell(&news, &m, &e), &e);
	expect_event(&after, "\"memory_gb\":3.912,\"device\":\"gpu0\",\"reason\":\"needed by 'big'\","
			     "\"wanted_by\":\"task 'bid-12'\"}");
	news = (struct model_news){ .model_row = news.model_row,
				    .state = "failed",
				    .reason = "it ended with status 1",
				    .event = "model.failed" };
	expect_ok(tell(&news, &m, &e), &e);
	expect_event(&after, "\"device\":null,\"error_message\":\"it ended with status 1\"}");
	news = (struct model_news){ .model_row = news.model_row, .state = "loading" };
	expect_ok(tell(&news, &m, &e), &e);
	assert_int_equal(event_last(p, &e), after);
	row_release(&model_memory_table, &m);
}

static void a_change_of_a_spec_is_told(void **state UNUSED)
{
	struct err e = ERR_INIT;
	int64_t row = new_model("parser", SERVER), after = event_last(p, &e);

	expect_ok(put_spec(row, "{\"devices\": [\"gpu0\"], \"pinned\": true}", operator(), &e), &e);
	expect_event(&after,
		     "{\"model_name\":\"parser\",\"runner\":\"server\",\"memory_gb\":4.0,\"devices\":[\"gpu0\"],"
		     "\"pinned\":true,\"former_name\":null}");
	expect_ok(put_spec(row, "{\"devices\": null, \"memory_bytes\": null}", operator(), &e), &e);
	expect_event(&after, "\"memory_gb\":null,\"devices\":[],");
	expect_ok(party_rename(p, PARTY_MODEL, row, "reader", &e), &e);
	expect_event(&after, "\"former_name\":\"parser\"}");
	expect_ok(put_spec(row, "{\"pinned\": false}", operator(), &e), &e);
	expect_event(&after, "\"former_name\":null}");
	expect_ok(party_remove(p, PARTY_MODEL, row, &e), &e);
	expect_event(&after, "{\"model_name\":\"reader\"}");
}

static void unknown_news_are_refused(void **state UNUSED)
{
	int64_t row = new_model("parser", SERVER);
	struct model_memory m = { 0 };
	struct err e = ERR_INIT;

	expect(tell(&(struct model_news){ .model_row = row, .state = "dreaming" }, &m, &e), -EINVAL, &e, "dreaming");
	expect(tell(&(struct model_news){ .model_row = row, .state = "asleep", .event = "model.slept" }, &m, &e),
	       -EINVAL, &e, "model.slept");
	expect(tell(&(struct model_news){ .model_row = 999999, .state = "asleep" }, &m, &e), -ENOENT, &e, NULL);
	expect(model_touch(p, 999999, &m, &e), -ENOENT, &e, NULL);
	row_release(&model_memory_table, &m);
	m = memory_of(row);
	assert_int_equal(m.row_id, 0);
}

/* history - the last steps, each as STATE:REASON; good until the next call */
static const char *history(int64_t row, int most)
{
	static struct buf out;
	auto_buf lines = BUF_INIT;
	struct err e = ERR_INIT;
	char *line, *rest;

	expect_ok(model_history(p, row, most, &lines, &e), &e);
	buf_clear(&out);
	for (rest = lines.data; rest && (line = strsep(&rest, "\n")) && *line;) {
		json_t *step = json_loads(line, 0, NULL);

		assert_int_equal(json_object_size(step), 7);
		assert_string_equal(json_string_value(json_object_get(step, "host")), p->host);
		assert_int_equal(strlen(json_string_value(json_object_get(step, "time"))),
				 strlen("2026-01-31T17:00:00.000Z"));
		buf_printf(&out, "%s%s:%s", out.len ? " " : "", json_string_value(json_object_get(step, "state")),
			   json_string_value(json_object_get(step, "reason")));
		json_decref(step);
	}
	return buf_str(&out);
}

static void add_steps(int64_t row, int from, int n)
{
	struct model_memory m = { 0 };
	struct err e = ERR_INIT;

	for (int i = from; i < from + n; i++) {
		auto_free char *reason = xasprintf("%d", i);

		expect_ok(tell(&(struct model_news){ .model_row = row,
						     .state = model_state_words[i % 2],
						     .reason = reason },
			       &m, &e),
			  &e);
	}
	row_release(&model_memory_table, &m);
}

static void history_is_the_last_steps_oldest_first(void **state UNUSED)
{
	int64_t row = new_model("parser", SERVER), other = new_model("other", SERVER);

	add_steps(row, 0, 3);
	add_steps(other, 9, 1);
	add_steps(row, 3, 2);
	assert_string_equal(history(row, 99), "unloaded:0 loading:1 unloaded:2 loading:3 unloaded:4");
	assert_string_equal(history(row, 2), "loading:3 unloaded:4");
	assert_string_equal(history(other, 99), "loading:9");
	assert_string_equal(history(999999, 99), "");
}

static int make_old(struct tx *tx, void *arg, struct err *e)
{
	struct model_step s;
	int rc = row_get(tx, &model_step_table, *(int64_t *)arg, &s, e);

	s.created_at = clock_now_ms() - 91 * CLOCK_DAY_MS;
	if (rc == 0)
		rc = row_update(tx, &model_step_table, &s, e);
	row_release(&model_step_table, &s);
	return rc;
}

static int note_row(void *row, void *ud)
{
	*(int64_t *)ud = ((struct model_step *)row)->row_id;
	return 1;
}

static int first_step(struct tx *tx, void *arg, struct err *e)
{
	int rc = row_all(tx, &model_step_table, note_row, arg, e);

	return rc < 0 ? rc : 0;
}

static void old_steps_go(void **state UNUSED)
{
	int64_t row = new_model("parser", SERVER), first = 0;
	struct err e = ERR_INIT;

	add_steps(row, 0, 3);
	expect_ok(store_read(p->store, first_step, &first, &e), &e);
	expect_ok(store_write(p->store, make_old, &first, &e), &e);
	assert_int_equal(model_sweep(p, &e), 1);
	assert_string_equal(history(row, 99), "loading:1 unloaded:2");
	set(SETTING_EVENT_DAYS, "92");
	expect_ok(store_read(p->store, first_step, &first, &e), &e);
	expect_ok(store_write(p->store, make_old, &first, &e), &e);
	assert_int_equal(model_sweep(p, &e), 0);
}

static int count_row(void *row UNUSED, void *ud)
{
	++*(int *)ud;
	return 0;
}

static int count_rows(struct tx *tx, void *arg, struct err *e)
{
	int rc = row_all(tx, &model_memory_table, count_row, arg, e);

	return rc < 0 ? rc : row_all(tx, &model_step_table, count_row, arg, e);
}

static void what_is_known_of_it_goes_with_it(void **state UNUSED)
{
	int64_t row = new_model("parser", SERVER), other = new_model("other", SERVER);
	struct model_memory m = { 0 };
	struct err e = ERR_INIT;
	int n = 0;

	add_steps(row, 0, 3);
	add_steps(other, 0, 1);
	expect_ok(party_remove(p, PARTY_MODEL, row, &e), &e);
	expect_ok(store_read(p->store, count_rows, &n, &e), &e);
	assert_int_equal(n, 2);
	expect(tell(&(struct model_news){ .model_row = row, .state = "unloaded" }, &m, &e), -ENOENT, &e, NULL);
	row_release(&model_memory_table, &m);
}

static int add_name(void *model, void *ud)
{
	buf_printf(ud, "%s ", ((struct model *)model)->name);
	return 0;
}

static void all_are_listed(void **state UNUSED)
{
	auto_buf names_of = BUF_INIT;
	struct err e = ERR_INIT;
	int64_t row = new_model("parser", SERVER);

	new_model("writer", "{}");
	expect(party_create(p, PARTY_MODEL, "parser", operator(), &row, &e), -EEXIST, &e, "model 'parser' exists");
	expect_ok(model_each(p, add_name, &names_of, &e), &e);
	assert_string_equal(buf_str(&names_of), "parser writer ");
}

static struct buf changes;

static void note_changes(void *ud UNUSED, const struct change *c, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (c[i].kind == CHANGE_PARTY && c[i].parent == PARTY_MODEL)
			buf_printf(&changes, "spec %d>%d ", c[i].was, c[i].now);
		if (c[i].kind == CHANGE_MODEL)
			buf_printf(&changes, "model %s ", c[i].name);
	}
}

static void changes_are_fed(void **state UNUSED)
{
	struct model_memory m = { 0 };
	struct err e = ERR_INIT;
	int64_t row;

	platform_watch(p, note_changes, NULL);
	row = new_model("parser", SERVER);
	expect_ok(model_put_key(p, row, "hush", operator(), &e), &e);
	expect_ok(tell(&(struct model_news){ .model_row = row, .state = "loading" }, &m, &e), &e);
	expect_ok(model_touch(p, row, &m, &e), &e);
	expect_ok(party_remove(p, PARTY_MODEL, row, &e), &e);
	assert_string_equal(buf_str(&changes), "spec -1>0 spec 0>0 spec 0>0 model parser spec 0>-1 ");
	row_release(&model_memory_table, &m);
	buf_release(&changes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_PLATFORM(a_new_one_is_sound_and_not_ready),
		IN_PLATFORM(what_does_not_fit_is_refused),
		IN_PLATFORM(what_fits_is_taken_and_what_lacks_is_said),
		cmocka_unit_test(a_spec_that_is_not_sound_is_not_ready),
		IN_PLATFORM(empty_texts_are_none_and_urls_end_without_a_slash),
		cmocka_unit_test(the_path_of_a_health_url_counts),
		IN_PLATFORM(only_the_operator_lets_a_command_run),
		IN_PLATFORM(nobody_else_says_where_a_key_goes),
		IN_PLATFORM(a_key_is_sealed),
		IN_PLATFORM(a_key_is_replaced_and_removed),
		IN_PLATFORM(a_key_opens_at_its_own_model_only),
		IN_PLATFORM(memory_is_kept_for_each_host),
		IN_PLATFORM(memory_outlives_the_process),
		IN_PLATFORM(what_happens_is_told),
		IN_PLATFORM(a_change_of_a_spec_is_told),
		IN_PLATFORM(unknown_news_are_refused),
		IN_PLATFORM(history_is_the_last_steps_oldest_first),
		IN_PLATFORM(old_steps_go),
		IN_PLATFORM(what_is_known_of_it_goes_with_it),
		IN_PLATFORM(all_are_listed),
		IN_PLATFORM(changes_are_fed),
	};

	return RUN_TESTS(tests);
}
