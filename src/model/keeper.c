#include "model/keeper_parts.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/cond.h"
#include "base/log.h"
#include "model/ram.h"
#include "platform/model.h"
#include "platform/party.h"
#include "platform/settings.h"

#define CHECK_MS 5000 /* what servers hold is looked at so often, and figures are kept */
#define AGAIN_MS 1000 /* after memory was not there: it may have come back without a word */

void keeper_kick(struct keeper *k)
{
	(void)!write(k->wake_fd, &(uint64_t){ 1 }, sizeof(uint64_t));
}

struct kept *keeper_find(struct keeper *k, const char *name)
{
	struct kept *m = k->models;

	while (m && (m->gone || !streq(m->spec.name, name)))
		m = m->next;
	return m;
}

struct kept *keeper_find_row(struct keeper *k, int64_t row_id)
{
	struct kept *m = k->models;

	while (m && (m->gone || m->spec.row_id != row_id))
		m = m->next;
	return m;
}

void keeper_say(struct kept *m, enum model_state state, const char *fmt, ...)
{
	va_list ap;

	m->state = state;
	m->refused = false;
	va_start(ap, fmt);
	vsnprintf(m->reason, sizeof(m->reason), fmt, ap);
	va_end(ap);
	pthread_cond_broadcast(&m->keeper->changed);
}

uint64_t keeper_bytes(const struct kept *m)
{
	if (m->memory.measured_bytes > 0)
		return (uint64_t)m->memory.measured_bytes;
	return m->spec.memory_bytes > 0 ? (uint64_t)m->spec.memory_bytes : 0;
}

bool keeper_may_sleep(const struct kept *m)
{
	return m->spec.sleep && m->spec.wake;
}

/* What our models hold of a device. */
static uint64_t held_of(const struct keeper *k, int device)
{
	uint64_t held = 0;

	for (const struct kept *m = k->models; m; m = m->next)
		held += m->device == device ? m->held : 0;
	return held;
}

static bool moves_on(const struct keeper *k, int device)
{
	for (const struct kept *m = k->models; m; m = m->next)
		if (m->device == device && m->move)
			return true;
	return false;
}

/* What others hold cannot be told while one of ours grows or shrinks: then what was seen before counts. */
static void note_measure(struct keeper *k, size_t i, int rc, uint64_t turn, const struct device_memory *memory)
{
	struct measured *x = &k->measured[i];
	uint64_t ours = held_of(k, (int)i);

	x->lost = rc < 0;
	if (rc < 0)
		return;
	x->memory = *memory;
	if (!k->device[i].is_gpu)
		x->foreign = 0;
	else if (turn == k->turn && !moves_on(k, (int)i))
		x->foreign = memory->total - memory->free > ours ? memory->total - memory->free - ours : 0;
}

void keeper_measure(struct keeper *k)
{
	for (size_t i = 0; i < k->n_devices; i++) {
		uint64_t ours = held_of(k, (int)i), turn = k->turn;
		struct device_memory memory = { 0 };
		struct err e = ERR_INIT;
		int rc;

		pthread_mutex_unlock(&k->lock);
		rc = devices_memory(k->devices, i, ours, &memory, &e);
		if (rc < 0)
			log_warn("models: %s: %s", k->device[i].name, e.text);
		pthread_mutex_lock(&k->lock);
		note_measure(k, i, rc, turn, &memory);
	}
	k->measured_at = clock_mono_ms();
}

/* The servers whose end must be noticed: while one is loaded, its mover looks after it. */
static size_t gather(struct keeper *k, struct pollfd **fds)
{
	size_t n = 1;

	for (struct kept *m = k->models; m; m = m->next)
		n++;
	*fds = xcalloc(n, sizeof(**fds));
	(*fds)[0] = (struct pollfd){ .fd = k->wake_fd, .events = POLLIN };
	n = 1;
	for (struct kept *m = k->models; m; m = m->next)
		if (m->server && !m->move && m->state != MODEL_FAILED)
			(*fds)[n++] = (struct pollfd){ .fd = inference_fd(m->server), .events = POLLIN };
	return n;
}

/* Leaves the lock. Without servers and waiters nothing wakes this thread but a kick. */
static void sleep_until(struct keeper *k, int64_t until_ms)
{
	auto_free struct pollfd *fds = NULL;
	size_t n = gather(k, &fds);
	int64_t left = until_ms == INT64_MAX ? -1 : until_ms - clock_mono_ms();
	uint64_t kicks;

	pthread_mutex_unlock(&k->lock);
	poll(fds, n, left < 0 && until_ms != INT64_MAX ? 0 : left > INT32_MAX ? INT32_MAX : (int)left);
	if (fds[0].revents)
		(void)!read(k->wake_fd, &kicks, sizeof(kicks));
	pthread_mutex_lock(&k->lock);
}

static bool any_server(const struct keeper *k)
{
	for (const struct kept *m = k->models; m; m = m->next)
		if (m->server || m->dirty)
			return true;
	return false;
}

/* A driver may take seconds to wake: nobody who mounts waits for it. */
static void open_devices(struct keeper *k)
{
	int64_t ram = settings_int(k->p, SETTING_RAM0_MEMORY);
	struct devices *devices = NULL;
	struct err e = ERR_INIT;

	if (devices_open(ram > 0 ? (uint64_t)ram : 0, &devices, &e) < 0) {
		log_warn("models: there are no devices: %s", e.text);
		return;
	}
	pthread_mutex_lock(&k->lock);
	k->devices = devices;
	k->n_devices = devices_all(devices, &k->device);
	if (k->n_devices > PLAN_DEVICES_MOST)
		k->n_devices = PLAN_DEVICES_MOST;
	k->measured = xcalloc(k->n_devices, sizeof(*k->measured));
	pthread_mutex_unlock(&k->lock);
}

/* Leaves the lock. The change is heard before who wrote it has taken it over, so it is read from the store. */
static void set_budget(struct keeper *k)
{
	int i = k->devices ? devices_find(k->devices, "ram0") : -1;
	struct err e = ERR_INIT;
	int64_t bytes;

	k->new_budget = false;
	pthread_mutex_unlock(&k->lock);
	if (settings_reload(k->p, &e) < 0)
		log_warn("models: the settings cannot be read: %s", e.text);
	pthread_mutex_lock(&k->lock);
	bytes = settings_int(k->p, SETTING_RAM0_MEMORY);
	if (i >= 0 && devices_set_total(k->devices, (size_t)i, bytes > 0 ? (uint64_t)bytes : ram_total() / 2, &e) < 0)
		log_warn("models: the setting ram0_memory has no effect: %s", e.text);
	k->measured_at = 0;
	keeper_retry_pinned(k);
}

static void *decide(void *arg)
{
	struct keeper *k = arg;
	int64_t check_at = 0, until;

	open_devices(k);
	pthread_mutex_lock(&k->lock);
	while (!k->stopping) {
		if (k->stale)
			keeper_reload(k);
		if (k->new_budget) {
			set_budget(k);
			check_at = 0;
		}
		keeper_check(k);
		if (clock_mono_ms() >= check_at) {
			if (any_server(k)) {
				keeper_measure(k);
				keeper_weigh(k);
			}
			keeper_touch(k);
			check_at = clock_mono_ms() + CHECK_MS;
		}
		keeper_want_pinned(k);
		if (k->wants)
			keeper_measure(k);
		until = keeper_decide(k);
		keeper_free_gone(k);
		keeper_warm(k);
		if (k->wants && until > clock_mono_ms() + AGAIN_MS)
			until = clock_mono_ms() + AGAIN_MS;
		if (any_server(k) && until > check_at)
			until = check_at;
		if (!k->stopping && !k->stale && !k->new_budget)
			sleep_until(k, until);
	}
	pthread_mutex_unlock(&k->lock);
	return NULL;
}

void keeper_changes(struct keeper *k, const struct change *c, size_t n)
{
	bool stale = false, setting = false;

	for (size_t i = 0; i < n; i++) {
		stale = stale || (c[i].kind == CHANGE_PARTY && c[i].parent == PARTY_MODEL);
		setting = setting || c[i].kind == CHANGE_SETTING;
	}
	if (!stale && !setting)
		return;
	pthread_mutex_lock(&k->lock);
	k->stale = k->stale || stale;
	k->new_budget = k->new_budget || setting;
	pthread_mutex_unlock(&k->lock);
	keeper_kick(k);
}

static void release(struct keeper *k)
{
	for (struct kept *m = k->models; m; m = m->next)
		m->gone = true;
	keeper_free_gone(k);
	warmer_stop(k->warmer);
	devices_close(k->devices);
	if (k->wake_fd >= 0)
		close(k->wake_fd);
	pthread_cond_destroy(&k->changed);
	pthread_mutex_destroy(&k->lock);
	free(k->measured);
	free(k->warmed);
	free(k->dir);
	free(k);
}

int keeper_start(struct platform *p, struct spawner *spawner, struct call_pool *pool, const char *dir,
		 struct keeper **out, struct err *e)
{
	struct keeper *k = xcalloc(1, sizeof(*k));
	int rc;

	*k = (struct keeper){ .p = p, .spawner = spawner, .pool = pool, .dir = xstrdup(dir), .stale = true };
	k->last_want = &k->wants;
	pthread_mutex_init(&k->lock, NULL);
	cond_init(&k->changed);
	k->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	rc = k->wake_fd < 0 ? err_errno(e, "models: no event descriptor") : 0;
	if (rc == 0 && mkdir(dir, 0711) < 0 && errno != EEXIST)
		rc = err_errno(e, "'%s' cannot be made", dir);
	if (rc == 0 && pthread_create(&k->thread, NULL, decide, k) != 0)
		rc = err_set(e, -EAGAIN, "models: no thread to be had");
	if (rc < 0) {
		release(k);
		return rc;
	}
	*out = k;
	return 0;
}

/* Moves that run are cut short; what is resident is let go, all at the same time. */
static void stop_all(struct keeper *k)
{
	struct err why = ERR_INIT;

	err_set(&why, -ECANCELED, "the mount is ending");
	for (struct kept *m = k->models; m; m = m->next) {
		want_fail(m, -ECANCELED, &why);
		if (m->cancel)
			mcp_cancel_raise(m->cancel);
	}
	while (k->n_moving)
		pthread_cond_wait(&k->changed, &k->lock);
	for (struct kept *m = k->models; m; m = m->next)
		if (m->server)
			keeper_move(m, MOVE_UNLOAD, "", "the mount ends");
	while (k->n_moving)
		pthread_cond_wait(&k->changed, &k->lock);
}

void keeper_stop(struct keeper *k)
{
	if (!k)
		return;
	pthread_mutex_lock(&k->lock);
	k->stopping = true;
	pthread_cond_broadcast(&k->changed);
	pthread_mutex_unlock(&k->lock);
	keeper_kick(k);
	pthread_join(k->thread, NULL);
	pthread_mutex_lock(&k->lock);
	stop_all(k);
	keeper_touch(k);
	pthread_mutex_unlock(&k->lock);
	release(k);
}
