/* What people see of models and devices. */
#include "model/keeper_parts.h"

#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"
#include "platform/model.h"
#include "platform/settings.h"

#define FRESH_MS  1000
#define HOT_MS    60000
#define LOG_BYTES (64 << 10)

static json_t *time_or_null(int64_t ms)
{
	char text[CLOCK_TEXT_BYTES];

	return ms ? json_string(clock_format(ms, text)) : json_null();
}

static json_t *seconds_or_null(int64_t ms)
{
	return ms > 0 ? json_real((double)ms / 1000) : json_null();
}

static json_t *bytes_or_null(int64_t bytes)
{
	return bytes > 0 ? json_integer(bytes) : json_null();
}

static const char *temperature(const struct kept *m)
{
	if (m->state != MODEL_RESIDENT)
		return "cold";
	return m->in_use || clock_now_ms() - m->memory.last_used_at < HOT_MS ? "hot" : "warm";
}

static unsigned count_waiting(const struct kept *m)
{
	unsigned n = 0;

	for (const struct want *w = m->keeper->wants; w; w = w->next)
		n += w->model == m && w->enters;
	return n;
}

static json_t *show(const struct kept *m)
{
	const struct model_memory *x = &m->memory;
	const struct keeper *k = m->keeper;

	return json_pack(
		"{s:s, s:o, s:o, s:{s:o, s:o, s:I}, s:b, s:i, s:i, s:o, s:I, s:I, s:I, s:I, s:{s:o, s:o}, s:s}",
		"state", model_state_words[m->state], "reason", *m->reason ? json_string(m->reason) : json_null(),
		"device", m->device == NO_DEVICE ? json_null() : json_string(k->device[m->device].name), "memory",
		"estimated", bytes_or_null(m->spec.memory_bytes), "measured", bytes_or_null(x->measured_bytes), "held",
		(json_int_t)m->held, "pinned", (int)m->spec.pinned, "in_use", (int)m->in_use, "waiting",
		(int)count_waiting(m), "last_used", time_or_null(x->last_used_at), "loads", (json_int_t)x->loads,
		"failures", (json_int_t)x->failures, "requests", (json_int_t)x->requests, "tokens",
		(json_int_t)x->tokens, "load_seconds", "last", seconds_or_null(x->load_ms), "median",
		seconds_or_null(model_median_ms(x->load_times)), "temperature", temperature(m));
}

json_t *keeper_model(struct keeper *k, int64_t row_id)
{
	struct kept *m;
	json_t *doc;

	pthread_mutex_lock(&k->lock);
	m = keeper_find_row(k, row_id);
	doc = m ? show(m) : NULL;
	pthread_mutex_unlock(&k->lock);
	return doc;
}

int keeper_log(struct keeper *k, int64_t row_id, struct buf *out)
{
	auto_free char *dir = xasprintf("%s/%jd", k->dir, (intmax_t)row_id);

	inference_log(dir, LOG_BYTES, out);
	return 0;
}

static json_t *residents(const struct keeper *k, int device)
{
	json_t *names = json_array();

	for (const struct kept *m = k->models; m; m = m->next)
		if (m->device == device && m->server && !m->gone)
			json_array_append_new(names, json_string(m->spec.name));
	return names;
}

json_t *keeper_devices(struct keeper *k)
{
	json_t *list = json_array();

	pthread_mutex_lock(&k->lock);
	keeper_wait_fresh(k);
	if (!k->measured_at || clock_mono_ms() - k->measured_at >= FRESH_MS)
		keeper_measure(k);
	for (size_t i = 0; i < k->n_devices; i++) {
		const struct measured *x = &k->measured[i];

		json_array_append_new(
			list, json_pack("{s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:b, s:o}", "name", k->device[i].name,
					"title", k->device[i].title, "uuid", k->device[i].uuid, "memory_total",
					(json_int_t)x->memory.total, "memory_free", (json_int_t)x->memory.free,
					"memory_used", (json_int_t)x->memory.used, "foreign", (json_int_t)x->foreign,
					"settable", (int)!k->device[i].is_gpu, "resident", residents(k, (int)i)));
	}
	pthread_mutex_unlock(&k->lock);
	return list;
}

int keeper_device_total(struct keeper *k, const char *device, const char *text, struct err *e)
{
	int64_t bytes;
	int i, rc;

	pthread_mutex_lock(&k->lock);
	keeper_wait_fresh(k);
	i = k->devices ? devices_find(k->devices, device) : -1;
	pthread_mutex_unlock(&k->lock);
	if (i < 0)
		return err_set(e, -ENOENT, "there is no device '%s'", device);
	rc = util_int(text, &bytes);
	if (rc < 0)
		return err_set(e, rc, "'%.40s' is no number of bytes for %s", text, device);
	rc = devices_set_total(k->devices, (size_t)i, bytes > 0 ? (uint64_t)bytes : 0, e);
	pthread_mutex_lock(&k->lock);
	k->measured_at = 0;
	pthread_mutex_unlock(&k->lock);
	return rc < 0 ? rc : settings_put(k->p, SETTING_RAM0_MEMORY, text, e); /* the change feed brings it back */
}

json_t *keeper_health(struct keeper *k)
{
	json_t *failed = json_object();
	int resident = 0, waiting = 0;

	pthread_mutex_lock(&k->lock);
	for (const struct kept *m = k->models; m; m = m->next) {
		resident += m->state == MODEL_RESIDENT;
		if (m->state == MODEL_FAILED && !m->gone)
			json_object_set_new(failed, m->spec.name, json_string(m->reason));
	}
	for (const struct want *w = k->wants; w; w = w->next)
		waiting += w->enters;
	pthread_mutex_unlock(&k->lock);
	return json_pack("{s:s, s:i, s:i, s:i, s:o}", "state", json_object_size(failed) ? "failing" : "ok", "devices",
			 (int)k->n_devices, "resident", resident, "waiting", waiting, "failed", failed);
}
