/* Workers from claim to outcome, with tests/mcp/server as the engine. */
#include <libgen.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "base/clock.h"
#include "platform/review.h"
#include "run/worker.h"
#include "tests/platform/temp.h"

#define WAIT_MS 20000

static struct spawner *spawner;
static struct mcp_host *host;
static struct mcp_manifest *manifest;
static struct mcp_catalog catalog = { &manifest, 1 };
static struct workers *workers;
static char server_dir[PATH_MAX];

/* A gate that nobody asks: it counts what it is told, and has taken seven tokens when it is closed. */
static struct {
	pthread_mutex_t lock; /* of the texts */
	char path[PATH_MAX], whom[64];
	atomic_uint opened, closed;
} gate = { .lock = PTHREAD_MUTEX_INITIALIZER };

static int open_models(void *ud UNUSED, const struct mcp_manifest *mcp, const char *path, const char *for_whom,
		       struct mcp_cancel *cancel UNUSED, void **out, struct err *e UNUSED)
{
	assert_string_equal(mcp->models[0], "small");
	pthread_mutex_lock(&gate.lock);
	snprintf(gate.path, sizeof(gate.path), "%s", path);
	snprintf(gate.whom, sizeof(gate.whom), "%s", for_whom);
	pthread_mutex_unlock(&gate.lock);
	*out = &gate;
	gate.opened++;
	return 1;
}

static void close_models(void *ud UNUSED, void *g, struct worker_usage *usage)
{
	assert_ptr_equal(g, &gate);
	*usage = (struct worker_usage){ .requests = 3, .failures = 1, .tokens = 7, .ms = 1500 };
	gate.closed++;
}

static const struct worker_models models = { NULL, open_models, close_models };

static int resolve(void *ud UNUSED, const char *mcp, const char *tool, const char **tool_out, const char **version_out,
		   struct err *e)
{
	const struct mcp_manifest *m = catalog_find(&catalog, mcp);
	const json_t *found = m ? manifest_tool(m, tool) : NULL;

	if (!found)
		return err_set(e, -ENOENT, "there is no engine '%s'", mcp);
	*tool_out = json_string_value(json_object_get(found, "name"));
	*version_out = m->version;
	return 0;
}

static int load_manifest(void)
{
	static const char *const tools[] = { "echo", "slow", "never", "die", "progress", "fail", "refuse", "files" };
	json_t *list = json_array(), *doc;
	struct err e = ERR_INIT;

	for (size_t i = 0; i < N_ELEMS(tools); i++)
		json_array_append_new(list, json_pack("{s:s, s:{}}", "name", tools[i], "inputSchema"));
	doc = json_pack("{s:s, s:s, s:s, s:[s], s:s, s:s, s:[s], s:{s:i, s:i}, s:o}", "id", "TENDER", "version", "1.0",
			"command", "${dir}/server", "args", "good", "default_tool", "echo", "input", "paths", "models",
			"small", "timeouts", "stop_grace_ms", 200, "term_grace_ms", 200, "tools", list);
	if (manifest_parse(server_dir, doc, &manifest, &e) == 0)
		return 0;
	print_error("%s\n", e.text);
	return -1;
}

static void on_changes(void *ud UNUSED, const struct change *c, size_t n)
{
	if (workers)
		workers_changes(workers, c, n);
}

static int begin(void **state)
{
	struct platform_options o = { .source = temp_dir, .engines = { NULL, resolve, temp_check } };
	struct err e = ERR_INIT;
	auto_free char *run_dir = NULL;

	if (temp_open(state) < 0)
		return -1;
	platform_close(p);
	if (platform_open(&o, &p, &e) == 0) {
		run_dir = xasprintf("%s/run", temp_dir);
		if (mkdir(run_dir, 0700) == 0 && mcp_host_open(spawner, run_dir, NULL, NULL, &host, &e) == 0) {
			platform_watch(p, on_changes, NULL);
			if (workers_start(p, host, &catalog, &models, 2, &workers, &e) == 0)
				return 0;
		}
	}
	print_error("%s\n", e.text);
	return -1;
}

static int end(void **state)
{
	workers_stop(workers);
	platform_watch(p, NULL, NULL);
	workers = NULL;
	mcp_host_close(host);
	return temp_close(state);
}

static int64_t ask(const char *tool, const char *data)
{
	static unsigned n;
	auto_free char *name = xasprintf("ask %u.json", ++n),
		       *text = xasprintf("{\"tool\": \"%s\", \"data\": %s}", tool, data);

	return drop(name, text);
}

static void wait_for(int64_t row, enum task_state state)
{
	int64_t until = clock_mono_ms() + WAIT_MS;

	while (get(row)->state != (int)state && clock_mono_ms() < until)
		usleep(10000);
	expect_state(row, state);
}

static void a_document_goes_through(void **state UNUSED)
{
	int64_t row = drop("rfp.txt", "a line\n");
	auto_free char *text = NULL;
	struct err e = ERR_INIT;
	struct document d;
	size_t len;

	wait_for(row, TASK_NEEDS_REVIEW); /* this engine says nothing of its confidence */
	expect_ok(document_latest(p, row, DOCUMENT_RESULT, &d, &e), &e);
	expect_ok(blob_read(p->blobs, d.sha256, 10000, &text, &len, &e), &e);
	assert_non_null(strstr(text, "\"a line\""));
	assert_non_null(strstr(text, "/rfp.txt\""));
	row_release(&document_table, &d);
	assert_int_equal(get(row)->attempts, 1);
}

static void what_the_engine_tells(void **state UNUSED)
{
	int64_t row = ask("progress", "{}");
	auto_buf log = BUF_INIT;
	struct err e = ERR_INIT;

	wait_for(row, TASK_NEEDS_REVIEW);
	expect_ok(work_show_log(p, get(row), &log, &e), &e);
	assert_non_null(strstr(buf_str(&log), "info: a log line\n"));
}

static void what_the_engine_makes(void **state UNUSED)
{
	int64_t row = ask("files", "{}");

	wait_for(row, TASK_FAILED); /* it gives files, and no result */
	assert_non_null(strstr(get(row)->error_message, "no structured result"));
}

static void what_its_models_take(void **state UNUSED)
{
	int64_t row = drop("rfp.txt", "a line\n"), failed;
	auto_buf log = BUF_INIT;
	struct err e = ERR_INIT;

	wait_for(row, TASK_NEEDS_REVIEW);
	assert_int_equal(get(row)->tokens_used, 7);
	assert_true(get(row)->model_seconds_used == 1.5);
	pthread_mutex_lock(&gate.lock);
	assert_string_equal(gate.whom, "task 'rfp'");
	assert_non_null(strstr(gate.path, "/models.sock"));
	pthread_mutex_unlock(&gate.lock);
	expect_ok(work_show_log(p, get(row), &log, &e), &e);
	assert_non_null(strstr(buf_str(&log), "info: models answered 2 of 3 requests, 7 tokens in 1.5 s\n"));
	failed = ask("fail", "{\"text\": \"no\"}");
	wait_for(failed, TASK_FAILED);
	assert_int_equal(get(failed)->tokens_used, 7);
	assert_true(get(failed)->model_seconds_used == 1.5);
	assert_int_equal(gate.opened, gate.closed);
}

static void a_refusal_of_the_tool(void **state UNUSED)
{
	int64_t row = ask("fail", "{\"text\": \"needs a password\"}"), other = ask("refuse", "{\"code\": -32602}");

	wait_for(row, TASK_FAILED);
	assert_string_equal(get(row)->error_message, "needs a password");
	assert_int_equal(get(row)->attempts, 1);
	wait_for(other, TASK_FAILED);
	assert_non_null(strstr(get(other)->error_message, "not today"));
	assert_int_equal(get(other)->attempts, 1);
}

static void a_server_that_dies_is_tried_again(void **state UNUSED)
{
	int64_t row;

	set(SETTING_RETRY_DELAY, "10");
	row = ask("die", "{}");
	wait_for(row, TASK_FAILED);
	assert_int_equal(get(row)->attempts, 3);
	assert_true(strlen(get(row)->error_message) > 0);
	wait_for(drop("next.txt", "unharmed"), TASK_NEEDS_REVIEW);
}

static void a_call_that_takes_too_long(void **state UNUSED)
{
	int64_t row;

	set(SETTING_TASK_TIMEOUT, "1");
	row = ask("never", "{}");
	wait_for(row, TASK_FAILED);
	assert_int_equal(get(row)->attempts, 1);
	assert_non_null(strstr(get(row)->error_message, "did not answer"));
}

static void a_task_that_is_cancelled(void **state UNUSED)
{
	int64_t row = ask("never", "{}"), other = ask("never", "{\"n\": 2}");
	struct err e = ERR_INIT;

	wait_for(row, TASK_IN_PROGRESS);
	wait_for(other, TASK_IN_PROGRESS);
	expect_ok(review_cancel(p, row, &anna, &e), &e);
	wait_for(drop("next.txt", "the worker is free"), TASK_NEEDS_REVIEW);
	expect_state(row, TASK_CANCELLED);
	expect_state(other, TASK_IN_PROGRESS);
}

static void a_request_that_is_written_again(void **state UNUSED)
{
	int64_t row;

	set(SETTING_REWRITE_QUIET, "0");
	row = drop("ask.json", "{\"tool\": \"never\"}");
	wait_for(row, TASK_IN_PROGRESS);
	assert_int_equal(drop("ask.json", "{\"tool\": \"echo\"}"), row);
	wait_for(row, TASK_NEEDS_REVIEW);
	assert_int_equal(get(row)->attempts, 1);
}

static void stopping_gives_back(void **state UNUSED)
{
	int64_t row = ask("never", "{}"), waiting;
	struct err e = ERR_INIT;
	json_t *health;

	ask("never", "{\"n\": 2}");
	wait_for(row, TASK_IN_PROGRESS);
	waiting = ask("never", "{\"n\": 3}");
	health = workers_health(workers);
	assert_int_equal(json_integer_value(json_object_get(health, "threads")), 2);
	json_decref(health);
	workers_stop(workers);
	workers = NULL;
	expect_state(row, TASK_TODO);
	assert_int_equal(get(row)->attempts, 0);
	expect_state(waiting, TASK_TODO);
	expect_ok(workers_start(p, host, &catalog, NULL, 0, &workers, &e), &e);
	wait_for(row, TASK_IN_PROGRESS);
}

static void many_at_once(void **state UNUSED)
{
	int64_t row[20];

	for (size_t i = 0; i < N_ELEMS(row); i++) {
		auto_free char *name = xasprintf("file %zu.txt", i);

		row[i] = drop(name, name);
	}
	for (size_t i = 0; i < N_ELEMS(row); i++) {
		wait_for(row[i], TASK_NEEDS_REVIEW);
		assert_int_equal(get(row[i])->attempts, 1);
	}
}

static int setup(void **state UNUSED)
{
	char self[PATH_MAX - 16];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	struct err e = ERR_INIT;

	if (n < 0)
		return -1;
	self[n] = '\0';
	snprintf(server_dir, sizeof(server_dir), "%s/../mcp", dirname(self));
	if (spawner_start(&spawner, &e) == 0)
		return load_manifest();
	print_error("%s\n", e.text);
	return -1;
}

static int teardown(void **state UNUSED)
{
	manifest_free(manifest);
	spawner_stop(spawner);
	return 0;
}

int main(void)
{
#define WITH_WORKERS(test) cmocka_unit_test_setup_teardown(test, begin, end)
	const struct CMUnitTest tests[] = {
		WITH_WORKERS(a_document_goes_through),
		WITH_WORKERS(what_the_engine_tells),
		WITH_WORKERS(what_the_engine_makes),
		WITH_WORKERS(what_its_models_take),
		WITH_WORKERS(a_refusal_of_the_tool),
		WITH_WORKERS(a_server_that_dies_is_tried_again),
		WITH_WORKERS(a_call_that_takes_too_long),
		WITH_WORKERS(a_task_that_is_cancelled),
		WITH_WORKERS(a_request_that_is_written_again),
		WITH_WORKERS(stopping_gives_back),
		WITH_WORKERS(many_at_once),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
