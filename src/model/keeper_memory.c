/* How much memory models hold, and what is done when it is more than there is. */
#include "model/keeper_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"

#define BACK_MS       10000 /* until a device gives back what a server that is gone held */
#define BACK_MIXED_MS 2000  /* the same, while others move on it and nothing can be told */
#define BACK_LOOK_US  50000

static bool is_leaving(const struct kept *m)
{
	return m->outdated || m->move == MOVE_UNLOAD || m->move == MOVE_SLEEP || m->move == MOVE_BURY;
}

uint64_t keeper_excess(const struct keeper *k, int device)
{
	const struct measured *x = &k->measured[device];
	uint64_t all = x->foreign;

	for (const struct kept *m = k->models; m; m = m->next)
		all += m->device == device && !is_leaving(m) ? m->held : 0;
	return x->memory.total && all > x->memory.total ? all - x->memory.total : 0;
}

uint64_t keeper_free(struct keeper *k, int device)
{
	struct device_memory memory;

	return devices_memory(k->devices, (size_t)device, 0, &memory, NULL) == 0 ? memory.free : 0;
}

/* Nobody else has begun or ended to move since v began. */
static bool is_alone(const struct mover *v)
{
	struct keeper *k = v->m->keeper;
	bool alone;

	pthread_mutex_lock(&k->lock);
	alone = k->turn == v->turn;
	pthread_mutex_unlock(&k->lock);
	return alone;
}

static uint64_t expected(const struct mover *v)
{
	struct keeper *k = v->m->keeper;
	uint64_t bytes;

	pthread_mutex_lock(&k->lock);
	bytes = keeper_bytes(v->m);
	pthread_mutex_unlock(&k->lock);
	return bytes;
}

uint64_t keeper_taken(const struct mover *v, const struct inference *s, uint64_t free_before, bool *sure)
{
	struct keeper *k = v->m->keeper;
	int64_t bytes = devices_process(k->devices, (size_t)v->device, inference_pid(s));
	uint64_t now;

	*sure = true;
	if (bytes > 0)
		return (uint64_t)bytes;
	now = keeper_free(k, v->device);
	if (k->device[v->device].is_gpu && free_before > now && is_alone(v))
		return free_before - now;
	*sure = false;
	return expected(v);
}

uint64_t keeper_left(const struct mover *v, const struct inference *s, uint64_t free_before, uint64_t held)
{
	struct keeper *k = v->m->keeper;
	int64_t bytes = devices_process(k->devices, (size_t)v->device, inference_pid(s));
	uint64_t now, back;

	if (bytes > 0)
		return (uint64_t)bytes < held ? (uint64_t)bytes : held;
	now = keeper_free(k, v->device);
	back = now > free_before ? now - free_before : 0;
	return back < held ? held - back : 0;
}

void keeper_await_memory(const struct mover *v, uint64_t free_before, uint64_t held)
{
	struct keeper *k = v->m->keeper;
	int64_t began = clock_mono_ms();
	char size[UTIL_SIZE_BYTES];

	if (!k->device[v->device].is_gpu)
		return;
	while (keeper_free(k, v->device) < free_before + held - held / 10) {
		bool alone = is_alone(v);

		if (clock_mono_ms() - began >= (alone ? BACK_MS : BACK_MIXED_MS)) {
			if (alone)
				log_warn("models: %s has not given back the %s of '%s'", k->device[v->device].name,
					 util_size(held, size), v->spec.name);
			return;
		}
		usleep(BACK_LOOK_US);
	}
}

/* It takes no new requests, and goes as soon as it is idle. */
static void send_away(struct kept *m, const char *why)
{
	if (!m->in_use) {
		keeper_move(m, MOVE_UNLOAD, "", why);
		return;
	}
	m->outdated = true;
	snprintf(m->ends, sizeof(m->ends), "%s", why);
	keeper_say(m, m->state, "%s", why);
}

static bool grew(struct keeper *k, struct kept *m)
{
	uint64_t before = m->held;
	int device = m->device;
	pid_t pid = inference_pid(m->server);
	int64_t bytes;

	pthread_mutex_unlock(&k->lock);
	bytes = devices_process(k->devices, (size_t)device, pid);
	pthread_mutex_lock(&k->lock);
	if (bytes <= 0 || m->state != MODEL_RESIDENT || m->move || m->held != before)
		return false;
	m->held = (uint64_t)bytes;
	if (m->memory.measured_bytes < bytes && !m->outdated) {
		m->memory.measured_bytes = bytes;
		m->dirty = true;
	}
	return m->held > before + before / 100;
}

/* The one that is cheapest to have again for how long nobody asked for it, those first that answer nobody now. */
static struct kept *least_missed(struct keeper *k, int device)
{
	struct kept *least = NULL;
	double least_loss = 0;
	int64_t now = clock_mono_ms();

	for (struct kept *m = k->models; m; m = m->next) {
		int64_t age = m->in_use ? 1 : now - m->last_used_ms + 1;
		double loss = (double)(m->memory.load_ms + 1) / (double)age;

		if (m->device != device || m->state != MODEL_RESIDENT || m->move || m->outdated || m->spec.pinned ||
		    m->gone || (least && least_loss <= loss))
			continue;
		least = m;
		least_loss = loss;
	}
	return least;
}

/* Also a budget that was made smaller, or others that took memory of a GPU. */
static void relieve(struct keeper *k, int device)
{
	struct kept *m;

	while (keeper_excess(k, device) && (m = least_missed(k, device))) {
		char why[200], size[UTIL_SIZE_BYTES];

		snprintf(why, sizeof(why), "%s has %s less than models hold", k->device[device].name,
			 util_size(keeper_excess(k, device), size));
		send_away(m, why);
		if (!m->move && !m->outdated) /* no thread is to be had */
			break;
	}
}

void keeper_weigh(struct keeper *k)
{
	for (struct kept *m = k->models; m; m = m->next) {
		char why[200], size[UTIL_SIZE_BYTES], more[UTIL_SIZE_BYTES];
		uint64_t excess;

		if (m->state != MODEL_RESIDENT || m->move || !m->server || !grew(k, m))
			continue;
		excess = keeper_excess(k, m->device);
		if (!excess)
			continue;
		snprintf(why, sizeof(why), "it grew to %s, which is %s more than %s has", util_size(m->held, size),
			 util_size(excess, more), k->device[m->device].name);
		send_away(m, why);
	}
	for (size_t i = 0; i < k->n_devices; i++)
		if (!k->measured[i].lost)
			relieve(k, (int)i);
}
