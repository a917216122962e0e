/* Looking after the models that are there, and writing down what happened to them. */
#include "model/keeper_parts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "platform/model.h"

void keeper_tell(struct kept *m, const char *event, int64_t load_ms)
{
	struct keeper *k = m->keeper;
	struct model_memory memory;
	auto_free char *reason = xstrdup(m->reason), *wanted = xstrdup(m->wanted);
	struct model_news news = { .model_row = m->spec.row_id,
				   .state = model_state_words[m->state],
				   .device = m->device == NO_DEVICE ? NULL : k->device[m->device].name,
				   .reason = *reason ? reason : NULL,
				   .bytes = (int64_t)m->held,
				   .event = event,
				   .load_ms = load_ms,
				   .wanted = *wanted ? wanted : NULL };
	struct err e = ERR_INIT;
	int rc;

	if (row_copy(&model_memory_table, &memory, &m->memory) < 0)
		return;
	m->dirty = false;
	pthread_mutex_unlock(&k->lock);
	rc = model_tell(k->p, &news, &memory, &e);
	if (rc < 0 && rc != -ENOENT)
		log_warn("models: what happened to '%s' cannot be kept: %s", m->spec.name, e.text);
	pthread_mutex_lock(&k->lock);
	row_release(&model_memory_table, &memory);
}

void keeper_touch(struct keeper *k)
{
	for (struct kept *m = k->models; m; m = m->next) {
		struct model_memory memory;
		struct err e = ERR_INIT;

		if (!m->dirty || m->gone || row_copy(&model_memory_table, &memory, &m->memory) < 0)
			continue;
		m->dirty = false;
		pthread_mutex_unlock(&k->lock);
		if (model_touch(k->p, m->spec.row_id, &memory, &e) < 0)
			log_warn("models: figures of '%s' cannot be kept: %s", m->spec.name, e.text);
		pthread_mutex_lock(&k->lock);
		row_release(&model_memory_table, &memory);
	}
}

uint64_t keeper_excess(const struct keeper *k, int device)
{
	const struct measured *x = &k->measured[device];
	uint64_t all = x->foreign;

	for (const struct kept *m = k->models; m; m = m->next)
		all += m->device == device ? m->held : 0;
	return all > x->memory.total ? all - x->memory.total : 0;
}

void keeper_check(struct keeper *k)
{
	for (struct kept *m = k->models; m; m = m->next) {
		struct err why = ERR_INIT;

		if (!m->server || m->move || inference_alive(m->server, &why))
			continue;
		keeper_failed(m, -ECONNRESET, &why);
		keeper_move(m, MOVE_BURY, "", why.text);
	}
}

static void send_away(struct kept *m, uint64_t too_much)
{
	char why[200], size[UTIL_SIZE_BYTES], more[UTIL_SIZE_BYTES];

	snprintf(why, sizeof(why), "it grew to %s, which is %s more than %s has", util_size(m->held, size),
		 util_size(too_much, more), m->keeper->device[m->device].name);
	if (!m->in_use) {
		keeper_move(m, MOVE_UNLOAD, "", why);
		return;
	}
	m->outdated = true;
	snprintf(m->ends, sizeof(m->ends), "%s", why);
	keeper_say(m, m->state, "%s", why);
}

void keeper_weigh(struct keeper *k)
{
	for (struct kept *m = k->models; m; m = m->next) {
		uint64_t before = m->held;
		int device = m->device;
		int64_t bytes;
		pid_t pid;

		if (m->state != MODEL_RESIDENT || m->move || !m->server)
			continue;
		pid = inference_pid(m->server);
		pthread_mutex_unlock(&k->lock);
		bytes = devices_process(k->devices, (size_t)device, pid);
		pthread_mutex_lock(&k->lock);
		if (bytes <= 0 || m->state != MODEL_RESIDENT || m->move || m->held != before)
			continue;
		m->held = (uint64_t)bytes;
		if (m->memory.measured_bytes < bytes) {
			m->memory.measured_bytes = bytes;
			m->dirty = true;
		}
		if (m->held > before + before / 100 && keeper_excess(k, device))
			send_away(m, keeper_excess(k, device));
	}
}
