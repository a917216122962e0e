#include "pattern.h"

#include "filter.h"

struct matcher {
	GRegex *re;
	struct filter *filter; /* asked before; NULL for none */
};

static struct matcher *matcher_new(const char *text)
{
	struct matcher *m = g_new0(struct matcher, 1);
	GError *error = NULL;

	m->re = g_regex_new(text, G_REGEX_CASELESS | G_REGEX_OPTIMIZE, 0, &error);
	if (!m->re)
		g_error("pattern '%s': %s", text, error->message);
	m->filter = filter_new(text);
	return m;
}

/* Threads share the tables; what nobody compiled before is compiled by the first that needs it. */
static struct matcher *compile(struct pattern *p)
{
	static GMutex lock;
	struct matcher *m;

	g_mutex_lock(&lock);
	m = p->matcher ? p->matcher : matcher_new(p->text);
	__atomic_store_n(&p->matcher, m, __ATOMIC_RELEASE);
	g_mutex_unlock(&lock);
	return m;
}

static struct matcher *compiled(struct pattern *p)
{
	struct matcher *m = __atomic_load_n(&p->matcher, __ATOMIC_ACQUIRE);

	return m ? m : compile(p);
}

void pattern_compile(struct pattern *table, size_t n)
{
	for (size_t i = 0; i < n; i++)
		compiled(&table[i]);
}

/* What is not UTF-8 matches nothing: the regular expression would read outside of its tables. */
static bool may_match(const struct matcher *its, const char *s)
{
	return filter_may_match(its->filter, s) && g_utf8_validate(s, -1, NULL);
}

bool pattern_match(struct pattern *p, const char *s)
{
	const struct matcher *its = compiled(p);

	return may_match(its, s) && g_regex_match(its->re, s, 0, NULL);
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
	const struct matcher *its = compiled(p);
	GMatchInfo *m = NULL;

	if (!may_match(its, s))
		return NULL;
	if (g_regex_match_full(its->re, s, -1, at, 0, &m, NULL))
		return m;
	g_match_info_free(m);
	return NULL;
}

gchar **pattern_split(struct pattern *p, const char *s)
{
	return g_regex_split(compiled(p)->re, s, 0);
}
