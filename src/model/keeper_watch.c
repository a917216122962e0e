/* Looking after the models that are there, and writing down what happened to them. */
#include "model/keeper_parts.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "platform/model.h"

void keeper_tell(struct kept *m, const char *event, int64_t load_ms)
{
	struct keeper *k = m->keeper;
	struct model_memory memory;
	auto_free char *reason = xstrdup(m->reason), *wanted = xstrdup(m->wanted), *name = xstrdup(m->spec.name);
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
		log_warn("models: what happened to '%s' cannot be kept: %s", name, e.text);
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

static bool has_news(const struct inference *s)
{
	struct pollfd fd = { .fd = inference_fd(s), .events = POLLIN };

	return poll(&fd, 1, 0) > 0;
}

/* How it ended takes a while to say: that is for a thread of its own. */
void keeper_check(struct keeper *k)
{
	for (struct kept *m = k->models; m; m = m->next) {
		bool doubted = m->doubted;

		if (!m->server || m->move)
			continue;
		m->doubted = false;
		if (doubted && m->state == MODEL_RESIDENT)
			keeper_move(m, MOVE_DOUBT, "", "");
		if (m->move || !has_news(m->server))
			continue;
		keeper_move(m, MOVE_BURY, "", "its server ended");
		keeper_say(m, MODEL_FAILED, "its server ended");
	}
}
