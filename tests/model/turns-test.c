/* Two models that do not fit together, wanted in turn by many: each is loaded for all who wait for it, not for each. */
#include "tests/platform/temp.h"

#include <libgen.h>
#include <pthread.h>
#include <unistd.h>

#include "base/clock.h"
#include "model/keeper.h"

#define EACH     5 /* requests for a model */
#define BYTES    100000000
#define BUDGET   "150000000"
#define LIMIT_MS 60000

static const char *const models[] = { "red", "green" };
static struct spawner *spawner;
static struct call_pool *pool;
static struct keeper *keeper;
static int64_t rows[2];

static json_int_t figure(size_t model, const char *name)
{
	json_t *now = keeper_model(keeper, rows[model]);
	json_int_t n = json_integer_value(json_object_get(now, name));

	json_decref(now);
	return n;
}

/* One request, answered at once. What went wrong is said by who may end the test. */
static void *ask(void *model)
{
	struct keeper_use use = { 0 };
	struct err e = ERR_INIT;

	if (keeper_enter(keeper, model, "a test", NULL, &use, &e) == 0)
		keeper_leave(keeper, &use, 0, KEEPER_ANSWERED);
	return e.code ? xstrdup(e.text) : NULL;
}

static void add_model(size_t i, const char *server)
{
	json_t *spec =
		json_pack("{s:s, s:[s, s, s, s, s, s], s:i, s:i}", "runner", "server", "command", server, "--socket",
			  "{socket}", "--bytes", "100000000", "--ignore-term", "memory_bytes", BYTES, "stop_s", 0);
	const struct actor who = { getuid(), "operator" };
	auto_free char *text = json_dumps(spec, 0);
	struct err e = ERR_INIT;

	if (party_create(p, PARTY_MODEL, models[i], &who, &rows[i], &e) < 0 ||
	    party_put(p, PARTY_MODEL, rows[i], text, strlen(text), &who, &e) < 0)
		fail_msg("%s", e.text);
	json_decref(spec);
}

static int begin(void **state)
{
	char self[4096];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	auto_free char *server = NULL, *dir = NULL;
	struct err e = ERR_INIT;

	self[n < 0 ? 0 : n] = '\0';
	server = xasprintf("%s/server", dirname(self));
	if (spawner_start(&spawner, &e) < 0 || temp_open(state) < 0)
		return -1;
	dir = xasprintf("%s/models", temp_dir);
	for (size_t i = 0; i < N_ELEMS(models); i++)
		add_model(i, server);
	pool = call_pool_new(NULL, &e);
	return pool && keeper_start(p, spawner, pool, dir, &keeper, &e) == 0 ? 0 : -1;
}

static int end(void **state)
{
	keeper_stop(keeper);
	call_pool_free(pool);
	temp_close(state);
	spawner_stop(spawner);
	return 0;
}

/* So many wait for the model, and the keeper has seen that they do: from then on nobody enters in front of them. */
static bool waits(size_t model, json_int_t n)
{
	json_t *now = keeper_model(keeper, rows[model]);
	const char *reason = json_string_value(json_object_get(now, "reason"));
	bool yes = json_integer_value(json_object_get(now, "waiting")) == n &&
		   (model == 0 || (reason && util_starts(reason, "waits for room")));

	json_decref(now);
	return yes;
}

static void wait_until_waiting(size_t model, json_int_t n)
{
	int64_t until = clock_mono_ms() + LIMIT_MS;

	while (!waits(model, n)) {
		assert_true(clock_mono_ms() < until);
		usleep(2000);
	}
}

/* While one of red is answered, many come for green and red in turn. Green makes red go, and red green. */
static void a_load_is_for_all_who_wait(void **state UNUSED)
{
	pthread_t thread[2 * EACH];
	struct keeper_use use = { 0 };
	struct err e = ERR_INIT;
	void *failure;

	if (keeper_device_total(keeper, "ram0", BUDGET, NULL) == -ENOENT) {
		print_message("# this machine has a GPU\n");
		skip();
	}
	if (keeper_enter(keeper, "red", "a test", NULL, &use, &e) < 0)
		fail_msg("%s", e.text);
	for (int i = 0; i < 2 * EACH; i++) {
		size_t model = i % 2 ? 0 : 1;

		assert_int_equal(pthread_create(&thread[i], NULL, ask, (void *)models[model]), 0);
		wait_until_waiting(model, i / 2 + 1);
	}
	keeper_leave(keeper, &use, 0, KEEPER_ANSWERED);
	for (int i = 0; i < 2 * EACH; i++) {
		pthread_join(thread[i], &failure);
		if (failure)
			fail_msg("%s", (char *)failure);
	}
	assert_int_equal(figure(1, "loads"), 1);
	assert_int_equal(figure(0, "loads"), 2);
	assert_int_equal(figure(0, "requests"), EACH + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_load_is_for_all_who_wait),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
