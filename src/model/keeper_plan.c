/* Who is loaded, and who goes: the keeper's state as plan.h wants it, and what is begun on its word. */
#include "model/keeper_parts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "platform/model.h"

#define NEVER_MS 60000 /* what is pinned and has no room is tried again after so long */

/*
 * Requests for a model that came before that one count as if they were answered already: they go first. So do those
 * that waited when it was loaded: or two models that are wanted in turn would be loaded for each request anew.
 */
static unsigned uses_before(const struct keeper *k, const struct kept *m, uint64_t number)
{
	unsigned n = m->in_use;

	for (const struct want *w = k->wants; w && (w->number < number || w->number <= m->batch); w = w->next)
		n += w->model == m && w->enters;
	return n;
}

static bool holds_memory(const struct kept *m)
{
	return m->device != NO_DEVICE && (m->held || m->move);
}

static size_t fill_models(struct keeper *k, const struct kept *wanted, uint64_t number, struct plan_model *out,
			  struct kept **who)
{
	size_t n = 0;

	for (struct kept *m = k->models; m; m = m->next) {
		if (m == wanted || !holds_memory(m))
			continue;
		who[n] = m;
		out[n++] = (struct plan_model){
			.name = m->spec.name,
			.device = (unsigned)m->device,
			.bytes = m->held,
			.in_use = uses_before(k, m, number),
			.pinned = m->spec.pinned && !m->outdated && !m->gone,
			.moving = m->move != MOVE_NONE,
			.leaving = m->move == MOVE_UNLOAD || m->move == MOVE_SLEEP || m->move == MOVE_BURY,
			.last_used_ms = m->last_used_ms,
			.cost_ms = m->memory.load_ms,
		};
	}
	return n;
}

static void fill_devices(const struct keeper *k, const uint64_t *reserved, struct plan_device *out)
{
	for (size_t i = 0; i < k->n_devices; i++)
		out[i] = (struct plan_device){ .name = k->device[i].name,
					       .total = k->measured[i].memory.total,
					       .foreign = k->measured[i].foreign,
					       .reserved = reserved ? reserved[i] : 0 };
}

static uint32_t allowed_devices(const struct keeper *k, const struct kept *m)
{
	uint32_t bits = 0;

	for (size_t i = 0; i < k->n_devices; i++)
		if (!k->measured[i].lost && keeper_may_use(&m->spec, k->device[i].name))
			bits |= (uint32_t)1 << i;
	return bits;
}

static bool may_go_elsewhere(const struct keeper *k, const struct kept *m)
{
	return allowed_devices(k, m) & ~((uint32_t)1 << m->device);
}

static size_t count_models(const struct keeper *k)
{
	size_t n = 0;

	for (const struct kept *m = k->models; m; m = m->next)
		n++;
	return n;
}

/* who[i] is the model that index i of the plan means. */
static void plan_for(struct keeper *k, const struct kept *m, uint64_t number, const uint64_t *reserved,
		     struct kept **who, struct plan *out, struct err *why)
{
	struct plan_device devices[PLAN_DEVICES_MOST];
	auto_free struct plan_model *models = xcalloc(count_models(k), sizeof(*models));
	struct plan_wanted wanted = { .name = m->spec.name, .bytes = keeper_bytes(m) };
	size_t n = fill_models(k, m, number, models, who);

	fill_devices(k, reserved, devices);
	wanted.devices = allowed_devices(k, m);
	if (m->state == MODEL_ASLEEP) { /* it wakes where it is, and what it holds stays */
		wanted.devices &= (uint32_t)1 << m->device;
		wanted.bytes = wanted.bytes > m->held ? wanted.bytes - m->held : 0;
		devices[m->device].foreign += m->held;
	}
	plan_make(models, n, devices, k->n_devices, &wanted, clock_mono_ms(), out, why);
}

void keeper_plan(struct keeper *k, const struct kept *m, struct plan *out, struct err *why)
{
	auto_free struct kept **who = xcalloc(count_models(k), sizeof(struct kept *));

	plan_for(k, m, UINT64_MAX, NULL, who, out, why);
}

static void evict(struct kept *m, const struct want *for_whom)
{
	char why[200], size[UTIL_SIZE_BYTES];

	snprintf(why, sizeof(why), "room for '%s' (%s), wanted by %s", for_whom->model->spec.name,
		 util_size(keeper_bytes(for_whom->model), size), for_whom->for_whom);
	keeper_move(m, keeper_may_sleep(m) && m->state == MODEL_RESIDENT ? MOVE_SLEEP : MOVE_UNLOAD,
		    for_whom->model->spec.name, why);
}

/* Where nothing more can be done for it now its room is kept from those behind it. */
static void serve(struct keeper *k, struct want *w, uint64_t *reserved)
{
	auto_free struct kept **who = xcalloc(count_models(k), sizeof(struct kept *));
	struct kept *m = w->model;
	struct err why = ERR_INIT;
	struct plan plan;
	bool waits = false;

	plan_for(k, m, w->number, reserved, who, &plan, &why);
	switch (plan.result) {
	case PLAN_LOAD:
		m->device = (int)plan.device;
		keeper_move(m, m->state == MODEL_ASLEEP ? MOVE_WAKE : MOVE_LOAD, "", w->for_whom);
		break;
	case PLAN_EVICT:
		for (size_t i = 0; i < plan.n_evict; i++)
			evict(who[plan.evict[i]], w);
		waits = true;
		break;
	case PLAN_WAIT:
		for (size_t i = 0; i < plan.n_evict; i++)
			if (!who[plan.evict[i]]->drained_by)
				who[plan.evict[i]]->drained_by = w->number;
		keeper_say(m, m->state, "waits for room: %s", why.text);
		waits = true;
		break;
	case PLAN_NEVER:
		if (m->state == MODEL_ASLEEP && may_go_elsewhere(k, m)) {
			keeper_move(m, MOVE_UNLOAD, "", "it cannot wake where it is");
			break; /* planned for anew once it is gone */
		}
		if (m->state != MODEL_FAILED) /* what made it fail says more */
			keeper_say(m, m->state, "%s", why.text);
		m->pin_retry_ms = clock_mono_ms() + NEVER_MS;
		want_fail(m, plan.rc, &why);
		break;
	}
	if (waits)
		reserved[plan.device] += keeper_bytes(m);
	plan_release(&plan);
}

/* Those whom nobody needs any more as they are: removed, with another spec, or unused for keep_alive_s. */
static int64_t let_idle_go(struct keeper *k)
{
	int64_t now = clock_mono_ms(), next = INT64_MAX;

	for (struct kept *m = k->models; m; m = m->next) {
		int64_t at = m->spec.keep_alive_s == INT_NULL || m->spec.pinned
				     ? INT64_MAX
				     : m->last_used_ms + m->spec.keep_alive_s * 1000;

		if (!m->server || m->move || m->in_use)
			continue;
		if (m->gone)
			keeper_move(m, MOVE_UNLOAD, "", "it was removed");
		else if (m->outdated)
			keeper_move(m, MOVE_UNLOAD, "", m->ends);
		else if (m->state == MODEL_RESIDENT && at <= now)
			keeper_move(m, MOVE_UNLOAD, "", "nobody asked for it within its keep_alive_s");
		else if (m->state == MODEL_RESIDENT && at < next)
			next = at;
	}
	return next;
}

void keeper_retry_pinned(struct keeper *k)
{
	for (struct kept *m = k->models; m; m = m->next)
		m->pin_retry_ms = 0;
}

void keeper_want_pinned(struct keeper *k)
{
	for (struct kept *m = k->models; m; m = m->next)
		if (m->spec.pinned && !m->gone && !m->move && (!m->server || m->state == MODEL_ASLEEP) &&
		    m->spec.runner == RUNNER_SERVER && m->pin_retry_ms <= clock_mono_ms() && !want_first(m) &&
		    model_ready(&m->spec, NULL) == 0)
			want_add(m, "its pin", false)->detached = true;
}

static bool needs_plan(const struct want *w)
{
	const struct kept *m = w->model;

	return !m->planned && !m->move &&
	       (m->state == MODEL_UNLOADED || m->state == MODEL_FAILED || m->state == MODEL_ASLEEP) &&
	       (!m->server || m->state == MODEL_ASLEEP) && want_first(m) == w;
}

int64_t keeper_decide(struct keeper *k)
{
	uint64_t reserved[PLAN_DEVICES_MOST] = { 0 };
	int64_t now = clock_mono_ms(), next = let_idle_go(k);
	struct want *following;

	for (struct kept *m = k->models; m; m = m->next) {
		m->drained_by = 0;
		m->planned = false;
	}
	for (struct want *w = k->wants; w; w = following) {
		following = w->next;
		if (!needs_plan(w))
			continue;
		w->model->planned = true;
		if (w->model->retry_ms > now)
			next = w->model->retry_ms < next ? w->model->retry_ms : next;
		else
			serve(k, w, reserved);
		following = k->wants; /* the list may be another now; nobody is planned for twice */
	}
	want_grant(k);
	for (struct kept *m = k->models; m; m = m->next)
		if (m->pin_retry_ms > now && m->pin_retry_ms < next && m->spec.pinned && !m->gone)
			next = m->pin_retry_ms;
	return next;
}
