/* Loading and letting go: each in a thread of its own, so that one never waits for another. */
#include "model/keeper_parts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "platform/model.h"

#define RETRY_FIRST_MS 1000
#define RETRY_MOST_MS  60000
#define DOUBT_MS       5000
#define SOUND_MS       60000 /* one that served so long has not failed in a row */
#define HURRY_MS       3000  /* between SIGTERM and SIGKILL when the mount ends: its successor waits */
#define POST_MS        60000 /* to fall asleep, or to wake */
#define TIMES_KEPT     15

static const enum model_state state_during[] = {
	[MOVE_LOAD] = MODEL_LOADING,
	[MOVE_UNLOAD] = MODEL_UNLOADING,
	[MOVE_SLEEP] = MODEL_UNLOADING,
	[MOVE_WAKE] = MODEL_LOADING,
};

/* --- what the server is started with --- */

/* An array that ends with NULL; its texts lie in list. */
static const char **texts_of(const json_t *list)
{
	const char **out = xcalloc(json_array_size(list) + 1, sizeof(*out));

	for (size_t i = 0; i < json_array_size(list); i++)
		out[i] = json_string_value(json_array_get(list, i));
	return out;
}

/* "NAME=value" of the spec, and behind it what ties the server to its device; the caller's, with its texts. */
static char **environment(const struct mover *v)
{
	json_t *own = v->spec.env ? json_loads(v->spec.env, 0, NULL) : NULL, *value;
	char of_device[3][128];
	size_t n_device = devices_environment(v->m->keeper->devices, (size_t)v->device, of_device), n = 0;
	char **out = xcalloc(json_object_size(own) + n_device + 1, sizeof(*out));
	const char *name;

	json_object_foreach (own, name, value)
		out[n++] = xasprintf("%s=%s", name, json_string_value(value));
	for (size_t i = 0; i < n_device; i++)
		out[n++] = xstrdup(of_device[i]);
	json_decref(own);
	return out;
}

static void free_texts(char **texts)
{
	for (size_t i = 0; texts[i]; i++)
		free(texts[i]);
	free(texts);
}

static int start_server(struct mover *v, struct inference **out, struct err *e)
{
	const struct keeper *k = v->m->keeper;
	json_t *command = json_loads(v->spec.command, 0, NULL);
	auto_free const char **argv = texts_of(command);
	char **env = environment(v);
	auto_free char **files = devices_files(k->devices, (size_t)v->device);
	struct inference_conf conf = { .spawner = k->spawner,
				       .name = v->spec.name,
				       .command = argv,
				       .path = v->spec.path,
				       .health = model_health(&v->spec),
				       .env = (const char *const *)env,
				       .devices = (const char *const *)files,
				       .dir = v->dir };
	int rc = inference_start(&conf, out, e);

	free_texts(env);
	json_decref(command);
	return rc;
}

static void note_time(struct model_memory *memory, int64_t ms)
{
	json_t *list = memory->load_times ? json_loads(memory->load_times, 0, NULL) : NULL;

	if (!json_is_array(list)) {
		json_decref(list);
		list = json_array();
	}
	json_array_insert_new(list, 0, json_integer(ms));
	while (json_array_size(list) > TIMES_KEPT)
		json_array_remove(list, TIMES_KEPT);
	free(memory->load_times);
	memory->load_times = json_dumps(list, JSON_COMPACT);
	memory->load_ms = ms;
	json_decref(list);
}

/* --- the moves --- */

void keeper_failed(struct kept *m, int rc, const struct err *why)
{
	int64_t now = clock_mono_ms(), pause;

	if (m->server && now - m->loaded_ms >= SOUND_MS)
		m->failures = 0;
	pause = RETRY_FIRST_MS << (m->failures < 6 ? m->failures : 6);
	m->failures++;
	m->memory.failures++;
	m->retry_ms = now + (pause < RETRY_MOST_MS ? pause : RETRY_MOST_MS);
	keeper_say(m, MODEL_FAILED, "%s", why->text);
	want_fail(m, rc, why);
}

static void leave_device(struct kept *m)
{
	m->held = 0;
	m->device = NO_DEVICE;
	m->outdated = false;
}

static void tell_begin(struct kept *m)
{
	pthread_mutex_lock(&m->keeper->lock);
	keeper_tell(m, NULL, 0);
	pthread_mutex_unlock(&m->keeper->lock);
}

static void note_loaded(struct kept *m, struct inference *s, bool sure, int64_t took_ms)
{
	uint64_t said_bytes = m->spec.memory_bytes > 0 ? (uint64_t)m->spec.memory_bytes : 0;
	char taken[UTIL_SIZE_BYTES], said[UTIL_SIZE_BYTES];

	m->server = s;
	m->loaded_ms = clock_mono_ms();
	m->batch = m->keeper->next_number;
	m->last_used_ms = clock_mono_ms();
	if (sure && !m->outdated)
		m->memory.measured_bytes = (int64_t)m->held;
	m->memory.loads++;
	m->memory.loaded_at = clock_now_ms();
	note_time(&m->memory, took_ms);
	if (sure && said_bytes && (m->held > said_bytes + said_bytes / 10 || m->held + said_bytes / 10 < said_bytes))
		keeper_say(m, MODEL_RESIDENT, "takes %s, its spec says %s", util_size(m->held, taken),
			   util_size(said_bytes, said));
	else
		keeper_say(m, MODEL_RESIDENT, "%s", "");
}

/* A model that lied about its size: what was measured counts from now on, and it is asked for room again. */
static void refuse_excess(struct kept *m, struct inference *s, uint64_t too_much)
{
	struct keeper *k = m->keeper;
	char took[UTIL_SIZE_BYTES], more[UTIL_SIZE_BYTES];

	if (!m->outdated)
		m->memory.measured_bytes = (int64_t)m->held;
	m->memory.failures++;
	keeper_say(m, MODEL_FAILED, "took %s on %s, which is %s more than there is room for", util_size(m->held, took),
		   k->device[m->device].name, util_size(too_much, more));
	keeper_tell(m, "model.failed", 0);
	pthread_mutex_unlock(&k->lock);
	inference_free(s);
	pthread_mutex_lock(&k->lock);
	leave_device(m);
}

/* Cancelled is no failure: nobody wants it any more, or only with the spec that it has now. */
static void not_loaded(struct kept *m, int rc, const struct err *why)
{
	bool again = m->outdated && !m->gone && !m->keeper->stopping;

	m->held = 0;
	if (again) {
		keeper_say(m, MODEL_UNLOADED, "its spec changed while it was loaded");
	} else if (rc == -ECANCELED) {
		keeper_say(m, MODEL_UNLOADED, "loading it was cancelled");
		want_fail(m, rc, why);
	} else {
		keeper_failed(m, rc, why);
	}
	keeper_tell(m, m->state == MODEL_FAILED ? "model.failed" : NULL, 0);
	leave_device(m);
}

/* With the lock. Its server has what it takes, or is ended. */
static void settle(struct mover *v, struct inference *s, bool sure, int64_t took_ms)
{
	struct kept *m = v->m;
	uint64_t too_much = keeper_excess(m->keeper, v->device);

	if (sure && too_much) {
		m->server = NULL;
		refuse_excess(m, s, too_much);
		return;
	}
	note_loaded(m, s, sure, took_ms);
	want_grant(m->keeper);
	keeper_tell(m, "model.loaded", m->memory.load_ms);
}

static void load(struct mover *v)
{
	struct kept *m = v->m;
	struct keeper *k = m->keeper;
	uint64_t before = keeper_free(k, v->device), held;
	int64_t began = clock_mono_ms();
	struct inference *s = NULL;
	struct err e = ERR_INIT;
	int rc = start_server(v, &s, &e);
	bool sure;

	tell_begin(m);
	if (rc == 0)
		rc = inference_wait(s, v->spec.start_s * 1000, v->cancel, &e);
	if (rc < 0) {
		inference_free(s);
		pthread_mutex_lock(&k->lock);
		not_loaded(m, rc, &e);
		pthread_mutex_unlock(&k->lock);
		return;
	}
	held = keeper_taken(v, s, before, &sure);
	pthread_mutex_lock(&k->lock);
	m->held = held;
	settle(v, s, sure, clock_mono_ms() - began);
	pthread_mutex_unlock(&k->lock);
}

/* Only what went for another was evicted. */
static const char *event_of(const struct kept *m)
{
	return m->keeper->stopping ? NULL : *m->wanted ? "model.evicted" : "model.unloaded";
}

/* more: beside what was said when it began; "" for nothing */
static void unload_for(struct mover *v, const char *more)
{
	struct kept *m = v->m;
	struct keeper *k = m->keeper;
	uint64_t before = keeper_free(k, v->device), held;
	int64_t grace_ms = v->spec.stop_s * 1000;
	struct inference *s;
	char why[400];
	bool stopping;

	pthread_mutex_lock(&k->lock);
	s = steal(m->server);
	held = m->held;
	stopping = k->stopping;
	if (clock_mono_ms() - m->loaded_ms >= SOUND_MS)
		m->failures = 0;
	snprintf(why, sizeof(why), "%s%s", m->why, more);
	keeper_tell(m, NULL, 0);
	pthread_mutex_unlock(&k->lock);
	inference_stop(s, stopping && grace_ms > HURRY_MS ? HURRY_MS : grace_ms);
	inference_free(s);
	if (!stopping)
		keeper_await_memory(v, before, held);
	pthread_mutex_lock(&k->lock);
	keeper_say(m, MODEL_UNLOADED, "%s", why);
	keeper_tell(m, event_of(m), 0);
	leave_device(m);
	pthread_mutex_unlock(&k->lock);
}

static void unload(struct mover *v)
{
	unload_for(v, "");
}

static bool is_cancelled(void *ud)
{
	return mcp_cancel_raised(((const struct mover *)ud)->cancel);
}

static int post(struct mover *v, const struct inference *s, const char *path, struct err *e)
{
	auto_buf answer = BUF_INIT;
	struct call_request r = { .place = inference_place(s),
				  .method = "POST",
				  .path = path,
				  .body = "",
				  .first_ms = POST_MS,
				  .idle_ms = POST_MS,
				  .ud = v,
				  .stop = is_cancelled };
	int status = call_text(v->m->keeper->pool, &r, 1 << 16, &answer, e);

	if (status < 0 || (status >= 200 && status < 300))
		return status < 0 ? err_add(e, status, "%s", path) : 0;
	return err_set(e, -EPROTO, "%s answered %d", path, status);
}

/* What cannot sleep goes where its room is wanted, and else stays as it was. */
static void stay_awake(struct mover *v, const struct err *why)
{
	struct kept *m = v->m;
	struct keeper *k = m->keeper;
	auto_free char *more = xasprintf("; it does not fall asleep: %s", why->text);
	bool goes;

	pthread_mutex_lock(&k->lock);
	goes = *m->wanted || k->stopping || m->gone;
	if (!goes)
		keeper_say(m, MODEL_RESIDENT, "it does not fall asleep: %s", why->text);
	pthread_mutex_unlock(&k->lock);
	if (goes)
		unload_for(v, more);
}

static void fall_asleep(struct mover *v)
{
	struct kept *m = v->m;
	struct keeper *k = m->keeper;
	uint64_t before = keeper_free(k, v->device), held = m->held;
	struct err e = ERR_INIT;

	if (post(v, m->server, v->spec.sleep, &e) < 0) {
		stay_awake(v, &e);
		return;
	}
	held = keeper_left(v, m->server, before, held);
	pthread_mutex_lock(&k->lock);
	m->held = held;
	keeper_say(m, MODEL_ASLEEP, "%s", m->why);
	keeper_tell(m, event_of(m), 0);
	pthread_mutex_unlock(&k->lock);
}

static void not_woken(struct kept *m, int rc, const struct err *why)
{
	struct keeper *k = m->keeper;
	struct inference *s = steal(m->server);

	not_loaded(m, rc, why);
	pthread_mutex_unlock(&k->lock);
	inference_free(s);
	pthread_mutex_lock(&k->lock);
}

static void wake(struct mover *v)
{
	struct kept *m = v->m;
	struct keeper *k = m->keeper;
	int64_t began = clock_mono_ms();
	uint64_t before = keeper_free(k, v->device), held = 0;
	struct err e = ERR_INIT;
	bool sure = false;
	int rc = post(v, m->server, v->spec.wake, &e);

	if (rc == 0)
		rc = inference_wait(m->server, v->spec.start_s * 1000, v->cancel, &e);
	if (rc == 0)
		held = keeper_taken(v, m->server, before, &sure);
	pthread_mutex_lock(&k->lock);
	if (rc == 0) {
		m->held = held;
		settle(v, m->server, sure, clock_mono_ms() - began);
	} else {
		not_woken(m, rc, &e);
	}
	pthread_mutex_unlock(&k->lock);
}

/* Those who were talking to it notice by themselves; until they have, its place must not go. */
static void let_dead_go(struct kept *m, const struct err *why)
{
	struct keeper *k = m->keeper;
	struct inference *s;

	pthread_mutex_lock(&k->lock);
	keeper_failed(m, -ECONNRESET, why);
	keeper_tell(m, "model.failed", 0);
	while (m->in_use)
		pthread_cond_wait(&k->changed, &k->lock);
	s = steal(m->server);
	pthread_mutex_unlock(&k->lock);
	inference_free(s);
	pthread_mutex_lock(&k->lock);
	leave_device(m);
	pthread_mutex_unlock(&k->lock);
}

static void bury(struct mover *v)
{
	struct kept *m = v->m;
	struct keeper *k = m->keeper;
	struct err why = ERR_INIT;

	if (inference_alive(m->server, &why)) { /* it said something else */
		pthread_mutex_lock(&k->lock);
		keeper_say(m, v->was, "%s", "");
		pthread_mutex_unlock(&k->lock);
		return;
	}
	let_dead_go(m, &why);
}

/* Those who wait for its answers hear of its end too. */
static void doubt(struct mover *v)
{
	struct kept *m = v->m;
	struct err e = ERR_INIT, why = ERR_INIT;
	int rc = inference_wait(m->server, DOUBT_MS, v->cancel, &e);

	if (rc == 0 || rc == -ECANCELED)
		return;
	err_set(&why, rc, "a request was not answered, and then: %s", e.text);
	inference_stop(m->server, 0);
	let_dead_go(m, &why);
}

static void (*const moves[])(struct mover *) = {
	[MOVE_LOAD] = load, [MOVE_UNLOAD] = unload, [MOVE_SLEEP] = fall_asleep,
	[MOVE_WAKE] = wake, [MOVE_BURY] = bury,     [MOVE_DOUBT] = doubt,
};

static void free_mover(struct mover *v)
{
	row_release(&model_table, &v->spec);
	mcp_cancel_free(v->cancel);
	free(v->dir);
	free(v);
}

static void end_move(struct mover *v)
{
	struct kept *m = v->m;
	struct keeper *k = m->keeper;

	pthread_mutex_lock(&k->lock);
	m->cancel = NULL;
	m->move = MOVE_NONE;
	*m->wanted = '\0';
	if (!m->server && m->spec.runner == RUNNER_REMOTE)
		keeper_say(m, MODEL_REMOTE, "%s", "");
	k->n_moving--;
	k->turn++;
	k->measured_at = 0;
	keeper_retry_pinned(k);
	pthread_cond_broadcast(&k->changed);
	keeper_kick(k);
	pthread_mutex_unlock(&k->lock);
	free_mover(v);
}

static void *run(void *arg)
{
	struct mover *v = arg;

	moves[v->move](v);
	end_move(v);
	return NULL;
}

static int start_thread(struct mover *v)
{
	pthread_attr_t attr;
	pthread_t thread;
	int rc;

	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	rc = pthread_create(&thread, &attr, run, v);
	pthread_attr_destroy(&attr);
	return -rc;
}

void keeper_move(struct kept *m, enum move move, const char *wanted, const char *why)
{
	struct keeper *k = m->keeper;
	struct mover *v = xcalloc(1, sizeof(*v));
	struct err e = ERR_INIT;

	*v = (struct mover){ .m = m,
			     .move = move,
			     .was = m->state,
			     .device = m->device,
			     .turn = k->turn + 1,
			     .cancel = mcp_cancel_new() };
	v->dir = xasprintf("%s/%jd", k->dir, (intmax_t)m->spec.row_id);
	if (row_copy(&model_table, &v->spec, &m->spec) < 0 || start_thread(v) < 0) {
		free_mover(v);
		err_set(&e, -EAGAIN, "no thread to be had for the model '%s'", m->spec.name);
		log_warn("models: %s", e.text);
		if (move == MOVE_LOAD) { /* else what is there stays, and is tried again */
			m->device = NO_DEVICE;
			keeper_failed(m, -EAGAIN, &e);
		}
		return;
	}
	k->n_moving++;
	k->turn++;
	m->move = move;
	m->cancel = v->cancel;
	snprintf(m->wanted, sizeof(m->wanted), "%s", wanted);
	snprintf(m->why, sizeof(m->why), "%s", why);
	if ((move == MOVE_LOAD || move == MOVE_WAKE) && m->held < keeper_bytes(m))
		m->held = keeper_bytes(m);
	if (move == MOVE_LOAD || move == MOVE_WAKE)
		keeper_say(m, state_during[move], "wanted by %s", why);
	else if (move != MOVE_BURY && move != MOVE_DOUBT)
		keeper_say(m, state_during[move], "%s", why);
}
