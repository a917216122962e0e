#include "pattern.h"

/* Threads share the tables; what nobody compiled before is compiled by the first that needs it. */
static GRegex *compile(const char *text, GRegex **at)
{
	static GMutex lock;
	GError *error = NULL;
	GRegex *re;

	g_mutex_lock(&lock);
	re = *at ? *at : g_regex_new(text, G_REGEX_CASELESS | G_REGEX_OPTIMIZE, 0, &error);
	if (!re)
		g_error("pattern '%s': %s", text, error->message);
	__atomic_store_n(at, re, __ATOMIC_RELEASE);
	g_mutex_unlock(&lock);
	return re;
}

static GRegex *compiled(struct pattern *p)
{
	GRegex *re = __atomic_load_n(&p->re, __ATOMIC_ACQUIRE);

	return re ? re : compile(p->text, &p->re);
}

void pattern_compile(struct pattern *table, size_t n)
{
	for (size_t i = 0; i < n; i++)
		compiled(&table[i]);
}

bool pattern_match(struct pattern *p, const char *s)
{
	return g_regex_match(compiled(p), s, 0, NULL);
}

struct pattern *pattern_best(struct pattern *table, size_t n, const char *s)
{
	size_t best = n;

	for (size_t i = 0; i < n; i++) {
		if ((best == n || table[i].score > table[best].score) && pattern_match(&table[i], s))
			best = i;
	}
	return best < n ? &table[best] : NULL;
}

GMatchInfo *pattern_find(struct pattern *p, const char *s, int at)
{
	GMatchInfo *m = NULL;

	if (g_regex_match_full(compiled(p), s, -1, at, 0, &m, NULL))
		return m;
	g_match_info_free(m);
	return NULL;
}

gchar **pattern_split(struct pattern *p, const char *s)
{
	return g_regex_split(compiled(p), s, 0);
}
