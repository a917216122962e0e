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
#define BACK_MS        10000 /* until a device gives back what a server that is gone held */
#define BACK_LOOK_US   50000
#define POST_MS        60000 /* to fall asleep, or to wake */
#define TIMES_KEPT     15

/* One move: its own copy of the spec, which may be replaced meanwhile. */
struct mover {
	struct kept *m;
	enum move move;
	struct model spec;
	int device;
	struct mcp_cancel *cancel;
	char *dir;
};

static const enum model_state state_during[] = {
	[MOVE_LOAD] = MODEL_LOADING, [MOVE_UNLOAD] = MODEL_UNLOADING, [MOVE_SLEEP] = MODEL_UNLOADING,
	[MOVE_WAKE] = MODEL_LOADING, [MOVE_BURY] = MODEL_FAILED,
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

/* --- what it takes --- */

static uint64_t free_on(struct mover *v)
{
	struct device_memory memory;
	struct keeper *k = v->m->keeper;

	return devices_memory(k->devices, (size_t)v->device, 0, &memory, NULL) == 0 ? memory.free : 0;
}

/* By its processes; where nobody can say, by what the device has less than before. */
static uint64_t weigh(struct mover *v, const struct inference *s, uint64_t free_before)
{
	struct keeper *k = v->m->keeper;
	int64_t bytes = devices_process(k->devices, (size_t)v->device, inference_pid(s));
	uint64_t now;

	if (bytes > 0)
		return (uint64_t)bytes;
	now = free_on(v);
	if (k->device[v->device].is_gpu && free_before > now)
		return free_before - now;
	return v->spec.memory_bytes > 0 ? (uint64_t)v->spec.memory_bytes : 0;
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
	int64_t pause = RETRY_FIRST_MS << (m->failures < 6 ? m->failures : 6);

	m->failures++;
	m->memory.failures++;
	m->retry_ms = clock_mono_ms() + (pause < RETRY_MOST_MS ? pause : RETRY_MOST_MS);
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

static void note_loaded(struct kept *m, struct inference *s, uint64_t held, int64_t took_ms)
{
	uint64_t expected = m->spec.memory_bytes > 0 ? (uint64_t)m->spec.memory_bytes : 0;
	char taken[UTIL_SIZE_BYTES], said[UTIL_SIZE_BYTES];

	m->server = s;
	m->held = held;
	m->failures = 0;
	m->batch = m->keeper->next_number;
	m->last_used_ms = clock_mono_ms();
	m->memory.measured_bytes = (int64_t)held;
	m->memory.loads++;
	m->memory.loaded_at = clock_now_ms();
	note_time(&m->memory, took_ms);
	if (expected && (held > expected + expected / 10 || held + expected / 10 < expected))
		keeper_say(m, MODEL_RESIDENT, "takes %s, its spec says %s", util_size(held, taken),
			   util_size(expected, said));
	else
		keeper_say(m, MODEL_RESIDENT, "%s", "");
}

/* A model that lied about its size: what was measured counts from now on, and it is asked for room again. */
static void refuse_excess(struct kept *m, struct inference *s, uint64_t held, uint64_t too_much)
{
	struct keeper *k = m->keeper;
	char took[UTIL_SIZE_BYTES], more[UTIL_SIZE_BYTES];

	m->memory.measured_bytes = (int64_t)held;
	m->memory.failures++;
	keeper_say(m, MODEL_FAILED, "took %s on %s, which is %s more than there is room for", util_size(held, took),
		   k->device[m->device].name, util_size(too_much, more));
	keeper_tell(m, "model.failed", 0);
	pthread_mutex_unlock(&k->lock);
	inference_free(s);
	pthread_mutex_lock(&k->lock);
	leave_device(m);
}

/* Cancelled is no failure: nobody wants it any more. */
static void not_loaded(struct kept *m, int rc, const struct err *why)
{
	m->held = 0;
	if (rc == -ECANCELED) {
		keeper_say(m, MODEL_UNLOADED, "loading it was cancelled");
		want_fail(m, rc, why);
	} else {
		keeper_failed(m, rc, why);
	}
	keeper_tell(m, rc == -ECANCELED ? NULL : "model.failed", 0);
	leave_device(m);
}

static void load(struct mover *v)
{
	struct kept *m = v->m;
	struct keeper *k = m->keeper;
	uint64_t before = free_on(v), held, too_much;
	int64_t began = clock_mono_ms();
	struct inference *s = NULL;
	struct err e = ERR_INIT;
	int rc = start_server(v, &s, &e);

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
	held = weigh(v, s, before);
	pthread_mutex_lock(&k->lock);
	m->held = held;
	too_much = keeper_excess(k, v->device);
	if (too_much) {
		refuse_excess(m, s, held, too_much);
	} else {
		note_loaded(m, s, held, clock_mono_ms() - began);
		want_grant(k);
		keeper_tell(m, "model.loaded", m->memory.load_ms);
	}
	pthread_mutex_unlock(&k->lock);
}

/* The process is gone; the driver may still be cleaning up behind it. */
static void wait_for_memory(struct mover *v, uint64_t before, uint64_t held)
{
	int64_t until = clock_mono_ms() + BACK_MS;
	char size[UTIL_SIZE_BYTES];

	if (!v->m->keeper->device[v->device].is_gpu)
		return;
	while (free_on(v) < before + held - held / 10) {
		if (clock_mono_ms() >= until) {
			log_warn("models: %s has not given back the %s of '%s'", v->m->keeper->device[v->device].name,
				 util_size(held, size), v->spec.name);
			return;
		}
		usleep(BACK_LOOK_US);
	}
}

static void unload(struct mover *v)
{
	struct kept *m = v->m;
	struct keeper *k = m->keeper;
	uint64_t before = free_on(v), held;
	struct inference *s;
	char why[sizeof(m->why)];

	pthread_mutex_lock(&k->lock);
	s = steal(m->server);
	held = m->held;
	snprintf(why, sizeof(why), "%s", m->why);
	keeper_tell(m, NULL, 0);
	pthread_mutex_unlock(&k->lock);
	inference_stop(s, v->spec.stop_s * 1000);
	inference_free(s);
	wait_for_memory(v, before, held);
	pthread_mutex_lock(&k->lock);
	keeper_say(m, MODEL_UNLOADED, "%s", why);
	keeper_tell(m, k->stopping ? NULL : "model.evicted", 0);
	leave_device(m);
	pthread_mutex_unlock(&k->lock);
}

static int post(struct mover *v, const struct inference *s, const char *path, struct err *e)
{
	auto_buf answer = BUF_INIT;
	struct call_request r = { .place = inference_place(s),
				  .method = "POST",
				  .path = path,
				  .body = "",
				  .first_ms = POST_MS,
				  .idle_ms = POST_MS };
	int status = call_text(v->m->keeper->pool, &r, 1 << 16, &answer, e);

	if (status < 0 || (status >= 200 && status < 300))
		return status < 0 ? status : 0;
	return err_set(e, -EPROTO, "%s answered %d", path, status);
}

/* What cannot sleep is unloaded: its room is wanted. */
static void fall_asleep(struct mover *v)
{
	struct kept *m = v->m;
	struct keeper *k = m->keeper;
	uint64_t before = free_on(v), held;
	struct err e = ERR_INIT;

	if (post(v, m->server, v->spec.sleep, &e) < 0) {
		log_warn("models: '%s' does not fall asleep: %s", v->spec.name, e.text);
		unload(v);
		return;
	}
	held = weigh(v, m->server, before);
	pthread_mutex_lock(&k->lock);
	m->held = held < m->held ? held : m->held;
	keeper_say(m, MODEL_ASLEEP, "%s", m->why);
	keeper_tell(m, "model.evicted", 0);
	pthread_mutex_unlock(&k->lock);
}

static void wake(struct mover *v)
{
	struct kept *m = v->m;
	struct keeper *k = m->keeper;
	int64_t began = clock_mono_ms();
	uint64_t before = free_on(v), held;
	struct err e = ERR_INIT;
	int rc = post(v, m->server, v->spec.wake, &e);

	if (rc == 0)
		rc = inference_wait(m->server, v->spec.start_s * 1000, v->cancel, &e);
	held = rc == 0 ? weigh(v, m->server, before) : 0;
	pthread_mutex_lock(&k->lock);
	if (rc == 0) {
		note_loaded(m, m->server, held, clock_mono_ms() - began);
		want_grant(k);
		keeper_tell(m, "model.loaded", m->memory.load_ms);
	} else {
		struct inference *s = steal(m->server);

		keeper_failed(m, rc, &e);
		keeper_tell(m, "model.failed", 0);
		pthread_mutex_unlock(&k->lock);
		inference_free(s);
		pthread_mutex_lock(&k->lock);
		leave_device(m);
	}
	pthread_mutex_unlock(&k->lock);
}

/* Those who were talking to it notice by themselves; until they have, its place must not go. */
static void bury(struct mover *v)
{
	struct kept *m = v->m;
	struct keeper *k = m->keeper;
	struct inference *s;

	pthread_mutex_lock(&k->lock);
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

static void (*const moves[])(struct mover *) = {
	[MOVE_LOAD] = load, [MOVE_UNLOAD] = unload, [MOVE_SLEEP] = fall_asleep, [MOVE_WAKE] = wake, [MOVE_BURY] = bury,
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
	k->n_moving--;
	k->measured_at = 0;
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

	*v = (struct mover){ .m = m, .move = move, .device = m->device, .cancel = mcp_cancel_new() };
	v->dir = xasprintf("%s/%jd", k->dir, (intmax_t)m->spec.row_id);
	if (row_copy(&model_table, &v->spec, &m->spec) < 0 || start_thread(v) < 0) {
		free_mover(v);
		err_set(&e, -EAGAIN, "no thread to be had for the model '%s'", m->spec.name);
		keeper_failed(m, -EAGAIN, &e);
		return;
	}
	k->n_moving++;
	m->move = move;
	m->cancel = v->cancel;
	snprintf(m->wanted, sizeof(m->wanted), "%s", wanted);
	snprintf(m->why, sizeof(m->why), "%s", why);
	if (move == MOVE_LOAD)
		m->held = keeper_bytes(m);
	if (move == MOVE_LOAD || move == MOVE_WAKE)
		keeper_say(m, state_during[move], "wanted by %s", why);
	else if (move != MOVE_BURY)
		keeper_say(m, state_during[move], "%s", why);
}
