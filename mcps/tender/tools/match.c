#include "match.h"

#include "pick.h"
#include "tender/text/text.h"
#include "tender/text/words.h"

#define ALIKE 0.6 /* below this two texts are two requirements */

struct entry {
	const char *id, *section;
	char *plain;   /* folded, without white space */
	GArray *words; /* guint hashes, sorted */
	int mate;      /* index in the other list, -1 for none */
	bool same;
};

double match_likeness(const char *a, const char *b)
{
	GArray *x = words_list(a), *y = words_list(b);
	double share = words_likeness(x, y);

	g_array_unref(x);
	g_array_unref(y);
	return share;
}

static struct entry *entries_of(const json_t *list)
{
	struct entry *all = g_new0(struct entry, json_array_size(list) + 1);
	json_t *item;
	size_t i;

	json_array_foreach (list, i, item) {
		const char *text = pick_word(item, "text");
		auto_free char *plain = text_plain(text, NULL);

		all[i] = (struct entry){ .id = pick_word(item, "id"),
					 .section = pick_word(item, "section"),
					 .plain = g_utf8_casefold(plain, -1),
					 .words = words_list(text),
					 .mate = -1 };
	}
	return all;
}

static void entries_free(struct entry *all, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		g_free(all[i].plain);
		g_array_unref(all[i].words);
	}
	g_free(all);
}

struct matching {
	struct entry *older, *newer;
	size_t n_older, n_newer;
};

static void join(struct matching *m, size_t i, size_t k, bool same)
{
	m->older[i].mate = (int)k;
	m->newer[k].mate = (int)i;
	m->older[i].same = m->newer[k].same = same;
}

/* The first free older one under that key, in the same section if there is one. */
static int pick_older(const struct matching *m, const GArray *rows, const char *section)
{
	int best = -1;

	for (guint r = 0; rows && r < rows->len; r++) {
		int i = g_array_index(rows, int, r);

		if (m->older[i].mate >= 0)
			continue;
		if (streq(m->older[i].section, section))
			return i;
		if (best < 0)
			best = i;
	}
	return best;
}

static const char *plain_key(const struct entry *e)
{
	return e->plain;
}

static const char *id_key(const struct entry *e)
{
	return e->id;
}

static void join_equal(struct matching *m, const char *(*key)(const struct entry *e), bool same)
{
	GHashTable *rows = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)g_array_unref);

	for (int i = 0; i < (int)m->n_older; i++) {
		gpointer name = (gpointer)key(&m->older[i]);
		GArray *list = g_hash_table_lookup(rows, name);

		if (m->older[i].mate >= 0 || !*(const char *)name)
			continue;
		if (!list) {
			list = g_array_new(FALSE, FALSE, sizeof(int));
			g_hash_table_insert(rows, name, list);
		}
		g_array_append_val(list, i);
	}
	for (size_t k = 0; k < m->n_newer; k++) {
		int i = -1;

		if (m->newer[k].mate < 0)
			i = pick_older(m, g_hash_table_lookup(rows, key(&m->newer[k])), m->newer[k].section);
		if (i >= 0)
			join(m, (size_t)i, k, same || streq(m->older[i].plain, m->newer[k].plain));
	}
	g_hash_table_unref(rows);
}

struct candidate {
	double score;
	int older, newer;
};

static int by_score(gconstpointer a, gconstpointer b)
{
	const struct candidate *x = a, *y = b;

	if (x->score > y->score || x->score < y->score)
		return x->score > y->score ? -1 : 1;
	return ABS(x->older - x->newer) - ABS(y->older - y->newer);
}

/* Texts whose lengths are too far apart cannot have enough words in common. */
static bool may_be_alike(const struct entry *a, const struct entry *b)
{
	guint least = MIN(a->words->len, b->words->len), most = MAX(a->words->len, b->words->len);

	return 2.0 * least >= ALIKE * (least + most);
}

static void join_alike(struct matching *m)
{
	GArray *all = g_array_new(FALSE, FALSE, sizeof(struct candidate));

	for (size_t i = 0; i < m->n_older; i++) {
		for (size_t k = 0; m->older[i].mate < 0 && k < m->n_newer; k++) {
			const struct entry *a = &m->older[i], *b = &m->newer[k];
			struct candidate c = { 0, (int)i, (int)k };

			if (b->mate >= 0 || !may_be_alike(a, b))
				continue;
			c.score = words_likeness(a->words, b->words);
			if (c.score < ALIKE)
				continue;
			if (streq(a->section, b->section))
				c.score += 0.05;
			g_array_append_val(all, c);
		}
	}
	g_array_sort(all, by_score);
	for (guint n = 0; n < all->len; n++) {
		const struct candidate *c = &g_array_index(all, struct candidate, n);

		if (m->older[c->older].mate < 0 && m->newer[c->newer].mate < 0)
			join(m, (size_t)c->older, (size_t)c->newer, false);
	}
	g_array_unref(all);
}

GArray *match_find(const json_t *older, const json_t *newer)
{
	struct matching m = { entries_of(older), entries_of(newer), json_array_size(older), json_array_size(newer) };
	GArray *pairs = g_array_new(FALSE, FALSE, sizeof(struct pair));

	join_equal(&m, plain_key, true);
	join_equal(&m, id_key, false);
	join_alike(&m);
	for (size_t k = 0; k < m.n_newer; k++) {
		struct pair p = { m.newer[k].mate, (int)k, m.newer[k].same };

		g_array_append_val(pairs, p);
	}
	for (size_t i = 0; i < m.n_older; i++) {
		struct pair p = { (int)i, -1, false };

		if (m.older[i].mate < 0)
			g_array_append_val(pairs, p);
	}
	entries_free(m.older, m.n_older);
	entries_free(m.newer, m.n_newer);
	return pairs;
}
