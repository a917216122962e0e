/* The models as the store has them. */
#include "model/keeper_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/log.h"
#include "platform/model.h"

static void free_kept(struct kept *m)
{
	inference_free(m->server);
	row_release(&model_table, &m->spec);
	row_release(&model_memory_table, &m->memory);
	free(m);
}

/* Its log goes with it. */
static void forget(const struct kept *m)
{
	auto_free char *dir = xasprintf("%s/%jd", m->keeper->dir, (intmax_t)m->spec.row_id);

	io_remove_tree(AT_FDCWD, dir);
}

void keeper_free_gone(struct keeper *k)
{
	for (struct kept **at = &k->models, *m; (m = *at);) {
		if (!m->gone || m->move || m->in_use || m->watched || m->server || want_first(m)) {
			at = &m->next;
			continue;
		}
		*at = m->next;
		if (!k->stopping)
			forget(m);
		free_kept(m);
	}
}

/* Read without the lock, taken over with it. */
struct loaded {
	struct model *spec;
	size_t n;
	bool failed;
};

static int take_spec(void *row, void *ud)
{
	struct loaded *all = ud;

	all->spec = xrealloc(all->spec, (all->n + 1) * sizeof(*all->spec));
	if (row_copy(&model_table, &all->spec[all->n], row) == 0)
		all->n++;
	else
		all->failed = true;
	return 0;
}

static bool same_text(const char *a, const char *b)
{
	return a && b ? streq(a, b) : a == b;
}

/* Would its server run otherwise with the new spec? */
static bool runs_alike(const struct model *a, const struct model *b)
{
	bool named = a->command && strstr(a->command, "{name}");

	return (!named || streq(a->name, b->name)) && a->runner == b->runner && same_text(a->command, b->command) &&
	       same_text(a->path, b->path) && same_text(a->env, b->env) && same_text(a->health, b->health) &&
	       same_text(a->url, b->url);
}

bool keeper_may_use(const struct model *spec, const char *device)
{
	json_t *names = spec->devices ? json_loads(spec->devices, 0, NULL) : NULL, *name;
	bool may = json_array_size(names) == 0;
	size_t i;

	json_array_foreach (names, i, name)
		may = may || streq(json_string_value(name), device);
	json_decref(names);
	return may;
}

static bool fits_devices(const struct kept *m)
{
	return m->device == NO_DEVICE || keeper_may_use(&m->spec, m->keeper->device[m->device].name);
}

static enum model_state state_without_server(const struct model *spec)
{
	return spec->runner == RUNNER_REMOTE ? MODEL_REMOTE : MODEL_UNLOADED;
}

static void update(struct kept *m, struct model *spec)
{
	bool alike = runs_alike(&m->spec, spec), resized = m->spec.memory_bytes != spec->memory_bytes;

	row_release(&model_table, &m->spec);
	m->spec = *spec;
	*spec = (struct model){ 0 };
	if (!alike || (resized && !m->server)) /* what was measured may be wrong: a person has the last word */
		m->memory.measured_bytes = 0;
	if (m->refused)
		keeper_say(m, m->state, "%s", "");
	if (!alike) {
		m->dirty = true;
		m->failures = 0;
		m->retry_ms = 0;
		if (!m->server && !m->move)
			keeper_say(m, state_without_server(&m->spec), "%s", "");
	}
	if ((m->server || m->move) && (!alike || !fits_devices(m))) {
		m->outdated = true;
		snprintf(m->ends, sizeof(m->ends), "its spec changed");
		if (m->move == MOVE_LOAD)
			mcp_cancel_raise(m->cancel);
	}
}

static void add(struct keeper *k, struct model *spec)
{
	struct kept *m = xcalloc(1, sizeof(*m)), **at = &k->models;
	struct err e = ERR_INIT;

	*m = (struct kept){ .keeper = k, .spec = *spec, .device = NO_DEVICE };
	*spec = (struct model){ 0 };
	pthread_mutex_unlock(&k->lock);
	if (model_memory_get(k->p, m->spec.row_id, &m->memory, &e) < 0)
		log_warn("models: what is known of '%s' cannot be read: %s", m->spec.name, e.text);
	pthread_mutex_lock(&k->lock);
	m->state = state_without_server(&m->spec);
	while (*at)
		at = &(*at)->next;
	*at = m;
}

static const struct model *find_loaded(const struct loaded *all, int64_t row_id)
{
	for (size_t i = 0; i < all->n; i++)
		if (all->spec[i].row_id == row_id)
			return &all->spec[i];
	return NULL;
}

/* In a pass of its own: taking a spec over empties its row. */
static void note_gone(struct keeper *k, const struct loaded *all)
{
	for (struct kept *m = k->models; m; m = m->next) {
		struct err why = ERR_INIT;

		if (m->gone || find_loaded(all, m->spec.row_id))
			continue;
		m->gone = true;
		err_set(&why, -ENOENT, "the model '%s' was removed", m->spec.name);
		want_fail(m, -ENOENT, &why);
		if (m->cancel)
			mcp_cancel_raise(m->cancel);
	}
}

void keeper_reload(struct keeper *k)
{
	struct loaded all = { 0 };
	struct err e = ERR_INIT;
	int rc;

	k->stale = false;
	k->reloading = true;
	pthread_mutex_unlock(&k->lock);
	rc = model_each(k->p, take_spec, &all, &e);
	pthread_mutex_lock(&k->lock);
	if (rc < 0 || all.failed)
		log_warn("models: the specs cannot be read: %s", rc < 0 ? e.text : "no memory");
	else
		note_gone(k, &all);
	for (size_t i = 0; i < all.n; i++) {
		struct kept *m = keeper_find_row(k, all.spec[i].row_id);

		if (m)
			update(m, &all.spec[i]);
		else
			add(k, &all.spec[i]);
	}
	for (size_t i = 0; i < all.n; i++)
		row_release(&model_table, &all.spec[i]);
	free(all.spec);
	k->reloading = false;
	keeper_retry_pinned(k);
	pthread_cond_broadcast(&k->changed);
}

void keeper_wait_fresh(struct keeper *k)
{
	while ((k->stale || k->reloading) && !k->stopping)
		pthread_cond_wait(&k->changed, &k->lock);
}
