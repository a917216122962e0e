/* Which weights are worth reading ahead: those of models that are not loaded and say so, the last used first. */
#include "model/keeper_parts.h"

#include <stdlib.h>
#include <unistd.h>

#include "platform/settings.h"

static int by_last_use(const void *a, const void *b)
{
	const struct kept *x = *(const struct kept *const *)a, *y = *(const struct kept *const *)b;

	if (x->memory.last_used_at != y->memory.last_used_at)
		return x->memory.last_used_at < y->memory.last_used_at ? 1 : -1;
	return x->spec.row_id < y->spec.row_id ? -1 : 1;
}

static bool is_likely(const struct kept *m)
{
	return m->spec.warm && m->spec.path && m->spec.runner == RUNNER_SERVER && !m->server && !m->gone;
}

static uint64_t budget(struct keeper *k)
{
	int64_t set = settings_int(k->p, SETTING_WARM_MEMORY);

	if (set > 0)
		return (uint64_t)set;
	return (uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE) / 4;
}

/* Two lists are the same when their texts are, one behind the other. */
static char *join(const char *const *path, size_t n)
{
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < n; i++)
		buf_printf(&b, "%s\n", path[i]);
	return buf_steal(&b);
}

void keeper_warm(struct keeper *k)
{
	auto_free struct kept **likely = NULL;
	auto_free const char **path = NULL;
	char *joined;
	size_t n = 0, room = 0;

	for (struct kept *m = k->models; m; m = m->next)
		room++;
	likely = xcalloc(room + 1, sizeof(struct kept *));
	path = xcalloc(room + 1, sizeof(*path));
	for (struct kept *m = k->models; m; m = m->next)
		if (is_likely(m))
			likely[n++] = m;
	qsort(likely, n, sizeof(struct kept *), by_last_use);
	for (size_t i = 0; i < n; i++)
		path[i] = likely[i]->spec.path;
	joined = join(path, n);
	if (!k->warmed ? n > 0 : !streq(k->warmed, joined)) {
		if (!k->warmer)
			k->warmer = warmer_start();
		if (k->warmer)
			warmer_want(k->warmer, path, n, budget(k));
		free(k->warmed);
		k->warmed = steal(joined);
	}
	free(joined);
}
