#include "parties.h"

#include "lexicon.h"

/* Only who buys does that. */
static bool is_buyers_verb(const char *word)
{
	static const char *const verbs[] = { "invites", "reserves",     "intends",    "seeks",  "requests",
					     "behält",  "beabsichtigt", "soliciting", "seeking" };

	for (size_t i = 0; i < N_ELEMS(verbs); i++) {
		if (streq(word, verbs[i]))
			return true;
	}
	return false;
}

#define OFTEN 3 /* times that a name stands before "shall" until it is one of the bidder */

static void count(GHashTable *names, const char *name)
{
	int n = GPOINTER_TO_INT(g_hash_table_lookup(names, name)) + 1;

	g_hash_table_insert(names, g_strdup(name), GINT_TO_POINTER(n));
}

static bool is_name(const struct word *w)
{
	return w->capital && w->role == NONE && strlen(w->text) > 1;
}

/* "PGSP shall provide": whoever is obliged so often, and does not buy, is the bidder. */
static void add_bidders(GHashTable *parties, GHashTable *obliged)
{
	GHashTableIter iter;
	gpointer name, n;

	g_hash_table_iter_init(&iter, obliged);
	while (g_hash_table_iter_next(&iter, &name, &n)) {
		if (GPOINTER_TO_INT(n) >= OFTEN && !g_hash_table_contains(parties, name))
			g_hash_table_insert(parties, g_strdup(name), GINT_TO_POINTER(BIDDER));
	}
}

GHashTable *parties_find(const GPtrArray *clauses)
{
	GHashTable *parties = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	GHashTable *obliged = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	for (unsigned i = 0; i < clauses->len; i++) {
		const struct clause *c = clauses->pdata[i];
		struct words w;

		lexicon_split(c->text, NULL, 12, &w);
		for (int k = 1; k < w.n && c->kind == CLAUSE_SENTENCE; k++) {
			const struct word *name = &w.all[k - 1 - (streq(w.all[k - 1].text, "is") && k > 1)];

			if (is_buyers_verb(w.all[k].text) && is_name(name))
				g_hash_table_insert(parties, g_strdup(name->text), GINT_TO_POINTER(BUYER));
			if ((streq(w.all[k].text, "shall") || streq(w.all[k].text, "must")) && is_name(&w.all[k - 1]))
				count(obliged, w.all[k - 1].text);
		}
	}
	add_bidders(parties, obliged);
	g_hash_table_unref(obliged);
	return parties;
}
